"""One measured value, as the rules of this package read it: no database, no actor."""

import math
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Value:
    """A value of a report: `text` as the lab gave it, `number` for places and order alone."""

    id: str = ""
    report_id: str = ""
    name: str = ""
    term: str = ""
    status: str = "final"
    text: str = ""
    number: float | None = None
    comparator: str = ""
    unit: str = ""
    low: float | None = None
    low_text: str = ""
    high: float | None = None
    high_text: str = ""
    range_text: str = ""
    flag: str = ""
    absent_reason: str = ""
    earlier: str = ""
    note: str = ""
    method: str = ""
    specimen: str = ""

    @property
    def is_missing(self) -> bool:
        """Whether the lab gave no value."""
        return not self.text and self.number is None

    @property
    def amount(self) -> float | None:
        """The number, where it is one that a line can show."""
        if self.number is None or not math.isfinite(self.number):
            return None
        return self.number

    @property
    def limits(self) -> tuple[float | None, float | None]:
        """The lab's range as (low, high); nothing where its limits contradict each other."""
        low, high = _finite(self.low), _finite(self.high)
        if low is not None and high is not None and low > high:
            return None, None
        return low, high


@dataclass(frozen=True)
class Before:
    """The last comparable value: same code, same unit, same person."""

    text: str
    number: float | None
    at: datetime | None


def _finite(limit: float | None) -> float | None:
    return limit if limit is not None and math.isfinite(limit) else None
