"""The clinic's side of messages: pools, who has a conversation, how it goes on, what is listed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DatabaseError
from sqlmodel import col

from portal import live
from portal.errors import NotAllowed, NotFound
from portal.models.audit import AuditEvent
from portal.models.messages import TOPICS, Communication, Thread
from portal.models.people import User
from portal.models.pools import PoolTopic, ThreadEvent
from portal.services import inbox, messages
from portal.services.inbox import Open, finding
from tests.support.clinic import NOW, Clinic, message, thread

HOUR = timedelta(hours=1)


def ask(at: Clinic, who: str, verb: Callable[..., Any], **given: Any) -> Any:
    """Lets somebody do something in a transaction of its own."""
    with at.base.transaction() as db:
        return verb(db, at.actor(who), **{"now": NOW, **given})


def waits(at: Clinic, topic: str = "bill", patient: str = "alice", **changes: Any) -> Thread:
    """Writes a conversation that waits for the clinic, with its letter; returns it."""
    given: dict[str, Any] = {"waiting_for": "clinic", "topic": topic, "due_at": NOW + HOUR}
    one = thread(at, patient, **(given | changes))
    at.add(one)
    at.add(message(one, from_clinic=False, sender_name="Alice Ash", body="Why?"))
    return one


def opened(at: Clinic, who: str, one: Thread) -> Open:
    """Returns a conversation as somebody of the staff sees it."""
    return ask(at, who, inbox.read, thread_id=one.id, by_itself=False)


def happened(at: Clinic, one: Thread) -> list[str]:
    with at.base.reading() as db:
        rows = db.scalars(
            select(ThreadEvent)
            .where(col(ThreadEvent.thread_id) == one.id)
            .order_by(col(ThreadEvent.at))
        )
        return [row.kind for row in rows]


def listed(at: Clinic, who: str, view: str = "waiting", **given: Any) -> list[str]:
    return [one.id for one in ask(at, who, inbox.view, view=view, **given).threads]


class TestPools:
    def test_every_topic_has_one(self, the_clinic: Clinic) -> None:
        with the_clinic.base.reading() as db:
            assert set(db.scalars(select(col(PoolTopic.topic)))) == set(TOPICS)

    @pytest.mark.parametrize(
        "statement",
        [
            delete(PoolTopic).where(col(PoolTopic.topic) == "privacy"),
            text("INSERT INTO pool_topic (topic, pool_id) VALUES ('bill', 'care')"),
            update(PoolTopic).values(pool_id="nowhere"),
        ],
    )
    def test_the_database_lets_no_topic_have_none_or_two(
        self, the_clinic: Clinic, statement: Any
    ) -> None:
        with pytest.raises(DatabaseError), the_clinic.base.transaction() as db:
            db.connection().execute(statement)

    def test_the_database_lets_nothing_wait_without_a_clock(self, the_clinic: Clinic) -> None:
        one = waits(the_clinic)
        with pytest.raises(DatabaseError), the_clinic.base.transaction() as db:
            db.connection().execute(
                update(Thread).where(col(Thread.id) == one.id).values(due_at=None)
            )

    def test_a_topic_that_moves_takes_its_conversations_along(self, the_clinic: Clinic) -> None:
        one = waits(the_clinic)
        assert opened(the_clinic, "frank", one).talk.pool == "Front desk"
        with the_clinic.base.transaction() as db:
            to_care = update(PoolTopic).where(col(PoolTopic.topic) == "bill")
            db.connection().execute(to_care.values(pool_id="care"))
        assert opened(the_clinic, "frank", one).talk.pool == "Care team"
        assert listed(the_clinic, "frank", pool="care") == [one.id]
        assert listed(the_clinic, "frank", pool="desk") == []


class TestClaim:
    def test_is_mine_and_no_longer_nobodys(self, the_clinic: Clinic) -> None:
        one = waits(the_clinic)
        assert listed(the_clinic, "frank", "unclaimed") == [one.id]
        ask(the_clinic, "frank", inbox.claim, thread_id=one.id)
        assert listed(the_clinic, "frank", "unclaimed") == []
        assert listed(the_clinic, "frank", "mine") == [one.id]
        assert listed(the_clinic, "max", "mine") == []
        talk = opened(the_clinic, "max", one).talk
        assert (talk.owner, talk.is_mine) == ("Frank Fox", False)
        assert [line.name for line in talk.lines if line.kind == "event"] == [
            "Frank Fox took this on"
        ]

    def test_leaves_a_trace_and_tells_the_staff_alone(self, the_clinic: Clinic) -> None:
        one = waits(the_clinic)
        with the_clinic.base.transaction() as db:
            inbox.claim(db, the_clinic.actor("frank"), thread_id=one.id, now=NOW)
            assert live.pending(db) == (live.Change("messages", live.STAFF),)
        with the_clinic.base.reading() as db:
            row = db.scalars(select(AuditEvent).order_by(col(AuditEvent.seq).desc())).first()
            assert row
            assert (row.action, row.entity, row.reason) == ("U", f"Thread/{one.id}", "")

    def test_of_two_at_once_one_has_it_and_the_other_is_told_who(self, the_clinic: Clinic) -> None:
        one = waits(the_clinic)

        def take(who: str) -> str:
            try:
                ask(the_clinic, who, inbox.claim, thread_id=one.id)
            except inbox.Taken as refusal:
                return refusal.words
            return ""

        with ThreadPoolExecutor(2) as both:
            said = dict(zip(("frank", "max"), both.map(take, ("frank", "max")), strict=True))
        winner = next(who for who, words in said.items() if not words)
        name = the_clinic.users[winner].name
        assert sorted(said.values()) == ["", f"{name} has taken this on. You can read along."]
        assert happened(the_clinic, one) == ["claimed"]

    def test_twice_by_the_same_is_once(self, small_clinic: Clinic) -> None:
        one = waits(small_clinic)
        for _again in range(2):
            ask(small_clinic, "frank", inbox.claim, thread_id=one.id)
        assert happened(small_clinic, one) == ["claimed"]

    def test_is_hidden_from_who_may_not_read_it(self, the_clinic: Clinic) -> None:
        one = waits(the_clinic, "health")
        for who in ("frank", "max", "charlie", "bill"):
            with pytest.raises(NotFound):
                ask(the_clinic, who, inbox.claim, thread_id=one.id)
        with pytest.raises(NotAllowed):
            ask(the_clinic, "alice", inbox.claim, thread_id=one.id)


class TestHandOver:
    def test_only_to_who_may_read_it_and_answer(self, the_clinic: Clinic) -> None:
        bill, health = waits(the_clinic), waits(the_clinic, "health")
        secret = waits(the_clinic, "privacy")

        def names(one: Thread, who: str) -> set[str]:
            found = ask(the_clinic, who, inbox.colleagues, thread_id=one.id)
            return {choice.words.split()[0].lower() for choice in found}

        assert names(bill, "frank") == {"dana", "erin", "nora", "frank", "max"}
        assert names(health, "dana") == {"dana", "erin", "nora"}
        assert names(secret, "max") == {"max", "otto"}
        for who in ("frank", "max", "ada", "alice"):
            with pytest.raises((inbox.CannotRead, NotFound)):
                ask(the_clinic, "dana", inbox.assign, thread_id=health.id, before="",
                    to=the_clinic.users[who].id)  # fmt: skip

    def test_says_who_has_it_by_now(self, the_clinic: Clinic) -> None:
        one = waits(the_clinic)
        nora, max_ = the_clinic.users["nora"].id, the_clinic.users["max"].id
        ask(the_clinic, "frank", inbox.assign, thread_id=one.id, to=nora, before="")
        with pytest.raises(inbox.Taken, match="Nora Nye has this by now"):
            ask(the_clinic, "dana", inbox.assign, thread_id=one.id, to=max_, before="")
        ask(the_clinic, "dana", inbox.assign, thread_id=one.id, to=max_, before=nora)
        assert listed(the_clinic, "max", "mine") == [one.id]
        assert happened(the_clinic, one) == ["assigned", "assigned"]

    def test_only_who_has_it_gives_it_back(self, the_clinic: Clinic) -> None:
        one = waits(the_clinic)
        ask(the_clinic, "frank", inbox.claim, thread_id=one.id)
        with pytest.raises(inbox.NotYours):
            ask(the_clinic, "max", inbox.give_back, thread_id=one.id)
        ask(the_clinic, "frank", inbox.give_back, thread_id=one.id)
        assert listed(the_clinic, "max", "unclaimed") == [one.id]

    def test_what_somebody_had_who_left_is_nobodys(self, the_clinic: Clinic) -> None:
        one = waits(the_clinic)
        ask(the_clinic, "frank", inbox.claim, thread_id=one.id)
        with the_clinic.base.transaction() as db:
            db.get_one(User, the_clinic.users["frank"].id).disabled = True
        assert listed(the_clinic, "max", "unclaimed") == [one.id]


class TestEscalate:
    def test_stands_first_after_what_is_overdue(self, the_clinic: Clinic) -> None:
        late = waits(the_clinic, due_at=NOW - HOUR)
        soon, later = waits(the_clinic), waits(the_clinic, due_at=NOW + 5 * HOUR)
        assert listed(the_clinic, "frank") == [late.id, soon.id, later.id]
        ask(the_clinic, "frank", inbox.escalate, thread_id=later.id, reason="He  cries.")
        assert listed(the_clinic, "frank") == [late.id, later.id, soon.id]
        assert listed(the_clinic, "frank", "overdue") == [late.id]
        talk = opened(the_clinic, "max", later).talk
        assert talk.is_urgent
        assert talk.lines[-1].name == "Frank Fox marked this as urgent: He cries."

    def test_goes_to_those_alone_who_may_read_it(self, the_clinic: Clinic) -> None:
        bill, health = waits(the_clinic), waits(the_clinic, "health")
        assert [one.words for one in opened(the_clinic, "frank", bill).talk.onwards] == [
            "Doctors",
            "Management",
        ]
        assert [one.words for one in opened(the_clinic, "dana", health).talk.onwards] == ["Doctors"]
        ask(the_clinic, "frank", inbox.claim, thread_id=bill.id)
        ask(the_clinic, "frank", inbox.escalate, thread_id=bill.id, reason="Angry", to="management")
        assert listed(the_clinic, "max", "unclaimed", pool="management") == [bill.id]
        with pytest.raises(inbox.NobodyThere):
            ask(the_clinic, "dana", inbox.escalate, thread_id=health.id, reason="x",
                to="management")  # fmt: skip

    def test_wants_a_reason(self, small_clinic: Clinic) -> None:
        one = waits(small_clinic)
        for reason in ("", " \n", "x" * 201):
            with pytest.raises(inbox.WhyUrgent):
                ask(small_clinic, "frank", inbox.escalate, thread_id=one.id, reason=reason)

    def test_our_answer_settles_it(self, the_clinic: Clinic) -> None:
        one = waits(the_clinic)
        ask(the_clinic, "frank", inbox.escalate, thread_id=one.id, reason="Now")
        ask(the_clinic, "frank", messages.reply, thread_id=one.id, body="Done.", client_key="k")
        assert not opened(the_clinic, "frank", one).talk.is_urgent


class TestClose:
    def test_waits_for_nobody_until_the_patient_writes(self, the_clinic: Clinic) -> None:
        one = waits(the_clinic)
        ask(the_clinic, "frank", inbox.claim, thread_id=one.id)
        seen = opened(the_clinic, "frank", one).talk.newest
        ask(the_clinic, "frank", inbox.close, thread_id=one.id, seen=seen)
        assert listed(the_clinic, "frank") == []
        assert listed(the_clinic, "frank", "closed") == [one.id]
        ask(the_clinic, "alice", messages.reply, thread_id=one.id, body="Also:", client_key="k",
            now=NOW + HOUR)  # fmt: skip
        # It comes back to who had it.
        assert listed(the_clinic, "frank", "mine") == [one.id]
        assert happened(the_clinic, one) == ["claimed", "closed", "reopened"]

    def test_nothing_is_closed_that_nobody_has_read(self, the_clinic: Clinic) -> None:
        one = waits(the_clinic)
        seen = opened(the_clinic, "frank", one).talk.newest
        ask(the_clinic, "alice", messages.reply, thread_id=one.id, body="It hurts.", client_key="k",
            now=NOW)  # fmt: skip
        with pytest.raises(inbox.NewLetter):
            ask(the_clinic, "frank", inbox.close, thread_id=one.id, seen=seen)
        assert listed(the_clinic, "frank") == [one.id]

    def test_opened_again_it_waits_for_us_with_a_promise(self, the_clinic: Clinic) -> None:
        one = waits(the_clinic)
        seen = opened(the_clinic, "frank", one).talk.newest
        ask(the_clinic, "frank", inbox.close, thread_id=one.id, seen=seen)
        ask(the_clinic, "max", inbox.reopen, thread_id=one.id)
        with the_clinic.base.reading() as db:
            again = db.get_one(Thread, one.id)
            assert again.waiting_for == "clinic"
            assert again.due_at
            assert again.due_at > NOW
        with pytest.raises(inbox.NotClosed):
            ask(the_clinic, "max", inbox.reopen, thread_id=one.id)

    def test_tells_the_patients_page_which_promises_nothing_any_more(
        self, the_clinic: Clinic
    ) -> None:
        one = waits(the_clinic)
        seen = opened(the_clinic, "frank", one).talk.newest
        with the_clinic.base.transaction() as db:
            inbox.close(db, the_clinic.actor("frank"), thread_id=one.id, seen=seen, now=NOW)
            told = live.Change("messages", the_clinic.patients["alice"].id)
            assert live.pending(db) == (told,)
        assert not ask(the_clinic, "alice", messages.view, thread_id=one.id).promised

    def test_is_not_for_patients(self, the_clinic: Clinic) -> None:
        one = waits(the_clinic)
        for verb in (inbox.claim, inbox.give_back, inbox.reopen, inbox.colleagues):
            with pytest.raises(NotAllowed):
                ask(the_clinic, "alice", verb, thread_id=one.id)
        with pytest.raises(NotAllowed):
            ask(the_clinic, "alice", inbox.close, thread_id=one.id, seen="")


class TestWhatWasWritten:
    @pytest.mark.parametrize("column", ["body", "sender_name", "sent_at"])
    def test_stands(self, the_clinic: Clinic, column: str) -> None:
        """MSG-02: not even the database's owner alters a sent message by a slip."""
        waits(the_clinic)
        values = {column: NOW if column == "sent_at" else "Something else"}
        with pytest.raises(DatabaseError), the_clinic.base.transaction() as db:
            db.connection().execute(update(Communication).values(**values))

    def test_nor_does_what_happened_change(self, the_clinic: Clinic) -> None:
        one = waits(the_clinic)
        ask(the_clinic, "frank", inbox.claim, thread_id=one.id)
        with pytest.raises(DatabaseError), the_clinic.base.transaction() as db:
            db.connection().execute(update(ThreadEvent).values(by_name="Somebody else"))

    def test_a_patient_is_shown_nothing_of_who_has_it(self, the_clinic: Clinic) -> None:
        one = waits(the_clinic)
        ask(the_clinic, "frank", inbox.escalate, thread_id=one.id, reason="QZMARK")
        seen = ask(the_clinic, "alice", messages.view, thread_id=one.id)
        assert "QZMARK" not in repr(seen)
        assert "urgent" not in repr(seen)


class TestSearch:
    def test_finds_all_of_a_patient_whatever_their_state(self, the_clinic: Clinic) -> None:
        hers = [waits(the_clinic).id, waits(the_clinic, waiting_for="nobody", due_at=None).id]
        waits(the_clinic, patient="charlie")
        for words in ("alice ash", "ash", "17.5.1975 ash"):
            assert sorted(listed(the_clinic, "frank", query=words)) == sorted(hers)

    def test_finds_words_of_a_subject_or_a_letter(self, the_clinic: Clinic) -> None:
        one = waits(the_clinic, subject="A letter for school")
        other = waits(the_clinic, patient="charlie", subject="Something else")
        the_clinic.add(message(other, from_clinic=False, body="My ANKLE swells."))
        assert listed(the_clinic, "frank", query="for school") == [one.id]
        assert listed(the_clinic, "frank", query="ankle") == [other.id]
        assert listed(the_clinic, "frank", query="100%_") == []

    def test_shows_nobody_what_they_may_not_read(self, small_clinic: Clinic) -> None:
        health = waits(small_clinic, topic="health", subject="Ankle")
        assert listed(small_clinic, "dana", query="ankle") == [health.id]
        for words in ("ankle", "alice ash"):
            assert listed(small_clinic, "frank", query=words) == []
        with pytest.raises(NotAllowed):
            listed(small_clinic, "alice", query="ankle")

    def test_looks_for_words_in_the_newest_alone(
        self, small_clinic: Clinic, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(finding, "NEWEST", 1)
        old = waits(small_clinic, subject="Ankle", last_at=NOW - 9 * HOUR)
        new = waits(small_clinic, patient="charlie", subject="Ankle again", last_at=NOW)
        assert listed(small_clinic, "frank", query="ankle") == [new.id]
        assert listed(small_clinic, "frank", query="alice ash") == [old.id]
