"""Short codes: six digits sent to an address, to prove that it is somebody's.

Kept as a keyed hash, for six digits are soon guessed; few tries, ten minutes, once. A try is
counted before it is looked at, so that of fifty at the same moment at most one gets through.
"""

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from portal.errors import TooMany
from portal.models.factors import ShortCode
from portal.models.people import User
from portal.words import _

DIGITS = 6
LIFE = timedelta(minutes=10)
MOST_TRIES = 5
# So that nobody floods a mailbox, and a slow mail has time to come.
COOL_DOWN = timedelta(minutes=1)
MOST_AN_HOUR = 5


class TooSoon(TooMany):
    """A code was sent just now, or too many were."""

    sentence = _("We have just sent a code. Look for it, also among unwanted mail; wait a minute.")


class TooOften(TooMany):
    """Too many codes were sent in the last hour."""

    sentence = _("We have sent several codes in the last hour. Try again in an hour, or call us.")


def make(
    db: Session, *, subject_id: str, purpose: str, now: datetime, user_id: str | None = None
) -> str:
    """Returns a new code; the older ones of the same subject and purpose end.

    Raises `TooSoon` or `TooOften`, for the subject and, where one is named, for the account.
    """
    if user_id:
        # One at a time for an account: of many askings at the same moment one is answered.
        db.connection().execute(
            select(col(User.id)).where(col(User.id) == user_id).with_for_update()
        )
        _not_too_often(db, col(ShortCode.user_id) == user_id, purpose, now)
    _not_too_often(db, col(ShortCode.subject_id) == subject_id, purpose, now)
    end(db, subject_id=subject_id, purpose=purpose, now=now)
    code = "".join(secrets.choice("0123456789") for _place in range(DIGITS))
    db.add(
        ShortCode(
            subject_id=subject_id,
            user_id=user_id,
            purpose=purpose,
            digest=_digest(db, purpose, subject_id, code),
            created_at=now,
            expires_at=now + LIFE,
        )
    )
    db.flush()
    return code


def take(db: Session, *, subject_id: str, purpose: str, code: str, now: datetime) -> bool:
    """Says whether this is the newest code, still good; it is used up, and each try counts.

    The caller must let the transaction end well also for False: a refusal would forget the try.
    """
    newest = (
        select(col(ShortCode.id), col(ShortCode.digest))
        .where(*_open(subject_id, purpose, now))
        .order_by(col(ShortCode.created_at).desc())
    )
    row = db.connection().execute(newest).first()
    if row is None:
        return False
    this = (col(ShortCode.id) == row.id) & col(ShortCode.used_at).is_(None)
    try_once = update(ShortCode).where(this, col(ShortCode.tries) < MOST_TRIES)
    if db.connection().execute(try_once.values(tries=ShortCode.tries + 1)).rowcount != 1:
        return False
    given = "".join(code.split())
    if not hmac.compare_digest(_digest(db, purpose, subject_id, given), row.digest):
        return False
    return db.connection().execute(update(ShortCode).where(this).values(used_at=now)).rowcount == 1


def tries_left(db: Session, *, subject_id: str, purpose: str, now: datetime) -> int:
    """Returns how many tries the newest code still has; none where there is no code."""
    query = select(func.min(col(ShortCode.tries))).where(*_open(subject_id, purpose, now))
    tries = db.connection().execute(query).scalar_one_or_none()
    return 0 if tries is None else max(0, MOST_TRIES - tries)


def works_until(db: Session, *, subject_id: str, purpose: str, now: datetime) -> datetime | None:
    """Returns until when the newest code works; None where there is none with a try left."""
    query = select(func.max(col(ShortCode.expires_at))).where(
        *_open(subject_id, purpose, now), col(ShortCode.tries) < MOST_TRIES
    )
    return db.connection().execute(query).scalar_one_or_none()


def end(db: Session, *, subject_id: str, purpose: str, now: datetime) -> None:
    """Ends every open code of a subject."""
    gone = update(ShortCode).where(*_open(subject_id, purpose, now))
    db.connection().execute(gone.values(expires_at=now))


def _open(subject_id: str, purpose: str, now: datetime) -> tuple[Any, ...]:
    return (
        col(ShortCode.subject_id) == subject_id,
        col(ShortCode.purpose) == purpose,
        col(ShortCode.used_at).is_(None),
        col(ShortCode.expires_at) > now,
    )


def _not_too_often(db: Session, whose: Any, purpose: str, now: datetime) -> None:
    query = select(func.count(), func.max(col(ShortCode.created_at))).where(
        whose,
        col(ShortCode.purpose) == purpose,
        col(ShortCode.created_at) > now - timedelta(hours=1),
    )
    row: Any = db.connection().execute(query).one()
    sent, newest = row
    if sent >= MOST_AN_HOUR:
        raise TooOften
    if newest is not None and now - newest < COOL_DOWN:
        raise TooSoon


def _digest(db: Session, purpose: str, subject_id: str, code: str) -> str:
    key: bytes = db.info["code_key"]
    return hmac.digest(key, f"{purpose}:{subject_id}:{code}".encode(), "sha256").hex()
