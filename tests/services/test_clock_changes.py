"""The day on which clocks are set, from the free time to the paper: one moment, one word for it.

Four zones, both changes of the year, on both databases: what is offered is booked, stands on the
board where the clock will show it, and comes out of the calendar file as the same moment.
"""

from contextvars import copy_context
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest

from portal import words
from portal.models.people import Location
from portal.models.schedules import Schedule, VisitType
from portal.services import appointments, board, calendars, free_times
from portal.services.appointments import choosing
from portal.services.appointments.choosing import Wanted
from tests.support.clinic import Clinic

# The day itself, and how many minutes of it the clock shows between midnight and six.
CHANGES = [
    ("America/New_York", date(2026, 3, 8), 5 * 60),
    ("America/New_York", date(2026, 11, 1), 7 * 60),
    ("Europe/Berlin", date(2026, 3, 29), 5 * 60),
    ("Europe/Berlin", date(2026, 10, 25), 7 * 60),
    ("Australia/Sydney", date(2026, 4, 5), 7 * 60),
    ("Australia/Sydney", date(2026, 10, 4), 5 * 60),
    ("Australia/Lord_Howe", date(2026, 4, 5), 6 * 60 + 30),
    ("Australia/Lord_Howe", date(2026, 10, 4), 5 * 60 + 30),
]
PACE = 30


@pytest.mark.parametrize(("name", "day", "lasts"), CHANGES)
def test_what_is_offered_is_booked_shown_and_fetched_as_the_same_moment(
    the_clinic: Clinic, name: str, day: date, lasts: int
) -> None:
    copy_context().run(_live_through, the_clinic, name, day, lasts)


def _live_through(clinic: Clinic, name: str, day: date, lasts: int) -> None:
    words.speak("en", name)
    here, dana = ZoneInfo(name), clinic.practitioners["dana"].id
    now = datetime.combine(day - timedelta(days=1), time(9), here).astimezone(UTC)
    clinic.add(
        Location(id="room-1", name="Room 1", is_room=True),
        VisitType(
            id="night", name="Night visit", minutes=PACE, grid=PACE, who_books="public",
            notice_minutes=0, open_limit=0,
        ),
    )  # fmt: skip
    clinic.add(
        Schedule(practitioner_id=dana, location_id="room-1", weekday=day.weekday(), from_minute=0,
                 to_minute=6 * 60)
    )  # fmt: skip
    offered = _offered(clinic, dana, day, now)
    # Every half hour that the clock shows is there once, those that come twice are there twice.
    assert len(offered) == lasts // PACE
    _are_told_apart(clinic, day, here, now)
    with clinic.base.transaction() as db:
        (empty,) = board.view(db, clinic.actor("frank"), day=day, now=now).columns
    # The board offers no time that the clock jumps over.
    assert {free_times.moment_of(free.minute).astimezone(here).strftime("%-H:%M")
            for free in empty.free} == {free.at for free in empty.free}  # fmt: skip
    assert all(one.astimezone(here).hour < 6 and one.astimezone(here).date() == day
               for one in offered)  # fmt: skip

    booked = {_booked(clinic, dana, at, now): at for at in offered}
    assert len(booked) == len(offered)
    assert _offered(clinic, dana, day, now) == []

    with clinic.base.transaction() as db:
        shown = board.view(db, clinic.actor("frank"), day=day, now=now)
        files = {
            one: calendars.file(
                db, clinic.actor("alice", at=now), appointment_id=one, host="here", now=now
            )
            for one in booked
        }
    (column,) = [one for one in shown.columns if one.key == dana]
    assert column.free == []
    # The board's list is what is printed, too.
    on_board = {strip.id: (strip.at, strip.minutes) for strip in column.strips}
    assert on_board == {one: (f"{at.astimezone(here):%-H:%M}", PACE) for one, at in booked.items()}
    for one, at in booked.items():
        event: Any = icalendar.Calendar.from_ical(files[one]).walk("VEVENT")[0]
        begins, ends = event["DTSTART"], event["DTEND"]
        # An hour that comes twice means the first one (RFC 5545, 3.3.5): the second is in UTC.
        assert begins.params.get("TZID", "UTC") == ("UTC" if at.astimezone(here).fold else name)
        assert (begins.dt.astimezone(UTC), ends.dt.astimezone(UTC)) == (
            at, at + timedelta(minutes=PACE),
        )  # fmt: skip


def _are_told_apart(clinic: Clinic, day: date, here: ZoneInfo, now: datetime) -> None:
    """Whoever chooses reads which of two times is meant that the clock shows twice; no other."""
    wanted = Wanted(step="when", kind="night", day=day.isoformat())
    with clinic.base.transaction() as db:
        row = choosing.view(db, clinic.actor("alice", at=now), wanted=wanted, now=now)
    listed = [time for part in row.week.parts for time in part.times]
    clocks = [free_times.moment_of(time.minute).astimezone(here) for time in listed]
    said = [f"{at:%-H:%M}" for at in clocks]
    assert len({time.at for time in listed}) == len({time.say for time in listed}) == len(listed)
    for one, at, clock in zip(listed, clocks, said, strict=True):
        name = at.tzname() or ""
        named = name if name.isalpha() else f"UTC{name}"
        assert one.at.endswith(f" {named}") == (said.count(clock) > 1)
        assert f" {named}" not in one.at or f" {named}, with" in one.say


def _offered(clinic: Clinic, dana: str, day: date, now: datetime) -> list[datetime]:
    with clinic.base.transaction() as db:
        kind = db.get(VisitType, "night")
        assert kind
        found = free_times.free(db, kind, [dana], first=day, last=day, now=now)
    return [one.starts_at for one in found]


def _booked(clinic: Clinic, dana: str, at: datetime, now: datetime) -> str:
    with clinic.base.transaction() as db:
        actor = clinic.actor("alice", at=now)
        held = appointments.hold(
            db, actor, visit_type_id="night", practitioner_id=dana, starts_at=at, now=now
        )
    with clinic.base.transaction() as db:
        return appointments.book_held(db, actor, hold_id=held, reason="", now=now)
