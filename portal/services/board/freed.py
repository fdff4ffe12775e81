"""Freed times: what was cancelled for the next days and nobody else has yet."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlmodel import Session, col

from portal.models.appointments import STANDING, Appointment, AppointmentChange, Hold
from portal.models.people import Practitioner
from portal.security import access
from portal.security.actor import Actor
from portal.services.board import times
from portal.services.board.rows import FreedRow
from portal.services.free_times import minute_of
from portal.services.free_times.arithmetic import without
from portal.words import _, how_far, local, midnight

# So far ahead a freed time is worth a call; so many are shown.
DAYS = 7
MOST = 8
_READ = 100


def listed(db: Session, actor: Actor, *, now: datetime) -> list[FreedRow]:
    """Returns the times that were given back, still lie in the hours and are still free.

    Whose they were is not said: to fill them nobody needs to know.
    """
    ends = midnight(now, DAYS + 1)
    given = _cancelled(db, actor, now, ends)
    if not given:
        return []
    taken = _taken(db, {row.practitioner_id for row in given}, now, ends)
    days = times.read(db, local(now).date(), local(ends).date())
    found: dict[tuple[str, datetime], FreedRow] = {}
    for row in given:
        day = days[local(row.starts_at).date()]
        span = times.minute_in(day.day, row.starts_at), times.minute_in(day.day, row.ends_at)
        is_taken = any(
            who == row.practitioner_id and start < row.ends_at and row.starts_at < end
            for who, start, end in taken
        )
        if not is_taken and not without([span], day.worked(row.practitioner_id)):
            found.setdefault((row.practitioner_id, row.starts_at), _row(row, now))
    return list(found.values())[:MOST]


def _cancelled(db: Session, actor: Actor, now: datetime, ends: datetime) -> list[Any]:
    taken_back = exists().where(
        col(AppointmentChange.appointment_id) == col(Appointment.id),
        col(AppointmentChange.what) == "undone",
        col(AppointmentChange.version) == col(Appointment.version),
    )
    query = (
        select(
            col(Appointment.id),
            col(Appointment.practitioner_id),
            col(Appointment.starts_at),
            col(Appointment.ends_at),
            col(Practitioner.name).label("who"),
        )
        .join(Practitioner, col(Practitioner.id) == col(Appointment.practitioner_id))
        .where(
            col(Appointment.status) == "cancelled",
            col(Appointment.starts_at) > now,
            col(Appointment.starts_at) < ends,
            # What was booked and taken back at once was never anybody's.
            ~taken_back,
            access.appointments(actor),
        )
        .order_by(col(Appointment.starts_at), col(Appointment.id))
        .limit(_READ)
    )
    return list(db.connection().execute(query))


def _taken(
    db: Session, practitioner_ids: Collection[str | None], now: datetime, ends: datetime
) -> list[Any]:
    """Returns what stands or is held in these days: with whom, from when, until when."""
    visits = select(
        col(Appointment.practitioner_id), col(Appointment.starts_at), col(Appointment.ends_at)
    ).where(
        col(Appointment.practitioner_id).in_(practitioner_ids),
        col(Appointment.status).in_(STANDING),
        col(Appointment.starts_at) < ends,
        col(Appointment.ends_at) > now,
    )
    holds = select(col(Hold.practitioner_id), col(Hold.starts_at), col(Hold.ends_at)).where(
        col(Hold.practitioner_id).in_(practitioner_ids),
        col(Hold.expires_at) > now,
        col(Hold.starts_at) < ends,
        col(Hold.ends_at) > now,
    )
    return list(db.connection().execute(visits.union_all(holds)))


def _row(row: Any, now: datetime) -> FreedRow:
    minutes = int((row.ends_at - row.starts_at).total_seconds()) // 60
    clock = times.clock(row.starts_at)
    near = how_far(row.starts_at, now)
    return FreedRow(
        id=row.id,
        practitioner_id=row.practitioner_id,
        minute=minute_of(row.starts_at),
        at=f"{near} {clock}",
        who=row.who,
        words=f"{near} {clock}",
        what=_("{count} min, {who}").format(count=minutes, who=row.who),
    )
