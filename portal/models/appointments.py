"""Appointments: what is planned, and the five-minute steps that each of them holds."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Index, String, text
from sqlmodel import Field

from portal.models.base import Table, UtcDateTime, new_id
from portal.models.people import one_of

# FHIR R4 AppointmentStatus.
STATUSES = (
    "proposed",
    "pending",
    "booked",
    "arrived",
    "fulfilled",
    "cancelled",
    "noshow",
    "entered-in-error",
    "checked-in",
    "waitlist",
)
# Those that stand in the calendar.
STANDING = ("proposed", "pending", "booked", "arrived", "checked-in")
# Finer than FHIR's status: taken to the room; being seen; gone before anybody saw them.
STAGES = ("", "in-room", "with-practitioner", "left")
CHANNELS = ("in-person", "phone", "video")
STEP_MINUTES = 5
# What the clock looks for: booked by something that plans no reminders, such as an import.
_UNREMINDED = text("status = 'booked' AND reminders_at IS NULL")


class Appointment(Table, table=True):
    """A planned visit. Times in UTC; `title` is what the patient reads."""

    __table_args__ = (
        one_of("status", STATUSES, "status"),
        one_of("stage", STAGES, "stage"),
        one_of("channel", CHANNELS, "channel"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint(
            "buffer_before BETWEEN 0 AND 240 AND buffer_after BETWEEN 0 AND 240", name="buffers"
        ),
        Index("ix_appointment_patient_id_starts_at", "patient_id", "starts_at"),
        Index("ix_appointment_starts_at", "starts_at"),
        Index("ix_appointment_practitioner_id_starts_at", "practitioner_id", "starts_at"),
        Index(
            "ix_appointment_unreminded",
            "starts_at",
            sqlite_where=_UNREMINDED,
            postgresql_where=_UNREMINDED,
        ),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    patient_id: str = Field(foreign_key="patient.id")
    practitioner_id: str | None = Field(default=None, foreign_key="practitioner.id")
    location_id: str | None = Field(default=None, foreign_key="location.id")
    status: str = Field(default="booked", max_length=20)
    title: str = Field(max_length=200)
    reason: str = Field(default="", max_length=1000)
    preparation: str = Field(default="", max_length=1000)
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    # Confirmed by the patient at this moment.
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # When the patient, who runs late, said that they will come instead.
    expected_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # When its reminders were written into the outbox.
    reminders_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # When the patient came: how long they wait is counted from here.
    arrived_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    cancelled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # "patient" or "clinic".
    cancelled_by: str = Field(default="", max_length=20)
    cancel_reason: str = Field(default="", max_length=200)
    # FHIR R4 Appointment.cancelationReason: a code of services/appointments/reasons.
    cancel_code: str = Field(default="", max_length=20)
    # Between the patient and the clinic: no helper is told that it exists.
    confidential: bool = Field(default=False)
    visit_type_id: str | None = Field(default=None, foreign_key="visit_type.id")
    channel: str = Field(default="in-person", max_length=20)
    # Minutes around the visit that nobody else gets; the patient never sees them.
    buffer_before: int = Field(default=0)
    buffer_after: int = Field(default=0)
    # Where somebody is in the clinic, finer than FHIR's status: see STAGES.
    stage: str = Field(default="", max_length=20)
    # When the patient was taken to the room, and when somebody began to see them.
    roomed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # Why staff put it over another one, or outside of hours; empty for all others. It claims
    # what is free of its time, and no step twice.
    overbooked: str = Field(default="", max_length=200)
    # The visits of one series share this id.
    series_id: str | None = Field(default=None, max_length=64, index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    # Rises with each change: who writes on an old one is told.
    version: int = Field(default=1, ge=1)


class Hold(Table, table=True):
    """A time kept for somebody who fills in a form, or to whom it was offered. It claims as well.

    After `expires_at` it holds nothing, whether or not it was cleared away (FHIR R4 Slot
    busy-tentative).
    """

    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        Index("ix_hold_practitioner_id_starts_at", "practitioner_id", "starts_at"),
        Index("ix_hold_expires_at", "expires_at"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    patient_id: str = Field(foreign_key="patient.id", index=True)
    # Who holds it; none for an offer of the waiting list.
    user_id: str | None = Field(default=None, foreign_key="user.id")
    visit_type_id: str = Field(foreign_key="visit_type.id")
    practitioner_id: str = Field(foreign_key="practitioner.id")
    location_id: str | None = Field(default=None, foreign_key="location.id")
    channel: str = Field(default="in-person", max_length=20)
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    buffer_before: int = Field(default=0)
    buffer_after: int = Field(default=0)
    # The visit that is to move here once this time is won.
    moves_id: str | None = Field(default=None, max_length=64)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)


class Claim(Table, table=True):
    """One five-minute step of a practitioner, a room or a patient.

    The key is the judge: no two visits or holds can have the same step. The database itself writes
    these rows, by triggers on `appointment` and `hold`: a row that overlaps is
    refused whatever code wrote it, also by hand.

    `step` is whole five minutes since 1970 UTC; `resource` is `practitioner:ID`, `location:ID`
    or `patient:ID`. Buffers are claimed of practitioner and room, not of the patient.
    """

    resource: str = Field(primary_key=True, max_length=100)
    step: int = Field(primary_key=True)
    appointment_id: str | None = Field(default=None, foreign_key="appointment.id", index=True)
    hold_id: str | None = Field(default=None, foreign_key="hold.id", index=True)


class CalendarFeed(Table, table=True):
    """An address at which a person's own calendar fetches when they have appointments.

    Whoever knows the address reads the times, and nothing else; only its SHA-256 is kept.
    """

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    digest: str = Field(sa_column=Column(String(64), unique=True, nullable=False))
    user_id: str = Field(foreign_key="user.id", index=True)
    patient_id: str = Field(foreign_key="patient.id", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    # When a calendar fetched it last.
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ClaimNumber(Table, table=True):
    """The numbers from 0 to the most steps that one visit can have, buffers included.

    The triggers that claim count with them (migration 0009); nothing else reads or writes here.
    """

    i: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})


class AppointmentChange(Table, table=True):
    """One change of a visit: what it was before, so that it can be undone for three minutes."""

    __table_args__ = (Index("ix_appointment_change_appointment_id_at", "appointment_id", "at"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    appointment_id: str = Field(foreign_key="appointment.id")
    at: datetime = Field(sa_type=UtcDateTime)
    user_id: str = Field(default="", max_length=64)
    by: str = Field(default="", max_length=300)
    # What was done: booked, moved, or the state that it came to.
    what: str = Field(max_length=20)
    # The version that this change made.
    version: int = Field(default=1)
    # JSON of the columns that changed, as they were.
    before: str = Field(default="{}", max_length=4000)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
