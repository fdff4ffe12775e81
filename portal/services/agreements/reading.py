"""Reading: the newest version of each text. Open to all; nothing of anybody's is in it."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal.errors import NotFound
from portal.models.agreements import TEXTS, LegalText
from portal.services.agreements.rows import NEEDED, TextRow, parts_of, titles
from portal.words import short_day

_IN_FORCE = select(col(LegalText.kind), func.max(col(LegalText.version)).label("version")).group_by(
    col(LegalText.kind)
)


def newest(db: Session, *, now: datetime) -> dict[str, int]:
    """Returns the version of each text that counts now, in the order in which they are shown."""
    query = _IN_FORCE.where(col(LegalText.published_at) <= now)
    found = {row.kind: row.version for row in db.connection().execute(query)}
    return {kind: found[kind] for kind in TEXTS if kind in found}


def current(db: Session, *, now: datetime) -> list[TextRow]:
    """Returns every text as it counts now."""
    return [_text(db, kind, version) for kind, version in newest(db, now=now).items()]


def one(db: Session, *, kind: str, now: datetime) -> TextRow:
    """Returns one text as it counts now; raises `NotFound` where there is none."""
    version = newest(db, now=now).get(kind)
    if version is None:
        raise NotFound
    return _text(db, kind, version)


def text_row(record: Any, *, before: int = 0) -> TextRow:
    """Returns a version as people read it."""
    return TextRow(
        kind=record.kind,
        title=titles()[record.kind],
        version=record.version,
        said=short_day(record.published_at),
        changed=record.changed,
        is_needed=record.kind in NEEDED,
        before=before,
        parts=parts_of(record.body),
    )


def _text(db: Session, kind: str, version: int) -> TextRow:
    return text_row(stored(db, kind, version))


def stored(db: Session, kind: str, version: int) -> Any:
    """Returns one version as it is kept."""
    query = select(LegalText.__table__).where(  # pyright: ignore[reportAttributeAccessIssue]
        col(LegalText.kind) == kind, col(LegalText.version) == version
    )
    return db.connection().execute(query).one()
