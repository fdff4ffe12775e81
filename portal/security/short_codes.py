"""Short codes: six digits sent to an address, to prove that it is somebody's.

Kept as a keyed hash, for six digits are soon guessed; few tries, ten minutes, once. A try is
counted before it is looked at, so that of fifty at the same moment at most one gets through.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from portal import settings
from portal.errors import TooMany
from portal.models.base import new_id
from portal.models.factors import ShortCode
from portal.models.people import User
from portal.words import _

DIGITS = 6
LIFE = timedelta(minutes=10)
MOST_TRIES = 5
# So that nobody floods a mailbox, and a slow mail has time to come.
COOL_DOWN = timedelta(minutes=1)
MOST_AN_HOUR = 5


@dataclass(frozen=True)
class Pace:
    """How often codes are sent to one account."""

    most: int = MOST_AN_HOUR
    within: timedelta = timedelta(hours=1)
    cool_down: timedelta = COOL_DOWN


# Whoever signs in again at once must not wait, and nobody is kept out for longer than a quarter of
# an hour by one who knows the password and asks for codes (AUTHN-06).
PACES = {"sign-in": Pace(within=timedelta(minutes=15), cool_down=timedelta(0))}


class TooSoon(TooMany):
    """A code was sent just now, or too many were."""

    sentence = _("We have just sent a code. Look for it, also among unwanted mail; wait a minute.")


class TooOften(TooMany):
    """Too many codes were sent in a while."""

    sentence = _("We have sent several codes. Use the newest, or try again later, or call us.")


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
    is_demo = bool(user_id) and _is_of_demo(db, user_id)
    if user_id and not is_demo:
        pace = PACES.get(purpose, Pace())
        _not_too_often(db, col(ShortCode.user_id) == user_id, purpose, now, pace)
    if not is_demo:
        _not_too_often(db, col(ShortCode.subject_id) == subject_id, purpose, now, Pace())
    end(db, subject_id=subject_id, purpose=purpose, now=now)
    row_id = new_id()
    code = _derived(db, row_id) if is_demo else _drawn()
    db.add(
        ShortCode(
            id=row_id,
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


def newest_at(db: Session, *, subject_id: str, purpose: str, now: datetime) -> datetime | None:
    """Returns when the code was sent that is still good; None where there is none."""
    query = select(func.max(col(ShortCode.created_at))).where(*_open(subject_id, purpose, now))
    return db.connection().execute(query).scalar_one_or_none()


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


def shown_in_demo(db: Session, *, subject_id: str, purpose: str, now: datetime) -> str:
    """Returns the code that a mail carries to somebody of the demo; empty for anybody else."""
    query = select(col(ShortCode.id), col(ShortCode.user_id)).where(
        *_open(subject_id, purpose, now)
    )
    row = db.connection().execute(query.order_by(col(ShortCode.created_at).desc())).first()
    return _derived(db, row.id) if row and _is_of_demo(db, row.user_id) else ""


def _is_of_demo(db: Session, user_id: str | None) -> bool:
    """Says whether somebody is invented: their codes stand on the page, in demo mode alone."""
    user = db.get(User, user_id) if user_id and settings.current().demo else None
    return user is not None and user.is_demo


def _drawn() -> str:
    return "".join(secrets.choice("0123456789") for _place in range(DIGITS))


def _derived(db: Session, row_id: str) -> str:
    """Returns digits that can be worked out again, so that the demo's page can show them."""
    key: bytes = db.info["code_key"]
    drawn = hmac.digest(key, f"demo:{row_id}".encode(), "sha256")
    return f"{int.from_bytes(drawn) % 10**DIGITS:0{DIGITS}d}"


def _not_too_often(db: Session, whose: Any, purpose: str, now: datetime, pace: Pace) -> None:
    query = select(func.count(), func.max(col(ShortCode.created_at))).where(
        whose,
        col(ShortCode.purpose) == purpose,
        col(ShortCode.created_at) > now - pace.within,
    )
    row: Any = db.connection().execute(query).one()
    sent, newest = row
    if sent >= pace.most:
        raise TooOften
    if newest is not None and now - newest < pace.cool_down:
        raise TooSoon


def _digest(db: Session, purpose: str, subject_id: str, code: str) -> str:
    key: bytes = db.info["code_key"]
    return hmac.digest(key, f"{purpose}:{subject_id}:{code}".encode(), "sha256").hex()
