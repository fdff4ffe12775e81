"""What a value means against the lab's own range, and no more than that.

The lab's flag comes first; where it gives none, the number is held against the lab's range. "A
little" is said within `LITTLE` of the width of the range, or within `LITTLE_ONE_SIDED` of a lone
limit, and never where the lab marks the value as urgent or as far outside. These thresholds
await a clinician's review (docs/glossary.md).
"""

from dataclasses import dataclass

from portal.services.results.values import Value

LITTLE = 0.15
LITTLE_ONE_SIDED = 0.10

# HL7 v3 ObservationInterpretation, as far as it says something about a range.
ABOVE = frozenset({"H", "HH", "HU", "HX", ">"})
BELOW = frozenset({"L", "LL", "LU", "LX", "<"})
URGENT = frozenset({"HH", "LL", "AA"})
FAR = URGENT | {"HU", "LU", "HX", "LX", ">", "<"}
ODD = frozenset({"A", "AA"})


@dataclass(frozen=True)
class Verdict:
    """`side` is in, above, below, odd (not usual, no side), missing, or "" where none can be said.

    `is_drawn`: the number agrees with the verdict, so that the line shows the same as the words.
    """

    side: str = ""
    is_little: bool = False
    is_urgent: bool = False
    is_drawn: bool = False

    @property
    def is_outside(self) -> bool:
        """Whether the value is not what is usual."""
        return self.side in {"above", "below", "odd"}


def judge(value: Value) -> Verdict:
    """Returns the verdict on one value."""
    if value.is_missing:
        return Verdict("missing")
    flag = code_of(value.flag)
    by_lab, by_range = _by_lab(flag), _by_range(value)
    side = by_range if by_lab == "odd" and by_range in {"above", "below"} else by_lab or by_range
    return Verdict(
        side=side,
        is_little=side in {"above", "below"} and flag not in FAR and _is_little(value, side),
        is_urgent=flag in URGENT,
        is_drawn=side != "" and side == by_range,
    )


def code_of(flag: str) -> str:
    """Returns the flag's code alone: `H`, also where the lab wrote ` h `."""
    return flag.strip().upper()


def _by_lab(flag: str) -> str:
    if flag == "N":
        return "in"
    if flag in ABOVE:
        return "above"
    if flag in BELOW:
        return "below"
    return "odd" if flag in ODD else ""


def _by_range(value: Value) -> str:
    """Holds the number against the range; "" where the number leaves it open."""
    number, (low, high) = value.amount, value.limits
    if number is None or (low is None and high is None):
        return ""
    if value.comparator in {"<", "<="}:
        return _at_most(number, low, high, is_less=value.comparator == "<")
    if value.comparator in {">", ">="}:
        return _at_least(number, low, high, is_more=value.comparator == ">")
    if low is not None and number < low:
        return "below"
    return "above" if high is not None and number > high else "in"


def _at_most(number: float, low: float | None, high: float | None, *, is_less: bool) -> str:
    if low is not None:
        return "below" if number < low or (is_less and number == low) else ""
    return "in" if high is not None and number <= high else ""


def _at_least(number: float, low: float | None, high: float | None, *, is_more: bool) -> str:
    if high is not None:
        return "above" if number > high or (is_more and number == high) else ""
    return "in" if low is not None and number >= low else ""


def _is_little(value: Value, side: str) -> bool:
    number, (low, high) = value.amount, value.limits
    limit = high if side == "above" else low
    if number is None or limit is None or value.comparator:
        return False
    beyond = number - limit if side == "above" else limit - number
    if low is not None and high is not None:
        return 0 < beyond <= LITTLE * (high - low)
    return 0 < beyond <= LITTLE_ONE_SIDED * abs(limit)
