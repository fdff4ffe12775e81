"""The browser's zone: where it differs, times are said in both. It is believed for nothing else."""

import zoneinfo
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import dates

from portal.words import _, clock, language, local, zone


@lru_cache(maxsize=256)
def known(name: str) -> ZoneInfo | None:
    """Returns a zone by its name; None for what is none."""
    if not name or name not in zoneinfo.available_timezones():
        return None
    return ZoneInfo(name)


def note(name: str, at: datetime) -> str:
    """Says in which zone times are shown, where the browser's clock shows another one."""
    theirs = known(name)
    if theirs is None or _is_same(theirs, at):
        return ""
    said = _(
        "All times are those of the clinic ({here}). Your device is set to {there}: "
        "the time there stands in small print."
    )
    return said.format(here=_name(zone(), at), there=_name(theirs, at))


def there(name: str, at: datetime) -> str:
    """Says a moment on the browser's clock, with the weekday where it is another day."""
    theirs = known(name)
    if theirs is None or _is_same(theirs, at):
        return ""
    then = at.astimezone(theirs)
    said = clock(then.replace(tzinfo=zone()))
    if then.date() == local(at).date():
        return said
    return f"{dates.format_date(then.date(), 'EEE', locale=language())} {said}"


def there_said(name: str, at: datetime) -> str:
    """Says the same as a sentence's part."""
    said = there(name, at)
    return _("{time} where you are").format(time=said) if said else ""


def told_apart(said: str, at: datetime) -> str:
    """Adds to a time that the clock shows twice, as it is set back, which of the two is meant."""
    here = local(at)
    if here.replace(fold=0).utcoffset() == here.replace(fold=1).utcoffset():
        return said
    name = here.tzname() or ""
    # Some zones have no letters of their own, as Lord Howe: +1030.
    return f"{said} {name}" if name.isalpha() else f"{said} UTC{name}"


def _is_same(theirs: ZoneInfo, at: datetime) -> bool:
    return at.astimezone(theirs).utcoffset() == local(at).utcoffset()


def _name(one: ZoneInfo, at: datetime) -> str:
    return dates.get_timezone_name(at.astimezone(one), locale=language())
