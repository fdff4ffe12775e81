"""Settings of the schedule: types, hours, exceptions, rooms; tried out, and who falls out."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlmodel import col

from portal import live
from portal.errors import Invalid, NotAllowed, NotFound
from portal.models.agreements import PolicyValue
from portal.models.appointments import Appointment, AppointmentChange, Claim
from portal.models.audit import AuditEvent, OutboxNotice
from portal.models.people import Location
from portal.models.schedules import Schedule, ScheduleException, VisitType
from portal.services import appointments, schedules
from portal.services.schedules import Ending, Exceptional, Hours, RoomRow
from tests.support.clinic import NOW, Clinic, appointment

MINUTE = timedelta(minutes=1)
# The day after the cast's Tuesday, nine o'clock at the clinic.
WEDNESDAY = NOW + timedelta(days=1)
SHORTER = "Wednesday 13:00 to 17:00 becomes Wednesday 13:00 to 15:00"
NOBODYS = ("alice", "bob", "dana", "nora", "frank", "bill", "otto")


@pytest.fixture
def desk(the_clinic: Clinic) -> Clinic:
    """Dana works from nine to twelve and from one to five; Alice and Charlie come on Wednesday."""
    dana = the_clinic.practitioners["dana"].id
    the_clinic.add(
        Location(id="one", name="Room 1", is_room=True),
        Location(id="house", name="48 Juniper Street"),
        PolicyValue(key="holiday_region", value="US", changed_at=NOW, changed_by="Max Moe"),
        VisitType(id="check", name="Check-up", minutes=20, grid=20, notice_minutes=0),
    )
    the_clinic.add(
        *(
            Schedule(id=f"{weekday}-{first}", practitioner_id=dana, location_id="one",
                     weekday=weekday, from_minute=first, to_minute=last)
            for weekday in range(5)
            for first, last in ((540, 720), (780, 1020))
        )
    )  # fmt: skip
    the_clinic.add(
        booked(the_clinic, "alice", 0, id="alices"), booked(the_clinic, "charlie", 420, id="late")
    )
    return the_clinic


def booked(clinic: Clinic, patient: str, minutes: int, **more: Any) -> Appointment:
    at = WEDNESDAY + minutes * MINUTE
    values: dict[str, Any] = {
        "starts_at": at, "ends_at": at + 20 * MINUTE, "visit_type_id": "check", "location_id": "one"
    }  # fmt: skip
    return appointment(clinic, patient, **(values | more))


def ask(clinic: Clinic, who: str, use_case: Any, **given: Any) -> Any:
    with clinic.base.transaction() as db:
        return use_case(db, clinic.actor(who), now=NOW, **given)


def hours(clinic: Clinic, **changes: Any) -> Hours:
    """Returns Dana's Wednesday afternoon, from one to five, as its form has it."""
    given: dict[str, Any] = {
        "practitioner_id": clinic.practitioners["dana"].id, "weekdays": (2,), "from_minute": 780,
        "to_minute": 1020, "location_id": "one", "line_id": "2-780", "version": 1,
        "valid_from": date(2000, 1, 1),
    }  # fmt: skip
    return Hours(**(given | changes))


def shown(clinic: Clinic, who: str = "max") -> schedules.HoursRow:
    dana = clinic.practitioners["dana"].id
    return ask(clinic, who, schedules.view, practitioner_id=dana)


def rows(clinic: Clinic, table: Any) -> list[Any]:
    with clinic.base.transaction() as db:
        return list(db.scalars(select(table)))


def traces(clinic: Clinic) -> list[tuple[str, str, str]]:
    with clinic.base.transaction() as db:
        found = db.scalars(select(AuditEvent).where(col(AuditEvent.category) == "schedule"))
        return [(one.action, one.actor_name, one.reason) for one in found if one.action != "R"]


def clocks(row: schedules.PreviewRow, day: str) -> list[str]:
    return next(one.times for one in row.days if one.key == day)


class TestHours:
    def test_show_a_week_with_places_breaks_and_holidays(self, desk: Clinic) -> None:
        row = shown(desk)
        wednesday = row.week[2]
        assert (wednesday.day, [one.said for one in wednesday.lines]) == (
            "Wednesday", ["9:00 to 12:00", "13:00 to 17:00"],
        )  # fmt: skip
        assert {one.place for one in wednesday.lines} == {"Room 1"}
        assert {one.kinds for one in wednesday.lines} == {"All kinds of visit"}
        assert row.region == "US"
        assert [one.name for one in row.holidays][:1] == ["Memorial Day"]
        assert row.outside.count == 0

    @pytest.mark.parametrize("who", NOBODYS)
    def test_are_for_managers_and_administrators(self, desk: Clinic, who: str) -> None:
        for use_case, given in (
            (schedules.view, {}),
            (schedules.types, {}),
            (schedules.rooms, {}),
            (schedules.one_type, {"type_id": "check"}),
            (schedules.check_hours, {"change": hours(desk)}),
            (schedules.put_hours, {"change": hours(desk)}),
            (schedules.put_hours, {"change": Ending("2-780", 1)}),
            (schedules.remove_exception, {"exception_id": "any"}),
            (schedules.add_type, {"name": "New", "minutes": 20}),
            (schedules.put_room, {"room": RoomRow(name="New"), "seen": RoomRow()}),
        ):
            with pytest.raises(NotAllowed):
                ask(desk, who, use_case, **given)
        assert traces(desk) == []

    def test_are_tried_out_with_who_falls_out_and_what_patients_would_see(
        self, desk: Clinic
    ) -> None:
        change = hours(desk, to_minute=900)
        plan = ask(desk, "max", schedules.check_hours, change=change)
        assert plan.said == SHORTER
        assert [(one.name, one.why) for one in plan.fallen.rows] == [
            ("Charlie Cole", "Not within hours")
        ]
        assert plan.fallen.said == "1 booking outside of the hours"
        wednesday = clocks(plan.week, "2026-03-04")
        assert wednesday[:2] == ["9:20 am", "9:40 am"]
        today, next_one = plan.week.days[0], plan.week.days[1]
        # Nine to twelve but what Alice has, and one to three.
        assert (next_one.said, next_one.more) == ("14 free", "6 more")
        assert next_one.late[-1] == "2:40 pm"
        assert today.said == "20 free"
        assert {one.to_minute for one in rows(desk, Schedule)} == {720, 1020}
        assert traces(desk) == []

    def test_that_are_for_some_kinds_only_show_the_bookings_of_others(self, desk: Clinic) -> None:
        desk.add(VisitType(id="vaccine", name="Vaccine", minutes=20, grid=20))
        desk.add(booked(desk, "mia", 300, id="mias", visit_type_id="vaccine"))
        change = hours(desk, visit_types=("vaccine",))
        plan = ask(desk, "max", schedules.check_hours, change=change)
        assert [(one.name, one.why) for one in plan.fallen.rows] == [
            ("Charlie Cole", "Not for this kind of visit then")
        ]
        with pytest.raises(schedules.WouldFallOut):
            ask(desk, "max", schedules.put_hours, change=change)
        ask(desk, "max", schedules.put_hours, change=change, knows=1)
        assert [one.id for one in shown(desk).outside.rows] == ["late"]
        ask(desk, "frank", schedules.keep, appointment_id="late", version=1, reason="Dana agreed")
        assert shown(desk).outside.count == 0
        # Hours that take it beside those that do not are enough.
        both = hours(desk, visit_types=("vaccine", "check"), version=2)
        ask(desk, "max", schedules.put_hours, change=both)
        assert {one.visit_types for one in rows(desk, Schedule) if one.id == "2-780"} == {
            "vaccine check"
        }

    def test_who_may_not_see_appointments_is_told_how_many_and_of_nobody(
        self, desk: Clinic
    ) -> None:
        plan = ask(desk, "ada", schedules.check_hours, change=hours(desk, to_minute=900))
        assert (plan.fallen.count, plan.fallen.rows) == (1, [])
        ask(desk, "ada", schedules.put_hours, change=hours(desk, to_minute=900), knows=1)
        row = shown(desk, "ada")
        assert (row.outside.count, row.outside.rows, row.may_settle) == (1, [], False)
        with pytest.raises((NotAllowed, NotFound)):
            ask(desk, "ada", schedules.choices, appointment_id="late")

    def test_are_saved_once_the_bookings_that_fall_out_were_seen(
        self, desk: Clinic, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told: list[Any] = []
        monkeypatch.setattr(live, "tell", lambda _db, *topic, **_more: told.append(topic))
        change = hours(desk, to_minute=900)
        with pytest.raises(schedules.WouldFallOut, match="1 booking would lie outside"):
            ask(desk, "max", schedules.put_hours, change=change)
        assert (traces(desk), told) == ([], [])
        ask(desk, "max", schedules.put_hours, change=change, knows=1)
        line = next(one for one in rows(desk, Schedule) if one.id == "2-780")
        assert (line.to_minute, line.version) == (900, 2)
        assert traces(desk) == [("U", "Max Moe", f"{SHORTER}; 1 bookings outside")]
        assert told == [("appointments",)]
        assert [one.id for one in shown(desk).outside.rows] == ["late"]

    def test_nobody_overwrites_a_colleague(self, desk: Clinic) -> None:
        ask(desk, "max", schedules.put_hours, change=hours(desk, to_minute=1050))
        for late in (hours(desk, to_minute=1080), Ending("2-780", 1)):
            with pytest.raises(
                schedules.ChangedMeanwhile, match="it is now Wednesday 13:00 to 17:30"
            ):
                ask(desk, "ada", schedules.put_hours, change=late, knows=9)
        ask(desk, "ada", schedules.put_hours, change=Ending("2-780", 2), knows=1)
        with pytest.raises(NotFound):
            ask(desk, "max", schedules.put_hours, change=hours(desk, version=3))

    def test_new_ones_come_with_a_break_on_several_days(self, desk: Clinic) -> None:
        erin = desk.practitioners["erin"].id
        new = hours(
            desk, practitioner_id=erin, weekdays=(0, 5), from_minute=480, to_minute=960,
            break_from=720, break_to=750, visit_types=("check",), line_id="", version=0,
            valid_from=None,
        )  # fmt: skip
        ask(desk, "ada", schedules.put_hours, change=new)
        found = [one for one in rows(desk, Schedule) if one.practitioner_id == erin]
        assert sorted((one.weekday, one.from_minute, one.to_minute) for one in found) == [
            (0, 480, 720), (0, 750, 960), (5, 480, 720), (5, 750, 960),
        ]  # fmt: skip
        assert {(one.visit_types, one.valid_from) for one in found} == {("check", date(2026, 3, 3))}

    @pytest.mark.parametrize(
        ("changes", "says"),
        [
            ({"weekdays": ()}, "at least one weekday"),
            ({"weekdays": (7,)}, "at least one weekday"),
            ({"weekdays": (2, 3)}, "at least one weekday"),
            ({"from_minute": 1020}, "later than the beginning"),
            ({"to_minute": 1500}, "later than the beginning"),
            ({"break_from": 800}, "break must lie within"),
            ({"break_from": 700, "break_to": 800}, "break must lie within"),
            ({"valid_to": date(1999, 1, 1)}, "must not be before the first"),
            ({"valid_to": date(9999, 1, 1)}, "of this century"),
            ({"location_id": "nowhere"}, "from the list"),
            ({"practitioner_id": "nobody"}, "from the list"),
            ({"visit_types": ("nothing",)}, "from the list"),
            ({"from_minute": 700}, "lie over Wednesday 9:00 to 12:00"),
            ({"weekdays": (3,)}, "lie over Thursday 13:00 to 17:00"),
        ],
    )
    def test_take_nothing_that_cannot_be(
        self, desk: Clinic, changes: dict[str, Any], says: str
    ) -> None:
        for use_case in (schedules.check_hours, schedules.put_hours):
            with pytest.raises((Invalid, schedules.HoursOverlap), match=says):
                ask(desk, "max", use_case, change=hours(desk, **changes))
        assert traces(desk) == []


class TestExceptions:
    def off(self, clinic: Clinic, **changes: Any) -> Exceptional:
        given: dict[str, Any] = {
            "kind": "off", "practitioner_id": clinic.practitioners["dana"].id, "note": "Course",
            "starts_at": datetime(2026, 3, 4, 5, tzinfo=UTC),
            "ends_at": datetime(2026, 3, 6, 5, tzinfo=UTC),
        }  # fmt: skip
        return Exceptional(**(given | changes))

    def test_hit_bookings_which_are_listed_with_the_reason(self, desk: Clinic) -> None:
        plan = ask(desk, "max", schedules.check_exception, change=self.off(desk))
        assert plan.said == "Time off, Dr Dana Diaz, 4 Mar 2026 to 5 Mar 2026"
        assert [(one.id, one.why) for one in plan.fallen.rows] == [
            ("alices", "Course"), ("late", "Course"),
        ]  # fmt: skip
        assert rows(desk, ScheduleException) == []
        with pytest.raises(schedules.WouldFallOut):
            ask(desk, "max", schedules.put_exception, change=self.off(desk), knows=1)
        made = ask(desk, "max", schedules.put_exception, change=self.off(desk), knows=2)
        row = shown(desk)
        assert [(one.words, one.who, one.note) for one in row.exceptions] == [
            ("Time off", "Dr Dana Diaz", "Course")
        ]
        assert row.outside.count == 2
        ask(desk, "ada", schedules.remove_exception, exception_id=made)
        assert shown(desk).outside.count == 0
        assert [one[0] for one in traces(desk)] == ["C", "D"]

    def test_the_desk_takes_somebodys_time_out_and_closes_no_clinic(self, desk: Clinic) -> None:
        ask(desk, "frank", schedules.put_exception, change=self.off(desk), knows=2)
        for change in (
            self.off(desk, kind="closure", practitioner_id=""),
            self.off(desk, kind="extra"),
        ):
            with pytest.raises(NotAllowed):
                ask(desk, "frank", schedules.put_exception, change=change, knows=9)
            for who in ("alice", "bob", "bill", "otto"):
                with pytest.raises(NotAllowed):
                    ask(desk, who, schedules.put_exception, change=self.off(desk), knows=9)
        assert len(rows(desk, ScheduleException)) == 1

    def test_take_nothing_that_cannot_be(self, desk: Clinic) -> None:
        for changes in (
            {"kind": "party"},
            {"ends_at": datetime(2026, 3, 4, 5, tzinfo=UTC)},
            {"ends_at": datetime(2028, 3, 4, 5, tzinfo=UTC)},
            {"practitioner_id": ""},
            {"practitioner_id": "nobody"},
            {"note": "x" * 201},
        ):
            with pytest.raises(Invalid):
                ask(desk, "max", schedules.put_exception, change=self.off(desk, **changes), knows=9)

    def test_a_holiday_hits_bookings_as_well(self, desk: Clinic) -> None:
        """Independence Day 2026 is a Saturday, kept on Friday the third."""
        at = datetime(2026, 7, 3, 14, tzinfo=UTC)
        desk.add(booked(desk, "tess", 0, starts_at=at, ends_at=at + 20 * MINUTE, id="fourth"))
        assert [(one.id, one.why) for one in shown(desk).outside.rows] == [
            ("fourth", "Independence Day (observed)")
        ]


class TestSettling:
    @pytest.fixture
    def fallen(self, desk: Clinic) -> Clinic:
        """Charlie's visit lies outside: Dana's afternoon ends at three."""
        ask(desk, "max", schedules.put_hours, change=hours(desk, to_minute=900), knows=1)
        return desk

    def visit(self, clinic: Clinic) -> Appointment:
        with clinic.base.transaction() as db:
            return db.get_one(Appointment, "late")

    def test_keeps_one_with_a_reason_and_tells_nobody_that_it_moved(self, fallen: Clinic) -> None:
        late: dict[str, Any] = {"appointment_id": "late", "version": 1}
        with pytest.raises(Invalid, match="Say why"):
            ask(fallen, "frank", schedules.keep, reason="  ", **late)
        ask(fallen, "frank", schedules.keep, reason="Dana stays for her", **late)
        assert shown(fallen).outside.count == 0
        visit = self.visit(fallen)
        assert (visit.overbooked, visit.version, visit.starts_at) == (
            "Dana stays for her", 2, WEDNESDAY + 420 * MINUTE,
        )  # fmt: skip
        with fallen.base.transaction() as db:
            held = select(col(Claim.step)).where(col(Claim.appointment_id) == "late")
            assert len(db.connection().execute(held).all()) == 12
        assert rows(fallen, OutboxNotice) == []
        assert [one.what for one in rows(fallen, AppointmentChange)] == ["kept"]
        with pytest.raises(appointments.NotRead):
            ask(fallen, "frank", schedules.keep, reason="Another one", **late)

    def test_moves_one_to_a_time_that_is_near_and_free(self, fallen: Clinic) -> None:
        offered = ask(fallen, "frank", schedules.choices, appointment_id="late")
        assert offered[-1].words.endswith("with Dr Dana Diaz")
        last = next(one for one in offered if "4 March, 2:40 pm" in one.words)
        ask(fallen, "frank", schedules.move, appointment_id="late", version=1, to=last.value)
        assert self.visit(fallen).starts_at == WEDNESDAY + 340 * MINUTE
        assert shown(fallen).outside.count == 0
        told = {one.kind for one in rows(fallen, OutboxNotice)}
        assert told == {"appointment.moved", "appointment.reminder"}

    @pytest.mark.parametrize("to", ["", "9", "x y", "29544480 nobody", "٣ dana"])
    def test_moves_nowhere_else(self, fallen: Clinic, to: str) -> None:
        with pytest.raises((Invalid, appointments.TimeTaken)):
            ask(fallen, "frank", schedules.move, appointment_id="late", version=1, to=to)

    def test_a_cancelled_one_is_settled(self, fallen: Clinic) -> None:
        given: dict[str, Any] = {"appointment_id": "late", "version": 1, "reason": "Closed"}
        ask(fallen, "frank", appointments.cancel, **given)
        assert shown(fallen).outside.count == 0

    @pytest.mark.parametrize("who", ["alice", "bill", "otto", "ada"])
    def test_is_for_those_who_book(self, fallen: Clinic, who: str) -> None:
        late: dict[str, Any] = {"appointment_id": "late"}
        for use_case, given in (
            (schedules.keep, {"version": 1, "reason": "Why not"}),
            (schedules.move, {"version": 1, "to": "29544480 x"}),
            (schedules.choices, {}),
        ):
            with pytest.raises((NotAllowed, NotFound)):
                ask(fallen, who, use_case, **late, **given)


class TestTypes:
    def form(self, clinic: Clinic) -> dict[str, Any]:
        with clinic.base.transaction() as db:
            return db.get_one(VisitType, "check").model_dump(exclude={"id", "version"})

    def test_are_tried_out_as_patients_would_see_them(self, desk: Clinic) -> None:
        values = self.form(desk) | {"minutes": 60, "grid": 60}
        plan = ask(desk, "ada", schedules.try_type, type_id="check", values=values)
        assert plan.said == "Minutes: 20 becomes 60; Starts every: 20 becomes 60"
        row = plan.week
        assert clocks(row, "2026-03-04") == [
            "10:00 am", "11:00 am", "1:00 pm", "2:00 pm", "3:00 pm",
        ]  # fmt: skip
        assert row.note == ""
        assert self.form(desk)["minutes"] == 20
        hidden = ask(
            desk, "ada", schedules.try_type, type_id="check", values=values | {"active": False}
        )
        assert "Not in use" in hidden.week.note

    def test_change_with_a_trace_and_by_version(self, desk: Clinic) -> None:
        seen = self.form(desk)
        change: dict[str, Any] = {"type_id": "check", "version": 1, "seen": seen}
        ask(desk, "ada", schedules.put_type, values=seen | {"minutes": 30, "colour": "clay"},
            **change)  # fmt: skip
        assert traces(desk) == [("U", "Ada Abel", "colour: blue to clay, minutes: 20 to 30")]
        said = "Minutes is now 30, Colour is now “clay”"
        with pytest.raises(schedules.ChangedMeanwhile, match=said):
            ask(desk, "max", schedules.put_type, values=seen | {"name": "Look"}, **change)
        assert self.form(desk)["name"] == "Check-up"

    def test_a_new_one_is_not_in_use_yet(self, desk: Clinic) -> None:
        made = ask(desk, "max", schedules.add_type, name=" Ear  cleaning ", minutes=20)
        form = ask(desk, "max", schedules.one_type, type_id=made)
        assert (form.name, form.active, form.grid, form.version) == ("Ear cleaning", False, "20", 1)
        listed = ask(desk, "max", schedules.types)
        assert [(one.name, one.who) for one in listed] == [
            ("Check-up", "Everybody"), ("Ear cleaning", "Not in use"),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("changes", "says"),
        [
            ({"minutes": 7}, "steps of five"),
            ({"minutes": 0}, "Minutes: a whole number from 5 to 600"),
            ({"grid": 7}, "steps of five"),
            ({"buffer_after": 241}, "Buffer after"),
            ({"notice_minutes": -1}, "Shortest notice"),
            ({"ahead_days": 0}, "Furthest ahead"),
            ({"cancel_hours": 721}, "Free cancellation"),
            ({"open_limit": 51}, "Open bookings"),
            ({"reminders": "10080 2880 180 30"}, "up to three different reminders"),
            ({"reminders": "43201"}, "up to three different reminders"),
            ({"reminders": "180 180"}, "up to three different reminders"),
            ({"reminders": "-180"}, "up to three different reminders"),
            ({"reminders": "180  30"}, "up to three different reminders"),
            ({"name": "  "}, "Give this kind of visit a name"),
            ({"name": "x" * 121}, "Name: at most 120"),
            ({"board_name": "x" * 11}, "Name on the board"),
            ({"channels": ""}, "at least one way"),
            ({"channels": "pigeon"}, "at least one way"),
            ({"colour": "red; }"}, "."),
            ({"who_books": "me"}, "."),
        ],
    )
    def test_take_nothing_that_cannot_be(
        self, desk: Clinic, changes: dict[str, Any], says: str
    ) -> None:
        seen = self.form(desk)
        with pytest.raises(Invalid, match=says):
            ask(desk, "max", schedules.put_type, type_id="check", version=1, seen=seen,
                values=seen | changes)  # fmt: skip
        with pytest.raises(NotFound):
            ask(desk, "max", schedules.one_type, type_id="nothing")


class TestRooms:
    def put(self, clinic: Clinic, room: RoomRow, seen: RoomRow | None = None) -> str:
        return ask(clinic, "max", schedules.put_room, room=room, seen=seen or room)

    def one(self, clinic: Clinic, room_id: str) -> RoomRow:
        return next(one for one in ask(clinic, "ada", schedules.rooms) if one.id == room_id)

    def test_are_made_renamed_and_retired(self, desk: Clinic) -> None:
        made = self.put(desk, RoomRow(name=" Room  2 ", equipment="ECG, scale", is_room=True))
        room = self.one(desk, made)
        assert (room.name, room.equipment) == ("Room 2", "ecg scale")
        assert room.said == "One visit at a time, with ecg scale"
        self.put(desk, replace(room, name="Blue room"), room)
        with pytest.raises(schedules.ChangedMeanwhile, match="it is now Blue room"):
            self.put(desk, replace(room, name="Green room"), room)
        blue = self.one(desk, made)
        self.put(desk, replace(blue, active=False), blue)
        assert self.one(desk, made).said == "Not in use"
        assert [one[2] for one in traces(desk)] == [
            "Room 2", "name: Room 2 to Blue room", "active: True to False",
        ]  # fmt: skip

    def test_one_that_hours_name_is_not_retired(self, desk: Clinic) -> None:
        room = self.one(desk, "one")
        assert room.said == "One visit at a time, 2 visits planned"
        with pytest.raises(schedules.StillUsed):
            self.put(desk, replace(room, active=False), room)

    def test_where_two_stand_at_once_is_no_room(self, desk: Clinic) -> None:
        erin = desk.practitioners["erin"].id
        desk.add(
            booked(desk, "tess", 60, location_id="house", id="first"),
            booked(desk, "mia", 60, location_id="house", practitioner_id=erin),
        )
        house = self.one(desk, "house")
        with pytest.raises(schedules.TwoAtOnce):
            self.put(desk, replace(house, is_room=True), house)
        ask(desk, "frank", appointments.cancel, appointment_id="first", version=1, reason="")
        self.put(desk, replace(house, is_room=True), house)
        with desk.base.transaction() as db:
            held = db.connection().execute(
                text("SELECT count(*) FROM claim WHERE resource = 'location:house'")
            )
            assert held.scalar() == 4

    def test_need_a_name(self, desk: Clinic) -> None:
        for room in (
            RoomRow(name=" "),
            RoomRow(name="x" * 301),
            RoomRow(name="x", equipment="y" * 201),
        ):
            with pytest.raises(Invalid):
                self.put(desk, room)
        with pytest.raises(NotFound):
            self.put(desk, RoomRow(id="nowhere", name="Nowhere"))
