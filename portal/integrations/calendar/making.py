"""Making a calendar file: each entry in its zone, with the zone's rules in the file itself.

So a calendar anywhere shows the right hour, also over a change of clocks, and whatever it knows
of zones by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

TYPE = "text/calendar; charset=utf-8"
# How often a calendar that follows the file should ask again.
AGAIN = timedelta(hours=1)


@dataclass(frozen=True)
class Entry:
    """One entry. `sequence` rises with each change; `uid` stays, so that it is moved, not added."""

    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime
    sequence: int
    is_asked: bool = False
    is_cancelled: bool = False
    place: str = ""
    note: str = ""


def make(name: str, entries: Sequence[Entry], zone: ZoneInfo, *, now: datetime) -> bytes:
    """Returns a calendar file; `name` is what the calendar is called there."""
    shown = Calendar()
    shown.add("prodid", "-//Patient portal//EN")
    shown.add("version", "2.0")
    shown.add("calscale", "GREGORIAN")
    shown.add("method", "PUBLISH")
    shown.add("x-wr-calname", name)
    shown.add("x-wr-timezone", zone.key)
    shown.add("refresh-interval", AGAIN, parameters={"VALUE": "DURATION"})
    for entry in entries:
        shown.add_component(_event(entry, zone, now))
    shown.add_missing_timezones()
    return shown.to_ical()


def _event(entry: Entry, zone: ZoneInfo, now: datetime) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", now)
    event.add("dtstart", _said(entry.starts_at, zone))
    event.add("dtend", _said(entry.ends_at, zone))
    event.add("summary", entry.title)
    event.add("sequence", entry.sequence)
    event.add("class", "PRIVATE")
    event.add("status", _status(entry))
    if entry.place:
        event.add("location", entry.place)
    if entry.note:
        event.add("description", entry.note)
    return event


def _said(at: datetime, zone: ZoneInfo) -> datetime:
    """Returns a moment by the zone's clock, or by UTC where the clock shows that hour again.

    RFC 5545, 3.3.5: an hour that comes twice means the first of the two.
    """
    here = at.astimezone(zone)
    return at.astimezone(UTC) if here.fold else here


def _status(entry: Entry) -> str:
    if entry.is_cancelled:
        return "CANCELLED"
    return "TENTATIVE" if entry.is_asked else "CONFIRMED"
