"""Adding a second factor: an authenticator app, which one code confirms, or a passkey."""

from datetime import datetime
from typing import Any

import segno
from sqlalchemy import select
from sqlmodel import Session, col

from portal import settings
from portal.errors import Invalid
from portal.models.factors import Factor
from portal.models.people import Organization, SignIn, User
from portal.security import factors, passkeys, signins, throttle, totp
from portal.security.actor import Actor
from portal.services.factors.changing import may_change, tell
from portal.services.factors.rows import AppRow
from portal.words import _

MOST_FACTORS = 10


class WrongCode(Invalid):
    """The app shows another code."""

    sentence = _("That is not the code that your app shows now. Wait for the next one, type it in.")


class NotAdded(Invalid):
    """The browser's answer could not be taken."""

    sentence = _("That passkey could not be added. Try again, or choose an authenticator app.")


class Enough(Invalid):
    """More than anybody needs."""

    sentence = _("You have ten already. Remove one that you do not use any more.")


def enrol_app(db: Session, actor: Actor, *, name: str = "", now: datetime) -> AppRow:
    """Draws a seed for an authenticator app; it counts once a code of it was entered."""
    may_change(db, actor, now=now)
    _room(db, actor)
    seed = totp.make_secret()
    made = factors.new_app(db, actor.user_id, seed, name=name, now=now)
    user = db.get_one(User, actor.user_id)
    address = totp.address(seed, account=user.sign_in_name, issuer=clinic_name(db))
    words = totp.words_of(seed)
    path, size = drawn(address)
    grouped = " ".join(words[start : start + 4] for start in range(0, len(words), 4))
    return AppRow(factor_id=made.id, words=grouped, path=path, size=size)


def confirm_app(db: Session, actor: Actor, *, factor_id: str, code: str, now: datetime) -> bool:
    """Takes a new app's first code: from now on it counts. False where the code was wrong.

    Tries are counted like those of signing in; the caller lets the transaction end well.
    """
    half = may_change(db, actor, now=now)
    throttle.begin_factor(db, actor.user_id, now=now)
    if not factors.take_app_code(db, actor.user_id, code, now=now, unconfirmed=factor_id):
        return False
    throttle.forgive_factor(db, actor.user_id)
    found = db.scalars(select(Factor).where(col(Factor.id) == factor_id)).one()
    found.confirmed_at = now
    db.add(found)
    db.flush()
    tell(db, actor, what="totp-added", entity=found.id, now=now)
    _enrolled(db, half, "totp", now)
    return True


def passkey_options(db: Session, actor: Actor, *, now: datetime) -> dict[str, Any]:
    """Returns what the browser needs to make a passkey for the actor."""
    may_change(db, actor, now=now)
    _room(db, actor)
    user = db.get_one(User, actor.user_id)
    raw = factors.challenge(db, "register", user_id=user.id, now=now)
    return passkeys.options_to_register(
        settings.current().public_url,
        raw,
        clinic=clinic_name(db),
        user_id=user.id,
        name=user.sign_in_name,
        known=factors.known_passkeys(db, user.id),
    )


def add_passkey(
    db: Session, actor: Actor, *, answer: dict[str, Any], name: str = "", now: datetime
) -> None:
    """Keeps a passkey that the browser has made; raises `NotAdded` where its answer is not good."""
    half = may_change(db, actor, now=now)
    made = factors.add_passkey(db, actor.user_id, answer, name=name, now=now)
    if made is None:
        raise NotAdded
    tell(db, actor, what="passkey-added", entity=made.id, now=now)
    _enrolled(db, half, "passkey", now)


def drawn(address: str) -> tuple[str, int]:
    """Returns a QR code as one SVG path, and how many squares wide it is, margin and all."""
    margin = 4
    matrix = segno.make(address, error="m", micro=False).matrix
    runs = [
        f"M{x + margin} {y + margin}h1v1h-1z"
        for y, line in enumerate(matrix)
        for x, is_dark in enumerate(line)
        if is_dark
    ]
    return "".join(runs), len(matrix) + 2 * margin


def clinic_name(db: Session) -> str:
    """Returns the clinic's name, as apps and browsers show it beside a factor."""
    query = select(col(Organization.name)).where(col(Organization.is_clinic).is_(True))
    return db.connection().execute(query).scalar() or _("Patient portal")


def _enrolled(db: Session, half: SignIn | None, factor: str, now: datetime) -> None:
    """Notes in a half-open sign-in that its factor was set up in it; others at that stage end."""
    if half is not None:
        signins.enrolled(db, half, factor, now=now)


def _room(db: Session, actor: Actor) -> None:
    if len(factors.of(db, actor.user_id)) >= MOST_FACTORS:
        raise Enough
