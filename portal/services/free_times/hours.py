"""Hours: what a weekly schedule means on one day, in UTC minutes, whatever clocks do that day.

A day is cut where its offset changes. What the clock shows twice is worked twice, what it skips is
not worked; so each start that is offered exists, and is on the grid of the clock that hangs there.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from portal.services.free_times.arithmetic import Stretch

_DAY = 24 * 60
_EPOCH_DAY = date(1970, 1, 1).toordinal()


def minute_of(at: datetime) -> int:
    """Returns a moment as whole minutes since 1970."""
    return int(at.timestamp()) // 60


def moment_of(minute: int) -> datetime:
    """Returns minutes since 1970 as a moment."""
    return datetime.fromtimestamp(minute * 60, UTC)


def worked(day: date, from_minute: int, to_minute: int, zone: ZoneInfo) -> list[Stretch]:
    """Returns when local hours of a day (minutes since its midnight) are, as stretches in UTC."""
    here = (day.toordinal() - _EPOCH_DAY) * _DAY
    found: list[Stretch] = []
    for first, last, offset in stretches(day, zone):
        start = max(first, here + from_minute - offset)
        end = min(last, here + to_minute - offset)
        if start < end:
            found.append((start, end, offset))
    return found


@lru_cache(maxsize=8192)
def stretches(day: date, zone: ZoneInfo) -> tuple[Stretch, ...]:
    """Returns a local day as stretches of one offset: one, or two where the clock is set."""
    begins, offset = _midnight(day, zone)
    ends, after = _midnight(day + timedelta(days=1), zone)
    if offset == after:
        return ((begins, ends, offset),)
    changes = _change(begins, ends, zone)
    return ((begins, changes, offset), (changes, ends, after))


def _midnight(day: date, zone: ZoneInfo) -> tuple[int, int]:
    """Returns the first minute of a local day, and its offset in minutes."""
    # Where midnight comes twice, the day begins with the first; where it is skipped, with the jump.
    begins = minute_of(datetime.combine(day, time(), zone))
    return begins, _offset(begins, zone)


def _offset(minute: int, zone: ZoneInfo) -> int:
    shift = moment_of(minute).astimezone(zone).utcoffset() or timedelta()
    return int(shift.total_seconds()) // 60


def _change(low: int, high: int, zone: ZoneInfo) -> int:
    """Returns the minute at which the offset changes between two moments."""
    before = _offset(low, zone)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(middle, zone) == before:
            low = middle
        else:
            high = middle
    return high
