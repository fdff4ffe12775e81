"""Who has a conversation: taken on, given back, handed to a colleague who may read it.

Of two who take it on at once the database lets one, and the other is told who has it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from portal.errors import Conflict, NotAllowed, NotFound
from portal.models.messages import Thread
from portal.models.people import User
from portal.models.pools import ThreadDesk
from portal.security import access, signins
from portal.security.actor import STAFF, Actor
from portal.services.inbox import steps, words
from portal.services.messages import Choice, happened
from portal.words import _


class Taken(Conflict):
    """A colleague was faster."""

    sentence = _("A colleague has this by now. Look who, then decide.")


class NotYours(NotAllowed):
    """Only who has it can give it back."""

    sentence = _("Somebody else has this. Hand it to yourself first if you want to answer.")


class CannotRead(NotAllowed):
    """A colleague from whom this conversation is hidden cannot answer it."""

    sentence = _("This colleague may not read it. Choose one from the list.")


def claim(db: Session, actor: Actor, *, thread_id: str, now: datetime) -> None:
    """Takes a conversation on that nobody has."""
    thread = steps.found(db, actor, thread_id)
    if happened.set_desk(db, thread.id, *_still(None), owner_id=actor.user_id):
        steps.done(db, actor, thread, "claimed", now=now)
        return
    has = steps.place(db, thread.id)
    if has.owner_id != actor.user_id:
        raise Taken(_("{name} has taken this on. You can read along.").format(name=has.owner))


def give_back(db: Session, actor: Actor, *, thread_id: str, now: datetime) -> None:
    """Gives a conversation back to its pool: somebody else will take it on."""
    thread = steps.found(db, actor, thread_id)
    if not happened.set_desk(db, thread.id, *_still(actor.user_id), owner_id=None):
        raise NotYours
    place = steps.place(db, thread.id)
    back = words.pool(place.pool_id, place.pool)
    steps.done(db, actor, thread, "given-back", to_name=back, now=now)


def assign(
    db: Session, actor: Actor, *, thread_id: str, to: str, before: str, now: datetime
) -> None:
    """Hands a conversation to a colleague, or takes it over. `before`: who had it, as was shown."""
    thread = steps.found(db, actor, thread_id)
    user = _colleague(db, thread, to, now)
    if not happened.set_desk(db, thread.id, *_still(before or None), owner_id=user.id):
        raise _taken(db, thread)
    kind = "claimed" if user.id == actor.user_id else "assigned"
    steps.done(db, actor, thread, kind, to_name="" if kind == "claimed" else user.name, now=now)


def colleagues(db: Session, actor: Actor, *, thread_id: str, now: datetime) -> list[Choice]:
    """Returns to whom a conversation may be handed: who may read it and answer."""
    thread = steps.found(db, actor, thread_id)
    staff = db.scalars(
        select(User)
        .where(col(User.role).in_(sorted(STAFF)), col(User.disabled).is_(False))
        .order_by(col(User.name), col(User.id))
    )
    return [
        Choice(one.id, _("{name} (you)").format(name=one.name) if _is(one, actor) else one.name)
        for one in staff
        if _answers(db, thread, one, now)
    ]


def _is(user: User, actor: Actor) -> bool:
    return user.id == actor.user_id


def _colleague(db: Session, thread: Thread, user_id: str, now: datetime) -> User:
    user = db.get(User, user_id)
    if user is None or user.role not in STAFF:
        raise NotFound
    if user.disabled or not _answers(db, thread, user, now):
        raise CannotRead
    return user


def _answers(db: Session, thread: Thread, user: User, now: datetime) -> bool:
    """Says whether a colleague may read a conversation now and write in it: asked as themselves."""
    who = Actor(
        user_id=user.id,
        name=user.name,
        role=user.role,
        practitioner_id=user.practitioner_id or "",
        granted=signins.granted(db, user.role),
        at=now,
    )
    return access.writes_about(who, thread.topic) and access.reads(db, who, thread.id)


def _still(owner_id: str | None) -> tuple[Any, ...]:
    owner = col(ThreadDesk.owner_id)
    return (owner.is_(None),) if owner_id is None else (owner == owner_id,)


def _taken(db: Session, thread: Thread) -> Taken:
    name = steps.place(db, thread.id).owner
    said = _("{name} has this by now. Look again, then decide.").format(name=name)
    return Taken(said if name else _("This was given back meanwhile. Look again, then decide."))
