"""Home: what is next, new and waiting; who sees it; and how it moves while it is open."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from portal.models.clinical import MedicationRequest
from portal.models.messages import Announcement
from portal.services import frame, home, results
from portal.state.home import changed, joined
from tests.support import clinic as cast
from tests.support.clinic import NOW, Clinic


def view(clinic: Clinic, name: str, *, helping: str = "", **at: Any) -> home.HomeRow:
    with clinic.base.transaction() as db:
        return home.view(db, clinic.actor(name, helping=helping), now=at.get("now", NOW))


def medicine(clinic: Clinic, title: str, patient: str = "alice", **changes: Any) -> Any:
    values: dict[str, Any] = {
        "patient_id": clinic.patients[patient].id,
        "title": title,
        "status": "active",
        "dosage": "Take 1 tablet every morning.",
        "authored_on": "2024-01-05",
        "sort_at": NOW - timedelta(days=400),
    }
    return MedicationRequest(**(values | changes))


def announcement(title: str, **changes: Any) -> Announcement:
    values: dict[str, Any] = {"title": title, "published_at": NOW - timedelta(days=1)}
    return Announcement(**(values | changes))


class TestNext:
    def test_is_the_first_visit_that_stands(self, the_clinic: Clinic) -> None:
        the_clinic.add(
            cast.appointment(the_clinic, title="Cancelled", status="cancelled"),
            cast.appointment(the_clinic, title="Later", starts_at=NOW + timedelta(days=9)),
            cast.appointment(the_clinic, title="Over", starts_at=NOW - timedelta(days=1)),
            cast.appointment(the_clinic, "charlie", title="Charlie’s", practitioner_id=None),
            cast.appointment(the_clinic, title="Next"),
        )
        row = view(the_clinic, "alice")
        assert row.visit.title == "Next"
        assert row.visit.far == "In 2 days"
        assert row.visit.at.replace("\u00a0", " ") == "Thursday, 9:00 am"
        assert row.visit.who == "Dr Dana Diaz, practitioner"
        assert [visit.title for visit in row.later] == ["Later"]

    def test_says_what_the_clinic_cancelled_after_what_stands(self, the_clinic: Clinic) -> None:
        gone = {"status": "cancelled", "cancelled_by": "clinic"}
        the_clinic.add(
            cast.appointment(the_clinic, title="Gone", **gone),
            cast.appointment(the_clinic, title="Next", starts_at=NOW + timedelta(days=3)),
        )
        row = view(the_clinic, "alice")
        assert row.visit.title == "Next"
        assert [(one.title, one.state) for one in row.later] == [
            ("Gone", "Cancelled by the clinic")
        ]

    def test_a_visit_that_has_begun_is_still_the_next_until_it_ends(
        self, the_clinic: Clinic
    ) -> None:
        the_clinic.add(cast.appointment(the_clinic, starts_at=NOW - timedelta(minutes=5)))
        assert view(the_clinic, "alice").visit.state == "It is your turn about now"
        assert view(the_clinic, "alice", now=NOW + timedelta(minutes=30)).visit.id == ""


class TestNew:
    def test_shows_results_and_one_line_for_each_conversation(self, the_clinic: Clinic) -> None:
        report, thread = cast.report(the_clinic, note="All is well."), cast.thread(the_clinic)
        the_clinic.add(report, thread)
        the_clinic.add(
            cast.value(report),
            cast.message(thread, client_key="1", body="First."),
            cast.message(thread, client_key="2", body="Last.", sent_at=NOW),
        )
        result, message = view(the_clinic, "alice").news
        assert result.title == "Kidney and blood salts"
        assert result.say == "Potassium is a little above the usual range."
        assert (result.line.at, result.under) == (
            "81.3%",
            "Your clinician has written a comment for you",
        )
        assert message.new == "2 new messages"
        assert "Last." in message.under

    def test_is_hidden_from_a_stranger_and_kept_from_a_helper_where_confidential(
        self, the_clinic: Clinic
    ) -> None:
        the_clinic.add(cast.report(the_clinic, confidential=True), cast.appointment(the_clinic))
        assert view(the_clinic, "charlie") == replace(
            home.HomeRow(name="Charlie"), said=view(the_clinic, "charlie").said
        )
        helped = view(the_clinic, "bob", helping="alice")
        assert helped.news == []
        assert helped.visit.title == "Blood pressure review"

    def test_agrees_with_the_counts_beside_it(self, the_clinic: Clinic) -> None:
        reports = [cast.report(the_clinic) for _number in range(4)]
        thread = cast.thread(the_clinic)
        the_clinic.add(thread, *reports)
        the_clinic.add(cast.message(thread))
        for expected in (4, 3):
            with the_clinic.base.transaction() as db:
                alice = the_clinic.actor("alice")
                row, around = home.view(db, alice, now=NOW), frame.view(db, alice, now=NOW)
            assert sum(line.kind == "result" for line in row.news) == expected
            assert around.unread_results == expected
            assert sum(line.kind == "message" for line in row.news) == around.unread_messages
            with the_clinic.base.transaction() as db:
                results.read(db, alice, report_id=reports[0].id, now=NOW)

    def test_says_when_there_is_more_than_it_shows(self, the_clinic: Clinic) -> None:
        the_clinic.add(*[cast.report(the_clinic) for _number in range(home.NEWS + 1)])
        row = view(the_clinic, "alice")
        assert len(row.news) == home.NEWS
        assert row.more_results == "See all new results"


class TestWaiting:
    def test_asks_to_confirm_and_to_answer(self, the_clinic: Clinic) -> None:
        soon, far = NOW + timedelta(days=5), NOW + timedelta(days=40)
        the_clinic.add(
            cast.appointment(the_clinic),
            cast.appointment(the_clinic, title="Blood test", starts_at=soon),
            cast.appointment(the_clinic, title="Check-up", starts_at=far),
            cast.thread(the_clinic, subject="Which dose?"),
            cast.thread(the_clinic, subject="Done", waiting_for="nobody"),
        )
        titles = [line.title for line in view(the_clinic, "alice").waiting]
        assert titles == ["Confirm Blood test", "Answer: Which dose?"]
        assert view(the_clinic, "charlie").waiting == []

    def test_a_message_that_is_not_read_yet_is_news_before_it_waits(
        self, the_clinic: Clinic
    ) -> None:
        thread = cast.thread(the_clinic)
        the_clinic.add(thread)
        message = cast.message(thread)
        the_clinic.add(message)
        assert view(the_clinic, "alice").waiting == []
        with the_clinic.base.transaction() as db:
            frame.mark_read(db, the_clinic.actor("alice"), "message", [message.id], now=NOW)
        assert len(view(the_clinic, "alice").waiting) == 1


class TestMedicines:
    def test_new_changed_and_ending_ones_stand_first(self, the_clinic: Clinic) -> None:
        the_clinic.add(
            medicine(the_clinic, "Steady"),
            medicine(the_clinic, "Fresh", authored_on="2026-02-27", sort_at=NOW),
            medicine(the_clinic, "Ending", ends="2026-03-06"),
            medicine(the_clinic, "Over", ends="2026-03-01"),
            medicine(the_clinic, "Stopped", status="stopped"),
            medicine(the_clinic, "Doubled", status="stopped", dosage="Half a tablet."),
            medicine(the_clinic, "Doubled", authored_on="2026-03-02", sort_at=NOW),
            medicine(the_clinic, "Held", status="on-hold"),
            medicine(the_clinic, "Idea", intent="proposal"),
            medicine(the_clinic, "Charlie’s", "charlie"),
        )
        shown = view(the_clinic, "alice").medicines
        assert {one.title: one.note for one in shown} == {
            "Fresh": "New since 27 Feb 2026",
            "Ending": "Ends in 3 days",
            "Doubled": "Changed yesterday",
            "Held": "On hold: do not take it for now",
            "Steady": "",
        }
        assert shown[-1].title == "Steady"
        assert shown[-1].how == "Take 1 tablet every morning."

    def test_an_old_medicine_that_is_still_taken_is_not_lost_behind_many_that_are_not(
        self, the_clinic: Clinic
    ) -> None:
        old = medicine(the_clinic, "Old", sort_at=NOW - timedelta(days=4000))
        many = [medicine(the_clinic, f"M{n}", status="completed") for n in range(80)]
        the_clinic.add(old, *many)
        assert [one.title for one in view(the_clinic, "alice").medicines] == ["Old"]


class TestAnnouncements:
    def test_stand_while_they_hold(self, the_clinic: Clinic) -> None:
        the_clinic.add(
            announcement("Now"),
            announcement("Past", ends_at=NOW),
            announcement("Future", published_at=NOW + timedelta(hours=1)),
        )
        shown = view(the_clinic, "alice").announcements
        assert [line.title for line in shown] == ["Now"]


class TestView:
    def test_a_patient_with_nothing_has_an_empty_home(self, the_clinic: Clinic) -> None:
        row = view(the_clinic, "alice")
        assert (row.visit.id, row.news, row.waiting, row.medicines) == ("", [], [], [])

    def test_a_helper_with_no_record_open_sees_nobodys(self, the_clinic: Clinic) -> None:
        the_clinic.add(cast.appointment(the_clinic))
        row = view(the_clinic, "bob")
        assert not row.has_record
        assert row.visit.id == ""

    def test_leaves_one_row_in_the_trace(self, the_clinic: Clinic) -> None:
        view(the_clinic, "bob", helping="alice")
        said = text("SELECT actor_id, acting_for, category FROM audit_event")
        with the_clinic.base.reading() as db:
            rows = db.connection().execute(said).all()
        bob, alice = the_clinic.users["bob"].id, the_clinic.patients["alice"].id
        assert rows == [(bob, alice, "home")]

    def test_asks_the_same_few_questions_however_much_there_is(self, the_clinic: Clinic) -> None:
        asked: list[str] = []

        def note(*args: Any) -> None:
            asked.append(args[2])

        self.fill(the_clinic, 1)
        event.listen(the_clinic.base.engine, "before_cursor_execute", note)
        view(the_clinic, "alice")
        few = len(asked)
        self.fill(the_clinic, 20)
        asked.clear()
        view(the_clinic, "alice")
        event.remove(the_clinic.base.engine, "before_cursor_execute", note)
        assert len(asked) == few
        # Eight of Home itself, three that write its row in the trace, one that begins.
        assert few <= 12

    @staticmethod
    def fill(clinic: Clinic, count: int) -> None:
        for number in range(count):
            report, thread = cast.report(clinic), cast.thread(clinic)
            clinic.add(report, thread, medicine(clinic, f"M{count}-{number}"))
            # Nobody has two visits at a time.
            starts = NOW + timedelta(days=2, minutes=20 * (number + count))
            visit = cast.appointment(clinic, starts_at=starts)
            clinic.add(cast.value(report), cast.message(thread), visit)


@pytest.fixture
def shown() -> home.HomeRow:
    first, second = (
        home.NewsRow(key=f"result:{n}", kind="result", title=str(n), new="New result")
        for n in (1, 2)
    )
    return home.HomeRow(name="Alice", visit=home.VisitRow(id="v1"), news=[first, second])


class TestJoined:
    def test_what_comes_stands_last_and_pushes_nothing(self, shown: home.HomeRow) -> None:
        third = home.NewsRow(key="result:3", title="3", new="New result")
        row = joined(shown, replace(shown, news=[third, *shown.news]))
        assert [line.title for line in row.news] == ["1", "2", "3"]
        assert [line.fresh for line in row.news] == [False, False, True]
        assert row.news[2].new == "Just now"

    def test_what_was_read_elsewhere_keeps_its_place_without_its_mark(
        self, shown: home.HomeRow
    ) -> None:
        row = joined(shown, replace(shown, news=shown.news[1:]))
        assert [(line.title, line.new, line.read) for line in row.news] == [
            ("1", "", "No longer new"),
            ("2", "New result", ""),
        ]
        again = joined(row, replace(shown, news=shown.news[1:]))
        assert again == row

    def test_what_changed_is_marked_in_its_place(self, shown: home.HomeRow) -> None:
        grown = replace(shown.news[0], under="Another message")
        row = joined(shown, replace(shown, news=[grown, shown.news[1]]))
        assert (row.news[0].under, row.news[0].new) == ("Another message", "Just now")

    def test_nothing_new_changes_nothing(self, shown: home.HomeRow) -> None:
        assert joined(shown, shown) == shown
        assert changed(shown, shown) == []

    def test_another_next_visit_is_marked(self, shown: home.HomeRow) -> None:
        sooner = home.VisitRow(id="v2")
        row = joined(shown, replace(shown, visit=sooner, later=[shown.visit]))
        assert row.visit.fresh
        assert not row.later[0].fresh
        assert changed(shown, row) == ["Your appointments have changed."]
