"""The access log: everybody's looks, in plain words, for the patient alone and for no one else.

SECURITY AUD-01, AUD-08; WORKFLOWS 2 rank 7.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import select

from portal.errors import Invalid, NotAllowed, NotFound
from portal.models.audit import AuditEvent
from portal.models.clinical import Encounter
from portal.models.messages import Communication, Thread
from portal.security import audit, scopes
from portal.services import (
    appointments,
    chart,
    confidential,
    exports,
    family,
    frame,
    home,
    inbox,
    looks,
    messages,
    openings,
    patients,
    record,
    restrictions,
    results,
    today,
)
from portal.services.looks import LookRow, LooksRow
from tests.support.clinic import NOW, Clinic, appointment, message, report, thread

MINUTE = timedelta(minutes=1)


def alice(clinic: Clinic) -> str:
    return clinic.patients["alice"].id


def look(clinic: Clinic, who: str = "dana", at: datetime = NOW, **changes: Any) -> None:
    """Leaves a row as a look leaves it."""
    values: dict[str, Any] = {"action": "R", "category": "chart", "patient_id": alice(clinic)}
    action = (values | changes).pop("action")
    rest = {name: value for name, value in (values | changes).items() if name != "action"}
    with clinic.base.transaction() as db:
        audit.record(db, clinic.actor(who, at=at), action, **rest, now=at)


def view(clinic: Clinic, who: str = "alice", helping: str = "", **asked: Any) -> LooksRow:
    held = asked.pop("held", "")
    with clinic.base.transaction() as db:
        actor = clinic.actor(who, helping=helping, held=held)
        return looks.view(db, actor, now=NOW, **asked)


def lines(clinic: Clinic, **asked: Any) -> list[tuple[str, str, str]]:
    return [(one.who, one.did, one.why) for one in view(clinic, **asked).looks]


class TestWhatItSays:
    def test_who_in_which_role_what_and_why(self, the_clinic: Clinic) -> None:
        look(the_clinic)
        (line,) = view(the_clinic).looks
        assert line == LookRow(
            id=line.id,
            opens_day="Tuesday 3 March 2026",
            at="9:00 am",
            who="Dana Diaz",
            role="doctor or practitioner",
            did="Opened the chart",
            why="Is the patient’s doctor",
            icon="eye",
        )

    def test_an_emergency_and_a_reason_stand_out_in_their_words(self, the_clinic: Clinic) -> None:
        words = "She fainted in the lift"
        with the_clinic.base.transaction() as db:
            erin = the_clinic.actor("erin")
            openings.break_glass(db, erin, patient_id=alice(the_clinic), note=words, now=NOW)
        with the_clinic.base.transaction() as db:
            nora = the_clinic.actor("nora")
            openings.state_reason(
                db, nora, patient_id=alice(the_clinic), reason="phone", note="Refill", now=NOW
            )
        nurse, doctor = view(the_clinic).looks
        assert (doctor.did, doctor.why, doctor.tone) == (
            "Used emergency access",
            f"Emergency: {words}",
            "bad",
        )
        assert (nurse.did, nurse.why, nurse.tone) == (
            "Opened the record with a reason",
            "Spoke with the patient: Refill",
            "soon",
        )

    def test_a_visit_is_the_reason_on_its_day(self, the_clinic: Clinic) -> None:
        the_clinic.add(appointment(the_clinic, starts_at=NOW))
        look(the_clinic, "nora")
        assert lines(the_clinic) == [("Nora Nye", "Opened the chart", "A visit that day")]

    def test_helpers_acts_are_in_it(self, the_clinic: Clinic) -> None:
        with the_clinic.base.transaction() as db:
            home.view(db, the_clinic.actor("bob", helping="alice"), now=NOW)
        (line,) = view(the_clinic).looks
        assert (line.who, line.role, line.acting) == ("Bob Ash", "helper", "for Alice Ash")

    def test_own_acts_wait_behind_a_switch(self, the_clinic: Clinic) -> None:
        look(the_clinic, "alice", category="home")
        assert not view(the_clinic).looks
        assert [one.who for one in view(the_clinic, own=True).looks] == ["You"]

    def test_says_what_would_be_here(self, the_clinic: Clinic) -> None:
        assert view(the_clinic).nothing.startswith("Nobody else has looked")
        assert view(the_clinic, name="zzz").nothing.startswith("Nobody fits")


class TestFolding:
    def test_looks_close_together_are_one_line(self, the_clinic: Clinic) -> None:
        for at in range(5):
            look(the_clinic, at=NOW - at * 7 * MINUTE)
            look(the_clinic, at=NOW - at * 7 * MINUTE, category="results")
        found = [(one.did, one.times, one.at) for one in view(the_clinic).looks]
        assert found == [
            ("Looked at: Test results", "5 times", "8:32 am to 9:00 am"),
            ("Opened the chart", "5 times", "8:32 am to 9:00 am"),
        ]

    def test_looks_far_apart_are_lines_of_their_own(self, the_clinic: Clinic) -> None:
        look(the_clinic, at=NOW - 90 * MINUTE)
        look(the_clinic)
        assert len(view(the_clinic).looks) == 2

    def test_a_new_day_is_a_new_line(self, the_clinic: Clinic) -> None:
        night = NOW.replace(hour=5, minute=10)
        look(the_clinic, at=night - 20 * MINUTE)
        look(the_clinic, at=night)
        assert [one.opens_day for one in view(the_clinic).looks] == [
            "Tuesday 3 March 2026",
            "Monday 2 March 2026",
        ]

    def test_the_portals_own_refreshes_are_left_out(self, the_clinic: Clinic) -> None:
        with the_clinic.base.transaction() as db:
            glance = replace(the_clinic.actor("dana"), is_glance=True)
            chart.view(db, glance, patient_id=alice(the_clinic), now=NOW)
        assert not view(the_clinic).looks

    def test_a_copy_of_the_record_is_never_folded(self, the_clinic: Clinic) -> None:
        look(the_clinic, category="export")
        look(the_clinic, category="export")
        assert len(view(the_clinic).looks) == 2


class TestLooking:
    @pytest.fixture
    def long(self, the_clinic: Clinic) -> Clinic:
        """Three months of looks, two hours apart."""
        for at in range(70):
            who = ("dana", "nora", "frank")[at % 3]
            look(the_clinic, who, NOW - at * 30 * timedelta(hours=1), category="messages")
        look(the_clinic, "erin", NOW - timedelta(days=10), category="results")
        return the_clinic

    def test_pages_are_cut_by_the_server_and_lose_nothing(self, long: Clinic) -> None:
        seen, before = [], 0
        while True:
            page = view(long, before=before)
            seen += [one.id for one in page.looks]
            before = page.next_before
            if not before:
                break
        assert len(page.looks) == 11
        assert len(seen) == len(set(seen)) == 71

    def test_finds_by_name_kind_and_days(self, long: Clinic) -> None:
        assert {one.who for one in view(long, name="NORA").looks} == {"Nora Nye"}
        assert [one.who for one in view(long, kind="results").looks] == ["Erin Egan"]
        today = view(long, since=date(2026, 3, 3), until=date(2026, 3, 3)).looks
        assert [one.at for one in today] == ["9:00 am"]

    @pytest.mark.parametrize("words", ["%", "_", "' OR 1=1 --", "\\"])
    def test_what_is_typed_is_only_words(self, long: Clinic, words: str) -> None:
        assert not view(long, name=words).looks

    def test_an_unknown_kind_finds_nothing(self, long: Clinic) -> None:
        assert not view(long, kind="nonsense").looks


class TestWhoMay:
    def test_nobody_sees_anothers_log(self, the_clinic: Clinic) -> None:
        look(the_clinic)
        assert not view(the_clinic, "charlie").looks

    @pytest.mark.parametrize("who", ["dana", "frank", "max", "otto", "ada", "bob"])
    def test_it_is_not_a_page_for_staff_nor_without_a_record(
        self, the_clinic: Clinic, who: str
    ) -> None:
        with pytest.raises(NotFound):
            view(the_clinic, who)

    def test_a_helper_sees_it_only_with_every_area(self, the_clinic: Clinic) -> None:
        look(the_clinic)
        assert len(view(the_clinic, "bob", "alice").looks) == 1
        less = scopes.write(scopes.ALL - {"results:read", "results:act"})
        with pytest.raises(NotAllowed):
            view(the_clinic, "bob", "alice", held=less)

    def test_a_helper_learns_nothing_of_what_is_confidential(self, the_clinic: Clinic) -> None:
        """AUTHZ-13."""
        secret = thread(the_clinic, confidential=True, waiting_for="clinic")
        visit = appointment(the_clinic, confidential=True)
        the_clinic.add(secret, visit)
        with the_clinic.base.transaction() as db:
            dana = the_clinic.actor("dana")
            messages.reply(db, dana, thread_id=secret.id, body="Come in.", client_key="k", now=NOW)
            messages.view(db, dana, thread_id=secret.id, now=NOW)
        look(the_clinic, "frank", category="appointments", entity=visit.id)
        look(the_clinic, "alice", category="messages")
        assert len(view(the_clinic).looks) == 3
        assert not view(the_clinic, "bob", "alice").looks

    @pytest.mark.parametrize("kind", ["appointment", "thread", "result", "visit"])
    def test_a_helper_does_not_learn_that_something_was_marked(
        self, the_clinic: Clinic, kind: str
    ) -> None:
        """AUTHZ-13: what goes without a word is not told by the log."""
        marked: dict[str, Any] = {
            "appointment": appointment(the_clinic),
            "thread": thread(the_clinic),
            "result": report(the_clinic),
            "visit": Encounter(patient_id=alice(the_clinic), status="finished", sort_at=NOW),
        }
        record = marked[kind]
        the_clinic.add(record)
        with the_clinic.base.transaction() as db:
            dana = the_clinic.actor("dana")
            given: dict[str, Any] = {"kind": kind, "record_id": record.id, "confidential": True}
            confidential.mark(db, dana, **given, now=NOW)
        assert [one.why for one in view(the_clinic).looks] != []
        assert not view(the_clinic, "bob", "alice").looks

    def test_a_helper_does_not_read_out_of_a_reason_what_is_confidential(
        self, the_clinic: Clinic
    ) -> None:
        """AUTHZ-13: "a visit that day" tells of the visit, and a note of whatever stands in it."""
        the_clinic.add(appointment(the_clinic, starts_at=NOW, confidential=True))
        look(the_clinic, "nora")
        with the_clinic.base.transaction() as db:
            openings.state_reason(
                db,
                the_clinic.actor("erin"),
                patient_id=alice(the_clinic),
                reason="phone",
                note="About the test of today",
                now=NOW,
            )
        look(the_clinic, "erin")
        own = [one.why for one in view(the_clinic).looks]
        assert "A visit that day" in own
        assert "Spoke with the patient: About the test of today" in own
        told = {one.why for one in view(the_clinic, "bob", "alice").looks}
        assert told == {"Treats the patient", "Spoke with the patient"}

    def test_a_helper_does_not_learn_what_is_decided_about_helpers(
        self, the_clinic: Clinic
    ) -> None:
        """Nor of a request to restrict: what the patient asks about them is not theirs to know."""
        with the_clinic.base.transaction() as db:
            asked = restrictions.ask(db, the_clinic.actor("alice"), what="Not Bob.", now=NOW)
        with the_clinic.base.transaction() as db:
            manager = the_clinic.actor("max")
            given: dict[str, Any] = {"request_id": asked, "status": "accepted", "said": "So be it."}
            restrictions.answer(db, manager, **given, now=NOW)
            family.staff.of_patient(db, manager, patient_id=alice(the_clinic), now=NOW)
        assert {one.who for one in view(the_clinic).looks} == {"Max Moe"}
        assert not view(the_clinic, "bob", "alice").looks

    def test_reading_it_is_in_the_trace_and_not_in_the_log(self, the_clinic: Clinic) -> None:
        view(the_clinic)
        with the_clinic.base.transaction() as db:
            (row,) = db.exec(select(AuditEvent)).all()
        assert (row.category, row.patient_id) == ("access log", alice(the_clinic))
        assert not view(the_clinic, own=True).looks


class TestAsking:
    def ask(self, clinic: Clinic, who: str = "alice", look: int = 1, **changes: Any) -> None:
        values: dict[str, Any] = {"question": "Who is this?", "client_key": "k"}
        helping = changes.pop("helping", "")
        with clinic.base.transaction() as db:
            actor = clinic.actor(who, helping=helping)
            looks.ask(db, actor, look=look, **(values | changes), now=NOW)

    @pytest.mark.parametrize("who", ["max", "otto"])
    def test_waits_in_the_privacy_officers_inbox_with_the_line(
        self, the_clinic: Clinic, who: str
    ) -> None:
        look(the_clinic, "erin")
        self.ask(the_clinic)
        with the_clinic.base.transaction() as db:
            officer = the_clinic.actor(who)
            row = inbox.view(db, officer, now=NOW)
            around = frame.view(db, officer, now=NOW)
            body = db.exec(select(Communication.body)).one()
        assert (around.sees_messages, around.waiting_threads) == (True, 1)
        assert [(one.subject, one.topic) for one in row.threads] == [
            ("Who has looked at my record?", "Privacy officer")
        ]
        assert "Erin Egan (doctor or practitioner). Opened the chart" in body
        assert body.endswith("Who is this?")

    def test_the_privacy_officer_answers_and_the_patient_reads_in_which_office(
        self, the_clinic: Clinic
    ) -> None:
        look(the_clinic, "erin")
        self.ask(the_clinic)
        with the_clinic.base.transaction() as db:
            otto = the_clinic.actor("otto")
            asked = db.exec(select(Thread.id)).one()
            seen = messages.open_thread(db, otto, thread_id=asked, now=NOW)
            assert (seen.patient_name, seen.may_write) == ("Alice Ash", True)
            messages.save_draft(db, otto, place=asked, client_key="d", body="Because", now=NOW)
            said = {"thread_id": asked, "body": "Because.", "client_key": "a"}
            messages.reply(db, otto, **said, now=NOW + MINUTE)
            hers = messages.view(db, the_clinic.actor("alice"), thread_id=asked, now=NOW)
        assert (hers.topic, hers.letters[-1].role) == ("Privacy officer", "Privacy officer")

    @pytest.mark.parametrize("who", ["frank", "dana", "erin", "nora", "bill", "ada"])
    def test_nobody_else_here_reads_counts_or_answers_it(
        self, the_clinic: Clinic, who: str
    ) -> None:
        """Also not who treats Alice, nor the desk where the clinic's policy lets it see health."""
        look(the_clinic, "erin")
        self.ask(the_clinic)
        with the_clinic.base.transaction() as db:
            granted = frozenset({"SEE_CLINICAL", "SEE_HEALTH_MESSAGES"})
            for other in (the_clinic.actor(who), replace(the_clinic.actor(who), granted=granted)):
                asked = db.exec(select(Thread.id)).one()
                assert frame.view(db, other, now=NOW).waiting_threads == 0
                with pytest.raises(NotFound):
                    messages.view(db, other, thread_id=asked, now=NOW)
                said = {"thread_id": asked, "body": "x", "client_key": "a"}
                with pytest.raises((NotFound, NotAllowed)):
                    messages.reply(db, other, **said, now=NOW)
                if other.role not in {"administrator", "billing"}:
                    assert not inbox.view(db, other, now=NOW).threads

    def test_the_auditor_reads_no_other_conversation(self, the_clinic: Clinic) -> None:
        the_clinic.add(thread(the_clinic, topic="bill"))
        with the_clinic.base.transaction() as db:
            otto = the_clinic.actor("otto")
            assert not inbox.view(db, otto, now=NOW).threads
            other = db.exec(select(Thread.id)).one()
            with pytest.raises(NotFound):
                messages.view(db, otto, thread_id=other, now=NOW)

    def test_no_helper_learns_of_it(self, the_clinic: Clinic) -> None:
        look(the_clinic, "erin")
        self.ask(the_clinic)
        with the_clinic.base.transaction() as db:
            bob = the_clinic.actor("bob", helping="alice")
            assert not messages.threads(db, bob, now=NOW).threads

    def test_once_however_often_it_is_sent(self, the_clinic: Clinic) -> None:
        look(the_clinic, "erin")
        self.ask(the_clinic)
        self.ask(the_clinic)
        with the_clinic.base.transaction() as db:
            assert len(db.exec(select(Thread)).all()) == 1

    def test_another_records_line_is_not_found(self, the_clinic: Clinic) -> None:
        look(the_clinic, "erin")
        with pytest.raises(NotFound):
            self.ask(the_clinic, "charlie")
        with pytest.raises(NotFound):
            self.ask(the_clinic, look=999)

    def test_needs_a_question(self, the_clinic: Clinic) -> None:
        look(the_clinic, "erin")
        with pytest.raises(Invalid):
            self.ask(the_clinic, question="  ")


class TestEachReadingLeavesOneRow:
    """WORKFLOWS 2 rank 7: every way to read a patient's data is one entry, neither none nor two."""

    @pytest.fixture
    def whole(self, the_clinic: Clinic) -> Clinic:
        """Alice with something to read everywhere."""
        seen, visit = report(the_clinic), appointment(the_clinic)
        talk = thread(the_clinic, id="talk")
        the_clinic.add(seen, visit, talk)
        the_clinic.add(message(talk))
        return the_clinic

    def test_of_the_patients_views(self, whole: Clinic) -> None:
        views: list[Any] = [
            home.view,
            record.view,
            partial(record.search, query="pressure"),
            results.view,
            messages.threads,
            partial(messages.view, thread_id="talk"),
            partial(messages.compose, key="tab"),
            appointments.upcoming,
            appointments.past,
            looks.view,
            partial(exports.patient_bundle, patient_id=alice(whole)),
        ]
        self.check(whole, "alice", views)

    def test_of_the_staffs_views(self, whole: Clinic) -> None:
        views: list[Any] = [
            partial(chart.view, patient_id=alice(whole)),
            partial(record.view, patient_id=alice(whole)),
            partial(messages.view, thread_id="talk"),
            partial(patients.find, words="ash"),
            patients.recent,
            inbox.view,
            today.view,
            today.waiting_results,
        ]
        self.check(whole, "dana", views)

    def check(self, clinic: Clinic, who: str, views: list[Any]) -> None:
        for view in views:
            before = self.count(clinic)
            with clinic.base.transaction() as db:
                view(db, clinic.actor(who), now=NOW)
            assert self.count(clinic) == before + 1, view

    def count(self, clinic: Clinic) -> int:
        with clinic.base.transaction() as db:
            return db.connection().execute(text("SELECT count(*) FROM audit_event")).scalar_one()


class TestByAnIndex:
    def test_the_log_is_by_an_index(self, small_clinic: Clinic) -> None:
        with small_clinic.base.transaction() as db:
            plan = db.connection().execute(
                text(
                    "EXPLAIN QUERY PLAN SELECT seq FROM audit_event WHERE patient_id = 'x' "
                    "AND outcome = 'success' ORDER BY at DESC, seq DESC LIMIT 400"
                )
            )
            assert "ix_audit_event_patient_id_at" in repr(plan.all())
