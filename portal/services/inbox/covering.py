"""Cover while away: whose conversations are also one's own today, and which are nobody's.

Whoever stands in for somebody who stands in for a third has the third's as well.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Date, bindparam, exists, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from portal.models.people import User
from portal.models.pools import Cover
from portal.security.actor import Actor
from portal.words import local


def covered_by(db: Session, actor: Actor, *, now: datetime) -> dict[str, str]:
    """Returns for whom somebody stands in today: their names by their ids."""
    given = {"cover_id": actor.user_id, "today": local(now).date()}
    return {row.id: row.name for row in db.connection().execute(_COVERED, given)}


def _covered() -> Any:
    today = bindparam("today", type_=Date())
    holds = (col(Cover.from_on) <= today, col(Cover.until_on) >= today)
    mine = select(col(Cover.user_id)).where(col(Cover.cover_id) == bindparam("cover_id"), *holds)
    held = mine.cte("held", recursive=True)
    # Each is taken once: two who stand in for each other end it.
    further = select(col(Cover.user_id)).join(held, col(Cover.cover_id) == held.c.user_id)
    held = held.union(further.where(*holds))
    return select(col(User.id), col(User.name)).where(col(User.id).in_(select(held.c.user_id)))


# Built once: it runs with every list, and building it takes longer than running it.
_COVERED = _covered()


def is_nobodys(owner: Any, now: datetime) -> Any:
    """Returns the condition that nobody at work has a conversation.

    Nobody took it on, or whoever did works here no more and nobody stands in.
    """
    # Under another name: the list asks for the owner's as well.
    one = aliased(User)
    left = select(col(one.id)).where(col(one.disabled).is_(True))
    covered = exists().where(
        col(Cover.user_id) == owner, col(Cover.cover_id).not_in(left), *_holds(now)
    )
    return or_(owner.is_(None), owner.in_(left) & ~covered)


def _holds(now: datetime) -> tuple[Any, ...]:
    today = local(now).date()
    return col(Cover.from_on) <= today, col(Cover.until_on) >= today
