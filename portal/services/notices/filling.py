"""Filling: what a notice's text is filled with, sealed in the outbox for that one row.

Codes and links wait there until they have gone out. On PostgreSQL nothing else would hide them from
whoever reads its files, its backups or its statements (SECURITY KEY-03).
"""

import json

from sqlmodel import Session

from portal.models.audit import OutboxNotice
from portal.security import sealed
from portal.services.notices import rendering

TABLE, COLUMN = "outbox_notice", "given"


def seal(db: Session, notice_id: str, given: dict[str, str]) -> bytes:
    """Returns what a notice is filled with, sealed for its row; nothing where there is nothing."""
    if not given:
        return b""
    text = json.dumps(given).encode()
    return sealed.seal(db, text, table=TABLE, column=COLUMN, row_id=notice_id)


def given_of(db: Session, notice: OutboxNotice) -> dict[str, str]:
    """Returns what a notice is filled with; raises `Unsealable` for what is not this row's own."""
    if not notice.given:
        return {}
    text = sealed.unseal(db, notice.given, table=TABLE, column=COLUMN, row_id=notice.id)
    return json.loads(text)


def is_whole(db: Session, notice: OutboxNotice) -> bool:
    """Says whether what a notice is filled with can be opened."""
    try:
        given_of(db, notice)
    except sealed.Unsealable:
        return False
    return True


def kept(db: Session, notice: OutboxNotice) -> bytes:
    """Returns what stays of what a notice was filled with; what cannot be opened goes whole."""
    try:
        given = given_of(db, notice)
    except sealed.Unsealable:
        return b""
    return seal(db, notice.id, rendering.without_secrets(notice.kind, given))
