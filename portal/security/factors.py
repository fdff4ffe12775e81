"""Second factors in the database: what somebody has, and taking each code or answer once."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from portal import settings
from portal.models.base import new_id
from portal.models.factors import Challenge, Factor, RecoveryCode
from portal.models.people import User
from portal.security import passkeys, policies, sealed, totp
from portal.security.actor import STAFF

CHALLENGE_LIFE = timedelta(minutes=5)
CHALLENGE_BYTES = 32
# Wrong ones in a row, then only a way back helps (NIST SP 800-63B-4 3.2.2).
MOST_IN_A_ROW = 100


@dataclass(frozen=True)
class Held:
    """With what somebody can prove themselves besides the password."""

    app: bool = False
    passkey: bool = False
    # A code by e-mail: weaker, so it counts only where there is nothing better.
    email: bool = False
    recovery: bool = False

    @property
    def any(self) -> bool:
        """Whether there is a second factor at all; recovery codes alone are none."""
        return self.app or self.passkey or self.email


def held(db: Session, user: User) -> Held:
    """Returns what somebody has now, under the clinic's policies of now."""
    query = select(col(Factor.kind)).where(_confirmed(user.id)).distinct()
    kinds = set(db.connection().execute(query).scalars())
    return Held(
        app="totp" in kinds,
        passkey="passkey" in kinds,
        email=not kinds and may_use_email(db, user),
        recovery=bool(kinds) and recovery_left(db, user.id) > 0,
    )


def may_use_email(db: Session, user: User) -> bool:
    """Says whether a code may go by e-mail: a patient's or helper's, by policy, proven address."""
    is_proven = bool(user.email) and user.email_verified_at is not None
    return user.role not in STAFF and is_proven and policies.current(db).emailed_codes


def is_needed(db: Session, user: User) -> bool:
    """Says whether somebody must have a second factor: staff always, patients by policy."""
    return user.role in STAFF or policies.current(db).patients_need_factor


def of(db: Session, user_id: str, kind: str = "") -> list[Factor]:
    """Returns somebody's confirmed apps and passkeys, the oldest first."""
    query = select(Factor).where(_confirmed(user_id)).order_by(col(Factor.created_at))
    return [row for row in db.scalars(query) if not kind or row.kind == kind]


def recovery_left(db: Session, user_id: str) -> int:
    """Counts the recovery codes that are still good."""
    query = select(func.count()).where(
        col(RecoveryCode.user_id) == user_id, col(RecoveryCode.used_at).is_(None)
    )
    return db.connection().execute(query).scalar_one()


def seed_of(db: Session, factor: Factor) -> bytes:
    """Returns the seed of an authenticator app."""
    return sealed.unseal(db, factor.secret, table="factor", column="secret", row_id=factor.id)


def new_app(db: Session, user_id: str, seed: bytes, *, name: str, now: datetime) -> Factor:
    """Keeps the seed of an authenticator app that is not confirmed yet; another such one goes."""
    for old in db.scalars(
        select(Factor).where(
            col(Factor.user_id) == user_id,
            col(Factor.kind) == "totp",
            col(Factor.confirmed_at).is_(None),
        )
    ):
        db.delete(old)
    row_id = new_id()
    made = Factor(
        id=row_id,
        user_id=user_id,
        kind="totp",
        name=name[:100],
        secret=sealed.seal(db, seed, table="factor", column="secret", row_id=row_id),
        created_at=now,
    )
    db.add(made)
    db.flush()
    return made


def take_app_code(
    db: Session, user_id: str, code: str, *, now: datetime, unconfirmed: str = ""
) -> bool:
    """Says whether a code is one of somebody's apps, and uses its step up (MFA-03).

    `unconfirmed` names the one app that is just being confirmed: then no other counts.
    """
    query = select(Factor).where(col(Factor.user_id) == user_id, col(Factor.kind) == "totp")
    fits = [row for row in db.scalars(query) if (row.id == unconfirmed) == bool(unconfirmed)]
    for row in fits:
        if (row.confirmed_at is None) != bool(unconfirmed):
            continue
        step = totp.matching_step(seed_of(db, row), code, now=now)
        if step is not None and _take_step(db, row.id, step, now):
            return True
    return False


def _take_step(db: Session, factor_id: str, step: int, now: datetime) -> bool:
    fresh = (col(Factor.id) == factor_id) & (col(Factor.last_step) < step)
    taking = update(Factor).where(fresh).values(last_step=step, used_at=now)
    return db.connection().execute(taking).rowcount == 1


def recovery_hash(db: Session, user_id: str, number: int) -> str:
    """Returns the hash of one recovery code that is still good; empty where there is none."""
    query = select(col(RecoveryCode.hash)).where(_good(user_id, number))
    return db.connection().execute(query).scalar_one_or_none() or ""


def take_recovery(db: Session, user_id: str, number: int, hashed: str, *, now: datetime) -> bool:
    """Uses a recovery code up whose hash was checked; of many at the same time one wins."""
    if not hashed:
        return False
    mine = _good(user_id, number) & (col(RecoveryCode.hash) == hashed)
    taking = update(RecoveryCode).where(mine).values(used_at=now)
    return db.connection().execute(taking).rowcount == 1


def put_recovery(db: Session, user_id: str, hashes: list[str], *, now: datetime) -> None:
    """Replaces somebody's recovery codes by a new set, as a whole."""
    for old in db.scalars(select(RecoveryCode).where(col(RecoveryCode.user_id) == user_id)):
        db.delete(old)
    db.flush()
    for number, hashed in enumerate(hashes, start=1):
        db.add(RecoveryCode(user_id=user_id, number=number, hash=hashed, created_at=now))
    db.flush()


def challenge(db: Session, ceremony: str, *, user_id: str | None, now: datetime) -> bytes:
    """Returns what a passkey must sign, for one ceremony, once, within minutes."""
    raw = secrets.token_bytes(CHALLENGE_BYTES)
    made = Challenge(
        digest=passkeys.digest_of(raw),
        ceremony=ceremony,
        user_id=user_id,
        created_at=now,
        expires_at=now + CHALLENGE_LIFE,
    )
    db.add(made)
    db.flush()
    return raw


def take_challenge(
    db: Session, raw: bytes, ceremony: str, *, user_id: str | None, now: datetime
) -> bool:
    """Uses a challenge up; says whether it was one of this ceremony and person, and is fresh."""
    whose = col(Challenge.user_id)
    mine = (
        (col(Challenge.digest) == passkeys.digest_of(raw))
        & (col(Challenge.ceremony) == ceremony)
        & (whose == user_id if user_id else whose.is_(None))
        & col(Challenge.used_at).is_(None)
        & (col(Challenge.expires_at) > now)
    )
    taking = update(Challenge).where(mine).values(used_at=now)
    return db.connection().execute(taking).rowcount == 1


def known_passkeys(db: Session, user_id: str) -> list[passkeys.Credential]:
    """Returns somebody's passkeys as the browser's library knows them."""
    return [_credential(row) for row in of(db, user_id, "passkey")]


def take_passkey(
    db: Session, answer: dict[str, Any], ceremony: str, *, user_id: str | None, now: datetime
) -> User | None:
    """Returns whose passkey gave a good answer to a challenge of ours; None for nobody's.

    `user_id` None: any account's, before anybody has said who they are.
    """
    try:
        raw = passkeys.challenge_in(answer)
        if not take_challenge(db, raw, ceremony, user_id=user_id, now=now):
            return None
        row = _named(db, passkeys.id_in(answer))
        if row is None or (user_id or row.user_id) != row.user_id:
            return None
        if passkeys.owner_in(answer) not in {"", row.user_id}:
            return None
        used = passkeys.used(settings.current().public_url, raw, answer, _credential(row))
    except passkeys.Unfit:
        return None
    return db.get(User, row.user_id) if _count(db, row, used, now) else None


def add_passkey(
    db: Session, user_id: str, answer: dict[str, Any], *, name: str, now: datetime
) -> Factor | None:
    """Keeps a new passkey; None where the answer does not hold or the key is known already."""
    try:
        raw = passkeys.challenge_in(answer)
        if not take_challenge(db, raw, "register", user_id=user_id, now=now):
            return None
        made = passkeys.registered(settings.current().public_url, raw, answer)
    except passkeys.Unfit:
        return None
    if _named(db, made.credential_id) is not None:
        return None
    row = Factor(
        user_id=user_id,
        kind="passkey",
        name=name[:100],
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        transports=made.transports,
        created_at=now,
        confirmed_at=now,
    )
    db.add(row)
    db.flush()
    return row


def note_failure(db: Session, user_id: str) -> None:
    """Counts one more wrong factor in a row."""
    mine = col(User.id) == user_id
    db.connection().execute(
        update(User).where(mine).values(factor_failures=User.factor_failures + 1)
    )


def note_success(db: Session, user_id: str) -> None:
    """Begins to count wrong factors anew."""
    wrong = (col(User.id) == user_id) & (col(User.factor_failures) > 0)
    db.connection().execute(update(User).where(wrong).values(factor_failures=0))


def _named(db: Session, credential_id: str) -> Factor | None:
    query = select(Factor).where(
        col(Factor.credential_id) == credential_id, col(Factor.kind) == "passkey"
    )
    return db.scalars(query).first()


def _count(db: Session, row: Factor, used: int, now: datetime) -> bool:
    """Moves a passkey's counter on; a copy of it that is used at the same moment comes too late."""
    mine = (col(Factor.id) == row.id) & (col(Factor.sign_count) == row.sign_count)
    moving = update(Factor).where(mine).values(sign_count=used, used_at=now)
    return db.connection().execute(moving).rowcount == 1


def _credential(row: Factor) -> passkeys.Credential:
    return passkeys.Credential(
        row.credential_id or "", row.public_key, row.sign_count, row.transports
    )


def _confirmed(user_id: str) -> Any:
    return (col(Factor.user_id) == user_id) & col(Factor.confirmed_at).is_not(None)


def _good(user_id: str, number: int) -> Any:
    return (
        (col(RecoveryCode.user_id) == user_id)
        & (col(RecoveryCode.number) == number)
        & col(RecoveryCode.used_at).is_(None)
    )
