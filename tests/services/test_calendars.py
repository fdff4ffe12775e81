"""One's own calendar: the right hour in every zone, no word too many, and an end at any time."""

from contextvars import copy_context
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from sqlalchemy import select
from sqlmodel import col

from portal import words
from portal.errors import NotAllowed, NotFound
from portal.integrations import calendar
from portal.integrations.calendar import Entry
from portal.models.appointments import CalendarFeed
from portal.models.audit import AuditEvent
from portal.models.people import Location, RelatedPerson, User
from portal.security import feeds
from portal.security.actor import Actor
from portal.services import calendars
from tests.support.clinic import NOW, Clinic, appointment

# Nine in the morning, the day before clocks change and the day after, in spring and in autumn.
CHANGES = {
    "America/New_York": ("2026-03-07", "2026-03-09", "2026-10-31", "2026-11-02"),
    "Europe/Berlin": ("2026-03-28", "2026-03-30", "2026-10-24", "2026-10-26"),
    "Australia/Sydney": ("2026-04-04", "2026-04-06", "2026-10-03", "2026-10-05"),
    "Australia/Lord_Howe": ("2026-04-04", "2026-04-06", "2026-10-03", "2026-10-05"),
}


def events(file: bytes) -> list[Any]:
    return list(icalendar.Calendar.from_ical(file).walk("VEVENT"))


def made(clinic: Clinic, who: str | Actor = "alice", now: datetime = NOW) -> str:
    actor = clinic.actor(who, at=now) if isinstance(who, str) else who
    with clinic.base.transaction() as db:
        return calendars.make(db, actor, now=now)


def fetched(
    clinic: Clinic, token: str, now: datetime = NOW, source: str = "192.0.2.7"
) -> calendars.Feed:
    with clinic.base.transaction() as db:
        return calendars.feed(db, token=token, host="portal.example", source=source, now=now)


@pytest.mark.parametrize("zone", CHANGES)
def test_says_nine_oclock_on_both_sides_of_the_change_of_clocks(zone: str) -> None:
    here = ZoneInfo(zone)
    nines = [datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=here) for day in CHANGES[zone]]
    entries = [
        Entry(str(at), "Appointment", nine.astimezone(UTC), nine.astimezone(UTC), sequence=1)
        for at, nine in enumerate(nines)
    ]
    file = calendar.make("Clinic", entries, here, now=NOW)
    assert f"TZID:{zone}" in file.decode()
    assert file.count(b"BEGIN:VTIMEZONE") == 1
    read: Any = icalendar.Calendar.from_ical(file)
    # By the rules in the file itself, not by what this machine knows of the zone.
    own = read.walk("VTIMEZONE")[0].to_tz(lookup_tzid=False)
    for event, nine in zip(read.walk("VEVENT"), nines, strict=True):
        naive = event["DTSTART"].dt.replace(tzinfo=None)
        assert (naive.hour, naive.minute) == (9, 0)
        assert naive.replace(tzinfo=own).astimezone(UTC) == nine.astimezone(UTC)


class TestOne:
    def test_is_a_file_with_time_and_place_and_nothing_of_health(self, the_clinic: Clinic) -> None:
        room = Location(name="Room 2", address="48 Juniper Street, Millbrook")
        visit = appointment(the_clinic, reason="Chest pain", location_id=room.id, version=4)
        the_clinic.add(room)
        the_clinic.add(visit)
        with the_clinic.base.transaction() as db:
            file = calendars.file(
                db, the_clinic.actor("alice"), appointment_id=visit.id, host="portal.example",
                now=NOW,
            )  # fmt: skip
        (event,) = events(file)
        assert event["SUMMARY"] == "Appointment at Juniper Test Clinic"
        assert event["LOCATION"] == "Room 2, 48 Juniper Street, Millbrook"
        assert (event["UID"], event["SEQUENCE"]) == (f"{visit.id}@portal.example", 4)
        assert event["DTSTART"].params["TZID"] == "America/New_York"
        assert event["DTSTART"].dt == visit.starts_at
        for word in ("Chest", "pressure", "Dana", "Alice"):
            assert word not in file.decode()

    def test_is_hidden_from_strangers_and_leaves_a_trace(self, the_clinic: Clinic) -> None:
        visit = appointment(the_clinic, confidential=True)
        the_clinic.add(visit)
        helping = the_clinic.actor("bob", helping="alice")
        for actor in (the_clinic.actor("charlie"), helping):
            with pytest.raises(NotFound), the_clinic.base.transaction() as db:
                calendars.file(db, actor, appointment_id=visit.id, host="x", now=NOW)
        with the_clinic.base.transaction() as db:
            calendars.file(
                db, the_clinic.actor("alice"), appointment_id=visit.id, host="x", now=NOW
            )
        with the_clinic.base.transaction() as db:
            trace = db.scalars(select(AuditEvent)).one()
            assert (trace.action, trace.entity, trace.reason) == ("R", visit.id, "calendar")


class TestFeed:
    def test_says_when_and_at_which_clinic_and_no_more(self, the_clinic: Clinic) -> None:
        asked = appointment(
            the_clinic, status="proposed", starts_at=NOW + timedelta(days=9), reason="Chest pain"
        )
        the_clinic.add(
            appointment(the_clinic),
            asked,
            appointment(the_clinic, status="cancelled", starts_at=NOW + timedelta(days=3)),
            appointment(the_clinic, confidential=True, starts_at=NOW + timedelta(days=4)),
            appointment(the_clinic, starts_at=NOW - timedelta(days=40)),
            appointment(the_clinic, "charlie", starts_at=NOW + timedelta(days=5)),
        )
        found = fetched(the_clinic, made(the_clinic))
        assert [event["STATUS"] for event in events(found.file)] == ["CONFIRMED", "TENTATIVE"]
        assert {event["SUMMARY"] for event in events(found.file)} == {
            "Appointment at Juniper Test Clinic"
        }
        for word in ("Chest", "pressure", "Dana", "Alice", "LOCATION", "DESCRIPTION"):
            assert word not in found.file.decode()

    def test_keeps_no_secret_and_shows_when_it_was_read(self, the_clinic: Clinic) -> None:
        token = made(the_clinic)
        fetched(the_clinic, token, now=NOW + timedelta(hours=1))
        with the_clinic.base.transaction() as db:
            kept = db.scalars(select(CalendarFeed)).one()
            assert token not in repr(kept)
            assert kept.digest == feeds.digest(token)
            row = calendars.view(db, the_clinic.actor("alice"), now=NOW + timedelta(hours=2))
        assert row.is_made
        assert row.used.startswith("Tuesday 3 March, 10:00")

    def test_ends_when_it_is_revoked_and_when_a_new_one_is_made(self, the_clinic: Clinic) -> None:
        first = made(the_clinic)
        second = made(the_clinic)
        assert (fetched(the_clinic, first).status, fetched(the_clinic, second).status) == (404, 200)
        for _ in range(2):
            with the_clinic.base.transaction() as db:
                calendars.revoke(db, the_clinic.actor("alice"), now=NOW)
        assert fetched(the_clinic, second) == calendars.Feed(status=404)
        with the_clinic.base.transaction() as db:
            acts = [(one.action, one.reason) for one in db.scalars(select(AuditEvent))]
        assert acts.count(("D", "calendar address")) == 1
        assert acts.count(("C", "calendar address")) == 2

    def test_is_ones_own_business(self, the_clinic: Clinic) -> None:
        token = made(the_clinic)
        with the_clinic.base.transaction() as db:
            helping = the_clinic.actor("bob", helping="alice")
            assert not calendars.view(db, helping, now=NOW).is_made
            calendars.revoke(db, helping, now=NOW)
            calendars.revoke(db, the_clinic.actor("charlie"), now=NOW)
        assert fetched(the_clinic, token).status == 200
        with pytest.raises(NotFound):
            made(the_clinic, "frank")
        for held in ("results:act", "appointments:read"):
            with pytest.raises(NotAllowed):
                made(the_clinic, the_clinic.actor("bob", helping="alice", held=held))

    def test_a_helpers_ends_with_the_help(self, the_clinic: Clinic) -> None:
        the_clinic.add(
            appointment(the_clinic),
            appointment(the_clinic, confidential=True, starts_at=NOW + timedelta(days=4)),
        )
        token = made(the_clinic, the_clinic.actor("bob", helping="alice"))
        assert len(events(fetched(the_clinic, token).file)) == 1
        with the_clinic.base.transaction() as db:
            theirs = col(RelatedPerson.user_id) == the_clinic.users["bob"].id
            help_given = db.scalars(select(RelatedPerson).where(theirs)).one()
            help_given.scopes = "results:act"
            db.add(help_given)
        assert fetched(the_clinic, token).status == 404

    def test_ends_with_the_account(self, the_clinic: Clinic) -> None:
        token = made(the_clinic)
        with the_clinic.base.transaction() as db:
            user = db.get(User, the_clinic.users["alice"].id)
            assert user is not None
            user.disabled = True
            db.add(user)
        assert fetched(the_clinic, token).status == 404

    def test_guessing_and_hammering_are_slowed(self, the_clinic: Clinic) -> None:
        token = made(the_clinic)
        guesses = [fetched(the_clinic, feeds.new_token()).status for _ in range(31)]
        assert (guesses[0], guesses[-1]) == (404, 429)
        # Whoever has a right address is not shut out by who guesses beside them.
        assert [fetched(the_clinic, token).status for _ in range(61)][-2:] == [200, 429]
        assert fetched(the_clinic, token, now=NOW + timedelta(hours=1)).status == 200

    def test_follows_the_clinics_zone(self, the_clinic: Clinic) -> None:
        the_clinic.add(appointment(the_clinic))
        token = made(the_clinic)

        def there() -> bytes:
            words.speak("en", "Australia/Lord_Howe")
            return fetched(the_clinic, token).file

        (event,) = events(copy_context().run(there))
        assert event["DTSTART"].params["TZID"] == "Australia/Lord_Howe"
        assert event["DTSTART"].dt == NOW + timedelta(days=2)
