"""Accepting an invitation to help: the link, the code, and an account, one's own or a new one.

What comes back is the same for a wrong code and a link that never was.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlmodel import Session, col

from portal.models.people import OneTimeLink, RelatedPerson, User
from portal.security import audit
from portal.security.actor import STAFF, Actor
from portal.services import accounts
from portal.services.family import invitations
from portal.services.family.moving import is_lent, move, rewrite

ACTIVATES = "invitation"
WAITING = ("applied", "identity-checked")


@dataclass(frozen=True)
class Accepted:
    """What became of a try: `done`, `wrong`, `own`, `staff`; `secret` activates a new account."""

    outcome: str
    secret: str = ""


def accept(db: Session, actor: Actor, *, secret: str, code: str, now: datetime) -> Accepted:
    """Accepts with the account that the actor is signed in to."""
    if actor.role in STAFF:
        return Accepted("staff")
    found = _found(db, actor, secret, code, now)
    if found is None:
        return Accepted("wrong")
    link, help_ = found
    if help_.patient_id == actor.own_patient_id:
        return Accepted("own")
    if not invitations.use_up(db, link, now=now):
        return Accepted("wrong")
    _begin(db, actor, help_, actor.user_id, now)
    return Accepted("done")


def accept_anew(db: Session, actor: Actor, *, secret: str, code: str, now: datetime) -> Accepted:
    """Accepts with a new account, which opens nothing before its owner has set it up (AUTHZ-10)."""
    found = _found(db, actor, secret, code, now)
    if found is None or not invitations.use_up(db, found[0], now=now):
        return Accepted("wrong")
    help_ = found[1]
    user = User(
        sign_in_name=_free_name(db, help_.email),
        name=help_.name,
        role="helper",
        # Whoever has the link reads this address.
        email=help_.email,
        email_verified_at=now,
        created_at=now,
    )
    db.add(user)
    db.flush()
    audit.record(db, actor, "C", category="user", entity=f"User/{user.id}", now=now)
    helper = Actor(user_id=user.id, name=user.name, role="helper", source=actor.source)
    _begin(db, helper, help_, user.id, now)
    return Accepted("done", accounts.make_link(db, user.id, purpose=ACTIVATES, now=now))


def is_open(db: Session, *, secret: str, now: datetime) -> bool:
    """Says whether a link can be used; nothing of whom it concerns."""
    return invitations.open_link(db, secret, now=now) is not None


def _found(
    db: Session, actor: Actor, secret: str, code: str, now: datetime
) -> tuple[OneTimeLink, RelatedPerson] | None:
    link = invitations.open_link(db, secret, now=now)
    if link is None or not invitations.fits(db, link, code):
        audit.record(
            db, actor, "E", category="help", outcome="refused", reason="invitation", now=now
        )
        return None
    waiting = select(RelatedPerson).where(
        col(RelatedPerson.id) == link.subject_id, col(RelatedPerson.status).in_(WAITING)
    )
    help_ = db.scalars(waiting).first()
    return (link, help_) if help_ else None


def _begin(db: Session, actor: Actor, help_: RelatedPerson, user_id: str, now: datetime) -> None:
    """Begins what the patient gave; what the desk wrote down only learns whose account it is."""
    if not is_lent(help_):
        rewrite(db, actor, help_, {"user_id": user_id}, reason="account-named", now=now)
        return
    changes = {"user_id": user_id, "granted_at": now}
    move(db, actor, help_, "active", reason="accepted", now=now, changes=changes)


def _free_name(db: Session, email: str) -> str:
    """Returns a sign-in name: the address, or its first part with a number if that is taken."""
    wanted = [accounts.fold_name(email), accounts.fold_name(email.partition("@")[0])]
    taken = set(
        db.connection().execute(select(col(User.sign_in_name)).where(_like(wanted[1]))).scalars()
    )
    numbered = (f"{wanted[1]}-{number}" for number in range(2, len(taken) + 3))
    return next(name for name in (*wanted[:1], *numbered) if name not in taken)


def _like(stem: str) -> ColumnElement[bool]:
    return col(User.sign_in_name).startswith(stem, autoescape=True)
