"""Messages: threads between a patient and the clinic, and what was written in them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from portal.models.base import Table, UtcDateTime, new_id
from portal.models.people import one_of
from portal.models.pools import TOPICS, PoolTopic

BODY_MAX = 8000
SUBJECT_MAX = 200


class Thread(Table, table=True):
    """A conversation about one patient. `waiting_for` says whose turn it is."""

    __table_args__ = (
        one_of("topic", TOPICS, "topic"),
        one_of("waiting_for", ("clinic", "patient", "nobody"), "waiting_for"),
        CheckConstraint("waiting_for <> 'clinic' OR due_at IS NOT NULL", name="clock"),
        Index("ix_thread_patient_id_last_at", "patient_id", "last_at"),
        Index("ix_thread_waiting_for_last_at", "waiting_for", "last_at"),
        Index("ix_thread_last_at", "last_at"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    patient_id: str = Field(foreign_key="patient.id")
    subject: str = Field(max_length=SUBJECT_MAX)
    # It decides in which pool the conversation lies: in one, always.
    topic: str = Field(
        default="health", max_length=20, foreign_key=f"{PoolTopic.__tablename__}.topic"
    )
    # "nobody": the conversation is closed.
    waiting_for: str = Field(default="clinic", max_length=10)
    # Between the patient and the clinic: no helper is told that it exists.
    confidential: bool = Field(default=False)
    # When the clinic promised to have answered.
    due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_at: datetime = Field(sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)


class Communication(Table, table=True):
    """One message. Never altered once sent. `client_key` makes a repeated send harmless."""

    __table_args__ = (
        UniqueConstraint("sender_id", "client_key"),
        Index("ix_communication_thread_id_sent_at", "thread_id", "sent_at"),
        Index("ix_communication_patient_id_sent_at", "patient_id", "sent_at"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    thread_id: str = Field(foreign_key="thread.id")
    # The same as the thread's: unread counts ask by patient.
    patient_id: str = Field(foreign_key="patient.id")
    sender_id: str | None = Field(default=None, foreign_key="user.id")
    sender_name: str = Field(max_length=300)
    from_clinic: bool = Field(default=False)
    body: str = Field(max_length=BODY_MAX)
    sent_at: datetime = Field(sa_type=UtcDateTime)
    client_key: str = Field(max_length=64)


class Correction(Table, table=True):
    """That a letter puts an earlier one of its own side right; the earlier one stands."""

    message_id: str = Field(foreign_key="communication.id", primary_key=True)
    corrects_id: str = Field(foreign_key="communication.id", index=True)


class Draft(Table, table=True):
    """What somebody has begun to write: it outlives the tab, the sign-in and the machine."""

    __table_args__ = (UniqueConstraint("user_id", "patient_id", "place"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    user_id: str = Field(foreign_key="user.id")
    patient_id: str = Field(foreign_key="patient.id")
    # The thread's id, or "new".
    place: str = Field(max_length=64)
    subject: str = Field(default="", max_length=SUBJECT_MAX)
    topic: str = Field(default="health", max_length=20)
    body: str = Field(default="", max_length=BODY_MAX)
    # The sent letter that this one is to put right; "" where it puts none right.
    corrects_id: str = Field(default="", max_length=64)
    saved_at: datetime = Field(sa_type=UtcDateTime)


class Announcement(Table, table=True):
    """A word from the clinic while it holds: to everybody, or to some by doctor and age."""

    __table_args__ = (Index("ix_announcement_published_at", "published_at"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    title: str = Field(max_length=200)
    body: str = Field(default="", max_length=2000)
    published_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    author_id: str | None = Field(default=None, foreign_key="user.id")
    # Whose patients, and how old in years, both ends included; none: everybody.
    practitioner_id: str | None = Field(default=None, foreign_key="practitioner.id")
    age_from: int | None = Field(default=None)
    age_to: int | None = Field(default=None)
