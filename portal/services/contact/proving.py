"""Proving: a new address counts once a short code sent there has come back.

Until then the old one stays. What is to be proven waits as a one-time link that nobody holds
(`OneTimeLink.sent_to` is the address); its codes are `security/short_codes.py`'s.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from portal import live, settings
from portal.errors import Invalid, NotFound
from portal.models.people import OneTimeLink, User
from portal.security import audit, confirming, short_codes, signins
from portal.security.actor import Actor
from portal.services import notices
from portal.services.contact.addresses import sound_email, sound_phone
from portal.services.contact.teens import refuse_shared
from portal.services.new_password import SETTING
from portal.words import _

PURPOSE = "address"
EMAIL, PHONE = "new-email", "new-phone"
# An address that was asked for and never proven is forgotten after a day.
WAITS = timedelta(days=1)


class WrongCode(Invalid):
    """The code is not the one that was sent, or not any more."""

    sentence = _(
        "That is not the code that we sent, or it is too old. Look again, or send a new one."
    )


def change_email(db: Session, actor: Actor, *, email: str, now: datetime) -> None:
    """Sends a code to a new e-mail address; the old one stays until the code comes back."""
    confirming.require(actor, now=now)
    address = sound_email(email)
    user = _account(db, actor)
    refuse_shared(db, patient_id=user.patient_id, email=address, now=now)
    _begin(db, actor, EMAIL, address, now)


def change_phone(db: Session, actor: Actor, *, phone: str, now: datetime) -> None:
    """Notes a new phone number; where the clinic can send text messages, it is to be proven."""
    confirming.require(actor, now=now)
    number = sound_phone(db, phone)
    user = _account(db, actor)
    refuse_shared(db, patient_id=user.patient_id, phone=number, now=now)
    if settings.current().sms_url:
        _begin(db, actor, PHONE, number, now)
        return
    user.phone, user.phone_verified_at, user.phone_refused_at = number, None, None
    db.add(user)
    _changed(db, actor, user, now, reason="phone, not proven")


def remove_phone(db: Session, actor: Actor, *, now: datetime) -> None:
    """Forgets the phone number of the account."""
    confirming.require(actor, now=now)
    user = _account(db, actor)
    user.phone, user.phone_verified_at, user.phone_refused_at = "", None, None
    db.add(user)
    _changed(db, actor, user, now, reason="phone removed")


def send_again(db: Session, actor: Actor, *, kind: str, now: datetime) -> None:
    """Sends another code to the address that waits; the one before ends."""
    waiting = _waiting(db, actor, kind, now)
    _send(db, actor, waiting, now)


def drop(db: Session, actor: Actor, *, kind: str, now: datetime) -> None:
    """Forgets the address that waits to be proven."""
    waiting = _waiting(db, actor, kind, now)
    _end_waiting(db, actor, kind, now)
    short_codes.end(db, subject_id=waiting.id, purpose=PURPOSE, now=now)
    audit.record(db, actor, "D", category="account", entity=kind, now=now)
    live.tell_users(db, "account", [actor.user_id])


def prove(db: Session, actor: Actor, *, kind: str, code: str, now: datetime) -> bool:
    """Says whether the code was right; if so, the new address counts and the old one is told.

    A wrong one is no refusal here: the try that it was must stand.
    """
    waiting = _waiting(db, actor, kind, now)
    if not short_codes.take(db, subject_id=waiting.id, purpose=PURPOSE, code=code[:20], now=now):
        audit.record(
            db,
            actor,
            "E",
            category="account",
            entity=kind,
            outcome="refused",
            reason="code",
            now=now,
        )
        return False
    user = _account(db, actor)
    given = {"phone" if kind == PHONE else "email": waiting.sent_to}
    refuse_shared(db, patient_id=user.patient_id, now=now, **given)
    _end_waiting(db, actor, kind, now)
    if kind == PHONE:
        user.phone, user.phone_verified_at = waiting.sent_to, now
        user.phone_refused_at = None
    else:
        _tell_old(db, user, waiting, now)
        _end_mailed(db, user, now)
        user.email, user.email_verified_at = waiting.sent_to, now
        user.email_bounced_at = None
    db.add(user)
    _changed(db, actor, user, now, reason=kind)
    return True


def waiting_for(db: Session, actor: Actor, kind: str, *, now: datetime) -> OneTimeLink | None:
    """Returns the address that the actor has still to prove."""
    query = select(OneTimeLink).where(*_theirs(actor, kind), col(OneTimeLink.expires_at) > now)
    return db.scalars(query.order_by(col(OneTimeLink.created_at).desc())).first()


def _waiting(db: Session, actor: Actor, kind: str, now: datetime) -> OneTimeLink:
    found = waiting_for(db, actor, kind, now=now) if kind in {EMAIL, PHONE} else None
    if found is None:
        raise NotFound(_("There is no address that waits for a code. Enter the new one again."))
    return found


def _begin(db: Session, actor: Actor, kind: str, address: str, now: datetime) -> None:
    _end_waiting(db, actor, kind, now)
    link = OneTimeLink(
        # Of a secret that is thrown away: only the code opens this.
        digest=signins.digest_of(secrets.token_urlsafe(signins.SECRET_BYTES)),
        purpose=kind,
        user_id=actor.user_id,
        created_at=now,
        expires_at=now + WAITS,
        sent_to=address,
        created_by=actor.user_id,
    )
    db.add(link)
    db.flush()
    _send(db, actor, link, now)


def _send(db: Session, actor: Actor, link: OneTimeLink, now: datetime) -> None:
    code = short_codes.make(db, subject_id=link.id, purpose=PURPOSE, user_id=actor.user_id, now=now)
    notices.mail(
        db,
        "address.code",
        address=link.sent_to,
        channel="sms" if link.purpose == PHONE else "email",
        key=f"{link.id}:{now.isoformat()}",
        given={"code": code, notices.LANGUAGE: _language(db, actor)},
        useful_for=short_codes.LIFE,
        now=now,
    )
    audit.record(
        db, actor, "E", category="account", entity=link.purpose, reason="code sent", now=now
    )
    live.tell_users(db, "account", [actor.user_id])


def _language(db: Session, actor: Actor) -> str:
    """Returns in which language the actor is written to, at an address that is no account's yet."""
    query = select(col(User.language)).where(col(User.id) == actor.user_id)
    return db.connection().execute(query).scalar_one_or_none() or ""


def _tell_old(db: Session, user: User, waiting: OneTimeLink, now: datetime) -> None:
    """Tells the old address, if it was proven to be theirs: a stranger is told nothing."""
    if not user.email or user.email_verified_at is None or user.email == waiting.sent_to:
        return
    notices.mail(
        db,
        "address.changed",
        address=user.email,
        key=waiting.id,
        given={"at": notices.moment(now)},
        user_id=user.id,
        now=now,
    )


def _end_mailed(db: Session, user: User, now: datetime) -> None:
    """Ends the links in the old mailbox: from there nobody sets a password any more."""
    mailed = (
        (col(OneTimeLink.user_id) == user.id)
        & (col(OneTimeLink.sent_to) == user.email)
        & (col(OneTimeLink.sent_to) != "")
        & col(OneTimeLink.purpose).in_(SETTING)
        & col(OneTimeLink.used_at).is_(None)
        & col(OneTimeLink.revoked_at).is_(None)
    )
    db.connection().execute(update(OneTimeLink).where(mailed).values(revoked_at=now))


def _account(db: Session, actor: Actor) -> User:
    user = db.get(User, actor.user_id)
    if user is None:
        raise NotFound
    return user


def _end_waiting(db: Session, actor: Actor, kind: str, now: datetime) -> None:
    db.connection().execute(update(OneTimeLink).where(*_theirs(actor, kind)).values(used_at=now))


def _theirs(actor: Actor, kind: str) -> tuple[Any, ...]:
    return (
        col(OneTimeLink.user_id) == actor.user_id,
        col(OneTimeLink.purpose) == kind,
        col(OneTimeLink.used_at).is_(None),
        col(OneTimeLink.revoked_at).is_(None),
    )


def _changed(db: Session, actor: Actor, user: User, now: datetime, *, reason: str) -> None:
    entity = f"User/{user.id}"
    audit.record(db, actor, "U", category="account", entity=entity, reason=reason, now=now)
    live.tell_users(db, "account", [user.id])
