"""Opening hours, as the clinic writes them, and what follows for now.

Either words, a line for each rule (`Monday to Thursday, 8 am to 5:30 pm`), which are shown as they
are; or a small part of OpenStreetMap's notation (`Mo-Fr 8-17:30; Sa 9-12`), which is said in words.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from portal.words import _, clock, local, weekday, zone

DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
_RULE = re.compile(r"^([A-Za-z]{2})(?:\s*-\s*([A-Za-z]{2}))?\s+(.+)$")
_SPAN = re.compile(r"^(\d{1,2})(?::(\d{2}))?\s*[-–]\s*(\d{1,2})(?::(\d{2}))?$")
_WORDS = re.compile(
    r"^([a-z]{2})[a-z]*day(?:\s+(to|and)\s+([a-z]{2})[a-z]*day)?,?\s+"
    r"(\d{1,2})(?::(\d{2}))?\s*([ap])m\s+to\s+(\d{1,2})(?::(\d{2}))?\s*([ap])m\b"
)
NOON = 12
# A Monday, to name the days by.
_MONDAY = date(2024, 1, 1)

Span = tuple[time, time]


Rule = tuple[tuple[int, ...], tuple[Span, ...]]


@dataclass(frozen=True)
class Hours:
    """Opening hours: rules of weekdays (Monday is 0) and spans; none where nobody can tell."""

    text: str
    rules: tuple[Rule, ...] = ()
    # As they were written, where they were written for people to read.
    words: str = ""

    def on(self, weekday_number: int) -> tuple[Span, ...]:
        """Returns when the clinic is open on a weekday; the last rule for a day counts."""
        spans: tuple[Span, ...] = ()
        for days, open_then in self.rules:
            if weekday_number in days:
                spans = open_then
        return spans


def _read(text: str) -> Hours:
    lines = [line.strip() for line in re.split(r"[;\n]", text) if line.strip()]
    short = [_rule(line) for line in lines]
    if all(short):
        return Hours(text, tuple(rule for rule in short if rule))
    long = [_rule_in_words(line) for line in lines]
    known = tuple(rule for rule in long if rule) if all(long) else ()
    return Hours(text, known, ". ".join(lines))


def _rule(part: str) -> Rule | None:
    match = _RULE.match(part)
    if match is None:
        return None
    first, last = match[1].lower(), (match[2] or match[1]).lower()
    spans = [_span(span.strip()) for span in match[3].split(",")]
    known = tuple(span for span in spans if span is not None)
    if first not in DAYS or last not in DAYS or len(known) != len(spans):
        return None
    return tuple(range(DAYS.index(first), DAYS.index(last) + 1)), known


def _rule_in_words(line: str) -> Rule | None:
    match = _WORDS.match(line.lower())
    if match is None or match[1] not in DAYS or (match[3] or match[1]) not in DAYS:
        return None
    first, last = DAYS.index(match[1]), DAYS.index(match[3] or match[1])
    days = (first, last) if match[2] == "and" else tuple(range(first, last + 1))
    start, end = _hour(match[4], match[5], match[6]), _hour(match[7], match[8], match[9])
    return (days, ((start, end),)) if start and end and start < end else None


def _hour(hour: str, minute: str | None, half: str) -> time | None:
    if not 1 <= int(hour) <= NOON or int(minute or 0) > 59:  # noqa: PLR2004 - minutes
        return None
    return time(int(hour) % NOON + (NOON if half == "p" else 0), int(minute or 0))


def _span(text: str) -> Span | None:
    match = _SPAN.match(text)
    if match is None:
        return None
    try:
        start = time(int(match[1]), int(match[2] or 0))
        end = time(int(match[3]), int(match[4] or 0))
    except ValueError:
        return None
    return (start, end) if start < end else None


def said(text: str) -> str:
    """Says opening hours in words: Monday to Friday, 8:00 am to 5:30 pm."""
    hours = _read(text)
    words = re.sub(r"(\d) ([ap]m)\b", "\\1\u00a0\\2", hours.words)
    return words or ". ".join(_rule_said(*rule) for rule in hours.rules)


def _rule_said(numbers: tuple[int, ...], spans: tuple[Span, ...]) -> str:
    first, last = (weekday(_MONDAY + timedelta(days=at)) for at in (numbers[0], numbers[-1]))
    days = first if first == last else _("{first} to {last}").format(first=first, last=last)
    times = [_("{start} to {end}").format(start=_time(a), end=_time(b)) for a, b in spans]
    return f"{days}, {_(' and ').join(times)}"


def _time(at: time) -> str:
    return clock(datetime.combine(_MONDAY, at, tzinfo=zone())).replace(":00", "")


def are_known(text: str) -> bool:
    """Says whether anybody can tell from the text when the clinic is open."""
    return bool(_read(text).rules)


def spans(text: str, on: date) -> tuple[Span, ...]:
    """Returns from when to when the clinic is open on a day, by its weekly hours."""
    return _read(text).on(on.weekday())


def open_now(text: str, now: datetime) -> str:
    """Says that the clinic is open and until when; empty while it is closed or nobody knows."""
    here = local(now)
    for start, end in _read(text).on(here.weekday()):
        if start <= here.time().replace(tzinfo=None) < end:
            return _("Open until {time}").format(time=_time(end))
    return ""


def closed_now(text: str, now: datetime) -> str:
    """Says that the clinic is closed and when it opens; empty while it is open or nobody knows."""
    hours = _read(text)
    if not hours.rules or open_now(text, now):
        return ""
    here = local(now)
    for ahead in range(8):
        spans = hours.on((here.weekday() + ahead) % 7)
        coming = [start for start, _end in spans if ahead or start > here.time()]
        if coming:
            return _("Closed. We open {when}").format(when=_opening(ahead, here, coming[0]))
    return ""


def _opening(ahead: int, here: datetime, start: time) -> str:
    names = {0: _("today"), 1: _("tomorrow")}
    name = names.get(ahead) or weekday(here.date() + timedelta(days=ahead))
    return _("{day} at {time}").format(day=name, time=_time(start))
