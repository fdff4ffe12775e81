"""When something is due: on birthdays, leap days, with half a date, and whatever was answered."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.models.prevention import PreventiveAnswer, PreventiveRule
from portal.services.prevention.dates import Span, born_by, months_after, span
from portal.services.prevention.judging import OPEN, Person, Verdict, judge
from portal.words import age
from tests.support.clinic import NOW

TODAY = NOW.date()
DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1))
MONTHS = st.integers(0, 1560)


def rule(**changes: Any) -> PreventiveRule:
    """Every year from 65 on, unless changed."""
    values: dict[str, Any] = {
        "id": "r",
        "name": "Flu",
        "kind": "vaccine",
        "changed_at": NOW,
        "from_months": 65 * 12,
        "every_months": 12,
    }
    return PreventiveRule(**values | changes)


def answer(number: int, said: str, **more: Any) -> PreventiveAnswer:
    who: dict[str, Any] = {"patient_id": "p", "rule_id": "r", "by_id": "u", "side": "patient"}
    return PreventiveAnswer(**who, number=number, answer=said, at=NOW, **more)


def person(born: str, gender: str = "female") -> Person:
    return Person(span(born), gender)


def stands(
    one: PreventiveRule, born: str, *done: str, answers: Any = (), on: date = TODAY
) -> Verdict | None:
    return judge(one, person(born), done, answers, on)


def state(one: PreventiveRule, born: str, *done: str, answers: Any = (), on: date = TODAY) -> str:
    found = stands(one, born, *done, answers=answers, on=on)
    return found.state if found else ""


class TestMonthsAfter:
    @pytest.mark.parametrize(
        ("day", "months", "expected"),
        [
            (date(2024, 2, 29), 12, date(2025, 3, 1)),
            (date(2024, 2, 29), 48, date(2028, 2, 29)),
            (date(2026, 1, 31), 1, date(2026, 3, 1)),
            (date(2026, 10, 31), 1, date(2026, 12, 1)),
            (date(2026, 12, 31), 2, date(2027, 3, 1)),
            (date(9990, 5, 5), 1560, date.max),
        ],
    )
    def test_a_day_that_a_month_has_not_is_the_next_ones_first(
        self, day: date, months: int, expected: date
    ) -> None:
        assert months_after(day, months) == expected

    @given(DAYS, DAYS, MONTHS)
    def test_who_was_first_stays_first(self, one: date, other: date, months: int) -> None:
        first, second = sorted((one, other))
        assert months_after(first, months) <= months_after(second, months)

    @given(DAYS, st.integers(0, 120))
    def test_years_are_those_that_the_portal_counts_everywhere(
        self, born: date, years: int
    ) -> None:
        birthday = months_after(born, years * 12)
        noon = NOW.replace(year=birthday.year, month=birthday.month, day=birthday.day, hour=17)
        assert age(born, noon) == years
        assert age(born, noon - timedelta(days=1)) == years - 1

    @given(DAYS, MONTHS, st.integers(-1, 1))
    def test_who_is_old_enough_is_found_by_their_birthday_too(
        self, day: date, months: int, off: int
    ) -> None:
        latest = born_by(day, months)
        born = latest + timedelta(days=off)
        assert (born <= latest) == (months_after(born, months) <= day)


class TestSpan:
    @pytest.mark.parametrize(
        ("text", "first", "last"),
        [
            ("2024", date(2024, 1, 1), date(2024, 12, 31)),
            ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
            ("2023-02-28", date(2023, 2, 28), date(2023, 2, 28)),
            # Half past four in the morning of UTC is still the evening before at the clinic.
            ("2026-03-03T04:30:00Z", date(2026, 3, 2), date(2026, 3, 2)),
        ],
    )
    def test_a_part_of_a_date_may_be_many_days(self, text: str, first: date, last: date) -> None:
        assert span(text) == Span(first, last)

    @pytest.mark.parametrize("text", ["", "2023-02-29", "2023-13", "0000", "at 40", "23", "٢٠٢٣"])
    def test_what_is_no_date_is_none(self, text: str) -> None:
        assert span(text) is None


class TestAge:
    def test_begins_on_the_birthday_and_is_said_a_month_before(self) -> None:
        assert state(rule(), "1961-03-04") == "soon"
        assert state(rule(), "1961-03-03") == "due"
        assert state(rule(), "1961-04-02") == "soon"
        assert state(rule(), "1961-04-03") == ""

    def test_who_was_born_on_a_leap_day_is_older_on_the_first_of_march(self) -> None:
        born = "1960-02-29"
        assert state(rule(), born, on=date(2025, 2, 28)) == "soon"
        assert state(rule(), born, on=date(2025, 3, 1)) == "due"

    def test_ends_on_the_birthday(self) -> None:
        child = rule(from_months=12, until_months=36)
        assert state(child, "2023-03-04") == "due"
        assert state(child, "2023-03-03") == ""

    def test_of_half_a_birth_date_the_careful_end_counts(self) -> None:
        assert state(rule(), "1961") == ""
        assert state(rule(), "1960") == "due"
        assert state(rule(), "1961-03") == "soon"
        until = rule(from_months=0, until_months=65 * 12)
        assert state(until, "1961") == ""
        assert state(until, "1962") == "due"
        assert state(rule(from_months=0), "") == ""

    def test_what_is_for_one_sex_is_for_those_on_record_as_such(self) -> None:
        screening = rule(sex="female", from_months=0)
        for gender, found in (("female", True), ("male", False), ("unknown", False)):
            verdict = judge(screening, person("1960-01-01", gender), (), (), TODAY)
            assert (verdict is not None) == found


class TestDone:
    def test_what_was_done_holds_for_its_time(self) -> None:
        assert state(rule(), "1950-01-01", "2025-05-01") == "not-yet"
        assert state(rule(), "1950-01-01", "2025-03-20") == "soon"
        assert state(rule(), "1950-01-01", "2025-03-03") == "due"
        assert state(rule(), "1950-01-01", "2024-12-04") == "due"
        assert state(rule(), "1950-01-01", "2024-12-03") == "overdue"

    def test_the_latest_counts_and_what_is_to_come_does_not(self) -> None:
        assert state(rule(), "1950-01-01", "2020-01-01", "2025-09-01", "2026-03-04") == "not-yet"
        assert state(rule(), "1950-01-01", "2026-03-04") == "due"

    def test_half_a_date_counts_from_its_first_day(self) -> None:
        verdict = stands(rule(), "1950-01-01", "2025")
        assert verdict
        assert (verdict.due_on, verdict.last) == (date(2026, 1, 1), "2025")
        assert state(rule(), "1950-01-01", "2026") == "not-yet"

    def test_once_is_enough_even_on_a_day_that_nobody_knows(self) -> None:
        once = rule(every_months=0)
        assert state(once, "1950-01-01", "1999") == "done"
        assert state(once, "1950-01-01", "") == "done"
        assert state(once, "1950-01-01") == "due"
        # How long something holds that was done once upon a time, nobody knows.
        assert state(rule(), "1950-01-01", "when he was a boy") == "due"

    def test_who_is_too_old_by_then_is_done_with_it(self) -> None:
        until = rule(from_months=0, until_months=75 * 12, every_months=24)
        assert state(until, "1951-06-01", "2025-01-01") == "done"
        assert state(until, "1951-06-01", "2023-01-01") == "overdue"

    def test_who_never_had_it_is_not_late(self) -> None:
        assert state(rule(), "1930-01-01") == "due"


class TestAnswers:
    def test_done_elsewhere_counts_as_done(self) -> None:
        said = [answer(1, "done", done_on="2025-11")]
        verdict = stands(rule(), "1950-01-01", "2020-01-01", answers=said)
        assert verdict == Verdict("not-yet", date(2026, 11, 1), "2025-11", said[0])

    def test_not_wanted_holds_until_it_is_taken_back_or_done(self) -> None:
        no = answer(1, "declined")
        assert state(rule(), "1950-01-01", answers=[no]) == "declined"
        undone = answer(2, "undone", undoes=1)
        assert state(rule(), "1950-01-01", answers=[no, undone]) == "due"
        later = [no, answer(2, "done", done_on="2026-01")]
        assert state(rule(), "1950-01-01", answers=later) == "not-yet"
        # Given anyway: it is done, whatever was said.
        assert state(rule(), "1950-01-01", "2026-01-05", answers=[no]) == "not-yet"

    def test_later_comes_back_on_its_day(self) -> None:
        later = [answer(1, "later", until=date(2026, 3, 4))]
        verdict = stands(rule(), "1950-01-01", answers=later)
        assert verdict
        assert (verdict.state, verdict.due_on) == ("later", date(2026, 3, 4))
        assert state(rule(), "1950-01-01", answers=later, on=date(2026, 3, 4)) == "due"

    def test_what_is_taken_back_leaves_the_answer_before(self) -> None:
        said = [
            answer(1, "done", done_on="2025-12"),
            answer(2, "declined"),
            answer(3, "undone", undoes=2),
        ]
        assert state(rule(), "1950-01-01", answers=said) == "not-yet"


@given(
    born=DAYS,
    done=st.lists(DAYS, max_size=3),
    on=DAYS,
    first=st.integers(0, 900),
    every=st.integers(0, 240),
    lasts=st.integers(1, 900),
)
def test_whatever_the_dates_it_is_due_within_its_ages_and_after_its_time(
    born: date, done: list[date], on: date, first: int, every: int, lasts: int
) -> None:
    one = rule(from_months=first, until_months=first + lasts, every_months=every)
    dates = [day.isoformat() for day in done]
    verdict = judge(one, Person(Span(born, born), "female"), dates, (), on)
    begins, ends = months_after(born, first), months_after(born, first + lasts)
    assert (verdict is not None) == (begins - timedelta(days=30) <= on < ends)
    if verdict is None or verdict.due_on is None:
        return
    past = [day for day in done if day <= on]
    assert begins <= verdict.due_on < ends
    assert not past or verdict.due_on >= months_after(max(past), every)
    assert (verdict.state in OPEN) == (verdict.due_on <= on + timedelta(days=30))
    # What was done today is due again before its time for nobody.
    again = judge(one, Person(Span(born, born), "female"), [*dates, on.isoformat()], (), on)
    assert again
    assert again.state not in OPEN or every in {0, 1} or on < begins
