"""Public holidays of the clinic's region: nobody is booked then unless staff say so."""

from datetime import date
from functools import lru_cache

import holidays as calendar
from sqlmodel import Session

from portal.security import policies
from portal.services.free_times.arithmetic import Span
from portal.services.free_times.hours import stretches
from portal.words import zone


def named(region: str, first: date, last: date) -> dict[date, str]:
    """Returns the holidays of a region ("US", "US-NY", "DE-BY") with their names; "" has none."""
    found: dict[date, str] = {}
    for year in range(first.year, last.year + 1):
        found |= {day: name for day, name in _year(region, year) if first <= day <= last}
    return found


def is_known(region: str) -> bool:
    """Says whether there is a calendar for a region; for none there is always one."""
    country, _dash, part = region.partition("-")
    known = calendar.list_supported_countries()
    return not region or (country in known and (not part or part in known[country]))


def closed(db: Session, first: date, last: date) -> list[Span]:
    """Returns the holidays between two days as spans of minutes."""
    days = named(policies.current(db).holiday_region, first, last)
    return [(stretches(day, zone())[0][0], stretches(day, zone())[-1][1]) for day in sorted(days)]


@lru_cache(maxsize=64)
def _year(region: str, year: int) -> tuple[tuple[date, str], ...]:
    if not region or not is_known(region):
        return ()
    country, _dash, part = region.partition("-")
    found = calendar.country_holidays(country, subdiv=part or None, years=year)
    return tuple(found.items())
