"""A span of the trace, found by the numbers of its rows.

The trace counts without a gap and in the order of time, so the first row of a day is found by
halving, and a week of a large trace is read without the rest.
"""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlmodel import Session, col

from portal.models.audit import AuditEvent
from portal.words import local, midnight

# A clock may have been set back by so much within the trace.
SLACK = timedelta(days=1)
_NEXT = (
    select(col(AuditEvent.at))
    .where(col(AuditEvent.seq) >= bindparam("seq"))
    .order_by(col(AuditEvent.seq))
    .limit(1)
)


def start_of(day: date, now: datetime) -> datetime:
    """Returns the moment at which a day of the clinic begins."""
    return midnight(now, (day - local(now).date()).days)


def within(db: Session, start: datetime, end: datetime) -> list[Any]:
    """Returns the condition for rows between two moments, by their numbers."""
    return [
        col(AuditEvent.seq) >= _first_after(db, start - SLACK),
        col(AuditEvent.at) >= start,
        col(AuditEvent.at) < end,
    ]


def _first_after(db: Session, moment: datetime) -> int:
    """Returns the number of the first row from a moment on, found by halving."""
    connection = db.connection()
    last = connection.execute(select(func.max(col(AuditEvent.seq)))).scalar() or 0
    low, high = 1, last + 1
    while low < high:
        middle = (low + high) // 2
        at = connection.execute(_NEXT, {"seq": middle}).scalar()
        if at is not None and at < moment:
            low = middle + 1
        else:
            high = middle
    return low
