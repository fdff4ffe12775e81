"""Answers to forms are judged: what is taken is what was meant, and nothing is cut off."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.errors import NotFound
from portal.services.forms import Incomplete, NotAnAnswer, judging
from portal.services.forms.judging import Question

EACH = {
    "string": Question("a", "string"),
    "text": Question("a", "text"),
    "boolean": Question("a", "boolean"),
    "choice": Question("a", "choice", options=("Left", "Right")),
    "date": Question("a", "date"),
    "integer": Question("a", "integer"),
}


@pytest.mark.parametrize(
    ("kind", "words", "kept"),
    [
        ("string", "  a sore knee ", "a sore knee"),
        ("string", "two\nlines", "two lines"),
        ("string", "a\x00b", "ab"),
        ("string", "x" * 200, "x" * 200),
        ("text", "two\r\nlines", "two\nlines"),
        ("text", "x" * 4000, "x" * 4000),
        ("boolean", "true", "true"),
        ("boolean", "false", "false"),
        ("choice", "Left", "Left"),
        ("date", "2024-02-29", "2024-02-29"),
        ("integer", "12", "12"),
        ("integer", "-3", "-3"),
        ("integer", "+007", "7"),
        *((kind, "", "") for kind in EACH),
        *((kind, "\x00", "") for kind in EACH),
    ],
)
def test_is_kept_as_it_was_meant(kind: str, words: str, kept: str) -> None:
    assert judging.answer(EACH[kind], words) == kept


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("string", "x" * 201),
        ("text", "x" * 4001),
        ("boolean", "True"),
        ("boolean", "on"),
        ("boolean", " "),
        ("choice", "left"),
        ("choice", "Left "),
        ("choice", "Left\nRight"),
        ("date", "2025-02-29"),
        ("date", "20250101"),
        ("date", "27.3.1985"),
        ("date", "1066-10-14"),
        ("date", "9999-01-01"),
        ("date", "२०२५-०१-०१"),
        ("integer", "1.5"),
        ("integer", "1e3"),
        ("integer", "٣"),
        ("integer", "1234567890"),
        ("integer", "one"),
        ("display", "x"),
    ],
)
def test_is_refused_with_a_sentence(kind: str, words: str) -> None:
    question = EACH.get(kind, Question("a", kind))
    with pytest.raises(NotAnAnswer) as refused:
        judging.answer(question, words)
    assert refused.value.words.endswith(".")


@given(kind=st.sampled_from(sorted(EACH)), words=st.text(max_size=300))
def test_judging_again_changes_nothing_and_never_breaks(kind: str, words: str) -> None:
    question = EACH[kind]
    try:
        kept = judging.answer(question, words)
    except NotAnAnswer:
        return
    assert judging.answer(question, kept) == kept
    assert len(kept) <= judging.LONGEST[kind]
    assert judging.begun(question, kept) == kept
    if kind == "choice":
        assert kept in ("", *question.options)


def test_a_whole_form_names_each_problem_and_takes_no_other_answer() -> None:
    questions = [
        Question("hello", "display"),
        Question("why", "string", required=True),
        Question("smokes", "boolean", required=True),
        Question("since", "date"),
    ]
    with pytest.raises(Incomplete) as refused:
        judging.judged(questions, {"since": "yesterday"})
    assert set(refused.value.problems) == {"why", "smokes", "since"}
    kept = judging.judged(questions, {"why": "Knee", "smokes": "false", "since": ""})
    assert kept == {"why": "Knee", "smokes": "false"}
    for other in ("hello", "nowhere"):
        with pytest.raises(NotFound):
            judging.judged(questions, {"why": "Knee", "smokes": "false", other: ""})


def test_what_can_be_chosen_stands_once() -> None:
    assert judging.options(" Left \n\nRight\r\nLeft\n") == ("Left", "Right")
