"""Requests that staff decide on: accounts, ways back in, limits on use; and each step of a help."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from portal.models.base import Table, UtcDateTime, new_id
from portal.models.people import one_of

REGISTRATIONS = (
    "started",
    "code-sent",
    "waiting",
    "accepted",
    "rejected",
    "activated",
    "expired",
)
WAYS_BACK = ("waiting", "approved", "used", "refused", "expired")
RESTRICTIONS = ("requested", "accepted", "rejected", "ended")


class Registration(Table, table=True):
    """Somebody asks for an account by themselves. What they typed is no patient's record."""

    __table_args__ = (
        one_of("status", REGISTRATIONS, "status"),
        Index("ix_registration_status_created_at", "status", "created_at"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    # SHA-256 of the secret in the applicant's browser, which continues this registration.
    digest: str = Field(default="", max_length=64, index=True)
    status: str = Field(default="started", max_length=20)
    given: str = Field(max_length=200)
    family: str = Field(max_length=200)
    birth_date: str = Field(max_length=10)
    email: str = Field(default="", max_length=254)
    phone: str = Field(default="", max_length=60)
    record_number: str = Field(default="", max_length=60)
    note: str = Field(default="", max_length=1000)
    # Whom it was matched with: surely by the portal, or by a member of staff. Never told.
    patient_id: str | None = Field(default=None, foreign_key="patient.id")
    user_id: str | None = Field(default=None, foreign_key="user.id")
    decided_by: str = Field(default="", max_length=300)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reason: str = Field(default="", max_length=300)
    created_at: datetime = Field(sa_type=UtcDateTime)
    source: str = Field(default="", max_length=64)


class WayBack(Table, table=True):
    """Somebody lost password or factors and the front desk proved who it is (SECURITY MFA-10)."""

    __table_args__ = (
        one_of("status", WAYS_BACK, "status"),
        Index("ix_way_back_status_created_at", "status", "created_at"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    user_id: str = Field(foreign_key="user.id", index=True)
    # How identity was proved: photo-id, call-back, known-in-person.
    proof: str = Field(max_length=40)
    note: str = Field(default="", max_length=300)
    # Whether the factors go too, or the password alone.
    drops_factors: bool = Field(default=False)
    status: str = Field(default="waiting", max_length=20)
    created_by: str = Field(max_length=64)
    created_by_name: str = Field(default="", max_length=300)
    created_at: datetime = Field(sa_type=UtcDateTime)
    # From then on it holds without a second member of staff.
    holds_from: datetime = Field(sa_type=UtcDateTime)
    approved_by: str = Field(default="", max_length=64)
    approved_by_name: str = Field(default="", max_length=300)
    approved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class RestrictionRequest(Table, table=True):
    """A patient asks to restrict a use or disclosure; the clinic's answer is kept with it."""

    __table_args__ = (
        one_of("status", RESTRICTIONS, "status"),
        Index("ix_restriction_request_status_created_at", "status", "created_at"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    patient_id: str = Field(foreign_key="patient.id", index=True)
    asked_by: str = Field(max_length=64)
    asked_by_name: str = Field(default="", max_length=300)
    what: str = Field(max_length=2000)
    status: str = Field(default="requested", max_length=20)
    # With it, only the care team opens the record; others must break the glass.
    care_team_only: bool = Field(default=False)
    answer: str = Field(default="", max_length=2000)
    answered_by: str = Field(default="", max_length=300)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)


class HelpChange(Table, table=True):
    """One step in the life of a help: who moved it from which state to which, and why."""

    __table_args__ = (Index("ix_help_change_related_person_id_at", "related_person_id", "at"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    related_person_id: str = Field(foreign_key="related_person.id")
    at: datetime = Field(sa_type=UtcDateTime)
    by_id: str = Field(max_length=64)
    by_name: str = Field(default="", max_length=300)
    # patient, helper, staff or system.
    side: str = Field(max_length=10)
    from_status: str = Field(default="", max_length=20)
    to_status: str = Field(max_length=20)
    reason: str = Field(default="", max_length=40)
    note: str = Field(default="", max_length=500)


class RecordOpening(Table, table=True):
    """That somebody who works here opened a record that was not theirs to open without a reason."""

    __table_args__ = (
        Index("ix_record_opening_user_id_patient_id", "user_id", "patient_id"),
        Index("ix_record_opening_patient_id_opened_at", "patient_id", "opened_at"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    user_id: str = Field(foreign_key="user.id")
    patient_id: str = Field(foreign_key="patient.id")
    # A code of services/openings, and what was written beside it.
    reason: str = Field(max_length=40)
    note: str = Field(default="", max_length=300)
    is_emergency: bool = Field(default=False)
    opened_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
