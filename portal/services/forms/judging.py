"""Judging answers: each must be one that its question allows; nothing is guessed or cut off."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from portal.errors import Invalid, NotFound
from portal.models.forms import ANSWER_MAX
from portal.words import _, partial_day

# How long an answer of each kind may be, in characters.
LONGEST = {"string": 200, "text": ANSWER_MAX, "boolean": 5, "choice": 120, "date": 10, "integer": 9}
YES, NO = "true", "false"
_WHOLE = re.compile(r"[+-]?[0-9]{1,8}", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_FIRST, _LAST = 1880, 2200


class NotAnAnswer(Invalid):
    """An answer that its question does not allow."""


class Incomplete(Invalid):
    """A form with questions that need another look, each with its sentence by its link id."""

    sentence = _("Some questions need another look. They are marked below.")

    def __init__(self, problems: dict[str, str]) -> None:
        """`problems`: what to do, by the question’s link id."""
        super().__init__()
        self.problems = problems


@dataclass(frozen=True)
class Question:
    """What judging needs to know of a question."""

    link_id: str
    kind: str
    required: bool = False
    options: tuple[str, ...] = ()


def options(text: str) -> tuple[str, ...]:
    """Returns what can be chosen, each once, from how it is kept: one a line."""
    return tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def judged(questions: Iterable[Question], given: dict[str, str]) -> dict[str, str]:
    """Returns the answers as they are kept, without the empty ones.

    Raises `NotFound` for an answer to a question that is not in the form, and `Incomplete` with
    every question that has a wrong answer, or none where one is needed.
    """
    asked = {one.link_id: one for one in questions if one.kind != "display"}
    if given.keys() - asked.keys():
        raise NotFound
    found: dict[str, str] = {}
    problems: dict[str, str] = {}
    for link_id, question in asked.items():
        try:
            found[link_id] = answer(question, given.get(link_id, ""))
        except NotAnAnswer as refusal:
            problems[link_id] = refusal.words
            continue
        if question.required and not found[link_id]:
            problems[link_id] = _needed(question)
    if problems:
        raise Incomplete(problems)
    return {link_id: said for link_id, said in found.items() if said}


def answer(question: Question, words: str) -> str:
    """Returns one answer as it is kept, "" for none; raises `NotAnAnswer`."""
    said = begun(question, words).strip()
    if not said:
        return ""
    if question.kind == "date":
        return _day(said)
    return _number(said) if question.kind == "integer" else said


def begun(question: Question, words: str) -> str:
    """Returns an answer that is still being written; raises `NotAnAnswer` for what never fits."""
    said = words.replace("\x00", "").replace("\r\n", "\n")
    longest = LONGEST.get(question.kind, 0)
    if len(said) > longest:
        raise NotAnAnswer(_("Use at most {count} characters here.").format(count=longest))
    if question.kind == "string":
        said = said.replace("\n", " ")
    allowed = (YES, NO) if question.kind == "boolean" else question.options
    if said and question.kind in {"boolean", "choice"} and said not in allowed:
        raise NotAnAnswer(_("Choose one of the answers."))
    return said


def said(kind: str, value: str) -> str:
    """Returns an answer as people read it."""
    if kind == "boolean" and value:
        return _("Yes") if value == YES else _("No")
    return partial_day(value) if kind == "date" and value else value


def _day(said: str) -> str:
    try:
        day = date.fromisoformat(said) if _DAY.fullmatch(said) else None
    except ValueError:
        day = None
    if day is None or not _FIRST <= day.year <= _LAST:
        raise NotAnAnswer(_("Enter a day, for example 27 March 1985."))
    return day.isoformat()


def _number(said: str) -> str:
    if not _WHOLE.fullmatch(said):
        raise NotAnAnswer(_("Enter a whole number, for example 12."))
    return str(int(said))


def _needed(question: Question) -> str:
    if question.kind in {"boolean", "choice"}:
        return _("Choose an answer. We need this one.")
    return _("Answer this question. We need it.")
