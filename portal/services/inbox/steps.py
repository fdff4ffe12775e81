"""What every act on a conversation begins and ends with, and where the conversation lies."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal import live
from portal.errors import NotAllowed
from portal.models.messages import Thread
from portal.models.people import User
from portal.models.pools import Pool, PoolTopic, ThreadDesk
from portal.security import access, audit
from portal.security.actor import Actor
from portal.services.messages import happened

# Where it was handed on to, else where its topic lies.
POOL_OF = func.coalesce(col(ThreadDesk.pool_id), col(PoolTopic.pool_id))


def found(db: Session, actor: Actor, thread_id: str) -> Thread:
    """Returns a conversation in which the actor may write, for the clinic."""
    thread = access.thread(db, actor, thread_id)
    if not actor.is_staff or not access.writes_about(actor, thread.topic):
        raise NotAllowed
    return thread


def place(db: Session, thread_id: str) -> Any:
    """Returns in which pool a conversation lies, who has it, and whether it is urgent."""
    query = (
        select(
            col(ThreadDesk.owner_id),
            col(ThreadDesk.is_urgent),
            col(User.name).label("owner"),
            col(Pool.id).label("pool_id"),
            col(Pool.name).label("pool"),
        )
        .select_from(Thread)
        .join(PoolTopic, col(PoolTopic.topic) == col(Thread.topic))
        .outerjoin(ThreadDesk, col(ThreadDesk.thread_id) == col(Thread.id))
        .join(Pool, col(Pool.id) == POOL_OF)
        .outerjoin(User, col(User.id) == col(ThreadDesk.owner_id))
        .where(col(Thread.id) == thread_id)
    )
    return db.connection().execute(query).one()


def done(
    db: Session,
    actor: Actor,
    thread: Thread,
    kind: str,
    *,
    now: datetime,
    is_shown: bool = False,
    **more: str,
) -> None:
    """Writes down what happened, leaves the trace, and tells the clinic's pages.

    `is_shown`: the patient's pages say something else now, too. The trace says no more than that
    something changed: whoever reads along in a record learns nothing of what staff do among them.
    """
    happened.note(db, actor, thread.id, kind, now=now, **more)
    traced(db, actor, thread, now=now)
    if is_shown:
        live.tell(db, "messages", [thread.patient_id], is_private=thread.confidential)
    else:
        live.tell(db, "messages", (live.STAFF,))


def traced(db: Session, actor: Actor, thread: Thread, *, now: datetime) -> None:
    """Leaves the trace of a change to a conversation."""
    whose, entity = thread.patient_id, f"Thread/{thread.id}"
    audit.record(db, actor, "U", category="messages", patient_id=whose, entity=entity, now=now)
