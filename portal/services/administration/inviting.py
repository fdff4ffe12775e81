"""Inviting staff: an account in a role, and the link and code that open it, shown once.

Link and code travel apart (SECURITY AUTHN-10): with an e-mail address the link goes there and only
the code is shown; without one both are shown, to be handed over in two ways.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session, col

from portal import live, settings
from portal.errors import Conflict, Invalid, NotFound
from portal.integrations import mail
from portal.models.audit import OutboxNotice
from portal.models.people import User
from portal.security import audit, confirming
from portal.security.actor import STAFF, Actor
from portal.security.permissions import Permission, require
from portal.services import invitations, notices, users
from portal.services.administration.changing import NotYours, may_change, roles_to_give
from portal.words import _

KIND = "staff.invited"


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
    user = db.scalars(select(User).where(col(User.sign_in_name) == made.sign_in_name)).one()
    user.email = address
    live.tell(db, "people", (live.STAFF,))
    return _given_out(db, actor, user, now)


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
    audit.record(
        db, actor, "U", category="user", entity=f"User/{user.id}", reason="invited again", now=now
    )
    return _given_out(db, actor, user, now)


def _given_out(db: Session, actor: Actor, user: User, now: datetime) -> InvitedRow:
    """Makes the link and the code, and puts the link into the mail where there is an address.

    A link that came by mail proves the address when it is used.
    """
    issued = invitations.issue(db, actor, user, sent_to=user.email, now=now)
    link = f"{settings.current().public_url}/activate/{issued.secret}"
    if user.email:
        _withdraw(db, user.id)
        notices.mail(
            db,
            KIND,
            address=user.email,
            key=issued.link_id,
            given={"link": link, "until": notices.moment(issued.expires_at)},
            user_id=user.id,
            now=now,
        )
    return InvitedRow(
        name=user.name,
        sign_in_name=user.sign_in_name,
        link="" if user.email else link,
        code=invitations.code_said(issued.code),
        mailed_to=user.email,
    )


def _withdraw(db: Session, user_id: str) -> None:
    """Takes back the mails with an older link that have not left."""
    theirs = (col(OutboxNotice.user_id) == user_id) & (col(OutboxNotice.kind) == KIND)
    unsent = theirs & col(OutboxNotice.state).in_(("pending", "dead"))
    db.execute(update(OutboxNotice).where(unsent).values(state="withdrawn", given=b""))


def _sound(email: str) -> str:
    email = email.strip()
    if email and mail.address_problem(email):
        raise NoEmail
    return email
