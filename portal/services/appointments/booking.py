"""Booking: a time is claimed in five-minute steps of practitioner, room and patient.

The key of `claim` is the judge: two bookings cannot hold the same step, on any database and
whatever code ran. Steps are claimed in one order everywhere, so nobody waits in a circle.
"""

from datetime import datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from portal import live
from portal.errors import Conflict, Invalid
from portal.models.appointments import STEP_MINUTES, Appointment, Claim
from portal.models.people import Location, Practitioner
from portal.security import access, audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services import notices
from portal.words import _, midnight

LONGEST_MINUTES = 600
STEP_SECONDS = STEP_MINUTES * 60
TITLE_MAX = 200
REASON_MAX = 1000


class TimeTaken(Conflict):
    """Somebody else holds this time of the practitioner or the room."""

    sentence = _("That time has just been taken. Choose another one.")


class PatientTaken(TimeTaken):
    """The patient has another appointment then."""

    sentence = _("This person already has an appointment at that time. Choose another one.")


class TimePassed(Invalid):
    """The day is over."""

    sentence = _("That day has passed. Choose a later one.")


def book(  # noqa: PLR0913 - who, with whom, where, what, when, why
    db: Session,
    actor: Actor,
    *,
    patient_id: str,
    practitioner_id: str | None,
    location_id: str | None,
    title: str,
    starts_at: datetime,
    minutes: int,
    now: datetime,
    reason: str = "",
    preparation: str = "",
) -> str:
    """Books a visit and returns its id; raises `TimeTaken` when a step of it is held already.

    A refused booking leaves the transaction as it was: another time can be tried in the same one.
    """
    patient = access.patient(db, actor, patient_id)
    require(actor, Permission.BOOK_APPOINTMENTS)
    _check_time(actor, starts_at, minutes, now)
    _check_names(db, practitioner_id, location_id)
    record = Appointment(
        patient_id=patient.id,
        practitioner_id=practitioner_id,
        location_id=location_id,
        title=_text(title, TITLE_MAX) or _("Appointment"),
        reason=_text(reason, REASON_MAX),
        preparation=_text(preparation, REASON_MAX),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        created_at=now,
    )
    _hold(db, record)
    audit.record(
        db,
        actor,
        "C",
        category="appointments",
        patient_id=patient.id,
        entity=record.id,
        now=now,
    )
    notices.write(db, "appointment.booked", patient_id=patient.id, record_id=record.id, now=now)
    live.tell(db, "appointments", [patient.id])
    return record.id


def steps(starts_at: datetime, ends_at: datetime) -> range:
    """Returns the five-minute steps (since 1970, UTC) that a time touches."""
    first = int(starts_at.timestamp()) // STEP_SECONDS
    last = -(-int(ends_at.timestamp()) // STEP_SECONDS)
    return range(first, last)


def _hold(db: Session, record: Appointment) -> None:
    """Writes the appointment with its claims, or neither."""
    connection = db.connection()
    claims = _claims(record)
    # A savepoint of the connection, not of the session: the session's own would end its trace
    # and announce its changes as if all had been committed.
    savepoint = connection.begin_nested()
    try:
        connection.execute(insert(Appointment), [record.model_dump()])
        connection.execute(insert(Claim), claims)
    except IntegrityError as error:
        savepoint.rollback()
        raise _who_is_taken(db, record, claims) from error
    savepoint.commit()


def _claims(record: Appointment) -> list[dict[str, str | int]]:
    resources = [f"patient:{record.patient_id}"]
    if record.practitioner_id:
        resources.append(f"practitioner:{record.practitioner_id}")
    if record.location_id:
        resources.append(f"location:{record.location_id}")
    return [
        {"resource": resource, "step": step, "appointment_id": record.id}
        for resource in sorted(resources)
        for step in steps(record.starts_at, record.ends_at)
    ]


def _who_is_taken(
    db: Session, record: Appointment, claims: list[dict[str, str | int]]
) -> TimeTaken:
    wanted = [claim["step"] for claim in claims]
    held = select(col(Claim.resource)).where(
        col(Claim.resource).in_({claim["resource"] for claim in claims}),
        col(Claim.step).between(min(wanted), max(wanted)),
    )
    taken = set(db.connection().execute(held).scalars())
    return PatientTaken() if taken == {f"patient:{record.patient_id}"} else TimeTaken()


def _check_time(actor: Actor, starts_at: datetime, minutes: int, now: datetime) -> None:
    if starts_at.tzinfo is None or not STEP_MINUTES <= minutes <= LONGEST_MINUTES:
        raise Invalid(_("Choose a time and how long the visit takes."))
    if starts_at < midnight(now) and not actor.is_system:
        raise TimePassed


def _check_names(db: Session, practitioner_id: str | None, location_id: str | None) -> None:
    for table, key in ((Practitioner, practitioner_id), (Location, location_id)):
        if key and db.get(table, key) is None:
            raise Invalid(_("Choose who the visit is with, and where, from the list."))


def _text(words: str, most: int) -> str:
    said = words.replace("\x00", "").strip()
    if len(said) > most:
        raise Invalid(_("That is too long. Say it in fewer words."))
    return said
