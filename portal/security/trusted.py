"""Trusted devices: a patient's own browser may skip the second factor for some days.

A secret of its own in an HttpOnly cookie; only its SHA-256 is kept. Never for staff, never at a
shared computer. It ends with the clinic's days, a new password, a changed factor, or by a tap.
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlmodel import Session, col

from portal.models.factors import TrustedDevice
from portal.models.people import User
from portal.security import policies, signins
from portal.security.actor import STAFF


def cookie_name(*, is_https: bool) -> str:
    """Returns the cookie's name; `__Host-` binds it to this host, path and TLS."""
    return "__Host-portal-device" if is_https else "portal-device"


def may_be(db: Session, user: User) -> bool:
    """Says whether this person's devices may be trusted at all."""
    return user.role not in STAFF and policies.current(db).trusted_days > 0


def begin(db: Session, user: User, *, device: str, address: str, now: datetime) -> str:
    """Trusts a browser from now on; returns the secret for its cookie, empty where none may be."""
    if not may_be(db, user):
        return ""
    secret = secrets.token_urlsafe(signins.SECRET_BYTES)
    made = TrustedDevice(
        digest=signins.digest_of(secret),
        user_id=user.id,
        device=device[:200],
        address=address[:64],
        created_at=now,
        expires_at=now + timedelta(days=policies.current(db).trusted_days),
    )
    db.add(made)
    db.flush()
    return secret


def fits(db: Session, user: User, digest: str, *, now: datetime) -> bool:
    """Says whether a browser is one that this person trusts; a shorter policy holds at once."""
    if not digest or not may_be(db, user):
        return False
    found = db.scalars(select(TrustedDevice).where(col(TrustedDevice.digest) == digest)).first()
    if found is None or found.user_id != user.id or found.ended_at is not None:
        return False
    longest = timedelta(days=policies.current(db).trusted_days)
    return found.created_at <= now < min(found.expires_at, found.created_at + longest)


def end_all(db: Session, user_id: str, *, now: datetime) -> None:
    """Trusts none of a person's browsers any more."""
    _end(db, user_id, "", now)


def end(db: Session, user_id: str, device_id: str, *, now: datetime) -> bool:
    """Trusts one browser of a person no more; says whether there was one."""
    return bool(device_id) and _end(db, user_id, device_id, now) == 1


def of(db: Session, user_id: str, *, now: datetime) -> list[TrustedDevice]:
    """Returns the browsers that a person trusts, the newest first."""
    query = (
        select(TrustedDevice)
        .where(
            col(TrustedDevice.user_id) == user_id,
            col(TrustedDevice.ended_at).is_(None),
            col(TrustedDevice.expires_at) > now,
        )
        .order_by(col(TrustedDevice.created_at).desc())
    )
    return list(db.scalars(query))


def _end(db: Session, user_id: str, device_id: str, now: datetime) -> int:
    theirs = (col(TrustedDevice.user_id) == user_id) & col(TrustedDevice.ended_at).is_(None)
    if device_id:
        theirs &= col(TrustedDevice.id) == device_id
    return (
        db.connection().execute(update(TrustedDevice).where(theirs).values(ended_at=now)).rowcount
    )
