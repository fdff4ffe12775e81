"""Confirming: before what is sensitive, somebody who is in enters a factor once more (MFA-11).

With the same factors as at the door; where somebody has none, with the password. It holds for ten
minutes in this sign-in alone. A wrong try is counted as one at the door is.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from portal import settings
from portal.models.people import User
from portal.security import audit, factors, passkeys, short_codes, signins, throttle
from portal.security.actor import Actor
from portal.services import accounts
from portal.services.signing_in import mailing, second
from portal.words import clock


@dataclass(frozen=True)
class ConfirmRow:
    """What the page of confirming shows."""

    has_app: bool = False
    has_passkey: bool = False
    has_email: bool = False
    has_recovery: bool = False
    needs_password: bool = False
    sent_to: str = ""
    sent_at: str = ""
    demo_code: str = ""
    demo_wait: int = 0


def confirm_view(db: Session, actor: Actor, *, now: datetime) -> ConfirmRow:
    """Returns with what the actor may confirm that it is still they."""
    user = db.get_one(User, actor.user_id)
    held = factors.held(db, user)
    audit.record(db, actor, "R", category="confirming", now=now)
    sent = short_codes.newest_at(db, subject_id=actor.sign_in_id, purpose=mailing.PURPOSE, now=now)
    code, wait = second.shown_in_demo(db, user, actor.sign_in_id, now=now)
    return ConfirmRow(
        has_app=held.app,
        has_passkey=held.passkey,
        has_email=held.email,
        has_recovery=held.recovery,
        needs_password=not held.any,
        sent_to=mailing.masked(user.email) if sent else "",
        sent_at=clock(sent) if sent else "",
        demo_code=code,
        demo_wait=wait,
    )


def confirm_send(db: Session, actor: Actor, *, now: datetime) -> None:
    """Sends a code by e-mail, where that is the actor's way; raises `TooMany` just after one."""
    user = db.get_one(User, actor.user_id)
    if factors.held(db, user).email:
        audit.record(db, actor, "E", category="confirming", reason="code sent", now=now)
        mailing.send(db, user, actor.sign_in_id, now=now)


def confirm_with_code(db: Session, actor: Actor, *, code: str, now: datetime) -> bool:
    """Confirms with six digits of an app or a mail; False where they were wrong."""
    user = second.count_for(db, actor.user_id, now=now)
    if not second.fitting(db, user, actor.sign_in_id, code, now=now):
        return _wrong(db, actor, now)
    return _confirmed(db, actor, now)


def confirm_count_recovery(db: Session, actor: Actor, *, number: int, now: datetime) -> str:
    """Counts a try with a recovery code; returns the hash to check outside of any transaction."""
    user = second.count_for(db, actor.user_id, now=now)
    audit.record(db, actor, "E", category="confirming", reason="recovery code", now=now)
    return factors.recovery_hash(db, user.id, number)


def confirm_with_recovery(
    db: Session, actor: Actor, *, number: int, hashed: str, fits: bool, now: datetime
) -> bool:
    """Confirms with a recovery code after its hash was checked, and uses it up."""
    if not fits or not factors.take_recovery(db, actor.user_id, number, hashed, now=now):
        return _wrong(db, actor, now)
    second.tell_of_recovery(db, actor, now=now)
    return _confirmed(db, actor, now)


def confirm_candidate(db: Session, actor: Actor, *, now: datetime) -> accounts.Candidate:
    """Counts a try with the password; the hash to check is of those without a factor alone."""
    user = db.get_one(User, actor.user_id)
    audit.record(db, actor, "E", category="confirming", reason="password", now=now)
    counted = throttle.begin(db, name=user.sign_in_name, address=actor.source, now=now)
    stored = "" if factors.held(db, user).any else user.password_hash
    return accounts.Candidate(user.id, stored, counted)


def confirm_with_password(
    db: Session, actor: Actor, *, who: accounts.Candidate, fits: bool, now: datetime
) -> bool:
    """Confirms with the password after it was checked; False where it was wrong."""
    if not fits or who.user_id != actor.user_id:
        audit.record(
            db, actor, "E", category="confirming", outcome="refused", reason="password", now=now
        )
        return False
    throttle.forgive(db, who.counted, now=now)
    audit.record(db, actor, "E", category="confirming", now=now)
    signins.confirm(db, actor.sign_in_id, now=now)
    return True


def confirm_options(db: Session, actor: Actor, *, now: datetime) -> dict[str, Any]:
    """Returns what the browser needs to confirm with one of the actor's passkeys."""
    raw = factors.challenge(db, "confirm", user_id=actor.user_id, now=now)
    known = factors.known_passkeys(db, actor.user_id)
    return passkeys.options_to_sign_in(settings.current().public_url, raw, known)


def confirm_with_passkey(
    db: Session, actor: Actor, *, answer: dict[str, Any], now: datetime
) -> bool:
    """Confirms with a passkey; False where its answer does not hold."""
    owner = factors.take_passkey(db, answer, "confirm", user_id=actor.user_id, now=now)
    if owner is None:
        audit.record(
            db, actor, "E", category="confirming", outcome="refused", reason="passkey", now=now
        )
        return False
    factors.note_success(db, actor.user_id)
    audit.record(db, actor, "E", category="confirming", now=now)
    signins.confirm(db, actor.sign_in_id, now=now)
    return True


def _wrong(db: Session, actor: Actor, now: datetime) -> bool:
    factors.note_failure(db, actor.user_id)
    audit.record(db, actor, "E", category="confirming", outcome="refused", reason="factor", now=now)
    return False


def _confirmed(db: Session, actor: Actor, now: datetime) -> bool:
    throttle.forgive_factor(db, actor.user_id)
    factors.note_success(db, actor.user_id)
    audit.record(db, actor, "E", category="confirming", now=now)
    signins.confirm(db, actor.sign_in_id, now=now)
    return True
