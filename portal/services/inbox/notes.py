"""Internal notes: what staff tell each other beside a conversation. No patient ever gets one.

They are no messages and lie in a table of their own, which names no patient; the condition under
which they are read (access.notes) is false for everybody who does not work here (AUTHZ-07).
"""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal import live
from portal.errors import Invalid
from portal.models.messages import Thread
from portal.models.pools import NOTE_MAX, ThreadNote
from portal.security import access
from portal.security.actor import Actor
from portal.services import once
from portal.services.inbox import steps
from portal.words import _

KEY_MAX = 64


class NoNote(Invalid):
    """Nothing was written, or more than a note holds."""

    sentence = _("Write your note first, in at most 2,000 characters.")


def write(
    db: Session, actor: Actor, *, thread_id: str, body: str, client_key: str, now: datetime
) -> None:
    """Adds a note to a conversation; the same key never twice. Only the clinic's pages are told."""
    thread = steps.found(db, actor, thread_id)
    words = body.replace("\r\n", "\n").replace("\x00", "").strip()
    if not words or len(words) > NOTE_MAX:
        raise NoNote
    if not client_key or len(client_key) > KEY_MAX:
        raise Invalid
    note = ThreadNote(
        thread_id=thread.id,
        author_id=actor.user_id,
        author_name=actor.name,
        body=words,
        at=now,
        client_key=client_key,
    )
    if once.insert(db, ThreadNote, [note.model_dump()]):
        # In the trace it is a change like any other: a patient who reads it learns of no note.
        steps.traced(db, actor, thread, now=now)
        live.tell(db, "messages", (live.STAFF,))


def of(db: Session, actor: Actor, thread: Thread, since: datetime | None) -> list[ThreadNote]:
    """Returns the notes of a conversation for who may read them, in the order of time."""
    query = select(ThreadNote).where(
        col(ThreadNote.thread_id) == thread.id, access.notes(actor), *_since(since)
    )
    return list(db.scalars(query.order_by(col(ThreadNote.at), col(ThreadNote.id))))


def _since(since: datetime | None) -> tuple[Any, ...]:
    return (col(ThreadNote.at) >= since,) if since else ()


def next_key(db: Session, actor: Actor, thread: Thread, key: str) -> str:
    """Returns the name of the note that a tab writes next: the same until it stands."""
    stem = f"{key[:24]}.{thread.id[:16]}."
    mine = (
        select(func.count())
        .select_from(ThreadNote)
        .where(
            col(ThreadNote.author_id) == actor.user_id,
            col(ThreadNote.client_key).startswith(stem, autoescape=True),
        )
    )
    return f"{stem}{db.connection().execute(mine).scalar_one() + 1}"
