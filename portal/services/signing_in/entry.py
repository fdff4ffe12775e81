"""Entry: how far a sign-in gets, and the next step of one that is half open.

The password comes first; then a second factor, its first set-up, or a text to agree to; then the
portal. Each step is a sign-in of its own with a new secret, and ends the one before (SECURITY
MFA-07, SES-03). See docs/decisions/0011.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from portal import live
from portal.errors import NotSignedIn
from portal.models.people import SignIn, User
from portal.security import audit, factors, helpers, signins, trusted
from portal.security.actor import Actor
from portal.security.permissions import Permission, has
from portal.services import accounts, agreements
from portal.services.signing_in import arriving, mailing

# Reached with the password alone, or as one comes from a link: something more is due.
BARE = "password"
SECOND_STEP = "/second-step"
AGREE = "/agree"


@dataclass(frozen=True)
class Entry:
    """A sign-in just begun: its secret goes into the cookie and exists nowhere else."""

    secret: str
    is_staff: bool
    begins_at: str = "/home"
    stage: str = "full"
    is_shared: bool = False
    # For the cookie of a browser that is trusted from now on; empty where none is.
    device_secret: str = ""


@dataclass(frozen=True)
class Where:
    """From where somebody comes: browser, address, whether others use it too."""

    device: str = ""
    address: str = ""
    is_shared: bool = False
    # Digest of the secret that a trusted browser brought.
    trusted: str = ""


def begin(
    db: Session,
    user: User,
    *,
    factor: str,
    device: str,
    address: str,
    now: datetime,
    is_shared: bool = False,
    trusted_digest: str = "",
) -> Entry:
    """Begins a sign-in at the stage that is due; returns its secret and the page it begins at.

    `factor` is with what somebody came: "password" (something more is due), "passkey", …
    """
    where = Where(device, address, is_shared, trusted_digest)
    is_known = trusted.fits(db, user, trusted_digest, now=now)
    if factor == BARE and is_known and not is_shared:
        factor = "trusted"
    return _enter(db, user, where, factor=factor, now=now)


def go_on(
    db: Session, actor: Actor, *, now: datetime, factor: str = "", trust: bool = False
) -> Entry:
    """Ends a half-open sign-in and begins its next stage, or the whole one, with a new secret.

    `factor` is what was just entered; without it the sign-in keeps what it was reached with, so
    that nobody skips a step. Raises `NotSignedIn` for one that is not half open (any more).
    """
    half = half_open(db, actor)
    reached = factor or half.factor
    if half.stage != "agree" and reached == BARE:
        raise NotSignedIn
    if not signins.end(db, half.id, reason="went on", now=now):
        raise NotSignedIn
    user = db.get_one(User, half.user_id)
    where = Where(half.device, half.address, half.is_shared)
    wanted = trust and bool(factor) and not half.is_shared
    made = _trust(db, user, where, now) if wanted else ""
    return _enter(db, user, where, factor=reached, now=now, device_secret=made)


def half_open(db: Session, actor: Actor, *, stage: str = "") -> SignIn:
    """Returns the half-open sign-in that the actor acts with; raises `NotSignedIn` for any other.

    `stage` names the one that must be due: an act of one stage is no act of another.
    """
    record = db.scalars(select(SignIn).where(col(SignIn.id) == actor.sign_in_id)).first()
    is_half = record is not None and record.stage in signins.HALFWAY and not record.ended_at
    if record is None or not is_half or (stage and record.stage != stage):
        raise NotSignedIn
    return record


def stage_of(db: Session, user: User, *, factor: str, now: datetime) -> str:
    """Returns how far somebody gets who came with a factor."""
    if factor == BARE:
        if factors.held(db, user).any:
            return "factor"
        if factors.is_needed(db, user):
            return "enrol"
    return "agree" if agreements.due(db, user.id, now=now) else "full"


def first_page(actor: Actor) -> str:
    """Returns where somebody's work begins: not everybody who works here has visits today."""
    if not actor.is_staff:
        return "/home"
    looks_after = has(actor, Permission.MANAGE_PEOPLE) or has(actor, Permission.SEE_TRACE)
    return "/admin" if looks_after and not has(actor, Permission.FIND_PATIENTS) else "/staff"


def as_actor(user: User, address: str) -> Actor:
    """Returns somebody as the actor before there is a sign-in of theirs."""
    return Actor(
        user_id=user.id,
        name=user.name,
        role=user.role,
        own_patient_id=user.patient_id or "",
        patient_id=user.patient_id or "",
        source=address,
    )


def _enter(
    db: Session,
    user: User,
    where: Where,
    *,
    factor: str,
    now: datetime,
    device_secret: str = "",
) -> Entry:
    stage = stage_of(db, user, factor=factor, now=now)
    is_full = stage == "full"
    if is_full:
        arriving.tell_of_new(db, user, where.device, where.address, where.trusted, now=now)
    secret, made = signins.start(
        db,
        user,
        patient_id=_opens(db, user, now) if is_full else None,
        device=where.device,
        address=where.address,
        stage=stage,
        factor=factor,
        is_shared=where.is_shared,
        now=now,
    )
    _settle(db, made, now)
    actor = as_actor(user, where.address)
    audit.record(
        db,
        actor,
        "E",
        category="sign-in" if is_full else "sign-in begun",
        entity=f"SignIn/{made.id}",
        reason=factor,
        now=now,
    )
    return Entry(
        secret=secret,
        is_staff=actor.is_staff,
        begins_at=_door(stage, actor),
        stage=stage,
        is_shared=where.is_shared,
        device_secret=device_secret,
    )


def _settle(db: Session, made: SignIn, now: datetime) -> None:
    """Keeps no more sign-ins than may be, confirms a fresh factor, sends the code that is due."""
    is_full = made.stage == "full"
    signins.keep_newest(db, made.user_id, accounts.MOST_SIGN_INS, now=now, is_full=is_full)
    # Whoever has their sign-ins open elsewhere sees this one come.
    live.tell_users(db, "account", [made.user_id])
    if is_full and made.factor not in {BARE, "trusted"}:
        signins.confirm(db, made.id, now=now)
    if made.stage == "factor":
        mailing.send_first(db, made, now=now)


def _opens(db: Session, user: User, now: datetime) -> str | None:
    return user.patient_id or next(iter(helpers.helped_by(db, user.id, now=now)), None)


def _door(stage: str, actor: Actor) -> str:
    if stage == "full":
        return first_page(actor)
    return AGREE if stage == "agree" else SECOND_STEP


def _trust(db: Session, user: User, where: Where, now: datetime) -> str:
    return trusted.begin(db, user, device=where.device, address=where.address, now=now)
