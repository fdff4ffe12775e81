"""Forms: asked by letter, filled in once, changed in the open, hidden from strangers."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlmodel import col

from portal import live
from portal.errors import Invalid, NotAllowed, NotFound
from portal.models.audit import AuditEvent
from portal.models.forms import (
    Questionnaire,
    QuestionnaireResponse,
    ResponseDraft,
    ResponseVersion,
)
from portal.models.messages import Communication, Thread
from portal.models.pools import ThreadDesk
from portal.security.permissions import OnlyToRead
from portal.services import forms, home, inbox, messages
from portal.services.messages import links
from tests.support.clinic import NOW, Clinic
from tests.support.forms import (
    GIVEN,
    ask,
    asked,
    asked_in,
    keep,
    made,
    send,
    send_link,
    talk,
)


def one(at: Clinic, form: str, who: str = "alice", helping: str = "", **more: Any) -> Any:
    given = {"response_id": form, "tab": "tab"} | more
    return ask(at, who, forms.one, helping, **given)


def values(view: Any) -> dict[str, str]:
    return {item.id: item.value for item in view.questions if item.value}


def traced(at: Clinic) -> list[tuple[str, str, str]]:
    with at.base.reading() as db:
        query = select(AuditEvent).where(col(AuditEvent.category) == "forms")
        rows = db.scalars(query.order_by(col(AuditEvent.seq)))
        return [(row.action, row.actor_name, row.entity) for row in rows]


class TestAsked:
    def test_with_the_letter_that_links_to_it_and_once(self, the_clinic: Clinic) -> None:
        thread, form = talk(the_clinic), made(the_clinic)
        letters = {send_link(the_clinic, "frank", thread, form.id) for _time in range(2)}
        (found,) = asked_in(the_clinic, thread)
        with the_clinic.base.reading() as db:
            (letter,) = letters
            body = db.get_one(Communication, letter).body
            row = db.get_one(QuestionnaireResponse, found)
        assert [(link.href, link.said) for link in links.of(body)] == [
            (f"/forms/{found}", "Fill in the form")
        ]
        assert (row.patient_id, row.message_id, row.status, row.asked_by) == (
            the_clinic.patients["alice"].id,
            letter,
            "in-progress",
            "Frank Fox",
        )
        assert traced(the_clinic) == [("C", "Frank Fox", f"QuestionnaireResponse/{found}")]

    def test_as_link_of_the_reply_and_not_before_it_is_sent(self, small_clinic: Clinic) -> None:
        thread, form = talk(small_clinic), made(small_clinic)
        rows = ask(small_clinic, "frank", inbox.offered, thread_id=thread.id)
        assert f"form:{form.id}" in {row.id for row in rows if row.is_link}
        given = {"thread_id": thread.id, "client_key": "k"}
        ask(small_clinic, "frank", inbox.put_in, ready_id=f"form:{form.id}", **given)
        assert asked_in(small_clinic, thread) == []

    def test_by_the_first_letter_of_a_conversation_too(self, small_clinic: Clinic) -> None:
        form = made(small_clinic)
        body = f"See {links.address(f'/forms/{form.id}')}"
        given = {"subject": "A form", "topic": "form", "body": body, "client_key": "k"}
        whose = small_clinic.patients["alice"].id
        sent = ask(small_clinic, "frank", messages.start, patient_id=whose, **given)
        with small_clinic.base.reading() as db:
            assert len(asked_in(small_clinic, db.get_one(Thread, sent.thread_id))) == 1

    def test_in_its_newest_version_and_not_again_while_it_waits(self, small_clinic: Clinic) -> None:
        thread = talk(small_clinic)
        old = made(small_clinic, "retired")
        new = made(small_clinic, form_id=old.form_id, version=2)
        send_link(small_clinic, "frank", thread, old.id)
        send_link(small_clinic, "frank", thread, new.id, key="second")
        (found,) = asked_in(small_clinic, thread)
        with small_clinic.base.reading() as db:
            assert db.get_one(QuestionnaireResponse, found).questionnaire_id == new.id
            bodies = db.scalars(select(col(Communication.body)))
            assert all(f"/forms/{found}" in body for body in bodies)

    def test_of_nobody_once_retired_nor_while_it_is_written(self, small_clinic: Clinic) -> None:
        thread = talk(small_clinic)
        for status in ("retired", "draft"):
            form = made(small_clinic, status)
            with pytest.raises(messages.FormRetired):
                send_link(small_clinic, "frank", thread, form.id)
            with pytest.raises(NotFound):
                given = {"thread_id": thread.id, "client_key": "k"}
                ask(small_clinic, "frank", inbox.put_in, ready_id=f"form:{form.id}", **given)
        many = " ".join(links.address(f"/forms/{made(small_clinic).id}") for _form in range(6))
        with pytest.raises(messages.TooManyForms):
            given = {"thread_id": thread.id, "client_key": "k", "seen": ""}
            ask(small_clinic, "frank", inbox.answer, body=many, **given)
        assert asked_in(small_clinic, thread) == []

    def test_by_no_patient_and_not_by_the_privacy_officer(self, small_clinic: Clinic) -> None:
        form, thread = made(small_clinic), talk(small_clinic)
        private = talk(small_clinic, topic="privacy")
        body = links.address(f"/forms/{form.id}")
        given = {"thread_id": thread.id, "body": body, "client_key": "mine"}
        ask(small_clinic, "alice", messages.reply, **given)
        send_link(small_clinic, "otto", private, form.id)
        assert asked_in(small_clinic, thread) == asked_in(small_clinic, private) == []
        rows = ask(small_clinic, "otto", inbox.offered, thread_id=private.id)
        assert not any(row.id.startswith("form:") for row in rows)


class TestShown:
    def test_to_whom_it_was_asked_and_hidden_from_strangers(self, the_clinic: Clinic) -> None:
        form = asked(the_clinic)
        view = one(the_clinic, form)
        assert (view.title, view.asked) == (
            "Before your visit",
            "Frank Fox asked you on 3 Mar 2026",
        )
        assert [item.id for item in view.questions if item.required] == ["reason"]
        listed = ask(the_clinic, "alice", forms.view)
        assert [row.href for row in listed.to_fill] == [f"/forms/{form}"]
        assert listed.sent == []
        for who in ("charlie", "mia", "dana", "frank"):
            with pytest.raises(NotFound):
                one(the_clinic, form, who)
        assert ask(the_clinic, "charlie", forms.view).to_fill == []

    def test_stands_on_home_until_it_is_sent(self, small_clinic: Clinic) -> None:
        form = asked(small_clinic)
        rows = ask(small_clinic, "alice", home.view).waiting
        assert ("A form to fill in: Before your visit", f"/forms/{form}") in {
            (row.title, row.href) for row in rows
        }
        send(small_clinic, form)
        assert not any(row.kind == "form" for row in ask(small_clinic, "alice", home.view).waiting)

    def test_is_the_answer_that_its_letter_waits_for(self, small_clinic: Clinic) -> None:
        """Home asks for one thing once; a later letter may ask for something else."""
        talk_id = thread_of(small_clinic, asked(small_clinic))
        ask(small_clinic, "alice", messages.mark_read, thread_id=talk_id)
        mine = update(Thread).where(col(Thread.id) == talk_id)
        for later, kinds in ((timedelta(), ["form"]), (timedelta(hours=1), ["form", "answer"])):
            with small_clinic.base.transaction() as db:
                db.execute(mine.values(waiting_for="patient", last_at=NOW + later))
            rows = ask(small_clinic, "alice", home.view).waiting
            assert [row.kind for row in rows] == kinds

    def test_to_a_helper_by_scope_and_never_what_is_confidential(self, the_clinic: Clinic) -> None:
        form = asked(the_clinic)
        kept = asked(the_clinic, confidential=True)
        reads, acts = {"held": "messages:read"}, {"held": "messages:act"}
        view = one(the_clinic, form, "bob", "alice", **reads)
        assert (view.may_write, view.about) == (False, "Alice Ash")
        assert ask(the_clinic, "bob", home.view, "alice", **reads).waiting == []
        with pytest.raises(OnlyToRead):
            send(the_clinic, form, "bob", "alice", **reads)
        for held in (reads, acts):
            listed = ask(the_clinic, "bob", forms.view, "alice", **held)
            assert [row.id for row in listed.to_fill] == [form]
            with pytest.raises(NotFound):
                one(the_clinic, kept, "bob", "alice", **held)
        for held in ("results:act", "notes:act", "profile:act"):
            with pytest.raises(NotFound):
                one(the_clinic, form, "bob", "alice", held=held)
            with pytest.raises(NotAllowed):
                ask(the_clinic, "bob", forms.view, "alice", held=held)
        send(the_clinic, form, "bob", "alice", **acts)
        (sent,) = one(the_clinic, form).sent
        assert sent.said == "Sent on 3 Mar 2026, 9:00 am, by Bob Ash for Alice Ash"
        assert len(ask(the_clinic, "alice", forms.view).to_fill) == 1


class TestKept:
    def test_as_it_is_written_and_for_its_writer_alone(self, the_clinic: Clinic) -> None:
        form = asked(the_clinic)
        before = traced(the_clinic)
        assert keep(the_clinic, form, "reason", "A sore") == "Saved as a draft at 9:00 am"
        keep(the_clinic, form, "reason", "A sore knee")
        keep(the_clinic, form, "since", "2026")
        assert traced(the_clinic) == before
        begun = {"reason": "A sore knee", "since": "2026"}
        assert values(one(the_clinic, form, tab="another")) == begun
        helping = one(the_clinic, form, "bob", "alice")
        assert (values(helping), helping.is_begun) == ({}, False)
        assert (
            ask(the_clinic, "frank", forms.in_thread, thread_id=thread_of(the_clinic, form)) == []
        )

    def test_never_over_what_another_device_wrote_unseen(self, the_clinic: Clinic) -> None:
        form = asked(the_clinic)
        keep(the_clinic, form, "reason", "Knee", tab="phone")
        # To another question it may write at once.
        keep(the_clinic, form, "story", "Long ago", tab="desk", seen=0)
        with pytest.raises(forms.ChangedElsewhere, match="On another device you answered: “Knee”"):
            keep(the_clinic, form, "reason", "Foot", tab="desk", seen=0)
        with pytest.raises(forms.ChangedElsewhere):
            send(the_clinic, form, answers={"reason": "Foot"}, tab="desk", seen=0)
        assert values(one(the_clinic, form)) == {"reason": "Knee", "story": "Long ago"}
        seen = one(the_clinic, form, tab="desk").edition
        keep(the_clinic, form, "reason", "Foot", tab="desk", seen=seen)
        assert values(one(the_clinic, form))["reason"] == "Foot"

    def test_shows_a_tab_anew_what_another_one_wrote(self, small_clinic: Clinic) -> None:
        form = asked(small_clinic)
        keep(small_clinic, form, "reason", "Knee", tab="phone")
        turns = {item.id: item.turn for item in one(small_clinic, form, tab="desk").questions}
        assert {name for name, turn in turns.items() if turn} == {"reason"}
        assert not any(item.turn for item in one(small_clinic, form, tab="phone").questions)
        assert not any(item.turn for item in one(small_clinic, form, tab="desk", seen=1).questions)

    @pytest.mark.parametrize(
        ("link_id", "words", "refusal"),
        [
            ("nowhere", "x", NotFound),
            ("hello", "x", NotFound),
            ("side", "Up", forms.NotAnAnswer),
            ("smokes", "maybe", forms.NotAnAnswer),
            ("reason", "x" * 201, forms.NotAnAnswer),
            ("story", "x" * 4001, forms.NotAnAnswer),
        ],
    )
    def test_not_what_never_fits(
        self, small_clinic: Clinic, link_id: str, words: str, refusal: type[Exception]
    ) -> None:
        form = asked(small_clinic)
        with pytest.raises(refusal):
            keep(small_clinic, form, link_id, words)
        assert count(small_clinic, ResponseDraft) == 0

    def test_no_more_by_the_last_stroke_after_it_was_sent(self, small_clinic: Clinic) -> None:
        form = asked(small_clinic)
        keep(small_clinic, form, "reason", "A sore kne")
        send(small_clinic, form)
        assert keep(small_clinic, form, "reason", "A sore knee") == ""
        assert count(small_clinic, ResponseDraft) == 0
        with pytest.raises(forms.SentMeanwhile, match="Alice Ash has sent this form meanwhile"):
            keep(small_clinic, form, "reason", "A foot", tab="desk")
        keep(small_clinic, form, "reason", "A foot", number=1)
        assert one(small_clinic, form).is_begun
        ask(small_clinic, "alice", forms.drop, response_id=form)
        assert values(one(small_clinic, form)) == GIVEN


class TestSent:
    def test_stands_with_trace_and_is_the_clinics_turn(self, the_clinic: Clinic) -> None:
        form = asked(the_clinic)
        keep(the_clinic, form, "reason", "A sore knee")
        with the_clinic.base.transaction() as db:
            given: dict[str, Any] = {"number": 0, "seen": 1, "tab": "tab", "now": NOW}
            alice = the_clinic.actor("alice")
            key = {"response_id": form, "client_key": "k"}
            assert forms.send(db, alice, answers=GIVEN, **key, **given) == 1
            assert live.Change("messages", alice.patient_id) in live.pending(db)
        view = one(the_clinic, form)
        assert (values(view), view.number, view.is_begun) == (GIVEN, 1, False)
        said = {item.id: item.said for item in view.sent[0].answers}
        assert said["smokes"] == "No"
        assert said["since"] == "1 Feb 2026"
        assert said["story"] == ""
        with the_clinic.base.reading() as db:
            row = db.get_one(QuestionnaireResponse, form)
            assert (row.status, row.sent_at) == ("completed", NOW)
            thread = db.get_one(Thread, row.thread_id)
            assert (thread.waiting_for, thread.last_at) == ("clinic", NOW)
            assert thread.due_at
            assert thread.due_at > NOW
        entity = f"QuestionnaireResponse/{form}"
        assert traced(the_clinic)[1] == ("C", "Alice Ash", entity)
        assert ask(the_clinic, "alice", forms.view).to_fill == []

    def test_says_all_that_is_missing_or_wrong(self, small_clinic: Clinic) -> None:
        form = asked(small_clinic)
        wrong = {"reason": " ", "since": "2026-02-30", "how-often": "often", "side": "Up"}
        with pytest.raises(forms.Incomplete) as refused:
            send(small_clinic, form, answers=wrong)
        assert refused.value.problems == {
            "reason": "Answer this question. We need it.",
            "since": "Enter a day, for example 27 March 1985.",
            "how-often": "Enter a whole number, for example 12.",
            "side": "Choose one of the answers.",
        }
        with pytest.raises(NotFound):
            send(small_clinic, form, answers=GIVEN | {"other": "x"})
        with pytest.raises(Invalid):
            send(small_clinic, form, client_key="")
        assert count(small_clinic, ResponseVersion) == 0

    def test_once_whatever_the_connection_does(self, the_clinic: Clinic) -> None:
        form = asked(the_clinic)

        def again(_at: int) -> int:
            return send(the_clinic, form)

        with ThreadPoolExecutor(8) as crowd:
            assert set(crowd.map(again, range(16))) == {1}
        assert count(the_clinic, ResponseVersion) == 1

    def test_by_one_of_two_who_send_at_once(self, the_clinic: Clinic) -> None:
        form = asked(the_clinic)
        send(the_clinic, form, "bob", "alice", answers={"reason": "Knee"}, tab="his")
        with pytest.raises(forms.SentMeanwhile, match="Bob Ash for Alice Ash has sent"):
            send(the_clinic, form, answers={"reason": "Foot"}, tab="hers")
        assert values(one(the_clinic, form)) == {"reason": "Knee"}

    def test_is_changed_by_sending_again_and_the_older_one_stands(self, the_clinic: Clinic) -> None:
        form = asked(the_clinic)
        send(the_clinic, form)
        with pytest.raises(forms.NothingChanged):
            send(the_clinic, form, number=1)
        later = NOW + timedelta(hours=2)
        send(the_clinic, form, number=1, answers=GIVEN | {"side": "Both"}, now=later)
        new, old = one(the_clinic, form).sent
        assert [new.number, old.number] == [2, 1]
        assert {item.id: item.value for item in old.answers if item.value} == GIVEN
        with the_clinic.base.reading() as db:
            assert db.get_one(QuestionnaireResponse, form).status == "amended"
        assert traced(the_clinic)[-2][0] == "U"

    def test_also_after_the_form_was_retired(self, small_clinic: Clinic) -> None:
        form = asked(small_clinic)
        with small_clinic.base.transaction() as db:
            db.connection().execute(update(Questionnaire).values(status="retired"))
        assert send(small_clinic, form) == 1

    def test_not_more_often_than_anybody_reads(self, small_clinic: Clinic) -> None:
        form = asked(small_clinic)
        with small_clinic.base.transaction() as db:
            often = update(QuestionnaireResponse).values(number=50, status="amended")
            db.connection().execute(often)
        with pytest.raises(forms.TooManyVersions):
            send(small_clinic, form, number=50)

    def test_marks_what_can_mean_an_emergency(self, small_clinic: Clinic) -> None:
        form = asked(small_clinic)
        send(small_clinic, form, answers=GIVEN | {"story": "I have chest pain"})
        with small_clinic.base.reading() as db:
            urgent = db.get_one(ThreadDesk, thread_of(small_clinic, form))
            assert urgent.is_urgent

    def test_by_nobody_else(self, small_clinic: Clinic) -> None:
        form = asked(small_clinic)
        for who in ("charlie", "dana", "frank"):
            with pytest.raises(NotFound):
                send(small_clinic, form, who)
            with pytest.raises(NotFound):
                keep(small_clinic, form, "reason", "x", who)
            with pytest.raises(NotFound):
                ask(small_clinic, who, forms.drop, response_id=form)


class TestReadByTheClinic:
    def test_in_the_conversation_by_whoever_treats(self, the_clinic: Clinic) -> None:
        form = asked(the_clinic)
        send(the_clinic, form)
        send(the_clinic, form, number=1, answers=GIVEN | {"side": "Both"})
        line: dict[str, Any] = {"thread_id": thread_of(the_clinic, form), "by_itself": True}
        talk = ask(the_clinic, "dana", inbox.read, **line).talk
        assert [(row.name, row.href) for row in talk.lines if row.icon == "form"] == [
            ("Alice Ash filled in the form “Before your visit”", f"/staff/forms/{form}"),
            ("Alice Ash changed the form “Before your visit”", f"/staff/forms/{form}"),
        ]
        seen = ask(the_clinic, "dana", forms.read, response_id=form)
        assert (seen.patient_name, seen.words) == ("Alice Ash", "Sent, changed since")
        assert [row.number for row in seen.sent] == [2, 1]
        assert traced(the_clinic)[-1] == ("R", "Dana Diaz", f"QuestionnaireResponse/{form}")

    def test_the_front_desk_sees_that_it_came_and_not_what_it_says(
        self, the_clinic: Clinic
    ) -> None:
        form = asked(the_clinic)
        send(the_clinic, form)
        line: dict[str, Any] = {"thread_id": thread_of(the_clinic, form), "by_itself": True}
        talk = ask(the_clinic, "frank", inbox.read, **line).talk
        assert [(row.name, row.href) for row in talk.lines if row.icon == "form"] == [
            ("Alice Ash filled in the form “Before your visit”", "")
        ]
        for who in ("frank", "erin", "nora", "ada", "max", "bill", "charlie", "mia"):
            with pytest.raises(NotFound):
                ask(the_clinic, who, forms.read, response_id=form)

    def test_on_the_chart_by_whoever_opens_the_record(self, the_clinic: Clinic) -> None:
        form = asked(the_clinic)
        whose = {"patient_id": the_clinic.patients["alice"].id}
        (row,) = ask(the_clinic, "dana", forms.of_patient, **whose)
        assert (row.title, row.words) == ("Before your visit", "Not filled in yet")
        send(the_clinic, form)
        (row,) = ask(the_clinic, "dana", forms.of_patient, **whose)
        assert (row.words, row.href) == ("Sent", f"/staff/forms/{form}")
        with pytest.raises(NotAllowed):
            ask(the_clinic, "frank", forms.of_patient, **whose)
        with pytest.raises(NotFound):
            ask(the_clinic, "erin", forms.of_patient, **whose)


def thread_of(at: Clinic, form: str) -> str:
    with at.base.reading() as db:
        return db.get_one(QuestionnaireResponse, form).thread_id


def count(at: Clinic, table: Any) -> int:
    with at.base.reading() as db:
        return db.execute(select(func.count()).select_from(table)).scalar_one()
