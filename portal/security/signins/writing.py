"""Beginning, ending and carrying sign-ins."""

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from portal.models.people import SignIn, User
from portal.security.signins.cookies import SECRET_BYTES, digest_of
from portal.security.signins.limits import Limits, is_open


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


def end(db: Session, sign_in_id: str, *, reason: str, now: datetime) -> bool:
    """Ends one sign-in; one that has ended stays as it ended. Says whether this ended it."""
    still = col(SignIn.ended_at).is_(None)
    mine = (col(SignIn.id) == sign_in_id) & still
    return set_where(db, mine, ended_at=now, end_reason=reason) == 1


def end_all(db: Session, user_id: str, *, reason: str, now: datetime, but: str = "") -> None:
    """Ends every sign-in of a user; `but` is the id of one that goes on."""
    theirs = (col(SignIn.user_id) == user_id) & col(SignIn.ended_at).is_(None)
    set_where(db, theirs & (col(SignIn.id) != but), ended_at=now, end_reason=reason)


def keep_newest(
    db: Session, user_id: str, most: int, *, now: datetime, is_full: bool = True
) -> None:
    """Ends a user's oldest sign-ins beyond `most`.

    Half-open ones are counted apart: who knows a password alone must not push anybody out.
    """
    whole = col(SignIn.stage) == "full"
    is_theirs = (
        (col(SignIn.user_id) == user_id)
        & col(SignIn.ended_at).is_(None)
        & (whole if is_full else ~whole)
    )
    newest = select(col(SignIn.id)).where(is_theirs).order_by(col(SignIn.created_at).desc())
    kept = list(db.connection().execute(newest.limit(most)).scalars())
    beyond = is_theirs & col(SignIn.id).not_in(kept)
    set_where(db, beyond, ended_at=now, end_reason="too many at once")


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
        if not is_open(row, limits, before):
            set_where(db, mine, ended_at=now, end_reason="time-out")
        elif step:
            set_where(db, mine, created_at=row.created_at + step, used_at=row.used_at + step)
            carried += 1
    return carried


def enrolled(db: Session, half: SignIn, factor: str, *, now: datetime) -> None:
    """Notes that the first factor was set up in a half-open sign-in; others at that stage end."""
    set_where(db, col(SignIn.id) == half.id, factor=factor)
    others = (
        (col(SignIn.user_id) == half.user_id)
        & (col(SignIn.stage) == "enrol")
        & (col(SignIn.id) != half.id)
        & col(SignIn.ended_at).is_(None)
    )
    set_where(db, others, ended_at=now, end_reason="factor set up")


def open_record(db: Session, sign_in_id: str, patient_id: str) -> None:
    """Switches the record that is open; the caller has checked the right."""
    set_where(db, col(SignIn.id) == sign_in_id, patient_id=patient_id)


def count_try(db: Session, sign_in_id: str, most: int) -> bool:
    """Counts a try of the second factor in this sign-in; False where there were `most` already."""
    mine = (col(SignIn.id) == sign_in_id) & (col(SignIn.tries) < most)
    return set_where(db, mine, tries=SignIn.tries + 1) == 1


def confirm(db: Session, sign_in_id: str, *, now: datetime) -> None:
    """Notes that a factor was just entered anew in this sign-in."""
    set_where(db, col(SignIn.id) == sign_in_id, confirmed_at=now, tries=0)


def set_where(db: Session, condition: Any, **values: Any) -> int:
    """Changes the sign-ins that fit a condition; returns how many."""
    return db.connection().execute(update(SignIn).where(condition).values(**values)).rowcount
