"""The sentences about results. A small set, so that a clinician can read and approve them all.

They say where a value lies against the lab's own range and never what to do about it; the one
exception is an urgent value, where the page says how to reach care.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.services.results import line
from portal.services.results.values import Before, Value
from portal.services.results.verdict import Verdict, code_of, judge
from portal.words import _, _n, clock, day, local, month, partial_day, short_day, short_month

NAMED = 3
BOTH = 2
SHORT = 28
SENTENCE = 160
DAY_DIGITS = 10

NAME = 48
# How laboratories' catalogues write names: Hemoglobin A1c/Hemoglobin.total in Blood.
_TECHNICAL = re.compile(r"\[|/|\w\.\w| in (Blood|Serum|Plasma|Urine|Body|Capillary|Arterial)")

UNITS = {
    "mm[Hg]": "mmHg",
    "Cel": "°C",
    "[degF]": "°F",
    "[lb_av]": "lb",
    "[in_i]": "in",
    "kg/m2": "kg/m²",
    "10*3/uL": "10³/µL",
    "10*6/uL": "10⁶/µL",
    "10*9/L": "10⁹/L",
    "10*12/L": "10¹²/L",
}


@dataclass(frozen=True)
class Badge:
    """A word, a tone and an icon that say the same."""

    words: str = ""
    tone: str = ""
    icon: str = ""


def names(title: str, plain: str) -> tuple[str, str]:
    """Returns what a value is called, and the other words beside it: explanation or lab's term."""
    if _TECHNICAL.search(title) or len(title) > NAME:
        short = plain if plain and len(plain) <= NAME else title.split(" [", maxsplit=1)[0].strip()
        return short, title if short != title else ""
    return title, plain if plain != title else ""


def amount(value: Value) -> str:
    """Says the value itself: 5.3, < 0.3, Not found; every digit as the lab gave it."""
    said = {"true": _("Yes"), "false": _("No")}.get(value.text, value.text)
    sign = {"<=": "≤", ">=": "≥"}.get(value.comparator, value.comparator)
    return f"{sign}\u00a0{said}" if sign and not said.startswith(("<", ">", "≤", "≥")) else said


def unit(given: str) -> str:
    """Says a unit as labs print it; UCUM's remarks in braces are left out."""
    plain = re.sub(r"\{[^}]*\}", "", UNITS.get(given, given)).strip()
    return "" if plain in {"1", "/"} else plain.replace("ug/", "µg/").replace("uL", "µL")


def is_words(value: Value) -> bool:
    """Says whether the value is a text to be read, no amount."""
    return value.number is None and (len(value.text) > SHORT or "\n" in value.text)


def usual(value: Value) -> str:
    """Says the lab's usual range in words; empty where it gives none."""
    low, high = _limit(value.low_text, value.low), _limit(value.high_text, value.high)
    if value.limits == (None, None):
        return value.range_text
    if low and high:
        return _("{low} to {high}").format(low=low, high=high)
    return _("{high} or less").format(high=high) if high else _("{low} or more").format(low=low)


def badge(value: Value) -> Badge:
    """Says the verdict on a value as a badge; none where nothing can be said."""
    verdict = judge(value)
    if verdict.is_urgent:
        return Badge(_("Urgent, says the lab"), "bad", "stop")
    if verdict.side == "in":
        return Badge(_("In the usual range"), "ok", "check")
    if verdict.is_outside:
        icon = {"above": "upr", "below": "dnr"}.get(verdict.side, "warn")
        return Badge(_capital(where(verdict)), "warn", icon)
    if verdict.side == "missing":
        return Badge(_("No value"), "", "info")
    return Badge(_neutral(code_of(value.flag)), "", "info")


def where(verdict: Verdict) -> str:
    """Says where a value lies: a little above the usual range."""
    if verdict.side == "above":
        return (
            _("a little above the usual range") if verdict.is_little else _("above the usual range")
        )
    if verdict.side == "below":
        return (
            _("a little below the usual range") if verdict.is_little else _("below the usual range")
        )
    return _("not what is usual, says the lab")


def _neutral(flag: str) -> str:
    words = {
        "POS": _("Positive"),
        "NEG": _("Negative"),
        "DET": _("Found"),
        "ND": _("Not found"),
        "IND": _("Not clear"),
        "R": _("Resistant"),
        "S": _("Treatable with this medicine"),
        "I": _("Between the limits"),
    }
    return words.get(flag, "")


def the_line(value: Value) -> str:
    """Says to screen readers what the number line shows."""
    said = " ".join(part for part in (value.name, spoken(value), unit(value.unit)) if part)
    return _("{said}. The usual range of this lab is {usual}.").format(
        said=said, usual=usual(value)
    )


def spoken(value: Value) -> str:
    """Says the value without signs: less than 0.3."""
    signs = {
        "<": _("less than"),
        "<=": _("at most"),
        ">": _("more than"),
        ">=": _("at least"),
    }
    sign = signs.get(value.comparator, "")
    return f"{sign} {value.text}" if sign else amount(value)


def range_sentence(value: Value) -> str:
    """Says the lab's range as a sentence."""
    said = usual(value)
    if not said:
        return "" if is_words(value) or value.is_missing else _("This lab gives no usual range.")
    return _("This lab’s usual range: {usual}.").format(usual=said)


def before_sentence(before: Before | None, *, is_drawn: bool) -> str:
    """Says the last comparable value, and that the small ring shows it."""
    if before is None:
        return ""
    since = (
        _("{month} {year}").format(month=month(before.at), year=local(before.at).year)
        if before.at
        else ""
    )
    said = _("Before: {text} in {since}").format(text=before.text, since=since)
    return _("{said}, the small ring on the line.").format(said=said) if is_drawn else f"{said}."


def lately(before: Before | None) -> str:
    """Says the last comparable value in short: 4.9 in May 2026."""
    if before is None or before.at is None:
        return ""
    return _("{text} in {month}").format(
        text=before.text, month=f"{short_month(before.at)} {local(before.at).year}"
    )


def corrected_sentence(value: Value) -> str:
    """Says what stood there before the lab corrected it."""
    if value.earlier:
        return _("Corrected by the lab. Before, it said {earlier}.").format(earlier=value.earlier)
    if value.status in {"corrected", "amended"}:
        return _("Corrected by the lab.")
    return ""


def missing_sentence(value: Value) -> str:
    """Says why there is no value, in the lab's words where it gave any."""
    if not value.is_missing:
        return ""
    if value.absent_reason:
        return _("The lab gave no value: {reason}.").format(reason=value.absent_reason.rstrip("."))
    return _("The lab gave no value and no reason. Ask us if you expected one.")


def summary(values: Sequence[Value], conclusion: str = "", status: str = "final") -> str:
    """Says a whole report in one or two sentences: what lies outside first."""
    verdicts = [judge(value) for value in values]
    outside = [(v, w) for v, w in zip(values, verdicts, strict=True) if w.is_outside]
    urgent = [v for v, w in zip(values, verdicts, strict=True) if w.is_urgent]
    inside = sum(verdict.side == "in" for verdict in verdicts)
    if urgent:
        return _("The lab marks {names} as urgent. Open it now.").format(names=_names(urgent))
    if outside:
        return _outside(outside, inside, len(values))
    if inside == len(values) == BOTH:
        return _("Both values are in the usual range.")
    if inside and inside == len(values):
        return _n("In the usual range.", "All {count} values are in the usual range.", inside)
    if inside:
        return _some_inside(inside, len(values))
    return _unmeasured(values, conclusion, status)


def _outside(outside: list[tuple[Value, Verdict]], inside: int, count: int) -> str:
    if len(outside) == 1:
        value, verdict = outside[0]
        first = _("{name} is {where}.").format(name=value.name, where=where(verdict))
    else:
        first = _("{some} of {count} values are outside the usual range: {names}.").format(
            some=len(outside), count=count, names=_names([value for value, _verdict in outside])
        )
    return f"{first} {_rest(inside, count - len(outside))}".strip()


def _rest(inside: int, others: int) -> str:
    if not inside:
        return ""
    if inside == others:
        return _n("The other value is in range.", "The other {count} values are in range.", inside)
    return _n("1 other value is in range.", "{count} other values are in range.", inside)


def _some_inside(inside: int, count: int) -> str:
    said = _n("1 value is in the usual range.", "{count} values are in the usual range.", inside)
    rest = _n(
        "1 has no range to compare with.", "{count} have no range to compare with.", count - inside
    )
    return f"{said} {rest}"


def _unmeasured(values: Sequence[Value], conclusion: str, status: str) -> str:
    given = [value for value in values if not value.is_missing]
    if status == "cancelled":
        return _("The lab did not do this test.")
    if conclusion:
        return shortened(conclusion)
    if len(given) == 1:
        said = " ".join(part for part in (amount(given[0]), unit(given[0].unit)) if part)
        return _("{name}: {said}").format(name=given[0].name, said=shortened(said))
    if given:
        return _n("1 value.", "{count} values. Open it to read them.", len(given))
    if status in {"registered", "preliminary", "partial"}:
        return _("There are no values yet.")
    return _("Open it to read the report.")


def shortened(text: str) -> str:
    """Returns the first sentence of a text, or its beginning, on one line."""
    flat = " ".join(text.split())
    first = re.split(r"(?<=[.!?])\s", flat, maxsplit=1)[0]
    if len(first) <= SENTENCE:
        return first
    return first[:SENTENCE].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def report_badge(status: str) -> Badge:
    """Says how far a report has come; nothing where it is simply final."""
    words = {
        "registered": Badge(_("Not ready yet"), "info", "clock"),
        "partial": Badge(_("Some values are still to come"), "info", "clock"),
        "preliminary": Badge(_("Preliminary, may still change"), "info", "clock"),
        "amended": Badge(_("Corrected"), "warn", "pencil"),
        "corrected": Badge(_("Corrected"), "warn", "pencil"),
        "appended": Badge(_("Something was added"), "info", "plus"),
        "cancelled": Badge(_("Cancelled"), "", "x"),
        "entered-in-error": Badge(_("Withdrawn"), "", "x"),
    }
    return words.get(status, Badge())


def status_words(status: str) -> str:
    """Says the state of a report in a word."""
    if status == "final":
        return _("Final")
    return report_badge(status).words or _("State not known")


def said_day(text: str) -> str:
    """Says a FHIR date or moment of any precision as a day."""
    at = _moment(text)
    return short_day(at) if at else (partial_day(text) if text else "")


def said_full(text: str) -> str:
    """Says a FHIR date or moment in full, with its time where it has one."""
    at = _moment(text)
    return f"{day(at)}, {clock(at)}" if at else (partial_day(text) if text else "")


def _moment(text: str) -> datetime | None:
    if len(text) <= DAY_DIGITS:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None


def _names(values: Sequence[Value]) -> str:
    names = [value.name for value in values]
    if len(names) > NAMED:
        rest = _n("1 more", "{count} more", len(names) - NAMED + 1)
        return _("{names} and {rest}").format(names=", ".join(names[: NAMED - 1]), rest=rest)
    if len(names) == 1:
        return names[0]
    return _("{names} and {last}").format(names=", ".join(names[:-1]), last=names[-1])


def _limit(text: str, number: float | None) -> str:
    return text or (f"{number:g}" if number is not None else "")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def ticks(value: Value) -> tuple[str, str]:
    """Returns the labels of the range's limits on the line; "" where there is none."""
    shown = line.kind(value)
    low = _limit(value.low_text, value.low) if shown in {"both", "min"} else ""
    high = _limit(value.high_text, value.high) if shown in {"both", "max"} else ""
    return low, high
