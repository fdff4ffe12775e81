"""Links in mails that do something without a sign-in: each for one purpose, and for a while."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, String
from sqlmodel import Field

from portal.models.base import Table, UtcDateTime, new_id
from portal.models.people import one_of

# To answer for one visit; to be written to about news no longer.
PURPOSES = ("visit", "news")


class MailedLink(Table, table=True):
    """The address of a page for one account. Only its SHA-256 is kept; to open it changes nothing.

    One to a visit is for the time that the visit had when it was mailed, and ends when it begins.
    """

    __table_args__ = (
        one_of("purpose", PURPOSES, "purpose"),
        CheckConstraint(
            "(purpose = 'visit') = (appointment_id IS NOT NULL AND about_at IS NOT NULL)",
            name="visit_has_time",
        ),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    digest: str = Field(sa_column=Column(String(64), unique=True, nullable=False))
    purpose: str = Field(max_length=10)
    user_id: str = Field(foreign_key="user.id", index=True)
    patient_id: str | None = Field(default=None, foreign_key="patient.id", index=True)
    appointment_id: str | None = Field(default=None, foreign_key="appointment.id", index=True)
    about_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
