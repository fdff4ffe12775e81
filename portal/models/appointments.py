"""Appointments: what is planned, and the five-minute steps that each of them holds."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
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
STEP_MINUTES = 5


class Appointment(Table, table=True):
    """A planned visit. Times in UTC; `title` is what the patient reads."""

    __table_args__ = (
        one_of("status", STATUSES, "status"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        Index("ix_appointment_patient_id_starts_at", "patient_id", "starts_at"),
        Index("ix_appointment_starts_at", "starts_at"),
        Index("ix_appointment_practitioner_id_starts_at", "practitioner_id", "starts_at"),
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
    # When the patient came: how long they wait is counted from here.
    arrived_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    cancelled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # "patient" or "clinic".
    cancelled_by: str = Field(default="", max_length=20)
    cancel_reason: str = Field(default="", max_length=200)
    # Between the patient and the clinic: no helper is told that it exists.
    confidential: bool = Field(default=False)
    created_at: datetime = Field(sa_type=UtcDateTime)
    # Rises with each change: who writes on an old one is told.
    version: int = Field(default=1, ge=1)


class Claim(Table, table=True):
    """One five-minute step of a practitioner, a room or a patient.

    The key is the judge: two appointments cannot hold the same step, whatever code ran.

    `step` is whole five minutes since 1970 UTC; `resource` is `practitioner:ID`, `location:ID`
    or `patient:ID`.
    """

    resource: str = Field(primary_key=True, max_length=100)
    step: int = Field(primary_key=True)
    appointment_id: str = Field(foreign_key="appointment.id", index=True)
