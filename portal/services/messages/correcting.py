"""Corrections: what was sent stands as it was; a later letter says which one it puts right.

Which letter is to be put right is noted with the draft, and goes with the message that is sent
from it, in its transaction.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlmodel import Session, col

from portal.errors import NotFound
from portal.models.messages import Communication, Correction, Draft
from portal.security import drafting
from portal.security.actor import Actor
from portal.services import attachments, once
from portal.services.messages.said import said
from portal.words import _


@dataclass(frozen=True)
class Marks:
    """What letters put right, in words, and which have been put right themselves."""

    corrects: dict[str, str]
    corrected: set[str]


def correct(db: Session, actor: Actor, *, place: str, message_id: str, now: datetime) -> None:
    """Notes that what is being written puts a letter of one's own side right; "" takes it back.

    Like the draft itself it leaves no trace in the audit log until it is sent.
    """
    patient_id = drafting.patient_of(db, actor, place)
    if message_id:
        _require_own(db, actor, place, message_id)
    mine = (
        col(Draft.user_id) == actor.user_id,
        col(Draft.patient_id) == patient_id,
        col(Draft.place) == place,
    )
    noted = update(Draft).where(*mine).values(corrects_id=message_id, saved_at=now)
    if not db.connection().execute(noted).rowcount and message_id:
        begun = Draft(
            user_id=actor.user_id,
            patient_id=patient_id,
            place=place,
            corrects_id=message_id,
            saved_at=now,
        )
        once.insert(db, Draft, [begun.model_dump()])
    if not message_id:
        attachments.drop_if_empty(db, actor, patient_id=patient_id, place=place)


def sent(db: Session, actor: Actor, *, patient_id: str, place: str, message_id: str) -> None:
    """Writes down with a message that was sent which letter it puts right, if its draft says."""
    noted = select(col(Draft.corrects_id)).where(
        col(Draft.user_id) == actor.user_id,
        col(Draft.patient_id) == patient_id,
        col(Draft.place) == place,
    )
    corrects = db.connection().execute(noted).scalar_one_or_none()
    if corrects:
        made = Correction(message_id=message_id, corrects_id=corrects)
        once.insert(db, Correction, [made.model_dump()])


def of_draft(db: Session, message_id: str, now: datetime) -> str:
    """Says which letter a draft puts right; nothing where it puts none right."""
    if not message_id:
        return ""
    query = select(col(Communication.sent_at)).where(col(Communication.id) == message_id)
    at = db.connection().execute(query).scalar_one_or_none()
    return _("Puts right what was written: {at}").format(at=said(at, now)) if at else ""


def of_letters(db: Session, ids: Iterable[str], now: datetime) -> Marks:
    """Returns which of these letters put others right, and which were put right."""
    known = list(ids)
    query = (
        select(col(Correction.message_id), col(Correction.corrects_id), col(Communication.sent_at))
        .join(Communication, col(Communication.id) == col(Correction.corrects_id))
        .where(or_(col(Correction.message_id).in_(known), col(Correction.corrects_id).in_(known)))
    )
    rows: list[Any] = list(db.connection().execute(query).all())
    words = _("Puts right what was written: {at}")
    return Marks(
        {row.message_id: words.format(at=said(row.sent_at, now)) for row in rows},
        {row.corrects_id for row in rows},
    )


def _require_own(db: Session, actor: Actor, place: str, message_id: str) -> None:
    """Refuses a letter of another conversation, and what the other side wrote."""
    query = select(col(Communication.id)).where(
        col(Communication.id) == message_id,
        col(Communication.thread_id) == place,
        col(Communication.from_clinic).is_(actor.is_staff),
    )
    if db.connection().execute(query).first() is None:
        raise NotFound
