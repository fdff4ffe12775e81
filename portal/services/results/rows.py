"""What a browser gets of results."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from portal.services.results import line, says
from portal.services.results.values import Before, Value
from portal.services.results.verdict import Verdict, judge


@dataclass(frozen=True)
class LineRow:
    """A number line, drawn: places in %, the labels of the range, the side where it is coloured."""

    kind: str = "none"
    at: str = ""
    was: str = ""
    low: str = ""
    high: str = ""
    flag: str = ""
    said: str = ""


@dataclass(frozen=True)
class ValueRow:
    """One value of a panel."""

    id: str = ""
    name: str = ""
    term: str = ""
    amount: str = ""
    unit: str = ""
    words: str = ""
    line: LineRow = field(default_factory=LineRow)
    badge: str = ""
    tone: str = ""
    icon: str = "info"
    usual: str = ""
    before: str = ""
    lately: str = ""
    corrected: str = ""
    missing: str = ""
    note: str = ""


@dataclass(frozen=True)
class ReportRow:
    """One report in a list."""

    id: str = ""
    href: str = ""
    title: str = ""
    said: str = ""
    under: str = ""
    new: str = ""
    state: str = ""
    tone: str = ""
    icon: str = "info"
    line: LineRow = field(default_factory=LineRow)


@dataclass(frozen=True)
class ResultsRow:
    """One page of the list of results."""

    reports: list[ReportRow] = field(default_factory=list)
    total: int = 0
    page: int = 1
    said: str = ""
    query: str = ""
    has_before: bool = False
    has_next: bool = False


@dataclass(frozen=True)
class ResultRow:
    """One report, whole."""

    id: str = ""
    title: str = ""
    term: str = ""
    when: str = ""
    state: str = ""
    state_words: str = ""
    tone: str = ""
    icon: str = "info"
    comment: str = ""
    comment_by: str = ""
    comment_letters: str = ""
    comment_tint: int = 3
    conclusion: str = ""
    ordered_by: str = ""
    laboratory: str = ""
    specimen: str = ""
    taken: str = ""
    issued: str = ""
    source: str = ""
    urgent: str = ""
    is_withdrawn: bool = False
    has_attachment: bool = False
    outside: list[ValueRow] = field(default_factory=list)
    inside: list[ValueRow] = field(default_factory=list)
    others: list[ValueRow] = field(default_factory=list)
    outside_title: str = ""
    inside_title: str = ""
    others_title: str = ""
    nothing: str = ""
    name: str = ""
    born: str = ""


def line_row(value: Value, verdict: Verdict, before: Before | None = None) -> LineRow:
    """Draws the line of a value; kind none where number, range and flag do not agree."""
    number, (low, high) = value.amount, value.limits
    if number is None or not verdict.is_drawn:
        return LineRow()
    side = {"above": "high", "below": "low"}.get(verdict.side, "")
    low_label, high_label = says.ticks(value)
    was = before.number if before else None
    return LineRow(
        kind=line.kind(value),
        at=line.percent(line.place(number, low, high)),
        was=line.percent(line.place(was, low, high)) if was is not None else "",
        low=low_label,
        high=high_label,
        flag=f"{side} crit".strip() if verdict.is_urgent else side,
        said=says.the_line(value),
    )


def value_row(value: Value, before: Before | None = None) -> ValueRow:
    """Says one value with all that belongs to it."""
    drawn = line_row(value, judge(value), before)
    badge = says.badge(value)
    words = says.is_words(value)
    return ValueRow(
        id=value.id,
        name=value.name,
        term=value.term,
        amount="" if words else says.amount(value),
        unit=says.unit(value.unit),
        words=value.text if words else "",
        line=drawn,
        badge=badge.words,
        tone=badge.tone,
        icon=badge.icon or "info",
        usual=says.range_sentence(value),
        before=says.before_sentence(before, is_drawn=bool(drawn.was)),
        lately=says.lately(before),
        corrected=says.corrected_sentence(value),
        missing=says.missing_sentence(value),
        note=value.note,
    )


def furthest(values: Sequence[Value]) -> LineRow:
    """Draws the line of the value that lies furthest outside its range; none where all are in."""
    outside = [(value, judge(value)) for value in values]
    drawn = [(v, w) for v, w in outside if w.is_outside and w.is_drawn and v.amount is not None]
    if not drawn:
        return LineRow()
    value, verdict = max(drawn, key=lambda one: (one[1].is_urgent, _beyond(one[0])))
    return line_row(value, verdict)


def _beyond(value: Value) -> float:
    """Returns how many widths of its range a value lies beyond it."""
    number, (low, high) = value.amount or 0.0, value.limits
    over = max(number - high if high is not None else 0.0, low - number if low is not None else 0.0)
    width = high - low if high is not None and low is not None else abs(high or low or 1.0)
    return over / (width or 1.0)
