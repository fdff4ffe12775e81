"""Booking: a time is claimed in five-minute steps of practitioner, room and patient.

The database claims with the row itself, and the key of `claim` is the judge: two bookings cannot
have the same step, whatever code ran. Steps are claimed in one order, so nobody waits in a circle.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import insert, or_, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from portal import live
from portal.errors import Conflict, Invalid
from portal.models.appointments import CHANNELS, STEP_MINUTES, Appointment, Claim, Hold
from portal.models.people import Location, Practitioner
from portal.models.schedules import VisitType
from portal.security import access, audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services.appointments import changing, freeing, history, reminding
from portal.words import _, midnight

LONGEST_MINUTES = 600
STEP_SECONDS = STEP_MINUTES * 60
TITLE_MAX = 200
REASON_MAX = 1000
OVERBOOKED_MAX = 200


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
    visit_type: VisitType | None = None,
    channel: str = "in-person",
    overbooked: str = "",
    series_id: str | None = None,
) -> str:
    """Books a visit and returns its id; raises `TimeTaken` when a step of it is held already.

    A refused booking leaves the transaction as it was: another time can be tried in the same one.
    `overbooked`: why it stands over another visit on purpose; then it claims only what is free.
    """
    patient = access.patient(db, actor, patient_id)
    require(actor, Permission.BOOK_APPOINTMENTS)
    check_time(actor, starts_at, minutes, now)
    check_names(db, practitioner_id, location_id)
    if channel not in CHANNELS:
        raise Invalid
    record = Appointment(
        patient_id=patient.id,
        practitioner_id=practitioner_id,
        location_id=location_id,
        title=text(title, TITLE_MAX) or _("Appointment"),
        reason=text(reason, REASON_MAX),
        preparation=text(preparation, REASON_MAX),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        visit_type_id=visit_type.id if visit_type else None,
        buffer_before=visit_type.buffer_before if visit_type else 0,
        buffer_after=visit_type.buffer_after if visit_type else 0,
        channel=channel,
        overbooked=text(overbooked, OVERBOOKED_MAX),
        series_id=series_id,
        created_at=now,
    )
    place(db, actor, record, now=now)
    return record.id


def place(db: Session, actor: Actor, record: Appointment, *, now: datetime) -> None:
    """Writes a visit with its claims, its history, its trace and its notice; or nothing at all.

    Raises `TimeTaken`, and leaves the transaction as it was.
    """
    freeing.clear(db, now=now, around=record)
    record.reminders_at = now if record.status == "booked" else None
    with claiming(db, record):
        db.connection().execute(insert(Appointment), [record.model_dump()])
    history.write(db, actor, record.id, "booked", version=record.version, before={}, now=now)
    audit.record(
        db,
        actor,
        "C",
        category="appointments",
        patient_id=record.patient_id,
        entity=record.id,
        reason="overbooked" if record.overbooked else "",
        now=now,
    )
    kind = "appointment.asked" if record.status == "proposed" else "appointment.booked"
    # Of what staff book the patient hears once it can no longer be taken back.
    changing.tell(db, actor, kind, record, record.version, now)
    reminding.plan(db, record, after=now + changing.UNDO, now=now)
    live.tell(db, "appointments", [record.patient_id], is_private=record.confidential)


def steps(starts_at: datetime, ends_at: datetime) -> range:
    """Returns the five-minute steps (since 1970, UTC) that a time touches."""
    first = int(starts_at.timestamp()) // STEP_SECONDS
    last = -(-int(ends_at.timestamp()) // STEP_SECONDS)
    return range(first, last)


@contextmanager
def claiming(db: Session, record: Appointment | Hold) -> Iterator[None]:
    """Runs what claims the times of a record; all of it, or none and `TimeTaken`."""
    # A savepoint of the connection, not of the session: the session's own would end its trace
    # and announce its changes as if all had been committed.
    savepoint = db.connection().begin_nested()
    try:
        yield
    except IntegrityError as error:
        savepoint.rollback()
        if not _is_of_claims(error):
            raise
        raise _who_is_taken(db, record) from error
    except BaseException:
        savepoint.rollback()
        raise
    savepoint.commit()


def _is_of_claims(error: IntegrityError) -> bool:
    """Says whether a step was taken; all else that the database refuses is a bug of ours."""
    said = getattr(error.orig, "diag", None)
    return said.table_name == Claim.__tablename__ if said else "claim.resource" in str(error.orig)


def _who_is_taken(db: Session, record: Appointment | Hold) -> TimeTaken:
    """Returns the refusal that fits: the patient's own other visit, or somebody else's."""
    wanted = steps(record.starts_at, record.ends_at)
    mine = select(col(Claim.step)).where(
        col(Claim.resource) == f"patient:{record.patient_id}",
        col(Claim.step).between(wanted[0], wanted[-1]),
        or_(col(Claim.appointment_id).is_(None), col(Claim.appointment_id) != record.id),
    )
    theirs = select(col(Claim.step)).where(
        col(Claim.resource).in_(
            [f"practitioner:{record.practitioner_id}", f"location:{record.location_id}"]
        ),
        col(Claim.step).between(
            wanted[0] - record.buffer_before // STEP_MINUTES,
            wanted[-1] + record.buffer_after // STEP_MINUTES,
        ),
        or_(col(Claim.appointment_id).is_(None), col(Claim.appointment_id) != record.id),
    )
    ask = db.connection().execute
    is_patients = ask(mine).first() is not None and ask(theirs).first() is None
    return PatientTaken() if is_patients else TimeTaken()


def check_time(actor: Actor, starts_at: datetime, minutes: int, now: datetime) -> None:
    """Raises `Invalid` for no moment, no sensible length, or a day that is over."""
    if starts_at.tzinfo is None or not STEP_MINUTES <= minutes <= LONGEST_MINUTES:
        raise Invalid(_("Choose a time and how long the visit takes."))
    if starts_at < midnight(now) and not actor.is_system:
        raise TimePassed


def check_names(db: Session, practitioner_id: str | None, location_id: str | None) -> None:
    """Raises `Invalid` for a person or a place that there is not."""
    for table, key in ((Practitioner, practitioner_id), (Location, location_id)):
        if key and db.get(table, key) is None:
            raise Invalid(_("Choose who the visit is with, and where, from the list."))


def text(words: str, most: int) -> str:
    """Returns what somebody typed, trimmed; raises `Invalid` where it is too long."""
    said = words.replace("\x00", "").strip()
    if len(said) > most:
        raise Invalid(_("That is too long. Say it in fewer words."))
    return said
