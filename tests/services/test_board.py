"""The day board: what the desk sees of a day, and what a key does; on both databases."""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, event
from sqlmodel import col, select

from portal.errors import Invalid, NotAllowed, NotFound
from portal.models.appointments import Appointment, Hold
from portal.models.audit import AuditEvent, OutboxNotice
from portal.models.clinical import Encounter, FhirResource
from portal.models.people import Location, Patient, RelatedPerson
from portal.models.schedules import Schedule, ScheduleException, VisitType
from portal.services import appointments, board, patients
from portal.services.board.rows import BoardRow, ColumnRow, StripRow
from portal.services.free_times import minute_of
from portal.words import local
from tests.support.clinic import NOW, Clinic, appointment

MINUTE = timedelta(minutes=1)
TODAY = date(2026, 3, 3)
# Nine o'clock at the clinic.
NINE = NOW


@pytest.fixture
def day(the_clinic: Clinic) -> Clinic:
    """Dana works from nine to twelve and from one to five; Erin in the morning; two types."""
    dana, erin = (the_clinic.practitioners[name].id for name in ("dana", "erin"))
    room = Location(id="room-1", name="Room 1", is_room=True)
    the_clinic.add(
        room,
        VisitType(id="follow-up", name="Follow-up", board_name="Follow-up", minutes=20, grid=20),
        VisitType(id="long", name="Long one", board_name="Long", minutes=40, form="History",
                  position=1),
    )  # fmt: skip
    the_clinic.add(
        *(
            Schedule(practitioner_id=who, location_id=place, weekday=weekday, from_minute=first,
                     to_minute=last)
            for weekday in range(5)
            for who, place, first, last in (
                (dana, "room-1", 540, 720), (dana, "room-1", 780, 1020), (erin, None, 540, 720))
        )
    )  # fmt: skip
    return the_clinic


def view(clinic: Clinic, by: str = "frank", **asked: Any) -> BoardRow:
    with clinic.base.transaction() as db:
        given: dict[str, Any] = {"day": TODAY, "now": NOW} | asked
        return board.view(db, clinic.actor(by), **given)


def column(clinic: Clinic, name: str = "dana", **asked: Any) -> ColumnRow:
    key = clinic.practitioners[name].id
    return next(one for one in view(clinic, **asked).columns if one.key == key)


def only(clinic: Clinic, **asked: Any) -> StripRow:
    (found,) = column(clinic, **asked).strips
    return found


def only_of(clinic: Clinic, visit: str) -> StripRow:
    return next(one for one in column(clinic).strips if one.id == visit)


def do(clinic: Clinic, use_case: Any, by: str = "frank", **arguments: Any) -> Any:
    with clinic.base.transaction() as db:
        return use_case(db, clinic.actor(by), **({"now": NOW} | arguments))


class TestDay:
    def test_has_a_column_for_each_who_works(self, day: Clinic) -> None:
        names = [(one.name, one.place) for one in view(day).columns]
        assert names == [("Dr Dana Diaz", "Room 1"), ("Dr Erin Egan", "")]

    def test_nobody_works_on_a_saturday_but_a_visit_has_its_column(self, day: Clinic) -> None:
        day.add(appointment(day, starts_at=NINE + timedelta(days=4)))
        row = view(day, day=TODAY + timedelta(days=4))
        assert [one.name for one in row.columns] == ["Dr Dana Diaz"]
        assert view(day, day=TODAY + timedelta(days=5)).columns == []

    def test_hours_breaks_and_what_is_off_are_closed(self, day: Clinic) -> None:
        assert [(one.words, one.at) for one in column(day).closed] == [
            ("Off", "8:00"),
            ("Break", "12:00"),
            ("Off", "17:00"),
        ]

    def test_free_times_go_around_what_is_booked_with_its_buffers(self, day: Clinic) -> None:
        day.add(appointment(day, starts_at=NINE + 20 * MINUTE, buffer_after=5))
        free = [one.at for one in column(day).free]
        assert free[:4] == ["9:00", "9:10", "9:45", "9:50"]
        assert free[-1] == "16:50"

    def test_a_strip_lies_at_its_time_in_steps_of_five_minutes(self, day: Clinic) -> None:
        day.add(appointment(day, starts_at=NINE + 30 * MINUTE, visit_type_id="follow-up"))
        strip = only(day)
        assert (strip.grid_row, strip.at, strip.until) == ("19 / span 4", "9:30", "9:50")
        assert (strip.name, strip.age, strip.kind) == ("Alice Ash", "50", "Follow-up")

    def test_the_hours_grow_with_an_early_visit(self, day: Clinic) -> None:
        day.add(appointment(day, starts_at=NINE - 125 * MINUTE))
        head = view(day).head
        assert (head.hours[0].at, head.steps) == ("6:00", 12 * 12)
        assert head.begins == int((NINE - 180 * MINUTE).timestamp())

    @pytest.mark.parametrize(
        ("changes", "state", "words"),
        [
            ({}, "booked", "Booked"),
            ({"confirmed_at": NOW}, "confirmed", "Confirmed"),
            ({"status": "proposed"}, "request", "To approve"),
            ({"status": "arrived", "arrived_at": NOW}, "waiting", "Waiting"),
            ({"status": "checked-in", "stage": "in-room", "roomed_at": NOW}, "roomed", "In room"),
            ({"status": "checked-in", "stage": "with-practitioner"}, "seen", "Being seen"),
            ({"status": "fulfilled"}, "done", "Done"),
            ({"status": "noshow"}, "noshow", "No-show"),
            ({"status": "noshow", "stage": "left"}, "left", "Left unseen"),
        ],
    )
    def test_each_state_has_colour_word_and_icon(
        self, day: Clinic, changes: dict[str, Any], state: str, words: str
    ) -> None:
        day.add(appointment(day, starts_at=NINE, **changes))
        strip = only(day)
        assert (strip.state, strip.words) == (state, words)
        assert strip.icon

    def test_a_cancelled_visit_is_gone_and_its_time_free(self, day: Clinic) -> None:
        day.add(appointment(day, starts_at=NINE, status="cancelled"))
        assert column(day).strips == []
        assert column(day).free[0].at == "9:00"

    def test_flags_say_what_is_to_do_and_to_know(self, day: Clinic) -> None:
        with day.base.transaction() as db:
            tess = db.get_one(Patient, day.patients["tess"].id)
            tess.language = "es-MX"
        day.add(
            appointment(day, "tess", starts_at=NINE, visit_type_id="long", channel="video",
                        overbooked="Urgent")
        )  # fmt: skip
        assert [(flag.words, flag.tone) for flag in only(day).flags] == [
            ("Form", "todo"),
            ("Spanish", "know"),
            ("First visit", "know"),
            ("Minor", "know"),
            ("Helper", "know"),
            ("Video", "know"),
        ]

    def test_both_of_two_that_share_a_time_show_it_and_nobody_else(self, day: Clinic) -> None:
        day.add(
            appointment(day, starts_at=NINE),
            appointment(day, "charlie", starts_at=NINE + 10 * MINUTE, overbooked="Urgent"),
            appointment(day, "mia", starts_at=NINE + 40 * MINUTE, overbooked="Walk-in"),
        )
        shown = [
            (one.at, "over" in [flag.icon for flag in one.flags]) for one in column(day).strips
        ]
        assert shown == [("9:00", True), ("9:10", True), ("9:40", False)]

    def test_who_has_been_here_is_not_new(self, day: Clinic) -> None:
        day.add(
            appointment(day, "charlie", starts_at=NINE),
            appointment(day, "charlie", starts_at=NINE - timedelta(days=90), status="fulfilled"),
        )
        assert only(day).flags == []

    def test_a_form_is_asked_for_when_it_is_due_until_it_came_in(self, day: Clinic) -> None:
        def asks(**changes: Any) -> bool:
            with day.base.transaction() as db:
                db.connection().execute(delete(Appointment))
            given: dict[str, Any] = {"visit_type_id": "long", "starts_at": NINE}
            given.update(changes)
            day.add(appointment(day, **given))
            shown = local(changes.get("starts_at", NINE)).date()
            return "form" in [flag.icon for flag in only(day, day=shown).flags]

        assert asks()
        assert not asks(visit_type_id="follow-up")
        assert not asks(status="fulfilled")
        assert not asks(starts_at=NINE + timedelta(days=8))
        assert asks(starts_at=NINE + timedelta(days=6))
        answer: dict[str, Any] = {
            "source": "paper",
            "type": "QuestionnaireResponse",
            "sha256": "0" * 64,
        }
        answers = {
            "unfinished": '{"status":"in-progress","questionnaire":"History"}',
            "another": '{"status":"completed","questionnaire":"Diet"}',
        }
        alice = day.patients["alice"].id
        day.add(
            *(
                FhirResource(fhir_id=key, patient_id=alice, text=text, imported_at=NOW, **answer)
                for key, text in answers.items()
            )
        )
        assert asks()
        text = '{"status":"completed","questionnaire":"History"}'
        old = NOW - timedelta(days=400)
        day.add(FhirResource(fhir_id="old", patient_id=alice, text=text, imported_at=old, **answer))
        assert asks()
        day.add(FhirResource(fhir_id="new", patient_id=alice, text=text, imported_at=NOW, **answer))
        assert not asks()

    def test_whoever_was_met_before_the_portal_came_is_not_new(self, day: Clinic) -> None:
        day.add(
            appointment(day, "charlie", starts_at=NINE),
            Encounter(patient_id=day.patients["charlie"].id, status="finished",
                      sort_at=NOW - timedelta(days=900)),
        )  # fmt: skip
        assert only(day).flags == []
        with day.base.transaction() as db:
            db.scalars(select(Encounter)).one().status = "cancelled"
        assert [flag.icon for flag in only(day).flags] == ["first"]

    def test_whoever_may_help_no_more_is_no_helper(self, day: Clinic) -> None:
        with day.base.transaction() as db:
            for help_ in db.scalars(select(RelatedPerson)):
                help_.ends_on = TODAY - timedelta(days=1)
        day.add(appointment(day, "tess", starts_at=NINE))
        assert "helper" not in [flag.icon for flag in only(day).flags]

    def test_waiting_is_told_as_the_moment_since_when(self, day: Clinic) -> None:
        came = NOW - 12 * MINUTE
        day.add(appointment(day, starts_at=NINE - 5 * MINUTE, status="arrived", arrived_at=came))
        assert only(day).since == int(came.timestamp())
        assert only(day, now=NOW + 30 * MINUTE) == only(day)
        assert column(day).behind == int((NINE - 5 * MINUTE).timestamp())

    def test_two_at_a_time_share_the_column(self, day: Clinic) -> None:
        day.add(
            appointment(day, starts_at=NINE),
            appointment(day, "charlie", starts_at=NINE + 10 * MINUTE, overbooked="Urgent"),
            appointment(day, "mia", starts_at=NINE + 40 * MINUTE),
        )
        columns = [one.grid_column for one in column(day).strips]
        assert columns == ["1 / span 6", "7 / span 6", "1 / -1"]

    def test_a_held_time_is_there_without_a_name(self, day: Clinic) -> None:
        hold = Hold(
            patient_id=day.patients["alice"].id,
            visit_type_id="follow-up",
            practitioner_id=day.practitioners["dana"].id,
            starts_at=NINE,
            ends_at=NINE + 20 * MINUTE,
            expires_at=NOW + 4 * MINUTE,
            created_at=NOW,
        )
        day.add(hold)
        strip = only(day)
        assert (strip.state, strip.name, strip.id, strip.words) == (
            "held",
            "Held",
            "",
            "until 9:04",
        )
        assert column(day).free[0].at == "9:20"
        assert column(day, now=NOW + 5 * MINUTE).strips == []

    def test_by_room_every_room_has_its_column(self, day: Clinic) -> None:
        day.add(
            appointment(day, starts_at=NINE, location_id="room-1"),
            appointment(day, "charlie", starts_at=NINE + 20 * MINUTE),
        )
        row = view(day, mode="rooms")
        assert [(one.name, one.total, one.free) for one in row.columns] == [
            ("Room 1", 1, []),
            ("No room", 1, []),
        ]
        # Visits can be put into each of them, at the same minutes as by practitioner.
        assert {one.first for one in row.columns} == {column(day).first} != {0}

    def test_a_week_of_one_practitioner_has_seven_days(self, day: Clinic) -> None:
        day.add(appointment(day, starts_at=NINE + timedelta(days=1)), appointment(day, "mia"))
        row = view(day, mode="week", who=day.practitioners["dana"].id)
        assert [one.name for one in row.columns][:2] == ["Mon 2 Mar", "Tue 3 Mar"]
        assert [one.total for one in row.columns] == [0, 0, 1, 1, 0, 0, 0]

    @pytest.mark.parametrize(
        "day_of_change", [date(2026, 3, 8), date(2026, 11, 1)], ids=["spring", "autumn"]
    )
    def test_nine_stays_nine_when_clocks_change(self, day: Clinic, day_of_change: date) -> None:
        dana = day.practitioners["dana"].id
        day.add(Schedule(practitioner_id=dana, weekday=6, from_minute=540, to_minute=720))
        free = column(day, day=day_of_change).free[0]
        assert (free.at, free.grid_row) == ("9:00", "13 / span 2")
        local = datetime.fromtimestamp(free.minute * 60, NOW.tzinfo)
        assert local.hour == (13 if day_of_change.month == 3 else 14)


class TestLists:
    def test_who_waits_longest_is_first(self, day: Clinic) -> None:
        day.add(
            appointment(day, starts_at=NINE, status="arrived", arrived_at=NOW - 5 * MINUTE),
            appointment(day, "charlie", starts_at=NINE + 20 * MINUTE, status="arrived",
                        arrived_at=NOW - 9 * MINUTE),
        )  # fmt: skip
        waiting = view(day, day=TODAY + timedelta(days=3)).side.waiting
        assert [one.name for one in waiting] == ["Charlie Cole", "Alice Ash"]
        assert waiting[0].what == "9:20 Dr Dana Diaz"

    def test_what_is_to_be_done_is_listed_and_counted(self, day: Clinic) -> None:
        tomorrow = NINE + timedelta(days=1)
        day.add(
            appointment(day, status="proposed"),
            appointment(day, "charlie", starts_at=tomorrow),
            appointment(day, "mia", starts_at=tomorrow + 20 * MINUTE, confirmed_at=NOW),
            appointment(day, "tess", starts_at=NINE - timedelta(days=1), status="arrived"),
        )
        side = view(day).side
        assert [one.name for one in side.approve] == ["Alice Ash"]
        assert [one.name for one in side.tomorrow] == ["Charlie Cole"]
        assert [(one.name, one.what) for one in side.unresolved] == [
            ("Tess Tran", "Yesterday Waiting")
        ]

    def test_freed_times_are_offered_until_somebody_has_them(self, day: Clinic) -> None:
        gone: dict[str, Any] = {"status": "cancelled", "cancelled_at": NOW}
        tomorrow = NINE + timedelta(days=1)
        day.add(
            appointment(day, starts_at=NINE - 20 * MINUTE, **gone),
            appointment(day, starts_at=NINE + 20 * MINUTE, **gone),
            appointment(day, "mia", starts_at=NINE + 20 * MINUTE, **gone),
            appointment(day, starts_at=NINE + 60 * MINUTE, **gone),
            appointment(day, "charlie", starts_at=NINE + 70 * MINUTE),
            appointment(day, starts_at=tomorrow, **gone),
            appointment(day, starts_at=NINE + timedelta(days=9), **gone),
        )
        erin = day.practitioners["erin"].id
        do(day, board.book, patient_id=day.patients["mia"].id, practitioner_id=erin,
           minute=minute_of(tomorrow))  # fmt: skip
        do(day, appointments.undo)
        freed = view(day, day=TODAY + timedelta(days=3)).side.freed
        assert [(one.words, one.what) for one in freed] == [
            ("Today 9:20", "20 min, Dr Dana Diaz"),
            ("Tomorrow 9:00", "20 min, Dr Dana Diaz"),
        ]
        assert "Alice" not in str(freed)
        dana = day.practitioners["dana"].id
        do(day, board.book, patient_id=day.patients["mia"].id, practitioner_id=dana,
           minute=freed[0].minute)  # fmt: skip
        do(day, board.block, practitioner_id=dana, minute=freed[1].minute, minutes=30, note="")
        assert view(day).side.freed == []


class TestWho:
    @pytest.mark.parametrize("who", ["alice", "bob", "charlie", "bill", "ada", "otto"])
    def test_is_refused_to_whom_it_is_not_for(self, day: Clinic, who: str) -> None:
        with pytest.raises(NotAllowed):
            view(day, who)

    @pytest.mark.parametrize("who", ["frank", "max", "dana", "erin", "nora"])
    def test_leaves_one_row_in_the_trace(self, day: Clinic, who: str) -> None:
        day.add(appointment(day, starts_at=NINE), appointment(day, "mia"))
        view(day, who)
        with day.base.transaction() as db:
            trace = db.scalars(select(AuditEvent)).one()
        assert (trace.action, trace.category) == ("R", "appointments")
        assert trace.entity == "2026-03-03 board, 1 visits"

    def test_a_printed_day_leaves_its_own_row_and_is_for_staff_alone(self, day: Clinic) -> None:
        day.add(appointment(day, starts_at=NINE))
        row = do(day, board.sheet, day=TODAY)
        assert next((one.name, one.total) for one in row.columns) == ("Dr Dana Diaz", 1)
        assert row.printed == "Printed Tue 3 Mar, 9:00, by Frank Fox"
        with day.base.transaction() as db:
            trace = db.scalars(select(AuditEvent)).one()
        assert (trace.action, trace.entity) == ("E", "2026-03-03 day sheet, 1 visits")
        for who in ("alice", "bob", "bill", "otto"):
            with pytest.raises(NotAllowed):
                do(day, board.sheet, who, day=TODAY)

    def test_no_number_of_visits_costs_another_query(self, day: Clinic) -> None:
        before = queries(day)
        day.add(
            *(
                appointment(day, name, starts_at=NINE + at * 20 * MINUTE)
                for at, name in enumerate(("alice", "charlie", "tess", "mia") * 4)
                if at < 9
            )
        )
        assert queries(day) == before

    def test_what_a_visit_is_about_is_not_sent_with_every_strip(self, day: Clinic) -> None:
        day.add(appointment(day, starts_at=NINE, reason="Something private"))
        assert "Something private" not in str(asdict(view(day)))


def queries(clinic: Clinic) -> int:
    seen: list[str] = []
    with clinic.base.transaction() as db:
        bind = db.connection().engine
        event.listen(bind, "before_cursor_execute", lambda *given: seen.append(given[2]))
        board.view(db, clinic.actor("frank"), day=TODAY, now=NOW)
    return len(seen)


class TestAct:
    @pytest.fixture
    def visit(self, day: Clinic) -> str:
        record = appointment(day, starts_at=NINE + 10 * MINUTE)
        day.add(record)
        with day.base.transaction() as db:
            return db.scalars(select(Appointment)).one().id

    def test_goes_on_to_the_end_and_back(self, day: Clinic, visit: str) -> None:
        seen = []
        for version, act in enumerate(("arrived", "in-room", "fulfilled"), start=1):
            do(day, board.act, appointment_id=visit, version=version, act=act)
            seen.append(only(day).state)
        assert seen == ["waiting", "roomed", "done"]
        assert view(day).undo.words == "Alice Ash: Done"
        do(day, appointments.undo)
        assert only(day).state == "roomed"

    def test_undo_is_offered_for_three_minutes_to_who_did_it(self, day: Clinic, visit: str) -> None:
        do(day, board.act, appointment_id=visit, version=1, act="cancelled")
        undo = view(day).undo
        assert (undo.left, undo.told) == (180, "The patient is told at 9:03")
        assert view(day, now=NOW + 60 * MINUTE).undo.words == ""
        assert view(day, "max").undo.words == ""

    def test_who_saw_an_older_one_is_told_what_changed(self, day: Clinic, visit: str) -> None:
        do(day, board.act, "max", appointment_id=visit, version=1, act="arrived")
        with pytest.raises(appointments.NotRead):
            do(day, board.act, appointment_id=visit, version=1, act="in-room")
        said = do(day, board.changed, appointment_id=visit)
        assert said == "Max Moe, 9:00: Waiting. It is now: Waiting, 9:10."

    def test_confirms_approves_and_cancels(self, day: Clinic, visit: str) -> None:
        do(day, board.act, appointment_id=visit, version=1, act="confirmed")
        assert only(day).state == "confirmed"
        asked = appointment(day, "mia", starts_at=NINE + 60 * MINUTE, status="proposed")
        day.add(asked)
        with day.base.transaction() as db:
            other = db.scalars(select(Appointment).where(Appointment.status == "proposed")).one().id
        do(day, board.act, appointment_id=other, version=1, act="booked")
        do(day, board.act, appointment_id=other, version=2, act="cancelled")
        assert [one.name for one in column(day).strips] == ["Alice Ash"]

    def test_a_moved_visit_goes_with_the_room(self, day: Clinic, visit: str) -> None:
        erin = day.practitioners["erin"].id
        minute = minute_of(NINE + 30 * MINUTE)
        do(day, board.drop, appointment_id=visit, version=1, practitioner_id=erin, minute=minute)
        assert column(day).strips == []
        assert only(day, name="erin").at == "9:30"

    def test_is_put_into_another_room_and_out_of_any(self, day: Clinic, visit: str) -> None:
        day.add(Location(id="room-2", name="Room 2", is_room=True))
        there: dict[str, Any] = {
            "appointment_id": visit,
            "practitioner_id": day.practitioners["dana"].id,
            "minute": minute_of(NINE + 10 * MINUTE),
        }
        for version, place in enumerate(("room-1", "room-2", board.NO_ROOM), start=1):
            do(day, board.drop, version=version, place=place, **there)
            by_room = {one.key: one.total for one in view(day, mode="rooms").columns}
            assert {key: many for key, many in by_room.items() if many} == {place: 1}
        do(day, appointments.undo)
        assert only(day).room == "room-2"
        with pytest.raises(Invalid):
            do(day, board.drop, version=5, place="room-9", **there)

    def test_a_room_that_somebody_else_is_in_is_refused_with_their_name(
        self, day: Clinic, visit: str
    ) -> None:
        erin = day.practitioners["erin"].id
        day.add(
            appointment(day, "mia", starts_at=NINE + 40 * MINUTE, practitioner_id=erin,
                        location_id="room-1"),
            appointment(day, "charlie", starts_at=NINE + 20 * MINUTE, practitioner_id=erin),
        )  # fmt: skip
        assert [one.room for one in column(day, "erin").strips] == ["", "room-1"]
        assert (column(day).usual, column(day, "erin").usual) == ("room-1", "")
        there: dict[str, Any] = {
            "appointment_id": visit,
            "practitioner_id": day.practitioners["dana"].id,
            "place": "room-1",
        }
        # Of Charlie's visit, which is in no room, nobody runs into anything.
        do(day, board.drop, version=1, minute=minute_of(NINE + 20 * MINUTE), **there)
        with pytest.raises(appointments.TimeTaken) as refusal:
            do(day, board.drop, version=2, minute=minute_of(NINE + 30 * MINUTE), **there)
        assert refusal.value.words.startswith("Runs into Mia Tran, 9:40 to 10:00, with ")

    @pytest.mark.parametrize("steps", [("arrived",), ("arrived", "in-room", "with-practitioner")])
    def test_who_is_here_is_moved_within_the_day_and_stays_here(
        self, day: Clinic, visit: str, steps: tuple[str, ...]
    ) -> None:
        for at, step in enumerate(steps):
            do(day, board.act, appointment_id=visit, version=1 + at, act=step)
        came, seen = only_of(day, visit).since, only_of(day, visit).state
        there: dict[str, Any] = {
            "appointment_id": visit,
            "version": 1 + len(steps),
            "practitioner_id": day.practitioners["erin"].id,
        }
        with pytest.raises(appointments.HereToday):
            do(day, board.drop, minute=minute_of(NINE + timedelta(days=1)), **there)
        do(day, board.drop, minute=minute_of(NINE + 30 * MINUTE), now=NOW + 5 * MINUTE, **there)
        moved = only(day, name="erin")
        assert (moved.at, moved.state, moved.since) == ("9:30", seen, came)
        with day.base.transaction() as db:
            assert [row.kind for row in db.scalars(select(OutboxNotice))] == []
        do(day, appointments.undo, now=NOW + 6 * MINUTE)
        assert (only_of(day, visit).at, only_of(day, visit).state) == ("9:10", seen)

    @pytest.mark.parametrize("ends", ["fulfilled", "noshow", "cancelled"])
    def test_what_is_over_is_not_moved(self, day: Clinic, visit: str, ends: str) -> None:
        do(day, board.act, appointment_id=visit, version=1, act=ends)
        with pytest.raises(appointments.Over) as refusal:
            do(
                day, board.drop, appointment_id=visit, version=2,
                practitioner_id=day.practitioners["dana"].id, minute=minute_of(NINE),
            )  # fmt: skip
        assert "is over" in refusal.value.words

    def test_a_move_onto_another_one_names_it_and_is_made_on_purpose(
        self, day: Clinic, visit: str
    ) -> None:
        day.add(appointment(day, "mia", starts_at=NINE + 40 * MINUTE))
        there: dict[str, Any] = {
            "practitioner_id": day.practitioners["dana"].id,
            "appointment_id": visit,
            "version": 1,
            "minute": minute_of(NINE + 40 * MINUTE),
        }
        with pytest.raises(appointments.TimeTaken) as refusal:
            do(day, board.drop, **there)
        assert refusal.value.words == "Runs into Mia Tran, 9:40 to 10:00, with Dr Dana Diaz."
        assert [one.at for one in column(day).strips] == ["9:10", "9:40"]
        do(day, board.drop, overbooked="Urgent", **there)
        over = next(one for one in column(day).strips if one.id == visit)
        assert (over.at, over.flags[0].words) == ("9:40", "Double")
        with day.base.transaction() as db:
            told = [row.reason for row in db.scalars(select(AuditEvent)) if row.action == "U"]
        assert told == ["moved, overbooked"]
        do(day, appointments.undo)
        assert only_of(day, visit).at == "9:10"
        assert "over" not in [flag.icon for flag in only_of(day, visit).flags]

    def test_grows_by_a_step_and_not_into_the_next_one(self, day: Clinic, visit: str) -> None:
        dana = day.practitioners["dana"].id
        day.add(appointment(day, "mia", starts_at=NINE + 35 * MINUTE))
        same: dict[str, Any] = {
            "appointment_id": visit,
            "practitioner_id": dana,
            "minute": minute_of(NINE + 10 * MINUTE),
        }
        do(day, board.drop, version=1, minutes=25, **same)
        assert only_of(day, visit).until == "9:35"
        with pytest.raises(appointments.TimeTaken):
            do(day, board.drop, version=2, minutes=30, **same)
        with pytest.raises(appointments.NotRead):
            do(day, board.drop, version=1, minutes=10, **same)
        do(day, appointments.undo)
        assert only_of(day, visit).until == "9:30"

    def test_is_not_moved_out_of_the_hours_unsaid(self, day: Clinic, visit: str) -> None:
        late: dict[str, Any] = {
            "appointment_id": visit,
            "version": 1,
            "minute": minute_of(NINE + 170 * MINUTE),
            "practitioner_id": day.practitioners["dana"].id,
        }
        with pytest.raises(board.OutsideHours):
            do(day, board.drop, **late)
        do(day, board.drop, overbooked="Agreed", **late)
        assert only(day).at == "11:50"

    def test_is_copied_to_another_time_and_taken_back(self, day: Clinic, visit: str) -> None:
        erin = day.practitioners["erin"].id
        then: dict[str, Any] = {
            "appointment_id": visit,
            "practitioner_id": erin,
            "minute": minute_of(NINE + 60 * MINUTE),
        }
        made = do(day, board.copy, **then)
        assert made != visit
        assert [one.at for one in column(day).strips] == ["9:10"]
        copied = only(day, name="erin")
        assert (copied.at, copied.until, copied.state) == ("10:00", "10:20", "booked")
        with pytest.raises(appointments.TimeTaken) as refusal:
            do(day, board.copy, **then)
        assert "Runs into Alice Ash" in refusal.value.words
        do(day, appointments.undo)
        assert column(day, "erin").strips == []
        for who in ("charlie", "alice", "bill", "otto"):
            with pytest.raises((NotFound, NotAllowed)):
                do(day, board.copy, who, **then)

    def test_is_cancelled_with_a_reason_of_the_list(self, day: Clinic, visit: str) -> None:
        with pytest.raises(Invalid):
            do(day, board.act, appointment_id=visit, version=1, act="cancelled", code="mood")
        do(day, board.act, appointment_id=visit, version=1, act="cancelled", code="pat-lt")
        with day.base.transaction() as db:
            assert db.get_one(Appointment, visit).cancel_code == "pat-lt"

    def test_tells_what_can_be_done_and_how_it_came(self, day: Clinic, visit: str) -> None:
        keys = [act.key for act in do(day, board.one, appointment_id=visit).acts]
        assert keys == ["A", "R", "S", "D", "C", "N", "X", "M"]
        do(day, board.act, appointment_id=visit, version=1, act="arrived")
        row = do(day, board.one, appointment_id=visit)
        assert [act.key for act in row.acts] == ["R", "S", "D", "L", "M"]
        assert [one.words for one in row.history] == ["Waiting: Frank Fox"]
        assert row.visit == "9:10–9:30, Blood pressure review"

    def test_one_visit_is_hidden_from_whom_it_is_not_for(self, day: Clinic, visit: str) -> None:
        for who in ("charlie", "alice", "bill", "otto"):
            with pytest.raises((NotFound, NotAllowed)):
                do(day, board.one, who, appointment_id=visit)
            with pytest.raises((NotFound, NotAllowed)):
                do(day, board.act, who, appointment_id=visit, version=1, act="arrived")


class TestBook:
    def asked(self, day: Clinic, **changes: Any) -> dict[str, Any]:
        values = {
            "practitioner_id": day.practitioners["dana"].id,
            "minute": minute_of(NINE + 60 * MINUTE),
            "patient_id": day.patients["alice"].id,
        }
        return values | changes

    def test_is_as_last_time(self, day: Clinic) -> None:
        day.add(
            appointment(day, starts_at=NINE - timedelta(days=30), status="fulfilled",
                        visit_type_id="long"),
        )  # fmt: skip
        found = do(day, board.find, words="as al")
        assert [(hit.name, hit.usual) for hit in found.hits] == [("Alice Ash", "Long one, 20 min")]
        do(day, board.book, **self.asked(day))
        strip = only(day)
        assert (strip.at, strip.until, strip.kind) == ("10:00", "10:20", "Long")
        with day.base.transaction() as db:
            made = db.scalars(select(Appointment).where(Appointment.status == "booked")).one()
        assert made.location_id == "room-1"

    def test_somebody_new_gets_the_first_type_unless_said(self, day: Clinic) -> None:
        do(day, board.book, **self.asked(day))
        do(day, board.book, **self.asked(day, patient_id=day.patients["mia"].id,
           minute=minute_of(NINE), visit_type_id="long", minutes=60))  # fmt: skip
        strips = [(one.kind, one.minutes) for one in column(day).strips]
        assert strips == [("Long", 60), ("Follow-up", 20)]

    def test_a_clash_says_what_fits_and_is_booked_over_on_purpose(self, day: Clinic) -> None:
        day.add(appointment(day, "mia", starts_at=NINE + 70 * MINUTE))
        with pytest.raises(appointments.TimeTaken):
            do(day, board.book, **self.asked(day))
        said = "Runs into Mia Tran, 10:10 to 10:30, with Dr Dana Diaz."
        assert do(day, board.clash, **self.asked(day)) == said
        fits = do(day, board.options, **self.asked(day))
        assert [(one.key, one.words, one.when) for one in fits] == [
            ("1", "Dr Erin Egan at 10:00", "Today"),
            ("2", "Dr Dana Diaz at 10:40", "Today"),
            ("3", "Dr Dana Diaz at 11:00", "Today"),
        ]
        do(day, board.book, overbooked="Urgent", **self.asked(day))
        assert column(day).strips[0].flags[0].words == "Double"

    def test_does_not_run_into_a_break_unsaid(self, day: Clinic) -> None:
        late = self.asked(day, minute=minute_of(NINE + 170 * MINUTE))
        with pytest.raises(board.OutsideHours):
            do(day, board.book, **late)
        assert do(day, board.book, overbooked="Agreed", **late)

    def test_the_next_free_times_are_of_several_people(self, day: Clinic) -> None:
        day.add(appointment(day, "mia", starts_at=NINE, ends_at=NINE + 180 * MINUTE))
        asked = dict[str, Any](visit_type_id="follow-up", first=TODAY)
        found = do(day, board.next_free, **asked)
        assert [(one.key, one.words, one.when) for one in found[:4]] == [
            ("1", "Dr Erin Egan at 9:20", "Today"),
            ("2", "Dr Erin Egan at 9:40", "Today"),
            ("3", "Dr Erin Egan at 10:00", "Today"),
            ("4", "Dr Dana Diaz at 13:00", "Today"),
        ]
        dana = day.practitioners["dana"].id
        mine = do(day, board.next_free, practitioner_id=dana, **asked)
        assert [one.words for one in mine][:2] == ["Dr Dana Diaz at 13:00", "Dr Dana Diaz at 13:20"]
        assert len(mine) == 9
        asked["first"] = TODAY + timedelta(days=4)
        later = do(day, board.next_free, **asked)
        assert later[0].when == "In 6 days"
        with pytest.raises(NotFound):
            do(day, board.next_free, **(asked | {"visit_type_id": "none"}))
        for who in ("alice", "bill", "otto"):
            with pytest.raises(NotAllowed):
                do(day, board.next_free, who, **asked)

    def test_a_newcomer_is_booked_at_once(self, day: Clinic) -> None:
        made = do(day, board.add, given="Lena", family="Berg", born_on=date(1990, 4, 1), phone="")
        with day.base.transaction() as db:
            db.get_one(VisitType, "follow-up").new_patients = False
        do(day, board.book, **self.asked(day, patient_id=made))
        assert (only(day).name, only(day).kind) == ("Lena Berg", "Long")

    def test_a_walk_in_is_here_at_once(self, day: Clinic) -> None:
        do(day, board.book, is_walk_in=True, **self.asked(day, minute=minute_of(NINE)))
        strip = only(day)
        assert (strip.state, strip.since) == ("waiting", int(NOW.timestamp()))

    def test_the_patient_is_not_told_before_undo_has_ended(self, day: Clinic) -> None:
        do(day, board.book, **self.asked(day))
        with day.base.transaction() as db:
            told = select(OutboxNotice).where(col(OutboxNotice.kind) == "appointment.booked")
            due = [notice.due_at for notice in db.scalars(told)]
        assert due == [NOW + 3 * MINUTE]
        do(day, appointments.undo)
        assert column(day).strips == []

    def test_a_practitioner_who_does_not_exist_books_nothing(self, day: Clinic) -> None:
        with pytest.raises(NotFound):
            do(day, board.book, **self.asked(day, practitioner_id="nobody"))


class TestBlock:
    def test_takes_a_stretch_out_and_gives_it_back(self, day: Clinic) -> None:
        dana = day.practitioners["dana"].id
        made = do(day, board.block, practitioner_id=dana, minute=minute_of(NINE), minutes=30,
                  note="Call the lab")  # fmt: skip
        closed = [(one.id, one.words) for one in column(day).closed if one.id]
        assert closed == [(made, "Call the lab")]
        assert column(day).free[0].at == "9:30"
        do(day, board.unblock, block_id=made)
        assert column(day).free[0].at == "9:00"

    def test_what_is_no_block_is_not_taken_away(self, day: Clinic) -> None:
        day.add(
            ScheduleException(id="holiday", kind="closure", starts_at=NINE,
                              ends_at=NINE + timedelta(days=1), created_at=NOW)
        )  # fmt: skip
        with pytest.raises(NotFound):
            do(day, board.unblock, block_id="holiday")
        assert column(day).free == []

    @pytest.mark.parametrize("who", ["alice", "bob", "bill", "ada", "otto"])
    def test_is_refused_to_whom_it_is_not_for(self, day: Clinic, who: str) -> None:
        dana = day.practitioners["dana"].id
        with pytest.raises(NotAllowed):
            do(day, board.block, who, practitioner_id=dana, minute=minute_of(NINE), minutes=30,
               note="")  # fmt: skip


class TestNewcomer:
    def add(self, day: Clinic, by: str = "frank", **changes: Any) -> str:
        typed = {"given": "Lena", "family": "Berg", "born_on": date(1990, 4, 1), "phone": ""}
        return do(day, board.add, by, **(typed | changes))

    def test_is_written_down_and_found_at_once(self, day: Clinic) -> None:
        made = self.add(day)
        found = do(day, patients.find, words="ber le")
        assert [hit.patient_id for hit in found.hits] == [made]

    def test_whoever_may_be_on_file_is_shown_first(self, day: Clinic) -> None:
        typed: dict[str, Any] = {"given": "Alyce", "family": "Ash", "born_on": date(1975, 5, 17)}
        with pytest.raises(board.MaybeKnown) as refusal:
            self.add(day, **typed)
        assert [hit.name for hit in refusal.value.hits] == ["Alice Ash"]
        assert self.add(day, is_sure=True, **typed)

    @pytest.mark.parametrize(
        "wrong", [{"given": " "}, {"born_on": date(2030, 1, 1)}, {"family": "x" * 101}]
    )
    def test_refuses_what_cannot_be(self, day: Clinic, wrong: dict[str, Any]) -> None:
        with pytest.raises(Invalid):
            self.add(day, **wrong)

    @pytest.mark.parametrize("who", ["alice", "bob", "bill", "ada", "otto"])
    def test_is_refused_to_whom_it_is_not_for(self, day: Clinic, who: str) -> None:
        with pytest.raises(NotAllowed):
            self.add(day, who)
