"""Sending: one message for one press of the button, however often it arrives.

The sender and the key of the composition are unique in the database, so a double click, a retry
after a lost connection and fifty at once all end in the same message. A sent one never changes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlmodel import Session, col

from portal import live
from portal.errors import Invalid, NotAllowed, TooMany
from portal.models.base import new_id
from portal.models.messages import (
    BODY_MAX,
    SUBJECT_MAX,
    TOPICS,
    Communication,
    Draft,
    Thread,
)
from portal.models.people import Practitioner
from portal.security import access, audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services import attachments, notices, once
from portal.services.messages import asking, correcting, happened
from portal.services.messages.promise import answer_by
from portal.words import _

KEY_MAX = 64
# For patients and helpers (SECURITY MSG-05); who has more to say than this should call.
HOURLY = 60
NEW = access.NEW


class Blank(Invalid):
    """Nothing was written."""

    sentence = _("Write your message first, then send it.")


class TooLong(Invalid):
    """More was written than one message holds."""

    sentence = _("Your message is too long. Send it in two parts.")


class TooManyMessages(TooMany):
    """More messages in an hour than anybody writes by hand."""

    sentence = _("You have sent many messages in the last hour. If it cannot wait, call us.")


@dataclass(frozen=True)
class Sent:
    """A message that stands. `due_at` is when the clinic promised to answer, if it is its turn."""

    message_id: str
    thread_id: str
    sent_at: datetime
    due_at: datetime | None


def new_key() -> str:
    """Returns a new key for one composition."""
    return new_id()


def start(
    db: Session,
    actor: Actor,
    *,
    subject: str,
    topic: str,
    body: str,
    client_key: str,
    now: datetime,
    patient_id: str = "",
    confidential: bool = False,
) -> Sent:
    """Begins a conversation; staff say with which patient. The same key never sends twice.

    A confidential one stays between the patient and the clinic: no helper learns of it.
    """
    patient = access.patient(db, actor, patient_id or actor.patient_id)
    _may_write(actor, topic)
    if actor.is_staff and topic not in access.ADMINISTRATIVE_TOPICS:
        access.record(db, actor, patient.id)
    words, title = _words(body), _title(subject)
    before = _sent_before(db, actor, client_key)
    if before is not None:
        return before
    _not_too_many(db, actor, now)
    thread = Thread(
        patient_id=patient.id,
        subject=title,
        topic=topic,
        confidential=confidential and not actor.acting_for,
        last_at=now,
        created_at=now,
        **_turn(db, actor, now),
    )
    once.insert(db, Thread, [thread.model_dump()])
    asked = asking.named(db, actor, thread, words)
    message = _message(db, actor, thread, asked.words, client_key, now)
    if not once.insert(db, Communication, [message.model_dump()]):
        db.connection().execute(delete(Thread).where(col(Thread.id) == thread.id))
        return _certainly(_sent_before(db, actor, client_key))
    asking.ask(db, actor, thread, message, asked.forms, now=now)
    attachments.send(db, actor, patient_id=patient.id, place=NEW, message_id=message.id)
    happened.mark_if_urgent(db, actor, thread.id, title, words, now=now)
    _forget_draft(db, actor, patient.id, NEW)
    _tell(db, actor, thread, message, now)
    return Sent(message.id, thread.id, now, thread.due_at)


def reply(
    db: Session, actor: Actor, *, thread_id: str, body: str, client_key: str, now: datetime
) -> Sent:
    """Writes the next message of a conversation. The same key never sends twice."""
    thread = access.thread(db, actor, thread_id)
    _may_write(actor, thread.topic)
    words = _words(body)
    before = _sent_before(db, actor, client_key)
    if before is not None:
        return before
    _not_too_many(db, actor, now)
    asked = asking.named(db, actor, thread, words)
    message = _message(db, actor, thread, asked.words, client_key, now)
    if not once.insert(db, Communication, [message.model_dump()]):
        return _certainly(_sent_before(db, actor, client_key))
    whose, place = thread.patient_id, thread.id
    asking.ask(db, actor, thread, message, asked.forms, now=now)
    attachments.send(db, actor, patient_id=whose, place=place, message_id=message.id)
    correcting.sent(db, actor, patient_id=whose, place=place, message_id=message.id)
    happened.after_letter(db, actor, thread, now=now)
    happened.mark_if_urgent(db, actor, thread.id, words, now=now)
    turn = _turn(db, actor, now, thread)
    db.connection().execute(
        update(Thread).where(col(Thread.id) == thread.id).values(last_at=now, **turn)
    )
    _forget_draft(db, actor, thread.patient_id, thread.id)
    _tell(db, actor, thread, message, now)
    return Sent(message.id, thread.id, now, turn["due_at"])


def is_sent(db: Session, actor: Actor, client_key: str) -> bool:
    """Says whether the composition with this key has been sent."""
    return _sent_before(db, actor, client_key) is not None


def _may_write(actor: Actor, topic: str) -> None:
    if topic not in TOPICS:
        raise Invalid(_("Choose what your message is about."))
    if access.writes_about(actor, topic):
        return
    # To a helper it says what is missing.
    require(actor, Permission.WRITE_MESSAGES)
    raise NotAllowed


def _words(body: str) -> str:
    words = body.replace("\r\n", "\n").replace("\x00", "").strip()
    if not words:
        raise Blank
    if len(words) > BODY_MAX:
        raise TooLong
    return words


def _title(subject: str) -> str:
    title = " ".join(subject.replace("\x00", "").split())
    if not title:
        raise Blank(_("Say in a few words what your message is about."))
    if len(title) > SUBJECT_MAX:
        raise TooLong(_("Keep the subject to one line."))
    return title


def _sender(actor: Actor) -> str | None:
    return None if actor.is_system else actor.user_id


def _sent_before(db: Session, actor: Actor, client_key: str) -> Sent | None:
    if not client_key or len(client_key) > KEY_MAX:
        raise Invalid
    row = (
        db.connection()
        .execute(
            select(
                col(Communication.id),
                col(Communication.thread_id),
                col(Communication.sent_at),
                col(Thread.due_at),
            )
            .join(Thread, col(Thread.id) == col(Communication.thread_id))
            .where(
                col(Communication.sender_id) == _sender(actor),
                col(Communication.client_key) == client_key,
            )
        )
        .first()
    )
    return None if row is None else Sent(row.id, row.thread_id, row.sent_at, row.due_at)


def _certainly(sent: Sent | None) -> Sent:
    assert sent is not None  # noqa: S101 - the key was taken a moment ago, and stays
    return sent


def _not_too_many(db: Session, actor: Actor, now: datetime) -> None:
    if actor.is_staff or actor.is_system:
        return
    lately = (
        select(func.count())
        .select_from(Communication)
        .where(
            col(Communication.sender_id) == actor.user_id,
            col(Communication.sent_at) > now - timedelta(hours=1),
        )
    )
    if db.connection().execute(lately).scalar_one() >= HOURLY:
        raise TooManyMessages


def _turn(db: Session, actor: Actor, now: datetime, thread: Thread | None = None) -> dict[str, Any]:
    """Says whose turn it is after this message; an open promise is kept, never pushed out."""
    if _is_clinic(actor):
        return {"waiting_for": "patient", "due_at": None}
    promised = thread.due_at if thread and thread.waiting_for == "clinic" else None
    return {"waiting_for": "clinic", "due_at": promised or answer_by(db, now)}


def _is_clinic(actor: Actor) -> bool:
    return actor.is_staff or actor.is_system


def _message(
    db: Session, actor: Actor, thread: Thread, words: str, client_key: str, now: datetime
) -> Communication:
    return Communication(
        thread_id=thread.id,
        patient_id=thread.patient_id,
        sender_id=_sender(actor),
        sender_name=_name(db, actor),
        from_clinic=_is_clinic(actor),
        body=words,
        sent_at=now,
        client_key=client_key,
    )


def _name(db: Session, actor: Actor) -> str:
    """Returns how the sender is called: a helper with both names, a doctor as patients know."""
    if actor.acting_for:
        whom = access.open_patient(db, actor).name
        return _("{helper} for {patient}").format(helper=actor.name, patient=whom)[:300]
    if actor.practitioner_id:
        known = db.get(Practitioner, actor.practitioner_id)
        if known is not None:
            titled = known.name.startswith(known.prefix)
            return known.name if titled else f"{known.prefix} {known.name}"
    return actor.name


def _forget_draft(db: Session, actor: Actor, patient_id: str, place: str) -> None:
    db.connection().execute(
        delete(Draft).where(
            col(Draft.user_id) == actor.user_id,
            col(Draft.patient_id) == patient_id,
            col(Draft.place) == place,
        )
    )


def _tell(db: Session, actor: Actor, thread: Thread, message: Communication, now: datetime) -> None:
    """Leaves the trace, and tells those whom the message concerns and who did not write it."""
    whose = message.patient_id
    audit.record(
        db,
        actor,
        "C",
        category="messages",
        patient_id=whose,
        entity=message.id,
        now=now,
    )
    if message.from_clinic or actor.acting_for:
        notices.write(db, "message", patient_id=whose, record_id=message.id, now=now)
    live.tell(db, "messages", [whose], is_private=thread.confidential)
