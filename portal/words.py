"""Words that people read: translation, and dates and numbers as people say them.

Every text goes through `_()`. Times are stored in UTC and said in the clinic's zone.

The pages speak one language. What is sent speaks its reader's, within `speaking`: its texts lie in
a catalogue of their own, so that no page is ever half translated.
"""

import contextvars
import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import dates, numbers

LOCALES = Path(__file__).parent / "locales"
DAYS_SAID_RELATIVE = 7
# What notices can be sent in, each in its own name. The texts in the source are the English ones.
SOURCE = "en"
LANGUAGES = {SOURCE: "English", "de": "Deutsch", "es": "Español"}
# The catalogues: of the pages, which has no translation yet, and of what is sent.
PAGES, NOTICES = "portal", "notices"
# How a day and a time of day are written where it is not as in English.
_PATTERNS = {
    "de": {
        "EEEE d MMMM y": "EEEE, d. MMMM y",
        "EEEE d MMMM": "EEEE, d. MMMM",
        "EEE d MMM": "EEE, d. MMM",
        "d MMM y": "d. MMM y",
        "h:mm a": "H:mm 'Uhr'",
    },
    "es": {
        "EEEE d MMMM y": "EEEE, d 'de' MMMM 'de' y",
        "EEEE d MMMM": "EEEE, d 'de' MMMM",
        "EEE d MMM": "EEE, d MMM",
        "h:mm a": "H:mm",
    },
}

_language: contextvars.ContextVar[str] = contextvars.ContextVar("language", default=SOURCE)
_zone: contextvars.ContextVar[str] = contextvars.ContextVar("zone", default="UTC")
_domain: contextvars.ContextVar[str] = contextvars.ContextVar("domain", default=PAGES)
_clinics = SOURCE


@lru_cache
def _catalogue(domain: str, language: str) -> gettext.NullTranslations:
    """Returns the translations of a language, read once from the text that people edit."""
    file = LOCALES / language / "LC_MESSAGES" / f"{domain}.po"
    if language not in LANGUAGES or not file.is_file():
        return gettext.NullTranslations()
    from babel.messages import mofile, pofile

    compiled = BytesIO()
    with file.open("rb") as text:
        mofile.write_mo(compiled, pofile.read_po(text, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def speak(language: str, zone: str) -> None:
    """Sets the language (BCP 47) and the zone (IANA) for what follows in this context."""
    _language.set(language)
    _zone.set(zone)


def settle(language: str, zone: str) -> None:
    """Sets what is spoken where nobody chose: the clinic's language and zone, for the process."""
    global _language, _zone, _clinics  # noqa: PLW0603 - set once, when the process starts
    _clinics = language
    _language = contextvars.ContextVar("language", default=language)
    _zone = contextvars.ContextVar("zone", default=zone)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speaks a language that is on offer, for a block in which something to be sent is written."""
    spoken, domain = _language, _domain
    before = spoken.set(offered(language) or SOURCE), domain.set(NOTICES)
    try:
        yield
    finally:
        spoken.reset(before[0])
        domain.reset(before[1])


def offered(tag: str) -> str:
    """Returns which language on offer a tag (BCP 47) names: es for es-MX; empty for none."""
    found = tag.replace("_", "-").partition("-")[0].lower()
    return found if found in LANGUAGES else ""


def clinics() -> str:
    """Returns what is sent in where nobody chose: the clinic's language if it is on offer."""
    return offered(_clinics) or SOURCE


def _(text: str) -> str:
    """Translates a text that a person reads."""
    return _catalogue(_domain.get(), _language.get()).gettext(text)


def _n(one: str, many: str, count: int) -> str:
    """Translates a text that counts; `{count}` in it is filled in."""
    catalogue = _catalogue(_domain.get(), _language.get())
    return catalogue.ngettext(one, many, count).format(count=count)


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
            return dates.format_skeleton("yMMMM", shown, locale=_locale(_language.get()))
        return short_day(date.fromisoformat(text[:10]))
    except ValueError:
        return _("Date not known")


def number(value: float) -> str:
    """Says a number in the person's way of writing."""
    return numbers.format_decimal(value, locale=_locale(_language.get()))


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
    return dates.format_date(day, _pattern(pattern, language), locale=_locale(language))


@lru_cache(maxsize=5_000)
def _clock_said(hour: int, minute: int, language: str) -> str:
    pattern = _pattern("h:mm a", language)
    said = dates.format_time(time(hour, minute), pattern, locale=_locale(language))
    return said.replace("AM", "am").replace("PM", "pm").replace("\u202f", "\u00a0")


def _pattern(english: str, language: str) -> str:
    """Returns how a language writes what English writes so."""
    return _PATTERNS.get(offered(language), {}).get(english, english)


def _locale(language: str) -> str:
    """Returns a language (BCP 47) as Babel writes it."""
    return language.replace("-", "_")


def _said(day: date, pattern: str) -> str:
    # Saying a date takes longer than finding it; pages say the same few hundred again and again.
    return _date_said(day, pattern, _language.get())


def _as_date(at: datetime | date) -> date:
    return local(at).date() if isinstance(at, datetime) else at
