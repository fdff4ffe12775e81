"""The outbox: each notice is taken by one deliverer at a time, and its end is written down.

To take rows is to lease them: each is held by whoever locked it first, and written as theirs before
the lock ends. Whoever dies with rows in hand loses them when the lease is over, and the next one
sends them: at least once, and at most one copy too many, for the end of each is written down
before the next one leaves. What has no address yet is handed on to everybody whom it concerns, or
to nobody.
"""

import random
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, select, update
from sqlmodel import Session, col

from portal import live
from portal.errors import NotAllowed
from portal.models.audit import OutboxNotice
from portal.models.people import User
from portal.models.telling import NoticeHours
from portal.security import audit
from portal.security.actor import Actor
from portal.services import once
from portal.services.notices import (
    daily,
    filling,
    handing_on,
    hours,
    leases,
    naming,
    parcels,
    questions,
    reminders,
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
    UNFORESEEN,
    UNKNOWN,
)
from portal.services.notices.parcels import Parcel
from portal.services.notices.recipients import Circle, circles
from portal.services.notices.texts import TEXTS
from portal.services.notices.writing import USEFUL

CHANNELS = (ways.EMAIL, ways.SMS, ways.PUSH)
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 15, 30, 60))
# While no letter gets out, none of them is to blame: none waits for longer than this.
OUTAGE_PAUSE = timedelta(minutes=5)
JITTER = 0.2


@dataclass(frozen=True)
class Taken:
    """What came of reaching into the outbox. Neither parcels nor empty: reach again."""

    parcels: tuple[Parcel, ...] = ()
    is_empty: bool = False
    # Held by another deliverer that never said what became of them: they may arrive twice.
    again: int = 0


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


@dataclass(frozen=True)
class _Known:
    """What is asked once for all that are taken together, by patient and by account."""

    circles: dict[str, Circle]
    hours: dict[str, NoticeHours]
    # What is handed on to accounts, to be written at the end.
    copies: list[dict[str, Any]] = field(default_factory=list)

    def account(self, notice: OutboxNotice) -> ways.Account | None:
        """Returns the account that a notice goes to, if it is one around its patient."""
        circle = self.circles.get(notice.patient_id or "")
        return circle.account(notice.user_id) if circle else None


def take(
    db: Session,
    actor: Actor,
    *,
    worker: str,
    portal: str,
    now: datetime,
    channels: tuple[str, ...] = CHANNELS,
    most: int = 1,
) -> Taken:
    """Takes the notices that have been due for longest; what needs no letter is ended here.

    `channels`: the ways that work now. What goes by another stays where it is.
    """
    _only_the_system(actor)
    found = leases.due(db, now, channels, most)
    if not found:
        return Taken(is_empty=True)
    known, house = _known(db, found), naming.house(db, portal)
    again, packed = 0, list[Parcel]()
    with db.no_autoflush:
        for notice in found:
            if not leases.is_to_go(notice, now):
                # The notice of the day, written for one of the others, has taken it in.
                continue
            again += notice.state == "claimed"
            leases.take(notice, worker, now)
            needless = _needless(db, notice, now, known) or _elsewhere(notice, channels)
            if needless is not None:
                _close(db, notice, needless, now=now)
                continue
            whose = known.account(notice)
            try:
                packed.append(parcels.packed(db, notice, worker=worker, house=house, account=whose))
            except (LookupError, TypeError, ValueError):
                # A text or a translation that cannot be filled in holds up its own notices alone.
                notice.due_at = now + pause(notice.tries, is_outage=False)
                _close(db, notice, Outcome("pending", UNFORESEEN), now=now)
    db.flush()
    once.insert(db, OutboxNotice, known.copies)
    live.tell(db, "outbox", (live.STAFF,))
    return Taken(tuple(packed), again=again)


def put_back(db: Session, actor: Actor, *, untried: Collection[Parcel]) -> None:
    """Gives back what was taken and not tried: it is as due as it was."""
    _only_the_system(actor)
    for parcel in untried:
        leases.end(db, parcel, state="pending", tries=parcel.tries - 1)
    live.tell(db, "outbox", (live.STAFF,))


def settle(
    db: Session,
    actor: Actor,
    *,
    parcel: Parcel,
    outcome: Outcome,
    now: datetime,
    keeps_secrets: bool = False,
    tells: bool = True,
) -> bool:
    """Writes down what became of a parcel; False if its lease went to somebody else meanwhile.

    `tells`: whether the pages that show the outbox are told now; else with the next one.
    """
    _only_the_system(actor)
    is_refused = outcome.is_bounce and _flag(db, actor, parcel, now)
    # Where no device or no phone is left, nothing has to be waited for: it goes by e-mail.
    is_otherwise = outcome.code == GONE or (is_refused and parcel.channel == ways.SMS)
    state = "pending" if is_otherwise else outcome.state
    said: dict[str, Any] = {"state": state, "problem": outcome.code}
    if state == "pending":
        longer = pause(parcel.tries, is_outage=outcome.is_outage)
        said["due_at"] = now if is_otherwise else now + longer
    else:
        said["sent_at" if state == "sent" else "ended_at"] = now
        if not keeps_secrets:
            said["given"] = parcel.kept
    if not leases.end(db, parcel, **said):
        return False
    if tells:
        live.tell(db, "outbox", (live.STAFF,))
    told, gone = outcome.told, outcome.gone
    parcels.note_devices(db, actor, parcel.user_id, told=told, gone=gone, now=now)
    return True


def _flag(db: Session, actor: Actor, parcel: Parcel, now: datetime) -> bool:
    """Notes on an account that its address or number is refused; the desk is told, once (MSG-07).

    Says whether that is news. Where no text was ever taken, the number may not be to blame.
    """
    is_text = parcel.channel == ways.SMS
    theirs = update(User).where(col(User.id) == parcel.user_id)
    if is_text:
        is_taken = col(User.phone_refused_at).is_(None) & col(User.phone_verified_at).is_not(None)
        is_theirs = (col(User.phone) == parcel.address) & is_taken & _TEXTS_ARRIVE
        flagged = theirs.where(is_theirs).values(phone_refused_at=now)
    else:
        is_theirs = (col(User.email) == parcel.address) & col(User.email_bounced_at).is_(None)
        flagged = theirs.where(is_theirs).values(email_bounced_at=now)
    if not db.connection().execute(flagged).rowcount:
        return False
    whose = db.scalars(select(col(User.patient_id)).where(col(User.id) == parcel.user_id)).first()
    audit.record(
        db, actor, "U", category="account", patient_id=whose or "",
        entity=f"User/{parcel.user_id}", reason="number refused" if is_text else "address refused",
        now=now,
    )  # fmt: skip
    live.tell(db, "people", [live.STAFF, *filter(None, [whose])])
    return True


_TEXTS_ARRIVE = exists().where(
    col(OutboxNotice.channel) == ways.SMS,
    col(OutboxNotice.state) == "sent",
    col(OutboxNotice.problem) == "",
)


def pause(tries: int, *, is_outage: bool) -> timedelta:
    """Returns how long to wait after so many tries: longer each time, never all at one moment."""
    longest = PAUSES[min(max(tries, 1), len(PAUSES)) - 1]
    if is_outage:
        longest = min(longest, OUTAGE_PAUSE)
    return longest * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreads, hides nothing


def _only_the_system(actor: Actor) -> None:
    if not actor.is_system:
        raise NotAllowed


def _known(db: Session, found: Iterable[OutboxNotice]) -> _Known:
    return _Known(
        circles(db, {notice.patient_id for notice in found if notice.patient_id}),
        hours.of_all(db, {notice.user_id for notice in found if notice.user_id}),
    )


def _needless(db: Session, notice: OutboxNotice, now: datetime, known: _Known) -> Outcome | None:
    """Returns how a notice ends without a letter; None where one is to be sent."""
    ended = _cannot_go(db, notice, now)
    if ended is not None:
        return ended
    circle = known.circles.get(notice.patient_id or "")
    if not notice.address:
        told = handing_on.copies(db, notice, now, circle)
        known.copies.extend(told)
        return Outcome("sent", HANDED_ON if told else PORTAL_ONLY)
    if not _still_concerns(db, notice, now, circle) or not parcels.has_device(db, notice):
        return Outcome("withdrawn", NO_LONGER)
    mine = known.hours.get(notice.user_id or "")
    return _waits(db, notice, now, mine) if mine else None


def _still_concerns(
    db: Session, notice: OutboxNotice, now: datetime, circle: Circle | None
) -> bool:
    if notice.kind == daily.KIND:
        return daily.is_wanted(db, notice)
    return handing_on.still_concerns(db, notice, now, circle)


def _waits(db: Session, notice: OutboxNotice, now: datetime, mine: NoticeHours) -> Outcome | None:
    """Returns the pause of what is to wait by the account's wish, or its end in the daily mail."""
    if hours.is_daily(notice, mine):
        daily.write(db, notice, now)
        return Outcome("sent", COLLECTED)
    pause = hours.pause(notice, mine, now)
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


def _close(db: Session, notice: OutboxNotice, outcome: Outcome, *, now: datetime) -> None:
    """Writes the end of what needed no letter; of one that waits, that nobody holds it."""
    notice.state, notice.problem = outcome.state, outcome.code
    notice.claimed_by, notice.claimed_until = "", None
    if outcome.state == "sent":
        notice.sent_at = now
    elif outcome.state != "pending":
        notice.ended_at = now
    if outcome.state != "pending":
        notice.given = filling.kept(db, notice)
    db.add(notice)
