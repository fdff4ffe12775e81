"""The staff's start of the day: each role sees its parts, and no hint of the others."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlmodel import select

from portal.errors import NotAllowed
from portal.models.audit import AuditEvent
from portal.services import appointments, inbox, today
from portal.services.today import TodayRow
from tests.support.clinic import NOW, Clinic, appointment, message, report, thread

MINUTE = timedelta(minutes=1)


@pytest.fixture
def day(the_clinic: Clinic) -> Clinic:
    """A morning: visits in every state, letters, and a result that is held."""
    erin = the_clinic.practitioners["erin"].id
    health = thread(
        the_clinic, waiting_for="clinic", due_at=NOW - 127 * MINUTE, subject="Dizzy since Sunday"
    )
    bill = thread(
        the_clinic,
        "charlie",
        waiting_for="clinic",
        topic="bill",
        due_at=NOW + 80 * MINUTE,
        subject="Billed twice",
    )
    the_clinic.add(
        appointment(the_clinic, starts_at=NOW - 60 * MINUTE, status="fulfilled", title="Done one"),
        appointment(
            the_clinic,
            "charlie",
            starts_at=NOW + 10 * MINUTE,
            status="arrived",
            arrived_at=NOW - 12 * MINUTE,
            title="Knee",
        ),
        appointment(
            the_clinic, "tess", starts_at=NOW + 60 * MINUTE, practitioner_id=erin, title="Skin"
        ),
        appointment(the_clinic, "mia", starts_at=NOW + timedelta(days=1), title="Tomorrow"),
        appointment(the_clinic, "mia", starts_at=NOW + 90 * MINUTE, status="cancelled"),
        report(the_clinic, released_at=None, title="Potassium panel"),
        report(the_clinic, "charlie", title="Lipid panel"),
        report(the_clinic, "charlie", title="Old panel", is_history=True),
        report(the_clinic, "mia", title="Commented panel", note="All is well."),
    )
    the_clinic.add(health, bill)
    the_clinic.add(
        message(health, from_clinic=False, sender_name="Bob Ash", body="She is dizzy."),
        message(bill, from_clinic=False, sender_name="Charlie Cole", body="Why?"),
    )
    return the_clinic


def view(clinic: Clinic, who: str) -> TodayRow:
    with clinic.base.transaction() as db:
        return today.view(db, clinic.actor(who), now=NOW)


class TestVisits:
    def test_a_doctor_sees_the_own_ones_in_order(self, day: Clinic) -> None:
        assert [visit.title for visit in view(day, "dana").visits] == ["Done one", "Knee"]

    def test_the_desk_sees_everybodys(self, day: Clinic) -> None:
        visits = view(day, "frank").visits
        assert [(visit.title, visit.who) for visit in visits] == [
            ("Done one", "Dr Dana Diaz"),
            ("Knee", "Dr Dana Diaz"),
            ("Skin", "Dr Erin Egan"),
        ]

    def test_says_how_long_somebody_waits(self, day: Clinic) -> None:
        waits = view(day, "frank").visits[1]
        assert (waits.words, waits.tone) == ("Waiting 12 min", "soon")
        assert waits.since == int((NOW - 12 * MINUTE).timestamp())

    def test_the_next_step_goes_on_to_the_end(self, day: Clinic) -> None:
        frank = day.actor("frank")
        steps = []
        while (visit := view(day, "frank").visits[2]).next:
            steps.append(visit.next)
            with day.base.transaction() as db:
                appointments.move(
                    db,
                    frank,
                    appointment_id=visit.id,
                    version=visit.version,
                    status=visit.next,
                    now=NOW,
                )
        assert steps == ["arrived", "checked-in", "fulfilled"]

    def test_waiting_begins_when_somebody_comes(self, day: Clinic) -> None:
        visit = view(day, "frank").visits[2]
        with day.base.transaction() as db:
            appointments.move(
                db,
                day.actor("frank"),
                appointment_id=visit.id,
                version=visit.version,
                status="arrived",
                now=NOW,
            )
        assert view(day, "frank").visits[2].words == "Waiting 0 min"

    def test_the_days_edges_are_the_clinics(self, small_clinic: Clinic) -> None:
        night = NOW.replace(hour=4, minute=30) + timedelta(days=1)
        small_clinic.add(
            appointment(small_clinic, starts_at=night, title="Late tonight"),
            appointment(small_clinic, "mia", starts_at=night + 30 * MINUTE, title="Tomorrow"),
        )
        assert [visit.title for visit in view(small_clinic, "frank").visits] == ["Late tonight"]


class TestWho:
    @pytest.mark.parametrize(
        ("who", "parts"),
        [
            ("dana", {"visits", "inbox", "results", "announcements", "patients"}),
            ("nora", {"visits", "inbox", "results", "patients"}),
            ("frank", {"visits", "inbox", "patients"}),
            ("max", {"visits", "inbox", "announcements", "patients"}),
            ("bill", {"patients"}),
            ("ada", {"announcements"}),
            # Questions to the privacy officer.
            ("otto", {"inbox"}),
        ],
    )
    def test_each_role_has_its_parts(self, day: Clinic, who: str, parts: set[str]) -> None:
        row = view(day, who)
        names = ("visits", "inbox", "results", "announcements", "patients")
        assert {name for name in names if getattr(row, f"has_{name}")} == parts

    @pytest.mark.parametrize("who", ["frank", "max", "bill", "ada", "otto"])
    def test_nothing_clinical_reaches_who_may_not_see_it(self, day: Clinic, who: str) -> None:
        row = view(day, who)
        said = str(asdict(row))
        assert row.results == today.ResultsPart()
        for hidden in ("panel", "Dizzy", "Potassium", "dizzy"):
            assert hidden not in said

    @pytest.mark.parametrize("who", ["bill", "ada", "otto"])
    def test_nor_who_comes_today(self, day: Clinic, who: str) -> None:
        said = str(asdict(view(day, who)))
        assert "Charlie" not in said
        assert "Knee" not in said

    def test_a_nurse_sees_results_and_cannot_release_them(self, day: Clinic) -> None:
        results = view(day, "nora").results
        assert [row.title for row in results.held] == ["Potassium panel"]
        assert not results.held[0].may_release
        assert view(day, "dana").results.held[0].may_release

    @pytest.mark.parametrize("who", ["alice", "bob", "charlie", "tess"])
    def test_is_refused_to_patients_and_helpers(self, day: Clinic, who: str) -> None:
        with pytest.raises(NotAllowed):
            view(day, who)

    @pytest.mark.parametrize("who", ["frank", "max", "bill", "ada", "otto"])
    def test_the_page_of_results_is_refused(self, day: Clinic, who: str) -> None:
        with day.base.transaction() as db, pytest.raises(NotAllowed):
            today.waiting_results(db, day.actor(who), now=NOW)


class TestResults:
    def test_held_and_uncommented_are_told_apart(self, day: Clinic) -> None:
        results = view(day, "dana").results
        assert [row.title for row in results.held] == ["Potassium panel"]
        assert [row.title for row in results.uncommented] == ["Lipid panel"]
        assert (results.held_total, results.uncommented_total) == (1, 1)


class TestInbox:
    def test_the_latest_promise_is_first_with_its_clock(self, day: Clinic) -> None:
        rows = view(day, "nora").inbox
        assert [(row.subject, row.clock, row.tone) for row in rows] == [
            ("Dizzy since Sunday", "2 h 07 late", "late"),
            ("Billed twice", "1 h 20 left", "soon"),
        ]
        assert (rows[0].who, rows[1].who) == ("Bob Ash", "")

    def test_the_desk_sees_administrative_letters_alone(self, day: Clinic) -> None:
        row = view(day, "frank")
        assert [one.subject for one in row.inbox] == ["Billed twice"]
        assert (row.inbox_total, row.late) == (1, 0)

    def test_its_page_shows_what_was_answered_too(self, day: Clinic) -> None:
        day.add(thread(day, "mia", subject="Answered one"))
        with day.base.transaction() as db:
            row = inbox.view(db, day.actor("dana"), now=NOW, view="answered")
            others = inbox.view(db, day.actor("nora"), now=NOW, view="answered")
        assert [one.subject for one in row.threads] == ["Answered one"]
        assert not others.threads

    @pytest.mark.parametrize("who", ["bill", "ada"])
    def test_its_page_is_refused_to_others(self, day: Clinic, who: str) -> None:
        with day.base.transaction() as db, pytest.raises(NotAllowed):
            inbox.view(db, day.actor(who), now=NOW)

    @pytest.mark.parametrize(
        ("minutes", "said"),
        [
            (-1, "1 min late"),
            (-35, "35 min late"),
            (-26 * 60, "1 day late"),
            (38, "38 min left"),
            (300, "by 2:00 pm"),
            (24 * 60, "by tomorrow"),
            (3 * 24 * 60, "by Friday"),
        ],
    )
    def test_says_how_long_there_is(self, minutes: int, said: str) -> None:
        assert inbox.left_of(NOW + minutes * MINUTE, NOW)[0] == said


class TestCost:
    def test_leaves_one_row_in_the_trace(self, day: Clinic) -> None:
        view(day, "dana")
        with day.base.transaction() as db:
            rows = [row.category for row in db.exec(select(AuditEvent)).all()]
        assert rows == ["today"]

    def test_asks_a_fixed_number_of_times_by_an_index(self, small_clinic: Clinic) -> None:
        few = _asked(small_clinic)
        for n in range(12):
            letter = thread(small_clinic, waiting_for="clinic", due_at=NOW, subject=f"No {n}")
            small_clinic.add(letter, report(small_clinic, released_at=None))
            small_clinic.add(message(letter, from_clinic=False))
        many = _asked(small_clinic)
        assert len(many) == len(few)
        with small_clinic.base.transaction() as db:
            for statement, values in many:
                if not statement.startswith("SELECT"):
                    continue
                plan = db.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
                steps = [row.detail for row in plan if row.detail.startswith("SCAN ")]
                # A window's own rows, and those of the one page that is shown, are no table.
                steps = [one for one in steps if "(subquery" not in one and one != "SCAN page"]
                assert steps == [], statement


def _asked(clinic: Clinic) -> list[tuple[str, Any]]:
    """Returns what a view asks of the database, but for its trace."""
    asked: list[tuple[str, Any]] = []

    def hear(_c: Any, _k: Any, statement: str, values: Any, *_rest: Any) -> None:
        if "audit_" not in statement:
            asked.append((statement, values))

    # One letter at least, so that the last letters are asked for.
    if not asked:
        with clinic.base.transaction() as db:
            has_any = db.connection().execute(text("SELECT 1 FROM thread")).first()
        if not has_any:
            first = thread(clinic, waiting_for="clinic", due_at=NOW)
            clinic.add(first)
            clinic.add(message(first, from_clinic=False))
    event.listen(clinic.base.engine, "before_cursor_execute", hear)
    try:
        with clinic.base.transaction() as db:
            today.view(db, clinic.actor("dana"), now=NOW)
    finally:
        event.remove(clinic.base.engine, "before_cursor_execute", hear)
    return asked
