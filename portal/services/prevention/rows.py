"""What a browser gets of prevention, in words."""

from dataclasses import dataclass, field
from datetime import datetime

from portal.models.prevention import PreventiveAnswer
from portal.services.prevention import judging
from portal.services.prevention.facts import Standing
from portal.words import _, partial_day, short_day, when

ICONS = {"vaccine": "syringe", "screening": "target", "check-up": "heart"}


@dataclass(frozen=True)
class ChoiceRow:
    """A year or a month to choose."""

    value: str = ""
    words: str = ""


@dataclass(frozen=True)
class DueRow:
    """One rule as it stands for the patient. `number` is what an answer to it has to bring."""

    rule_id: str = ""
    number: int = 0
    title: str = ""
    why: str = ""
    icon: str = "heart"
    words: str = ""
    tone: str = ""
    sign: str = "clock"
    # When it was done last; since or from when it is due; who answered what.
    last: str = ""
    due: str = ""
    said: str = ""
    href: str = ""
    is_open: bool = False
    may_answer: bool = False
    may_undo: bool = False


@dataclass(frozen=True)
class CheckUpsRow:
    """All of what concerns a patient: what is due, and the rest."""

    patient_id: str = ""
    due: list[DueRow] = field(default_factory=list)
    rest: list[DueRow] = field(default_factory=list)
    # For when something was done: the years of a life, the newest first, and the months.
    years: list[ChoiceRow] = field(default_factory=list)
    months: list[ChoiceRow] = field(default_factory=list)
    # That rules need a birth date, or that there are none.
    nothing: str = ""


def row_of(stand: Standing, *, now: datetime, href: str = "", may_answer: bool = False) -> DueRow:
    """Returns a rule as it stands, in words."""
    verdict = stand.verdict
    words, tone, sign = _status(stand)
    is_open = is_due(stand)
    return DueRow(
        rule_id=stand.rule.id,
        number=stand.number,
        title=stand.rule.name,
        why=stand.rule.why,
        icon=ICONS[stand.rule.kind],
        words=words,
        tone=tone,
        sign=sign,
        last=_last(stand),
        due=_due(stand, now),
        said=_said(verdict.answer) if verdict.answer else "",
        href=href if is_open else "",
        is_open=is_open,
        may_answer=may_answer and is_open,
        may_undo=may_answer and verdict.answer is not None,
    )


def is_due(stand: Standing) -> bool:
    """Says whether somebody is asked to do something about it now."""
    return stand.verdict.state in judging.OPEN and stand.booked_at is None


def _status(stand: Standing) -> tuple[str, str, str]:
    """Says how a rule stands, in which tone and with which sign."""
    state = stand.verdict.state
    if state in judging.OPEN and stand.booked_at is not None:
        return _("Booked"), "ok", "booked"
    return {
        judging.OVERDUE: (_("Overdue"), "warn", "late"),
        judging.DUE: (_("Due now"), "info", "clock"),
        judging.SOON_DUE: (_("Due soon"), "", "clock"),
        judging.DECLINED: (_("Not for me"), "", "x"),
        judging.LATER: (_("Later"), "", "bell"),
        judging.WAITS: (_("Done"), "ok", "check"),
        judging.DONE: (_("Done"), "ok", "check"),
    }[state]


def _last(stand: Standing) -> str:
    if stand.verdict.last:
        return _("Last done: {day}").format(day=partial_day(stand.verdict.last))
    is_known = stand.verdict.state in {judging.WAITS, judging.DONE}
    return _("Done on a day that we do not know") if is_known else _("Not on your record so far")


def _due(stand: Standing, now: datetime) -> str:
    if stand.booked_at is not None and stand.verdict.state in judging.OPEN:
        return when(stand.booked_at, now)
    day = stand.verdict.due_on
    if day is None or stand.verdict.state == judging.DECLINED:
        return ""
    said = {
        judging.OVERDUE: _("Due since {day}"),
        judging.SOON_DUE: _("Due from {day}"),
        judging.LATER: _("We remind you on {day}"),
        judging.WAITS: _("Next from {day}"),
    }.get(stand.verdict.state, "")
    return said.format(day=short_day(day))


def _said(answer: PreventiveAnswer) -> str:
    """Says who answered what, and when."""
    said = {
        "done": _("“Done elsewhere”, said by {name} on {day}"),
        "declined": _("“Not for me”, said by {name} on {day}"),
        "later": _("“Remind me later”, said by {name} on {day}"),
    }[answer.answer]
    return said.format(name=answer.by_name, day=short_day(answer.at))
