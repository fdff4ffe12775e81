"""Two who answer at once: each sees the other's before their own goes, and nothing is lost."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from sqlmodel import col

from portal.errors import NotAllowed, NotFound
from portal.models.messages import Communication, Thread
from portal.services import inbox, messages
from tests.services.test_inbox import ask, opened, waits
from tests.support.clinic import NOW, Clinic


def answer(at: Clinic, who: str, one: Thread, seen: str, key: str = "") -> messages.Sent:
    given = {"thread_id": one.id, "client_key": key or f"of {who}", "seen": seen}
    return ask(at, who, inbox.answer, body=f"From {who}", **given)


def answers(at: Clinic, one: Thread) -> list[str]:
    with at.base.reading() as db:
        mine = col(Communication.thread_id) == one.id
        ours = select(col(Communication.body)).where(mine, col(Communication.from_clinic))
        return sorted(db.scalars(ours))


class TestAnswer:
    def test_who_was_slower_is_asked_once(self, the_clinic: Clinic) -> None:
        one = waits(the_clinic)
        seen = opened(the_clinic, "frank", one).talk.newest
        answer(the_clinic, "max", one, seen)
        with pytest.raises(inbox.Answered, match=r"Max Moe has just answered\. Send yours too\?"):
            answer(the_clinic, "frank", one, seen)
        assert answers(the_clinic, one) == ["From max"]
        answer(the_clinic, "frank", one, opened(the_clinic, "frank", one).talk.newest)
        assert answers(the_clinic, one) == ["From frank", "From max"]

    def test_of_two_at_once_one_is_asked(self, the_clinic: Clinic) -> None:
        one = waits(the_clinic)
        seen = opened(the_clinic, "frank", one).talk.newest

        def send(who: str) -> str:
            try:
                answer(the_clinic, who, one, seen)
            except inbox.Answered:
                return "asked"
            return "sent"

        with ThreadPoolExecutor(2) as both:
            assert sorted(both.map(send, ("frank", "max"))) == ["asked", "sent"]
        assert len(answers(the_clinic, one)) == 1

    def test_the_same_answer_again_is_harmless(self, the_clinic: Clinic) -> None:
        one = waits(the_clinic)
        seen = opened(the_clinic, "frank", one).talk.newest
        first = answer(the_clinic, "frank", one, seen, "k")
        answer(the_clinic, "max", one, first.message_id)
        assert answer(the_clinic, "frank", one, seen, "k") == first

    def test_ones_own_and_the_patients_letters_ask_nothing(self, small_clinic: Clinic) -> None:
        one = waits(small_clinic)
        seen = opened(small_clinic, "frank", one).talk.newest
        answer(small_clinic, "frank", one, seen, "first")
        ask(small_clinic, "alice", messages.reply, thread_id=one.id, body="Oh.", client_key="k",
            now=NOW)  # fmt: skip
        answer(small_clinic, "frank", one, seen, "second")
        assert len(answers(small_clinic, one)) == 2

    def test_is_for_staff_who_may_read_it(self, small_clinic: Clinic) -> None:
        one = waits(small_clinic, "health")
        with pytest.raises(NotFound):
            answer(small_clinic, "frank", one, "")
        with pytest.raises(NotAllowed):
            answer(small_clinic, "alice", one, "")
