"""Moving at the desk: a visit to another time or practitioner, longer or shorter, or once more.

The page shows beforehand what is in the way; here it is judged. Over another visit, or out of the
hours, only on purpose, with a reason that both strips show.
"""

from datetime import datetime, timedelta

from sqlmodel import Session

from portal.models.appointments import Appointment
from portal.models.schedules import VisitType
from portal.security import access
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services import appointments
from portal.services.appointments import TimeTaken
from portal.services.board import booking, fitting, times
from portal.services.board.rows import NO_ROOM
from portal.services.free_times import IN_PERSON, moment_of
from portal.words import local


def drop(
    db: Session,
    actor: Actor,
    *,
    appointment_id: str,
    version: int,
    practitioner_id: str,
    minute: int,
    minutes: int = 0,
    place: str = "",
    overbooked: str = "",
    now: datetime,
) -> None:
    """Puts a visit to another time and practitioner, or gives it another length (0: the same).

    `place`: the room to put it in, or `NO_ROOM`; without, it goes with its practitioner.

    Raises `TimeTaken` with what is in the way, and the visit stays as it was.
    """
    require(actor, Permission.BOOK_APPOINTMENTS)
    record = access.appointment(db, actor, appointment_id)
    starts_at = moment_of(minute)
    length = minutes or _minutes(record)
    day = local(starts_at).date()
    hours = times.read(db, day, day)[day]
    if not overbooked:
        booking.within(hours, practitioner_id, starts_at, length)
    room = _room(record, practitioner_id, place, hours)
    try:
        appointments.reschedule(
            db,
            actor,
            appointment_id=record.id,
            version=version,
            starts_at=starts_at,
            minutes=minutes or None,
            practitioner_id=practitioner_id,
            location_id=room,
            overbooked=overbooked,
            now=now,
        )
    except TimeTaken as refusal:
        raise _named(
            db, actor, refusal, record, practitioner_id, room, starts_at, length, but=record.id,
            now=now,
        ) from refusal  # fmt: skip


def copy(
    db: Session,
    actor: Actor,
    *,
    appointment_id: str,
    practitioner_id: str,
    minute: int,
    minutes: int = 0,
    place: str = "",
    overbooked: str = "",
    now: datetime,
) -> str:
    """Books the same visit once more at another time; returns the new one's id.

    What it is for, how long it takes and how it takes place are taken over, why it was booked not.
    """
    require(actor, Permission.BOOK_APPOINTMENTS)
    record = access.appointment(db, actor, appointment_id)
    booking.check_practitioner(db, practitioner_id)
    starts_at = moment_of(minute)
    length = minutes or _minutes(record)
    day = local(starts_at).date()
    hours = times.read(db, day, day)[day]
    if not overbooked:
        booking.within(hours, practitioner_id, starts_at, length)
    room = hours.places.get(practitioner_id) if record.channel == IN_PERSON else None
    if place:
        room = None if place == NO_ROOM else place
    kind = db.get(VisitType, record.visit_type_id) if record.visit_type_id else None
    try:
        return appointments.book(
            db,
            actor,
            patient_id=record.patient_id,
            practitioner_id=practitioner_id,
            location_id=room,
            title=record.title,
            starts_at=starts_at,
            minutes=length,
            preparation=record.preparation,
            visit_type=kind,
            channel=record.channel,
            overbooked=overbooked,
            now=now,
        )
    except TimeTaken as refusal:
        raise _named(
            db, actor, refusal, record, practitioner_id, room, starts_at, length, but="", now=now
        ) from refusal


def _room(record: Appointment, practitioner_id: str, place: str, hours: times.Day) -> str | None:
    """Returns where a visit takes place once it has been put somewhere."""
    if place:
        return None if place == NO_ROOM else place
    if record.location_id and practitioner_id != record.practitioner_id:
        return hours.places.get(practitioner_id) or record.location_id
    return record.location_id


def _named(
    db: Session,
    actor: Actor,
    refusal: TimeTaken,
    record: Appointment,
    practitioner_id: str,
    location_id: str | None,
    starts_at: datetime,
    minutes: int,
    *,
    but: str,
    now: datetime,
) -> TimeTaken:
    """Returns the refusal with the name of the visit that is in the way."""
    early, late = (timedelta(minutes=at) for at in (record.buffer_before, record.buffer_after))
    said = fitting.in_the_way(
        db,
        actor,
        practitioner_id=practitioner_id,
        patient_id=record.patient_id,
        location_id=location_id,
        start=starts_at - early,
        end=starts_at + timedelta(minutes=minutes) + late,
        but=but,
        now=now,
    )
    return type(refusal)(said or refusal.words)


def _minutes(record: Appointment) -> int:
    return int((record.ends_at - record.starts_at).total_seconds()) // 60
