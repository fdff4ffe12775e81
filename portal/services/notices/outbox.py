"""The outbox: each notice is taken by one deliverer at a time, and its end is written down.

To take a row is to lease it: a conditional update that one of many wins. Whoever dies with a row in
hand loses it when the lease is over, and the next one sends it: at least once, at most one copy
too many. What has no address yet is handed on to everybody whom it concerns, or to nobody.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlmodel import Session, col

from portal import live
from portal.errors import NotAllowed
from portal.models.audit import OutboxNotice
from portal.models.people import User
from portal.security import audit
from portal.security.actor import Actor
from portal.services.notices import (
    daily,
    filling,
    handing_on,
    hours,
    parcels,
    questions,
    reminders,
    rendering,
    ways,
)
from portal.services.notices.codes import (
    COLLECTED,
    DAMAGED,
    GIVEN_UP,
    GONE,
    HANDED_ON,
    NO_ADDRESS,
    NO_LONGER,
    PORTAL_ONLY,
    TOO_LATE,
    UNKNOWN,
)
from portal.services.notices.parcels import Parcel
from portal.services.notices.texts import TEXTS
from portal.services.notices.writing import USEFUL

CHANNELS = (ways.EMAIL, ways.SMS, ways.PUSH)
# Longer than one letter may take; who died with a row in hand keeps it from the others so long.
LEASE = timedelta(seconds=60)
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 15, 30, 60))
# While no letter gets out, none of them is to blame: none waits for longer than this.
OUTAGE_PAUSE = timedelta(minutes=5)
JITTER = 0.2


@dataclass(frozen=True)
class Taken:
    """What came of reaching into the outbox. Neither parcel nor empty: reach again."""

    parcel: Parcel | None = None
    is_empty: bool = False
    # Another deliverer held it and never said what became of it: it may arrive twice.
    is_again: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of a parcel: "sent", "dead", or "pending" for another try.

    `code` says why in a few characters and names nobody; in an outage no letter gets out.
    """

    state: str
    code: str = ""
    is_outage: bool = False
    # The address itself is refused: no other letter would arrive there.
    is_bounce: bool = False
    # Of a push: which devices have it, and which are gone for good.
    told: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


def take(
    db: Session,
    actor: Actor,
    *,
    worker: str,
    portal: str,
    now: datetime,
    channels: tuple[str, ...] = CHANNELS,
) -> Taken:
    """Takes the notice that has been due for longest; what needs no letter is ended here.

    `channels`: the ways that work now. What goes by another stays where it is.
    """
    _only_the_system(actor)
    found = _next(db, now, channels)
    if found is None:
        return Taken(is_empty=True)
    if not _lease(db, found.id, worker, now):
        return Taken()
    notice = db.scalars(select(OutboxNotice).where(col(OutboxNotice.id) == found.id)).one()
    is_again = found.state == "claimed"
    needless = _needless(db, notice, now) or _elsewhere(notice, channels)
    if needless is not None:
        _close(db, notice, needless, now=now)
        return Taken(is_again=is_again)
    parcel = parcels.packed(db, notice, worker=worker, portal=portal)
    return Taken(parcel, is_again=is_again)


def settle(
    db: Session,
    actor: Actor,
    *,
    parcel: Parcel,
    outcome: Outcome,
    now: datetime,
    keeps_secrets: bool = False,
) -> bool:
    """Writes down what became of a parcel; False if its lease went to somebody else meanwhile."""
    _only_the_system(actor)
    held = select(OutboxNotice).where(
        col(OutboxNotice.id) == parcel.notice_id,
        col(OutboxNotice.state) == "claimed",
        col(OutboxNotice.claimed_by) == parcel.worker,
        col(OutboxNotice.tries) == parcel.tries,
    )
    notice = db.scalars(held.with_for_update()).first()
    if notice is None:
        return False
    if outcome.state == "pending":
        # Where no device is left, nothing has to be waited for: it goes by e-mail.
        longer = pause(parcel.tries, is_outage=outcome.is_outage)
        notice.due_at = now if outcome.code == GONE else now + longer
    _close(db, notice, outcome, now=now, keeps_secrets=keeps_secrets)
    if outcome.is_bounce:
        _flag(db, actor, notice, now)
    told, gone = outcome.told, outcome.gone
    parcels.note_devices(db, actor, notice, told=told, gone=gone, now=now)
    return True


def _flag(db: Session, actor: Actor, notice: OutboxNotice, now: datetime) -> None:
    """Notes on an account that its address is refused; the desk is told, once (MSG-07)."""
    theirs = (
        col(User.id) == notice.user_id,
        col(User.email) == notice.address,
        col(User.email_bounced_at).is_(None),
    )
    if (
        not db.connection()
        .execute(update(User).where(*theirs).values(email_bounced_at=now))
        .rowcount
    ):
        return
    whose = db.scalars(select(col(User.patient_id)).where(col(User.id) == notice.user_id)).first()
    audit.record(
        db, actor, "U", category="account", patient_id=whose or "",
        entity=f"User/{notice.user_id}", reason="address refused", now=now,
    )  # fmt: skip
    live.tell(db, "people", [live.STAFF, *filter(None, [whose])])


def pause(tries: int, *, is_outage: bool) -> timedelta:
    """Returns how long to wait after so many tries: longer each time, never all at one moment."""
    longest = PAUSES[min(max(tries, 1), len(PAUSES)) - 1]
    if is_outage:
        longest = min(longest, OUTAGE_PAUSE)
    return longest * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreads, hides nothing


def _only_the_system(actor: Actor) -> None:
    if not actor.is_system:
        raise NotAllowed


def _next(db: Session, now: datetime, channels: tuple[str, ...]) -> Any:
    """Returns a row whose deliverer has died, else the one that has been due for longest."""
    # Without an address it has no way yet: it is handed on.
    by_these = or_(col(OutboxNotice.channel).in_(channels), col(OutboxNotice.address) == "")
    rows = select(col(OutboxNotice.id), col(OutboxNotice.state)).where(by_these).limit(1)
    stale = rows.where(_is_stale(now))
    due = rows.where(_is_due(now)).order_by(col(OutboxNotice.due_at))
    return db.connection().execute(stale).first() or db.connection().execute(due).first()


def _is_due(now: datetime) -> Any:
    return and_(col(OutboxNotice.state) == "pending", col(OutboxNotice.due_at) <= now)


def _is_stale(now: datetime) -> Any:
    return and_(col(OutboxNotice.state) == "claimed", col(OutboxNotice.claimed_until) <= now)


def _lease(db: Session, notice_id: str, worker: str, now: datetime) -> bool:
    """Says whether this deliverer has the row now: of many that ask at once, one has."""
    leased = db.connection().execute(
        update(OutboxNotice)
        .where(col(OutboxNotice.id) == notice_id, or_(_is_due(now), _is_stale(now)))
        .values(
            state="claimed",
            claimed_by=worker,
            claimed_until=now + LEASE,
            tries=col(OutboxNotice.tries) + 1,
        )
    )
    return bool(leased.rowcount)


def _needless(db: Session, notice: OutboxNotice, now: datetime) -> Outcome | None:
    """Returns how a notice ends without a letter; None where one is to be sent."""
    ended = _cannot_go(db, notice, now)
    if ended is not None:
        return ended
    if not notice.address:
        return Outcome("sent", HANDED_ON if handing_on.hand_on(db, notice, now) else PORTAL_ONLY)
    if not _still_concerns(db, notice, now) or not parcels.has_device(db, notice):
        return Outcome("withdrawn", NO_LONGER)
    return _waits(db, notice, now)


def _still_concerns(db: Session, notice: OutboxNotice, now: datetime) -> bool:
    if notice.kind == daily.KIND:
        return daily.is_wanted(db, notice)
    return handing_on.still_concerns(db, notice, now)


def _waits(db: Session, notice: OutboxNotice, now: datetime) -> Outcome | None:
    """Returns the pause of what is to wait by the account's wish, or its end in the daily mail."""
    if hours.is_daily(db, notice):
        daily.write(db, notice, now)
        return Outcome("sent", COLLECTED)
    pause = hours.pause(db, notice, now)
    if pause is not None:
        notice.due_at, notice.tries = pause.until, notice.tries - 1
        if notice.about_at is None:
            # It waits because somebody wants it to, which makes it no older.
            notice.useful_until = pause.until + USEFUL
        return Outcome("pending", pause.code)
    return None


def _elsewhere(notice: OutboxNotice, channels: tuple[str, ...]) -> Outcome | None:
    """Puts back what goes by another way since it was asked, if that one does not work now."""
    if notice.channel in channels:
        return None
    notice.tries -= 1
    return Outcome("pending")


def _cannot_go(db: Session, notice: OutboxNotice, now: datetime) -> Outcome | None:
    """Returns the end of what cannot be said, is untrue by now, of no use any more, or nobody's."""
    if notice.kind not in TEXTS:
        return Outcome("dead", UNKNOWN)
    if not filling.is_whole(db, notice):
        return Outcome("dead", DAMAGED)
    untrue = reminders.untrue(db, notice) or questions.untrue(db, notice, now)
    if untrue:
        return Outcome("withdrawn", untrue)
    if now >= (notice.useful_until or notice.created_at + USEFUL):
        return Outcome("dead", TOO_LATE if notice.tries == 1 else GIVEN_UP)
    is_nobodys = not notice.address and not notice.patient_id
    return Outcome("dead", NO_ADDRESS) if is_nobodys else None


def _close(
    db: Session,
    notice: OutboxNotice,
    outcome: Outcome,
    *,
    now: datetime,
    keeps_secrets: bool = False,
) -> None:
    notice.state, notice.problem = outcome.state, outcome.code
    notice.claimed_by, notice.claimed_until = "", None
    if outcome.state == "sent":
        notice.sent_at = now
    elif outcome.state != "pending":
        notice.ended_at = now
    if outcome.state != "pending" and not keeps_secrets:
        notice.given = _kept(db, notice)
    db.add(notice)
    db.flush()
    live.tell(db, "outbox", (live.STAFF,))


def _kept(db: Session, notice: OutboxNotice) -> bytes:
    """Returns what stays of what a notice was filled with; what cannot be opened goes whole."""
    if not filling.is_whole(db, notice):
        return b""
    kept = rendering.without_secrets(notice.kind, filling.given_of(db, notice))
    return filling.seal(db, notice.id, kept)
