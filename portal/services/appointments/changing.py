"""Changing what is planned: confirm, cancel, and what happens on the day."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session, col

from portal import live
from portal.errors import Conflict, Invalid
from portal.models.appointments import Appointment, Claim
from portal.security import access, audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services import notices
from portal.words import _

# A time given back later than this can hardly be given to somebody else.
LATE = timedelta(hours=24)
REASON_MAX = 200
# What may become what on the day itself (FHIR R4 AppointmentStatus).
MOVES = {
    "arrived": ("booked",),
    "checked-in": ("booked", "arrived"),
    "fulfilled": ("booked", "arrived", "checked-in"),
    "noshow": ("booked",),
    "booked": ("arrived",),
}
_OPEN = ("proposed", "pending", "booked")


class TooLate(Conflict):
    """The visit has begun, is over, or was cancelled."""

    sentence = _("This appointment can no longer be changed here. Call us if something is wrong.")


def confirm(db: Session, actor: Actor, *, appointment_id: str, version: int, now: datetime) -> None:
    """Says that the patient is coming; saying it twice is harmless."""
    record = access.appointment(db, actor, appointment_id)
    require(actor, Permission.CHANGE_APPOINTMENTS)
    if record.confirmed_at is not None and record.status in _OPEN:
        return
    if record.status not in _OPEN or record.starts_at <= now:
        raise TooLate
    _change(db, actor, record, version, {"confirmed_at": now}, now)


def cancel(
    db: Session, actor: Actor, *, appointment_id: str, version: int, reason: str, now: datetime
) -> None:
    """Cancels a visit and gives its time back at once; cancelling twice is harmless."""
    record = access.appointment(db, actor, appointment_id)
    require(actor, Permission.CHANGE_APPOINTMENTS)
    if record.status == "cancelled":
        return
    if record.status not in _OPEN or (record.starts_at <= now and not actor.is_staff):
        raise TooLate
    changes = {
        "status": "cancelled",
        "cancelled_at": now,
        "cancelled_by": "clinic" if actor.is_staff or actor.is_system else "patient",
        "cancel_reason": _reason(reason),
    }
    _change(db, actor, record, version, changes, now)
    _release(db, record)
    notices.write(
        db,
        "appointment.cancelled",
        patient_id=record.patient_id,
        record_id=record.id,
        version=version + 1,
        now=now,
    )


def move(
    db: Session, actor: Actor, *, appointment_id: str, version: int, status: str, now: datetime
) -> None:
    """Says what became of a visit on its day: arrived, checked-in, fulfilled or noshow."""
    record = access.appointment(db, actor, appointment_id)
    require(actor, Permission.BOOK_APPOINTMENTS)
    if record.status == status:
        return
    if record.status not in MOVES.get(status, ()):
        raise TooLate
    came = {"arrived": record.arrived_at or now, "checked-in": record.arrived_at or now}
    changes = {"status": status, "arrived_at": came.get(status)}
    if status == "fulfilled":
        del changes["arrived_at"]
    _change(db, actor, record, version, changes, now)
    if status == "noshow":
        _release(db, record)


def is_late(starts_at: datetime, now: datetime) -> bool:
    """Says whether cancelling now is a late cancellation."""
    return starts_at - now < LATE


def _change(
    db: Session,
    actor: Actor,
    record: Appointment,
    version: int,
    changes: dict[str, Any],
    now: datetime,
) -> None:
    """Writes on the version that was seen; who saw an older one is told, and nothing is lost."""
    same = (col(Appointment.id) == record.id, col(Appointment.version) == version)
    values = {**changes, "version": version + 1}
    done = db.connection().execute(update(Appointment).where(*same).values(**values))
    if done.rowcount != 1:
        _unless_done(db, record, changes)
        return
    audit.record(
        db,
        actor,
        "U",
        category="appointments",
        patient_id=record.patient_id,
        entity=record.id,
        reason=str(changes.get("status", "confirmed")),
        now=now,
    )
    live.tell(db, "appointments", [record.patient_id], is_private=record.confidential)


def _unless_done(db: Session, record: Appointment, changes: dict[str, Any]) -> None:
    """Refuses, unless the other tab has just done the very same: a double click is one."""
    db.refresh(record)
    is_same = record.status == changes.get("status", record.status)
    if not is_same or ("confirmed_at" in changes and record.confirmed_at is None):
        raise Conflict


def _release(db: Session, record: Appointment) -> None:
    db.connection().execute(delete(Claim).where(col(Claim.appointment_id) == record.id))


def _reason(reason: str) -> str:
    said = " ".join(reason.replace("\x00", "").split())
    if len(said) > REASON_MAX:
        raise Invalid(_("Say the reason in one line."))
    return said
