"""The promise: until when the clinic answers. Two working days, in the clinic's zone.

A day counts on which the clinic is open: by its hours, no public holiday of its region, and not
closed all day. It ends when the clinic shuts on that day.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from portal.models.people import Organization
from portal.models.schedules import ScheduleException
from portal.security import policies
from portal.services import clinic_hours
from portal.services.clinic_hours import Span
from portal.services.free_times import holidays
from portal.words import local, zone

WORKING_DAYS = 2
# Where nobody can tell from the clinic's hours: Monday to Friday.
USUAL: Span = (time(8), time(17, 30))
_SATURDAY = 5
# Longer than any closure (schedules/closing.py) and a holiday after it: then a weekday counts.
AHEAD = 500

Moments = tuple[datetime, datetime]


def answer_by(db: Session, sent_at: datetime) -> datetime:
    """Returns the end of the second working day after the day of sending."""
    closed = _closures(db, sent_at)
    hours = _hours(db)
    region = policies.current(db).holiday_region
    on, left = local(sent_at).date(), WORKING_DAYS
    for _day in range(AHEAD):
        on += timedelta(days=1)
        ends = _ends(on, hours(on), region, closed)
        if ends is not None:
            left -= 1
            if not left:
                return ends
    return _at(local(sent_at).date() + timedelta(days=AHEAD), USUAL[1])


def _ends(on: date, spans: tuple[Span, ...], region: str, closed: list[Moments]) -> datetime | None:
    """Returns when the work of a day ends; None on a day that does not count."""
    if not spans or holidays.named(region, on, on):
        return None
    last = [
        ends
        for start, end in spans
        if (ends := _open_until(_at(on, start), _at(on, end), closed)) is not None
    ]
    return max(last, default=None)


def _open_until(start: datetime, end: datetime, closed: list[Moments]) -> datetime | None:
    """Returns when a stretch of hours ends in which the clinic may be closed for a while."""
    for first, last in sorted(closed, key=lambda one: one[1], reverse=True):
        if first < end <= last:
            end = first
    return end if end > start else None


def _at(on: date, clock: time) -> datetime:
    return datetime.combine(on, clock, tzinfo=zone()).astimezone(UTC)


def _closures(db: Session, since: datetime) -> list[Moments]:
    """Returns when the whole clinic is closed, from now on; one place alone does not count."""
    query = select(col(ScheduleException.starts_at), col(ScheduleException.ends_at)).where(
        col(ScheduleException.kind) == "closure",
        col(ScheduleException.practitioner_id).is_(None),
        col(ScheduleException.location_id).is_(None),
        col(ScheduleException.ends_at) > since,
    )
    return [(row.starts_at, row.ends_at) for row in db.connection().execute(query)]


def _hours(db: Session) -> Callable[[date], tuple[Span, ...]]:
    """Returns what says from when to when the clinic is open on a day of the week."""
    query = select(col(Organization.hours)).where(col(Organization.is_clinic).is_(True))
    written = db.connection().execute(query).scalar() or ""
    if clinic_hours.are_known(written):
        return lambda on: clinic_hours.spans(written, on)
    return lambda on: (USUAL,) if on.weekday() < _SATURDAY else ()
