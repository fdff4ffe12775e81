"""Holding: a time is kept for some minutes while somebody says why they come; then it is booked.

A hold claims like a visit. It ends by itself: once it has run out it holds nobody up, because who
wants the time clears it away, whether or not any job ran.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlmodel import Session, col

from portal.errors import Conflict, NotFound
from portal.models.appointments import Appointment, Hold
from portal.models.schedules import VisitType
from portal.security import access, audit, policies
from portal.security.actor import Actor
from portal.services import free_times
from portal.services.appointments import booking, freeing, rescheduling, rules
from portal.services.appointments.booking import TimeTaken
from portal.services.appointments.rules import OnlyByPhone
from portal.words import _, local

NEAR = timedelta(days=3)


class NoLongerKept(Conflict):
    """The time was let go, as when another one was chosen in another window."""

    sentence = _("This time is no longer kept for you. Choose it again, or another one.")


@dataclass(frozen=True)
class Choice:
    """A time that was chosen, as `hold` takes it."""

    visit_type_id: str
    practitioner_id: str
    starts_at: datetime
    channel: str = free_times.IN_PERSON
    moves_id: str = ""


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
    moved = _to_move(db, actor, moves_id, kind, now) if moves_id else None
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


def current(db: Session, actor: Actor, *, now: datetime) -> Hold | None:
    """Returns what the actor holds for the open record now."""
    query = select(Hold).where(_mine_all(actor), col(Hold.expires_at) > now)
    return db.scalars(query.order_by(col(Hold.created_at).desc()).limit(1)).first()


def let_go(db: Session, actor: Actor, *, now: datetime, hold_id: str = "") -> None:
    """Lets go of what the actor holds for the open record: one, or all.

    The same page in another tab may hold another time by now: `hold_id` leaves that alone.
    """
    patient = access.open_patient(db, actor)
    mine = [_mine_all(actor), *([col(Hold.id) == hold_id] if hold_id else [])]
    if freeing.let_go(db, *mine):
        audit.record(
            db, actor, "D", category="appointments", patient_id=patient.id, entity="Hold",
            reason="let go", now=now,
        )  # fmt: skip


def _mine_all(actor: Actor) -> Any:
    return (col(Hold.user_id) == actor.user_id) & (col(Hold.patient_id) == actor.patient_id)


def book_held(db: Session, actor: Actor, *, hold_id: str, reason: str, now: datetime) -> str:
    """Books what is held, or moves the visit that it was held for; returns the visit's id.

    Where the hold has run out and nobody else has taken the time, it is booked all the same; what
    was booked from it already (a double click, a second tab) is booked once. Raises `NotFound` for
    a hold of somebody else, `TimeTaken` when the time is gone.
    """
    booked = _booked(db, actor, hold_id)
    if booked:
        return booked
    held = _mine(db, actor, hold_id)
    kind = rules.visit_type(db, held.visit_type_id)
    rules.require(db, actor, kind, now=now, moves=held.moves_id is not None)
    return become(db, actor, held, kind, reason=reason, now=now)


def become(
    db: Session, actor: Actor, held: Hold, kind: VisitType, *, reason: str, now: datetime
) -> str:
    """Makes a visit of what is held, or moves the visit that it was held for; returns its id.

    Who may is the caller's to judge: `book_held` for who holds it, the waiting list for an offer.
    """
    freeing.let_go(db, col(Hold.id) == held.id)
    if held.starts_at <= now:
        raise TimeTaken
    return (
        _move(db, actor, held, kind, now)
        if held.moves_id
        else _book(db, actor, held, kind, reason, now)
    )


def retake(
    db: Session,
    actor: Actor,
    *,
    hold_id: str,
    expired_at: datetime,
    choice: Choice,
    reason: str,
    now: datetime,
) -> str:
    """Books a time whose hold ran out and was cleared away, if it is still free.

    Raises `NoLongerKept` where it was let go for another one: nobody books two by mistake.
    """
    booked = _booked(db, actor, hold_id)
    if booked:
        return booked
    if now < expired_at or current(db, actor, now=now) is not None:
        raise NoLongerKept
    again = hold(db, actor, **asdict(choice), now=now)
    return book_held(db, actor, hold_id=again, reason=reason, now=now)


def _booked(db: Session, actor: Actor, hold_id: str) -> str:
    """Returns the visit that a hold became: it bears the hold's id."""
    query = select(col(Appointment.id)).where(
        col(Appointment.id) == hold_id, access.appointments(actor)
    )
    return db.connection().execute(query).scalar_one_or_none() or ""


def _to_move(
    db: Session, actor: Actor, moves_id: str, kind: VisitType, now: datetime
) -> Appointment:
    """Returns the visit that is to move: the open record's own, still to come, of the same type."""
    found = access.appointment(db, actor, moves_id)
    if found.patient_id != actor.patient_id:
        raise NotFound
    rescheduling.check(actor, found, now)
    if found.visit_type_id != kind.id:
        # Nobody turns forty minutes of one kind into ten of another by moving them.
        raise OnlyByPhone
    return found


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
        # What a hold becomes bears its id: asked for twice, it is there once.
        id=held.id,
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
        confirmed_at=_confirmed(held, kind, now),
        created_at=now,
    )
    booking.place(db, actor, record, now=now)
    return record.id


def _confirmed(held: Hold, kind: VisitType, now: datetime) -> datetime | None:
    """Whoever has just chosen a time that is near has said that they come: nobody asks again."""
    return now if held.starts_at - now <= NEAR and kind.how_booked != "approval" else None


def _move(db: Session, actor: Actor, held: Hold, kind: VisitType, now: datetime) -> str:
    record = access.appointment(db, actor, held.moves_id or "")
    changes = {
        "starts_at": held.starts_at,
        "ends_at": held.ends_at,
        "practitioner_id": held.practitioner_id,
        "location_id": held.location_id,
        "channel": held.channel,
        "buffer_before": held.buffer_before,
        "buffer_after": held.buffer_after,
        "confirmed_at": _confirmed(held, kind, now),
    }
    if kind.how_booked == "approval":
        # Another time is another question to the clinic.
        changes["status"] = "proposed"
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
