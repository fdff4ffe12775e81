"""The frame: counts that always equal the database, and records that may be opened."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from portal.models.people import Patient
from portal.services import clinic_hours, frame
from tests.support import clinic as cast
from tests.support.clinic import NOW, Clinic


def view(clinic: Clinic, name: str, *, helping: str = "") -> frame.FrameRow:
    with clinic.base.transaction() as db:
        return frame.view(db, clinic.actor(name, helping=helping), now=NOW)


def counted(clinic: Clinic, sql: str, **values: Any) -> int:
    with clinic.base.reading() as db:
        return db.connection().execute(text(sql), values).scalar_one()


# Asked anew, in words of its own: what the service counts must be the same.
UNREAD_RESULTS = """
SELECT count(*) FROM diagnostic_report r WHERE r.patient_id = :patient
AND r.released_at IS NOT NULL AND NOT r.is_history
AND r.status NOT IN ('entered-in-error', 'cancelled', 'registered')
AND r.id NOT IN (SELECT record_id FROM read_mark WHERE user_id = :user AND kind = 'result')
"""
UNREAD_MESSAGES = """
SELECT count(*) FROM communication c WHERE c.patient_id = :patient AND c.from_clinic
AND c.id NOT IN (SELECT record_id FROM read_mark WHERE user_id = :user AND kind = 'message')
"""


class TestCounts:
    def test_equal_the_database_for_the_patient_and_each_helper(self, the_clinic: Clinic) -> None:
        self.fill(the_clinic)
        for name, helping in (("alice", ""), ("bob", "alice"), ("charlie", "")):
            actor = the_clinic.actor(name, helping=helping)
            asked = {"patient": actor.patient_id, "user": actor.user_id}
            row = view(the_clinic, name, helping=helping)
            assert row.unread_results == counted(the_clinic, UNREAD_RESULTS, **asked)
            assert row.unread_messages == counted(the_clinic, UNREAD_MESSAGES, **asked)
        assert view(the_clinic, "alice").unread_results == 2
        assert view(the_clinic, "charlie").unread_results == 1

    @staticmethod
    def fill(clinic: Clinic) -> None:
        thread = cast.thread(clinic)
        clinic.add(thread)
        messages = [cast.message(thread, client_key=f"k{n}") for n in range(3)]
        mine = cast.message(thread, from_clinic=False, client_key="mine")
        reports = [cast.report(clinic) for _number in range(3)]
        others = [
            cast.report(clinic, released_at=None),
            cast.report(clinic, is_history=True),
            cast.report(clinic, status="entered-in-error"),
            cast.report(clinic, "charlie"),
        ]
        clinic.add(*messages, mine, *reports, *others)
        with clinic.base.transaction() as db:
            alice = clinic.actor("alice")
            assert frame.mark_read(db, alice, "result", [reports[0].id], now=NOW) == 1
            assert frame.mark_read(db, alice, "message", [messages[0].id], now=NOW) == 1

    def test_a_helper_does_not_count_what_is_confidential(self, the_clinic: Clinic) -> None:
        the_clinic.add(cast.report(the_clinic, confidential=True))
        assert view(the_clinic, "alice").unread_results == 1
        assert view(the_clinic, "bob", helping="alice").unread_results == 0

    def test_staff_count_by_what_their_role_may_read(self, the_clinic: Clinic) -> None:
        the_clinic.add(
            cast.thread(the_clinic, waiting_for="clinic", topic="bill"),
            cast.thread(
                the_clinic,
                waiting_for="clinic",
                topic="health",
                due_at=NOW - timedelta(hours=1),
            ),
            cast.thread(the_clinic, waiting_for="patient"),
            cast.report(the_clinic, released_at=None),
        )
        dana, frank, otto = (view(the_clinic, name) for name in ("dana", "frank", "otto"))
        assert (dana.waiting_threads, dana.late_threads, dana.unreleased_results) == (2, 1, 1)
        assert (frank.waiting_threads, frank.late_threads, frank.unreleased_results) == (1, 0, 0)
        assert (otto.waiting_threads, otto.unreleased_results) == (0, 0)

    def test_reading_twice_marks_once(self, the_clinic: Clinic) -> None:
        report = cast.report(the_clinic)
        the_clinic.add(report)
        for expected in (1, 0):
            with the_clinic.base.transaction() as db:
                alice = the_clinic.actor("alice")
                marked = frame.mark_read(db, alice, "result", [report.id], now=NOW)
                assert marked == expected


class TestRecords:
    def test_a_helper_is_told_whose_record_is_open(self, the_clinic: Clinic) -> None:
        row = view(the_clinic, "mia", helping="tess")
        assert (row.helping, row.helping_initials) == ("Tess Tran", "TT")
        assert [(choice.name, choice.note, choice.is_open) for choice in row.choices] == [
            ("Mia Tran", "You", False),
            ("Tess Tran", "You help as parent", True),
        ]

    def test_a_stranger_has_nothing_to_choose(self, the_clinic: Clinic) -> None:
        row = view(the_clinic, "charlie")
        assert (row.choices, row.helping) == ([], "")

    def test_titles_are_no_initials(self) -> None:
        assert frame.initials("Nurse Tom Hadley") == "TH"
        assert frame.initials("Dr Amara Osei") == "AO"
        assert frame.initials("Mononym") == "M"
        assert frame.initials("") == ""


class TestHours:
    WORDS = "Monday to Thursday, 8 am to 5:30 pm\nFriday, 8 am to 5 pm\nSaturday, 9 am to 1 pm"

    @pytest.mark.parametrize("written", [WORDS, "Mo-Th 8-17:30; Fr 8-17; Sa 9-13"])
    @pytest.mark.parametrize(
        ("at", "is_open", "is_closed"),
        [
            (datetime(2026, 3, 3, 14, tzinfo=UTC), "Open until 5:30 pm", ""),
            (
                datetime(2026, 3, 3, 23, tzinfo=UTC),
                "",
                "Closed. We open tomorrow at 8 am",
            ),
            (datetime(2026, 3, 6, 12, 59, tzinfo=UTC), "", "Closed. We open today at 8 am"),
            (datetime(2026, 3, 6, 13, 0, tzinfo=UTC), "Open until 5 pm", ""),
            (datetime(2026, 3, 6, 22, 0, tzinfo=UTC), "", "Closed. We open tomorrow at 9 am"),
            (datetime(2026, 3, 7, 20, tzinfo=UTC), "", "Closed. We open Monday at 8 am"),
            # The clocks have gone forward by an hour on 8 March.
            (datetime(2026, 3, 9, 12, 0, tzinfo=UTC), "Open until 5:30 pm", ""),
        ],
    )
    def test_tell_whether_the_clinic_is_open(
        self, written: str, at: datetime, is_open: str, is_closed: str
    ) -> None:
        assert clinic_hours.open_now(written, at).replace("\u00a0", " ") == is_open
        assert clinic_hours.closed_now(written, at).replace("\u00a0", " ") == is_closed

    @pytest.mark.parametrize("written", ["", "by appointment", "Mo-Fr 25-26", "Mo-Fr 9-8"])
    def test_claim_nothing_that_nobody_can_tell(self, written: str) -> None:
        assert clinic_hours.open_now(written, NOW) == ""
        assert clinic_hours.closed_now(written, NOW) == ""
        assert clinic_hours.said(written) == written


class TestAJoinedRecord:
    def test_is_said_to_the_patient_on_every_page_and_to_nobody_else(
        self, the_clinic: Clinic
    ) -> None:
        """A patient merged while signed in: what happened and what to do, no silent old chart."""
        with the_clinic.base.transaction() as db:
            for who in ("alice", "charlie"):
                assert not frame.view(db, the_clinic.actor(who), now=NOW).is_joined
            old = db.get_one(Patient, the_clinic.patients["alice"].id)
            old.merged_into_id = the_clinic.patients["charlie"].id
            db.add(old)
            db.flush()
            assert frame.view(db, the_clinic.actor("alice"), now=NOW).is_joined
            for who in ("charlie", "frank"):
                assert not frame.view(db, the_clinic.actor(who), now=NOW).is_joined
