"""Reading what is due: on Home in short, on its own page whole, on the chart for who treats."""

from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import Session, col

from portal.errors import NotAllowed
from portal.models.people import Patient
from portal.models.prevention import PreventiveRule
from portal.models.schedules import VisitType
from portal.security import access, audit, scopes
from portal.security.actor import Actor
from portal.security.permissions import Permission, acts_in, has, require
from portal.services.appointments import rules as booking_rules
from portal.services.prevention import facts, judging
from portal.services.prevention.facts import Standing
from portal.services.prevention.rows import CheckUpsRow, ChoiceRow, DueRow, is_due, row_of
from portal.words import _, local, month

CATEGORY = "check-ups"
# Overdue first, then what is due, then what comes.
_ORDER = {state: at for at, state in enumerate(judging.OPEN)}


def due(db: Session, actor: Actor, patient: Patient, *, now: datetime) -> list[DueRow]:
    """Returns what is due for the open record, for Home; the caller has found and noted it."""
    return _rows(
        db, actor, patient, [one for one in _all(db, actor, patient, now) if is_due(one)], now
    )


def view(db: Session, actor: Actor, *, now: datetime, patient_id: str = "") -> CheckUpsRow:
    """Returns everything that concerns a patient: the open record’s, or the one of staff’s choice.

    A helper to whom nothing was lent that tells of any of it is refused.
    """
    require(actor, Permission.SEE_CLINICAL)
    patient = access.record(db, actor, patient_id or actor.patient_id)
    if not access.sees_prevention(actor):
        raise NotAllowed
    audit.record(db, actor, "R", category=CATEGORY, patient_id=patient.id, now=now)
    found = _all(db, actor, patient, now)
    return CheckUpsRow(
        patient_id=patient.id,
        due=_rows(db, actor, patient, [one for one in found if is_due(one)], now),
        rest=_rows(db, actor, patient, [one for one in found if not is_due(one)], now),
        years=years_of(patient, now),
        months=months(),
        nothing="" if found else _nothing(patient),
    )


def may_answer(actor: Actor, rule: PreventiveRule) -> bool:
    """Says whether the actor may answer to a rule that they see."""
    return all(acts_in(actor, area) for area in scopes.OF_PREVENTION[rule.kind])


def _all(db: Session, actor: Actor, patient: Patient, now: datetime) -> list[Standing]:
    known = facts.rules(db, actor)
    if not known:
        return []
    found = facts.standing(db, actor, [patient], known, now=now)[patient.id]
    return sorted(found, key=lambda one: _ORDER.get(one.verdict.state, len(_ORDER)))


def _rows(
    db: Session, actor: Actor, patient: Patient, found: list[Standing], now: datetime
) -> list[DueRow]:
    ways = _ways_to_book(db, actor, patient, found, now)
    return [
        row_of(
            one,
            now=now,
            href=ways.get(one.rule.visit_type_id or "", ""),
            may_answer=may_answer(actor, one.rule),
        )
        for one in found
    ]


def _ways_to_book(
    db: Session, actor: Actor, patient: Patient, found: list[Standing], now: datetime
) -> dict[str, str]:
    """Returns the address to book each type of visit at that the actor may book by themselves."""
    kinds = {one.rule.visit_type_id for one in found if one.rule.visit_type_id and is_due(one)}
    if not kinds or actor.is_staff or not has(actor, Permission.CHANGE_APPOINTMENTS):
        return {}
    stands = booking_rules.standing(db, patient.id, now=now)
    return {
        one.id: f"/appointments/book?step=who&kind={one.id}"
        for one in db.scalars(select(VisitType).where(col(VisitType.id).in_(kinds)))
        if booking_rules.is_open_to(one, stands)
    }


def years_of(patient: Patient, now: datetime) -> list[ChoiceRow]:
    """Returns the years in which something may have been done, the newest first."""
    today, born = local(now).date(), facts.person(patient).born
    first = born.first.year if born else today.year - 100
    return [ChoiceRow(str(year), str(year)) for year in range(today.year, first - 1, -1)]


def months() -> list[ChoiceRow]:
    """Returns the months of a year by name."""
    return [ChoiceRow(f"{number:02d}", month(date(2000, number, 1))) for number in range(1, 13)]


def _nothing(patient: Patient) -> str:
    if facts.is_asked(patient) and facts.person(patient).born is None:
        return _("We need a birth date to say what is due. Ask us to add it.")
    return _("The clinic has no check-up or vaccine on its list for this age.")
