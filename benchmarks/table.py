"""The table on the screen."""

from pathlib import Path
from typing import Any

from benchmarks.judged import Line, Outcome

WIDTHS = (5, 46, 12, 20, 8, 8, 22, 8)


def head() -> str:
    """Returns the head of the table."""
    names = ("ID", "what", "median", "min – max", "gate", "stretch", "subject / baseline", "")
    return _row(names)


def lines(outcome: Outcome) -> str:
    """Returns the lines of one benchmark."""
    if outcome.wrong:
        return _row((outcome.name, f"WRONG: {outcome.wrong}"))
    if outcome.skipped:
        return _row((outcome.name, f"skipped: {outcome.skipped}"))
    rows = [_row(_cells(outcome.name, line)) for line in outcome.lines]
    if outcome.failed:
        rows.append(_row((outcome.name, f"FAILED: over its gate twice in {outcome.runs} runs")))
    return "\n".join(rows)


def foot(machine: dict[str, Any], outcomes: list[Outcome], took: float, path: Path) -> str:
    """Returns what the figures were measured on, and the verdict."""
    bad = [outcome.name for outcome in outcomes if outcome.failed or outcome.wrong]
    return "\n".join(
        (
            "",
            f"{machine['processor']}, {machine['cores']} cores, load {machine['load'][0]}",
            f"{machine['server']}, {machine['workers']} worker; {took:.0f} s",
            f"Written to {path}",
            f"Over their gates: {', '.join(bad)}" if bad else "Every gate holds.",
        )
    )


def _cells(name: str, line: Line) -> tuple[str, ...]:
    spread = f"{_n(line.low)} – {_n(line.high)}" if line.low is not None else ""
    beside = f"{line.subject} / {line.baseline}" if line.baseline else line.subject
    sign = "≥" if line.at_least else "≤"
    gate, stretch = (f"{sign} {_n(v)}" if v is not None else "" for v in (line.gate, line.stretch))
    return (
        name,
        line.what,
        f"{_n(line.value)} {line.unit}",
        spread,
        gate,
        stretch,
        beside,
        line.verdict,
    )


def _n(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.2f}"


def _row(cells: tuple[str, ...]) -> str:
    return " ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=False)).rstrip()
