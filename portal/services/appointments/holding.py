"""Holding: a time is kept for some minutes while somebody says why they come; then it is booked.

A hold claims like a visit. It ends by itself: once it has run out it holds nobody up, because who
wants the time clears it away, whether or not any job ran.
"""

from datetime import datetime, timedelta

from sqlalchemy import insert
from sqlmodel import Session, col

from portal.errors import NotFound
from portal.models.appointments import Appointment, Hold
from portal.models.schedules import VisitType
from portal.security import access, audit, policies
from portal.security.actor import Actor
from portal.services import free_times
from portal.services.appointments import booking, freeing, rescheduling, rules
from portal.services.appointments.booking import TimeTaken
from portal.services.appointments.rules import OnlyByPhone
from portal.words import local


def hold(
    db: Session,
    actor: Actor,
    *,
    visit_type_id: str,
    practitioner_id: str,
    starts_at: datetime,
    channel: str = free_times.IN_PERSON,
    moves_id: str = "",
    now: datetime,
) -> str:
    """Keeps a free time for the open record and returns the hold's id.

    A person holds one time at once: a new one lets the old one go. Raises `TimeTaken` when it is
    not free (any more), and what `rules.require` raises.
    """
    patient = access.open_patient(db, actor)
    kind = rules.visit_type(db, visit_type_id)
    moved = _moved(db, actor, moves_id, kind, now) if moves_id else None
    rules.require(db, actor, kind, now=now, moves=moved is not None)
    let_go(db, actor, now=now)
    found = _free(db, kind, practitioner_id, starts_at, channel, patient.id, moves_id, now)
    record = Hold(
        patient_id=patient.id,
        user_id=actor.user_id,
        visit_type_id=kind.id,
        practitioner_id=practitioner_id,
        location_id=found.location_id,
        channel=channel,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=kind.minutes),
        buffer_before=kind.buffer_before,
        buffer_after=kind.buffer_after,
        moves_id=moved.id if moved else None,
        expires_at=now + timedelta(minutes=policies.current(db).hold_minutes),
        created_at=now,
    )
    freeing.clear(db, now=now, around=record)
    with booking.claiming(db, record):
        db.connection().execute(insert(Hold), [record.model_dump()])
    audit.record(
        db, actor, "C", category="appointments", patient_id=patient.id, entity=f"Hold/{record.id}",
        reason="held", now=now,
    )  # fmt: skip
    return record.id


def let_go(db: Session, actor: Actor, *, now: datetime) -> None:
    """Lets go of what the actor holds for the open record."""
    patient = access.open_patient(db, actor)
    mine = (col(Hold.user_id) == actor.user_id, col(Hold.patient_id) == patient.id)
    if freeing.let_go(db, *mine):
        audit.record(
            db, actor, "D", category="appointments", patient_id=patient.id, entity="Hold",
            reason="let go", now=now,
        )  # fmt: skip


def book_held(db: Session, actor: Actor, *, hold_id: str, reason: str, now: datetime) -> str:
    """Books what is held, or moves the visit that it was held for; returns the visit's id.

    Where the hold has run out and nobody else has taken the time, it is booked all the same.
    Raises `NotFound` for a hold of somebody else, `TimeTaken` when the time is gone.
    """
    held = _mine(db, actor, hold_id)
    kind = rules.visit_type(db, held.visit_type_id)
    rules.require(db, actor, kind, now=now, moves=held.moves_id is not None)
    freeing.let_go(db, col(Hold.id) == held.id)
    if held.starts_at <= now:
        raise TimeTaken
    return (
        _move(db, actor, held, now) if held.moves_id else _book(db, actor, held, kind, reason, now)
    )


def _moved(
    db: Session, actor: Actor, appointment_id: str, kind: VisitType, now: datetime
) -> Appointment:
    """Returns the visit that is to move: the open record's own, still to come, of the same type."""
    record = access.appointment(db, actor, appointment_id)
    if record.patient_id != actor.patient_id:
        raise NotFound
    rescheduling.check(actor, record, now)
    if record.visit_type_id != kind.id:
        # Nobody turns forty minutes of one kind into ten of another by moving them.
        raise OnlyByPhone
    return record


def _mine(db: Session, actor: Actor, hold_id: str) -> Hold:
    patient = access.open_patient(db, actor)
    found = db.get(Hold, hold_id)
    if found is None or found.user_id != actor.user_id or found.patient_id != patient.id:
        raise NotFound
    return found


def _book(
    db: Session, actor: Actor, held: Hold, kind: VisitType, reason: str, now: datetime
) -> str:
    record = Appointment(
        patient_id=held.patient_id,
        practitioner_id=held.practitioner_id,
        location_id=held.location_id,
        status="proposed" if kind.how_booked == "approval" else "booked",
        visit_type_id=kind.id,
        channel=held.channel,
        title=kind.name,
        reason=booking.text(reason, booking.REASON_MAX) if kind.asks_reason else "",
        preparation=kind.preparation,
        starts_at=held.starts_at,
        ends_at=held.ends_at,
        buffer_before=held.buffer_before,
        buffer_after=held.buffer_after,
        created_at=now,
    )
    booking.place(db, actor, record, now=now)
    return record.id


def _move(db: Session, actor: Actor, held: Hold, now: datetime) -> str:
    record = access.appointment(db, actor, held.moves_id or "")
    changes = {
        "starts_at": held.starts_at,
        "ends_at": held.ends_at,
        "practitioner_id": held.practitioner_id,
        "location_id": held.location_id,
        "channel": held.channel,
        "buffer_before": held.buffer_before,
        "buffer_after": held.buffer_after,
    }
    rescheduling.put(db, actor, record, record.version, changes, now=now)
    return record.id


def _free(
    db: Session,
    kind: VisitType,
    practitioner_id: str,
    starts_at: datetime,
    channel: str,
    patient_id: str,
    moves_id: str,
    now: datetime,
) -> free_times.FreeTime:
    """Returns the free time that was chosen; raises `TimeTaken` where there is none."""
    day = local(starts_at).date()
    wanted = free_times.minute_of(starts_at)
    offered = free_times.free(
        db, kind, [practitioner_id], first=day, last=day, now=now, channel=channel,
        patient_id=patient_id, but=[moves_id] if moves_id else (),
    )  # fmt: skip
    for time in offered:
        if time.minute == wanted:
            return time
    raise TimeTaken
