"""Pools: where the clinic's side of a conversation lies. Who has it, what became of it, notes.

Nothing here names a patient: whoever asks for a patient's rows finds none of it (AUTHZ-07).
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from portal.models.base import Table, UtcDateTime, new_id
from portal.models.people import one_of

TOPICS = ("health", "medicine", "appointment", "bill", "form", "technical", "privacy")
# What happens to a conversation besides letters.
EVENTS = ("claimed", "given-back", "assigned", "escalated", "closed", "reopened")
# Whose work a pool for what is handed on is; the others are everybody's who may read the topic.
ROLES = ("", "practitioner", "manager")
NOTE_MAX = 2000
REASON_MAX = 200


class Pool(Table, table=True):
    """A pile of conversations that somebody looks after. `role`: hers alone, for what is urgent."""

    __table_args__ = (one_of("role", ROLES, "role"), UniqueConstraint("name"))

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    name: str = Field(max_length=60)
    role: str = Field(default="", max_length=20)
    position: int = Field(default=0)


class PoolTopic(Table, table=True):
    """Where conversations about a topic lie: the key allows one pool, a trigger no less."""

    __table_args__ = (one_of("topic", TOPICS, "topic"),)

    topic: str = Field(primary_key=True, max_length=20)
    pool_id: str = Field(foreign_key="pool.id", index=True)


class ThreadDesk(Table, table=True):
    """What the clinic alone knows of a conversation; none is written until there is something."""

    __table_args__ = (Index("ix_thread_desk_owner_id", "owner_id"),)

    thread_id: str = Field(primary_key=True, foreign_key="thread.id")
    # Who has taken it on.
    owner_id: str | None = Field(default=None, foreign_key="user.id")
    # Where it was handed on to; none: it lies where its topic does.
    pool_id: str | None = Field(default=None, foreign_key="pool.id")
    is_urgent: bool = Field(default=False)


class ThreadEvent(Table, table=True):
    """What happened to a conversation besides letters: for staff alone, and never altered."""

    __table_args__ = (
        one_of("kind", EVENTS, "kind"),
        Index("ix_thread_event_thread_id_at", "thread_id", "at"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    thread_id: str = Field(foreign_key="thread.id")
    kind: str = Field(max_length=20)
    by_id: str | None = Field(default=None, foreign_key="user.id")
    by_name: str = Field(max_length=300)
    # To whom or where it went.
    to_name: str = Field(default="", max_length=300)
    reason: str = Field(default="", max_length=REASON_MAX)
    at: datetime = Field(sa_type=UtcDateTime)


class ThreadNote(Table, table=True):
    """What staff tell each other beside a conversation. It is no message, and never becomes one."""

    __table_args__ = (
        UniqueConstraint("author_id", "client_key"),
        Index("ix_thread_note_thread_id_at", "thread_id", "at"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    thread_id: str = Field(foreign_key="thread.id")
    author_id: str = Field(foreign_key="user.id")
    author_name: str = Field(max_length=300)
    body: str = Field(max_length=NOTE_MAX)
    at: datetime = Field(sa_type=UtcDateTime)
    client_key: str = Field(max_length=64)


class Cover(Table, table=True):
    """Who looks after somebody's conversations while they are away; it ends by its last day."""

    __table_args__ = (
        CheckConstraint("until_on >= from_on", name="days"),
        CheckConstraint("user_id <> cover_id", name="somebody_else"),
        Index("ix_cover_cover_id_until_on", "cover_id", "until_on"),
        Index("ix_cover_user_id_until_on", "user_id", "until_on"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    user_id: str = Field(foreign_key="user.id")
    cover_id: str = Field(foreign_key="user.id")
    from_on: date
    until_on: date
    created_at: datetime = Field(sa_type=UtcDateTime)
