"""What is confidential is hidden from helpers everywhere, counts included (AUTHZ-13)."""

import pytest

from portal.errors import NotFound
from portal.security import access
from portal.services import appointments, frame, home, messages
from tests.support.clinic import NOW, Clinic, appointment, message, thread


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


class TestTheTeenager:
    def test_sees_both_and_is_told_of_the_message(
        self, the_clinic: Clinic, kept: tuple[str, str]
    ) -> None:
        tess = the_clinic.actor("tess")
        with the_clinic.base.transaction() as db:
            assert access.appointment(db, tess, kept[0]).title == "Private talk"
            assert access.thread(db, tess, kept[1]).subject == "Private question"
            assert frame.view(db, tess, now=NOW).unread_messages == 1
