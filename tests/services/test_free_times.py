"""Free times: arithmetic against one that looks at each minute; clocks that change; the calendar.

Each start that is offered exists on the clinic's clock, lies on its grid and is offered once.
"""

import itertools
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import words
from portal.models.agreements import PolicyValue
from portal.models.people import Location
from portal.models.schedules import Schedule, ScheduleException, VisitType
from portal.services import free_times
from portal.services.free_times import hours
from portal.services.free_times.arithmetic import Span, Stretch, merged, starts, without
from tests.support import clinic
from tests.support.clinic import NOW, Clinic

MOST = 120
spans = st.lists(
    st.tuples(st.integers(0, MOST), st.integers(0, MOST)).filter(lambda one: one[0] < one[1]),
    max_size=8,
)
# Zone, day on which its clock is set, hours of that day, offsets before and after.
CHANGES = [
    ("America/New_York", date(2026, 3, 8), 23, -240),
    ("America/New_York", date(2026, 11, 1), 25, -300),
    ("Europe/Berlin", date(2026, 3, 29), 23, 120),
    ("Europe/Berlin", date(2026, 10, 25), 25, 60),
    ("Australia/Sydney", date(2026, 4, 5), 25, 600),
    ("Australia/Sydney", date(2026, 10, 4), 23, 660),
    ("Australia/Lord_Howe", date(2026, 4, 5), 24.5, 630),
    ("Australia/Lord_Howe", date(2026, 10, 4), 23.5, 660),
]


def minutes(some: list[Span]) -> set[int]:
    return {minute for start, end in some for minute in range(start, end)}


class TestArithmetic:
    @given(spans)
    def test_merged_are_the_same_minutes_in_order_and_apart(self, some: list[Span]) -> None:
        found = merged(some)
        assert minutes(found) == minutes(some)
        assert all(one[1] < two[0] for one, two in itertools.pairwise(found))

    @given(spans, spans)
    def test_without_leaves_every_other_minute(self, some: list[Span], holes: list[Span]) -> None:
        found = without(merged(some), merged(holes))
        assert minutes(found) == minutes(some) - minutes(holes)
        assert found == merged(found)

    @given(
        spans,
        spans,
        st.integers(1, 8).map(lambda one: one * 5),
        st.sampled_from([5, 10, 15, 20, 30, 60]),
        st.integers(0, 20),
        st.integers(0, 20),
        st.sampled_from([0, 30, 45, -300, 630, 345]),
        st.integers(1, MOST),
    )
    def test_starts_are_those_of_looking_at_every_minute(
        self,
        open_at: list[Span],
        taken: list[Span],
        long: int,
        grid: int,
        early: int,
        late: int,
        offset: int,
        changes: int,
    ) -> None:
        worked = merged(open_at)
        # The clock is set half an hour on in the midst of it.
        work: list[Stretch] = [
            piece
            for first, last in worked
            for piece in (
                (first, min(last, changes), offset),
                (max(first, changes), last, offset + 30),
            )
            if piece[0] < piece[1]
        ]
        here, busy = minutes(worked), minutes(taken)
        expected = [
            at
            for at in range(MOST + 1)
            if (at + (offset if at < changes else offset + 30)) % grid == 0
            and set(range(at, at + long)) <= here
            and not set(range(at - early, at + long + late)) & busy
        ]
        found = starts(work, merged(taken), minutes=long, grid=grid, early=early, late=late)
        assert found == expected


class TestHours:
    @pytest.mark.parametrize(("name", "day", "lasts", "after"), CHANGES)
    def test_a_day_on_which_clocks_are_set_has_all_its_minutes_once(
        self, name: str, day: date, lasts: float, after: int
    ) -> None:
        zone = ZoneInfo(name)
        found = hours.stretches(day, zone)
        assert len(found) == 2
        assert found[0][1] == found[1][0]
        assert found[1][1] - found[0][0] == lasts * 60
        assert found[1][2] == after
        assert found[0][2] - after == lasts * 60 - 24 * 60
        for first, last, offset in found:
            for minute in range(first, last, 5):
                at = hours.moment_of(minute).astimezone(zone)
                assert at.date() == day
                assert at.utcoffset() == timedelta(minutes=offset)

    @pytest.mark.parametrize(("name", "day", "lasts", "after"), CHANGES)
    def test_hours_over_the_change_are_worked_as_the_clock_shows_them(
        self, name: str, day: date, lasts: float, after: int
    ) -> None:
        del after
        zone = ZoneInfo(name)
        found = hours.worked(day, 60, 4 * 60, zone)
        assert sum(last - first for first, last, _offset in found) == 180 + (lasts - 24) * 60
        said = {
            hours.moment_of(minute).astimezone(zone).hour
            for first, last, _offset in found
            for minute in range(first, last)
        }
        assert said <= {1, 2, 3}
        assert hours.worked(day, 9 * 60, 10 * 60, zone) == [
            (at := hours.minute_of(datetime(day.year, day.month, day.day, 9, tzinfo=zone)),
             at + 60, found[-1][2])
        ]  # fmt: skip


@pytest.fixture
def zone_of(request: pytest.FixtureRequest) -> Iterator[ZoneInfo]:
    """The zone that is named, as the clinic's."""
    words.settle("en", request.param)
    yield ZoneInfo(request.param)
    words.settle("en", "America/New_York")


class Desk:
    """Asks for free times of a clinic with one type of visit."""

    def __init__(self, people: Clinic, **kind: Any) -> None:
        """Writes the type of visit."""
        self.people = people
        values: dict[str, Any] = {"id": "check", "name": "Check", "notice_minutes": 0, "grid": 20}
        self.kind = VisitType(**(values | kind))
        self.dana, self.erin = (people.practitioners[name].id for name in ("dana", "erin"))
        people.add(VisitType(**self.kind.model_dump()))

    def works(self, first: str, last: str, who: str = "", **more: Any) -> None:
        """Writes hours of every day of the week."""
        start, end = (int(at[:-2]) * 60 + int(at[-2:]) for at in (first, last))
        self.people.add(
            *(
                Schedule(
                    practitioner_id=who or self.dana,
                    weekday=day,
                    from_minute=start,
                    to_minute=end,
                    **more,
                )
                for day in range(7)
            )
        )

    def free(self, day: date, *more: str, **asked: Any) -> list[free_times.FreeTime]:
        given: dict[str, Any] = {"now": NOW, "first": day, "last": day, **asked}
        with self.people.base.reading() as db:
            return list(free_times.free(db, self.kind, [self.dana, *more], **given))

    def clock(self, day: date, *more: str, **asked: Any) -> list[str]:
        """Returns the free starts of a day as the clinic's clock shows them."""
        found = self.free(day, *more, **asked)
        return [f"{words.local(one.starts_at):%-H%M}" for one in found]


DAY = date(2026, 3, 5)
EIGHT_TO_TEN = ["800", "820", "840", "900", "920", "940"]


def at(clock: str, day: date = DAY) -> datetime:
    hour, minute = int(clock[:-2]), int(clock[-2:])
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=words.zone())


class TestFree:
    @pytest.mark.parametrize(
        ("zone_of", "day"), [(name, day) for name, day, *_ in CHANGES], indirect=["zone_of"]
    )
    @pytest.mark.parametrize("grid", [20, 60])
    def test_each_start_exists_is_on_the_grid_and_comes_once(
        self, small_clinic: Clinic, zone_of: ZoneInfo, day: date, grid: int
    ) -> None:
        desk = Desk(small_clinic, grid=grid, minutes=20, ahead_days=365)
        desk.works("000", "2400")
        found = desk.free(day, now=datetime(2026, 2, 20, tzinfo=UTC))
        moments = [one.starts_at for one in found]
        assert len(set(moments)) == len(moments)
        first, last = hours.stretches(day, zone_of)[0][0], hours.stretches(day, zone_of)[-1][1]
        for one in moments:
            shown = one.astimezone(zone_of)
            assert shown.minute % grid == 0
            assert shown.date() == day
            again = shown.replace(tzinfo=None, fold=shown.fold).replace(tzinfo=zone_of)
            assert again.astimezone(UTC) == one
        naive = [
            minute
            for minute in range(first, last - 20 + 1)
            if hours.moment_of(minute).astimezone(zone_of).minute % grid == 0
        ]
        assert [one.minute for one in found] == naive

    def test_without_hours_there_are_none_and_with_them_all_of_the_grid(
        self, the_clinic: Clinic
    ) -> None:
        desk = Desk(the_clinic)
        assert desk.free(DAY) == []
        desk.works("800", "1000")
        assert desk.clock(DAY) == EIGHT_TO_TEN
        assert desk.clock(DAY, desk.erin) == EIGHT_TO_TEN
        assert desk.clock(DAY, channel="video") == []

    def test_a_break_is_a_gap_and_hours_that_meet_or_overlap_are_one(
        self, the_clinic: Clinic
    ) -> None:
        desk = Desk(the_clinic, minutes=60, grid=30)
        for first, last in (("800", "900"), ("900", "1000"), ("930", "1100"), ("1130", "1230")):
            desk.works(first, last)
        assert desk.clock(DAY) == ["800", "830", "900", "930", "1000", "1130"]

    def test_a_visit_takes_its_time_and_buffers_keep_clear_of_it(self, the_clinic: Clinic) -> None:
        desk = Desk(the_clinic, buffer_before=5, buffer_after=10, grid=5)
        desk.works("800", "1000")
        the_clinic.add(
            clinic.appointment(
                the_clinic, "charlie", starts_at=at("845"), ends_at=at("905"), buffer_after=5
            )
        )
        found = desk.clock(DAY)
        # The first may begin with the hours, the last end with them: buffers run past both.
        assert (found[0], found[-1]) == ("800", "940")
        assert found == ["800", "805", "810", "815", "915", "920", "925", "930", "935", "940"]

    def test_what_is_offered_is_what_the_database_gives(self, the_clinic: Clinic) -> None:
        desk = Desk(the_clinic, buffer_before=2, buffer_after=7, grid=5)
        desk.works("800", "1000")
        there = clinic.appointment(
            the_clinic, "charlie", starts_at=at("843"), ends_at=at("903"),
            buffer_before=2, buffer_after=7,
        )  # fmt: skip
        the_clinic.add(there)
        found = desk.free(DAY)
        assert found
        with the_clinic.base.transaction() as db:
            for one in found:
                savepoint = db.connection().begin_nested()
                values: dict[str, Any] = there.model_dump() | {
                    "id": "another",
                    "patient_id": the_clinic.patients["alice"].id,
                    "starts_at": one.starts_at,
                    "ends_at": one.starts_at + timedelta(minutes=20),
                }
                db.add(type(there)(**values))
                db.flush()
                db.expunge_all()
                savepoint.rollback()

    def test_rooms_and_equipment(self, the_clinic: Clinic) -> None:
        the_clinic.add(
            Location(id="a", name="A", is_room=True, equipment="ecg scale"),
            Location(id="b", name="B", is_room=True),
            Location(id="c", name="C", is_room=True, equipment="ecg", active=False),
            Location(id="d", name="D", equipment="ecg"),
        )
        desk = Desk(the_clinic, needs_room=True)
        desk.works("800", "1000")
        for room, patient in (("a", "charlie"), ("b", "tess")):
            the_clinic.add(
                clinic.appointment(
                    the_clinic, patient, practitioner_id=None, location_id=room,
                    starts_at=at("800"), ends_at=at("840" if room == "a" else "820"),
                )
            )  # fmt: skip
        found = {f"{words.local(one.starts_at):%-H%M}": one.location_id for one in desk.free(DAY)}
        assert found == dict(zip(EIGHT_TO_TEN[1:], "baaaa", strict=True))
        desk.kind.needs_equipment = "ecg"
        assert {one.location_id for one in desk.free(DAY)} == {"a"}
        assert desk.clock(DAY) == EIGHT_TO_TEN[2:]
        desk.kind.needs_equipment = "laser"
        assert desk.free(DAY) == []
        desk.kind.channels = "in-person phone"
        assert [one.location_id for one in desk.free(DAY, channel="phone")] == [None] * 6

    def test_ones_own_room_where_hours_name_one(self, the_clinic: Clinic) -> None:
        the_clinic.add(*(Location(id=name, name=name, is_room=True) for name in ("a", "b")))
        desk = Desk(the_clinic)
        desk.works("800", "1000", location_id="b")
        assert {one.location_id for one in desk.free(DAY)} == {"b"}
        desk.kind.needs_room = True
        assert {one.location_id for one in desk.free(DAY)} == {"b"}

    def test_a_building_is_taken_by_nobody(self, the_clinic: Clinic) -> None:
        house = Location(id="house", name="House")
        the_clinic.add(house)
        desk = Desk(the_clinic)
        desk.works("800", "1000", location_id="house")
        taken = {"practitioner_id": desk.erin, "starts_at": at("800"), "ends_at": at("820")}
        one = clinic.appointment(the_clinic, "charlie", location_id="house", **taken)
        the_clinic.add(one)
        assert desk.clock(DAY) == EIGHT_TO_TEN
        house.is_room = True
        the_clinic.add(house)
        assert desk.clock(DAY) == EIGHT_TO_TEN[1:]

    def test_the_patients_own_visits_holds_and_what_counts_as_gone(
        self, the_clinic: Clinic
    ) -> None:
        desk = Desk(the_clinic)
        desk.works("800", "1000")
        elsewhere = clinic.appointment(
            the_clinic, practitioner_id=desk.erin, starts_at=at("805"), ends_at=at("820"),
            buffer_after=60,
        )  # fmt: skip
        the_clinic.add(elsewhere)
        alice = the_clinic.patients["alice"].id
        assert desk.clock(DAY, patient_id=alice) == EIGHT_TO_TEN[1:]
        assert desk.clock(DAY, patient_id=alice, but=[elsewhere.id]) == EIGHT_TO_TEN
        assert desk.clock(DAY, patient_id=the_clinic.patients["charlie"].id) == EIGHT_TO_TEN
        assert desk.clock(DAY) == EIGHT_TO_TEN

    @pytest.mark.parametrize("status", ["cancelled", "noshow", "fulfilled", "entered-in-error"])
    def test_what_does_not_stand_is_free(self, small_clinic: Clinic, status: str) -> None:
        desk = Desk(small_clinic)
        desk.works("800", "1000")
        small_clinic.add(
            clinic.appointment(small_clinic, starts_at=at("800"), ends_at=at("1000"), status=status)
        )
        assert desk.clock(DAY) == EIGHT_TO_TEN

    def test_notice_and_the_furthest_day_count_for_patients_not_for_staff(
        self, the_clinic: Clinic
    ) -> None:
        desk = Desk(the_clinic, notice_minutes=60, ahead_days=2)
        desk.works("800", "1000")
        now = at("801")
        assert desk.clock(DAY, now=now) == ["920", "940"]
        assert desk.clock(DAY, now=now, is_staff=True) == EIGHT_TO_TEN[1:]
        assert desk.clock(DAY, now=at("900"), is_staff=True) == EIGHT_TO_TEN[4:]
        last = DAY + timedelta(days=2)
        assert desk.clock(last, now=at("900")) == EIGHT_TO_TEN[:4]
        assert desk.clock(last + timedelta(days=1), now=at("900")) == []
        assert desk.clock(last + timedelta(days=30), now=now, is_staff=True) == EIGHT_TO_TEN
        assert desk.clock(DAY - timedelta(days=1), now=now, is_staff=True) == []

    def test_exceptions_close_and_open(self, the_clinic: Clinic) -> None:
        desk = Desk(the_clinic)
        desk.works("800", "1000")
        desk.works("800", "900", who=desk.erin)
        for kind, who, first, last in (
            ("off", desk.dana, "820", "840"),
            ("block", desk.dana, "900", "901"),
            ("closure", None, "940", "1000"),
            ("extra", desk.dana, "1400", "1440"),
            ("extra", desk.erin, "830", "920"),
        ):
            the_clinic.add(
                ScheduleException(
                    kind=kind, practitioner_id=who, starts_at=at(first), ends_at=at(last),
                    created_at=NOW,
                )
            )  # fmt: skip
        assert desk.clock(DAY) == ["800", "840", "920", "1400", "1420"]
        erins = [one for one in desk.free(DAY, desk.erin) if one.practitioner_id == desk.erin]
        shown = [f"{words.local(one.starts_at):%-H%M}" for one in erins]
        assert shown == ["800", "820", "840", "900"]
        assert desk.clock(DAY + timedelta(days=1)) == EIGHT_TO_TEN

    def test_public_holidays_of_the_region(self, the_clinic: Clinic) -> None:
        desk = Desk(the_clinic, ahead_days=365)
        desk.works("800", "900")
        fourth = date(2026, 7, 3)  # kept on the Friday, as the fourth is a Saturday
        assert desk.clock(fourth) == EIGHT_TO_TEN[:3]
        the_clinic.add(
            PolicyValue(key="holiday_region", value="US", changed_at=NOW, changed_by="Max Moe")
        )
        assert desk.clock(fourth) == []
        assert desk.clock(fourth - timedelta(days=1)) == EIGHT_TO_TEN[:3]

    def test_hours_count_for_their_types_and_their_days(self, the_clinic: Clinic) -> None:
        desk = Desk(the_clinic)
        desk.works("800", "820", visit_types="check other")
        desk.works("840", "900", visit_types="other checks")
        desk.works("900", "920", valid_from=DAY, valid_to=DAY)
        desk.works("920", "940", valid_from=DAY + timedelta(days=1))
        assert desk.clock(DAY) == ["800", "900"]
        assert desk.clock(DAY - timedelta(days=1)) == ["800"]
        assert desk.clock(DAY + timedelta(days=1)) == ["800", "920"]

    def test_any_of_several_over_weeks_in_order(self, the_clinic: Clinic) -> None:
        desk = Desk(the_clinic)
        desk.works("900", "920")
        desk.works("900", "940", who=desk.erin)
        the_clinic.add(clinic.appointment(the_clinic, starts_at=at("900"), ends_at=at("920")))
        found = desk.free(DAY, desk.erin, last=DAY + timedelta(days=13))
        assert found == sorted(found)
        assert len(found) == 14 * 3 - 1
        assert [one.practitioner_id for one in found[:2]] == [desk.erin, desk.erin]
        assert len({(one.minute, one.practitioner_id) for one in found}) == len(found)
