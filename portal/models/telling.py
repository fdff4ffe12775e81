"""How somebody wants to be told of news: by which way, at which hours, on which devices."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, LargeBinary, String
from sqlmodel import Field

from portal.models.base import Table, UtcDateTime, new_id
from portal.models.people import one_of

# Kinds of news that can be told by one way or another. What keeps an account safe is none of them.
GROUPS = ("visits", "messages", "results", "check-ups")
WAYS = ("email", "sms", "push", "portal")


class NoticeChoice(Table, table=True):
    """By which way one account is told of one kind of news. Without a row: by e-mail."""

    __table_args__ = (one_of("kind", GROUPS, "kind"), one_of("way", WAYS, "way"))

    user_id: str = Field(foreign_key="user.id", primary_key=True, max_length=64)
    kind: str = Field(primary_key=True, max_length=10)
    way: str = Field(max_length=10)


class NoticeHours(Table, table=True):
    """When one account is not to be told, and when once a day, in minutes of the clinic's clock."""

    __table_args__ = (
        CheckConstraint("(quiet_from IS NULL) = (quiet_to IS NULL)", name="quiet_has_both"),
        CheckConstraint("quiet_from <> quiet_to", name="quiet_ends"),
    )

    user_id: str = Field(foreign_key="user.id", primary_key=True, max_length=64)
    # From one to the other nothing goes out that can wait; the end may be on the next morning.
    quiet_from: int | None = Field(default=None, ge=0, lt=1440)
    quiet_to: int | None = Field(default=None, ge=0, lt=1440)
    # When all e-mails that can wait go out as one.
    daily_at: int | None = Field(default=None, ge=0, lt=1440)


class PushSubscription(Table, table=True):
    """A browser in which one account asked to be told. One browser is never that of two accounts.

    Where its push service is and its keys are sealed: who reads them could write to the device.
    """

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    user_id: str = Field(sa_column=Column(ForeignKey("user.id"), nullable=False, index=True))
    # SHA-256 of the endpoint, which is a secret of the browser's that nobody guesses.
    endpoint_hash: str = Field(sa_column=Column(String(64), unique=True, nullable=False))
    # Endpoint and keys as JSON, sealed for this row alone (security/sealed.py).
    secret: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    # In which sign-in it was asked for, and what the browser calls itself: it ends with them.
    sign_in_id: str = Field(max_length=64)
    device: str = Field(default="", max_length=200)
    created_at: datetime = Field(sa_type=UtcDateTime)
    # When its push service last took a message for it.
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
