"""Words that people read: translation, and dates and numbers as people say them.

Every text goes through `_()`. Times are stored in UTC and said in the clinic's zone.
"""

import contextvars
import gettext
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import dates, numbers

LOCALES = Path(__file__).parent / "locales"
DAYS_SAID_RELATIVE = 7

_language: contextvars.ContextVar[str] = contextvars.ContextVar("language", default="en")
_zone: contextvars.ContextVar[str] = contextvars.ContextVar("zone", default="UTC")


@lru_cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("portal", LOCALES, languages=[language], fallback=True)


def speak(language: str, zone: str) -> None:
    """Sets the language (BCP 47) and the zone (IANA) for what follows in this context."""
    _language.set(language)
    _zone.set(zone)


def settle(language: str, zone: str) -> None:
    """Sets what is spoken where nobody chose: the clinic's language and zone, for the process."""
    global _language, _zone  # noqa: PLW0603 - set once, when the process starts
    _language = contextvars.ContextVar("language", default=language)
    _zone = contextvars.ContextVar("zone", default=zone)


def _(text: str) -> str:
    """Translates a text that a person reads."""
    return _catalogue(_language.get()).gettext(text)


def _n(one: str, many: str, count: int) -> str:
    """Translates a text that counts; `{count}` in it is filled in."""
    return _catalogue(_language.get()).ngettext(one, many, count).format(count=count)


def language() -> str:
    """Returns the language spoken now."""
    return _language.get()


def zone() -> ZoneInfo:
    """Returns the zone that times are said in."""
    return ZoneInfo(_zone.get())


def local(at: datetime) -> datetime:
    """Returns a time in the zone that people read."""
    return at.astimezone(zone())


def day(at: datetime | date) -> str:
    """Says a day in full: Tuesday 3 March 2026."""
    return _said(_as_date(at), "EEEE d MMMM y")


def short_day(at: datetime | date) -> str:
    """Says a day in short: 3 Mar 2026."""
    return _said(_as_date(at), "d MMM y")


def day_and_month(at: datetime | date) -> str:
    """Says a near day in short: Tue 3 Mar."""
    return _said(_as_date(at), "EEE d MMM")


def weekday(at: datetime | date) -> str:
    """Says the weekday: Tuesday."""
    return _said(_as_date(at), "EEEE")


def month(at: datetime | date) -> str:
    """Says the month: March."""
    return _said(_as_date(at), "LLLL")


def short_month(at: datetime | date) -> str:
    """Says the month in short: Mar."""
    return _said(_as_date(at), "LLL")


def clock(at: datetime) -> str:
    """Says the time of day: 9:40 am."""
    here = local(at)
    return _clock_said(here.hour, here.minute, _language.get())


def when(at: datetime, now: datetime) -> str:
    """Says a moment: Tuesday 3 March, 9:40 am (with the year when it is another one)."""
    here = local(at)
    pattern = "EEEE d MMMM" if here.year == local(now).year else "EEEE d MMMM y"
    return f"{_said(here.date(), pattern)}, {clock(at)}"


def how_far(at: datetime | date, now: datetime) -> str:
    """Says a distance in days: today, tomorrow, yesterday, in 2 days, 3 days ago, else the day."""
    days = (_as_date(at) - local(now).date()).days
    names = {0: _("Today"), 1: _("Tomorrow"), -1: _("Yesterday")}
    if days in names:
        return names[days]
    if abs(days) > DAYS_SAID_RELATIVE:
        return short_day(at)
    return (
        _n("In {count} day", "In {count} days", days)
        if days > 0
        else _n("{count} day ago", "{count} days ago", -days)
    )


def before(minutes: int) -> str:
    """Says how long before something: 7 days before, 3 hours before, 30 minutes before."""
    if minutes % (24 * 60) == 0:
        return _n("{count} day before", "{count} days before", minutes // (24 * 60))
    if minutes % 60 == 0:
        return _n("{count} hour before", "{count} hours before", minutes // 60)
    return _n("{count} minute before", "{count} minutes before", minutes)


def partial_day(text: str) -> str:
    """Says a FHIR date of any precision: 1958, March 1958, 3 Mar 1958. Unknown is said as such."""
    parts = text[:10].split("-") if text else []
    try:
        if len(parts) == 1:
            return str(int(parts[0]))
        if len(parts) == 2:  # noqa: PLR2004 - year and month
            shown = date(int(parts[0]), int(parts[1]), 1)
            return dates.format_skeleton("yMMMM", shown, locale=_language.get())
        return short_day(date.fromisoformat(text[:10]))
    except ValueError:
        return _("Date not known")


def number(value: float) -> str:
    """Says a number in the person's way of writing."""
    return numbers.format_decimal(value, locale=_language.get())


def age(born: date, now: datetime) -> int:
    """Returns whole years lived on the clinic's today; a 29 February counts from 1 March."""
    today = local(now).date()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def midnight(now: datetime, days: int = 0) -> datetime:
    """Returns the start of the clinic's day, `days` from today, in UTC."""
    today = local(now).date() + timedelta(days=days)
    return datetime(today.year, today.month, today.day, tzinfo=zone()).astimezone(UTC)


@lru_cache(maxsize=20_000)
def _date_said(day: date, pattern: str, language: str) -> str:
    return dates.format_date(day, pattern, locale=language)


@lru_cache(maxsize=5_000)
def _clock_said(hour: int, minute: int, language: str) -> str:
    said = dates.format_time(time(hour, minute), "h:mm a", locale=language)
    return said.replace("AM", "am").replace("PM", "pm").replace("\u202f", "\u00a0")


def _said(day: date, pattern: str) -> str:
    # Saying a date takes longer than finding it; pages say the same few hundred again and again.
    return _date_said(day, pattern, _language.get())


def _as_date(at: datetime | date) -> date:
    return local(at).date() if isinstance(at, datetime) else at
