"""Openings: who may open which record, for which reason, how long, and what it leaves behind.

SECURITY AUTHZ-03, AUTHZ-15, AUTHZ-16; WORKFLOWS 2 rank 7.
"""

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from portal.errors import ConfirmFirst, Invalid, NotAllowed, NotFound
from portal.models.agreements import PolicyValue
from portal.models.audit import AuditEvent, OutboxNotice
from portal.models.clinical import AllergyIntolerance, CareTeam, CareTeamParticipant
from portal.models.requests import RecordOpening
from portal.security import access, care
from portal.security.actor import Actor
from portal.services import chart, exports, frame, inbox, messages, openings, record, results, today
from tests.support import outbox
from tests.support.clinic import NOW, Clinic, appointment, message, report, thread, value

HOUR = timedelta(hours=1)
WORDS = "She is unconscious in the waiting room"


@pytest.fixture
def full(the_clinic: Clinic) -> Clinic:
    """Alice with a secret in every clinical part."""
    held, seen = report(the_clinic, released_at=None, title="Secret held"), report(the_clinic)
    health = thread(the_clinic, subject="Secret talk")
    the_clinic.add(held, seen, health)
    the_clinic.add(
        value(seen),
        message(health),
        AllergyIntolerance(patient_id=alice(the_clinic), status="active", title="Secret nuts"),
    )
    return the_clinic


def alice(clinic: Clinic) -> str:
    return clinic.patients["alice"].id


def keep_to_team(clinic: Clinic) -> None:
    with clinic.base.transaction() as db:
        db.connection().execute(
            text("UPDATE patient SET care_team_only = :yes WHERE id = :id"),
            {"yes": True, "id": alice(clinic)},
        )


def sees(clinic: Clinic, who: str, at: datetime = NOW) -> bool:
    with clinic.base.transaction() as db:
        return access.opens_record(db, clinic.actor(who, at=at), alice(clinic))


def why(clinic: Clinic, who: str, at: datetime = NOW) -> str:
    with clinic.base.transaction() as db:
        return care.why(db, clinic.actor(who, at=at), alice(clinic), now=at)


def state(clinic: Clinic, who: str = "erin", at: datetime = NOW, **changes: Any) -> None:
    values: dict[str, Any] = {"reason": "covering", "patient_id": alice(clinic)}
    with clinic.base.transaction() as db:
        openings.state_reason(db, clinic.actor(who, at=at), **(values | changes), now=at)


def break_glass(clinic: Clinic, who: str = "erin", note: str = WORDS, at: datetime = NOW) -> None:
    with clinic.base.transaction() as db:
        openings.break_glass(
            db, clinic.actor(who, at=at), patient_id=alice(clinic), note=note, now=at
        )


def events(clinic: Clinic) -> list[AuditEvent]:
    with clinic.base.transaction() as db:
        return list(db.exec(select(AuditEvent)).all())


class TestCare:
    """Whom a practitioner or nurse treats, and why."""

    def test_the_patients_doctor(self, the_clinic: Clinic) -> None:
        assert why(the_clinic, "dana") == "doctor"
        assert sees(the_clinic, "dana")

    @pytest.mark.parametrize("who", ["erin", "nora", "frank", "max", "bill", "ada", "otto"])
    def test_nobody_else_by_the_role_alone(self, the_clinic: Clinic, who: str) -> None:
        assert not sees(the_clinic, who)
        assert why(the_clinic, who) == ""

    @pytest.mark.parametrize(
        ("ends", "status", "holds"),
        [
            ("", "active", True),
            ("2026", "active", True),
            ("2026-03-03", "active", True),
            ("2026-03-02", "active", False),
            ("2025", "active", False),
            ("", "inactive", False),
        ],
    )
    def test_the_care_team_while_it_stands(
        self, the_clinic: Clinic, ends: str, status: str, *, holds: bool
    ) -> None:
        team = CareTeam(patient_id=alice(the_clinic), status=status, period_end=ends)
        the_clinic.add(team)
        nora = the_clinic.practitioners["nora"].id
        the_clinic.add(CareTeamParticipant(care_team_id=team.id, practitioner_id=nora))
        assert sees(the_clinic, "nora") is holds
        assert not sees(the_clinic, "erin")

    def test_a_visit_today_by_the_clinics_calendar(self, the_clinic: Clinic) -> None:
        erin = the_clinic.practitioners["erin"].id
        # 11:30 pm in New York, the third of March; tomorrow already by UTC.
        late = NOW.replace(hour=4, minute=30) + timedelta(days=1)
        the_clinic.add(appointment(the_clinic, starts_at=late, practitioner_id=erin))
        assert why(the_clinic, "erin") == "visit"
        assert sees(the_clinic, "erin", late)
        assert not sees(the_clinic, "erin", late + HOUR)
        assert not sees(the_clinic, "erin", NOW - timedelta(days=1))

    def test_a_visit_of_a_colleague_is_the_nurses_and_not_another_doctors(
        self, the_clinic: Clinic
    ) -> None:
        the_clinic.add(appointment(the_clinic, starts_at=NOW + HOUR))
        assert sees(the_clinic, "nora")
        assert not sees(the_clinic, "erin")

    @pytest.mark.parametrize("status", ["cancelled", "waitlist", "entered-in-error"])
    def test_a_visit_that_does_not_stand_opens_nothing(
        self, the_clinic: Clinic, status: str
    ) -> None:
        the_clinic.add(appointment(the_clinic, starts_at=NOW + HOUR, status=status))
        assert not sees(the_clinic, "nora")

    def test_a_message_about_health_while_it_waits(self, the_clinic: Clinic) -> None:
        waits = thread(the_clinic, waiting_for="clinic")
        the_clinic.add(waits)
        assert why(the_clinic, "erin") == why(the_clinic, "nora") == "message"
        with the_clinic.base.transaction() as db:
            erin = the_clinic.actor("erin")
            messages.reply(db, erin, thread_id=waits.id, body="Take half.", client_key="k", now=NOW)
        assert not sees(the_clinic, "erin")
        with the_clinic.base.transaction() as db:
            # What she wrote she can still read today, and no longer.
            assert messages.view(db, the_clinic.actor("erin"), thread_id=waits.id, now=NOW).letters
            with pytest.raises(NotFound):
                messages.view(db, the_clinic.actor("nora"), thread_id=waits.id, now=NOW)
            later = NOW + timedelta(days=1)
            with pytest.raises(NotFound):
                erin = the_clinic.actor("erin", at=later)
                messages.view(db, erin, thread_id=waits.id, now=later)

    def test_a_message_about_a_bill_opens_no_record(self, the_clinic: Clinic) -> None:
        the_clinic.add(thread(the_clinic, waiting_for="clinic", topic="bill"))
        assert not sees(the_clinic, "erin")

    def test_a_result_that_they_ordered(self, the_clinic: Clinic) -> None:
        erin = the_clinic.practitioners["erin"].id
        the_clinic.add(report(the_clinic, practitioner_id=erin, released_at=None))
        assert why(the_clinic, "erin") == "result"
        assert not sees(the_clinic, "nora")

    def test_a_result_that_is_nobodys_does_not_wait_unseen(self, the_clinic: Clinic) -> None:
        the_clinic.add(report(the_clinic, practitioner_id=None, released_at=None))
        assert not sees(the_clinic, "erin")
        with the_clinic.base.transaction() as db:
            db.connection().execute(text("UPDATE patient SET general_practitioner_id = NULL"))
        assert sees(the_clinic, "erin")

    def test_the_desk_where_the_clinic_grants_it(self, full: Clinic) -> None:
        granted = frozenset({"SEE_CLINICAL", "SEE_HEALTH_MESSAGES"})
        frank = replace(full.actor("frank"), granted=granted)
        with full.base.transaction() as db:
            assert access.opens_record(db, frank, alice(full))
        keep_to_team(full)
        with full.base.transaction() as db:
            assert not access.opens_record(db, frank, alice(full))


def _handlers(clinic: Clinic) -> dict[str, Callable[[Session, Actor], Any]]:
    """Every clinical use case that staff can name a record to."""
    whose = alice(clinic)
    with clinic.base.transaction() as db:
        query = text("SELECT id FROM diagnostic_report WHERE title = 'Secret held'")
        held = db.connection().execute(query).scalar_one()
        talk = db.connection().execute(text("SELECT id FROM thread")).scalar_one()
    new: dict[str, Any] = {"subject": "Hi", "topic": "health", "body": "Hi", "client_key": "k"}
    at: dict[str, Any] = {"now": NOW}
    return {
        "export": lambda db, who: exports.patient_bundle(db, who, patient_id=whose, **at),
        "record": lambda db, who: record.view(db, who, section="allergies", patient_id=whose, **at),
        "release": lambda db, who: results.release(db, who, report_id=held, **at),
        "thread": lambda db, who: messages.view(db, who, thread_id=talk, **at),
        "open thread": lambda db, who: messages.open_thread(db, who, thread_id=talk, **at),
        "reply": lambda db, who: messages.reply(
            db, who, thread_id=talk, body="Hi", client_key="k2", **at
        ),
        "draft": lambda db, who: messages.save_draft(
            db, who, place=talk, client_key="k3", body="Hi", **at
        ),
        "start": lambda db, who: messages.start(db, who, patient_id=whose, **new, **at),
    }


NAMES = ("export", "record", "release", "thread", "open thread", "reply", "draft", "start")


class TestWithoutAReason:
    """Erin, who does not treat Alice, gets from every clinical act what a made-up id gets."""

    @pytest.mark.parametrize("name", NAMES)
    def test_every_act_answers_not_found(self, full: Clinic, name: str) -> None:
        act = _handlers(full)[name]
        with full.base.transaction() as db, pytest.raises(NotFound):
            act(db, full.actor("erin"))

    @pytest.mark.parametrize("name", NAMES)
    def test_and_does_it_for_whoever_treats(self, full: Clinic, name: str) -> None:
        act = _handlers(full)[name]
        with full.base.transaction() as db:
            act(db, full.actor("dana"))

    @pytest.mark.parametrize("name", NAMES)
    def test_and_for_her_with_a_reason_until_it_ends(self, full: Clinic, name: str) -> None:
        act = _handlers(full)[name]
        state(full)
        after = NOW + 13 * HOUR
        with full.base.transaction() as db, pytest.raises(NotFound):
            act(db, full.actor("erin", at=after))
        with full.base.transaction() as db:
            act(db, full.actor("erin"))

    @pytest.mark.parametrize("who", ["erin", "nora", "frank", "max", "bill", "ada", "otto"])
    def test_no_view_holds_a_word_or_a_count_of_it(self, full: Clinic, who: str) -> None:
        """AUTHZ-16: proven on what is sent, for every view of the staff."""
        actor, sent = full.actor(who), []
        views: list[Callable[[Session], Any]] = [
            lambda db: chart.view(db, actor, patient_id=alice(full), now=NOW),
            lambda db: today.view(db, actor, now=NOW),
            lambda db: today.waiting_results(db, actor, now=NOW),
            lambda db: inbox.view(db, actor, now=NOW),
            lambda db: inbox.view(db, actor, now=NOW, view="answered"),
            lambda db: frame.view(db, actor, now=NOW),
        ]
        for one in views:
            try:
                with full.base.transaction() as db:
                    sent.append(asdict(one(db)))
            except NotAllowed:
                continue
        assert sent
        assert "Secret" not in repr(sent)
        assert "Potassium" not in repr(sent)
        counts = sent[-1]
        assert (counts["unreleased_results"], counts["waiting_threads"]) == (0, 0)


class TestStatedReason:
    def test_the_chart_asks_for_it(self, full: Clinic) -> None:
        with full.base.transaction() as db:
            row = chart.view(db, full.actor("erin"), patient_id=alice(full), now=NOW)
        assert row.opening.needs_reason
        assert row.opening.may_state
        assert not row.is_clinical
        assert row.name == "Alice Ash"

    def test_opens_the_record_and_says_why_on_the_page(self, full: Clinic) -> None:
        state(full, reason="other", note="She asked me to look")
        with full.base.transaction() as db:
            row = chart.view(db, full.actor("erin"), patient_id=alice(full), now=NOW)
        assert row.is_clinical
        assert row.opening.why == "She asked me to look"
        assert row.opening.left == "12 hours left"
        assert "Secret nuts" in repr(asdict(row))

    def test_every_following_row_of_the_trace_says_it(self, full: Clinic) -> None:
        state(full, reason="other", note="She asked me to look")
        with full.base.transaction() as db:
            chart.view(db, full.actor("erin"), patient_id=alice(full), now=NOW)
            record.view(
                db, full.actor("erin"), section="allergies", patient_id=alice(full), now=NOW
            )
        stated = "reason:other She asked me to look"
        assert [(row.category, row.reason) for row in events(full)] == [
            ("opening", stated),
            ("chart", stated),
            ("allergies", stated),
        ]

    def test_ends_at_the_moment_of_the_act(self, full: Clinic) -> None:
        with full.base.transaction() as db:
            db.add(PolicyValue(key="reason_hours", value="2", changed_at=NOW))
        state(full)
        assert sees(full, "erin", NOW + 2 * HOUR - timedelta(seconds=1))
        assert not sees(full, "erin", NOW + 2 * HOUR)

    def test_a_clock_set_back_opens_nothing(self, full: Clinic) -> None:
        state(full)
        assert not sees(full, "erin", NOW - HOUR)

    def test_opens_it_for_nobody_else(self, full: Clinic) -> None:
        state(full)
        assert not sees(full, "nora")

    def test_can_be_ended_before_its_time(self, full: Clinic) -> None:
        state(full)
        with full.base.transaction() as db:
            openings.close(db, full.actor("erin"), patient_id=alice(full), now=NOW + HOUR)
        assert not sees(full, "erin", NOW + HOUR)

    def test_what_is_not_open_is_not_said_to_be_closed(self, full: Clinic) -> None:
        """A double click, or who treats the patient: the patient's log tells of no opening."""
        state(full)
        for who, at in (("erin", NOW + HOUR), ("erin", NOW + HOUR), ("dana", NOW + HOUR)):
            with full.base.transaction() as db:
                openings.close(db, full.actor(who), patient_id=alice(full), now=at)
        with full.base.transaction() as db:
            rows = db.exec(select(AuditEvent).where(AuditEvent.category == "opening")).all()
        assert [row.reason.rpartition(" | ")[2] for row in rows].count("closed") == 1

    @pytest.mark.parametrize(("reason", "note"), [("", ""), ("curious", "x"), ("other", " a ")])
    def test_refuses_what_is_no_reason(self, full: Clinic, reason: str, note: str) -> None:
        with pytest.raises(Invalid):
            state(full, reason=reason, note=note)
        assert not sees(full, "erin")

    @pytest.mark.parametrize("who", ["frank", "max", "bill", "ada", "otto"])
    def test_is_for_clinical_staff_alone(self, full: Clinic, who: str) -> None:
        with pytest.raises(NotAllowed):
            state(full, who)
        with pytest.raises(NotAllowed):
            break_glass(full, who)

    @pytest.mark.parametrize("who", ["alice", "bob", "charlie"])
    def test_is_not_for_patients_and_helpers(self, full: Clinic, who: str) -> None:
        with pytest.raises(NotAllowed):
            state(full, who)

    def test_needs_none_where_the_record_is_open(self, full: Clinic) -> None:
        with pytest.raises(openings.AlreadyOpen):
            state(full, "dana")

    def test_a_made_up_patient_is_not_found(self, full: Clinic) -> None:
        with pytest.raises(NotFound):
            state(full, patient_id="nobody")


class TestBrokenGlass:
    """AUTHZ-15."""

    def test_opens_what_the_patient_keeps_to_the_care_team(self, full: Clinic) -> None:
        keep_to_team(full)
        full.add(thread(full, waiting_for="clinic"), appointment(full, starts_at=NOW))
        assert not sees(full, "nora")
        assert not sees(full, "erin")
        assert sees(full, "dana")
        with pytest.raises(openings.OnlyCareTeam):
            state(full)
        break_glass(full)
        assert sees(full, "erin")
        assert not sees(full, "nora")

    def test_lasts_an_hour_at_most(self, full: Clinic) -> None:
        break_glass(full)
        assert sees(full, "erin", NOW + timedelta(minutes=59, seconds=59))
        assert not sees(full, "erin", NOW + HOUR)

    def test_follows_the_policy(self, full: Clinic) -> None:
        with full.base.transaction() as db:
            db.add(PolicyValue(key="emergency_minutes", value="10", changed_at=NOW))
        break_glass(full)
        assert not sees(full, "erin", NOW + timedelta(minutes=10))

    def test_asks_for_a_factor_first(self, full: Clinic) -> None:
        erin = replace(full.actor("erin"), confirmed_at=None)
        with full.base.transaction() as db, pytest.raises(ConfirmFirst):
            openings.break_glass(db, erin, patient_id=alice(full), note=WORDS, now=NOW)
        assert not sees(full, "erin")

    def test_needs_words(self, full: Clinic) -> None:
        with pytest.raises(openings.Unsaid):
            break_glass(full, note="  now!  ")

    def test_tells_the_manager_at_once_and_says_nothing_of_the_patient(self, full: Clinic) -> None:
        with full.base.transaction() as db:
            db.connection().execute(
                text("UPDATE \"user\" SET email = 'max@example.org', email_verified_at = :at"),
                {"at": NOW.replace(tzinfo=None)},
            )
        break_glass(full)
        with full.base.transaction() as db:
            (notice,) = db.exec(select(OutboxNotice)).all()
        assert (notice.kind, notice.user_id) == ("glass.broken", full.users["max"].id)
        assert "Alice" not in str(outbox.given(full.base, notice))

    def test_leaves_its_words_in_the_trace(self, full: Clinic) -> None:
        break_glass(full)
        (row,) = events(full)
        assert (row.category, row.patient_id) == ("emergency", alice(full))
        assert row.reason == f"emergency:{WORDS}"

    def test_shows_how_long_it_lasts(self, full: Clinic) -> None:
        break_glass(full)
        at = NOW + timedelta(minutes=20)
        with full.base.transaction() as db:
            row = chart.view(db, full.actor("erin", at=at), patient_id=alice(full), now=at)
        assert row.opening.is_emergency
        assert row.opening.left == "40 minutes left"

    def test_keeps_a_row_of_its_own(self, full: Clinic) -> None:
        break_glass(full)
        with full.base.transaction() as db:
            (row,) = db.exec(select(RecordOpening)).all()
        assert row.is_emergency
        assert row.ends_at - row.opened_at == HOUR


class TestOverTheConversation:
    """AUTHZ-15: the banner stands over that patient's conversation too, as long as it is open."""

    def test_emergency_access_is_said_until_it_ends(self, full: Clinic) -> None:
        keep_to_team(full)
        talk = thread(full, subject="Answered", waiting_for="patient")
        full.add(talk)
        full.add(message(talk))
        break_glass(full)
        with full.base.transaction() as db:
            seen = messages.view(db, full.actor("erin"), thread_id=talk.id, now=NOW).opening
            assert seen.is_emergency
            assert seen.why == WORDS
            assert seen.until == int((NOW + HOUR).timestamp())
            later = NOW + HOUR
            erin = full.actor("erin", at=later)
            assert not openings.named(db, erin, alice(full), now=later).is_emergency

    @pytest.mark.parametrize("who", ["dana", "alice", "frank", "charlie"])
    def test_nobody_else_is_told_of_it(self, full: Clinic, who: str) -> None:
        break_glass(full)
        with full.base.transaction() as db:
            seen = openings.named(db, full.actor(who), alice(full), now=NOW)
            assert seen == openings.OpeningRow()
