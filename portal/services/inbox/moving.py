"""How a conversation goes on without a letter: passed on as urgent, closed, opened again."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from portal.errors import Conflict, Invalid, NotFound
from portal.models.messages import Communication, Thread
from portal.models.pools import REASON_MAX, Pool
from portal.security import access
from portal.security.actor import Actor
from portal.services.inbox import steps, words
from portal.services.messages import answer_by, happened
from portal.words import _


class WhyUrgent(Invalid):
    """Whoever gets it wants to know why."""

    sentence = _("Say in a few words why it is urgent.")


class NobodyThere(Invalid):
    """Nobody of that pool may read what it is about."""

    sentence = _("Nobody there may read this. Mark it as urgent where it lies.")


class NewLetter(Conflict):
    """Something was written that the person has not read yet."""

    sentence = _("A new message came meanwhile. Read it, then decide.")


class NotClosed(Invalid):
    """What is open cannot be opened."""

    sentence = _("This is open already.")


def escalate(
    db: Session, actor: Actor, *, thread_id: str, reason: str, to: str = "", now: datetime
) -> None:
    """Marks a conversation as urgent, and passes it to another pool where one is named.

    Who may read it stays the same: a pool whose people may not is refused.
    """
    thread = steps.found(db, actor, thread_id)
    why = " ".join(reason.replace("\x00", "").split())
    if not why or len(why) > REASON_MAX:
        raise WhyUrgent
    if thread.waiting_for != "clinic":
        raise Invalid(_("This does not wait for us. Open it again first."))
    if not to:
        happened.set_desk(db, thread.id, is_urgent=True)
        steps.done(db, actor, thread, "escalated", reason=why, now=now)
        return
    pool = _pool(db, thread, to)
    happened.set_desk(db, thread.id, is_urgent=True, pool_id=pool.id, owner_id=None)
    named = words.pool(pool.id, pool.name)
    steps.done(db, actor, thread, "escalated", to_name=named, reason=why, now=now)


def _pool(db: Session, thread: Thread, pool_id: str) -> Pool:
    pool = db.get(Pool, pool_id)
    if pool is None or not pool.role:
        raise NotFound
    if not access.role_writes(pool.role, thread.topic):
        raise NobodyThere
    return pool


def close(db: Session, actor: Actor, *, thread_id: str, seen: str, now: datetime) -> None:
    """Ends a conversation that needs no further answer. `seen`: the newest letter that was shown.

    The next letter opens it again by itself.
    """
    thread = steps.found(db, actor, thread_id)
    if thread.waiting_for == "nobody":
        return
    if _newest(db, thread.id) != seen or not _set(db, thread, waiting_for="nobody", due_at=None):
        raise NewLetter
    happened.set_desk(db, thread.id, is_urgent=False, pool_id=None)
    steps.done(db, actor, thread, "closed", now=now, is_shown=True)


def reopen(db: Session, actor: Actor, *, thread_id: str, now: datetime) -> None:
    """Opens a conversation again: it waits for the clinic, with a promise of its own."""
    thread = steps.found(db, actor, thread_id)
    again: dict[str, Any] = {"waiting_for": "clinic", "due_at": answer_by(db, now)}
    if thread.waiting_for != "nobody" or not _set(db, thread, **again):
        raise NotClosed
    steps.done(db, actor, thread, "reopened", now=now, is_shown=True)


def _set(db: Session, thread: Thread, **values: Any) -> bool:
    """Changes whose turn it is, unless somebody has written or decided since it was read."""
    still = (
        col(Thread.id) == thread.id,
        col(Thread.last_at) == thread.last_at,
        col(Thread.waiting_for) == thread.waiting_for,
    )
    return db.connection().execute(update(Thread).where(*still).values(**values)).rowcount == 1


def _newest(db: Session, thread_id: str) -> str:
    query = (
        select(col(Communication.id))
        .where(col(Communication.thread_id) == thread_id)
        .order_by(col(Communication.sent_at).desc(), col(Communication.id))
        .limit(1)
    )
    return db.connection().execute(query).scalar_one_or_none() or ""
