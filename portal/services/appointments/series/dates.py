"""Dates of a series: the same hour of the clock on the wall, whatever clocks do meanwhile."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from portal.errors import Invalid
from portal.words import _, local, zone

MOST = 52
FURTHEST = timedelta(days=730)
DAYS = {"day": 1, "week": 7}
LONGEST_PAUSE = 366


class NoSeries(Invalid):
    """A rule that gives no date, or too many."""

    sentence = _("Say how often and how many times: 52 at most, and within two years.")


@dataclass(frozen=True)
class Rule:
    """Every so many days or weeks: so many times more, or until a day and on it."""

    every: int
    unit: str
    times: int = 0
    until: date | None = None


def dates(starts_at: datetime, rule: Rule, now: datetime) -> list[tuple[date, datetime | None]]:
    """Returns the days on which a visit comes again, each with its moment.

    None for a moment that the clock skips on that day; of one that comes twice, the first.
    """
    step = rule.every * DAYS.get(rule.unit, 0)
    if not 1 <= step <= LONGEST_PAUSE or bool(rule.times) == bool(rule.until):
        raise NoSeries
    first, last = local(starts_at).date(), local(now + FURTHEST).date()
    count = rule.times or ((rule.until or first) - first).days // step
    if not 1 <= count <= MOST or first + timedelta(days=step * count) > last:
        raise NoSeries
    days = [first + timedelta(days=step * at) for at in range(1, count + 1)]
    return [(day, at_clock(day, local(starts_at).time())) for day in days]


def at_clock(day: date, clock: time) -> datetime | None:
    """Returns when the clock shows an hour on a day; None where it skips it."""
    shown = datetime.combine(day, clock.replace(fold=0), zone())
    found = shown.astimezone(UTC)
    return found if local(found).replace(tzinfo=None) == shown.replace(tzinfo=None) else None
