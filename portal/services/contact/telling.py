"""Telling: what the notices say that leave the portal, and what was agreed to about them."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from portal import live
from portal.errors import Invalid, NotFound
from portal.models.people import User
from portal.security import audit
from portal.security.actor import Actor
from portal.services import agreements
from portal.services.agreements import AgreedRow

BARE, CLINIC = "bare", "clinic"


@dataclass(frozen=True)
class TellingRow:
    """What notices carry, and every text that was agreed to."""

    carries: str = CLINIC
    agreed: list[AgreedRow] = field(default_factory=list)
    # Whether news may be told by e-mail; safety always is.
    may_write: bool = False
    is_staff: bool = False


def telling(db: Session, actor: Actor, *, now: datetime) -> TellingRow:
    """Returns what the actor's own notices carry, and what they agreed to."""
    user = _account(db, actor)
    audit.record(db, actor, "R", category="account", entity=f"User/{user.id}", now=now)
    return TellingRow(
        carries=user.notices_carry,
        agreed=agreements.history(db, actor, now=now),
        may_write=agreements.may_write_to(db, user.id),
        is_staff=actor.is_staff,
    )


def carry(db: Session, actor: Actor, *, what: str, now: datetime) -> None:
    """Sets what the actor's own notices carry."""
    if what not in {BARE, CLINIC}:
        raise Invalid
    user = _account(db, actor)
    user.notices_carry = what
    db.add(user)
    entity = f"User/{user.id}"
    audit.record(db, actor, "U", category="account", entity=entity, reason="notices", now=now)
    live.tell_users(db, "account", [user.id])


def _account(db: Session, actor: Actor) -> User:
    user = db.get(User, actor.user_id)
    if user is None:
        raise NotFound
    return user
