"""Geometry and words of values: pure functions, tried on what laboratories really send."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import words
from portal.services.results import line, rows, says
from portal.services.results.values import Before, Value
from portal.services.results.verdict import LITTLE, judge

words.settle("en", "America/New_York")

numbers = st.floats(-1e9, 1e9, allow_nan=False, allow_infinity=False)
limits = st.one_of(st.none(), numbers)


def potassium(text: str = "5.3", **changes: Any) -> Value:
    values: dict[str, Any] = {
        "name": "Potassium",
        "text": text,
        "number": float(text),
        "unit": "mmol/L",
        "low": 3.5,
        "low_text": "3.5",
        "high": 5.1,
        "high_text": "5.1",
        "flag": "H" if float(text) > 5.1 else "",
    }
    return Value(**(values | changes))


class TestPlace:
    @given(numbers, numbers, limits, limits)
    def test_never_falls_when_the_number_rises(
        self, one: float, other: float, low: float | None, high: float | None
    ) -> None:
        if low is not None and high is not None and low > high:
            low, high = high, low
        less, more = sorted((one, other))
        assert line.place(less, low, high) <= line.place(more, low, high)

    @given(numbers, limits, limits)
    def test_never_leaves_the_line(
        self, number: float, low: float | None, high: float | None
    ) -> None:
        if low is not None and high is not None and low > high:
            low, high = high, low
        assert line.LEAST <= line.place(number, low, high) <= line.MOST

    @given(numbers, numbers, numbers)
    def test_shows_inside_what_is_inside_and_outside_what_is_outside(
        self, number: float, one: float, other: float
    ) -> None:
        low, high = sorted((one, other))
        at = line.place(number, low, high)
        if number < low:
            assert at <= line.LOW - line.SEEN
        elif number > high:
            assert at >= line.HIGH + line.SEEN
        else:
            assert line.LOW <= at <= line.HIGH

    @given(numbers, numbers)
    def test_keeps_a_lone_limit_where_it_stands_in_a_pair(
        self, number: float, limit: float
    ) -> None:
        below, above = line.place(number, None, limit), line.place(number, limit, None)
        assert (below > line.HIGH) == (number > limit)
        assert (above < line.LOW) == (number < limit)

    @pytest.mark.parametrize(
        ("number", "low", "high", "at"),
        [
            (5.3, 3.5, 5.1, 81.2),
            (4.3, 3.5, 5.1, 50.0),
            (3.5, 3.5, 5.1, 25.0),
            (5.1, 3.5, 5.1, 75.0),
            (5.11, 3.5, 5.1, 77.0),
            (77, 60, None, 46.2),
            (30, 60, None, 12.5),
            (0, None, 10, 2.0),
            (5, None, 10, 37.5),
            (20, None, 10, 98.0),
            (7, 7, 7, 50.0),
            (8, 7, 7, 77.0),
            (-3, -2, 2, 12.5),
            (0, None, 0, 75.0),
            (1, None, None, 50.0),
        ],
    )
    def test_puts_known_values_where_they_belong(
        self, number: float, low: float | None, high: float | None, at: float
    ) -> None:
        assert line.place(number, low, high) == pytest.approx(at, abs=0.11)

    def test_says_which_limits_there_are(self) -> None:
        assert line.kind(potassium()) == "both"
        assert line.kind(potassium(low=None)) == "max"
        assert line.kind(potassium(high=None)) == "min"
        assert line.kind(potassium(low=None, high=None)) == "none"
        assert line.kind(potassium(low=9.0, high=1.0)) == "none"
        assert line.kind(potassium(low=math.nan, high=math.inf)) == "none"


class TestJudge:
    @pytest.mark.parametrize(
        ("text", "side", "is_little"),
        [
            ("4.3", "in", False),
            ("3.5", "in", False),
            ("5.1", "in", False),
            ("5.3", "above", True),
            ("5.4", "above", False),
            ("3.3", "below", True),
            ("3.1", "below", False),
        ],
    )
    def test_holds_a_number_against_the_range(
        self, text: str, side: str, *, is_little: bool
    ) -> None:
        verdict = judge(potassium(text, flag=""))
        assert (verdict.side, verdict.is_little) == (side, is_little)
        assert verdict.is_drawn

    @given(st.floats(0.001, 100), st.floats(0, 1e6), st.floats(0.1, 1e6))
    def test_says_a_little_only_within_the_threshold(
        self, share: float, low: float, width: float
    ) -> None:
        high = low + width
        number = high + share * width
        verdict = judge(Value(text="x", number=number, low=low, high=high))
        if verdict.is_little:
            assert number - high <= LITTLE * (high - low)
        if share > LITTLE * 1.01:
            assert not verdict.is_little

    @pytest.mark.parametrize("flag", ["HH", "LL", "AA", "hh "])
    def test_an_urgent_flag_is_urgent_and_never_little(self, flag: str) -> None:
        verdict = judge(potassium("5.2", flag=flag))
        assert verdict.is_urgent
        assert not verdict.is_little

    def test_the_labs_word_counts_and_a_line_that_contradicts_it_is_not_drawn(self) -> None:
        said_high = judge(potassium("4.9", flag="H"))
        assert (said_high.side, said_high.is_drawn) == ("above", False)
        said_normal = judge(potassium("5.3", flag="N"))
        assert (said_normal.side, said_normal.is_drawn) == ("in", False)

    @pytest.mark.parametrize(
        ("comparator", "number", "low", "high", "side"),
        [
            ("<", 0.3, None, 0.5, "in"),
            ("<", 0.8, None, 0.5, ""),
            ("<", 3.5, 3.5, 5.1, "below"),
            ("<=", 3.5, 3.5, 5.1, ""),
            ("<", 5.0, 3.5, 5.1, ""),
            (">", 60, 60, None, "in"),
            (">", 90, None, 80, "above"),
            (">=", 80, None, 80, ""),
            (">", 80, None, 80, "above"),
            (">", 4.0, 3.5, 5.1, ""),
        ],
    )
    def test_claims_only_what_a_comparator_leaves_certain(
        self, comparator: str, number: float, low: float, high: float, side: str
    ) -> None:
        value = Value(text=str(number), number=number, comparator=comparator, low=low, high=high)
        assert judge(value).side == side

    def test_words_without_a_flag_are_not_judged(self) -> None:
        assert judge(Value(text="Not found")).side == ""
        assert judge(Value(text="Not found", flag="A")).side == "odd"
        assert judge(Value(text="Not found", flag="NEG")).side == ""

    def test_no_value_is_missing_whatever_its_flag(self) -> None:
        assert judge(Value(flag="H", absent_reason="Specimen clotted")).side == "missing"


class TestWords:
    def test_one_value_outside_and_the_others_inside(self) -> None:
        values = [potassium(), *[potassium("4.0", name=f"v{n}") for n in range(6)]]
        assert says.summary(values) == (
            "Potassium is a little above the usual range. The other 6 values are in range."
        )

    def test_never_says_in_range_of_what_has_none(self) -> None:
        unknown = Value(name="Colour", text="Yellow")
        assert (
            says.summary([potassium(), unknown]) == "Potassium is a little above the usual range."
        )
        assert says.summary([potassium(), unknown, potassium("4.0")]) == (
            "Potassium is a little above the usual range. 1 other value is in range."
        )
        assert says.summary([potassium("4.0"), unknown]) == (
            "1 value is in the usual range. 1 has no range to compare with."
        )

    def test_several_outside_are_named_up_to_three(self) -> None:
        values = [potassium(name=name) for name in ("A", "B", "C", "D")]
        assert says.summary(values) == (
            "4 of 4 values are outside the usual range: A, B and 2 more."
        )

    def test_all_inside(self) -> None:
        assert says.summary([potassium("4")]) == "In the usual range."
        assert says.summary([potassium("4")] * 7) == "All 7 values are in the usual range."

    def test_an_urgent_value_stands_before_all_else(self) -> None:
        said = says.summary([potassium(), potassium("6.9", flag="HH", name="Salt")])
        assert said == "The lab marks Salt as urgent. Open it now."

    def test_reports_without_numbers(self) -> None:
        swab = Value(name="Throat swab", text="No strep bacteria found")
        assert says.summary([swab]) == "Throat swab: No strep bacteria found"
        assert says.summary([], "Nothing is broken. Rest it.") == "Nothing is broken."
        assert says.summary([], "", "preliminary") == "There are no values yet."
        assert says.summary([], "", "final") == "Open it to read the report."
        assert says.summary([], "", "cancelled") == "The lab did not do this test."

    def test_ranges_in_words(self) -> None:
        assert says.usual(potassium()) == "3.5 to 5.1"
        assert says.usual(potassium(low=None, low_text="")) == "5.1 or less"
        assert says.usual(potassium(high=None, high_text="")) == "3.5 or more"
        assert says.usual(Value(range_text="Negative")) == "Negative"

    def test_amounts_keep_their_digits_and_say_their_comparator(self) -> None:
        assert says.amount(Value(text="0.30", number=0.3, comparator="<")) == "<\u00a00.30"
        assert says.amount(Value(text="<0.30", number=0.3, comparator="<")) == "<0.30"
        assert says.amount(Value(text="true")) == "Yes"
        assert says.spoken(Value(text="0.30", number=0.3, comparator=">=")) == "at least 0.30"

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ("mmol/L", "mmol/L"),
            ("10*3/uL", "10³/µL"),
            ("{score}", ""),
            ("mm[Hg]", "mmHg"),
            ("1", ""),
            ("/{HPF}", ""),
            ("ug/L", "µg/L"),
        ],
    )
    def test_units_as_labs_print_them(self, given: str, said: str) -> None:
        assert says.unit(given) == said

    def test_the_badge_has_word_tone_and_icon_alike(self) -> None:
        assert says.badge(potassium()) == says.Badge(
            "A little above the usual range", "warn", "upr"
        )
        assert says.badge(potassium("4")).tone == "ok"
        assert says.badge(potassium("6.9", flag="HH")).tone == "bad"

    def test_names(self) -> None:
        assert says.names("Potassium", "A salt") == ("Potassium", "A salt")
        assert says.names("Hemoglobin A1c/Hemoglobin.total in Blood", "Average sugar") == (
            "Average sugar",
            "Hemoglobin A1c/Hemoglobin.total in Blood",
        )
        assert says.names("Potassium [Moles/volume] in Blood", "") == (
            "Potassium",
            "Potassium [Moles/volume] in Blood",
        )

    @given(st.text(max_size=300), numbers, limits, limits, st.sampled_from(["", "H", "LL", "?"]))
    def test_whatever_a_lab_sends_can_be_said(
        self, text: str, number: float, low: float | None, high: float | None, flag: str
    ) -> None:
        value = Value(name="x", text=text, number=number, low=low, high=high, flag=flag)
        assert says.summary([value])
        row = rows.value_row(value, Before("1", number, None))
        assert (row.line.kind == "none") == (row.line.at == "")


class TestRows:
    def test_the_ring_shows_the_last_comparable_value(self) -> None:
        row = rows.value_row(potassium(), Before("4.9", 4.9, None))
        assert row.line.was == "68.8%"
        assert row.line.flag == "high"
        assert "4.9" in row.before

    def test_the_furthest_value_is_the_one_that_is_drawn(self) -> None:
        near, far = potassium("5.2"), potassium("9", name="far")
        assert rows.furthest([near, far, potassium("4")]).at == "98%"
        assert rows.furthest([potassium("4")]).kind == "none"

    def test_an_urgent_value_is_drawn_before_a_further_one(self) -> None:
        urgent = potassium("2.0", flag="LL")
        assert rows.furthest([potassium("99"), urgent]).flag == "low crit"
