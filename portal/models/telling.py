"""How somebody wants to be told of news: by which way, and at which hours."""

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from portal.models.base import Table
from portal.models.people import one_of

# Kinds of news that can be told by one way or another. What keeps an account safe is none of them.
GROUPS = ("visits", "messages", "results")
WAYS = ("email", "sms", "portal")


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
