"""A value on its line: the usual range always takes the middle half, so ranges line up."""

from typing import Any

import reflex as rx

from portal.components.kinds import Child, Text, styled, when

ROW_FIELDS = ("kind", "at", "was", "low", "high", "flag", "said")


def number_line(row: Any) -> rx.Component:
    """Draws the line of a value; nothing where there is no range.

    `row` has: `kind` both, max, min or none; `at` and `was`, the places of the value and of the
    last one in % ("81.3%", `was` "" for none); `low` and `high`, the labels of the range; `flag`
    none, high, low or crit (with the side in `flag`: "high crit", "low crit"); `said`, the
    sentence for screen readers. See `place` for the %.
    """
    drawn = rx.el.span(
        rx.el.span(class_name="track"),
        when(row.low, _tick("lo", row.low)),
        when(row.high, _tick("hi", row.high)),
        when(row.was, rx.el.span(class_name="was", custom_attrs=styled(at=row.was))),
        rx.el.span(class_name=f"mark mark-{row.flag}", custom_attrs=styled(at=row.at)),
        class_name=f"line {row.kind} {row.flag}",
        role="img",
        aria_label=row.said,
    )
    if isinstance(row.kind, rx.Var):
        return rx.cond(row.kind != "none", drawn, rx.fragment())
    return drawn if row.kind != "none" else rx.fragment()


def place(value: float, low: float | None, high: float | None) -> float:
    """Returns where a value stands on its line, in % from 2 to 98; the range is 25–75."""
    if low is not None and high is not None and high > low:
        at = 25 + 50 * (value - low) / (high - low)
    elif high:
        at = 75 * value / high
    elif low:
        at = 25 * value / low
    else:
        at = 50
    return round(min(98.0, max(2.0, at)), 1)


def value(
    title: Text, amount: Text, unit: Text, row: Any, *under: Child, twin: Text = ""
) -> rx.Component:
    """One value of a panel: name, plain twin, amount with unit, its line, and what follows."""
    return rx.el.li(
        rx.el.div(
            rx.el.h3(title),
            rx.el.p(rx.el.b(amount), " ", rx.el.small(unit), class_name="amount"),
            when(twin, rx.el.p(twin, class_name="twin")),
            number_line(row),
            *under,
            class_name="val",
        )
    )


def _tick(side: str, label: Text) -> rx.Component:
    return rx.el.span(rx.el.b(label), class_name=f"tick {side}")
