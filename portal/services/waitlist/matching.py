"""Matching: does a free time suit somebody who waits, and until when is it offered. No database."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.models.waitlist import WaitlistEntry
from portal.words import local

MINUTES = 60
# Nobody is asked at night: an hour to answer that passes in one's sleep is none.
WAKES, SLEEPS = 8 * 60, 20 * 60
# Less than this to answer is no offer.
LEAST = timedelta(minutes=10)


@dataclass(frozen=True)
class Terms:
    """What suits one who waits. Empty sets suit anything; windows are minutes of the day."""

    practitioners: frozenset[str]
    from_on: date
    until_on: date
    weekdays: frozenset[int]
    windows: tuple[tuple[int, int], ...]
    notice: timedelta
    # The visit that should come earlier is then.
    before: datetime | None = None


def terms_of(entry: WaitlistEntry, before: datetime | None = None) -> Terms:
    """Returns what an entry says, read."""
    return Terms(
        practitioners=frozenset(entry.practitioners.split()),
        from_on=entry.from_on,
        until_on=entry.until_on,
        weekdays=frozenset(int(day) for day in entry.weekdays.split()),
        windows=windows_of(entry.windows),
        notice=timedelta(minutes=entry.notice_minutes),
        before=before,
    )


def windows_of(text: str) -> tuple[tuple[int, int], ...]:
    """Returns stretches of the day from "480-720 780-1020"."""
    pairs = (part.partition("-") for part in text.split())
    return tuple((int(first), int(last)) for first, _dash, last in pairs)


def fits(terms: Terms, starts_at: datetime, practitioner_id: str, *, now: datetime) -> bool:
    """Says whether a time suits: who, which day, which hour, early enough known, and earlier."""
    here = local(starts_at)
    minute = here.hour * MINUTES + here.minute
    return (
        (not terms.practitioners or practitioner_id in terms.practitioners)
        and terms.from_on <= here.date() <= terms.until_on
        and (not terms.weekdays or here.weekday() in terms.weekdays)
        and (not terms.windows or any(first <= minute < last for first, last in terms.windows))
        and starts_at - now >= terms.notice
        and (terms.before is None or starts_at < terms.before)
    )


def ends(
    starts_at: datetime, *, offer_minutes: int, cutoff_minutes: int, now: datetime
) -> datetime | None:
    """Returns until when a time can be offered: never into the clinic's cut-off, or not at all."""
    offered = timedelta(minutes=offer_minutes)
    until = min(now + offered, starts_at - timedelta(minutes=cutoff_minutes))
    return until if until - now >= min(LEAST, offered) else None


def is_awake(now: datetime) -> bool:
    """Says whether it is a time of day at which people are asked."""
    here = local(now)
    return WAKES <= here.hour * MINUTES + here.minute < SLEEPS


def rank(entry: WaitlistEntry) -> tuple[int, datetime, str]:
    """Returns whose turn it is: by priority, then who came first."""
    return -entry.priority, entry.created_at, entry.id
