"""Notices: what is to be told to somebody outside, written in the transaction of the change.

They hold no words about anybody's health: what is sent later says only that there is news.
"""

from datetime import datetime

from sqlmodel import Session

from portal.models.audit import OutboxNotice
from portal.services import once


def write(
    db: Session,
    kind: str,
    *,
    patient_id: str,
    record_id: str,
    now: datetime,
    version: int = 1,
    due_at: datetime | None = None,
) -> None:
    """Notes that a patient is to be told; the same notice is never written twice."""
    notice = OutboxNotice(
        key=f"{kind}:{record_id}:{version}:{patient_id}",
        kind=kind,
        patient_id=patient_id,
        record_id=record_id,
        due_at=due_at or now,
        created_at=now,
    )
    once.insert(db, OutboxNotice, [notice.model_dump()])
