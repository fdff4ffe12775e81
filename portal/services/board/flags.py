"""Flags: what the desk should do about a visit, and what it should know.

Each says something that the database holds, about this visit, now: a flag that all have, or that
stays when it is done, is read by nobody. Insurance and balance say no sum and no name: the screen
stands at a counter.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from babel import Locale
from sqlalchemy import exists, func, or_, select
from sqlmodel import Session, col

from portal.models.appointments import Appointment
from portal.models.clinical import Encounter, FhirResource
from portal.models.people import Patient, RelatedPerson, User
from portal.models.schedules import VisitType
from portal.security.actor import Actor
from portal.services.board import paying
from portal.services.board.rows import FlagRow, StripRow
from portal.words import _, age, language

ADULT = 18
# What is to do is flagged in the week before the visit, and what was answered holds for a year.
DUE = timedelta(days=7)
HOLDS = timedelta(days=365)
_TO_COME = ("proposed", "pending", "booked")
_AWAITED = ("proposed", "pending", "booked", "arrived")


def columns(db: Session, actor: Actor, today: date) -> tuple[Any, ...]:
    """Returns what a query over visits brings along, so that no flag costs another one."""
    return (
        col(VisitType.form),
        _answered().label("answered"),
        _earlier().label("earlier"),
        _met().label("met"),
        _helped(today).label("helped"),
        _bounced().label("bounced"),
        *paying.columns(db, actor),
    )


def of(visit: Any, now: datetime) -> list[FlagRow]:
    """Returns what the desk should do about a visit, then what it should know."""
    return [*_to_do(visit, now), *_to_know(visit, now)]


def _to_do(visit: Any, now: datetime) -> list[FlagRow]:
    found: list[FlagRow] = []
    if visit.expected_at is not None and visit.status in _TO_COME:
        found.append(FlagRow("late", _late(visit)))
    if _lacks_form(visit, now):
        found.append(FlagRow("form", _("Form"), "todo"))
    if _is_due(visit, now) and paying.lacks_check(visit):
        found.append(FlagRow("insurance", _("Insurance"), "todo"))
    if _is_due(visit, now) and visit.owed:
        found.append(FlagRow("balance", _("Balance"), "todo"))
    if _is_due(visit, now) and visit.bounced:
        found.append(FlagRow("mail", _("E-mail refused"), "todo"))
    return found


def _to_know(visit: Any, now: datetime) -> list[FlagRow]:
    found: list[FlagRow] = []
    spoken = visit.language.partition("-")[0].lower()
    if spoken and spoken != language().partition("-")[0]:
        found.append(FlagRow("interpreter", _spoken(spoken)))
    if _is_first(visit):
        found.append(FlagRow("first", _("First visit")))
    if visit.born_on and age(visit.born_on, now) < ADULT:
        found.append(FlagRow("minor", _("Minor")))
    if visit.helped:
        found.append(FlagRow("helper", _("Helper")))
    if visit.channel in {"phone", "video"}:
        words = {"phone": _("By phone"), "video": _("Video")}
        found.append(FlagRow(visit.channel, words[visit.channel]))
    return found


def doubled(strips: list[StripRow], pairs: Collection[frozenset[str]]) -> list[StripRow]:
    """Returns strips with a mark on both of each pair that shares a time on purpose."""
    both = {key for pair in pairs for key in pair}
    mark = FlagRow("over", _("Double"), "over")
    return [replace(one, flags=[mark, *one.flags]) if one.id in both else one for one in strips]


def pairs(visits: Sequence[Any]) -> set[frozenset[str]]:
    """Returns which visits of one column lie over each other, one of them on purpose.

    Who was put outside of the hours, or walked in when it was free, lies over nobody.
    """
    over = [one for one in visits if one.overbooked]
    return {
        frozenset((one.id, other.id))
        for one in over
        for other in visits
        if one.id != other.id and one.starts_at < other.ends_at and other.starts_at < one.ends_at
    }


def _late(visit: Any) -> str:
    minutes = int((visit.expected_at - visit.starts_at).total_seconds()) // 60
    return _("{minutes} min late").format(minutes=minutes)


def _lacks_form(visit: Any, now: datetime) -> bool:
    if not visit.form or not _is_due(visit, now):
        return False
    return visit.answered is None or visit.answered < visit.starts_at - HOLDS


def _is_due(visit: Any, now: datetime) -> bool:
    """Says whether it is time to see to what a visit needs, and still time for it."""
    return visit.status in _AWAITED and visit.starts_at - now < DUE


def _is_first(visit: Any) -> bool:
    """Says whether nobody here has met the patient, on this board or in a record that came in."""
    seen = [at for at in (visit.earlier, visit.met) if at is not None]
    return not any(at < visit.starts_at for at in seen)


def _answered() -> Any:
    """Returns when a completed answer to the type's form came in last."""
    return (
        select(func.max(col(FhirResource.imported_at)))
        .where(
            col(FhirResource.patient_id) == col(Patient.id),
            col(FhirResource.type) == "QuestionnaireResponse",
            col(FhirResource.text).contains('"completed"'),
            col(FhirResource.text).contains(col(VisitType.form)),
        )
        .correlate(Patient, VisitType)
        .scalar_subquery()
    )


def _earlier() -> Any:
    return (
        select(func.min(col(Appointment.starts_at)))
        .where(
            col(Appointment.patient_id) == col(Patient.id),
            col(Appointment.status) == "fulfilled",
        )
        .correlate(Patient)
        .scalar_subquery()
    )


def _met() -> Any:
    return (
        select(func.min(col(Encounter.sort_at)))
        .where(
            col(Encounter.patient_id) == col(Patient.id),
            col(Encounter.status).not_in(("planned", "cancelled", "entered-in-error")),
        )
        .correlate(Patient)
        .scalar_subquery()
    )


def _helped(today: date) -> Any:
    """Returns whether somebody may help the patient on this day."""
    begins, ends = col(RelatedPerson.starts_on), col(RelatedPerson.ends_on)
    return exists().where(
        col(RelatedPerson.patient_id) == col(Patient.id),
        col(RelatedPerson.status) == "active",
        or_(begins.is_(None), begins <= today),
        or_(ends.is_(None), ends >= today),
    )


def _bounced() -> Any:
    """Returns whether mails to the patient's own account are refused."""
    return exists().where(
        col(User.patient_id) == col(Patient.id),
        col(User.email_bounced_at).is_not(None),
        col(User.disabled).is_(False),
    )


def _spoken(code: str) -> str:
    return Locale.parse(language(), sep="-").languages.get(code, code)
