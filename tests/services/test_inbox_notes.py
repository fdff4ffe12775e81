"""Notes among staff: beside a conversation, and in nothing that a patient or helper ever gets."""

from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError

from portal import live
from portal.errors import NotAllowed, NotFound
from portal.models.audit import AuditEvent, OutboxNotice
from portal.models.messages import Communication
from portal.models.pools import ThreadNote
from portal.security import access
from portal.security.actor import system
from portal.services import exports, frame, home, inbox, looks, messages, today
from portal.services.looks import words as look_words
from tests.services.test_inbox import ask, opened, waits
from tests.support.clinic import NOW, Clinic

MARK = "QZMARK among staff"


def noted(at: Clinic, one: Any, who: str = "frank", **given: Any) -> None:
    asked: dict[str, Any] = {"thread_id": one.id, "body": MARK, "client_key": "k"}
    ask(at, who, inbox.write_note, **(asked | given))


class TestNote:
    def test_stands_between_the_letters_for_colleagues(self, the_clinic: Clinic) -> None:
        one = waits(the_clinic)
        noted(the_clinic, one)
        last = opened(the_clinic, "max", one).talk.lines[-1]
        assert (last.kind, last.name, last.body) == ("note", "Frank Fox", MARK)

    def test_twice_sent_stands_once(self, the_clinic: Clinic) -> None:
        one = waits(the_clinic)
        key = opened(the_clinic, "frank", one).talk.note_key
        for _again in range(2):
            noted(the_clinic, one, client_key=key)
        talk = opened(the_clinic, "frank", one).talk
        assert len([line for line in talk.lines if line.kind == "note"]) == 1
        assert talk.note_key != key

    @pytest.mark.parametrize("body", ["", " \n", "x" * 2001])
    def test_wants_words(self, small_clinic: Clinic, body: str) -> None:
        with pytest.raises(inbox.NoNote):
            noted(small_clinic, waits(small_clinic), body=body)

    def test_stands_as_it_was_written(self, the_clinic: Clinic) -> None:
        noted(the_clinic, waits(the_clinic))
        with pytest.raises(DatabaseError), the_clinic.base.transaction() as db:
            db.connection().execute(update(ThreadNote).values(body="Something else"))

    def test_is_hidden_with_its_conversation(self, the_clinic: Clinic) -> None:
        one = waits(the_clinic, "health")
        noted(the_clinic, one, "dana")
        for who in ("frank", "max", "charlie"):
            with pytest.raises(NotFound):
                noted(the_clinic, one, who)
            with pytest.raises(NotFound):
                opened(the_clinic, who, one)
        for who, sees in (("dana", 1), ("frank", 0), ("ada", 0), ("alice", 0)):
            with the_clinic.base.reading() as db:
                scope = access.notes(the_clinic.actor(who))
                assert len(list(db.scalars(select(ThreadNote).where(scope)))) == sees


class TestNoPatientEverGetsOne:
    """AUTHZ-07: asserted on what is returned, sent and told, not on what a page shows."""

    def test_in_no_view_search_count_or_copy(self, the_clinic: Clinic) -> None:
        one = waits(the_clinic)
        before = self._all(the_clinic, one.id)
        noted(the_clinic, one)
        after = self._all(the_clinic, one.id)
        assert MARK not in repr(after)
        # Not even how many there are, or that something moved.
        assert after == before
        # The proof that the mark would have been found.
        assert MARK in repr(opened(the_clinic, "frank", one))

    def _all(self, at: Clinic, thread_id: str) -> list[Any]:
        found: list[Any] = []
        for who in ("alice", "bob"):
            actor = at.actor(who, helping="alice" if who == "bob" else "")
            with at.base.transaction() as db:
                found += [
                    messages.threads(db, actor, now=NOW),
                    messages.threads(db, actor, now=NOW, query="QZMARK").threads,
                    messages.view(db, actor, thread_id=thread_id, now=NOW),
                    home.view(db, actor, now=NOW),
                    frame.view(db, actor, now=NOW),
                ]
        with at.base.transaction() as db:
            alice = at.patients["alice"].id
            own = exports.patient_bundle(db, at.actor("alice"), patient_id=alice, now=NOW)
            whole = exports.patient_bundle(db, system("operator"), patient_id=alice, now=NOW)
            return [*found, own, whole]

    def test_in_no_letter_notice_or_topic(self, the_clinic: Clinic) -> None:
        one = waits(the_clinic)
        with the_clinic.base.transaction() as db:
            inbox.write_note(
                db, the_clinic.actor("frank"), thread_id=one.id, body=MARK, client_key="k", now=NOW
            )
            # Her pages are not even asked to look again.
            assert live.pending(db) == (live.Change("messages", live.STAFF),)
        with the_clinic.base.reading() as db:
            assert not list(db.scalars(select(OutboxNotice)))
            assert len(list(db.scalars(select(Communication)))) == 1
            rows = list(db.scalars(select(AuditEvent)))
        assert MARK not in repr([vars(row) for row in rows])

    def test_who_reads_the_access_log_learns_of_no_note(self, the_clinic: Clinic) -> None:
        """A note is traced as any change to a conversation: as taking it on is."""
        one = waits(the_clinic)
        ask(the_clinic, "max", inbox.claim, thread_id=one.id)
        noted(the_clinic, one)
        shown = ask(the_clinic, "alice", looks.view).looks
        assert {line.did for line in shown if line.who in {"Max Moe", "Frank Fox"}} == {
            look_words.did("U", "messages")
        }

    def test_the_system_has_none_to_copy(self, small_clinic: Clinic) -> None:
        noted(small_clinic, waits(small_clinic))
        with small_clinic.base.reading() as db:
            for actor in (system("operator"), small_clinic.actor("bob", helping="alice")):
                assert not list(db.scalars(select(ThreadNote).where(access.notes(actor))))

    def test_patients_write_none(self, small_clinic: Clinic) -> None:
        one = waits(small_clinic)
        with pytest.raises(NotAllowed):
            noted(small_clinic, one, "alice")

    def test_the_start_of_the_day_holds_none(self, small_clinic: Clinic) -> None:
        noted(small_clinic, waits(small_clinic))
        assert MARK not in repr(ask(small_clinic, "frank", today.view))
