"""Acts of the desk: what one key does with a visit, with a free time, with a block."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, delete

from portal import live
from portal.errors import Invalid, NotFound
from portal.models.people import Practitioner
from portal.models.schedules import ScheduleException
from portal.security import access, audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services import appointments
from portal.services.free_times import moment_of
from portal.words import _

LONGEST = 600
NOTE_MAX = 200


def act(
    db: Session,
    actor: Actor,
    *,
    appointment_id: str,
    version: int,
    act: str,
    code: str = "",
    now: datetime,
) -> None:
    """Does with a visit what one key says; raises `NotRead` where it has changed since.

    `code`: why it is cancelled, one of `appointments.AT_DESK`.
    """
    require(actor, Permission.BOOK_APPOINTMENTS)
    record = access.appointment(db, actor, appointment_id)
    same: dict[str, Any] = {"appointment_id": record.id, "version": version, "now": now}
    if act == "confirmed":
        appointments.confirm(db, actor, **same)
    elif act == "cancelled":
        appointments.cancel(db, actor, reason="", code=code, **same)
    elif act == "booked":
        appointments.approve(db, actor, **same)
    else:
        appointments.move(db, actor, status=act, **same)


def block(
    db: Session,
    actor: Actor,
    *,
    practitioner_id: str,
    minute: int,
    minutes: int,
    note: str,
    now: datetime,
) -> str:
    """Takes a stretch out of somebody's day; what is booked in it stays. Returns its id."""
    require(actor, Permission.BOOK_APPOINTMENTS)
    if db.get(Practitioner, practitioner_id) is None:
        raise NotFound
    said = " ".join(note.replace("\x00", "").split())
    if not 5 <= minutes <= LONGEST or len(said) > NOTE_MAX:  # noqa: PLR2004 - a step of the grid
        raise Invalid(_("Say how many minutes, and why in a few words."))
    starts_at = moment_of(minute)
    row = ScheduleException(
        kind="block",
        practitioner_id=practitioner_id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        note=said,
        created_at=now,
    )
    db.connection().execute(insert(ScheduleException), [row.model_dump()])
    _note(db, actor, "C", row.id, now)
    return row.id


def unblock(db: Session, actor: Actor, *, block_id: str, now: datetime) -> None:
    """Gives a blocked stretch back."""
    require(actor, Permission.BOOK_APPOINTMENTS)
    theirs = (col(ScheduleException.id) == block_id, col(ScheduleException.kind) == "block")
    if db.connection().execute(delete(ScheduleException).where(*theirs)).rowcount != 1:
        raise NotFound
    _note(db, actor, "D", block_id, now)


def _note(db: Session, actor: Actor, action: str, block_id: str, now: datetime) -> None:
    entity = f"ScheduleException/{block_id}"
    at = now.astimezone(UTC)
    audit.record(db, actor, action, category="appointments", entity=entity, now=at)
    live.tell(db, "appointments", [live.STAFF])
