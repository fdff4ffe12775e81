"""Inviting staff: an account in a role, and the link and code that open it, shown once.

Link and code travel apart (SECURITY AUTHN-10): with an e-mail address the link goes there and only
the code is shown; without one both are shown, to be handed over in two ways.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col

from portal import live, settings
from portal.errors import Conflict, Invalid, NotFound
from portal.integrations import mail
from portal.models.people import User
from portal.security import confirming, signins
from portal.security.actor import STAFF, Actor
from portal.security.permissions import Permission, require
from portal.services import notices, users
from portal.services.administration.changing import NotYours, may_change, roles_to_give
from portal.words import _


class NoEmail(Invalid):
    """What stands there is not one e-mail address."""

    sentence = _("That is not an e-mail address. Check it, or leave the field empty.")


class WasHere(Conflict):
    """With link and code in one hand somebody else would choose the password (AUTHN-14)."""

    sentence = _("This person has a password already. If it is lost, begin a way back for them.")


@dataclass(frozen=True)
class InvitedRow:
    """What an invitation gives out, shown once. `link` is empty where it went by e-mail."""

    name: str = ""
    sign_in_name: str = ""
    link: str = ""
    code: str = ""
    mailed_to: str = ""


def invite(
    db: Session,
    actor: Actor,
    *,
    name: str,
    sign_in_name: str,
    role: str,
    email: str = "",
    now: datetime,
) -> InvitedRow:
    """Makes an account for somebody who works here; they choose the password with the link."""
    require(actor, Permission.MANAGE_PEOPLE)
    if role not in roles_to_give(actor):
        raise NotYours if role == "administrator" else Invalid
    confirming.require(actor, now=now)
    address = _sound(email)
    made = users.create(db, actor, role=role, name=name, sign_in_name=sign_in_name, now=now)
    if address:
        theirs = col(User.sign_in_name) == made.sign_in_name
        db.execute(update(User).where(theirs).values(email=address))
    live.tell(db, "people", (live.STAFF,))
    return _given_out(db, made, address, now)


def invite_again(db: Session, actor: Actor, *, user_id: str, now: datetime) -> InvitedRow:
    """Gives a new link to somebody who works here and never came in; the one before ends."""
    require(actor, Permission.MANAGE_PEOPLE)
    user = db.get(User, user_id)
    if user is None or user.patient_id or user.role not in STAFF:
        raise NotFound
    if not may_change(actor, user.id, user.role):
        raise NotYours
    if user.password_hash:
        raise WasHere
    confirming.require(actor, now=now)
    made = users.new_link(db, actor, sign_in_name=user.sign_in_name, now=now)
    return _given_out(db, made, user.email, now)


def _given_out(db: Session, made: users.Invitation, address: str, now: datetime) -> InvitedRow:
    link = f"{settings.current().public_url}/activate/{made.secret}"
    if address:
        key = signins.digest_of(made.secret)
        notices.mail(db, "staff.invited", address=address, key=key, given={"link": link}, now=now)
    return InvitedRow(
        name=made.name,
        sign_in_name=made.sign_in_name,
        link="" if address else link,
        # Where an invitation has a code, it is told apart from the link.
        code=getattr(made, "code", ""),
        mailed_to=address,
    )


def _sound(email: str) -> str:
    email = email.strip()
    if email and mail.address_problem(email):
        raise NoEmail
    return email
