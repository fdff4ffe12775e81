"""Changing one's own second factors: who may, what it ends, who is told."""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from portal import live
from portal.errors import Conflict, NotFound, NotSignedIn
from portal.models.factors import Factor
from portal.models.people import SignIn, User
from portal.security import audit, confirming, factors, trusted
from portal.security.actor import Actor
from portal.services import notices
from portal.words import _

NAME_MAX = 60


class LastOne(Conflict):
    """Without it the person could not sign in any more."""

    sentence = _(
        "This is your only second step, so it stays. Add another one first, then remove it."
    )


def may_change(db: Session, actor: Actor, *, now: datetime) -> SignIn | None:
    """Lets through who has just confirmed, or is setting the very first factor up.

    Returns the half-open sign-in in the second case. Raises `ConfirmFirst` for all others.
    """
    record = db.scalars(select(SignIn).where(col(SignIn.id) == actor.sign_in_id)).first()
    if record is None or record.stage != "enrol":
        confirming.require(actor, now=now)
        return None
    # Whoever knows the password alone must not add a factor beside one that is there; of two who
    # set the first one up at the same moment, one is first.
    mine = select(User).where(col(User.id) == actor.user_id).with_for_update()
    if record.factor == "password" and factors.held(db, db.scalars(mine).one()).any:
        raise NotSignedIn
    return record


def remove(db: Session, actor: Actor, *, factor_id: str, now: datetime) -> None:
    """Takes one of the actor's factors away; the last one stays where one is needed."""
    may_change(db, actor, now=now)
    found = _own(db, actor, factor_id)
    user = db.get_one(User, actor.user_id)
    others = [one for one in factors.of(db, user.id) if one.id != found.id]
    falls_back = factors.may_use_email(db, user)
    if not others and found.confirmed_at and factors.is_needed(db, user) and not falls_back:
        raise LastOne
    db.delete(found)
    db.flush()
    if not others:
        factors.put_recovery(db, user.id, [], now=now)
    gone = "totp-removed" if found.kind == "totp" else "passkey-removed"
    tell(db, actor, what=gone, entity=found.id, now=now)


def rename(db: Session, actor: Actor, *, factor_id: str, name: str, now: datetime) -> None:
    """Gives one of the actor's factors a name of their own."""
    found = _own(db, actor, factor_id)
    found.name = " ".join(name.split())[:NAME_MAX]
    db.add(found)
    audit.record(db, actor, "U", category="factors", entity=f"Factor/{found.id}", now=now)
    live.tell_users(db, "account", [actor.user_id])


def put_recovery_codes(db: Session, actor: Actor, *, hashes: list[str], now: datetime) -> None:
    """Replaces the actor's recovery codes by a new set: the old ones open nothing any more."""
    half = may_change(db, actor, now=now)
    factors.put_recovery(db, actor.user_id, hashes, now=now)
    made = "codes-made"
    if half is None:
        tell(db, actor, what=made, entity="", now=now)
    else:
        audit.record(db, actor, "U", category="factors", entity="RecoveryCode", now=now)


def tell(db: Session, actor: Actor, *, what: str, entity: str, now: datetime) -> None:
    """Notes a changed factor, tells its owner, and trusts no browser of theirs any more.

    `what` was done is a code of notices/saying.PHRASES.
    """
    trusted.end_all(db, actor.user_id, now=now)
    thing = f"Factor/{entity}" if entity else "RecoveryCode"
    audit.record(db, actor, "U", category="factors", entity=thing, now=now)
    live.tell_users(db, "account", [actor.user_id])
    notices.to_user(
        db,
        "factor.changed",
        actor.user_id,
        key=f"{actor.user_id}:{entity}:{now.isoformat()}",
        given={"at": notices.moment(now), "what": what},
        now=now,
    )


def _own(db: Session, actor: Actor, factor_id: str) -> Factor:
    query = select(Factor).where(col(Factor.id) == factor_id, col(Factor.user_id) == actor.user_id)
    found = db.scalars(query).first()
    if found is None:
        raise NotFound
    return found
