"""What happens to a conversation besides letters: claimed, handed on, closed. For staff alone."""

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col

from portal.models.messages import Thread
from portal.models.pools import ThreadDesk, ThreadEvent
from portal.security.actor import Actor, system
from portal.services import once
from portal.services.messages import signs
from portal.words import _


def note(
    db: Session,
    actor: Actor,
    thread_id: str,
    kind: str,
    *,
    now: datetime,
    to_name: str = "",
    reason: str = "",
) -> None:
    """Writes down what happened, by whom and when."""
    event = ThreadEvent(
        thread_id=thread_id,
        kind=kind,
        by_id=None if actor.is_system else actor.user_id,
        by_name=actor.name,
        to_name=to_name,
        reason=reason,
        at=now,
    )
    once.insert(db, ThreadEvent, [event.model_dump()])


def set_desk(db: Session, thread_id: str, *where: Any, **values: Any) -> bool:
    """Changes what the clinic knows of a conversation, where it still is as it was thought to be.

    Of two who change it at once the database lets one.
    """
    once.insert(db, ThreadDesk, [ThreadDesk(thread_id=thread_id).model_dump()])
    mine = (col(ThreadDesk.thread_id) == thread_id, *where)
    return db.connection().execute(update(ThreadDesk).where(*mine).values(**values)).rowcount == 1


def mark_if_urgent(db: Session, actor: Actor, thread_id: str, *texts: str, now: datetime) -> None:
    """Marks as urgent what a patient or helper wrote with words that can mean an emergency.

    It is decided here, whatever the page has asked before: nobody sends past it.
    """
    if actor.is_staff or actor.is_system or not signs.found(*texts):
        return
    set_desk(db, thread_id, is_urgent=True)
    why = _("Words that can mean an emergency")
    note(db, system("messages"), thread_id, "escalated", reason=why, now=now)


def after_letter(db: Session, actor: Actor, thread: Thread, *, now: datetime) -> None:
    """A letter opens what was closed; the clinic's own settles what was urgent."""
    if thread.waiting_for == "nobody":
        note(db, actor, thread.id, "reopened", now=now)
    if actor.is_staff:
        urgent = (col(ThreadDesk.thread_id) == thread.id, col(ThreadDesk.is_urgent).is_(True))
        db.connection().execute(update(ThreadDesk).where(*urgent).values(is_urgent=False))
