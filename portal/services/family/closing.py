"""A record that was open and is not any more: which one, why, and what to do next."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from portal.models.people import Patient, RelatedPerson
from portal.security import audit, helpers, policies
from portal.security.actor import Actor
from portal.security.policies import Policies
from portal.services.family.reasons import said
from portal.words import _, local, short_day


@dataclass(frozen=True)
class ClosedRow:
    """What happened, in sentences; nothing of the record itself but its name."""

    name: str = ""
    why: str = ""
    next: list[str] = field(default_factory=list)


def view(db: Session, actor: Actor, *, now: datetime) -> ClosedRow:
    """Says why the record that was open is closed; names it only to who had a right to it."""
    whose = actor.lost_patient_id
    found: Any = db.execute(
        select(RelatedPerson, Patient)
        .join(Patient, col(Patient.id) == col(RelatedPerson.patient_id))
        .where(
            col(RelatedPerson.patient_id) == whose,
            col(RelatedPerson.user_id) == actor.user_id,
            col(RelatedPerson.status) != "known",
        )
        .order_by(col(RelatedPerson.status).in_(("ended", "rejected")))
    ).first()
    if not whose or found is None:
        return ClosedRow()
    audit.record(db, actor, "R", category="record closed", patient_id=whose, now=now)
    help_, patient = found
    return ClosedRow(
        name=patient.name,
        why=why(help_, patient, policies.current(db), now),
        next=[_("What you had begun to write for {name} was not sent.").format(name=patient.name)],
    )


def why(help_: RelatedPerson, patient: Patient, rules: Policies, now: datetime) -> str:
    """Says in one sentence why a helper no longer sees a record."""
    today = local(now).date()
    if patient.merged_into_id:
        return _("This record was joined with another one. Call us, and we set your help up anew.")
    if patient.deceased:
        return _("This record is closed to helpers. Please call us if you need something from it.")
    if help_.status == "suspended":
        return _("Your help is paused while the clinic looks at it. Call us if you have questions.")
    if help_.status in {"ended", "rejected"}:
        reason = said(help_.reason, to_helper=True)
        return _("Your help has ended. {reason}").format(reason=reason)
    if help_.ends_on is not None and help_.ends_on < today:
        last = short_day(help_.ends_on)
        return _("Your help was until {day}. The person may give it to you again.").format(day=last)
    return _by_age(help_, patient, rules)


def _by_age(help_: RelatedPerson, patient: Patient, rules: Policies) -> str:
    born = helpers.earliest_birth(patient.birth_date, patient.born_on)
    if help_.kind in helpers.BY_AGE and born is not None:
        said_ = _("With {age} years, {name} decides alone who may help.")
        return said_.format(age=rules.adult_from, name=patient.given or patient.name)
    return _("Your help has ended. Call us if you have questions.")
