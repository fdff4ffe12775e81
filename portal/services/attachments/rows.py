"""How attachments are listed: by name, kind and size, beside a draft or a message."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from portal.integrations import files
from portal.models.attachments import Attachment
from portal.security.actor import Actor
from portal.words import _


@dataclass(frozen=True)
class FileRow:
    """One attachment: `said` is its kind and size."""

    id: str
    name: str
    said: str


def of_draft(db: Session, actor: Actor, *, patient_id: str, place: str) -> list[FileRow]:
    """Returns what the actor has attached to a draft so far, the first one first."""
    mine = select(_SHOWN).where(*drafted(actor, patient_id, place))
    return [_row(row) for row in db.connection().execute(mine.order_by(*_ORDER))]


def of_messages(db: Session, actor: Actor, *, ids: list[str]) -> dict[str, list[FileRow]]:
    """Returns what is attached to messages that the actor has found, by message."""
    del actor
    found: dict[str, list[FileRow]] = {}
    if ids:
        sent = select(_SHOWN).where(col(Attachment.message_id).in_(ids))
        for row in db.connection().execute(sent.order_by(*_ORDER)):
            found.setdefault(row.message_id, []).append(_row(row))
    return found


def drafted(actor: Actor, patient_id: str, place: str) -> tuple[Any, ...]:
    """Returns the conditions for what somebody has attached to a draft of theirs."""
    return (
        col(Attachment.uploader_id) == actor.user_id,
        col(Attachment.patient_id) == patient_id,
        col(Attachment.place) == place,
        col(Attachment.state) == "draft",
    )


_SHOWN: Any = Attachment.__table__  # pyright: ignore[reportAttributeAccessIssue]
_ORDER = (col(Attachment.created_at), col(Attachment.id))


def _row(row: Any) -> FileRow:
    kind = _(files.SAID_KINDS[row.content_type])
    return FileRow(row.id, row.name, f"{kind}, {files.said_size(row.size)}")
