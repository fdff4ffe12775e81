"""Corrections: a later letter puts an earlier one right; what was sent stands as it was."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from portal.errors import NotAllowed, NotFound
from portal.models.messages import Communication, Correction, Draft, Thread
from portal.services import inbox, messages
from tests.services.test_inbox import ask, opened, waits
from tests.support.clinic import NOW, Clinic


def answered(at: Clinic, who: str, one: Thread, body: str) -> str:
    key = opened(at, who, one).view.draft.key
    given = {"thread_id": one.id, "client_key": key, "seen": opened(at, who, one).talk.newest}
    return ask(at, who, inbox.answer, body=body, **given).message_id


def correct(at: Clinic, who: str, one: Thread, message_id: str) -> None:
    ask(at, who, messages.correct, place=one.id, message_id=message_id)


def lines(at: Clinic, who: str, one: Thread) -> dict[str, Any]:
    return {line.body: line for line in opened(at, who, one).talk.lines if line.kind == "letter"}


def test_a_later_letter_says_which_one_it_puts_right(the_clinic: Clinic) -> None:
    one = waits(the_clinic)
    wrong = answered(the_clinic, "frank", one, "At nine.")
    correct(the_clinic, "frank", one, wrong)
    said = opened(the_clinic, "frank", one).view.draft.corrects
    assert said.startswith("Puts right what was written: Today, ")
    answered(the_clinic, "frank", one, "At ten.")
    seen = lines(the_clinic, "max", one)
    assert (seen["At nine."].corrects, seen["At nine."].is_corrected) == ("", True)
    assert (seen["At ten."].corrects, seen["At ten."].is_corrected) == (said, False)
    # The patient reads the same; and of the next letter nothing is said.
    alice = the_clinic.actor("alice")
    with the_clinic.base.reading() as db:
        hers = messages.view(db, alice, thread_id=one.id, now=NOW).letters
    marks = {row.body: (row.corrects, row.is_corrected) for row in hers}
    assert marks == {"Why?": ("", False), "At nine.": ("", True), "At ten.": (said, False)}
    answered(the_clinic, "frank", one, "Bring your card.")
    assert lines(the_clinic, "max", one)["Bring your card."].corrects == ""


def test_it_can_be_let_go_before_it_is_sent(the_clinic: Clinic) -> None:
    one = waits(the_clinic)
    wrong = answered(the_clinic, "frank", one, "At nine.")
    correct(the_clinic, "frank", one, wrong)
    correct(the_clinic, "frank", one, "")
    with the_clinic.base.reading() as db:
        assert db.scalars(select(func.count()).select_from(Draft)).one() == 0
    answered(the_clinic, "frank", one, "Bring your card.")
    with the_clinic.base.reading() as db:
        assert db.scalars(select(func.count()).select_from(Correction)).one() == 0


def test_words_that_were_typed_stay_when_it_is_let_go(small_clinic: Clinic) -> None:
    one = waits(small_clinic)
    wrong = answered(small_clinic, "frank", one, "At nine.")
    ask(small_clinic, "frank", messages.save_draft, place=one.id, client_key="k", body="At ten.")
    correct(small_clinic, "frank", one, wrong)
    correct(small_clinic, "frank", one, "")
    draft = opened(small_clinic, "frank", one).view.draft
    assert (draft.body, draft.corrects) == ("At ten.", "")


def test_only_what_ones_own_side_wrote_in_this_very_conversation(small_clinic: Clinic) -> None:
    one, other = waits(small_clinic), waits(small_clinic, patient="charlie")
    ours = answered(small_clinic, "frank", one, "At nine.")
    elsewhere = answered(small_clinic, "frank", other, "At eleven.")
    with small_clinic.base.reading() as db:
        first = select(col(Communication.id)).where(
            col(Communication.thread_id) == one.id, ~col(Communication.from_clinic)
        )
        hers = db.scalars(first).one()
    for who, message_id in (
        *(("frank", hers), ("frank", elsewhere), ("frank", "nobodys")),
        ("alice", ours),
    ):
        with pytest.raises(NotFound):
            correct(small_clinic, who, one, message_id)
    correct(small_clinic, "alice", one, hers)


def test_neither_strangers_nor_readers_without_a_pen(small_clinic: Clinic) -> None:
    one = waits(small_clinic)
    ours = answered(small_clinic, "frank", one, "At nine.")
    for who in ("charlie", "ada", "otto"):
        with pytest.raises((NotFound, NotAllowed)):
            correct(small_clinic, who, one, ours)
