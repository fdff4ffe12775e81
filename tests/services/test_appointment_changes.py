"""Holding, moving, undoing: the old time is kept until the new one is won, and nothing is lost."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlmodel import Session, col

from portal.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.models.appointments import Appointment, AppointmentChange, Claim, Hold
from portal.models.audit import AuditEvent, OutboxNotice
from portal.models.people import Location
from portal.models.schedules import Schedule, VisitType
from portal.security.actor import Actor
from portal.services import appointments
from portal.services.appointments import freeing, states
from portal.services.notices import codes
from tests.support.clinic import NOW, Clinic

NINE = datetime.fromisoformat("2026-03-04T09:00-05:00")
TEN = NINE + timedelta(hours=1)
SOON = timedelta(minutes=1)


@pytest.fixture
def people(the_clinic: Clinic) -> Clinic:
    """The cast; Dana and Erin work from eight to noon, every day."""
    the_clinic.add(
        Location(id="one", name="Room 1", is_room=True),
        VisitType(id="check", name="Check-up", minutes=20, notice_minutes=60, open_limit=0),
        VisitType(id="long", name="Long talk", minutes=40, notice_minutes=60),
        VisitType(id="asked", name="Certificate", how_booked="approval", asks_reason=False),
        VisitType(id="ours", name="Procedure", who_books="staff"),
        *(
            Schedule(
                practitioner_id=the_clinic.practitioners[name].id,
                weekday=day,
                from_minute=8 * 60,
                to_minute=12 * 60,
            )
            for name in ("dana", "erin")
            for day in range(7)
        ),
    )
    return the_clinic


def book(db: Session, people: Clinic, by: str = "frank", **changes: Any) -> str:
    values: dict[str, Any] = {
        "patient_id": people.patients["alice"].id,
        "practitioner_id": people.practitioners["dana"].id,
        "location_id": None,
        "title": "Check-up",
        "starts_at": NINE,
        "minutes": 20,
        "now": NOW,
    }
    return appointments.book(db, people.actor(by), **(values | changes))


def of_type(db: Session, people: Clinic, kind: str = "check", **changes: Any) -> str:
    return book(db, people, visit_type=db.get(VisitType, kind), **changes)


def hold(db: Session, people: Clinic, actor: Actor | None = None, **changes: Any) -> str:
    values: dict[str, Any] = {
        "visit_type_id": "check",
        "practitioner_id": people.practitioners["dana"].id,
        "starts_at": NINE,
        "now": NOW,
    }
    return appointments.hold(db, actor or people.actor("alice"), **(values | changes))


def move(db: Session, people: Clinic, made: str, by: str = "frank", **changes: Any) -> None:
    values: dict[str, Any] = {"version": 1, "starts_at": TEN, "now": NOW}
    appointments.reschedule(db, people.actor(by), appointment_id=made, **(values | changes))


def now_of(db: Session, made: str) -> Appointment:
    query = select(Appointment).where(col(Appointment.id) == made)
    return db.scalars(query.execution_options(populate_existing=True)).one()


def steps(db: Session, made: str) -> int:
    mine = col(Claim.appointment_id) == made
    return db.execute(select(func.count()).select_from(Claim).where(mine)).scalar_one()


def waiting(db: Session) -> list[tuple[str, datetime]]:
    rows = select(col(OutboxNotice.kind), col(OutboxNotice.due_at))
    told = (col(OutboxNotice.state) == "pending", col(OutboxNotice.about_at).is_(None))
    rows = rows.where(*told).order_by(col(OutboxNotice.kind))
    return [(row.kind, row.due_at) for row in db.connection().execute(rows)]


class TestHold:
    def test_keeps_a_time_and_books_it_with_history_trace_and_notice(self, people: Clinic) -> None:
        alice = people.actor("alice")
        with people.base.transaction() as db:
            held = hold(db, people)
            with pytest.raises(appointments.TimeTaken):
                book(db, people, patient_id=people.patients["charlie"].id)
            made = appointments.book_held(
                db, alice, hold_id=held, reason=" My knee ", now=NOW + SOON
            )
            record = now_of(db, made)
            assert (record.status, record.reason, record.title) == ("booked", "My knee", "Check-up")
            assert (steps(db, made), db.scalars(select(Hold)).first()) == (8, None)
            change = db.scalars(select(AppointmentChange)).one()
            assert (change.what, change.by, change.version) == ("booked", "Alice Ash", 1)
            assert waiting(db) == [("appointment.booked", NOW + SOON)]
        with people.base.transaction() as db:
            assert set(db.scalars(select(col(AuditEvent.action)))) == {"C"}

    def test_what_needs_approval_is_asked_for_and_then_booked(self, people: Clinic) -> None:
        alice, frank = people.actor("alice"), people.actor("frank")
        with people.base.transaction() as db:
            held = hold(db, people, visit_type_id="asked")
            made = appointments.book_held(db, alice, hold_id=held, reason="no", now=NOW)
            assert (now_of(db, made).status, now_of(db, made).reason) == ("proposed", "")
            with pytest.raises(NotAllowed):
                appointments.approve(db, alice, appointment_id=made, version=1, now=NOW)
            for _twice in range(2):
                appointments.approve(db, frank, appointment_id=made, version=1, now=NOW)
            assert now_of(db, made).status == "booked"
            assert [kind for kind, _due in waiting(db)] == ["appointment.booked"]
            appointments.move(db, frank, appointment_id=made, version=2, status="arrived", now=NINE)
            with pytest.raises(appointments.WrongStep):
                appointments.approve(db, frank, appointment_id=made, version=3, now=NINE)

    def test_one_at_once_and_letting_go_frees_it(self, people: Clinic) -> None:
        alice = people.actor("alice")
        with people.base.transaction() as db:
            hold(db, people)
            hold(db, people, starts_at=TEN)
            assert [row.starts_at for row in db.scalars(select(Hold))] == [TEN]
            appointments.let_go(db, alice, now=NOW)
            appointments.let_go(db, alice, now=NOW)
            assert db.scalars(select(Claim)).first() is None

    def test_one_that_has_run_out_holds_nobody_up(self, people: Clinic) -> None:
        charlie = people.actor("charlie")
        late = NOW + timedelta(minutes=5)
        with people.base.transaction() as db:
            tess = people.patients["tess"].id
            other = book(db, people, starts_at=TEN, patient_id=tess)
            held = hold(db, people)
            hold(db, people, charlie, now=late)
            with pytest.raises(appointments.TimeTaken):
                move(db, people, other, starts_at=NINE, now=late)
            late += timedelta(minutes=5)
            move(db, people, other, starts_at=NINE, now=late)
            hold(db, people, charlie, starts_at=TEN, now=late)
            late += timedelta(minutes=5)
            book(db, people, starts_at=TEN, patient_id=people.patients["mia"].id, now=late)
            with pytest.raises(NotFound):
                appointments.book_held(db, people.actor("alice"), hold_id=held, reason="", now=late)

    def test_one_that_has_run_out_is_still_booked_where_nobody_wanted_it(
        self, people: Clinic
    ) -> None:
        alice, late = people.actor("alice"), NOW + timedelta(minutes=30)
        with people.base.transaction() as db:
            held = hold(db, people)
            hold(db, people, people.actor("charlie"), starts_at=TEN + timedelta(hours=1), now=late)
            assert appointments.book_held(db, alice, hold_id=held, reason="", now=late)

    def test_refuses_what_is_not_free_or_not_for_patients(self, people: Clinic) -> None:
        with people.base.transaction() as db:
            book(db, people, patient_id=people.patients["charlie"].id)
            for starts_at in (NINE, NINE + timedelta(minutes=3), NINE - timedelta(hours=2), NOW):
                with pytest.raises(appointments.TimeTaken):
                    hold(db, people, starts_at=starts_at)
            with pytest.raises(appointments.OnlyByPhone):
                hold(db, people, visit_type_id="ours", starts_at=TEN)
            with pytest.raises(NotFound):
                hold(db, people, visit_type_id="none", starts_at=TEN)

    def test_who_may(self, people: Clinic) -> None:
        with people.base.transaction() as db:
            with pytest.raises(NotAllowed):
                hold(db, people, people.actor("bob", helping="alice", held="appointments:read"))
            for name in ("frank", "dana", "bob"):
                with pytest.raises(NotFound):
                    hold(db, people, people.actor(name))
            bob = people.actor("bob", helping="alice", held="appointments:act profile:read")
            held = hold(db, people, bob)
            for name in ("alice", "charlie", "frank"):
                with pytest.raises(NotFound):
                    appointments.book_held(db, people.actor(name), hold_id=held, reason="", now=NOW)
            assert appointments.book_held(db, bob, hold_id=held, reason="", now=NOW)


class TestHoldToMove:
    def test_keeps_the_old_time_until_the_new_one_is_won(self, people: Clinic) -> None:
        alice = people.actor("alice")
        with people.base.transaction() as db:
            made = of_type(db, people)
            near = NINE + timedelta(minutes=10)
            held = hold(db, people, starts_at=near, moves_id=made)
            assert now_of(db, made).starts_at == NINE
            assert appointments.book_held(db, alice, hold_id=held, reason="", now=NOW) == made
            record = now_of(db, made)
            assert (record.starts_at, record.version, steps(db, made)) == (near, 2, 8)
            assert db.scalars(select(Hold)).first() is None
            assert [kind for kind, _due in waiting(db)] == ["appointment.moved"]

    def test_moves_only_ones_own_visit_of_the_same_type_that_is_to_come(
        self, people: Clinic
    ) -> None:
        with people.base.transaction() as db:
            plain = book(db, people)
            longer = of_type(db, people, "long", starts_at=TEN, minutes=40)
            of_charlie = of_type(
                db, people, patient_id=people.patients["charlie"].id,
                starts_at=TEN + timedelta(minutes=40),
            )  # fmt: skip
            free = TEN + timedelta(minutes=60)
            for other in (plain, longer):
                with pytest.raises(appointments.OnlyByPhone):
                    hold(db, people, starts_at=free, moves_id=other)
            with pytest.raises(NotFound):
                hold(db, people, starts_at=free, moves_id=of_charlie)
            gone = of_type(db, people, starts_at=free)
            appointments.cancel(
                db, people.actor("alice"), appointment_id=gone, version=1, reason="", now=NOW
            )
            with pytest.raises(appointments.TooLate):
                hold(db, people, starts_at=free, moves_id=gone)

    def test_a_helpers_own_visit_is_not_moved_in_anothers_record(self, people: Clinic) -> None:
        with people.base.transaction() as db:
            mias = of_type(db, people, patient_id=people.patients["mia"].id)
            with pytest.raises(NotFound):
                hold(db, people, people.actor("mia", helping="tess"), starts_at=TEN, moves_id=mias)


class TestReschedule:
    def test_moves_and_tells_after_the_time_to_take_it_back(self, people: Clinic) -> None:
        with people.base.transaction() as db:
            made = book(db, people)
            appointments.confirm(db, people.actor("alice"), appointment_id=made, version=1, now=NOW)
            move(db, people, made, version=2, minutes=40, location_id="one")
            record = now_of(db, made)
            assert (record.starts_at, record.ends_at) == (TEN, TEN + timedelta(minutes=40))
            assert (record.confirmed_at, record.location_id, steps(db, made)) == (None, "one", 24)
            assert waiting(db) == [("appointment.moved", NOW + timedelta(minutes=3))]

    def test_keeps_the_old_time_where_the_new_one_is_taken(self, people: Clinic) -> None:
        with people.base.transaction() as db:
            made = book(db, people)
            book(db, people, patient_id=people.patients["charlie"].id, starts_at=TEN)
            with pytest.raises(appointments.TimeTaken):
                move(db, people, made)
            assert (now_of(db, made).starts_at, steps(db, made)) == (NINE, 8)
            move(db, people, made, starts_at=NINE + timedelta(minutes=5))
            assert steps(db, made) == 8

    def test_twice_is_once_and_a_stale_one_is_told(self, people: Clinic) -> None:
        with people.base.transaction() as db:
            made = book(db, people)
            for _twice in range(2):
                move(db, people, made)
            assert now_of(db, made).version == 2
            stale: list[dict[str, Any]] = [{"starts_at": TEN + timedelta(hours=1)}, {"minutes": 40}]
            for other in stale:
                with pytest.raises(appointments.NotRead):
                    move(db, people, made, **other)
            assert now_of(db, made).starts_at == TEN

    @pytest.mark.parametrize(
        "changes",
        [
            {"minutes": 0},
            {"minutes": -20},
            {"minutes": 5000},
            {"practitioner_id": "nobody"},
            {"location_id": "nowhere"},
            {"starts_at": TEN.replace(tzinfo=None)},
            {"starts_at": TEN - timedelta(days=9)},
            {"overbooked": "x" * 201},
        ],
    )
    def test_refuses_what_makes_no_sense_and_says_so(
        self, people: Clinic, changes: dict[str, Any]
    ) -> None:
        with people.base.transaction() as db:
            made = book(db, people)
            with pytest.raises(Invalid):
                move(db, people, made, **changes)
            with pytest.raises(Invalid):
                book(db, people, starts_at=TEN, channel="pigeon")
            assert now_of(db, made).version == 1

    def test_who_may(self, people: Clinic) -> None:
        with people.base.transaction() as db:
            made = book(db, people)
            for name in ("alice",):
                with pytest.raises(NotAllowed):
                    move(db, people, made, by=name)
            for name in ("charlie", "bill", "otto"):
                with pytest.raises(NotFound):
                    move(db, people, made, by=name)

    def test_frees_its_time_for_what_stood_over_it(self, people: Clinic) -> None:
        charlie = people.patients["charlie"].id
        with people.base.transaction() as db:
            made = book(db, people)
            near = NINE + timedelta(minutes=10)
            over = book(db, people, patient_id=charlie, starts_at=near, overbooked="Fever")
            assert (steps(db, made), steps(db, over)) == (8, 6)
            move(db, people, made)
            assert (steps(db, made), steps(db, over)) == (8, 8)

    def test_frees_its_buffers_too(self, people: Clinic) -> None:
        with people.base.transaction() as db:
            kind = VisitType(id="wide", name="Wide", buffer_before=30, buffer_after=30)
            db.add(kind)
            db.flush()
            made = book(db, people, visit_type=kind)
            over = book(
                db, people, patient_id=people.patients["charlie"].id, visit_type=kind,
                starts_at=NINE + timedelta(minutes=55), overbooked="Fever",
            )  # fmt: skip
            assert steps(db, over) == 4 + 16 - 5
            appointments.cancel(
                db, people.actor("frank"), appointment_id=made, version=1, reason="", now=NOW
            )
            assert steps(db, over) == 4 + 16

    def test_what_stood_over_a_hold_claims_once_that_has_run_out(self, people: Clinic) -> None:
        with people.base.transaction() as db:
            hold(db, people)
            over = book(db, people, patient_id=people.patients["charlie"].id, overbooked="Fever")
            assert steps(db, over) == 4
            assert freeing.clear(db, now=NOW + timedelta(minutes=5)) == 1
            assert steps(db, over) == 8


class TestUndo:
    def undo(self, db: Session, people: Clinic, by: str = "frank", after: timedelta = SOON) -> str:
        return appointments.undo(db, people.actor(by), now=NOW + after)

    def test_of_a_booking_cancels_it_and_nobody_hears(self, people: Clinic) -> None:
        with people.base.transaction() as db:
            made = book(db, people)
            assert waiting(db) == [("appointment.booked", NOW + timedelta(minutes=3))]
            assert self.undo(db, people) == made
            assert (now_of(db, made).status, steps(db, made), waiting(db)) == ("cancelled", 0, [])
            whats = [row.what for row in db.scalars(select(AppointmentChange))]
            assert sorted(whats) == ["booked", "undone"]
            with pytest.raises(appointments.NothingToUndo):
                self.undo(db, people)

    def test_of_a_move_puts_it_back_and_tells_of_the_booking_after_all(
        self, people: Clinic
    ) -> None:
        with people.base.transaction() as db:
            made = book(db, people)
            move(db, people, made)
            assert [kind for kind, _due in waiting(db)] == ["appointment.moved"]
            self.undo(db, people)
            assert (now_of(db, made).starts_at, steps(db, made)) == (NINE, 8)
            assert [kind for kind, _due in waiting(db)] == ["appointment.booked"]
            withdrawn = select(col(OutboxNotice.problem)).where(
                col(OutboxNotice.state) == "withdrawn", col(OutboxNotice.about_at).is_(None)
            )
            said = codes.words(db.scalars(withdrawn).one())
            assert said == "What it was about has changed since."

    def test_of_each_state(self, people: Clinic) -> None:
        frank = people.actor("frank")
        with people.base.transaction() as db:
            made = book(db, people)
            version = 1
            for status in ("arrived", "in-room", "with-practitioner", "fulfilled"):
                before = now_of(db, made).model_dump(exclude={"version"})
                for ends in ("undone", "stands"):
                    appointments.move(
                        db, frank, appointment_id=made, version=version, status=status, now=NOW
                    )
                    version += 1
                    assert states.of(now_of(db, made)) == status
                    if ends == "undone":
                        self.undo(db, people)
                        version += 1
                        assert now_of(db, made).model_dump(exclude={"version"}) == before
            kept = db.scalars(select(AppointmentChange)).all()
            assert sorted(row.version for row in kept) == list(range(1, version + 1))
            assert all(json.loads(row.before) or row.what == "booked" for row in kept)

    def test_of_a_cancellation_an_approval_and_a_miss(self, people: Clinic) -> None:
        frank = people.actor("frank")
        with people.base.transaction() as db:
            made = book(db, people)
            appointments.cancel(db, frank, appointment_id=made, version=1, reason="ill", now=NOW)
            self.undo(db, people)
            record = now_of(db, made)
            assert (record.status, record.cancelled_at, record.cancel_reason) == (
                "booked",
                None,
                "",
            )
            appointments.move(db, frank, appointment_id=made, version=3, status="noshow", now=NOW)
            self.undo(db, people)
            assert (now_of(db, made).status, steps(db, made)) == ("booked", 8)
            held = hold(db, people, people.actor("charlie"), visit_type_id="asked", starts_at=TEN)
            asked = appointments.book_held(
                db, people.actor("charlie"), hold_id=held, reason="", now=NOW
            )
            appointments.approve(db, frank, appointment_id=asked, version=1, now=NOW)
            assert self.undo(db, people) == asked
            assert now_of(db, asked).status == "proposed"
            assert [kind for kind, _due in waiting(db)] == [
                "appointment.asked",
                "appointment.booked",
            ]

    def test_goes_back_step_by_step(self, people: Clinic) -> None:
        with people.base.transaction() as db:
            first = book(db, people)
            later = NOW + timedelta(seconds=10)
            second = book(db, people, starts_at=TEN, now=later)
            assert [self.undo(db, people), self.undo(db, people)] == [second, first]
            with pytest.raises(appointments.NothingToUndo):
                self.undo(db, people)

    def test_not_after_three_minutes_nor_of_another_person_nor_after_a_newer_change(
        self, people: Clinic
    ) -> None:
        with people.base.transaction() as db:
            made = book(db, people)
            with pytest.raises(appointments.NothingToUndo):
                self.undo(db, people, after=timedelta(minutes=3))
            with pytest.raises(appointments.NothingToUndo):
                self.undo(db, people, by="dana")
            with pytest.raises(NotAllowed):
                self.undo(db, people, by="alice")
            appointments.confirm(db, people.actor("alice"), appointment_id=made, version=1, now=NOW)
            with pytest.raises(appointments.NothingToUndo):
                self.undo(db, people)
            assert now_of(db, made).status == "booked"

    def test_not_when_somebody_else_has_the_time_by_now(self, people: Clinic) -> None:
        with people.base.transaction() as db:
            made = book(db, people)
            move(db, people, made)
            taken = book(
                db, people, by="dana", patient_id=people.patients["charlie"].id, now=NOW + SOON
            )
            with pytest.raises(appointments.TimeTaken):
                self.undo(db, people)
            assert (now_of(db, made).starts_at, steps(db, made), steps(db, taken)) == (TEN, 8, 8)

    def test_lets_what_stood_over_the_undone_place_claim(self, people: Clinic) -> None:
        with people.base.transaction() as db:
            made = book(db, people)
            move(db, people, made)
            over = book(
                db, people, by="dana", patient_id=people.patients["charlie"].id, starts_at=TEN,
                overbooked="Fever",
            )  # fmt: skip
            assert steps(db, over) == 4
            self.undo(db, people)
            assert steps(db, over) == 8


class TestStates:
    @pytest.mark.parametrize("status", ["cancelled", "fulfilled", "noshow", "left", "arrived"])
    def test_wrong_steps_are_refused_with_the_reason(self, people: Clinic, status: str) -> None:
        frank = people.actor("frank")
        ends = {"left": ["arrived", "left"], "arrived": []}.get(status, [status])
        with people.base.transaction() as db:
            made, version = book(db, people), 1
            for step in ends:
                appointments.move(
                    db, frank, appointment_id=made, version=version, status=step, now=NINE
                )
                version += 1
            here = now_of(db, made)
            wrong = set(states.STATES) - {states.of(here)}
            wrong -= {
                name for name, state in states.STATES.items() if states.of(here) in state.after
            }
            for step in wrong | {"nonsense"}:
                with pytest.raises(appointments.WrongStep, match="cannot become"):
                    appointments.move(
                        db, frank, appointment_id=made, version=version, status=step, now=NINE
                    )
            with pytest.raises(Conflict):
                appointments.move(
                    db, frank, appointment_id=made, version=0,
                    status="arrived" if status == "arrived" else "nonsense", now=NINE,
                )  # fmt: skip
            db.connection().execute(text("SELECT 1"))

    def test_waiting_is_counted_from_the_history(self, people: Clinic) -> None:
        frank = people.actor("frank")
        with people.base.transaction() as db:
            made = book(db, people)
            for version, (status, minutes) in enumerate([("arrived", 0), ("in-room", 12)], 1):
                at = NINE + timedelta(minutes=minutes)
                appointments.move(
                    db, frank, appointment_id=made, version=version, status=status, now=at
                )
            record = now_of(db, made)
            assert states.waited(record, NINE + timedelta(hours=2)) == 12
            with pytest.raises(appointments.NotToday):
                other = of_type(db, people, starts_at=NINE + timedelta(days=1))
                appointments.come(
                    db, people.actor("alice"), appointment_id=other, version=1, now=NINE
                )
