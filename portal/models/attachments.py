"""Attachments: files that go with a message. What lies in them lies sealed, beside the database."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from portal.models.base import Table, UtcDateTime, new_id
from portal.models.people import one_of

NAME_MAX = 120
STATES = ("draft", "sent")


class Attachment(Table, table=True):
    """A file about one patient. With its message it is sent for good; before, it is its writer's.

    The id is the name under which it lies in the folder of files (services/attachments/shelf.py).
    """

    __table_args__ = (
        one_of("state", STATES, "state"),
        CheckConstraint("(state = 'sent') = (message_id IS NOT NULL)", name="goes_with_a_message"),
        Index("ix_attachment_message_id", "message_id"),
        Index("ix_attachment_patient_id", "patient_id"),
        Index("ix_attachment_uploader_id_place", "uploader_id", "place"),
        Index("ix_attachment_state_created_at", "state", "created_at"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    patient_id: str = Field(foreign_key="patient.id")
    uploader_id: str = Field(foreign_key="user.id")
    # Of the draft it belongs to, as `Draft.place`: a conversation's id, or "new".
    place: str = Field(max_length=64)
    state: str = Field(default="draft", max_length=10)
    message_id: str | None = Field(default=None, foreign_key="communication.id")
    name: str = Field(max_length=NAME_MAX)
    content_type: str = Field(max_length=40)
    # Of what is handed out again, in bytes.
    size: int
    sha256: str = Field(max_length=64)
    # Which key it is sealed with.
    key_id: int
    created_at: datetime = Field(sa_type=UtcDateTime)
