"""Rescheduling: the old time is kept until the new one is won; then one update has both.

Who is here already can be put to another time, room or practitioner of the same day: the desk does
it all morning. They stay here, since when they were, and are told at the desk and not by a notice.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from portal.errors import Invalid
from portal.models.appointments import Appointment
from portal.security import access
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services import notices
from portal.services.appointments import booking, changing, freeing
from portal.services.appointments.changing import TooLate
from portal.words import _, local

MOVABLE = ("proposed", "pending", "booked")
HERE = ("arrived", "checked-in")


class Over(TooLate):
    """The visit is done, was cancelled, or nobody came."""

    sentence = _("This visit is over and cannot be moved. Copy it, or book another one.")


class HereToday(TooLate):
    """Somebody who is here would be put to another day."""

    sentence = _("Who is here can only be moved within the day. Say first that they have not come.")


def reschedule(
    db: Session,
    actor: Actor,
    *,
    appointment_id: str,
    version: int,
    starts_at: datetime,
    now: datetime,
    minutes: int | None = None,
    practitioner_id: str | None = None,
    location_id: str | None = "",
    overbooked: str = "",
) -> None:
    """Moves a visit, for staff; what is not named stays. Raises `TimeTaken`, and nothing moved.

    `location_id`: None for nowhere in particular.
    """
    record = access.appointment(db, actor, appointment_id)
    require(actor, Permission.BOOK_APPOINTMENTS)
    length = record.ends_at - record.starts_at
    if minutes is not None or starts_at != record.starts_at:
        asked = minutes if minutes is not None else int(length.total_seconds()) // 60
        booking.check_time(actor, starts_at, asked, now)
        length = timedelta(minutes=minutes) if minutes is not None else length
    booking.check_names(db, practitioner_id, location_id)
    changes = {
        "starts_at": starts_at,
        "ends_at": starts_at + length,
        "practitioner_id": practitioner_id or record.practitioner_id,
        "location_id": record.location_id if location_id == "" else location_id,
        "overbooked": booking.text(overbooked, booking.OVERBOOKED_MAX),
    }
    put(db, actor, record, version, changes, now=now)


def may_move(record: Appointment, now: datetime, *, is_staff: bool = False) -> bool:
    """Says whether a visit may still be given another time: by a patient before it begins."""
    return record.status in MOVABLE and (is_staff or record.starts_at > now)


def put(
    db: Session,
    actor: Actor,
    record: Appointment,
    version: int,
    changes: dict[str, Any],
    *,
    now: datetime,
    tells: bool = True,
) -> None:
    """Gives a visit another time or place, or nothing of it; withdraws what was told of the old.

    Without `tells` the caller writes the notice.
    """
    check(actor, record, now, to=changes["starts_at"])
    if changes["starts_at"] <= now and not actor.is_staff:
        raise Invalid(_("Choose a time that is still to come."))
    is_here = record.status in HERE
    if changes["starts_at"] != record.starts_at and not is_here:
        # Whoever confirmed the old time has not confirmed the new one, nor runs late for it.
        changes = {"confirmed_at": None, "expected_at": None} | changes
    wanted = Appointment.model_validate(record.model_dump() | changes)
    freeing.clear(db, now=now, around=wanted)
    with booking.claiming(db, wanted):
        done = changing.change(
            db, actor, record, version, changes, what="moved", now=now,
            traced="moved, overbooked" if changes.get("overbooked") else "",
        )  # fmt: skip
    if done and (is_here or not tells):
        notices.withdraw(db, record_id=record.id, version=version + 1, now=now)
    elif done:
        changing.tell(db, actor, "appointment.moved", record, version + 1, now)


def check(actor: Actor, record: Appointment, now: datetime, *, to: datetime | None = None) -> None:
    """Raises the refusal that fits unless a visit can still be given another time, or time `to`."""
    if may_move(record, now, is_staff=actor.is_staff):
        return
    if not actor.is_staff:
        raise TooLate
    if record.status not in HERE:
        raise Over
    if to is None or local(to).date() != local(record.starts_at).date():
        raise HereToday
