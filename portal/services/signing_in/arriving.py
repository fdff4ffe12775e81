"""Arriving: what an account's owner is told of who signed in (SECURITY AUTHN-15)."""

import ipaddress
import re
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from portal.models.people import SignIn, User
from portal.security import audit, trusted
from portal.security.actor import Actor
from portal.services import browsers, notices

# So many wrong ones before the right one are worth a word.
MANY_FAILURES = 5
# Of so many sign-ins before it is asked whether this browser was among them.
LOOKED_BACK = 200


def tell_of_new(
    db: Session, user: User, device: str, address: str, trusted_digest: str, *, now: datetime
) -> None:
    """Tells of a browser or a network that this account has not signed in with before.

    The very first sign-in is no news, nor is a browser that its owner trusts.
    """
    query = (
        select(col(SignIn.device), col(SignIn.address))
        .where(col(SignIn.user_id) == user.id, col(SignIn.stage) == "full")
        .order_by(col(SignIn.created_at).desc())
        .limit(LOOKED_BACK)
    )
    seen = {(browser(row.device), network(row.address)) for row in db.connection().execute(query)}
    is_known = (browser(device), network(address)) in seen
    if not seen or is_known or trusted.fits(db, user, trusted_digest, now=now):
        return
    actor = Actor(user_id=user.id, name=user.name, role=user.role, source=address)
    audit.record(db, actor, "E", category="new device", now=now)
    told = {"at": notices.moment(now), "device": browsers.kept(device)}
    key = f"{user.id}:{network(address)}:{now.isoformat()}"
    notices.to_user(db, "sign-in.new-device", user.id, key=key, given=told, now=now)


def tell_of_failures(db: Session, user: User, before: int, *, now: datetime) -> None:
    """Tells of many wrong tries before the right one."""
    if max(before, user.factor_failures) < MANY_FAILURES:
        return
    notices.to_user(
        db,
        "sign-in.failures",
        user.id,
        key=f"{user.id}:{now.isoformat()}",
        given={"at": notices.moment(now)},
        now=now,
    )


def browser(device: str) -> str:
    """Returns what stays of a browser's name through its updates: everything but numbers."""
    return re.sub(r"\d[\d.]*", "", device)


def network(address: str) -> str:
    """Returns the neighbourhood of an address: a home's own changes from day to day."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    size = 24 if found.version == 4 else 48  # noqa: PLR2004 - the version's own number
    return str(ipaddress.ip_network(f"{found}/{size}", strict=False))
