"""Messages: sending once, reading everywhere, hidden from strangers."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import Session, col

from portal import live
from portal.errors import Invalid, NotAllowed, NotFound
from portal.models.audit import AuditEvent, OutboxNotice
from portal.models.messages import BODY_MAX, Communication, Draft, Thread
from portal.models.people import ReadMark
from portal.models.pools import ThreadDesk, ThreadEvent
from portal.security.actor import Actor
from portal.services import frame, messages, policy_desk
from tests.support import clinic
from tests.support.clinic import NOW, Clinic

ASK: dict[str, Any] = {"subject": "New tablets", "topic": "medicine", "body": "May I?"}


def begin(db: Session, actor: Actor, key: str = "k1", **changes: Any) -> messages.Sent:
    values: dict[str, Any] = {**ASK, "client_key": key, "now": NOW, **changes}
    return messages.start(db, actor, **values)


def reply(db: Session, actor: Actor, thread_id: str, body: str) -> None:
    messages.reply(db, actor, thread_id=thread_id, body=body, client_key=body[:20], now=NOW)


def urgent(db: Session) -> list[str]:
    wanted = select(col(ThreadDesk.thread_id)).where(col(ThreadDesk.is_urgent).is_(True))
    return list(db.scalars(wanted).all())


def count(db: Session, table: Any, *where: Any) -> int:
    return db.execute(select(func.count()).select_from(table).where(*where)).scalar_one()


class TestStart:
    def test_stands_with_trace_and_waits_for_the_clinic(self, the_clinic: Clinic) -> None:
        alice = the_clinic.actor("alice")
        with the_clinic.base.transaction() as db:
            sent = begin(db, alice)
        with the_clinic.base.transaction() as db:
            thread = db.get_one(Thread, sent.thread_id)
            assert (thread.waiting_for, thread.due_at) == ("clinic", sent.due_at)
            assert db.get_one(Communication, sent.message_id).body == "May I?"
            trace = db.scalars(select(AuditEvent).order_by(col(AuditEvent.seq).desc())).first()
            assert trace is not None
            assert (trace.action, trace.category, trace.entity, trace.patient_id) == (
                "C",
                "messages",
                sent.message_id,
                alice.patient_id,
            )

    def test_tells_the_patients_pages_and_the_staff(self, small_clinic: Clinic) -> None:
        alice = small_clinic.actor("alice")
        with small_clinic.base.transaction() as db:
            begin(db, alice)
            assert live.pending(db) == (live.Change("messages", alice.patient_id),)

    def test_names_the_helper_and_the_patient(self, the_clinic: Clinic) -> None:
        with the_clinic.base.transaction() as db:
            sent = begin(db, the_clinic.actor("bob", helping="alice"))
            assert db.get_one(Communication, sent.message_id).sender_name == "Bob Ash for Alice Ash"
            # Alice is told that somebody wrote for her.
            assert count(db, OutboxNotice, col(OutboxNotice.record_id) == sent.message_id) == 1

    def test_refuses_a_blank_message_and_a_blank_subject(self, small_clinic: Clinic) -> None:
        alice = small_clinic.actor("alice")
        with small_clinic.base.transaction() as db:
            with pytest.raises(messages.Blank, match="Write your message"):
                begin(db, alice, body=" \n ")
            with pytest.raises(messages.Blank, match="few words"):
                begin(db, alice, subject="  ")

    def test_refuses_what_does_not_fit(self, small_clinic: Clinic) -> None:
        with small_clinic.base.transaction() as db, pytest.raises(messages.TooLong):
            begin(db, small_clinic.actor("alice"), body="x" * (BODY_MAX + 1))

    def test_refuses_a_topic_that_is_none(self, small_clinic: Clinic) -> None:
        with small_clinic.base.transaction() as db, pytest.raises(Invalid):
            begin(db, small_clinic.actor("alice"), topic="gossip")

    def test_the_front_desk_writes_about_bills_but_not_about_health(
        self, the_clinic: Clinic
    ) -> None:
        frank, whose = the_clinic.actor("frank"), the_clinic.patients["alice"].id
        with the_clinic.base.transaction() as db:
            assert begin(db, frank, topic="bill", patient_id=whose).thread_id
            with pytest.raises(NotAllowed):
                begin(db, frank, "k2", topic="health", patient_id=whose)

    def test_a_stranger_cannot_write_into_another_record(self, the_clinic: Clinic) -> None:
        whose = the_clinic.patients["alice"].id
        with the_clinic.base.transaction() as db, pytest.raises(NotFound):
            begin(db, the_clinic.actor("charlie"), patient_id=whose)

    def test_is_refused_after_more_in_an_hour_than_anybody_writes(
        self, small_clinic: Clinic
    ) -> None:
        """MSG-05."""
        alice = small_clinic.actor("alice")
        with small_clinic.base.transaction() as db:
            for number in range(60):
                begin(db, alice, f"key {number}")
            with pytest.raises(messages.TooManyMessages):
                begin(db, alice, "one more")
            assert begin(db, alice, "later", now=NOW + timedelta(hours=2))


class TestSendOnce:
    def test_the_same_key_gives_the_same_message(self, the_clinic: Clinic) -> None:
        alice = the_clinic.actor("alice")
        with the_clinic.base.transaction() as db:
            first = begin(db, alice)
        with the_clinic.base.transaction() as db:
            again = begin(db, alice, now=NOW + timedelta(minutes=1))
            assert (again.message_id, again.thread_id) == (first.message_id, first.thread_id)
            assert count(db, Thread) == count(db, Communication) == 1

    def test_two_people_may_have_the_same_key(self, the_clinic: Clinic) -> None:
        with the_clinic.base.transaction() as db:
            first = begin(db, the_clinic.actor("alice"))
            second = begin(db, the_clinic.actor("charlie"))
            assert first.message_id != second.message_id

    def test_fifty_new_conversations_at_once_are_one(self, the_clinic: Clinic) -> None:
        alice = the_clinic.actor("alice")

        def send(_: int) -> str:
            with the_clinic.base.transaction() as db:
                return begin(db, alice).message_id

        with ThreadPoolExecutor(50) as crowd:
            assert len(set(crowd.map(send, range(50)))) == 1
        with the_clinic.base.transaction() as db:
            assert count(db, Thread) == count(db, Communication) == 1
            assert count(db, AuditEvent, col(AuditEvent.category) == "messages") == 1

    def test_fifty_replies_at_once_are_one(self, the_clinic: Clinic) -> None:
        thread = clinic.thread(the_clinic)
        the_clinic.add(thread)
        dana = the_clinic.actor("dana")

        def send(_: int) -> str:
            with the_clinic.base.transaction() as db:
                return messages.reply(
                    db, dana, thread_id=thread.id, body="Yes.", client_key="k", now=NOW
                ).message_id

        with ThreadPoolExecutor(50) as crowd:
            assert len(set(crowd.map(send, range(50)))) == 1
        with the_clinic.base.transaction() as db:
            assert count(db, Communication) == count(db, OutboxNotice) == 1


class TestReply:
    def test_the_clinics_answer_ends_the_promise_and_writes_a_notice(
        self, the_clinic: Clinic
    ) -> None:
        with the_clinic.base.transaction() as db:
            asked = begin(db, the_clinic.actor("alice"))
            answer = messages.reply(
                db,
                the_clinic.actor("dana"),
                thread_id=asked.thread_id,
                body="Yes, with breakfast.",
                client_key="a",
                now=NOW,
            )
            db.expire_all()
            thread = db.get_one(Thread, asked.thread_id)
            assert (thread.waiting_for, thread.due_at) == ("patient", None)
            notice = db.scalars(select(OutboxNotice)).one()
            assert (notice.kind, notice.record_id) == ("message", answer.message_id)
            assert db.get_one(Communication, answer.message_id).sender_name == "Dr Dana Diaz"

    def test_another_question_does_not_push_the_promise_out(self, the_clinic: Clinic) -> None:
        alice = the_clinic.actor("alice")
        with the_clinic.base.transaction() as db:
            asked = begin(db, alice)
            again = messages.reply(
                db,
                alice,
                thread_id=asked.thread_id,
                body="Also…",
                client_key="b",
                now=NOW + timedelta(days=1),
            )
            assert again.due_at == asked.due_at

    def test_is_hidden_from_a_stranger_and_from_the_desk(self, the_clinic: Clinic) -> None:
        thread = clinic.thread(the_clinic)
        the_clinic.add(thread)
        with the_clinic.base.transaction() as db:
            for name in ("charlie", "frank", "ada", "bill", "otto", "mia"):
                with pytest.raises(NotFound):
                    messages.reply(
                        db,
                        the_clinic.actor(name),
                        thread_id=thread.id,
                        body="x",
                        client_key="c",
                        now=NOW,
                    )
            assert count(db, Communication) == 0


class TestRead:
    def test_opening_marks_read_everywhere_and_for_oneself_alone(self, the_clinic: Clinic) -> None:
        thread = clinic.thread(the_clinic)
        the_clinic.add(thread)
        the_clinic.add(clinic.message(thread))
        alice, bob = the_clinic.actor("alice"), the_clinic.actor("bob", helping="alice")
        with the_clinic.base.transaction() as db:
            assert frame.unread_messages(db, alice) == 1
            seen = messages.open_thread(db, alice, thread_id=thread.id, now=NOW)
            assert [(letter.is_new, letter.opens_new) for letter in seen.letters] == [(True, True)]
            assert live.pending(db)
        with the_clinic.base.transaction() as db:
            assert frame.unread_messages(db, alice) == 0
            assert frame.unread_messages(db, bob) == 1
            again = messages.open_thread(db, alice, thread_id=thread.id, now=NOW)
            assert not again.unread
            assert not live.pending(db)

    def test_two_devices_opening_at_once_leave_one_mark(self, the_clinic: Clinic) -> None:
        thread = clinic.thread(the_clinic)
        the_clinic.add(thread)
        the_clinic.add(*(clinic.message(thread, client_key=f"{n}") for n in range(5)))
        alice = the_clinic.actor("alice")

        def read(_: int) -> int:
            with the_clinic.base.transaction() as db:
                return messages.mark_read(db, alice, thread_id=thread.id, now=NOW)

        with ThreadPoolExecutor(8) as devices:
            assert sum(devices.map(read, range(8))) == 5
        with the_clinic.base.transaction() as db:
            assert count(db, ReadMark) == 5

    def test_a_glance_marks_nothing(self, the_clinic: Clinic) -> None:
        thread = clinic.thread(the_clinic)
        the_clinic.add(thread)
        the_clinic.add(clinic.message(thread))
        with the_clinic.base.transaction() as db:
            messages.view(db, the_clinic.actor("alice"), thread_id=thread.id, now=NOW)
            assert count(db, ReadMark) == 0

    def test_view_is_hidden_from_a_stranger(self, the_clinic: Clinic) -> None:
        thread = clinic.thread(the_clinic)
        the_clinic.add(thread)
        with the_clinic.base.transaction() as db:
            for name in ("charlie", "frank", "ada"):
                actor = the_clinic.actor(name)
                for verb in (messages.view, messages.open_thread, messages.mark_read):
                    with pytest.raises(NotFound):
                        verb(db, actor, thread_id=thread.id, now=NOW)

    def test_says_what_was_promised_before_and_after(self, the_clinic: Clinic) -> None:
        alice = the_clinic.actor("alice")
        with the_clinic.base.transaction() as db:
            asked = begin(db, alice)
            seen = messages.view(db, alice, thread_id=asked.thread_id, now=NOW)
            assert seen.promised == seen.answer_by
            assert seen.promised.startswith("Thursday 5 March, 5:00")
            late = messages.view(db, alice, thread_id=asked.thread_id, now=NOW + timedelta(days=5))
            assert late.is_overdue

    def test_says_what_it_may_cost_only_where_it_may(self, small_clinic: Clinic) -> None:
        alice = small_clinic.actor("alice")
        with small_clinic.base.transaction() as db:
            about = {topic: begin(db, alice, topic, topic=topic) for topic in ("health", "bill")}
            assert messages.compose(db, alice, key="tab", now=NOW).fee == ""
            max_ = small_clinic.actor("max")
            policy_desk.put(db, max_, key="message_fee", value=" $ 25 ", before="", now=NOW)
            assert messages.compose(db, alice, key="tab", now=NOW).fee == "$ 25"
            fees = {
                topic: messages.view(db, alice, thread_id=sent.thread_id, now=NOW).fee
                for topic, sent in about.items()
            }
        assert fees == {"health": "$ 25", "bill": ""}

    def test_words_of_an_emergency_are_urgent_whoever_sends_them_past_the_page(
        self, the_clinic: Clinic
    ) -> None:
        alice, bob = the_clinic.actor("alice"), the_clinic.actor("bob", helping="alice")
        with the_clinic.base.transaction() as db:
            calm = begin(db, alice, "k1").thread_id
            loud = begin(db, bob, "k2", subject="Chest pain").thread_id
            reply(db, alice, calm, "It is better, thank you.")
            assert urgent(db) == [loud]
            reply(db, alice, calm, "Now I can’t breathe.")
            assert sorted(urgent(db)) == sorted([loud, calm])
            events = db.scalars(select(ThreadEvent)).all()
            assert {(one.kind, one.by_id) for one in events} == {("escalated", None)}
            dana = the_clinic.actor("dana")
            reply(db, dana, calm, "Call 911 now: chest pain must be seen at once.")
            assert urgent(db) == [loud]

    def test_names_on_paper_whose_it_is(self, small_clinic: Clinic) -> None:
        alice = small_clinic.actor("alice")
        with small_clinic.base.transaction() as db:
            seen = messages.view(db, alice, thread_id=begin(db, alice).thread_id, now=NOW)
        assert (seen.patient_name, seen.born[:5]) == ("Alice Ash", "Born ")

    def test_long_conversations_show_their_end_first(self, the_clinic: Clinic) -> None:
        thread = clinic.thread(the_clinic)
        the_clinic.add(thread)
        the_clinic.add(
            *(
                clinic.message(
                    thread, client_key=f"{n}", body=f"No {n}", sent_at=NOW + timedelta(minutes=n)
                )
                for n in range(60)
            )
        )
        with the_clinic.base.transaction() as db:
            dana = the_clinic.actor("dana")
            seen = messages.view(db, dana, thread_id=thread.id, now=NOW + timedelta(days=1))
            assert (len(seen.letters), seen.earlier) == (50, 10)
            assert seen.letters[-1].body == "No 59"
            all_of_it = messages.view(
                db, dana, thread_id=thread.id, now=NOW + timedelta(days=1), shown=100
            )
            assert (len(all_of_it.letters), all_of_it.earlier) == (60, 0)


class TestThreads:
    def test_lists_newest_first_with_what_is_new(self, the_clinic: Clinic) -> None:
        old = clinic.thread(the_clinic, subject="Old", last_at=NOW - timedelta(days=3))
        new = clinic.thread(the_clinic, subject="New")
        other = clinic.thread(the_clinic, "charlie", subject="Not hers")
        the_clinic.add(old, new, other)
        the_clinic.add(*(clinic.message(one) for one in (old, new, other)))
        alice = the_clinic.actor("alice")
        with the_clinic.base.transaction() as db:
            messages.mark_read(db, alice, thread_id=old.id, now=NOW)
            found = messages.threads(db, alice, now=NOW)
        assert [(row.subject, row.unread) for row in found.threads] == [("New", 1), ("Old", 0)]
        assert found.threads[0].snippet == "Yes, you can take it with breakfast."
        assert found.leaf.said == "1 to 2 of 2"

    def test_finds_words_of_subjects_and_messages(self, the_clinic: Clinic) -> None:
        one = clinic.thread(the_clinic, subject="Knee")
        two = clinic.thread(the_clinic, subject="Tablets 100%")
        the_clinic.add(one, two)
        the_clinic.add(clinic.message(one, body="Rest and ICE."), clinic.message(two))
        with the_clinic.base.transaction() as db:
            for query, subjects in (("ice", ["Knee"]), ("0%", ["Tablets 100%"]), ("_", [])):
                found = messages.threads(db, the_clinic.actor("alice"), query=query, now=NOW)
                assert [row.subject for row in found.threads] == subjects

    def test_pages(self, small_clinic: Clinic) -> None:
        small_clinic.add(*(clinic.thread(small_clinic, subject=f"{n}") for n in range(30)))
        alice = small_clinic.actor("alice")
        with small_clinic.base.transaction() as db:
            second = messages.threads(db, alice, page=2, now=NOW)
            assert (len(second.threads), second.leaf.said) == (5, "26 to 30 of 30")
            assert (second.leaf.has_before, second.leaf.has_next) == (True, False)
            with pytest.raises(Invalid):
                messages.threads(db, alice, page=0, now=NOW)

    def test_the_desk_sees_no_health_messages_of_a_patient(self, the_clinic: Clinic) -> None:
        the_clinic.add(
            clinic.thread(the_clinic, subject="Bill", topic="bill"),
            clinic.thread(the_clinic, subject="Rash", topic="health"),
        )
        whose = the_clinic.patients["alice"].id
        with the_clinic.base.transaction() as db:
            for name, subjects in (("frank", {"Bill"}), ("dana", {"Bill", "Rash"})):
                found = messages.threads(db, the_clinic.actor(name), patient_id=whose, now=NOW)
                assert {row.subject for row in found.threads} == subjects
            with pytest.raises(NotFound):
                messages.threads(db, the_clinic.actor("charlie"), patient_id=whose, now=NOW)


class TestDraft:
    def test_waits_on_every_device_until_it_is_sent(self, the_clinic: Clinic) -> None:
        alice = the_clinic.actor("alice")
        with the_clinic.base.transaction() as db:
            phone = messages.compose(db, alice, key="phone", now=NOW)
            said = messages.save_draft(
                db, alice, place="new", client_key=phone.draft.key, subject="S", body="B", now=NOW
            )
            assert said.startswith("Saved as a draft at 9:00")
        with the_clinic.base.transaction() as db:
            desk = messages.compose(db, alice, key="desk", now=NOW).draft
            assert (desk.subject, desk.body) == ("S", "B")
            assert desk.key != phone.draft.key
            begin(db, alice, phone.draft.key)
            assert count(db, Draft) == 0

    def test_keeps_its_key_until_it_is_sent(self, the_clinic: Clinic) -> None:
        alice = the_clinic.actor("alice")
        with the_clinic.base.transaction() as db:
            first = messages.compose(db, alice, key="tab", now=NOW).draft.key
            assert messages.compose(db, alice, key="tab", now=NOW).draft.key == first
            begin(db, alice, first)
            assert messages.compose(db, alice, key="tab", now=NOW).draft.key != first

    def test_a_late_stroke_does_not_bring_back_what_was_sent(self, the_clinic: Clinic) -> None:
        alice = the_clinic.actor("alice")
        with the_clinic.base.transaction() as db:
            begin(db, alice, "k")
            said = messages.save_draft(
                db, alice, place="new", client_key="k", body="May I", now=NOW
            )
            assert not said
            assert count(db, Draft) == 0

    def test_an_emptied_draft_goes(self, the_clinic: Clinic) -> None:
        alice = the_clinic.actor("alice")
        with the_clinic.base.transaction() as db:
            for body in ("Hm", " "):
                messages.save_draft(db, alice, place="new", client_key="k", body=body, now=NOW)
            assert count(db, Draft) == 0

    def test_nobody_else_sees_it(self, the_clinic: Clinic) -> None:
        thread = clinic.thread(the_clinic)
        the_clinic.add(thread)
        with the_clinic.base.transaction() as db:
            messages.save_draft(
                db,
                the_clinic.actor("alice"),
                place=thread.id,
                client_key="k",
                body="Mine",
                now=NOW,
            )
            for name, helping in (("dana", ""), ("bob", "alice")):
                actor = the_clinic.actor(name, helping=helping)
                assert not messages.view(db, actor, thread_id=thread.id, now=NOW).draft.body
            with pytest.raises(NotFound):
                messages.save_draft(
                    db,
                    the_clinic.actor("charlie"),
                    place=thread.id,
                    client_key="k",
                    body="Hers",
                    now=NOW,
                )
