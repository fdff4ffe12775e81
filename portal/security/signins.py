"""Sign-ins: an opaque secret in an HttpOnly cookie, looked up for every single event.

Only its SHA-256 is kept. A sign-in ends when it was idle too long, when it is too old, when the
person signs out, or when the account is disabled; a background refresh never extends it.
"""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.cookies import CookieError, SimpleCookie
from typing import Any

from sqlalchemy import Row, bindparam, select, update
from sqlmodel import Session, col

from portal.database import Database
from portal.models.people import SignIn, User
from portal.security import helpers, policies
from portal.security.actor import STAFF, Actor

SECRET_BYTES = 32
# Use is written down at most so often, to spare the database.
NOTE_USE_EVERY = timedelta(seconds=20)
# How many sign-ins are asked about in one query.
AT_ONCE = 500
# A clock may be corrected by so much without ending anybody's sign-in.
CLOCK_SLACK = timedelta(minutes=5)


@dataclass(frozen=True)
class Limits:
    """How long a sign-in lasts: without use, and in any case."""

    idle: timedelta
    whole: timedelta
    # At a computer that others use.
    shared_idle: timedelta = timedelta(minutes=5)

    def idle_of(self, *, is_shared: bool) -> timedelta:
        """Returns how long a sign-in lasts without use."""
        return min(self.idle, self.shared_idle) if is_shared else self.idle


# A half-open sign-in: the password was right, something is still due.
FULL = frozenset({"full"})
HALFWAY = frozenset({"factor", "enrol", "agree"})
# So long the password alone keeps the door to the second step open (SECURITY MFA-05).
HALFWAY_LIFE = timedelta(minutes=10)


@dataclass(frozen=True)
class Left:
    """What is left of a sign-in, in whole seconds."""

    idle_seconds: int
    whole_seconds: int


def cookie_name(*, is_https: bool) -> str:
    """Returns the cookie's name; `__Host-` binds it to this host, path and TLS."""
    return "__Host-portal" if is_https else "portal"


def digest_of(secret: str) -> str:
    """Returns what is kept of a secret: its SHA-256."""
    return hashlib.sha256(secret.encode()).hexdigest()


def digest_in(cookie_header: str, name: str) -> str:
    """Returns the digest of the secret in a Cookie header; empty if there is none."""
    try:
        morsel = SimpleCookie(cookie_header).get(name)
    except CookieError:
        return ""
    return digest_of(morsel.value) if morsel and morsel.value else ""


def start(
    db: Session,
    user: User,
    *,
    patient_id: str | None,
    device: str,
    address: str,
    now: datetime,
    stage: str = "full",
    factor: str = "password",
    is_shared: bool = False,
) -> tuple[str, SignIn]:
    """Begins a sign-in; returns the secret, which exists nowhere else, and the record.

    `stage` says what is still due; `factor` with what it was reached (models/people.SignIn).
    """
    secret = secrets.token_urlsafe(SECRET_BYTES)
    record = SignIn(
        digest=digest_of(secret),
        user_id=user.id,
        patient_id=patient_id,
        created_at=now,
        used_at=now,
        device=device[:200],
        address=address[:64],
        stage=stage,
        factor=factor,
        is_shared=is_shared,
    )
    db.add(record)
    db.flush()
    return secret, record


def actor_of(
    db: Session,
    digest: str,
    limits: Limits,
    *,
    now: datetime,
    is_use: bool = True,
    stages: frozenset[str] = FULL,
) -> Actor | None:
    """Returns who acts with this secret, or None when it opens nothing (any more).

    `is_use` False looks without extending: for what the portal does by itself. A sign-in that is
    not whole opens nothing but what names its stage (SECURITY MFA-07).
    """
    row = _open_row(db, digest, limits, now)
    if row is None or row.stage not in stages:
        return None
    if is_use and now - row.used_at > NOTE_USE_EVERY:
        _set_where(db, col(SignIn.id) == row.id, used_at=now)
    opened = _open_record(db, row, now) if row.stage == "full" else helpers.Help("", frozenset())
    return Actor(
        user_id=row.user_id,
        name=row.name,
        role=row.role,
        own_patient_id=row.own_patient_id or "",
        patient_id=opened.patient_id,
        practitioner_id=row.practitioner_id or "",
        sign_in_id=row.id,
        source=row.address,
        scopes=opened.scopes,
        granted=_granted(db, row.role),
        at=now,
        confirmed_at=row.confirmed_at,
    )


def _granted(db: Session, role: str) -> frozenset[str]:
    """Returns what the clinic's policies add to a role; asked for those alone that may get more."""
    if role != "front_desk" or not policies.current(db).desk_sees_clinical:
        return frozenset()
    return frozenset({"SEE_CLINICAL", "SEE_HEALTH_MESSAGES"})


def left(db: Session, digest: str, limits: Limits, *, now: datetime) -> Left | None:
    """Returns how long the sign-in will last; None when it has ended."""
    row = _open_row(db, digest, limits, now)
    if row is None:
        return None
    idle = row.used_at + limits.idle_of(is_shared=row.is_shared) - now
    whole = row.created_at + limits.whole - now
    return Left(int(idle.total_seconds()), int(whole.total_seconds()))


def end(db: Session, sign_in_id: str, *, reason: str, now: datetime) -> None:
    """Ends one sign-in; one that has ended stays as it ended."""
    is_open = col(SignIn.ended_at).is_(None)
    _set_where(db, (col(SignIn.id) == sign_in_id) & is_open, ended_at=now, end_reason=reason)


def end_all(db: Session, user_id: str, *, reason: str, now: datetime) -> None:
    """Ends every sign-in of a user."""
    is_open = col(SignIn.ended_at).is_(None)
    _set_where(db, (col(SignIn.user_id) == user_id) & is_open, ended_at=now, end_reason=reason)


def keep_newest(db: Session, user_id: str, most: int, *, now: datetime) -> None:
    """Ends a user's oldest sign-ins beyond `most`."""
    is_theirs = (col(SignIn.user_id) == user_id) & col(SignIn.ended_at).is_(None)
    newest = select(col(SignIn.id)).where(is_theirs).order_by(col(SignIn.created_at).desc())
    kept = list(db.connection().execute(newest.limit(most)).scalars())
    beyond = is_theirs & col(SignIn.id).not_in(kept)
    _set_where(db, beyond, ended_at=now, end_reason="too many at once")


def carry(db: Session, limits: Limits, *, before: datetime, now: datetime) -> int:
    """Takes open sign-ins along when the clock was set from `before` to `now`; returns how many.

    None ends by it and none revives: what had ended before is ended for good (SECURITY R-18).
    """
    query = select(
        col(SignIn.id),
        col(SignIn.created_at),
        col(SignIn.used_at),
        col(SignIn.ended_at),
        col(SignIn.stage),
        col(SignIn.is_shared),
        col(User.disabled),
    ).join(User, col(User.id) == col(SignIn.user_id))
    rows: Any = db.connection().execute(query.where(col(SignIn.ended_at).is_(None))).all()
    carried, step = 0, now - before
    for row in rows:
        mine = col(SignIn.id) == row.id
        if not _is_open(row, limits, before):
            _set_where(db, mine, ended_at=now, end_reason="time-out")
        elif step:
            _set_where(db, mine, created_at=row.created_at + step, used_at=row.used_at + step)
            carried += 1
    return carried


def open_record(db: Session, sign_in_id: str, patient_id: str) -> None:
    """Switches the record that is open; the caller has checked the right."""
    _set_where(db, col(SignIn.id) == sign_in_id, patient_id=patient_id)


def _set_where(db: Session, condition: Any, **values: Any) -> None:
    db.connection().execute(update(SignIn).where(condition).values(**values))


# Built once: it runs with every act, and building it takes longer than running it.
_OPEN_ROW = (
    select(
        col(SignIn.id),
        col(SignIn.user_id),
        col(SignIn.patient_id),
        col(SignIn.created_at),
        col(SignIn.used_at),
        col(SignIn.ended_at),
        col(SignIn.stage),
        col(SignIn.is_shared),
        col(SignIn.confirmed_at),
        col(SignIn.address),
        col(User.name),
        col(User.role),
        col(User.patient_id).label("own_patient_id"),
        col(User.practitioner_id),
        col(User.disabled),
    )
    .join(User, col(User.id) == col(SignIn.user_id))
    .where(col(SignIn.digest) == bindparam("digest"))
)


def _open_row(db: Session, digest: str, limits: Limits, now: datetime) -> Row[Any] | None:
    if not digest:
        return None
    row: Any = db.connection().execute(_OPEN_ROW, {"digest": digest}).first()
    return row if row is not None and _is_open(row, limits, now) else None


def _is_open(row: Any, limits: Limits, now: datetime) -> bool:
    if row.ended_at is not None or row.disabled:
        return False
    # A clock that was set back must not revive or extend anything.
    if now < row.used_at - CLOCK_SLACK:
        return False
    if row.stage != "full" and now - row.created_at >= HALFWAY_LIFE:
        return False
    idle = limits.idle_of(is_shared=bool(row.is_shared))
    return now - row.used_at < idle and now - row.created_at < limits.whole


def _open_record(db: Session, row: Row[Any], now: datetime) -> helpers.Help:
    """Returns the record that is open: checked now, so that a right that ended ends at once."""
    if row.role in STAFF:
        return helpers.Help("", frozenset())
    own = row.own_patient_id or ""
    wanted = row.patient_id or own
    if wanted != own:
        held = helpers.helped_by(db, row.user_id, now=now).get(wanted)
        if held is not None:
            return held
    return helpers.Help(own, frozenset())


@dataclass(frozen=True)
class Seat:
    """Who sits at a connection: enough to say which events it may send, and no more."""

    user_id: str
    role: str
    sign_in_id: str
    # The record that was opened in this sign-in; who may see it is asked with every act.
    patient_id: str = ""
    stage: str = "full"


@dataclass(frozen=True)
class _SeatRow:
    user_id: str
    role: str
    id: str
    patient_id: str | None
    used_at: datetime
    created_at: datetime
    ended_at: Any
    disabled: Any
    stage: str
    is_shared: Any


_SEAT = (
    "SELECT s.user_id, u.role, s.id, s.patient_id, s.used_at, s.created_at, s.ended_at, "
    "u.disabled, s.stage, s.is_shared "
    'FROM sign_in s JOIN "user" u ON u.id = s.user_id WHERE s.digest = :digest'
)


def seat(base: Database, digest: str, limits: Limits, *, now: datetime) -> Seat | None:
    """Returns who sits there now, asked anew for every event; None for nobody (any more)."""
    found = base.peek(_SEAT, digest=digest) if digest else None
    if found is None:
        return None
    user_id, role, sign_in_id, patient_id, used, created, *rest = found
    row = _SeatRow(user_id, role, sign_in_id, patient_id, _moment(used), _moment(created), *rest)
    if not _is_open(row, limits, now):
        return None
    return Seat(row.user_id, row.role, row.id, row.patient_id or "", row.stage)


def still_open(
    db: Session, sign_in_ids: Collection[str], limits: Limits, *, now: datetime
) -> set[str]:
    """Returns which of these sign-ins have not ended."""
    query = select(
        col(SignIn.id),
        col(SignIn.created_at),
        col(SignIn.used_at),
        col(SignIn.ended_at),
        col(SignIn.stage),
        col(SignIn.is_shared),
        col(User.disabled),
    ).join(User, col(User.id) == col(SignIn.user_id))
    wanted = list(sign_in_ids)
    found: set[str] = set()
    for start_at in range(0, len(wanted), AT_ONCE):
        some = col(SignIn.id).in_(wanted[start_at : start_at + AT_ONCE])
        rows: Any = db.connection().execute(query.where(some))
        found |= {row.id for row in rows if _is_open(row, limits, now)}
    return found


def _moment(stored: str | datetime) -> datetime:
    at = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at
