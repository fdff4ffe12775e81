"""Forms are made in versions by who keeps the clinic's texts; a published one never changes."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from portal.errors import NotAllowed, NotFound
from portal.models.audit import AuditEvent
from portal.models.forms import Questionnaire, QuestionnaireItem
from portal.services import forms
from portal.services.forms import Wording
from tests.support.clinic import Clinic
from tests.support.forms import ask, made, send_link, talk

ASKS = Wording("Why do you come?", "string", required=True)
SIDES = Wording("Which side?", "choice", options="Left\nRight\n\nLeft")


def do(at: Clinic, verb: Any, form: str, edition: int, who: str = "max", **more: Any) -> None:
    ask(at, who, verb, questionnaire_id=form, edition=edition, **more)


def begun(at: Clinic, *wordings: Wording) -> str:
    """Begins a form with questions; returns its id. Its edition is 1 more for each of them."""
    form = ask(at, "max", forms.begin, title=" Before  your visit ")
    for edition, wording in enumerate(wordings, 1):
        do(at, forms.put, form, edition, wording=wording)
    return form


def shown(at: Clinic, form: str, who: str = "max") -> Any:
    rows = {row.id: row for row in ask(at, who, forms.listed)}
    return rows.get(form)


def texts(at: Clinic, form: str) -> list[str]:
    return [item.text for item in shown(at, form).questions]


def link(at: Clinic, form: str, place: int) -> str:
    return shown(at, form).questions[place].id


class TestMade:
    def test_question_by_question_and_published(self, the_clinic: Clinic) -> None:
        form = begun(the_clinic, Wording("Hello", "display", required=True), ASKS, SIDES)
        row = shown(the_clinic, form, "ada")
        assert (row.title, row.status, row.edition) == ("Before your visit", "draft", 4)
        assert [(item.kind, item.required) for item in row.questions] == [
            ("display", False),
            ("string", True),
            ("choice", False),
        ]
        assert [one.value for one in row.questions[2].options] == ["Left", "Right"]
        first = link(the_clinic, form, 0)
        do(the_clinic, forms.move, form, 4, link_id=first, by=1)
        do(the_clinic, forms.move, form, 5, link_id=first, by=1)
        do(the_clinic, forms.move, form, 6, link_id=first, by=1)
        assert texts(the_clinic, form) == ["Why do you come?", "Which side?", "Hello"]
        do(the_clinic, forms.remove, form, 7, link_id=first)
        changed = Wording("Why today?", "text", link_id=link(the_clinic, form, 0))
        do(the_clinic, forms.put, form, 8, wording=changed)
        do(the_clinic, forms.rename, form, 9, title="Your visit")
        do(the_clinic, forms.publish, form, 10)
        row = shown(the_clinic, form)
        assert (row.title, row.words) == ("Your visit", "Asked now")
        assert texts(the_clinic, form) == ["Why today?", "Which side?"]
        with the_clinic.base.reading() as db:
            acts = select(col(AuditEvent.action)).where(
                col(AuditEvent.entity) == f"Questionnaire/{form}"
            )
            assert "".join(db.scalars(acts.order_by(col(AuditEvent.seq)))) == "C" + 10 * "U"

    def test_by_who_keeps_the_texts_alone(self, the_clinic: Clinic) -> None:
        form = begun(the_clinic, ASKS)
        for who in ("alice", "frank", "dana", "nora", "bill", "otto"):
            with pytest.raises(NotAllowed):
                ask(the_clinic, who, forms.listed)
            with pytest.raises(NotAllowed):
                ask(the_clinic, who, forms.begin, title="Mine")
            with pytest.raises(NotAllowed):
                do(the_clinic, forms.publish, form, 2, who)
            with pytest.raises(NotAllowed):
                ask(the_clinic, who, forms.change, questionnaire_id=form)
            with pytest.raises(NotAllowed):
                do(the_clinic, forms.retire, form, 2, who)

    @pytest.mark.parametrize(
        ("wording", "refusal"),
        [
            (Wording(" ", "string"), forms.NoQuestion),
            (Wording("x" * 501, "string"), forms.NoQuestion),
            (Wording("Why?", "attachment"), forms.NoQuestion),
            (Wording("Which?", "choice"), forms.NoChoice),
            (Wording("Which?", "choice", options="Left\nLeft"), forms.NoChoice),
            (Wording("Which?", "choice", options=f"Left\n{'x' * 121}"), forms.NoChoice),
            (Wording("Why?", "string", link_id="nowhere"), NotFound),
        ],
    )
    def test_of_questions_that_can_be_answered(
        self, small_clinic: Clinic, wording: Wording, refusal: type[Exception]
    ) -> None:
        form = begun(small_clinic)
        with pytest.raises(refusal):
            do(small_clinic, forms.put, form, 1, wording=wording)
        with pytest.raises(forms.NoTitle):
            do(small_clinic, forms.rename, form, 1, title=" ")
        with pytest.raises(forms.NothingAsked):
            do(small_clinic, forms.publish, form, 1)

    def test_by_one_of_two_at_once(self, small_clinic: Clinic) -> None:
        form = begun(small_clinic, ASKS)
        for act in (forms.publish, forms.discard):
            with pytest.raises(forms.FormChanged):
                do(small_clinic, act, form, 1)
        with pytest.raises(forms.FormChanged):
            do(small_clinic, forms.put, form, 1, wording=SIDES)
        with pytest.raises(NotFound):
            do(small_clinic, forms.publish, "nowhere", 1)


class TestPublished:
    def test_never_changes(self, the_clinic: Clinic) -> None:
        form = begun(the_clinic, ASKS)
        do(the_clinic, forms.publish, form, 2)
        first = link(the_clinic, form, 0)
        for act in (
            lambda: do(the_clinic, forms.put, form, 3, wording=SIDES),
            lambda: do(the_clinic, forms.remove, form, 3, link_id=first),
            lambda: do(the_clinic, forms.move, form, 3, link_id=first, by=1),
            lambda: do(the_clinic, forms.rename, form, 3, title="Other"),
            lambda: do(the_clinic, forms.publish, form, 3),
            lambda: do(the_clinic, forms.discard, form, 3),
        ):
            with pytest.raises(forms.Published):
                act()
        assert texts(the_clinic, form) == ["Why do you come?"]

    def test_is_followed_by_the_next_version(self, the_clinic: Clinic) -> None:
        form = begun(the_clinic, ASKS)
        do(the_clinic, forms.publish, form, 2)
        second = ask(the_clinic, "max", forms.change, questionnaire_id=form)
        assert link(the_clinic, second, 0) == link(the_clinic, form, 0)
        assert not shown(the_clinic, form).may_change
        with pytest.raises(forms.FormChanged):
            ask(the_clinic, "ada", forms.change, questionnaire_id=form)
        do(the_clinic, forms.put, second, 1, wording=SIDES)
        do(the_clinic, forms.publish, second, 2)
        assert shown(the_clinic, form) is None
        with the_clinic.base.reading() as db:
            old = db.get_one(Questionnaire, form)
            assert (old.status, old.version) == ("retired", 1)
            items = select(QuestionnaireItem).where(col(QuestionnaireItem.questionnaire_id) == form)
            assert len(list(db.scalars(items))) == 1
        assert shown(the_clinic, second).said.startswith("Version 2, changed by Max Moe on ")

    def test_is_retired_and_begun_again(self, small_clinic: Clinic) -> None:
        form = made(small_clinic, is_example=True)
        assert shown(small_clinic, form.id).is_example
        do(small_clinic, forms.retire, form.id, 1)
        with pytest.raises(forms.FormChanged):
            do(small_clinic, forms.retire, form.id, 2)
        row = shown(small_clinic, form.id)
        assert (row.words, row.may_change) == ("Asked no more", True)
        again = ask(small_clinic, "max", forms.change, questionnaire_id=form.id)
        assert not shown(small_clinic, again).is_example
        do(small_clinic, forms.discard, again, 1)
        assert shown(small_clinic, again) is None
        assert shown(small_clinic, form.id).status == "retired"

    def test_stays_as_it_was_asked(self, small_clinic: Clinic) -> None:
        form, thread = made(small_clinic), talk(small_clinic)
        send_link(small_clinic, "frank", thread, form.id)
        second = ask(small_clinic, "max", forms.change, questionnaire_id=form.id)
        do(small_clinic, forms.put, second, 1, wording=SIDES)
        do(small_clinic, forms.publish, second, 2)
        (row,) = ask(small_clinic, "alice", forms.view).to_fill
        view = ask(small_clinic, "alice", forms.one, response_id=row.id, tab="t")
        assert len(view.questions) == len(shown(small_clinic, second).questions) - 1
