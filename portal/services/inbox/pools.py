"""Pools as the clinic keeps them: their names, and where conversations about each topic lie.

A pool gives nobody a right: who reads a topic is decided by roles, wherever it lies. What waits in
a pool goes along when its topic is laid elsewhere; what was handed on to one stays there.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from portal import live
from portal.errors import Conflict, Invalid, NotFound
from portal.models.messages import Thread
from portal.models.pools import Pool, PoolTopic, ThreadDesk
from portal.security import audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services import messages
from portal.services.inbox import words
from portal.services.inbox.steps import POOL_OF
from portal.services.messages import Choice
from portal.words import _, _n

MOST, NAME_MAX = 20, 60


class NoName(Invalid):
    """A pool that nobody could call by its name."""

    sentence = _("Give the pool a name.")


class NameTaken(Conflict):
    """Two pools of one name could not be told apart."""

    sentence = _("There is a pool of this name already. Choose another name.")


class StillNeeded(Conflict):
    """Something lies in the pool, or is handed on to it."""

    sentence = _("Topics or messages still lie in this pool. Lay them elsewhere first.")


class TooManyPools(Invalid):
    """More piles than anybody looks after."""

    sentence = _("There are 20 pools. Take one away first.")


class LaidMeanwhile(Conflict):
    """Two at the same pool or topic."""

    sentence = _("Somebody else has changed it meanwhile. Look at it, then decide again.")


@dataclass(frozen=True)
class PoolRow:
    """A pool: what lies in it, what waits there, and whether it can be taken away."""

    id: str = ""
    name: str = ""
    said: str = ""
    waits: str = ""
    may_go: bool = False


@dataclass(frozen=True)
class TopicRow:
    """A topic and the pool that its conversations lie in."""

    topic: str = ""
    words: str = ""
    pool_id: str = ""


@dataclass(frozen=True)
class PoolsRow:
    """All pools, all topics, and where a topic can be laid."""

    pools: list[PoolRow] = field(default_factory=list)
    topics: list[TopicRow] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)


def shown(db: Session, actor: Actor, *, now: datetime) -> PoolsRow:
    """Returns all pools in their order; how much waits is counted, no conversation is named."""
    require(actor, Permission.SET_POLICIES)
    audit.record(db, actor, "R", category="policies", entity="pools", now=now)
    all_of = list(db.scalars(select(Pool).order_by(col(Pool.position), col(Pool.name))))
    laid = {one.topic: one.pool_id for one in db.scalars(select(PoolTopic))}
    named, waits, held = messages.topics(), _waiting(db), _handed_on(db)
    rows = [
        PoolRow(
            id=one.id,
            name=words.pool(one.id, one.name),
            said=_said(one, [named[topic] for topic, pool in laid.items() if pool == one.id]),
            waits=_n("{count} waits there", "{count} wait there", waits.get(one.id, 0)),
            may_go=not one.role and one.id not in {*laid.values(), *held},
        )
        for one in all_of
    ]
    topics = [TopicRow(topic, said, laid[topic]) for topic, said in named.items() if topic in laid]
    choices = [Choice(one.id, words.pool(one.id, one.name)) for one in all_of if not one.role]
    return PoolsRow(rows, topics, choices)


def add(db: Session, actor: Actor, *, name: str, now: datetime) -> str:
    """Adds a pool that topics can be laid into; returns its id."""
    require(actor, Permission.SET_POLICIES)
    count, last = (
        db.connection()
        .execute(select(func.count(), func.coalesce(func.max(col(Pool.position)), 0)))
        .one()
    )
    if count >= MOST:
        raise TooManyPools
    made = Pool(name=_name(name), position=last + 1)
    _written(db, made)
    _trace(db, actor, "C", f"Pool/{made.id}", now)
    return made.id


def rename(
    db: Session, actor: Actor, *, pool_id: str, name: str, before: str, now: datetime
) -> None:
    """Gives a pool another name; `before` is the one that was shown."""
    require(actor, Permission.SET_POLICIES)
    one = _found(db, pool_id)
    if words.pool(one.id, one.name) != before:
        raise LaidMeanwhile
    one.name = _name(name)
    _written(db, one)
    _trace(db, actor, "U", f"Pool/{one.id}", now)


def lay(db: Session, actor: Actor, *, topic: str, pool_id: str, before: str, now: datetime) -> None:
    """Lays a topic into a pool; `before` is the one in which it was shown."""
    require(actor, Permission.SET_POLICIES)
    if _found(db, pool_id).role:
        raise NotFound
    laid = update(PoolTopic).where(col(PoolTopic.topic) == topic, col(PoolTopic.pool_id) == before)
    if not db.connection().execute(laid.values(pool_id=pool_id)).rowcount:
        raise LaidMeanwhile
    _trace(db, actor, "U", f"PoolTopic/{topic}", now)


def remove(db: Session, actor: Actor, *, pool_id: str, now: datetime) -> None:
    """Takes away a pool in which nothing lies; the two for what is handed on stay."""
    require(actor, Permission.SET_POLICIES)
    one = _found(db, pool_id)
    lies = select(exists().where(col(PoolTopic.pool_id) == one.id))
    held = select(exists().where(col(ThreadDesk.pool_id) == one.id))
    if one.role or any(db.connection().execute(query).scalar_one() for query in (lies, held)):
        raise StillNeeded
    db.delete(one)
    _trace(db, actor, "D", f"Pool/{one.id}", now)


def _found(db: Session, pool_id: str) -> Pool:
    query = select(Pool).where(col(Pool.id) == pool_id).with_for_update()
    one = db.scalars(query).first()
    if one is None:
        raise NotFound
    return one


def _name(name: str) -> str:
    given = " ".join(name.replace("\x00", "").split())
    if not given or len(given) > NAME_MAX:
        raise NoName
    return given


def _written(db: Session, one: Pool) -> None:
    db.add(one)
    try:
        db.flush()
    except IntegrityError as error:
        raise NameTaken from error


def _said(one: Pool, topics: list[str]) -> str:
    if one.role:
        return _("For what is handed on as urgent.")
    return _("Here lies: {topics}").format(topics=", ".join(topics)) if topics else ""


def _waiting(db: Session) -> dict[str, int]:
    query: Any = (
        select(POOL_OF.label("pool_id"), func.count().label("waits"))
        .select_from(Thread)
        .join(PoolTopic, col(PoolTopic.topic) == col(Thread.topic))
        .outerjoin(ThreadDesk, col(ThreadDesk.thread_id) == col(Thread.id))
        .where(col(Thread.waiting_for) == "clinic")
        .group_by(POOL_OF)
    )
    return {row.pool_id: row.waits for row in db.connection().execute(query)}


def _handed_on(db: Session) -> set[str]:
    query = select(col(ThreadDesk.pool_id)).where(col(ThreadDesk.pool_id).is_not(None))
    return {one for one in db.connection().execute(query.distinct()).scalars() if one}


def _trace(db: Session, actor: Actor, action: str, entity: str, now: datetime) -> None:
    audit.record(db, actor, action, category="policies", entity=entity, now=now)
    live.tell(db, "messages", (live.STAFF,))
