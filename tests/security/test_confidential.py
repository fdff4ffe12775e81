"""What is confidential is hidden from helpers everywhere, counts included (AUTHZ-13)."""

import pytest

from portal import live
from portal.errors import NotFound
from portal.security import access, scopes
from portal.services import appointments, frame, home, messages, results
from tests.security.test_scopes import WHERE, left_the_server
from tests.support.clinic import NOW, Clinic, appointment, message, thread
from tests.support.marked import Marked, mark, views


@pytest.fixture
def kept(the_clinic: Clinic) -> tuple[str, str]:
    """Returns a confidential appointment and a confidential conversation of Tess."""
    visit = appointment(the_clinic, "tess", title="Private talk", confidential=True)
    talk = thread(the_clinic, "tess", subject="Private question", confidential=True)
    the_clinic.add(visit, talk)
    the_clinic.add(message(talk, body="This talk is between us."))
    return visit.id, talk.id


class TestHelper:
    def test_finds_neither_the_appointment_nor_the_conversation(
        self, the_clinic: Clinic, kept: tuple[str, str]
    ) -> None:
        mia = the_clinic.actor("mia", helping="tess")
        with the_clinic.base.transaction() as db:
            with pytest.raises(NotFound):
                access.appointment(db, mia, kept[0])
            with pytest.raises(NotFound):
                access.thread(db, mia, kept[1])

    def test_sees_them_on_no_page_and_in_no_count(
        self, the_clinic: Clinic, kept: tuple[str, str]
    ) -> None:
        mia = the_clinic.actor("mia", helping="tess")
        with the_clinic.base.transaction() as db:
            shown = repr(
                [
                    home.view(db, mia, now=NOW),
                    appointments.upcoming(db, mia, now=NOW),
                    messages.threads(db, mia, now=NOW),
                ]
            )
            around = frame.view(db, mia, now=NOW)
        assert "Private" not in shown
        assert not any(record in shown for record in kept)
        assert around.unread_messages == 0


class TestEverything:
    """Marks in every area, all of it confidential: what leaves the server for a helper."""

    def test_no_view_count_search_or_export_gives_any_of_it_to_a_helper(
        self, the_clinic: Clinic
    ) -> None:
        marked = Marked(the_clinic, "tess", confidential=True).fill()
        mia = the_clinic.actor("mia", helping="tess")
        said = left_the_server(the_clinic, mia, views(marked))
        for name, text in said.items():
            for area in scopes.AREAS:
                # Address and phone are nobody's secret from who was given them.
                assert area == "profile" or mark(area) not in text, (name, area)
            assert not any(record in text for record in marked.ids.values()), name
        assert "unread_messages': 0" in said["frame"]
        assert "unread_results': 0" in said["frame"]
        assert "'count': 1" not in said["record"]

    def test_the_patient_sees_it_all(self, the_clinic: Clinic) -> None:
        marked = Marked(the_clinic, "tess", confidential=True).fill()
        said = left_the_server(the_clinic, the_clinic.actor("tess"), views(marked))
        for area, places in WHERE.items():
            for name in places:
                assert mark(area) in said[name], (name, area)

    def test_what_is_open_stays_open_beside_it(self, small_clinic: Clinic) -> None:
        Marked(small_clinic, "tess", confidential=True).fill()
        marked = Marked(small_clinic, "tess").fill()
        mia = small_clinic.actor("mia", helping="tess")
        said = left_the_server(small_clinic, mia, views(marked))
        for area, places in WHERE.items():
            for name in places:
                assert mark(area) in said[name], (name, area)

    def test_a_change_of_it_is_announced_to_no_helpers_page(self, the_clinic: Clinic) -> None:
        marked = Marked(the_clinic, "tess", confidential=True).fill()
        tess = the_clinic.actor("tess")
        with the_clinic.base.transaction() as db:
            messages.reply(
                db, tess, thread_id=marked.ids["thread"], body="x", client_key="k", now=NOW
            )
            appointments.confirm(db, tess, appointment_id=marked.ids["next"], version=1, now=NOW)
            results.read(db, tess, report_id=marked.ids["report"], now=NOW)
            told = {change.topic for change in live.pending(db)}
        assert told == {"private messages", "private appointments", "private results"}


class TestTheTeenager:
    def test_sees_both_and_is_told_of_the_message(
        self, the_clinic: Clinic, kept: tuple[str, str]
    ) -> None:
        tess = the_clinic.actor("tess")
        with the_clinic.base.transaction() as db:
            assert access.appointment(db, tess, kept[0]).title == "Private talk"
            assert access.thread(db, tess, kept[1]).subject == "Private question"
            assert frame.view(db, tess, now=NOW).unread_messages == 1
