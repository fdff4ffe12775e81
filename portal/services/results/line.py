"""Where a value stands on its number line.

The usual range always takes the middle half (25 to 75 %), so that the ranges of a whole panel
stand in one column; a one-sided range keeps its one limit there. Whatever is outside the range
stands visibly outside it, however little it is, and never leaves the line.
"""

from portal.services.results.values import Value

LEAST, LOW, HIGH, MOST = 2.0, 25.0, 75.0, 98.0
MIDDLE = 50.0
# How far beyond the limit a mark stands at least, in %: less could not be seen.
SEEN = 2.0


def kind(value: Value) -> str:
    """Returns which limits the line has: both, max, min or none."""
    low, high = value.limits
    if low is not None and high is not None:
        return "both"
    if high is not None:
        return "max"
    return "min" if low is not None else "none"


def place(number: float, low: float | None, high: float | None) -> float:
    """Returns where a number stands, in % from 2 to 98: rises with the number, never falls."""
    at = _unclamped(number, low, high)
    if low is not None and number < low:
        at = min(at, LOW - SEEN)
    elif high is not None and number > high:
        at = max(at, HIGH + SEEN)
    else:
        at = max(at, LOW if low is not None else LEAST)
        at = min(at, HIGH if high is not None else MOST)
    return round(min(MOST, max(LEAST, at)), 1)


def percent(at: float) -> str:
    """Says a place as the stylesheet takes it: 81.3%."""
    return f"{at:g}%"


def _unclamped(number: float, low: float | None, high: float | None) -> float:
    if low is not None and high is not None:
        if high > low:
            return LOW + (HIGH - LOW) * ((number - low) / (high - low))
        return MIDDLE
    if high is not None:
        return _below_limit(number, high)
    return _above_limit(number, low) if low is not None else MIDDLE


def _below_limit(number: float, high: float) -> float:
    if high > 0:
        return HIGH * (number / high)
    return HIGH + LOW * ((number - high) / (abs(high) or 1))


def _above_limit(number: float, low: float) -> float:
    if low <= 0:
        return LOW + LOW * ((number - low) / (abs(low) or 1))
    if number < low:
        return LOW * (number / low)
    return LOW + HIGH * ((number - low) / low)
