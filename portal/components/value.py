"""A value of a result, with all that is said of it.

What lies outside its range says so at length; what is as usual is a row that lines up with others.
Each row has: name, term, amount, unit, words, line, badge, tone, icon, usual, before, lately,
corrected, missing and note, all texts but `line` (see `line.number_line`).
"""

from typing import Any

import reflex as rx

from portal.components import badge, icon, line
from portal.components.kinds import Child, when


def told(row: Any) -> rx.Component:
    """A value that needs words: its line, its verdict, the range, and what the lab adds."""
    return rx.el.li(
        _shown(row),
        rx.el.div(
            when(row.words, rx.el.div(row.words, class_name="text")),
            when(row.badge, badge.show(row.badge, row.tone, row.icon)),
            *_sentences(row),
            class_name="what",
        ),
    )


def usual(row: Any) -> rx.Component:
    """A value as it should be: one row, its sentences folded away."""
    summary = rx.el.summary(
        _shown(
            row,
            when(row.lately, rx.el.span(row.lately, class_name="delta")),
            icon.show("down", class_name="chev"),
        )
    )
    return rx.el.li(rx.el.details(summary, rx.el.div(*_sentences(row), class_name="more-in")))


def _shown(row: Any, *more: Child) -> rx.Component:
    return rx.el.div(
        rx.el.h3(row.name),
        rx.el.p(rx.el.b(row.amount), " ", rx.el.small(row.unit), class_name="amount"),
        when(row.term, rx.el.p(row.term, class_name="twin")),
        line.number_line(row.line),
        *more,
        class_name="val",
    )


def _sentences(row: Any) -> list[Child]:
    corrected = rx.el.p(icon.show("pencil", small=True), " ", row.corrected)
    return [
        when(row.missing, rx.el.p(row.missing)),
        rx.el.p(row.usual, " ", row.before),
        when(row.corrected, corrected),
        when(row.note, rx.el.p(row.note)),
    ]
