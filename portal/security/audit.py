"""The trace: every read and write of a patient's data, chained by hash.

`record` notes an act on the session; just before the commit, in the same transaction, the notes
become rows that each carry an HMAC over themselves and the row before. A commit whose trace
cannot be written does not happen. The key is derived from the database key, so that whoever can
write to the table but does not hold the key cannot mend the chain (SECURITY AUD-03, AUD-04).
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, event, insert, select, update
from sqlmodel import Session

from portal.models.audit import AuditEvent, AuditHead
from portal.security import care
from portal.security.actor import Actor

ANCHOR = "0" * 64
_KEY = "audit_notes"
_events: Any = AuditEvent.__table__  # pyright: ignore[reportAttributeAccessIssue]
_head: Any = AuditHead.__table__  # pyright: ignore[reportAttributeAccessIssue]
VERIFY_BATCH = 5000
# What stands between the parts of a reason, and what says that a page asked by itself.
SPLIT = " | "
STILL_OPEN = "still open"
# What says that a link from a mail was used, by whoever held it, without a sign-in.
BY_LINK = "mailed link"
# Built once: these run with every act, and building them takes longer than running them.
_END = select(_head.c.seq, _head.c.hash).with_for_update()
_ADD = insert(_events)
_MOVE_END = update(_head).values(seq=bindparam("new_seq"), hash=bindparam("new_hash"))


@dataclass(frozen=True)
class Note:
    """One act, as it will stand in the chain."""

    at: datetime
    actor_id: str
    actor_name: str
    role: str
    acting_for: str
    patient_id: str
    action: str
    category: str
    entity: str
    outcome: str
    reason: str
    source: str
    sign_in: str


@dataclass(frozen=True)
class Verdict:
    """What a check of the chain found: how many rows, and where it breaks first, if it does."""

    rows: int
    broken_at: int | None = None
    problem: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether every row stands as it was written."""
        return self.broken_at is None


def record(
    db: Session,
    actor: Actor,
    action: str,
    *,
    category: str,
    now: datetime,
    patient_id: str = "",
    entity: str = "",
    outcome: str = "success",
    reason: str = "",
) -> None:
    """Notes an act (FHIR action C, R, U, D or E) for this transaction's end of the chain.

    Beside the reason that is given stands why the record was open to whoever treats the patient,
    and whether the portal itself looked, to keep a page true.
    """
    note = Note(
        at=now.astimezone(UTC),
        actor_id=actor.user_id,
        actor_name=actor.name,
        role="helper" if actor.acting_for else actor.role,
        acting_for=actor.acting_for,
        patient_id=patient_id,
        action=action,
        category=category,
        entity=entity,
        outcome=outcome,
        reason=_whole_reason(db, actor, patient_id, reason, now)[:200],
        source=actor.source,
        sign_in=actor.sign_in_id,
    )
    db.info.setdefault(_KEY, []).append(note)


def _whole_reason(db: Session, actor: Actor, patient_id: str, given: str, now: datetime) -> str:
    treating = actor.at is not None and actor.role in care.CLINICAL
    why = care.why(db, actor, patient_id, now=now) if treating else ""
    glance = STILL_OPEN if actor.is_glance else ""
    link = BY_LINK if actor.is_by_link else ""
    return SPLIT.join(part for part in (why, given, glance, link) if part)


def link(key: bytes, before: str, seq: int, note: Note) -> str:
    """Returns the hash of a row: HMAC-SHA-256 over the row before, the number and the note."""
    fields = [before, seq, *vars(note).values()]
    return hmac.digest(key, msgspec.json.encode(fields), hashlib.sha256).hex()


@event.listens_for(Session, "before_commit")
def _seal(db: Any) -> None:
    notes: list[Note] = db.info.pop(_KEY, [])
    if not notes:
        return
    key: bytes = db.info["audit_key"]
    connection = db.connection()
    head = connection.execute(_END).one()
    seq, last = head.seq, head.hash
    rows: list[dict[str, Any]] = []
    for note in notes:
        seq, last = seq + 1, link(key, last, seq + 1, note)
        rows.append({"seq": seq, **vars(note), "hash": last})
    connection.execute(_ADD, rows)
    connection.execute(_MOVE_END, {"new_seq": seq, "new_hash": last})


@event.listens_for(Session, "after_rollback")
def _forget(db: Any) -> None:
    db.info.pop(_KEY, None)


def begin(connection: Connection) -> None:
    """Lays the anchor of an empty chain; a chain that has begun stays."""
    if connection.execute(select(_head.c.seq)).first() is None:
        connection.execute(insert(_head).values(id=1, seq=0, hash=ANCHOR))


def verify(db: Session, key: bytes) -> Verdict:
    """Reads the whole chain and finds a changed, deleted, inserted or reordered row."""
    connection = db.connection()
    seq, last = 0, ANCHOR
    query = select(_events).order_by(_events.c.seq)
    # Of the query alone: set on the connection, they would hold for what is written after it, too.
    result = connection.execute(query.execution_options(yield_per=VERIFY_BATCH))
    for row in result:
        if row.seq != seq + 1:
            return Verdict(seq, seq + 1, "a row is missing")
        if not hmac.compare_digest(link(key, last, row.seq, Note(*row[1:-1])), row.hash):
            return Verdict(seq, row.seq, "a row was changed")
        seq, last = row.seq, row.hash
    head = connection.execute(select(_head.c.seq, _head.c.hash)).first()
    if head is None or (head.seq, head.hash) != (seq, last):
        return Verdict(seq, seq + 1, "the end of the chain is missing")
    return Verdict(seq)
