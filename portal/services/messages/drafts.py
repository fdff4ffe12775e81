"""Drafts: what somebody has begun to write. Only they see it; it waits on every device."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from portal.models.messages import BODY_MAX, SUBJECT_MAX, TOPICS, Communication, Draft
from portal.security import drafting
from portal.security.actor import Actor
from portal.services import attachments, once
from portal.services.attachments import FileRow
from portal.services.messages import correcting
from portal.services.messages.sending import NEW, TooLong, is_sent
from portal.words import _, clock, local, short_day


@dataclass(frozen=True)
class DraftRow:
    """A draft as its writer sees it. `key` names the composition: see sending.py."""

    key: str = ""
    subject: str = ""
    topic: str = "health"
    body: str = ""
    saved: str = ""
    files: list[FileRow] = field(default_factory=list)
    # Which letter it puts right, in words.
    corrects: str = ""


def draft(
    db: Session, actor: Actor, *, patient_id: str, place: str, key: str, now: datetime
) -> DraftRow:
    """Returns the actor's draft for a place (a thread's id or "new"), empty where there is none.

    `key` names the browser's tab; the composition's own key counts what that tab has sent here,
    so that it stays the same until a message stands, whatever happens to the connection.
    """
    named = _composition(db, actor, patient_id, place, key)
    row = db.connection().execute(select(_drafts).where(*_mine(actor, patient_id, place))).first()
    if row is None:
        return DraftRow(key=named)
    files = attachments.of_draft(db, actor, patient_id=patient_id, place=place)
    return DraftRow(
        key=named,
        subject=row.subject,
        topic=row.topic,
        body=row.body,
        saved=_saved(row.saved_at, now),
        files=files,
        corrects=correcting.of_draft(db, row.corrects_id, now),
    )


def save_draft(
    db: Session,
    actor: Actor,
    *,
    place: str,
    client_key: str,
    now: datetime,
    subject: str | None = None,
    topic: str | None = None,
    body: str | None = None,
) -> str:
    """Keeps what was written so far; returns how that is said, nothing where it has been sent.

    It leaves no trace in the audit log: it is its writer's alone until it is sent.
    """
    patient_id = drafting.patient_of(db, actor, place)
    changes = _changes(subject, topic, body)
    # The last stroke of a message may arrive after the message itself.
    if is_sent(db, actor, client_key):
        return ""
    values: dict[str, Any] = {**changes, "saved_at": now}
    done = db.connection().execute(
        update(Draft).where(*_mine(actor, patient_id, place)).values(**values)
    )
    if not done.rowcount and any(changes.values()):
        begun = Draft(user_id=actor.user_id, patient_id=patient_id, place=place, **values)
        once.insert(db, Draft, [begun.model_dump()])
    attachments.drop_if_empty(db, actor, patient_id=patient_id, place=place)
    return _saved(now, now)


_drafts: Any = Draft.__table__  # pyright: ignore[reportAttributeAccessIssue]


def _mine(actor: Actor, patient_id: str, place: str) -> tuple[Any, ...]:
    return (
        col(Draft.user_id) == actor.user_id,
        col(Draft.patient_id) == patient_id,
        col(Draft.place) == place,
    )


def _changes(subject: str | None, topic: str | None, body: str | None) -> dict[str, str]:
    given = {"subject": subject, "topic": topic, "body": body}
    changes = {name: text.replace("\x00", "") for name, text in given.items() if text is not None}
    if len(changes.get("body", "")) > BODY_MAX:
        raise TooLong
    if len(changes.get("subject", "")) > SUBJECT_MAX:
        raise TooLong(_("Keep the subject to one line."))
    if changes.get("topic", TOPICS[0]) not in TOPICS:
        del changes["topic"]
    return changes


def _composition(db: Session, actor: Actor, patient_id: str, place: str, key: str) -> str:
    stem = f"{key[:24]}.{place[:16]}."
    within = Communication.patient_id if place == NEW else Communication.thread_id
    sent = (
        select(func.count())
        .select_from(Communication)
        .where(
            col(within) == (patient_id if place == NEW else place),
            col(Communication.sender_id) == actor.user_id,
            col(Communication.client_key).startswith(stem, autoescape=True),
        )
    )
    return f"{stem}{db.connection().execute(sent).scalar_one() + 1}"


def _saved(at: datetime, now: datetime) -> str:
    if local(at).date() == local(now).date():
        return _("Saved as a draft at {time}").format(time=clock(at))
    return _("Saved as a draft on {day}, {time}").format(day=short_day(at), time=clock(at))
