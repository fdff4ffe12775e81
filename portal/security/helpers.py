"""Helpers: who may open another person's record, on which days."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from portal.models.people import RelatedPerson
from portal.words import local

# Built once: it runs with every page, and building it takes longer than running it.
_HELPED = select(
    col(RelatedPerson.patient_id), col(RelatedPerson.starts_on), col(RelatedPerson.ends_on)
).where(col(RelatedPerson.user_id) == bindparam("user_id"), col(RelatedPerson.active).is_(True))


def helped_by(db: Session, user_id: str, *, now: datetime) -> list[str]:
    """Returns the ids of the patients whom a user may help today (the clinic's day)."""
    today = local(now).date()
    rows = db.connection().execute(_HELPED, {"user_id": user_id})
    return [row.patient_id for row in rows if is_now(row, today)]


def is_now(row: Any, today: date) -> bool:
    """Says whether a helper's right, `starts_on` to `ends_on`, holds on the clinic's day."""
    return (row.starts_on is None or row.starts_on <= today) and (
        row.ends_on is None or today <= row.ends_on
    )


def may_help(db: Session, user_id: str, patient_id: str, *, now: datetime) -> bool:
    """Says whether a user may open this patient's record today."""
    return bool(patient_id) and patient_id in helped_by(db, user_id, now=now)
