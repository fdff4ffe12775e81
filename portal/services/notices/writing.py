"""Writing notices: rows of the outbox, which a job delivers after the commit.

They hold no words about anybody's health: what is sent later says only that there is news.
"""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import event, select, update
from sqlmodel import Session, col

from portal.models.audit import OutboxNotice
from portal.models.base import new_id
from portal.models.people import User
from portal.services import once
from portal.services.notices import filling

# A code or link that arrives a day late helps nobody.
USEFUL = timedelta(hours=24)
# Why a notice was withdrawn: the number of the version that made it untrue follows.
OUTDATED = "outdated-by-"
# Why a reminder was called off: what became of its visit.
MOVED, CANCELLED, CONFIRMED, OVER = "moved", "cancelled", "confirmed", "over"
_KEY = "notices_written"
# Seconds until a letter goes out that nobody may notice by the time that it takes.
LEISURE_S = (2.0, 8.0)

_listeners: list[Callable[[float], None]] = []


def write(
    db: Session,
    kind: str,
    *,
    patient_id: str,
    record_id: str,
    now: datetime,
    version: int = 1,
    due_at: datetime | None = None,
) -> None:
    """Notes that a patient is to be told; the same notice is never written twice."""
    notice = OutboxNotice(
        key=f"{kind}:{record_id}:{version}:{patient_id}",
        kind=kind,
        patient_id=patient_id,
        record_id=record_id,
        due_at=due_at or now,
        useful_until=(due_at or now) + USEFUL,
        created_at=now,
    )
    _insert(db, notice)


def write_all(
    db: Session,
    kind: str,
    found: list[tuple[str, str, int]],
    *,
    now: datetime,
    useful_for: timedelta,
) -> int:
    """Notes that patients are to be told: of each its patient, record and version, each once.

    Returns how many of them nobody had written yet.
    """
    rows = [
        OutboxNotice(
            key=f"{kind}:{record_id}:{version}:{patient_id}",
            kind=kind,
            patient_id=patient_id,
            record_id=record_id,
            due_at=now,
            useful_until=now + useful_for,
            created_at=now,
        ).model_dump()
        for patient_id, record_id, version in found
    ]
    written = once.insert(db, OutboxNotice, rows)
    if written:
        kick(db)
    return written


def write_once_for(
    db: Session,
    kind: str,
    count: int,
    *,
    patient_id: str,
    record_id: str,
    version: int,
    due_at: datetime,
    now: datetime,
) -> None:
    """Notes that a patient is to be told once of `count` changes; `record_id` is one of them.

    It tells of no version alone: when this one is taken back, the others are still to be told.
    """
    notice_id = new_id()
    notice = OutboxNotice(
        id=notice_id,
        key=f"{kind}/{version}:{record_id}:0:{patient_id}",
        kind=kind,
        patient_id=patient_id,
        record_id=record_id,
        given=filling.seal(db, notice_id, {"count": str(count)}),
        due_at=due_at,
        useful_until=due_at + USEFUL,
        created_at=now,
    )
    _insert(db, notice)


def remind(
    db: Session,
    kind: str,
    due: list[tuple[int, datetime, datetime]],
    *,
    patient_id: str,
    record_id: str,
    version: int,
    about_at: datetime,
    now: datetime,
) -> None:
    """Notes that a patient is to be reminded of what begins at `about_at`.

    `due`: of each reminder how many minutes before, when it is due, until when it is of use.
    """
    rows = [
        OutboxNotice(
            key=f"{kind}/{minutes}:{record_id}:{version}:{patient_id}",
            kind=kind,
            patient_id=patient_id,
            record_id=record_id,
            about_at=about_at,
            due_at=due_at,
            useful_until=until,
            created_at=now,
        ).model_dump()
        for minutes, due_at, until in due
    ]
    once.insert(db, OutboxNotice, rows)


def call_off(db: Session, *, record_id: str, why: str, now: datetime) -> int:
    """Calls off the reminders of a record that have not gone out; returns how many."""
    those = (
        col(OutboxNotice.record_id) == record_id,
        col(OutboxNotice.about_at).is_not(None),
        col(OutboxNotice.state) == "pending",
    )
    off = update(OutboxNotice).where(*those)
    done = off.values(state="withdrawn", problem=why, ended_at=now)
    return db.connection().execute(done).rowcount


def withdraw(db: Session, *, record_id: str, version: int, now: datetime) -> int:
    """Takes back what was not sent yet about a record: its `version` makes it untrue.

    A visit that moved leaves no reminder of its old time (SECURITY JOB-04). Returns how many.
    """
    old = [row.id for row in _waiting(db, record_id) if _version_of(row.key) < version]
    why = f"{OUTDATED}{version}"
    return _settle(db, old, "pending", state="withdrawn", problem=why, ended_at=now)


def take_back(db: Session, *, record_id: str, version: int, now: datetime) -> int:
    """Takes back what one version of a record was to tell; what it had withdrawn is told again."""
    own = [row.id for row in _waiting(db, record_id) if _version_of(row.key) == version]
    told_again = select(col(OutboxNotice.id)).where(
        col(OutboxNotice.record_id) == record_id,
        col(OutboxNotice.problem) == f"{OUTDATED}{version}",
    )
    before = list(db.connection().execute(told_again).scalars())
    if _settle(db, before, "withdrawn", state="pending", problem="", ended_at=None):
        kick(db)
    why = f"{OUTDATED}{version + 1}"
    return _settle(db, own, "pending", state="withdrawn", problem=why, ended_at=now)


def _waiting(db: Session, record_id: str) -> list[Any]:
    query = select(col(OutboxNotice.id), col(OutboxNotice.key)).where(
        col(OutboxNotice.record_id) == record_id,
        col(OutboxNotice.state) == "pending",
        # Reminders are called off by what becomes of the visit, not by a version.
        col(OutboxNotice.about_at).is_(None),
    )
    return list(db.connection().execute(query))


def _settle(db: Session, ids: list[str], was: str, **values: Any) -> int:
    """Changes notices that are still in a state: a deliverer may have taken one meanwhile."""
    if not ids:
        return 0
    those = (col(OutboxNotice.id).in_(ids), col(OutboxNotice.state) == was)
    return db.connection().execute(update(OutboxNotice).where(*those).values(**values)).rowcount


def _version_of(key: str) -> int:
    """Returns the version in a key of `write`: kind, record, version, patient."""
    parts = key.rsplit(":", 2)
    return int(parts[1]) if len(parts) == 3 and parts[1].isdigit() else 0  # noqa: PLR2004


def mail(
    db: Session,
    kind: str,
    *,
    address: str,
    key: str,
    now: datetime,
    given: dict[str, str] | None = None,
    user_id: str | None = None,
    patient_id: str | None = None,
    channel: str = "email",
    useful_for: timedelta = USEFUL,
) -> None:
    """Writes a notice to an address; `key` makes it one of its kind, `given` fills its text."""
    notice_id = new_id()
    notice = OutboxNotice(
        id=notice_id,
        key=f"{kind}:{key}"[:300],
        kind=kind,
        channel=channel,
        address=address,
        user_id=user_id,
        patient_id=patient_id,
        given=filling.seal(db, notice_id, given or {}),
        due_at=now,
        useful_until=now + useful_for,
        created_at=now,
    )
    _insert(db, notice)


def to_user(
    db: Session, kind: str, user_id: str, *, key: str, now: datetime, given: dict[str, str]
) -> bool:
    """Writes a notice to an account's proven e-mail address; says whether there is one."""
    query = select(col(User.email)).where(
        col(User.id) == user_id, col(User.email_verified_at).is_not(None)
    )
    address = db.connection().execute(query).scalar_one_or_none()
    if address:
        mail(db, kind, address=address, key=key, given=given, user_id=user_id, now=now)
    return bool(address)


def listen(listener: Callable[[float], None]) -> Callable[[], None]:
    """Calls `listener` after each commit that wrote a notice, on the committing thread.

    It is given the seconds until it should look. Returns a function that ends it. A commit of
    another process is not heard: the clock looks.
    """
    _listeners.append(listener)
    return lambda: _listeners.remove(listener)


def kick(db: Session) -> None:
    """Lets the deliverer look as soon as this transaction has been committed."""
    db.info[_KEY] = 0.0


def unhurried(db: Session) -> None:
    """Lets what this transaction wrote go out at some later moment.

    Who asked must not learn whether there is a letter: sending it takes time, which would show in
    the answer to this question or to the next one (AUTHN-08).
    """
    if _KEY in db.info:
        db.info[_KEY] = random.SystemRandom().uniform(*LEISURE_S)


def _insert(db: Session, notice: OutboxNotice) -> None:
    if once.insert(db, OutboxNotice, [notice.model_dump()]):
        kick(db)


@event.listens_for(Session, "after_commit")
def _announce(db: Any) -> None:
    after = db.info.pop(_KEY, None)
    if after is not None:
        for listener in tuple(_listeners):
            listener(after)


@event.listens_for(Session, "after_rollback")
def _forget(db: Any) -> None:
    db.info.pop(_KEY, None)
