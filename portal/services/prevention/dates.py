"""Dates of prevention: months that are added to a day, and days of which only a part is known."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from portal.integrations.fhir import moments
from portal.words import local

_PARTIAL = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")
_DECEMBER = 12


@dataclass(frozen=True)
class Span:
    """From the first to the last day that something may have been on."""

    first: date
    last: date


def months_after(day: date, months: int) -> date:
    """Returns the same day of a later month; one that the month has not is the next one's first.

    So who was born on 29 February is a year older on 1 March, as everywhere in the portal, and
    nothing is due a day too early.
    """
    years, month = divmod(day.year * _DECEMBER + day.month - 1 + months, _DECEMBER)
    if years > date.max.year:
        return date.max
    try:
        return date(years, month + 1, day.day)
    except ValueError:
        # No month that ends early is a December.
        return date(years, month + 2, 1)


def span(text: str) -> Span | None:
    """Returns the days that a FHIR date may mean: a year, a month, a day; None for anything else.

    A moment is the day that the clinic's calendar shows then.
    """
    found = _PARTIAL.fullmatch(text)
    if found is None:
        moment = moments.moment(text)
        return Span(local(moment).date(), local(moment).date()) if moment else None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
    except ValueError:
        return None
    if day is not None:
        return Span(first, first)
    last_month = month or _DECEMBER
    return Span(first, date(first.year, last_month, monthrange(first.year, last_month)[1]))


def born_by(day: date, months: int) -> date:
    """Returns the latest birthday of those who have lived so many months on a day."""
    years, month = divmod(day.year * _DECEMBER + day.month - 1 - months, _DECEMBER)
    if years < date.min.year:
        return date.min
    # Whose birthday comes only with the first of the next month has not lived them yet.
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))
