"""Changing who may sign in, and as what: at once, everywhere, and never so that nobody is left.

Whoever loses a role or an account loses every open sign-in with it: the next event of an open page
finds nobody, and its socket is closed within two seconds (SECURITY SES-06, SES-07).
"""

from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session, col

from portal import live
from portal.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.models.people import SignIn, User
from portal.security import audit, confirming, signins, subscribed, trusted
from portal.security.actor import STAFF, Actor
from portal.security.permissions import Permission, require
from portal.words import _

ADMINISTRATOR = "administrator"


class Yourself(Invalid):
    """Nobody locks themselves out."""

    sentence = _("You cannot do this to your own account. Ask another administrator.")


class NotYours(NotAllowed):
    """Administrators are made and unmade by administrators."""

    sentence = _("Only an administrator may change an administrator’s account, or make one.")


class LastAdministrator(Conflict):
    """Without an administrator nobody could look after the portal."""

    sentence = _(
        "This is the last administrator who can sign in. Make somebody else an administrator "
        "first, then do this again."
    )


def may_change(actor: Actor, user_id: str, role: str) -> bool:
    """Says whether this account is one that the actor may change."""
    if user_id == actor.user_id:
        return False
    return role != ADMINISTRATOR or actor.is_system or actor.role == ADMINISTRATOR


def roles_to_give(actor: Actor) -> list[str]:
    """Returns the roles that the actor may give to somebody who works here."""
    above = actor.is_system or actor.role == ADMINISTRATOR
    ordered = ("practitioner", "nurse", "front_desk", "billing", "manager", "auditor")
    return [*ordered, ADMINISTRATOR] if above else list(ordered)


def change_role(db: Session, actor: Actor, *, user_id: str, role: str, now: datetime) -> None:
    """Gives a member of the staff another role; whoever is signed in begins anew with it."""
    user = _changed(db, actor, user_id)
    if role not in roles_to_give(actor):
        raise NotYours if role == ADMINISTRATOR else Invalid
    if user.role not in STAFF:
        raise Invalid(_("A patient or helper keeps their role: invite them as staff instead."))
    confirming.require(actor, now=now)
    if user.role == role:
        return
    before = user.role
    if before == ADMINISTRATOR:
        _keep_one(db, user.id)
    user.role = role
    _end(db, user, "role changed", now)
    _note(db, actor, user, f"{before} to {role}", now)


def disable(db: Session, actor: Actor, *, user_id: str, now: datetime) -> None:
    """Ends somebody's sign-ins everywhere and lets none begin; never one's own."""
    user = _changed(db, actor, user_id)
    if user.disabled:
        return
    if user.role == ADMINISTRATOR:
        _keep_one(db, user.id)
    user.disabled = True
    _end(db, user, "disabled", now)
    _note(db, actor, user, "disabled", now)


def enable(db: Session, actor: Actor, *, user_id: str, now: datetime) -> None:
    """Lets somebody sign in again."""
    user = _changed(db, actor, user_id)
    if not user.disabled:
        return
    user.disabled = False
    _note(db, actor, user, "enabled", now)


def end_sign_ins(db: Session, actor: Actor, *, user_id: str, now: datetime) -> None:
    """Ends every sign-in of one account, and trusts none of its devices any more."""
    user = _changed(db, actor, user_id)
    _end(db, user, "ended by the clinic", now)
    _note(db, actor, user, "sign-ins ended", now)


def end_everybody(db: Session, actor: Actor, *, now: datetime) -> int:
    """Ends every sign-in of everybody but this one: after a break-in. Returns how many."""
    require(actor, Permission.MANAGE_PEOPLE)
    confirming.require(actor, now=now)
    others = col(SignIn.ended_at).is_(None) & (col(SignIn.id) != actor.sign_in_id)
    ended = db.connection().execute(
        update(SignIn).where(others).values(ended_at=now, end_reason="ended for everybody")
    )
    subscribed.end_everybodys(db, but=actor.sign_in_id)
    audit.record(db, actor, "U", category="user", reason="all sign-ins ended", now=now)
    live.tell(db, "people", (live.STAFF,))
    return ended.rowcount


def _changed(db: Session, actor: Actor, user_id: str) -> User:
    require(actor, Permission.MANAGE_PEOPLE)
    user = db.scalars(select(User).where(col(User.id) == user_id)).first()
    if user is None:
        raise NotFound
    if user.id == actor.user_id:
        raise Yourself
    if not may_change(actor, user.id, user.role):
        raise NotYours
    return user


def _keep_one(db: Session, user_id: str) -> None:
    """Raises `LastAdministrator` unless another one can sign in.

    The rows are locked, in one order, so that two who take each other's place wait for each other.
    """
    can = (
        select(col(User.id))
        .where(col(User.role) == ADMINISTRATOR, col(User.disabled).is_(False))
        .where(col(User.password_hash) != "")
        .order_by(col(User.id))
        .with_for_update()
    )
    if not set(db.scalars(can)) - {user_id}:
        raise LastAdministrator


def _end(db: Session, user: User, reason: str, now: datetime) -> None:
    db.add(user)
    db.flush()
    signins.end_all(db, user.id, reason=reason, now=now)
    trusted.end_all(db, user.id, now=now)
    subscribed.end_all(db, user.id)


def _note(db: Session, actor: Actor, user: User, reason: str, now: datetime) -> None:
    db.add(user)
    audit.record(
        db,
        actor,
        "U",
        category="user",
        patient_id=user.patient_id or "",
        entity=f"User/{user.id}",
        reason=reason,
        now=now,
    )
    live.tell(db, "people", (live.STAFF,))
