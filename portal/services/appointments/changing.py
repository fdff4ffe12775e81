"""Changing what is planned: confirm, cancel, approve, and what happens on the day."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, col

from portal import live
from portal.errors import Conflict, Invalid
from portal.models.appointments import STANDING, Appointment
from portal.security import access, audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services import notices
from portal.services.appointments import freeing, history, reasons, reminding, states
from portal.words import _, _n, local

# A time given back later than this can hardly be given to somebody else.
LATE = timedelta(hours=24)
REASON_MAX = 200
# For so long staff may take a change back, and nobody outside is told of it.
UNDO = timedelta(minutes=3)
_OPEN = ("proposed", "pending", "booked")
_ASKED = ("proposed", "pending")
# Columns that decide which time and place a visit has.
_PLACE = {
    "starts_at",
    "ends_at",
    "practitioner_id",
    "location_id",
    "buffer_before",
    "buffer_after",
}
# Columns that note when something happened: of a double click the second moment is another.
_MOMENTS = {"confirmed_at", "arrived_at", "cancelled_at", "roomed_at", "seen_at", "finished_at"}


class TooLate(Conflict):
    """The visit has begun, is over, or was cancelled."""

    sentence = _("This appointment can no longer be changed here. Call us if something is wrong.")


class NotToday(Conflict):
    """Somebody says that they are here for a visit of another day."""

    sentence = _("You can say that you are here on the day of your visit.")


class NotRead(Conflict):
    """The board shows an older state than the one that stands."""

    sentence = _("Somebody else has changed this visit meanwhile. This is how it is now.")


def confirm(db: Session, actor: Actor, *, appointment_id: str, version: int, now: datetime) -> None:
    """Says that the patient is coming; saying it twice is harmless."""
    record = access.appointment(db, actor, appointment_id)
    require(actor, Permission.CHANGE_APPOINTMENTS)
    if record.confirmed_at is not None and record.status in _OPEN:
        return
    if record.status not in _OPEN or record.starts_at <= now:
        raise TooLate
    change(db, actor, record, version, {"confirmed_at": now}, what="confirmed", now=now)


def cancel(
    db: Session,
    actor: Actor,
    *,
    appointment_id: str,
    version: int,
    reason: str,
    code: str = "",
    now: datetime,
    tells: bool = True,
) -> None:
    """Cancels a visit and gives its time back at once; cancelling twice is harmless.

    `code`: why, one of `reasons.REASONS`, or of `reasons.AT_DESK` for staff; `reason`: the same in
    the person's own words. Without `tells` the caller writes the notice.
    """
    record = access.appointment(db, actor, appointment_id)
    require(actor, Permission.CHANGE_APPOINTMENTS)
    if record.status == "cancelled":
        return
    if record.status not in _OPEN or (record.starts_at <= now and not actor.is_staff):
        raise TooLate
    changes = states.step(record, "cancelled", now) | {
        "cancelled_by": "clinic" if access.is_clinic(actor) else "patient",
        "cancel_reason": _reason(reason),
        "cancel_code": reasons.check(code, is_staff=actor.is_staff),
    }
    if change(db, actor, record, version, changes, what="cancelled", now=now):
        if tells:
            tell(db, actor, "appointment.cancelled", record, version + 1, now)
        else:
            notices.withdraw(db, record_id=record.id, version=version + 1, now=now)


def move(
    db: Session, actor: Actor, *, appointment_id: str, version: int, status: str, now: datetime
) -> None:
    """Says what became of a visit on its day: a state of `states.STATES`."""
    record = access.appointment(db, actor, appointment_id)
    require(actor, Permission.BOOK_APPOINTMENTS)
    if states.of(record) == status:
        return
    changes = states.step(record, status, now)
    change(db, actor, record, version, changes, what=status, now=now)


def approve(db: Session, actor: Actor, *, appointment_id: str, version: int, now: datetime) -> None:
    """Books what a patient asked for."""
    record = access.appointment(db, actor, appointment_id)
    require(actor, Permission.BOOK_APPOINTMENTS)
    if record.status == "booked":
        return
    if record.status not in _ASKED:
        raise states.WrongStep
    changes = states.step(record, "booked", now)
    if change(db, actor, record, version, changes, what="booked", now=now):
        tell(db, actor, "appointment.booked", record, version + 1, now)


def come(db: Session, actor: Actor, *, appointment_id: str, version: int, now: datetime) -> None:
    """Says from one's own phone, on the day, that one is here."""
    record = access.appointment(db, actor, appointment_id)
    require(actor, Permission.CHANGE_APPOINTMENTS)
    if record.status == "arrived":
        return
    if local(record.starts_at).date() != local(now).date():
        raise NotToday
    changes = states.step(record, "arrived", now)
    change(db, actor, record, version, changes, what="arrived", now=now)


def is_late(starts_at: datetime, now: datetime, hours: int | None = None) -> bool:
    """Says whether cancelling now is a late cancellation, by the type's window or the usual one."""
    return starts_at - now < (LATE if hours is None else timedelta(hours=hours))


def late_said(hours: int | None) -> str:
    """Says how near a visit is that is given back late."""
    count, is_days = _span(hours)
    if is_days:
        return _n("It is less than a day away.", "It is less than {count} days away.", count)
    return _n("It is less than an hour away.", "It is less than {count} hours away.", count)


def was_late(hours: int | None) -> str:
    """Says how near a visit was when it was given back late."""
    count, is_days = _span(hours)
    if is_days:
        return _n(
            "That was less than a day before.", "That was less than {count} days before.", count
        )
    return _n(
        "That was less than an hour before.", "That was less than {count} hours before.", count
    )


def _span(hours: int | None) -> tuple[int, bool]:
    """Returns a window of cancellation in days where it is whole ones, else in hours."""
    count = int(LATE.total_seconds()) // 3600 if hours is None else hours
    return (count // 24, True) if count and count % 24 == 0 else (count, False)


def change(
    db: Session,
    actor: Actor,
    record: Appointment,
    version: int,
    changes: dict[str, Any],
    *,
    what: str,
    now: datetime,
    traced: str = "",
) -> bool:
    """Writes on the version that was seen; who saw an older one is told, and nothing is lost.

    Says whether it was done now: a double click finds it done, and that is no conflict. `traced`
    is what the trace says of it, where that is more than `what`.
    """
    before = {name: getattr(record, name) for name in changes}
    same = (col(Appointment.id) == record.id, col(Appointment.version) == version)
    values = {**changes, "version": version + 1}
    done = db.connection().execute(update(Appointment).where(*same).values(**values))
    if done.rowcount != 1:
        _unless_done(db, record, changes)
        return False
    if record.status in STANDING and (
        changes.get("status", record.status) not in STANDING or _PLACE & changes.keys()
    ):
        freeing.let_overbooked_claim(db, record.starts_at, record.ends_at)
    for name, value in values.items():
        # Whoever reads it again in this transaction reads it as it is now.
        set_committed_value(record, name, value)
    history.write(db, actor, record.id, what, version=version + 1, before=before, now=now)
    reminding.settle(db, record, before, after=now + UNDO, now=now)
    audit.record(
        db,
        actor,
        "U",
        category="appointments",
        patient_id=record.patient_id,
        entity=record.id,
        reason=traced or what,
        now=now,
    )
    live.tell(db, "appointments", [record.patient_id], is_private=record.confidential)
    return True


def _unless_done(db: Session, record: Appointment, changes: dict[str, Any]) -> None:
    """Refuses, unless the other tab has just done the very same: a double click is one."""
    db.refresh(record)
    if not all(_is_same(name, getattr(record, name), value) for name, value in changes.items()):
        raise NotRead


def _is_same(name: str, stands: Any, wanted: Any) -> bool:
    if name in _MOMENTS:
        return (stands is None) == (wanted is None)
    return stands == wanted


def tell(
    db: Session, actor: Actor, kind: str, record: Appointment, version: int, now: datetime
) -> None:
    """Notes that the patient is to be told: of what staff do, after the time to take it back.

    What was to be told of before and has not gone out yet is told no more.
    """
    notices.withdraw(db, record_id=record.id, version=version, now=now)
    due_at = now + UNDO if actor.is_staff else now
    notices.write(
        db,
        kind,
        patient_id=record.patient_id,
        record_id=record.id,
        version=version,
        due_at=due_at,
        now=now,
    )


def _reason(reason: str) -> str:
    said = " ".join(reason.replace("\x00", "").split())
    if len(said) > REASON_MAX:
        raise Invalid(_("Say the reason in one line."))
    return said
