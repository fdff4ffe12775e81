"""The draft that files belong to: it begins with its first file as with its first word."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, update
from sqlmodel import Session, col

from portal.models.attachments import Attachment
from portal.models.messages import Draft
from portal.security.actor import Actor
from portal.services import once


def begin(db: Session, actor: Actor, *, patient_id: str, place: str, now: datetime) -> None:
    """Notes that somebody writes at a place, also where there is no word yet."""
    begun = Draft(user_id=actor.user_id, patient_id=patient_id, place=place, saved_at=now)
    if not once.insert(db, Draft, [begun.model_dump()]):
        mine = _mine(actor, patient_id, place)
        db.connection().execute(update(Draft).where(*mine).values(saved_at=now))


def drop_if_empty(db: Session, actor: Actor, *, patient_id: str, place: str) -> None:
    """Forgets a draft without a word and without a file."""
    empty = (func.trim(col(Draft.body)) == "", func.trim(col(Draft.subject)) == "")
    mine = _mine(actor, patient_id, place)
    db.connection().execute(delete(Draft).where(*mine, *empty, ~has_files()))


def has_files() -> Any:
    """Returns the condition that something is attached to a draft."""
    return exists().where(
        col(Attachment.state) == "draft",
        col(Attachment.uploader_id) == col(Draft.user_id),
        col(Attachment.patient_id) == col(Draft.patient_id),
        col(Attachment.place) == col(Draft.place),
    )


def _mine(actor: Actor, patient_id: str, place: str) -> tuple[Any, ...]:
    return (
        col(Draft.user_id) == actor.user_id,
        col(Draft.patient_id) == patient_id,
        col(Draft.place) == place,
    )
