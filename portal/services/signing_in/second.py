"""The second step: what its page shows, and each way through it.

A try is counted before it is looked at, and kept also when it was wrong: so each of these acts
answers with None for a wrong one, and never raises it (a refusal would undo the count).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from portal import settings
from portal.errors import Refusal, TooMany
from portal.models.people import SignIn, User
from portal.security import (
    audit,
    factors,
    passkeys,
    policies,
    short_codes,
    signins,
    throttle,
    totp,
    trusted,
)
from portal.security.actor import Actor
from portal.services import notices
from portal.services.signing_in import mailing
from portal.services.signing_in.entry import Entry, go_on, half_open
from portal.words import _, clock

# In one sign-in; afterwards it has to begin anew with the password (MFA-05).
MOST_TRIES = 5


class OnlyAWayBack(Refusal):
    """Too many wrong codes in a row: a machine is guessing, or somebody has lost theirs."""

    sentence = _(
        "Too many wrong codes were entered for this account. Call us: we check who you are "
        "and help you back in."
    )
    status = 403


@dataclass(frozen=True)
class StepRow:
    """What the page of the second step shows; nothing of anybody's record."""

    stage: str = ""
    has_app: bool = False
    has_passkey: bool = False
    has_email: bool = False
    has_recovery: bool = False
    # Where and when a code was sent, to be recognised by its owner alone.
    sent_to: str = ""
    sent_at: str = ""
    may_trust: bool = False
    trusted_days: int = 0
    # In a demo: the code that the app or the mail would show, or the seconds until the next one.
    demo_code: str = ""
    demo_wait: int = 0
    # While setting the first factor up: it is there already.
    is_enrolled: bool = False
    has_codes: bool = False


def view(db: Session, actor: Actor, *, now: datetime) -> StepRow:
    """Returns what is due of the sign-in that the actor is in the middle of."""
    half = half_open(db, actor)
    user = db.get_one(User, half.user_id)
    held = factors.held(db, user)
    audit.record(db, actor, "R", category="second step", now=now)
    sent = short_codes.newest_at(db, subject_id=half.id, purpose=mailing.PURPOSE, now=now)
    code, wait = shown_in_demo(db, user, half.id, now=now)
    return StepRow(
        stage=half.stage,
        has_app=held.app,
        has_passkey=held.passkey,
        has_email=held.email,
        has_recovery=held.recovery,
        sent_to=mailing.masked(user.email) if sent else "",
        sent_at=clock(sent) if sent else "",
        may_trust=trusted.may_be(db, user) and not half.is_shared,
        trusted_days=policies.current(db).trusted_days,
        demo_code=code,
        demo_wait=wait,
        is_enrolled=half.stage == "enrol" and half.factor != "password",
        has_codes=factors.recovery_left(db, user.id) > 0,
    )


def shown_in_demo(db: Session, user: User, sign_in_id: str, *, now: datetime) -> tuple[str, int]:
    """Returns the code of somebody invented, or how long to wait for it; in demo mode alone."""
    if not settings.current().demo or not user.is_demo:
        return "", 0
    apps = factors.of(db, user.id, "totp")
    if apps:
        step = totp.step_at(now)
        if apps[0].last_step >= step:
            return "", totp.seconds_left(now)
        return totp.code_at(factors.seed_of(db, apps[0]), step), 0
    return short_codes.shown_in_demo(db, subject_id=sign_in_id, purpose=mailing.PURPOSE, now=now), 0


def send_code(db: Session, actor: Actor, *, now: datetime) -> None:
    """Sends a new code by e-mail; raises `TooMany` where one has just been sent."""
    half = half_open(db, actor, stage="factor")
    user = db.get_one(User, half.user_id)
    if factors.held(db, user).email:
        mailing.send(db, user, half.id, now=now)


def with_code(db: Session, actor: Actor, *, code: str, trust: bool, now: datetime) -> Entry | None:
    """Goes on with six digits of an app or a mail; None where they were wrong."""
    half = half_open(db, actor, stage="factor")
    user = _count(db, half, now)
    factor = fitting(db, user, half.id, code, now=now)
    if not factor:
        return _wrong(db, actor, now)
    return _right(db, actor, factor, trust=trust, now=now)


def fitting(db: Session, user: User, sign_in_id: str, code: str, *, now: datetime) -> str:
    """Returns of which factor six digits are, and uses them up; empty where they are wrong."""
    held = factors.held(db, user)
    if held.app and factors.take_app_code(db, user.id, code, now=now):
        return "totp"
    if held.email and mailing.take(db, sign_in_id, code, now=now):
        return "email"
    return ""


def count_recovery(db: Session, actor: Actor, *, number: int, now: datetime) -> str:
    """Counts a try with a recovery code; returns the hash to check outside of any transaction."""
    half = half_open(db, actor, stage="factor")
    user = _count(db, half, now)
    return factors.recovery_hash(db, user.id, number)


def with_recovery(
    db: Session,
    actor: Actor,
    *,
    number: int,
    hashed: str,
    fits: bool,
    trust: bool,
    now: datetime,
) -> Entry | None:
    """Goes on with a recovery code after its hash was checked; None where it was wrong."""
    half_open(db, actor, stage="factor")
    if not fits or not factors.take_recovery(db, actor.user_id, number, hashed, now=now):
        return _wrong(db, actor, now)
    tell_of_recovery(db, actor, now=now)
    return _right(db, actor, "recovery", trust=trust, now=now)


def tell_of_recovery(db: Session, actor: Actor, *, now: datetime) -> None:
    """Tells somebody that one of their recovery codes was used, and how many are left."""
    left = factors.recovery_left(db, actor.user_id)
    audit.record(db, actor, "U", category="recovery code", now=now)
    notices.to_user(
        db,
        "recovery-code.used",
        actor.user_id,
        key=f"{actor.user_id}:{now.isoformat()}",
        given={"at": notices.moment(now), "left": str(left)},
        now=now,
    )


def passkey_options(db: Session, actor: Actor, *, now: datetime) -> dict[str, Any]:
    """Returns what the browser needs to use one of this person's passkeys."""
    half = half_open(db, actor, stage="factor")
    raw = factors.challenge(db, "second", user_id=half.user_id, now=now)
    known = factors.known_passkeys(db, half.user_id)
    return passkeys.options_to_sign_in(settings.current().public_url, raw, known)


def with_passkey(
    db: Session, actor: Actor, *, answer: dict[str, Any], trust: bool, now: datetime
) -> Entry | None:
    """Goes on with a passkey; None where its answer does not hold. It cannot be guessed."""
    half = half_open(db, actor, stage="factor")
    owner = factors.take_passkey(db, answer, "second", user_id=half.user_id, now=now)
    if owner is None:
        return _refused(db, actor, now)
    factors.note_success(db, owner.id)
    return go_on(db, actor, factor="passkey", trust=trust, now=now)


def count_for(db: Session, user_id: str, *, now: datetime) -> User:
    """Counts a try before it is looked at, for the account; returns whose it is.

    Raises `TooMany` while it must wait, and `OnlyAWayBack` after too many wrong ones in a row.
    """
    user = db.get_one(User, user_id)
    if user.factor_failures >= factors.MOST_IN_A_ROW:
        raise OnlyAWayBack
    throttle.begin_factor(db, user.id, now=now)
    return user


def _count(db: Session, half: SignIn, now: datetime) -> User:
    if not signins.count_try(db, half.id, MOST_TRIES):
        raise TooMany
    return count_for(db, half.user_id, now=now)


def _wrong(db: Session, actor: Actor, now: datetime) -> None:
    factors.note_failure(db, actor.user_id)
    _refused(db, actor, now)


def _refused(db: Session, actor: Actor, now: datetime) -> None:
    audit.record(
        db, actor, "E", category="second step", outcome="refused", reason="factor", now=now
    )


def _right(db: Session, actor: Actor, factor: str, *, trust: bool, now: datetime) -> Entry:
    throttle.forgive_factor(db, actor.user_id)
    factors.note_success(db, actor.user_id)
    return go_on(db, actor, factor=factor, trust=trust, now=now)
