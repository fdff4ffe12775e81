"""Helpers: who may open another person's record, on which days, and what of it.

Asked with every act. A parent's right narrows and ends on the child's birthdays by the clinic's
calendar, whether or not any job ran (SECURITY AUTHZ-12); a help for a record that was joined with
another, or of somebody who has died, is over at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from portal.models.people import Patient, RelatedPerson
from portal.security import policies, scopes
from portal.security.policies import Policies
from portal.words import local

# Whose right comes from the patient's age, and follows it.
BY_AGE = frozenset({"parent", "guardian", "foster"})
# Which kinds the clinic decides on; the others a patient lends alone.
BY_CLINIC = frozenset({"parent", "guardian", "foster", "agent"})

# Built once: it runs with every page, and building it takes longer than running it.
HELPED = (
    select(
        col(RelatedPerson.id),
        col(RelatedPerson.patient_id),
        col(RelatedPerson.kind),
        col(RelatedPerson.scopes),
        col(RelatedPerson.starts_on),
        col(RelatedPerson.ends_on),
        col(Patient.birth_date),
        col(Patient.born_on),
        col(Patient.deceased),
        col(Patient.merged_into_id),
    )
    .join(Patient, col(Patient.id) == col(RelatedPerson.patient_id))
    .where(
        col(RelatedPerson.user_id) == bindparam("user_id"), col(RelatedPerson.status) == "active"
    )
)


@dataclass(frozen=True)
class Help:
    """One record that somebody may open today, and what of it."""

    patient_id: str
    scopes: frozenset[str]


def helped_by(db: Session, user_id: str, *, now: datetime) -> dict[str, Help]:
    """Returns the records that a user may open today (the clinic's day), by patient."""
    rows = db.connection().execute(HELPED, {"user_id": user_id}).all()
    return helps(rows, policies.current(db), local(now).date()) if rows else {}


def helps(rows: Iterable[Any], rules: Policies, today: date) -> dict[str, Help]:
    """Returns which of these rights hold on a day; two for one patient add up."""
    found: dict[str, Help] = {}
    for row in rows:
        held = held_on(row, rules, today)
        if held:
            before = found.get(row.patient_id)
            held |= before.scopes if before else frozenset()
            found[row.patient_id] = Help(row.patient_id, held)
    return found


def held_on(row: Any, rules: Policies, today: date) -> frozenset[str]:
    """Returns what a right gives on a day; nothing before it starts and after it ended."""
    if row.deceased or row.merged_into_id or not is_now(row, today):
        return frozenset()
    held = scopes.parse(row.scopes)
    if row.kind not in BY_AGE:
        return held
    born = earliest_birth(row.birth_date, row.born_on)
    if born is None or today >= birthday(born, rules.adult_from):
        return frozenset()
    if today >= birthday(born, rules.teen_from):
        return held & scopes.parse(rules.teen_scopes)
    return held


def birthday(born: date, years: int) -> date:
    """Returns the day on which somebody turns so old; who was born on 29 February: on 1 March."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def earliest_birth(text: str, born_on: date | None) -> date | None:
    """Returns the earliest day that a birth date of any precision can mean.

    Where only the year is known, privacy begins as early as it may.
    """
    if born_on is not None:
        return born_on
    parts = [int(part) for part in text.split("-") if part.isdigit()]
    return date(parts[0], parts[1] if len(parts) > 1 else 1, 1) if parts else None


def is_now(row: Any, today: date) -> bool:
    """Says whether a helper's right, `starts_on` to `ends_on`, holds on the clinic's day."""
    return (row.starts_on is None or row.starts_on <= today) and (
        row.ends_on is None or today <= row.ends_on
    )


def may_help(db: Session, user_id: str, patient_id: str, *, now: datetime) -> bool:
    """Says whether a user may open this patient's record today."""
    return bool(patient_id) and patient_id in helped_by(db, user_id, now=now)
