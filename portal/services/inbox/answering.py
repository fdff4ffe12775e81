"""Answering: who has not seen a colleague's answer yet is asked once before theirs goes."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from portal.errors import Conflict
from portal.models.messages import Communication, Thread
from portal.security.actor import Actor
from portal.services import messages
from portal.services.inbox import ready, steps
from portal.words import _


class Answered(Conflict):
    """A colleague's answer was sent while one's own was written."""

    sentence = _("A colleague has just answered. Send yours too?")


def answer(
    db: Session,
    actor: Actor,
    *,
    thread_id: str,
    body: str,
    client_key: str,
    seen: str,
    now: datetime,
) -> messages.Sent:
    """Sends an answer. `seen`: the newest letter that its writer has seen.

    Two who send at once go one after the other; the second is shown the first, and asked.
    """
    thread = steps.found(db, actor, thread_id)
    ready.require_filled(body)
    if not messages.is_sent(db, actor, client_key):
        db.connection().execute(_ONE_AT_A_TIME, {"thread_id": thread.id})
        other = _other_since(db, actor, thread, seen)
        if other:
            said = _("{name} has just answered. Send yours too?").format(name=other)
            raise Answered(said)
    return messages.reply(db, actor, thread_id=thread.id, body=body, client_key=client_key, now=now)


_thread: Any = Thread.__table__  # pyright: ignore[reportAttributeAccessIssue]
_ONE_AT_A_TIME = (
    select(_thread.c.id).where(_thread.c.id == bindparam("thread_id")).with_for_update()
)


def _other_since(db: Session, actor: Actor, thread: Thread, seen: str) -> str:
    """Returns which colleague has answered after the letter that was seen; empty where none."""
    mine = col(Communication.thread_id) == thread.id
    since = select(col(Communication.sent_at)).where(mine, col(Communication.id) == seen)
    at = db.connection().execute(since).scalar_one_or_none()
    others = select(col(Communication.sender_name)).where(
        mine,
        col(Communication.id) != seen,
        col(Communication.from_clinic).is_(True),
        col(Communication.sender_id) != actor.user_id,
    )
    if at is not None:
        others = others.where(col(Communication.sent_at) >= at)
    newest = others.order_by(col(Communication.sent_at).desc()).limit(1)
    return db.connection().execute(newest).scalar_one_or_none() or ""
