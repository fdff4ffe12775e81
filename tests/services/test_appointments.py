"""Appointments: the database judges who gets a time; everybody else is told so.

Proves R-03, R-04, R-36.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import Session, col

from portal import live
from portal.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.models.appointments import Appointment, Claim
from portal.models.audit import AuditEvent, OutboxNotice
from portal.models.people import Location
from portal.security.actor import Actor, system
from portal.services import appointments
from tests.support import clinic
from tests.support.clinic import NOW, Clinic

NINE = NOW + timedelta(days=1)


def book(db: Session, the_clinic: Clinic, by: str = "frank", **changes: Any) -> str:
    values: dict[str, Any] = {
        "patient_id": the_clinic.patients["alice"].id,
        "practitioner_id": the_clinic.practitioners["dana"].id,
        "location_id": None,
        "title": "Check-up",
        "starts_at": NINE,
        "minutes": 20,
        "now": NOW,
    }
    actor: Actor = changes.pop("actor", None) or the_clinic.actor(by)
    return appointments.book(db, actor, **(values | changes))


def count(db: Session, table: Any, *where: Any) -> int:
    return db.execute(select(func.count()).select_from(table).where(*where)).scalar_one()


class TestBook:
    def test_holds_every_step_and_leaves_trace_and_notice(self, the_clinic: Clinic) -> None:
        with the_clinic.base.transaction() as db:
            room = Location(name="Room 2", is_room=True)
            db.add(room)
            db.flush()
            made = book(db, the_clinic, location_id=room.id)
            assert live.pending(db) == (
                live.Change("appointments", the_clinic.patients["alice"].id),
            )
        with the_clinic.base.transaction() as db:
            assert count(db, Claim, col(Claim.appointment_id) == made) == 3 * 4
            told = select(OutboxNotice).where(col(OutboxNotice.about_at).is_(None))
            notice = db.scalars(told).one()
            assert (notice.kind, notice.record_id) == ("appointment.booked", made)
            trace = db.scalars(select(AuditEvent)).one()
            assert (trace.action, trace.category, trace.entity) == ("C", "appointments", made)

    def test_refuses_a_time_that_is_taken_and_leaves_the_transaction_usable(
        self, the_clinic: Clinic
    ) -> None:
        with the_clinic.base.transaction() as db:
            book(db, the_clinic)
            whose = the_clinic.patients["charlie"].id
            with pytest.raises(appointments.TimeTaken, match="just been taken"):
                book(db, the_clinic, patient_id=whose, starts_at=NINE + timedelta(minutes=15))
            assert book(db, the_clinic, patient_id=whose, starts_at=NINE + timedelta(minutes=20))
        with the_clinic.base.transaction() as db:
            assert count(db, Appointment) == count(db, AuditEvent) == 2
            assert count(db, Claim) == 2 * 2 * 4

    def test_refuses_two_visits_of_one_person_at_a_time(self, the_clinic: Clinic) -> None:
        with the_clinic.base.transaction() as db:
            book(db, the_clinic)
            with pytest.raises(appointments.PatientTaken, match="This person"):
                book(db, the_clinic, practitioner_id=the_clinic.practitioners["erin"].id)

    def test_refuses_a_room_that_is_taken(self, the_clinic: Clinic) -> None:
        with the_clinic.base.transaction() as db:
            room = Location(name="Room 2", is_room=True)
            db.add(room)
            db.flush()
            book(db, the_clinic, location_id=room.id)
            with pytest.raises(appointments.TimeTaken):
                book(
                    db,
                    the_clinic,
                    patient_id=the_clinic.patients["charlie"].id,
                    practitioner_id=the_clinic.practitioners["erin"].id,
                    location_id=room.id,
                )

    def test_two_hundred_at_once_for_one_time_one_wins(self, the_clinic: Clinic) -> None:
        with the_clinic.base.transaction() as db:
            people = [
                clinic.Patient(name=f"Person {n}", family=f"{n}", given="Person")
                for n in range(200)
            ]
            db.add_all(people)
            db.flush()
            ids = [person.id for person in people]
        frank = the_clinic.actor("frank")

        def one(patient_id: str) -> str:
            try:
                with the_clinic.base.transaction() as db:
                    return book(db, the_clinic, actor=frank, patient_id=patient_id)
            except appointments.TimeTaken as refusal:
                return refusal.words

        with ThreadPoolExecutor(200) as crowd:
            said = list(crowd.map(one, ids))
        assert said.count(appointments.TimeTaken().words) == 199
        with the_clinic.base.transaction() as db:
            assert count(db, Appointment) == 1
            assert count(db, Claim) == 2 * 4
            told = count(db, OutboxNotice, col(OutboxNotice.kind) == "appointment.booked")
            assert told == count(db, AuditEvent) == 1

    def test_overlapping_times_in_any_order_never_wait_in_a_circle(
        self, the_clinic: Clinic
    ) -> None:
        frank = the_clinic.actor("frank")
        doctors = [the_clinic.practitioners[name].id for name in ("dana", "erin")]
        people = [the_clinic.patients[name].id for name in ("alice", "charlie", "tess", "mia")]

        def one(number: int) -> bool:
            try:
                with the_clinic.base.transaction() as db:
                    book(
                        db,
                        the_clinic,
                        actor=frank,
                        patient_id=people[number % 4],
                        practitioner_id=doctors[number % 3 % 2],
                        starts_at=NINE + timedelta(minutes=number % 11 * 5),
                    )
            except appointments.TimeTaken:
                return False
            return True

        with ThreadPoolExecutor(16) as crowd:
            won = sum(crowd.map(one, range(120)))
        with the_clinic.base.transaction() as db:
            assert won == count(db, Appointment) > 0
            assert count(db, Claim) == won * 2 * 4

    def test_patients_do_not_book_for_others_or_at_all_yet(self, the_clinic: Clinic) -> None:
        with the_clinic.base.transaction() as db:
            with pytest.raises(NotAllowed):
                book(db, the_clinic, "alice")
            for name in ("charlie", "otto"):
                with pytest.raises(NotFound):
                    book(db, the_clinic, name)

    def test_refuses_yesterday_a_visit_of_no_length_and_somebody_unknown(
        self, the_clinic: Clinic
    ) -> None:
        with the_clinic.base.transaction() as db:
            with pytest.raises(appointments.TimePassed):
                book(db, the_clinic, starts_at=NOW - timedelta(days=1))
            cases: list[dict[str, Any]] = [
                {"minutes": 0},
                {"minutes": 5000},
                {"practitioner_id": "nobody"},
            ]
            for changes in cases:
                with pytest.raises(Invalid):
                    book(db, the_clinic, **changes)
            assert book(db, the_clinic, actor=system("demo"), starts_at=NOW - timedelta(days=1))


class TestCancel:
    def test_gives_the_time_back_at_once(self, the_clinic: Clinic) -> None:
        alice = the_clinic.actor("alice")
        with the_clinic.base.transaction() as db:
            made = book(db, the_clinic)
            appointments.cancel(
                db, alice, appointment_id=made, version=1, reason="I feel better", now=NOW
            )
            assert book(db, the_clinic, patient_id=the_clinic.patients["charlie"].id)
        with the_clinic.base.transaction() as db:
            shown = appointments.view(db, alice, appointment_id=made, now=NOW)
            assert shown.status_words == "Cancelled by you"
            assert "I feel better" in shown.cancelled
            assert "less than a day" not in shown.cancelled
            kinds = set(db.scalars(select(col(OutboxNotice.kind))))
            reminder = {"appointment.reminder"}
            assert kinds - reminder == {"appointment.booked", "appointment.cancelled"}

    def test_says_when_it_was_late(self, the_clinic: Clinic) -> None:
        alice = the_clinic.actor("alice")
        with the_clinic.base.transaction() as db:
            made = book(db, the_clinic)
            later = NINE - timedelta(hours=2)
            assert appointments.view(db, alice, appointment_id=made, now=later).is_late
            appointments.cancel(db, alice, appointment_id=made, version=1, reason="", now=later)
            shown = appointments.view(db, alice, appointment_id=made, now=later)
            assert "less than a day" in shown.cancelled

    def test_twice_is_once_and_an_old_version_is_told(self, the_clinic: Clinic) -> None:
        alice = the_clinic.actor("alice")
        with the_clinic.base.transaction() as db:
            made = book(db, the_clinic)
            appointments.confirm(db, alice, appointment_id=made, version=1, now=NOW)
            with pytest.raises(Conflict):
                appointments.cancel(db, alice, appointment_id=made, version=1, reason="", now=NOW)
            for _ in range(2):
                appointments.cancel(db, alice, appointment_id=made, version=2, reason="", now=NOW)
            assert count(db, OutboxNotice, col(OutboxNotice.kind).contains("cancelled")) == 1

    def test_what_has_begun_cannot_be_cancelled_by_the_patient(self, the_clinic: Clinic) -> None:
        with the_clinic.base.transaction() as db:
            made = book(db, the_clinic)
            with pytest.raises(appointments.TooLate):
                appointments.cancel(
                    db,
                    the_clinic.actor("alice"),
                    appointment_id=made,
                    version=1,
                    reason="",
                    now=NINE,
                )

    def test_two_who_change_it_at_once_one_is_told(self, the_clinic: Clinic) -> None:
        with the_clinic.base.transaction() as db:
            made = book(db, the_clinic)

        def act(name: str) -> bool:
            actor = the_clinic.actor(name)
            verb: Any = appointments.confirm if name == "alice" else appointments.cancel
            more: dict[str, Any] = {} if name == "alice" else {"reason": "ill"}
            try:
                with the_clinic.base.transaction() as db:
                    verb(db, actor, appointment_id=made, version=1, now=NOW, **more)
            except Conflict:
                return False
            return True

        with ThreadPoolExecutor(2) as both:
            assert sorted(both.map(act, ("alice", "frank"))) == [False, True]

    def test_is_hidden_from_a_stranger(self, the_clinic: Clinic) -> None:
        with the_clinic.base.transaction() as db:
            made = book(db, the_clinic)
            for name in ("charlie", "bill", "otto", "ada"):
                actor = the_clinic.actor(name)
                with pytest.raises(NotFound):
                    appointments.view(db, actor, appointment_id=made, now=NOW)
                with pytest.raises(NotFound):
                    appointments.confirm(db, actor, appointment_id=made, version=1, now=NOW)
                with pytest.raises(NotFound):
                    appointments.cancel(
                        db, actor, appointment_id=made, version=1, reason="", now=NOW
                    )


class TestMove:
    def test_says_who_has_arrived(self, the_clinic: Clinic) -> None:
        with the_clinic.base.transaction() as db:
            made = book(db, the_clinic)
            frank = the_clinic.actor("frank")
            appointments.move(db, frank, appointment_id=made, version=1, status="arrived", now=NINE)
            shown = appointments.view(db, the_clinic.actor("alice"), appointment_id=made, now=NINE)
            assert (shown.status_words, shown.may_cancel) == ("You are here", False)
            appointments.move(
                db, frank, appointment_id=made, version=2, status="fulfilled", now=NINE
            )
            with pytest.raises(appointments.WrongStep):
                appointments.move(
                    db, frank, appointment_id=made, version=3, status="noshow", now=NINE
                )

    def test_is_not_the_patients(self, the_clinic: Clinic) -> None:
        with the_clinic.base.transaction() as db:
            made = book(db, the_clinic)
            with pytest.raises(NotAllowed):
                appointments.move(
                    db,
                    the_clinic.actor("alice"),
                    appointment_id=made,
                    version=1,
                    status="arrived",
                    now=NOW,
                )


class TestLists:
    def test_coming_and_past(self, the_clinic: Clinic) -> None:
        the_clinic.add(
            clinic.appointment(the_clinic, title="Later", starts_at=NOW + timedelta(days=9)),
            clinic.appointment(the_clinic, title="Next", starts_at=NOW + timedelta(days=1)),
            clinic.appointment(the_clinic, title="Was", starts_at=NOW - timedelta(days=1)),
            clinic.appointment(
                the_clinic,
                title="Off",
                starts_at=NOW + timedelta(days=3),
                status="cancelled",
                cancelled_by="clinic",
                cancelled_at=NOW,
            ),
            clinic.appointment(the_clinic, "charlie", title="Not hers"),
        )
        with the_clinic.base.transaction() as db:
            alice = the_clinic.actor("alice")
            soon = appointments.upcoming(db, alice, now=NOW)
            assert [(row.title, row.kind) for row in soon.rows] == [("Next", ""), ("Later", "soft")]
            assert soon.rows[0].far == "Tomorrow"
            assert soon.rows[0].who == "Dr Dana Diaz"
            gone = appointments.past(db, alice, now=NOW)
            assert [row.title for row in gone.rows] == ["Off", "Was"]
            assert gone.leaf.total == 2

    def test_helpers_see_the_record_that_is_open_and_strangers_theirs(
        self, the_clinic: Clinic
    ) -> None:
        the_clinic.add(clinic.appointment(the_clinic))
        with the_clinic.base.transaction() as db:
            bob = the_clinic.actor("bob", helping="alice")
            assert len(appointments.upcoming(db, bob, now=NOW).rows) == 1
            assert not appointments.upcoming(db, the_clinic.actor("charlie"), now=NOW).rows
            with pytest.raises(NotFound):
                appointments.upcoming(db, the_clinic.actor("frank"), now=NOW)

    def test_confirming_twice_is_once(self, the_clinic: Clinic) -> None:
        visit = clinic.appointment(the_clinic)
        the_clinic.add(visit)
        with the_clinic.base.transaction() as db:
            alice = the_clinic.actor("alice")
            for _ in range(2):
                appointments.confirm(db, alice, appointment_id=visit.id, version=1, now=NOW)
            shown = appointments.view(db, alice, appointment_id=visit.id, now=NOW)
            assert (shown.is_confirmed, shown.may_confirm, shown.version) == (True, False, 2)
