"""Claims: the database refuses a second holder, whatever code ran, also a row typed in by hand.

Proves R-03 and R-04: practitioner, room and patient, buffers included, on both kinds of database.
"""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlmodel import Session, col

from portal.models.appointments import Appointment, Claim, Hold
from portal.models.people import Location
from portal.models.schedules import VisitType
from tests.support import clinic
from tests.support.clinic import NOW, Clinic

NINE = NOW + timedelta(days=1)


def at(minutes: int) -> datetime:
    return NINE + timedelta(minutes=minutes)


def visit(
    people: Clinic, patient: str = "alice", first: int = 0, last: int = 20, **more: Any
) -> Any:
    return clinic.appointment(people, patient, starts_at=at(first), ends_at=at(last), **more)


def kept(
    people: Clinic, patient: str = "alice", first: int = 0, last: int = 20, **more: Any
) -> Any:
    values: dict[str, Any] = {
        "patient_id": people.patients[patient].id,
        "visit_type_id": "check",
        "practitioner_id": people.practitioners["dana"].id,
        "starts_at": at(first),
        "ends_at": at(last),
        "expires_at": NOW + timedelta(minutes=5),
        "created_at": NOW,
    }
    return Hold(**(values | more))


def write(db: Session, *rows: Any, how: str = "") -> None:
    """Writes rows past all services; `how` is what SQLite may be told of conflicts."""
    for row in rows:
        statement: Any = insert(type(row))
        if how:
            statement = statement.prefix_with(how)
        db.connection().execute(statement, [row.model_dump()])


def claims(db: Session, record: Any) -> set[tuple[str, int]]:
    """Returns what a record has, steps counted in minutes from nine."""
    mine = col(Claim.hold_id if isinstance(record, Hold) else Claim.appointment_id) == record.id
    first = int(NINE.timestamp()) // 300
    rows = db.connection().execute(select(col(Claim.resource), col(Claim.step)).where(mine))
    return {(row.resource.partition(":")[0], (row.step - first) * 5) for row in rows}


def whole(kind: str, first: int, last: int) -> set[tuple[str, int]]:
    return {(kind, minute) for minute in range(first, last, 5)}


@pytest.fixture
def people(the_clinic: Clinic) -> Clinic:
    """The cast, two rooms, and one type of visit."""
    the_clinic.add(
        Location(id="one", name="Room 1", is_room=True),
        Location(id="two", name="Room 2", is_room=True),
        VisitType(id="check", name="Check-up"),
    )
    return the_clinic


class TestClaim:
    def test_a_visit_has_its_steps_and_the_buffers_of_practitioner_and_room(
        self, people: Clinic
    ) -> None:
        one = visit(people, location_id="one", buffer_before=5, buffer_after=7)
        with people.base.transaction() as db:
            write(db, one)
            assert claims(db, one) == (
                whole("patient", 0, 20) | whole("practitioner", -5, 30) | whole("location", -5, 30)
            )

    def test_what_begins_within_a_step_has_it_whole(self, people: Clinic) -> None:
        one = visit(people, first=3, last=21)
        with people.base.transaction() as db:
            write(db, one)
            assert claims(db, one) == whole("patient", 0, 25) | whole("practitioner", 0, 25)

    def test_a_day_with_the_widest_buffers_is_claimed_to_its_end(self, people: Clinic) -> None:
        one = visit(people, first=2, last=1442, buffer_before=240, buffer_after=240)
        with people.base.transaction() as db:
            write(db, one)
            assert claims(db, one) == (
                whole("patient", 0, 1445) | whole("practitioner", -240, 1685)
            )

    def test_what_takes_longer_than_a_day_is_refused(self, people: Clinic) -> None:
        for row in (visit(people, last=1445), kept(people, last=1445)):
            with people.base.transaction() as db:
                savepoint = db.connection().begin_nested()
                with pytest.raises(DatabaseError, match="longer than a day"):
                    write(db, row)
                savepoint.rollback()

    @pytest.mark.parametrize(
        "second",
        [
            {"patient": "charlie", "first": 15},
            {"patient": "charlie", "first": 20, "last": 40, "buffer_before": 5},
            {"patient": "alice", "first": 15, "practitioner_id": None},
            {"patient": "charlie", "first": 19, "location_id": "one", "practitioner_id": None},
            {"patient": "charlie", "first": -30, "last": 2000 - 600},
            {"patient": "charlie", "status": "proposed"},
        ],
        ids=["practitioner", "buffer", "patient", "room", "around it", "asked for"],
    )
    def test_a_row_written_by_hand_over_another_one_is_refused(
        self, people: Clinic, second: dict[str, Any]
    ) -> None:
        first = visit(people, location_id="one")
        people.add(first)
        holds = {
            key: value for key, value in second.items() if key not in {"status", "practitioner_id"}
        }
        rows = [visit(people, **second)]
        if "practitioner_id" not in second and "status" not in second:
            rows.append(kept(people, **holds))
        with people.base.transaction() as db:
            before = claims(db, first)
            for row in rows:
                savepoint = db.connection().begin_nested()
                with pytest.raises(IntegrityError, match="claim"):
                    write(db, row)
                savepoint.rollback()
                assert claims(db, row) == set()
            assert claims(db, first) == before

    def test_neighbours_do_not_meet(self, people: Clinic) -> None:
        with people.base.transaction() as db:
            write(db, visit(people), visit(people, "charlie", 20, 40), kept(people, "tess", -20, 0))
            erin = people.practitioners["erin"].id
            write(db, visit(people, "mia", practitioner_id=erin))

    @pytest.mark.parametrize("how", ["OR REPLACE", "OR IGNORE", "OR FAIL"])
    def test_no_word_of_the_statement_takes_a_step_from_another_or_passes_without(
        self, sqlite_clinic: Clinic, how: str
    ) -> None:
        sqlite_clinic.add(VisitType(id="check", name="Check-up"))
        first, second = visit(sqlite_clinic), visit(sqlite_clinic, "charlie", 10, 30)
        later = visit(sqlite_clinic, "charlie", 60, 80)
        with sqlite_clinic.base.transaction() as db:
            write(db, first, later)
            before = claims(db, first)
            for row in (second, kept(sqlite_clinic, "charlie", 10, 30)):
                savepoint = db.connection().begin_nested()
                with pytest.raises(IntegrityError, match="claim"):
                    write(db, row, how=how)
                savepoint.rollback()
            savepoint = db.connection().begin_nested()
            with pytest.raises(IntegrityError, match="claim"):
                db.connection().execute(
                    text(f"UPDATE {how} appointment SET starts_at = :at WHERE id = :id"),
                    {"at": at(10).replace(tzinfo=None).isoformat(" "), "id": later.id},
                )
            savepoint.rollback()
            squeezed = visit(sqlite_clinic, "charlie", 10, 30, overbooked="Fever")
            write(db, squeezed, how=how)
            assert claims(db, first) == before
            assert claims(db, squeezed) == whole("patient", 10, 30) | whole("practitioner", 20, 30)

    def test_a_row_that_replaces_itself_leaves_no_step_behind(self, sqlite_clinic: Clinic) -> None:
        one = visit(sqlite_clinic)
        with sqlite_clinic.base.transaction() as db:
            write(db, one)
            again = visit(sqlite_clinic, first=10, last=30, id=one.id)
            write(db, again, how="OR REPLACE")
            assert claims(db, one) == whole("patient", 10, 30) | whole("practitioner", 10, 30)


class TestFree:
    def test_every_change_of_state_time_or_place_frees_and_claims_anew(
        self, people: Clinic
    ) -> None:
        one = visit(people, location_id="one")
        people.add(one)
        around = {(kind, at) for kind in ("practitioner", "location") for at in (20, 25)}
        plain = whole("patient", 0, 20) | whole("practitioner", 0, 20) | whole("location", 0, 20)
        later = {(kind, minute + 60) for kind, minute in plain}
        steps: list[tuple[str, set[tuple[str, int]]]] = [
            ("status = 'cancelled'", set()),
            ("status = 'booked'", plain),
            ("status = 'arrived'", plain),
            ("status = 'checked-in', stage = 'in-room'", plain),
            ("status = 'fulfilled'", set()),
            ("status = 'noshow'", set()),
            ("status = 'proposed'", plain),
            ("location_id = NULL", {one for one in plain if one[0] != "location"}),
            ("location_id = 'two'", plain),
            ("practitioner_id = NULL", {one for one in plain if one[0] != "practitioner"}),
            (f"practitioner_id = '{people.practitioners['erin'].id}'", plain),
            (
                "buffer_after = 10",
                plain | around,
            ),
            ("buffer_after = 0", plain),
            ("title = 'Another name'", plain),
        ]
        with people.base.transaction() as db:
            for change, expected in steps:
                db.connection().execute(text(f"UPDATE appointment SET {change}"))
                assert claims(db, one) == expected, change
            moved = {"starts_at": at(60), "ends_at": at(80)}
            db.connection().execute(update(Appointment).values(**moved))
            assert claims(db, one) == later
            db.connection().execute(text("DELETE FROM appointment"))
            assert claims(db, one) == set()

    def test_an_update_onto_another_visit_is_refused_and_the_old_time_kept(
        self, people: Clinic
    ) -> None:
        one, two = visit(people), visit(people, "charlie", 60, 80)
        people.add(one, two)
        with people.base.transaction() as db:
            before = claims(db, two)
            savepoint = db.connection().begin_nested()
            with pytest.raises(IntegrityError, match="claim"):
                moved = {"starts_at": at(10), "ends_at": at(30)}
                mine = col(Appointment.id) == two.id
                db.connection().execute(update(Appointment).where(mine).values(**moved))
            savepoint.rollback()
            assert claims(db, two) == before

    def test_a_hold_goes_and_does_not_move(self, people: Clinic) -> None:
        one = kept(people, location_id="one")
        people.add(one)
        with people.base.transaction() as db:
            assert len(claims(db, one)) == 12
            for change in ("buffer_after = 20", "location_id = 'two'", "moves_id = 'another'"):
                savepoint = db.connection().begin_nested()
                with pytest.raises(DatabaseError, match="does not move"):
                    db.connection().execute(text(f"UPDATE hold SET {change}"))
                savepoint.rollback()
            db.connection().execute(text("DELETE FROM hold"))
            assert claims(db, one) == set()

    def test_a_hold_that_moves_a_visit_may_lie_over_that_visit_and_no_other(
        self, people: Clinic
    ) -> None:
        one = visit(people)
        people.add(one, visit(people, "charlie", 30, 50))
        moves = kept(people, first=10, last=30, moves_id=one.id)
        with people.base.transaction() as db:
            write(db, moves)
            assert claims(db, moves) == whole("patient", 20, 30) | whole("practitioner", 20, 30)
            savepoint = db.connection().begin_nested()
            with pytest.raises(IntegrityError, match="claim"):
                write(db, kept(people, first=15, last=35, moves_id=one.id))
            savepoint.rollback()


class TestOverbook:
    def test_what_stands_over_another_has_what_is_free(self, people: Clinic) -> None:
        first = visit(people)
        over = visit(people, "charlie", 10, 30, overbooked="Fever since Sunday")
        with people.base.transaction() as db:
            write(db, first, over)
            assert len(claims(db, first)) == 8
            assert claims(db, over) == whole("patient", 10, 30) | whole("practitioner", 20, 30)
            savepoint = db.connection().begin_nested()
            with pytest.raises(IntegrityError, match="claim"):
                write(db, visit(people, "tess", 25, 45))
            savepoint.rollback()


class TestRoom:
    """Only a room is had by one visit at a time; a building is in nobody's way."""

    def two_in(self, people: Clinic, place: str) -> tuple[Any, Any]:
        erin = people.practitioners["erin"].id
        first = visit(people, location_id=place)
        return first, visit(people, "charlie", 10, 30, location_id=place, practitioner_id=erin)

    def test_two_who_work_in_one_building_are_not_in_each_others_way(self, people: Clinic) -> None:
        people.add(Location(id="house", name="48 Juniper Street"))
        first, second = self.two_in(people, "house")
        held = kept(people, "tess", 40, 60, location_id="house")
        with people.base.transaction() as db:
            write(db, first, second, held, visit(people, "mia", 45, 55, location_id="house",
                  practitioner_id=people.practitioners["erin"].id))  # fmt: skip
            for one in (first, second, held):
                assert {kind for kind, _minute in claims(db, one)} == {"patient", "practitioner"}

    def test_what_becomes_a_room_is_claimed_by_those_who_stand_there(self, people: Clinic) -> None:
        people.add(Location(id="house", name="48 Juniper Street"))
        one, gone = visit(people, location_id="house"), visit(people, "mia", status="cancelled")
        people.add(one, gone)
        with people.base.transaction() as db:
            plain = claims(db, one)
            assert {kind for kind, _minute in plain} == {"patient", "practitioner"}
            db.connection().execute(text("UPDATE location SET is_room = true WHERE id = 'house'"))
            assert claims(db, one) == plain | whole("location", 0, 20)
            assert claims(db, gone) == set()
            db.connection().execute(text("UPDATE location SET is_room = false WHERE id = 'house'"))
            assert claims(db, one) == plain

    def test_two_that_stand_in_it_at_once_keep_it_from_becoming_a_room(
        self, people: Clinic
    ) -> None:
        people.add(Location(id="house", name="48 Juniper Street"))
        first, second = self.two_in(people, "house")
        with people.base.transaction() as db:
            write(db, first, second)
            savepoint = db.connection().begin_nested()
            with pytest.raises(IntegrityError, match="claim"):
                db.connection().execute(text("UPDATE location SET is_room = true"))
            savepoint.rollback()
            assert {kind for kind, _minute in claims(db, second)} == {"patient", "practitioner"}
