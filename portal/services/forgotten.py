"""Forgotten: a new password or the sign-in name, by a mail to the address that was proved before.

Whoever asks learns nothing: not whether a name or an address is known, not from the words, not
from the time. The old password works until a new one was chosen (SECURITY AUTHN-08, AUTHN-12).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlmodel import Session, col

from portal import settings
from portal.errors import TooMany
from portal.models.base import new_id
from portal.models.people import OneTimeLink, User
from portal.security import audit, signins, throttle
from portal.security.actor import Actor
from portal.services import accounts, new_password, notices

PURPOSE = "reset"
LIFE = timedelta(hours=1)
# Mails for one name, and questions from one network: a nuisance at most, never a lock.
MOST_FOR_NAME = 3
MOST_FROM_NETWORK = 30
MOST_IN_ALL = 600
# How many people may share an address and still get their mails.
MOST_SHARING = 8
_NAME_MOST = 254


@dataclass(frozen=True)
class ResetRow:
    """Whose password a reset link changes; empty where it changes nobody's."""

    token: str = ""
    sign_in_name: str = ""


def ask(db: Session, actor: Actor, *, said: str, what: str, now: datetime) -> None:
    """Mails a link for a new password, or the sign-in names (`what` is "name").

    `said` is an e-mail address or a sign-in name. Nothing comes back, and as many statements run
    for nobody as for somebody.
    """
    _within_limits(db, actor, now)
    folded = accounts.fold_name(said[:_NAME_MOST])
    may_send = throttle.spend(
        db, "forgot", folded, most=MOST_FOR_NAME, window=timedelta(hours=1), now=now
    )
    owners = _owners(db, folded) if folded else []
    if not (may_send and owners):
        _as_much_work(db, folded, now)
    elif what == "name":
        _send_names(db, owners, now)
    else:
        for owner in owners:
            _send_link(db, owner, now)
    notices.unhurried(db)
    audit.record(db, actor, "E", category="forgotten", reason=what, now=now)


def owner(db: Session, *, token: str, now: datetime) -> ResetRow:
    """Returns whose password a link changes: who holds it may know. Raises `LinkUsedUp`."""
    return ResetRow(token, _live(db, token, now)[1].sign_in_name)


def reset(db: Session, *, token: str, hashed: str, address: str, now: datetime) -> None:
    """Sets the new password, once; of many at the same time one wins (SECURITY R-35)."""
    link, user = _live(db, token, now)
    mine = (col(OneTimeLink.id) == link.id) & _is_open()
    taken = db.connection().execute(update(OneTimeLink).where(mine).values(used_at=now))
    if taken.rowcount != 1:
        raise accounts.LinkUsedUp
    actor = Actor(
        user_id=user.id,
        name=user.name,
        role=user.role,
        own_patient_id=user.patient_id or "",
        patient_id=user.patient_id or "",
        source=address,
    )
    new_password.put(db, actor, user, hashed=hashed, way="reset by mail", now=now)


def _within_limits(db: Session, actor: Actor, now: datetime) -> None:
    hour = timedelta(hours=1)
    for kind, value, most in (
        ("forgot-from", actor.source, MOST_FROM_NETWORK),
        ("forgot-all", "", MOST_IN_ALL),
    ):
        if not throttle.spend(db, kind, value, most=most, window=hour, now=now):
            raise TooMany


def _owners(db: Session, folded: str) -> Sequence[User]:
    """Returns who has this sign-in name or this address, proved, and could sign in."""
    query = (
        select(User)
        .where(
            or_(col(User.sign_in_name) == folded, func.lower(col(User.email)) == folded),
            col(User.email_verified_at).is_not(None),
            col(User.email) != "",
            col(User.password_hash) != "",
            col(User.disabled).is_(False),
        )
        .order_by(col(User.created_at), col(User.id))
        .limit(MOST_SHARING)
    )
    demo = settings.current().demo
    return [user for user in db.scalars(query) if demo or not user.is_demo]


def _send_link(db: Session, user: User, now: datetime) -> None:
    secret = accounts.make_link(
        db, user.id, purpose=PURPOSE, life=LIFE, sent_to=user.email, now=now
    )
    address = f"{settings.current().public_url}/reset/{secret}"
    notices.mail(
        db,
        "password.reset",
        address=user.email,
        key=new_id(),
        given={"name": user.sign_in_name, "link": address},
        user_id=user.id,
        useful_for=LIFE,
        now=now,
    )


def _send_names(db: Session, owners: Sequence[User], now: datetime) -> None:
    for address in {user.email for user in owners}:
        theirs = [user for user in owners if user.email == address]
        names = sorted(user.sign_in_name for user in theirs)
        # Several may share an address: they are written to as the first of them is.
        language = theirs[0].language
        notices.mail(
            db,
            "sign-in-name",
            address=address,
            key=new_id(),
            given={"names": ", ".join(names), notices.LANGUAGE: language},
            now=now,
        )


def _as_much_work(db: Session, folded: str, now: datetime) -> None:
    """Does for nobody what is done for somebody: an update, and two rows that are written."""
    nobodys = (col(OneTimeLink.user_id) == "") & _is_open()
    db.connection().execute(update(OneTimeLink).where(nobodys).values(used_at=now))
    signins.digest_of(new_id())
    for kind in ("forgot-1", "forgot-2"):
        throttle.spend(db, kind, folded, most=1_000_000, window=timedelta(hours=1), now=now)


def _is_open() -> Any:
    return col(OneTimeLink.used_at).is_(None) & col(OneTimeLink.revoked_at).is_(None)


def _live(db: Session, token: str, now: datetime) -> tuple[OneTimeLink, User]:
    query = select(OneTimeLink).where(
        col(OneTimeLink.digest) == signins.digest_of(token),
        col(OneTimeLink.purpose) == PURPOSE,
        col(OneTimeLink.expires_at) > now,
        _is_open(),
    )
    link = db.scalars(query).first()
    user = db.get(User, link.user_id) if link else None
    if link is None or user is None or user.disabled:
        raise accounts.LinkUsedUp
    return link, user
