"""Hours: when an account is not to be told, and when once a day, on the clinic's clock.

Codes, links and whatever keeps an account safe never wait, nor does an offer that has to be
answered soon. A reminder waits until the quiet hours end, but no longer than an hour before its
visit: whoever has a visit so early is up by then, and a visit missed is worse than a sound.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlmodel import Session, col

from portal.models.audit import OutboxNotice
from portal.models.telling import NoticeHours
from portal.services.free_times.hours import moment_of, stretches
from portal.services.notices import ways, writing
from portal.services.notices.codes import DAILY, QUIET
from portal.services.notices.texts import TEXTS
from portal.words import local, zone

# What may wait for the mail of the day: nothing that changes a time or asks for an answer.
COLLECTED = frozenset(
    {"result.released", "message", "appointment.booked", "appointment.asked", "prevention.due"}
)
# By which ways it is collected: each text message stands for itself.
ONCE_A_DAY = (ways.EMAIL, ways.PUSH)
# Offered to the next one if nobody answers, and never offered at night.
PRESSING = frozenset({"waitlist.offered"})
EARLY = timedelta(hours=1)
_DAY_MINUTES = 24 * 60
# Built once: it is asked for each letter that goes out.
_HOURS = select(NoticeHours).where(col(NoticeHours.user_id).in_(bindparam("ids", expanding=True)))


@dataclass(frozen=True)
class Pause:
    """Until when a notice waits, and why: a code of the outbox."""

    until: datetime
    code: str


def of(db: Session, user_id: str) -> NoticeHours:
    """Returns an account's hours; none, where it has not chosen any."""
    return of_all(db, [user_id])[user_id]


def of_all(db: Session, user_ids: Collection[str]) -> dict[str, NoticeHours]:
    """Returns the hours of several accounts, each by its id."""
    chosen = {row.user_id: row for row in db.scalars(_HOURS, {"ids": list(user_ids)})}
    return {one: chosen.get(one) or NoticeHours(user_id=one) for one in user_ids}


def pause(notice: OutboxNotice, mine: NoticeHours, now: datetime) -> Pause | None:
    """Returns until when a notice waits by its account's hours; None where it is to go now."""
    if TEXTS[notice.kind].always or not notice.user_id or notice.kind in PRESSING:
        return None
    if mine.daily_at is not None and is_for_daily(notice):
        return Pause(_next(mine.daily_at, now), DAILY)
    until = _quiet_until(mine, now)
    if until is not None and notice.about_at is not None:
        until = min(until, notice.about_at - EARLY, notice.useful_until or until)
    return Pause(until, QUIET) if until is not None and until > now else None


def is_for_daily(notice: OutboxNotice) -> bool:
    """Says whether a notice is one for the mail of the day that has not waited for it yet."""
    is_one = notice.kind in COLLECTED and notice.channel in ONCE_A_DAY
    return is_one and notice.problem != DAILY


def is_daily(notice: OutboxNotice, mine: NoticeHours) -> bool:
    """Says whether a notice has waited for the mail of the day, and that is to go now."""
    has_waited = notice.problem == DAILY and notice.channel in ONCE_A_DAY
    return has_waited and bool(notice.user_id) and mine.daily_at is not None


def look_again(db: Session, user_id: str, now: datetime) -> None:
    """Lets what waits for an account's hours be judged by its new ones."""
    theirs = (
        col(OutboxNotice.user_id) == user_id,
        col(OutboxNotice.state) == "pending",
        col(OutboxNotice.problem).in_((QUIET, DAILY)),
    )
    again = update(OutboxNotice).where(*theirs).values(due_at=now, problem="")
    if db.connection().execute(again).rowcount:
        writing.kick(db)


def _quiet_until(mine: NoticeHours, now: datetime) -> datetime | None:
    """Returns when the quiet hours end that `now` lies in; last night's may not be over yet."""
    if mine.quiet_from is None or mine.quiet_to is None:
        return None
    today = local(now).date()
    for day in (today - timedelta(days=1), today):
        ends_on = day + timedelta(days=int(mine.quiet_to < mine.quiet_from))
        ends = moment(ends_on, mine.quiet_to)
        if moment(day, mine.quiet_from) <= now < ends:
            return ends
    return None


def _next(minute: int, now: datetime) -> datetime:
    """Returns when the clinic's clock shows an hour next."""
    today = local(now).date()
    return next(
        at
        for day in (today, today + timedelta(days=1), today + timedelta(days=2))
        if (at := moment(day, minute)) > now
    )


def moment(day: date, minute: int) -> datetime:
    """Returns when the clinic's clock shows a minute of a day: the first time, if it does twice.

    If it never does, because the clock is set forward, it is the next one that it shows.
    """
    shown = (day.toordinal() - date(1970, 1, 1).toordinal()) * _DAY_MINUTES + minute
    parts = stretches(day, zone())
    for first, last, offset in parts:
        at = max(first, shown - offset)
        if at < last:
            return moment_of(at)
    return moment_of(parts[-1][1])
