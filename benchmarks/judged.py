"""Figures: pairs measured in turn, the median of their ratios, gates and verdicts."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

PAIRS = 5


class Skipped(Exception):
    """A benchmark whose subject or tool is not on this machine."""


@dataclass(frozen=True)
class Line:
    """One judged figure. With a baseline, `value` is the median of the pairs' ratios."""

    what: str
    value: float
    unit: str = "x"
    low: float | None = None
    high: float | None = None
    gate: float | None = None
    stretch: float | None = None
    subject: str = ""
    baseline: str = ""
    at_least: bool = False

    @property
    def passes(self) -> bool:
        """Whether the gate holds."""
        return self.gate is None or self._within(self.gate)

    @property
    def verdict(self) -> str:
        """Says where the figure stands."""
        if self.gate is None:
            return "noted"
        if not self.passes:
            return "OVER"
        return "stretch" if self.stretch is not None and self._within(self.stretch) else "pass"

    def _within(self, bound: float) -> bool:
        return self.value >= bound if self.at_least else self.value <= bound


@dataclass
class Outcome:
    """What one benchmark found: lines, and facts beside them. `wrong`: its oracle's complaint."""

    name: str
    title: str
    lines: list[Line] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    runs: int = 1
    wrong: str = ""
    skipped: str = ""
    failed: bool = False


def ratio(
    what: str,
    subject: Sequence[float],
    baseline: Sequence[float],
    *,
    gate: float | None = None,
    stretch: float | None = None,
    unit: str = "ms",
    scale: float = 1e3,
    at_least: bool = False,
) -> Line:
    """Judges pairs that were measured in turn; `scale` turns them into `unit` for the table."""
    pairs = [a / b for a, b in zip(subject, baseline, strict=True)]
    return Line(
        what,
        statistics.median(pairs),
        "x",
        min(pairs),
        max(pairs),
        gate,
        stretch,
        said(statistics.median(subject) * scale, unit),
        said(statistics.median(baseline) * scale, unit),
        at_least,
    )


def amount(
    what: str,
    values: Sequence[float],
    *,
    unit: str = "ms",
    scale: float = 1e3,
    gate: float | None = None,
    stretch: float | None = None,
) -> Line:
    """Judges a figure by itself: the median of its rounds."""
    scaled = [value * scale for value in values]
    middle = statistics.median(scaled)
    return Line(what, middle, unit, min(scaled), max(scaled), gate, stretch, said(middle, unit))


def said(value: float, unit: str) -> str:
    """Returns a figure with three digits."""
    text = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{text} {unit}"


def at(values: Sequence[float], share: float) -> float:
    """Returns a percentile by rank; `share` 0.99 is the 99th."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def in_turn(
    first: Callable[[], float], second: Callable[[], float], pairs: int = PAIRS
) -> tuple[list[float], list[float]]:
    """Measures A B A B …; one round of each before it warms both."""
    first()
    second()
    found: tuple[list[float], list[float]] = ([], [])
    for _ in range(pairs):
        found[0].append(first())
        found[1].append(second())
    return found
