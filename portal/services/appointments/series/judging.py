"""Judging: whether a visit could stand at a time, asked of the database itself, and taken back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from sqlalchemy import insert, select
from sqlmodel import Session, col

from portal.errors import Refusal
from portal.models.appointments import Appointment
from portal.models.schedules import Schedule, VisitType
from portal.services import free_times
from portal.services.appointments import booking, freeing
from portal.services.board import times
from portal.services.free_times import FreeTime
from portal.services.free_times.arithmetic import without
from portal.words import _, local

# So far around a date that is not free another one is looked for.
AROUND = timedelta(days=3)
# Another day is as bad as so many minutes later on the same one.
DAY_COSTS = 180


@contextmanager
def as_if(db: Session) -> Iterator[None]:
    """Runs what writes and what looks; nothing of it stays."""
    savepoint = db.connection().begin_nested()
    try:
        yield
    finally:
        savepoint.rollback()


def refused(db: Session, wanted: Appointment, now: datetime) -> str:
    """Says why a visit cannot be written; nothing where it can."""
    if wanted.starts_at <= now:
        return _("This time has passed.")
    with as_if(db):
        freeing.clear(db, now=now, around=wanted)
        try:
            with booking.claiming(db, wanted):
                db.connection().execute(insert(Appointment), [wanted.model_dump()])
        except Refusal as refusal:
            return words(refusal)
    return ""


def words(refusal: Refusal) -> str:
    """Says a refusal shorter than to somebody who wanted this very time."""
    if isinstance(refusal, booking.PatientTaken):
        return _("The patient has another visit then.")
    taken = _("Somebody else has this time.")
    return taken if isinstance(refusal, booking.TimeTaken) else refusal.words


def outside(db: Session, of: Appointment, starts_at: datetime) -> str:
    """Says why nobody works then; nothing where somebody does, or where no hours are kept."""
    who = of.practitioner_id
    kept = select(col(Schedule.id)).where(col(Schedule.practitioner_id) == who).limit(1)
    if not who or db.connection().execute(kept).first() is None:
        return ""
    day = local(starts_at).date()
    hours = times.read(db, day, day)[day]
    start = times.minute_in(day, starts_at)
    span = (start, start + int((of.ends_at - of.starts_at).total_seconds()) // 60)
    if not without([span], hours.worked(who)):
        return ""
    blocks = [block for block in hours.blocks(who) if block.span[0] < span[1]]
    over = [block.words for block in blocks if block.span[1] > span[0]]
    return over[0] if over else _("Not within hours")


def nearest(
    db: Session, of: Appointment, day: date, near: datetime, now: datetime
) -> FreeTime | None:
    """Returns the free time with the same one that suits best instead, some days around."""
    found = db.get(VisitType, of.visit_type_id) if of.visit_type_id else None
    if found is None or not of.practitioner_id:
        return None
    own = {"minutes": int((of.ends_at - of.starts_at).total_seconds()) // 60}
    kind = VisitType.model_validate(found.model_dump() | own)
    free = free_times.free(
        db, kind, [of.practitioner_id], first=day - AROUND, last=day + AROUND, now=now,
        channel=of.channel, patient_id=of.patient_id, is_staff=True,
    )  # fmt: skip
    return min(free, key=lambda one: _far(one.starts_at, near), default=None)


def _far(at: datetime, near: datetime) -> int:
    """Returns how far a time is: who comes at nine would rather come at nine on another day."""
    here, there = local(at), local(near)
    hours = abs((here.hour - there.hour) * 60 + here.minute - there.minute)
    return abs((here.date() - there.date()).days) * DAY_COSTS + hours
