"""A passkey alone: it is something one has, unlocked by something one is or knows: both factors."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from portal import settings
from portal.errors import TooMany
from portal.security import audit, factors, passkeys, throttle
from portal.security.actor import Actor
from portal.services import accounts
from portal.services.signing_in.entry import Entry, Where, begin

# From one address; a whole clinic may sit behind one.
MOST_QUESTIONS = 100
WINDOW = timedelta(minutes=15)


def alone_options(db: Session, *, address: str, now: datetime) -> dict[str, Any]:
    """Returns what the browser needs to use any passkey of this portal; it names nobody's."""
    if not throttle.spend(db, "passkey", address, most=MOST_QUESTIONS, window=WINDOW, now=now):
        raise TooMany
    raw = factors.challenge(db, "sign-in", user_id=None, now=now)
    return passkeys.options_to_sign_in(settings.current().public_url, raw, [])


def with_passkey_alone(
    db: Session, where: Where, *, answer: dict[str, Any], now: datetime
) -> Entry | None:
    """Begins the sign-in of whoever's passkey answered; None for anything else, never said why."""
    owner = factors.take_passkey(db, answer, "sign-in", user_id=None, now=now)
    if owner is None or not accounts.may_enter(owner):
        nobody = Actor(user_id="", name="", role="nobody", source=where.address)
        audit.record(
            db, nobody, "E", category="sign-in", outcome="refused", reason="passkey", now=now
        )
        return None
    factors.note_success(db, owner.id)
    return begin(
        db,
        owner,
        factor="passkey",
        device=where.device,
        address=where.address,
        is_shared=where.is_shared,
        now=now,
    )
