"""The trace: who looked at what, chained by hash; and what is to be told to whom."""

from datetime import datetime

from sqlalchemy import Column, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field

from portal.models.base import Table, UtcDateTime, new_id
from portal.models.people import one_of

# FHIR R4 AuditEvent.action: create, read, update, delete, execute.
ACTIONS = ("C", "R", "U", "D", "E")
OUTCOMES = ("success", "refused", "failed")


class AuditEvent(Table, table=True):
    """One act. `seq` counts without a gap; `hash` covers the row and the hash before it.

    No foreign keys and no clinical text: the trace outlives what it speaks of.
    """

    __table_args__ = (
        one_of("action", ACTIONS, "action"),
        one_of("outcome", OUTCOMES, "outcome"),
        Index("ix_audit_event_patient_id_at", "patient_id", "at"),
        Index("ix_audit_event_actor_id_at", "actor_id", "at"),
    )

    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=UtcDateTime)
    actor_id: str = Field(max_length=64)
    actor_name: str = Field(max_length=300)
    role: str = Field(max_length=20)
    # For whom the actor acted, where it was not for themselves.
    acting_for: str = Field(default="", max_length=64)
    patient_id: str = Field(default="", max_length=64)
    action: str = Field(max_length=1)
    # What kind of thing: results, messages, sign-in, …
    category: str = Field(max_length=40)
    entity: str = Field(default="", max_length=100)
    outcome: str = Field(default="success", max_length=10)
    reason: str = Field(default="", max_length=200)
    source: str = Field(default="", max_length=64)
    sign_in: str = Field(default="", max_length=64)
    hash: str = Field(max_length=64)


class AuditHead(Table, table=True):
    """The end of the chain, one row: what the next event builds on."""

    id: int = Field(default=1, primary_key=True)
    seq: int = Field(default=0)
    hash: str = Field(max_length=64)


class OutboxNotice(Table, table=True):
    """What is to be told to somebody outside: written with the change, delivered later.

    A claim is a lease: `claimed_until` passes, and another deliverer may take the row.
    """

    __table_args__ = (
        UniqueConstraint("key"),
        one_of("channel", ("email", "sms", "push"), "channel"),
        one_of("state", ("pending", "claimed", "sent", "dead", "withdrawn"), "state"),
        Index("ix_outbox_notice_state_due_at", "state", "due_at"),
        Index("ix_outbox_notice_record_id", "record_id"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    # kind, record, its version, the recipient: the same notice is never written twice.
    key: str = Field(max_length=300)
    kind: str = Field(max_length=40)
    # Whom it is for: a patient (and who helps them), one account, or just an address.
    patient_id: str | None = Field(default=None, foreign_key="patient.id", index=True)
    user_id: str | None = Field(default=None, foreign_key="user.id", index=True)
    channel: str = Field(default="email", max_length=10)
    address: str = Field(default="", max_length=254)
    record_id: str = Field(default="", max_length=64)
    # What the text is filled with, as JSON, sealed for this row alone (security/sealed.py); secrets
    # in it are wiped once it was sent.
    given: bytes = Field(default=b"", sa_column=Column(LargeBinary, nullable=False))
    state: str = Field(default="pending", max_length=10)
    due_at: datetime = Field(sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    # The moment that it tells of, the start of a visit: once that is another, it is untrue.
    about_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # After this moment it is of no use any more.
    useful_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    tries: int = Field(default=0, ge=0)
    claimed_by: str = Field(default="", max_length=64)
    claimed_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # When it was taken back or given up.
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # Why it could not be delivered, in an operator's words: no address, no text.
    problem: str = Field(default="", max_length=200)


class LiveChange(Table, table=True):
    """A change committed by another process (an import, a command) that open pages must show."""

    # A number is never given twice, also when every row has been tidied away.
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int | None = Field(default=None, primary_key=True)
    topic: str = Field(max_length=40)
    patient_id: str = Field(default="", max_length=64)
    at: datetime = Field(sa_type=UtcDateTime)
