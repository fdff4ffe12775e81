"""The waiting list: who would come earlier, on which terms, and which times they were offered.

FHIR has no resource for it (Appointment.status `waitlist` alone). An offer is kept by a hold
without a user, which claims its time like any other (migration 0009).
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from portal.models.appointments import CHANNELS
from portal.models.base import Table, UtcDateTime, new_id
from portal.models.people import one_of

# Waits; has an offer in hand; got a time; its last day passed; left, or was taken off.
ENTRY_STATUSES = ("waiting", "offered", "booked", "expired", "cancelled")
OPEN = ("waiting", "offered")
OFFER_STATES = ("offered", "accepted", "declined", "expired", "withdrawn")
# As usual; before the others; before all.
PRIORITIES = (0, 1, 2)
# After so many offers in a row that nobody answered, none is made until somebody says so.
MOST_UNANSWERED = 2
_IS_OPEN = text("status IN ('waiting', 'offered')")
_IS_OUT = text("state = 'offered'")


class WaitlistEntry(Table, table=True):
    """Somebody waits for a time: what would suit, and since when. Words with spaces are lists."""

    __table_args__ = (
        one_of("status", ENTRY_STATUSES, "status"),
        one_of("channel", CHANNELS, "channel"),
        CheckConstraint("until_on >= from_on", name="days"),
        CheckConstraint("priority BETWEEN 0 AND 2", name="priority"),
        CheckConstraint("notice_minutes BETWEEN 0 AND 20160", name="notice"),
        Index("ix_waitlist_entry_status_priority", "status", "priority", "created_at"),
        # Nobody waits twice for the same: the second tap of two finds the first one's.
        Index(
            "uq_waitlist_entry_open",
            "patient_id",
            "visit_type_id",
            unique=True,
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        ),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    patient_id: str = Field(foreign_key="patient.id", index=True)
    visit_type_id: str = Field(foreign_key="visit_type.id")
    # Ids of whom it may be with; empty for anybody who takes this type of visit.
    practitioners: str = Field(default="", max_length=2000)
    # The visit that should come earlier; none where there is none yet.
    appointment_id: str | None = Field(default=None, foreign_key="appointment.id", index=True)
    from_on: date
    until_on: date
    # Days of the week, Monday is 0; empty for any.
    weekdays: str = Field(default="", max_length=20)
    # Stretches of the day in minutes of the clinic's clock, as in "480-720"; empty for any.
    windows: str = Field(default="", max_length=200)
    # How long before it they must know.
    notice_minutes: int = Field(default=120)
    priority: int = Field(default=0)
    channel: str = Field(default="in-person", max_length=20)
    status: str = Field(default="waiting", max_length=20)
    # Whether staff put them on the list.
    by_clinic: bool = Field(default=False)
    created_at: datetime = Field(sa_type=UtcDateTime)
    # When the last day that suits is over.
    expires_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # Offers in a row that nobody answered.
    unanswered: int = Field(default=0, ge=0)
    version: int = Field(default=1, ge=1)


class WaitlistOffer(Table, table=True):
    """A free time that is kept for one person of the list until `expires_at`."""

    __table_args__ = (
        one_of("state", OFFER_STATES, "state"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        # One offer at a time for one entry, whoever offers.
        Index(
            "uq_waitlist_offer_open",
            "entry_id",
            unique=True,
            sqlite_where=_IS_OUT,
            postgresql_where=_IS_OUT,
        ),
        Index("ix_waitlist_offer_state_expires_at", "state", "expires_at"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    entry_id: str = Field(foreign_key="waitlist_entry.id", index=True)
    patient_id: str = Field(foreign_key="patient.id", index=True)
    # The hold that claims the time; it goes when the offer ends, so it is no key.
    hold_id: str = Field(max_length=64, unique=True)
    practitioner_id: str = Field(foreign_key="practitioner.id")
    location_id: str | None = Field(default=None, foreign_key="location.id")
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    offered_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    state: str = Field(default="offered", max_length=20)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # The visit that it became.
    appointment_id: str | None = Field(default=None, foreign_key="appointment.id")
