"""FHIR dates of any precision: whether they are real, and where they stand in time."""

import re
from datetime import UTC, datetime
from functools import lru_cache

_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?")
_LEAP_SECOND = re.compile(r"(T\d\d:\d\d:)60")
_FRACTION = re.compile(r"(\.\d{6})\d+")


@lru_cache(maxsize=8192)
def moment(text: str) -> datetime | None:
    """Returns the moment to order a FHIR date by, or None if it is no real date.

    A day stands at noon UTC, so that it is the same day in nearly every zone; a month or a year
    stands at its first day. A time without a zone, which FHIR forbids, is read as UTC.
    """
    try:
        if _DATE.fullmatch(text):
            day = f"{text}-01-01"[:10] if len(text) < 7 else f"{text}-01"[:10]  # noqa: PLR2004
            return datetime.fromisoformat(f"{day}T12:00:00+00:00")
        if not _MOMENT.fullmatch(text):
            return None
        plain = _FRACTION.sub(r"\1", _LEAP_SECOND.sub(r"\g<1>59", text))
        found = datetime.fromisoformat(plain)
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


@lru_cache(maxsize=8192)
def is_date(text: str) -> bool:
    """Whether a text is a FHIR date: a year, a month or a day."""
    return bool(_DATE.fullmatch(text)) and moment(text) is not None


def is_date_time(text: str) -> bool:
    """Whether a text is a FHIR dateTime or instant of any precision."""
    return moment(text) is not None


def first(*texts: str) -> datetime | None:
    """Returns the moment of the first text that is a date."""
    for text in texts:
        if text:
            found = moment(text)
            if found:
                return found
    return None
