"""Writing notices: rows of the outbox, which a job delivers after the commit.

They hold no words about anybody's health: what is sent later says only that there is news.
"""

import json
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from portal.models.audit import OutboxNotice
from portal.models.people import User
from portal.services import once

# A code or link that arrives a day late helps nobody.
USEFUL = timedelta(hours=24)


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


def mail(
    db: Session,
    kind: str,
    *,
    address: str,
    key: str,
    now: datetime,
    given: dict[str, str] | None = None,
    user_id: str | None = None,
    patient_id: str | None = None,
    channel: str = "email",
    useful_for: timedelta = USEFUL,
) -> None:
    """Writes a notice to an address; `key` makes it one of its kind, `given` fills its text."""
    notice = OutboxNotice(
        key=f"{kind}:{key}"[:300],
        kind=kind,
        channel=channel,
        address=address,
        user_id=user_id,
        patient_id=patient_id,
        given=json.dumps(given or {}),
        due_at=now,
        useful_until=now + useful_for,
        created_at=now,
    )
    once.insert(db, OutboxNotice, [notice.model_dump()])


def to_user(
    db: Session, kind: str, user_id: str, *, key: str, now: datetime, given: dict[str, str]
) -> bool:
    """Writes a notice to an account's proven e-mail address; says whether there is one."""
    query = select(col(User.email)).where(
        col(User.id) == user_id, col(User.email_verified_at).is_not(None)
    )
    address = db.connection().execute(query).scalar_one_or_none()
    if address:
        mail(db, kind, address=address, key=key, given=given, user_id=user_id, now=now)
    return bool(address)
