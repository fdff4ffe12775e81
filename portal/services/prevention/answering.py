"""Answering: done elsewhere, not wanted, later, and taking an answer back. Nothing is altered."""

import re
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal import live
from portal.errors import Conflict, Invalid, NotFound
from portal.models.people import Patient
from portal.models.prevention import PreventiveAnswer, PreventiveRule
from portal.security import access, audit, scopes
from portal.security.actor import Actor
from portal.security.permissions import Permission, require, require_acts_in
from portal.services import once
from portal.services.prevention import facts, judging
from portal.services.prevention.dates import months_after, span
from portal.services.prevention.reading import CATEGORY
from portal.words import _, local

DONE, DECLINED, LATER = "done", "declined", "later"
LATER_MONTHS = 3
LONGEST = timedelta(days=2 * 366)
_DAY = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")


class NoSuchDay(Invalid):
    """Nothing can have been done then."""

    sentence = _("Say when it was done: a year is enough. It cannot be later than today.")


class NotLater(Invalid):
    """Later is no day that can be remembered."""

    sentence = _("Choose a later day, within two years.")


class AnsweredMeanwhile(Conflict):
    """Another answer was given since the page was shown."""

    sentence = _("Somebody has just answered this. Look at it again, then decide.")


def answer(
    db: Session,
    actor: Actor,
    *,
    rule_id: str,
    number: int,
    said: str,
    done_on: str = "",
    until: date | None = None,
    patient_id: str = "",
    now: datetime,
) -> None:
    """Notes what was answered to a rule that concerns the patient.

    `number`: how many answers there were on the page; who is slower than somebody else is told.
    `done_on`: a FHIR date of any precision. `until`: from when on to ask again; else three months.
    """
    patient, rule = _found(db, actor, rule_id, patient_id)
    today = local(now).date()
    if said not in {DONE, DECLINED, LATER}:
        raise Invalid
    if said == DONE:
        _check_done(patient, done_on, today)
    later = (until or months_after(today, LATER_MONTHS)) if said == LATER else None
    if later is not None and not today < later <= today + LONGEST:
        raise NotLater
    _write(
        db, actor, patient, rule, number, now,
        answer=said, done_on=done_on if said == DONE else "", until=later,
    )  # fmt: skip


def undo(
    db: Session, actor: Actor, *, rule_id: str, number: int, patient_id: str = "", now: datetime
) -> None:
    """Takes the last answer back that counts: it is as if it had not been given."""
    patient, rule = _found(db, actor, rule_id, patient_id)
    query = select(PreventiveAnswer).where(
        col(PreventiveAnswer.patient_id) == patient.id, col(PreventiveAnswer.rule_id) == rule.id
    )
    given = list(db.scalars(query.order_by(col(PreventiveAnswer.number))))
    standing = judging.in_force(given)
    if not standing:
        raise NotFound
    _write(db, actor, patient, rule, number, now, answer="undone", undoes=standing[-1].number)


def _found(
    db: Session, actor: Actor, rule_id: str, patient_id: str
) -> tuple[Patient, PreventiveRule]:
    """Returns patient and rule; raises `NotFound` for a rule that does not concern them at all."""
    require(actor, Permission.SEE_CLINICAL)
    patient = access.record(db, actor, patient_id or actor.patient_id)
    rule = access.preventive_rule(db, actor, rule_id)
    require_acts_in(actor, scopes.OF_PREVENTION[rule.kind])
    if not facts.is_asked(patient) or rule.sex not in ("any", patient.gender):
        raise NotFound
    return patient, rule


def _check_done(patient: Patient, done_on: str, today: date) -> None:
    days = span(done_on) if _DAY.fullmatch(done_on) else None
    born = span(patient.birth_date)
    if days is None or days.first > today or (born is not None and days.last < born.first):
        raise NoSuchDay


def _write(
    db: Session,
    actor: Actor,
    patient: Patient,
    rule: PreventiveRule,
    number: int,
    now: datetime,
    **given: object,
) -> None:
    """Writes the next answer: of two that saw the same ones before, one does."""
    count = select(func.count()).where(
        col(PreventiveAnswer.patient_id) == patient.id, col(PreventiveAnswer.rule_id) == rule.id
    )
    if db.connection().execute(count).scalar_one() != number:
        raise AnsweredMeanwhile
    row = PreventiveAnswer(
        patient_id=patient.id,
        rule_id=rule.id,
        number=number + 1,
        by_id=actor.user_id,
        by_name=actor.name,
        side=_side(actor),
        at=now,
        **given,  # pyright: ignore[reportArgumentType]
    )
    if once.insert(db, PreventiveAnswer, [row.model_dump()]) != 1:
        raise AnsweredMeanwhile
    audit.record(
        db, actor, "C", category=CATEGORY, patient_id=patient.id,
        entity=f"PreventiveAnswer/{row.id}", now=now,
    )  # fmt: skip
    live.tell(db, "record", [patient.id], is_private=rule.confidential)


def _side(actor: Actor) -> str:
    if actor.is_staff:
        return "staff"
    return "helper" if actor.acting_for else "patient"
