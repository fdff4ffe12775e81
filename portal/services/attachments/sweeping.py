"""Sweeping: what nobody sent goes after a day, and what a crash left behind goes too."""

import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, exists, select
from sqlmodel import Session, col

from portal.database import Database
from portal.models.attachments import Attachment
from portal.models.messages import Draft
from portal.security.actor import Actor
from portal.services.attachments import shelf

# So long a file waits after the last word was written in its draft.
WAITS = timedelta(hours=24)
# Longer than any file takes to come: what is younger may be on its way.
SETTLED_S = 3600.0
AT_ONCE = 500


def tidy(db: Session, actor: Actor, *, now: datetime) -> int:
    """Takes away the files of drafts that nobody has touched for a day; returns how many."""
    del actor
    since = now - WAITS
    written = exists().where(
        col(Draft.user_id) == col(Attachment.uploader_id),
        col(Draft.patient_id) == col(Attachment.patient_id),
        col(Draft.place) == col(Attachment.place),
        col(Draft.saved_at) >= since,
    )
    left = (col(Attachment.state) == "draft", col(Attachment.created_at) < since, ~written)
    gone: Any = delete(Attachment).where(*left).returning(col(Attachment.id))
    ids = list(db.connection().execute(gone).scalars())
    shelf.discard_with(db, ids)
    return len(ids)


def sweep(base: Database, *, is_start: bool = False) -> int:
    """Takes away files that no row knows, and what was being written; returns how many.

    `is_start`: nothing is on its way yet, where this process alone has the folder.
    """
    here = shelf.of(base.info)
    alone = is_start and base.is_sqlite
    left = [path for path in shelf.passing(here) if alone or _is_old(path)]
    lying = {name: path for name, path in shelf.lying(here) if alone or _is_old(path)}
    left += [lying[name] for name in lying.keys() - _known(base, list(lying))]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def missing(base: Database) -> tuple[int, int]:
    """Returns how many sent files there should be, and how many of them are not there whole."""
    here = shelf.of(base.info)
    there = {name: path.stat().st_size for name, path in shelf.lying(here)}
    sent = select(col(Attachment.id), col(Attachment.size)).where(col(Attachment.state) == "sent")
    with base.reading() as db:
        rows = db.connection().execute(sent).all()
    return len(rows), sum(there.get(row.id) != row.size + shelf.OVERHEAD for row in rows)


def _known(base: Database, names: list[str]) -> set[str]:
    found: set[str] = set()
    with base.reading() as db:
        for first in range(0, len(names), AT_ONCE):
            some = col(Attachment.id).in_(names[first : first + AT_ONCE])
            found.update(db.connection().execute(select(col(Attachment.id)).where(some)).scalars())
    return found


def _is_old(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime > SETTLED_S
    except FileNotFoundError:
        return False
