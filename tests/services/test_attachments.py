"""Attachments: one's own until they are sent, then whoever may read the message has them.

UP-03, UP-06, KEY-01, MSG-05; the files themselves are judged in integrations/test_files.py.
"""

import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from portal.database import Damaged, Database, DiskFull
from portal.errors import AnotherRecord, NotAllowed, NotFound, RecordClosed
from portal.integrations import files
from portal.models.attachments import Attachment
from portal.models.audit import AuditEvent
from portal.models.base import new_id
from portal.models.messages import Draft
from portal.security import access
from portal.security.actor import Actor
from portal.services import attachments, inbox, messages
from portal.services.attachments import adding, shelf
from tests.support import bases
from tests.support.clinic import NOW, Clinic

NEW = access.NEW
WORDS = b"Take one in the morning."


def added(
    people: Clinic,
    actor: Actor,
    place: str = NEW,
    *,
    name: str = "plan.txt",
    whose: str = "alice",
    at: datetime = NOW,
) -> str:
    """Adds a file as the route does; returns its id."""
    patient, file_id = people.patients[whose].id, new_id()
    where: dict[str, Any] = {"whose": patient, "place": place, "now": at}
    file = files.judge(name, WORDS)
    with people.base.transaction() as db:
        ticket = attachments.admit(db, actor, size=len(WORDS), **where)
    shelf.put(ticket.shelf, file_id, ticket.patient_id, file.data)
    with people.base.transaction() as db:
        return attachments.keep(db, actor, file_id=file_id, file=file, **where).id


def begun(people: Clinic, actor: Actor, key: str = "k1", **changes: Any) -> messages.Sent:
    given: dict[str, Any] = {"subject": "Plan", "topic": "medicine", "body": "Is this right?"}
    with people.base.transaction() as db:
        return messages.start(db, actor, client_key=key, now=NOW, **(given | changes))


def drafted(people: Clinic, actor: Actor) -> list[str]:
    with people.base.transaction() as db:
        row = messages.compose(db, actor, key="tab", now=NOW).draft
    return [file.name for file in row.files]


def read(people: Clinic, actor: Actor, file_id: str) -> bytes:
    with people.base.transaction() as db:
        found = attachments.fetch(db, actor, attachment_id=file_id, now=NOW)
    return attachments.opened(found)


def lying(base: Database) -> set[str]:
    return {name for name, _path in shelf.lying(shelf.of(base.info))}


class TestDraft:
    def test_is_its_writers_on_every_device_and_nobody_elses(self, the_clinic: Clinic) -> None:
        alice, bob = the_clinic.actor("alice"), the_clinic.actor("bob", helping="alice")
        file_id = added(the_clinic, alice)
        assert drafted(the_clinic, alice) == ["plan.txt"]
        assert drafted(the_clinic, bob) == []
        assert read(the_clinic, alice, file_id) == WORDS
        for other in (bob, the_clinic.actor("dana"), the_clinic.actor("charlie")):
            with pytest.raises(NotFound):
                read(the_clinic, other, file_id)

    def test_stays_while_its_words_are_taken_back(self, small_clinic: Clinic) -> None:
        alice = small_clinic.actor("alice")
        added(small_clinic, alice)
        with small_clinic.base.transaction() as db:
            messages.save_draft(db, alice, place=NEW, client_key="k", body=" ", now=NOW)
        assert drafted(small_clinic, alice) == ["plan.txt"]

    def test_is_taken_away_with_its_file_once_that_stands(self, the_clinic: Clinic) -> None:
        alice = the_clinic.actor("alice")
        file_id = added(the_clinic, alice)
        with pytest.raises(RuntimeError), the_clinic.base.transaction() as db:
            attachments.remove(db, alice, attachment_id=file_id, now=NOW)
            raise RuntimeError
        assert lying(the_clinic.base) == {file_id}
        for stranger in ("charlie", "dana"):
            with the_clinic.base.transaction() as db, pytest.raises(NotFound):
                attachments.remove(db, the_clinic.actor(stranger), attachment_id=file_id, now=NOW)
        with the_clinic.base.transaction() as db:
            attachments.remove(db, alice, attachment_id=file_id, now=NOW)
        assert lying(the_clinic.base) == set()
        with the_clinic.base.transaction() as db:
            assert db.execute(select(func.count()).select_from(Draft)).scalar_one() == 0

    def test_goes_a_day_after_its_last_word(self, the_clinic: Clinic) -> None:
        alice, system = the_clinic.actor("alice"), the_clinic.actor("ada")
        file_id, day = added(the_clinic, alice), timedelta(hours=24, minutes=1)
        with the_clinic.base.transaction() as db:
            later = NOW + timedelta(hours=20)
            messages.save_draft(db, alice, place=NEW, client_key="k", body="So", now=later)
        with the_clinic.base.transaction() as db:
            assert attachments.tidy(db, system, now=NOW + day) == 0
        with the_clinic.base.transaction() as db:
            assert attachments.tidy(db, system, now=later + day) == 1
        assert file_id not in lying(the_clinic.base)


class TestSend:
    def test_goes_with_the_message_to_all_who_read_it(self, the_clinic: Clinic) -> None:
        alice = the_clinic.actor("alice")
        file_id = added(the_clinic, alice)
        sent = begun(the_clinic, alice)
        assert drafted(the_clinic, alice) == []
        dana, bob = the_clinic.actor("dana"), the_clinic.actor("bob", helping="alice")
        for reader in (alice, bob):
            with the_clinic.base.transaction() as db:
                seen = messages.view(db, reader, thread_id=sent.thread_id, now=NOW)
            assert [file.said for file in seen.letters[0].files] == ["Text, 1 KB"]
        with the_clinic.base.transaction() as db:
            talk = inbox.read(db, dana, thread_id=sent.thread_id, now=NOW, by_itself=True).talk
        assert [file.id for file in talk.lines[0].files] == [file_id]
        assert {read(the_clinic, one, file_id) for one in (alice, bob, dana)} == {WORDS}
        with the_clinic.base.reading() as db:
            traced = select(col(AuditEvent.actor_id)).where(
                col(AuditEvent.entity) == f"Attachment/{file_id}", col(AuditEvent.action) == "R"
            )
            assert len(set(db.execute(traced).scalars())) == 3

    def test_goes_with_an_answer_of_the_clinic(self, the_clinic: Clinic) -> None:
        asked = begun(the_clinic, the_clinic.actor("alice"))
        dana = the_clinic.actor("dana")
        file_id = added(the_clinic, dana, asked.thread_id)
        with pytest.raises(NotFound):
            read(the_clinic, the_clinic.actor("alice"), file_id)
        with the_clinic.base.transaction() as db:
            inbox.answer(
                db,
                dana,
                thread_id=asked.thread_id,
                body="Here.",
                client_key="a",
                seen=asked.message_id,
                now=NOW,
            )
        assert read(the_clinic, the_clinic.actor("alice"), file_id) == WORDS

    def test_fifty_messages_at_once_take_each_file_once(self, the_clinic: Clinic) -> None:
        alice = the_clinic.actor("alice")
        sent_before = begun(the_clinic, alice)
        ids = {added(the_clinic, alice, sent_before.thread_id) for _ in range(3)}

        def send(number: int) -> str:
            with the_clinic.base.transaction() as db:
                return messages.reply(
                    db,
                    alice,
                    thread_id=sent_before.thread_id,
                    body="See these.",
                    client_key=f"key {number % 2}",
                    now=NOW,
                ).message_id

        with ThreadPoolExecutor(50) as crowd:
            assert len(set(crowd.map(send, range(50)))) == 2
        with the_clinic.base.transaction() as db:
            rows = db.scalars(select(Attachment)).all()
        assert {row.id for row in rows if row.state == "sent"} == ids
        assert len({row.message_id for row in rows}) == 1

    def test_what_was_sent_is_never_changed_or_taken_away(self, the_clinic: Clinic) -> None:
        alice = the_clinic.actor("alice")
        file_id = added(the_clinic, alice)
        begun(the_clinic, alice)
        with the_clinic.base.transaction() as db, pytest.raises(attachments.Stands):
            attachments.remove(db, alice, attachment_id=file_id, now=NOW)
        for wrong in (update(Attachment).values(name="other.txt"), delete(Attachment)):
            with pytest.raises(DBAPIError, match="stands"), the_clinic.base.transaction() as db:
                db.connection().execute(wrong)
        with the_clinic.base.transaction() as db:
            late = NOW + timedelta(days=400)
            assert attachments.tidy(db, the_clinic.actor("ada"), now=late) == 0
        assert read(the_clinic, alice, file_id) == WORDS


class TestHidden:
    def test_from_strangers_from_helpers_without_messages_and_from_the_wrong_desk(
        self, the_clinic: Clinic
    ) -> None:
        alice = the_clinic.actor("alice")
        file_id = added(the_clinic, alice)
        begun(the_clinic, alice)
        for other in (
            the_clinic.actor("charlie"),
            the_clinic.actor("mia", helping="tess"),
            the_clinic.actor("bob", helping="alice", held="results:read"),
            the_clinic.actor("frank"),
            the_clinic.actor("bill"),
            the_clinic.actor("otto"),
            the_clinic.actor("ada"),
        ):
            with pytest.raises(NotFound):
                read(the_clinic, other, file_id)

    def test_from_helpers_where_the_conversation_is_confidential(self, the_clinic: Clinic) -> None:
        alice = the_clinic.actor("alice")
        file_id = added(the_clinic, alice)
        begun(the_clinic, alice, confidential=True)
        with pytest.raises(NotFound):
            read(the_clinic, the_clinic.actor("bob", helping="alice"), file_id)
        assert read(the_clinic, alice, file_id) == WORDS

    def test_nobody_adds_where_they_may_not_write(self, the_clinic: Clinic) -> None:
        alice = the_clinic.actor("alice")
        asked = begun(the_clinic, alice)
        with pytest.raises(NotFound):
            added(the_clinic, the_clinic.actor("charlie"), asked.thread_id)
        with pytest.raises(NotFound):
            added(the_clinic, the_clinic.actor("frank"), asked.thread_id)
        with pytest.raises(NotAllowed):
            added(the_clinic, the_clinic.actor("bob", helping="alice", held="messages:read"))
        with pytest.raises(AnotherRecord):
            added(the_clinic, the_clinic.actor("charlie"))
        with pytest.raises(RecordClosed):
            added(the_clinic, replace(alice, lost_patient_id=alice.patient_id))
        assert lying(the_clinic.base) == set()


class TestRoom:
    def test_is_refused_where_message_patient_or_disk_is_full(
        self, the_clinic: Clinic, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        alice = the_clinic.actor("alice")
        added(the_clinic, alice)
        monkeypatch.setattr(adding, "TOGETHER", 1)
        with pytest.raises(attachments.TooManyTogether):
            added(the_clinic, alice)
        monkeypatch.undo()
        for name, most in (("MOST_FILES", 1), ("MOST_BYTES", 2 * len(WORDS) - 1)):
            monkeypatch.setattr(adding, name, most)
            with pytest.raises(attachments.QuotaFull):
                added(the_clinic, alice)
            monkeypatch.undo()
        monkeypatch.setattr(adding, "LEAST_FREE", 1 << 60)
        with pytest.raises(DiskFull):
            added(the_clinic, alice)
        monkeypatch.undo()
        added(the_clinic, alice)

    def test_ends_after_more_in_an_hour_than_anybody_sends(self, small_clinic: Clinic) -> None:
        alice = small_clinic.actor("alice")
        where: dict[str, Any] = {"whose": small_clinic.patients["alice"].id, "place": NEW}
        with small_clinic.base.transaction() as db:
            for _ in range(adding.HOURLY):
                attachments.admit(db, alice, size=1, now=NOW, **where)
            with pytest.raises(attachments.TooManyFiles):
                attachments.admit(db, alice, size=1, now=NOW, **where)
            attachments.admit(db, alice, size=1, now=NOW + timedelta(hours=1), **where)

    def test_of_two_that_fit_alone_one_stays_out(
        self, the_clinic: Clinic, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        alice = the_clinic.actor("alice")
        added(the_clinic, alice)
        monkeypatch.setattr(adding, "MOST_FILES", 3)

        def add(_: int) -> bool:
            try:
                return bool(added(the_clinic, alice))
            except attachments.QuotaFull:
                return False

        with ThreadPoolExecutor(8) as crowd:
            assert sum(crowd.map(add, range(8))) == 2


class TestShelf:
    def test_holds_nothing_in_clear_and_opens_for_its_own_id_and_patient_alone(
        self, small_clinic: Clinic
    ) -> None:
        """UP-03, KEY-03: a file in another's place does not open, nor one that was changed."""
        alice, here = small_clinic.actor("alice"), shelf.of(small_clinic.base.info)
        one, other = (added(small_clinic, alice) for _ in range(2))
        closed = here.path(one).read_bytes()
        assert WORDS not in closed
        assert here.path(one).stat().st_mode & 0o077 == 0
        assert here.folder.stat().st_mode & 0o077 == 0
        shutil.copy(here.path(one), here.path(other))
        with pytest.raises(Damaged):
            read(small_clinic, alice, other)
        with pytest.raises(Damaged):
            shelf.take(here, one, small_clinic.patients["charlie"].id)
        here.path(one).write_bytes(closed[:-1] + bytes([closed[-1] ^ 1]))
        with pytest.raises(Damaged):
            read(small_clinic, alice, one)

    def test_is_swept_of_what_no_row_knows_and_of_what_broke_off(
        self, small_clinic: Clinic
    ) -> None:
        alice, base = small_clinic.actor("alice"), small_clinic.base
        kept, here = added(small_clinic, alice), shelf.of(base.info)
        shelf.put(here, "nobodys", "nobody", b"x")
        (here.folder / shelf.PASSING / "half").write_bytes(b"x")
        assert attachments.sweep(base) == 0
        old = time.time() - 2 * 3600
        for path in (here.path("nobodys"), here.folder / shelf.PASSING / "half", here.path(kept)):
            os.utime(path, (old, old))
        assert attachments.sweep(base) == 2
        assert lying(base) == {kept}
        shelf.put(here, "nobodys", "nobody", b"x")
        assert attachments.sweep(base, is_start=True) == 1
        assert lying(base) == {kept}

    def test_comes_back_with_a_copy_of_the_folder(
        self, small_clinic: Clinic, tmp_path: Path
    ) -> None:
        alice, base = small_clinic.actor("alice"), small_clinic.base
        file_id = added(small_clinic, alice)
        begun(small_clinic, alice)
        base.close()
        copy = tmp_path / "restored"
        shutil.copytree(base.path.parent, copy, ignore=shutil.ignore_patterns("restored"))
        again = Database(copy, bases.KEY)
        assert attachments.missing(again) == (1, 0)
        assert read(small_clinic.on(again), alice, file_id) == WORDS
        shelf.of(again.info).path(file_id).write_bytes(b"short")
        assert attachments.missing(again) == (1, 1)
        again.close()
