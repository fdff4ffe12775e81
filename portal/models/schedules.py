"""Schedules: which visits there are, who works when, and what falls out.

Free times are computed from these rows and never stored (services/free_times). Hours of the day are
minutes since midnight on the clinic's clock: eight o'clock stays eight o'clock when clocks change.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from portal.models.base import Table, UtcDateTime, new_id
from portal.models.people import one_of

DAY_MINUTES = 24 * 60
# Who may book a type of visit: everybody with an account; who has been here; staff alone.
WHO_BOOKS = ("public", "established", "staff")
# Booked at once; asked for and approved; only looked at.
HOW_BOOKED = ("direct", "approval", "view-only")
# Names of colours in the stylesheet.
COLOURS = ("blue", "green", "sand", "plum", "clay", "sky", "moss", "slate")
EXCEPTIONS = ("off", "closure", "block", "extra")


class VisitType(Table, table=True):
    """A kind of visit (FHIR R4 HealthcareService, Appointment.serviceType). Times in minutes."""

    __table_args__ = (
        one_of("who_books", WHO_BOOKS, "who_books"),
        one_of("how_booked", HOW_BOOKED, "how_booked"),
        one_of("colour", COLOURS, "colour"),
        CheckConstraint("minutes BETWEEN 5 AND 600 AND minutes % 5 = 0", name="minutes"),
        CheckConstraint("grid IN (5, 10, 15, 20, 30, 60)", name="grid"),
        CheckConstraint(
            "buffer_before BETWEEN 0 AND 240 AND buffer_after BETWEEN 0 AND 240", name="buffers"
        ),
        CheckConstraint("notice_minutes >= 0 AND ahead_days BETWEEN 1 AND 730", name="window"),
        CheckConstraint("cancel_hours BETWEEN 0 AND 720", name="cancel_hours"),
        CheckConstraint("open_limit BETWEEN 0 AND 50", name="open_limit"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    # What patients read, and ten letters of it for the day board.
    name: str = Field(max_length=120)
    board_name: str = Field(default="", max_length=10)
    description: str = Field(default="", max_length=500)
    # What to do instead if it cannot wait.
    urgent: str = Field(default="", max_length=500)
    preparation: str = Field(default="", max_length=1000)
    minutes: int = Field(default=20)
    buffer_before: int = Field(default=0)
    buffer_after: int = Field(default=0)
    # Visits start at multiples of this, counted from the full hour.
    grid: int = Field(default=10)
    # "in-person phone video": how it can take place.
    channels: str = Field(default="in-person", max_length=40)
    who_books: str = Field(default="public", max_length=20)
    how_booked: str = Field(default="direct", max_length=20)
    needs_room: bool = Field(default=False)
    # A code of Location.equipment.
    needs_equipment: str = Field(default="", max_length=40)
    # The questionnaire to fill in before, by its name; and whether and what to ask when booking.
    form: str = Field(default="", max_length=120)
    asks_reason: bool = Field(default=True)
    reason_prompt: str = Field(default="", max_length=200)
    new_patients: bool = Field(default=True)
    notice_minutes: int = Field(default=120)
    ahead_days: int = Field(default=90)
    cancel_hours: int = Field(default=24)
    # Minutes before a visit at which its patient is reminded, with spaces; empty for never.
    reminders: str = Field(default="10080 2880 180", max_length=40)
    # Open bookings of this type that one person may have at once; 0 for no limit.
    open_limit: int = Field(default=2)
    colour: str = Field(default="blue", max_length=20)
    position: int = Field(default=0)
    active: bool = Field(default=True)
    version: int = Field(default=1, ge=1)


class Schedule(Table, table=True):
    """Hours of one practitioner on one weekday at one place; a break is the gap between two."""

    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint(
            "from_minute >= 0 AND to_minute <= 1440 AND from_minute < to_minute", name="minutes"
        ),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="validity"),
        Index("ix_schedule_practitioner_id", "practitioner_id"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    practitioner_id: str = Field(foreign_key="practitioner.id")
    # The room or place where they work then; none where any free room will do.
    location_id: str | None = Field(default=None, foreign_key="location.id")
    # Monday is 0.
    weekday: int
    from_minute: int
    to_minute: int
    # Ids of the types of visit that are taken then, with spaces; empty for all.
    visit_types: str = Field(default="", max_length=2000)
    valid_from: date = Field(default=date(2000, 1, 1))
    valid_to: date | None = Field(default=None)
    version: int = Field(default=1, ge=1)


class ScheduleException(Table, table=True):
    """What is otherwise than every week: time off, a closed clinic, a blocked or an extra time."""

    __table_args__ = (
        one_of("kind", EXCEPTIONS, "kind"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        Index("ix_schedule_exception_starts_at", "starts_at"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    kind: str = Field(max_length=20)
    # None: for the whole clinic.
    practitioner_id: str | None = Field(default=None, foreign_key="practitioner.id")
    location_id: str | None = Field(default=None, foreign_key="location.id")
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    # What staff read.
    note: str = Field(default="", max_length=200)
    created_at: datetime = Field(sa_type=UtcDateTime)
