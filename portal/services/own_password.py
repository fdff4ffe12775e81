"""One's own password: changed by who knows the old one and has just confirmed who they are."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from portal import live
from portal.errors import Invalid, NotFound
from portal.models.people import User
from portal.security import audit, confirming, throttle
from portal.security.actor import Actor
from portal.services import accounts, new_password
from portal.words import _


class WrongNow(Invalid):
    """The password as it is now was not the one that was typed."""

    sentence = _("That is not your password as it is now. Nothing was changed.")


@dataclass(frozen=True)
class PasswordRow:
    """Whose password it is, for the browser's own keeper of passwords, and whether to go on."""

    sign_in_name: str = ""
    is_confirmed: bool = False
    has_password: bool = True


@dataclass(frozen=True)
class Known:
    """What is needed to check the old password outside of any transaction."""

    stored: str
    counted: throttle.Counted


def view(db: Session, actor: Actor, *, now: datetime) -> PasswordRow:
    """Returns what the page of the password starts with."""
    user = _account(db, actor)
    audit.record(db, actor, "R", category="account", entity=f"User/{user.id}", now=now)
    is_confirmed = confirming.is_confirmed(actor, now=now)
    return PasswordRow(user.sign_in_name, is_confirmed, bool(user.password_hash))


def judge(db: Session, actor: Actor, *, password: str, now: datetime) -> None:
    """Refuses a new password that is too short or easily guessed; says nothing of the old one."""
    confirming.require(actor, now=now)
    accounts.check_new_password(db, actor.user_id, password=password)


def known(db: Session, actor: Actor, *, now: datetime) -> Known:
    """Counts a try and returns what the old password is checked against; raises `TooMany`.

    Who finds an open browser must not guess here faster than at the door (AUTHN-06).
    """
    confirming.require(actor, now=now)
    user = _account(db, actor)
    counted = throttle.begin(db, name=user.sign_in_name, address=actor.source, now=now)
    return Known(user.password_hash, counted)


def change(
    db: Session, actor: Actor, *, fits: bool, counted: throttle.Counted, hashed: str, now: datetime
) -> bool:
    """Sets the new password where the old one fitted, and says whether it did.

    All other sign-ins and every trusted device end, and the owner is told. A wrong one is no
    refusal here: that it was tried must stand.
    """
    confirming.require(actor, now=now)
    if not fits:
        audit.record(
            db, actor, "U", category="password", outcome="refused", reason="password", now=now
        )
        return False
    throttle.forgive(db, counted, now=now)
    new_password.put(
        db,
        actor,
        _account(db, actor),
        hashed=hashed,
        way="changed by its owner",
        but=actor.sign_in_id,
        now=now,
    )
    live.tell_users(db, "account", [actor.user_id])
    return True


def _account(db: Session, actor: Actor) -> User:
    user = db.get(User, actor.user_id)
    if user is None:
        raise NotFound
    return user
