"""Judging: whether a rule concerns somebody on a day, and what is due. Pure: it asks nobody.

Of what is known in part the careful end counts. Who was born in some month of a year is as old as
whoever was born on its last day, before a rule begins, and as its first, before it ends. What was
done in some month of a year was done on its first day: nobody hears of the next time too late.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from portal.models.prevention import PreventiveAnswer, PreventiveRule
from portal.services.prevention.dates import Span, months_after, span

# So long before its day something is said to be due soon; so long after it, it is overdue.
SOON = timedelta(days=30)
LATE_MONTHS = 3

# Not concerned and not due yet are two things: the second is shown with its day.
DUE, SOON_DUE, OVERDUE, WAITS, DONE = "due", "soon", "overdue", "not-yet", "done"
DECLINED, LATER = "declined", "later"
# What somebody is asked to do something about.
OPEN = (OVERDUE, DUE, SOON_DUE)


@dataclass(frozen=True)
class Person:
    """What rules ask of somebody: when they were born, as far as known, and their sex on record."""

    born: Span | None
    gender: str


@dataclass(frozen=True)
class Verdict:
    """How a rule stands for somebody: since or from when it is due, and when it was done last.

    `last` is the date as it is known, which may be a part of one; "" where there is none.
    """

    state: str
    due_on: date | None = None
    last: str = ""
    answer: PreventiveAnswer | None = None


def judge(
    rule: PreventiveRule,
    person: Person,
    done: Iterable[str],
    answers: Sequence[PreventiveAnswer],
    on: date,
) -> Verdict | None:
    """Returns how a rule stands for somebody on a day; None where it does not concern them.

    `done`: dates of what counts in their record, "" for one that is not known; `answers` in order.
    """
    days = _days(rule, person)
    if rule.sex not in ("any", person.gender) or days is None:
        return None
    if not days.first - SOON <= on < days.last:
        return None
    standing = in_force(answers)
    said = [one.done_on for one in standing if one.answer == "done"]
    last, first_of_last = _latest([*done, *said], on)
    due_on = _due_on(rule, days, first_of_last, is_done=last is not None)
    known = last or ""
    newest = standing[-1] if standing else None
    if due_on is None or due_on >= days.last:
        # Once was enough, or they are too old for it before it comes again.
        is_said = newest is not None and newest.answer == "done"
        return Verdict(DONE, None, known, newest if is_said else None)
    state, due_on = _stands(newest, on, due_on, has_last=first_of_last is not None)
    return Verdict(state, due_on, known, newest)


def in_force(answers: Sequence[PreventiveAnswer]) -> list[PreventiveAnswer]:
    """Returns the answers that nobody has taken back, in order."""
    undone = {one.undoes for one in answers if one.answer == "undone"}
    return [one for one in answers if one.answer != "undone" and one.number not in undone]


def _days(rule: PreventiveRule, person: Person) -> Span | None:
    """Returns from which day on a rule concerns somebody, and from which on no more."""
    if person.born is None:
        return None
    until = rule.until_months
    return Span(
        months_after(person.born.last, rule.from_months),
        date.max if until is None else months_after(person.born.first, until),
    )


def _latest(dates: Iterable[str], on: date) -> tuple[str | None, date | None]:
    """Returns the latest date up to a day, as it is known, and the first day that it may mean."""
    known = [(text, span(text)) for text in dates]
    past = [(days.first, text) for text, days in known if days is not None and days.first <= on]
    if past:
        first, text = max(past)
        return text, first
    return ("", None) if any(days is None for _text, days in known) else (None, None)


def _due_on(rule: PreventiveRule, days: Span, last: date | None, *, is_done: bool) -> date | None:
    """Returns the day from which on it is due; None where once was enough."""
    if not is_done:
        return days.first
    if rule.every_months == 0:
        return None
    # Done on a day that nobody knows: how long that holds is not known either.
    return days.first if last is None else max(days.first, months_after(last, rule.every_months))


def _stands(
    newest: PreventiveAnswer | None, on: date, due_on: date, *, has_last: bool
) -> tuple[str, date]:
    """Returns the state of what is due some day, and that day as the last answer leaves it."""
    if on < due_on - SOON:
        return WAITS, due_on
    if newest is not None and newest.answer == "declined":
        return DECLINED, due_on
    until = newest.until if newest is not None and newest.until else due_on
    if until > max(on, due_on):
        return LATER, until
    due_on = max(due_on, until)
    if on < due_on:
        return SOON_DUE, due_on
    # Who never had it is not late: nobody told them.
    is_late = has_last and on >= months_after(due_on, LATE_MONTHS)
    return (OVERDUE if is_late else DUE), due_on
