"""The turn of a day: whose right over another's record begins or ends, or changes with an age.

Access itself asks the calendar with every act (security/helpers.py). This only lets the pages that
are open know, so that none stays on a screen after its last day, though nothing happens on it.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from portal import live
from portal.models.people import Patient, RelatedPerson
from portal.security import helpers, policies
from portal.security.actor import Actor
from portal.words import local

_ACTIVE = (
    select(
        col(RelatedPerson.user_id),
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
    .where(col(RelatedPerson.status) == "active", col(RelatedPerson.user_id).is_not(None))
)


def turn(db: Session, actor: Actor, *, since: datetime, now: datetime) -> int:
    """Lets the pages of those helpers know whose right changed with the day; returns how many.

    `since` is when this was last asked: on the same day of the clinic there is nothing to do.
    """
    del actor
    before, today = local(since).date(), local(now).date()
    if before >= today:
        return 0
    changed = _changed(db.connection().execute(_ACTIVE), policies.current(db), before, today)
    live.tell_users(db, "people", sorted(changed))
    return len(changed)


def _changed(rows: Iterable[Any], rules: policies.Policies, before: date, today: date) -> set[str]:
    return {
        row.user_id
        for row in rows
        if helpers.held_on(row, rules, before) != helpers.held_on(row, rules, today)
    }
