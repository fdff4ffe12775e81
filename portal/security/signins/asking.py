"""Who a secret belongs to: asked anew with every event and every request."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlmodel import Session, col

from portal.database import Database
from portal.models.people import SignIn, User
from portal.security import helpers, policies
from portal.security.actor import STAFF, Actor
from portal.security.signins.limits import FULL, Left, Limits, is_open
from portal.security.signins.writing import set_where

# Use is written down at most so often, to spare the database.
NOTE_USE_EVERY = timedelta(seconds=20)
# How many sign-ins are asked about in one query.
AT_ONCE = 500


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
        set_where(db, col(SignIn.id) == row.id, used_at=now)
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
        lost_patient_id=_lost(row, opened),
        scopes=opened.scopes,
        granted=granted(db, row.role),
        at=now,
        confirmed_at=row.confirmed_at,
        is_glance=not is_use,
    )


def granted(db: Session, role: str) -> frozenset[str]:
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
    whole = row.created_at + limits.whole_of(row.stage) - now
    return Left(int(idle.total_seconds()), int(whole.total_seconds()))


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
    return row if row is not None and is_open(row, limits, now) else None


def _open_record(db: Session, row: Row[Any], now: datetime) -> helpers.Help:
    """Returns the record that is open: checked now, so that a right that ended ends at once.

    Then none is open, not even the own one: what was begun for one person must not end in the
    record of another (SECURITY AUTHZ-11).
    """
    nothing = helpers.Help("", frozenset())
    if row.role in STAFF:
        return nothing
    own = row.own_patient_id or ""
    wanted = row.patient_id or own
    if wanted == own:
        return helpers.Help(own, frozenset())
    return helpers.helped_by(db, row.user_id, now=now).get(wanted, nothing)


def _lost(row: Row[Any], opened: helpers.Help) -> str:
    """Returns the record that was open until the right to it ended."""
    is_lost = row.stage == "full" and row.role not in STAFF and not opened.patient_id
    return row.patient_id or "" if is_lost else ""


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
    if not is_open(row, limits, now):
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
        found |= {row.id for row in rows if is_open(row, limits, now)}
    return found


def _moment(stored: str | datetime) -> datetime:
    at = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


_WAS_HERE = (
    select(col(SignIn.id))
    .join(User, col(User.id) == col(SignIn.user_id))
    .where(
        col(User.sign_in_name) == bindparam("name"),
        col(SignIn.address) == bindparam("address"),
        col(SignIn.stage) == "full",
    )
    .limit(1)
)


def was_here(db: Session, folded: str, address: str) -> bool:
    """Says whether somebody with this (folded) name has been in from this network address."""
    asked = {"name": folded, "address": address[:64]}
    return bool(address) and db.connection().execute(_WAS_HERE, asked).first() is not None
