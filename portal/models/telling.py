"""How somebody wants to be told of news: by which way."""

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
