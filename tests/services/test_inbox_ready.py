"""Ready answers and links: kept by managers, filled for one conversation, and sent by a person."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from portal import settings
from portal.errors import NotAllowed, NotFound
from portal.models.audit import AuditEvent
from portal.models.messages import Draft, Thread
from portal.models.people import Organization
from portal.services import inbox, messages
from portal.services.inbox import templates
from portal.services.messages import links
from tests.services.test_inbox import ask, waits
from tests.support.clinic import NOW, Clinic, appointment, report

BODY = "Dear {patient}, your visit is on {next visit}. {me}, {clinic}, {phone}. {link to book}"


def keep(at: Clinic, who: str = "max", **given: Any) -> str:
    asked = {"template_id": "", "title": "Your visit", "body": BODY, "version": 0}
    return ask(at, who, inbox.keep, **(asked | given))


def draft(at: Clinic, who: str, one: Thread) -> str:
    with at.base.reading() as db:
        mine = (col(Draft.user_id) == at.users[who].id, col(Draft.place) == one.id)
        return db.scalars(select(col(Draft.body)).where(*mine)).one_or_none() or ""


def put_in(at: Clinic, who: str, one: Thread, ready_id: str) -> str:
    ask(at, who, inbox.put_in, thread_id=one.id, ready_id=ready_id, client_key=f"of {who}")
    return draft(at, who, one)


def offered(at: Clinic, who: str, one: Thread) -> list[str]:
    return [row.said for row in ask(at, who, inbox.offered, thread_id=one.id)]


class TestKept:
    def test_is_made_changed_and_taken_away_by_a_manager(self, the_clinic: Clinic) -> None:
        kept = keep(the_clinic)
        keep(the_clinic, template_id=kept, title="Your  next visit", version=1)
        (row,) = ask(the_clinic, "ada", inbox.listed)
        assert (row.title, row.body, row.version) == ("Your next visit", BODY, 2)
        ask(the_clinic, "max", inbox.take_away, template_id=kept, version=2)
        assert ask(the_clinic, "max", inbox.listed) == []
        with the_clinic.base.reading() as db:
            acts = select(col(AuditEvent.action)).where(col(AuditEvent.category) == "answers")
            assert list(db.scalars(acts.order_by(col(AuditEvent.seq)))) == ["C", "U", "D"]

    def test_is_never_written_over_by_who_saw_an_older_one(self, the_clinic: Clinic) -> None:
        kept = keep(the_clinic)
        keep(the_clinic, template_id=kept, body="Other words", version=1)
        for act in (
            lambda: keep(the_clinic, template_id=kept, version=1),
            lambda: ask(the_clinic, "max", inbox.take_away, template_id=kept, version=1),
        ):
            with pytest.raises(templates.ChangedMeanwhile):
                act()
        assert ask(the_clinic, "max", inbox.listed)[0].body == "Other words"

    def test_has_a_name_of_its_own_words_and_no_field_that_nobody_fills(
        self, the_clinic: Clinic
    ) -> None:
        keep(the_clinic)
        with pytest.raises(inbox.SameName):
            keep(the_clinic)
        with pytest.raises(templates.Untold):
            keep(the_clinic, title=" ", body="Words")
        with pytest.raises(inbox.UnknownField, match=r"Nobody can fill \{diagnosis\}"):
            keep(the_clinic, title="Other", body="You have {diagnosis}.")
        assert len(ask(the_clinic, "max", inbox.listed)) == 1

    @pytest.mark.parametrize("who", ["alice", "dana", "nora", "frank", "bill", "otto"])
    def test_is_the_managers_and_administrators(self, small_clinic: Clinic, who: str) -> None:
        for act in (
            lambda: keep(small_clinic, who),
            lambda: ask(small_clinic, who, inbox.listed),
            lambda: ask(small_clinic, who, inbox.take_away, template_id="x", version=1),
        ):
            with pytest.raises(NotAllowed):
                act()


class TestPutIn:
    def test_is_filled_and_only_written_into_the_answer(self, the_clinic: Clinic) -> None:
        with the_clinic.base.transaction() as db:
            clinic = db.scalars(select(Organization).where(col(Organization.is_clinic))).one()
            clinic.name, clinic.phone = "Oak Clinic", "555-0100"
        one = waits(the_clinic, topic="appointment")
        the_clinic.add(appointment(the_clinic))
        kept = keep(the_clinic)
        ask(the_clinic, "frank", messages.save_draft, place=one.id, client_key="of frank",
            body="Good morning.")  # fmt: skip
        said = put_in(the_clinic, "frank", one, f"answer:{kept}")
        assert said.startswith("Good morning.\n\nDear Alice Ash, your visit is on ")
        assert said.endswith(
            f"Frank Fox, Oak Clinic, 555-0100. {settings.current().public_url}/appointments/book"
        )
        assert "{" not in said
        assert draft(the_clinic, "max", one) == ""

    def test_with_a_field_that_nobody_could_fill_cannot_be_sent(self, small_clinic: Clinic) -> None:
        one = waits(small_clinic, topic="appointment")
        body = put_in(small_clinic, "frank", one, f"answer:{keep(small_clinic)}")
        assert "{next visit}" in body
        given = {"thread_id": one.id, "client_key": "k", "seen": ""}
        with pytest.raises(inbox.NotFilled, match=r"in the place of \{next visit\} first"):
            ask(small_clinic, "frank", inbox.answer, body=body, **given)
        words = body.replace("{next visit}", "Monday {sic}")
        assert ask(small_clinic, "frank", inbox.answer, body=words, **given)

    def test_names_no_confidential_visit_or_result_where_a_helper_may_read(
        self, small_clinic: Clinic
    ) -> None:
        """AUTHZ-13."""
        secret = report(small_clinic, confidential=True)
        small_clinic.add(secret, appointment(small_clinic, confidential=True))
        kept = keep(small_clinic)
        open_one = waits(small_clinic, topic="health")
        assert "{next visit}" in put_in(small_clinic, "dana", open_one, f"answer:{kept}")
        assert not any("result" in said for said in offered(small_clinic, "dana", open_one))
        with pytest.raises(NotFound):
            put_in(small_clinic, "dana", open_one, f"result:{secret.id}")
        private = waits(small_clinic, topic="health", confidential=True)
        assert "{next visit}" not in put_in(small_clinic, "dana", private, f"answer:{kept}")
        assert put_in(small_clinic, "dana", private, f"result:{secret.id}").endswith(secret.id)

    def test_offers_results_to_those_who_may_see_them_and_leaves_the_trace(
        self, small_clinic: Clinic
    ) -> None:
        mine, others = report(small_clinic), report(small_clinic, "charlie")
        hidden = report(small_clinic, released_at=None, title="Later", plain="")
        small_clinic.add(mine, others, hidden)
        health, bill = waits(small_clinic, topic="health"), waits(small_clinic)
        assert [one for one in offered(small_clinic, "dana", health) if "result" in one] == [
            "Link to the result Kidney and blood salts, 2 Mar 2026"
        ]
        assert not any("result" in one for one in offered(small_clinic, "frank", bill))
        for who, where, what in (
            ("dana", health, others),
            ("dana", health, hidden),
            ("frank", bill, mine),
        ):
            with pytest.raises(NotFound):
                put_in(small_clinic, who, where, f"result:{what.id}")
        with small_clinic.base.reading() as db:
            looks = select(col(AuditEvent.actor_name)).where(col(AuditEvent.category) == "results")
            assert list(db.scalars(looks)) == [small_clinic.actor("dana").name]

    @pytest.mark.parametrize(
        "ready_id", ["", "answer:", "answer:x", "result:", "draft:x", "x" * 99]
    )
    def test_of_nothing_is_nothing(self, small_clinic: Clinic, ready_id: str) -> None:
        one = waits(small_clinic)
        with pytest.raises(NotFound):
            put_in(small_clinic, "frank", one, ready_id)
        assert draft(small_clinic, "frank", one) == ""

    def test_is_for_those_who_may_answer_here(self, small_clinic: Clinic) -> None:
        one = waits(small_clinic, topic="health")
        for who, kind in (("frank", NotFound), ("alice", NotAllowed), ("bob", NotFound)):
            with pytest.raises(kind):
                ask(small_clinic, who, inbox.offered, thread_id=one.id)
            with pytest.raises(kind):
                put_in(small_clinic, who, one, "book")


class TestLinks:
    def test_lead_to_our_own_pages_alone(self) -> None:
        ours = settings.current().public_url
        body = (
            f"Book: {ours}/appointments/book. See {ours}/results/r1, {ours}/results/r1 and"
            f" {ours}/auth/sign-out {ours}.evil.example/record {ours}/record/../admin"
            " https://evil.example/appointments/book javascript:alert(1)"
            f" {ours}/record?section=documents. {ours}/record?section=notes"
        )
        assert [(one.href, one.said) for one in links.of(body)] == [
            ("/appointments/book", "Book an appointment"),
            ("/results/r1", "See this result"),
            ("/record?section=documents", "See the documents"),
        ]

    @pytest.mark.parametrize(
        ("ready", "leads"),
        [
            ("book", "/appointments/book"),
            ("record", "/record"),
            ("documents", "/record?section=documents"),
        ],
    )
    def test_each_that_is_offered_leads_there(
        self, small_clinic: Clinic, ready: str, leads: str
    ) -> None:
        one = waits(small_clinic)
        offered = ask(small_clinic, "frank", inbox.offered, thread_id=one.id)
        assert ready in {row.id for row in offered if row.is_link}
        body = put_in(small_clinic, "frank", one, ready)
        assert [link.href for link in links.of(body)] == [leads]

    def test_stand_below_a_letter_of_the_clinic_and_below_none_of_a_patient(
        self, small_clinic: Clinic
    ) -> None:
        one = waits(small_clinic)
        body = put_in(small_clinic, "frank", one, "book")
        given = {"thread_id": one.id, "client_key": "k", "seen": ""}
        ask(small_clinic, "frank", inbox.answer, body=body, **given)
        later = NOW + timedelta(minutes=1)
        ask(small_clinic, "alice", messages.reply, thread_id=one.id, body=body, client_key="a",
            now=later)  # fmt: skip
        view = ask(small_clinic, "alice", messages.view, thread_id=one.id, now=later)
        assert [[link.href for link in letter.links] for letter in view.letters] == [
            [],
            ["/appointments/book"],
            [],
        ]
