"""Grey shapes of the size of what comes. They stand still; the words are said once."""

import reflex as rx

from portal.components.kinds import Text

WIDTHS = ("w70", "w90", "w45")


def _bar(width: str, extra: str = "") -> rx.Component:
    return rx.el.span(class_name=f"sk {width} {extra}".strip())


def _loading(says: Text, *shapes: rx.Component) -> rx.Component:
    return rx.el.div(
        rx.el.p(says, role="status", class_name="vh"),
        rx.el.div(*shapes, aria_hidden="true"),
        class_name="loading",
    )


def _row(index: int, kind: str) -> rx.Component:
    leafy = kind == "day"
    lines = rx.el.span(_bar(WIDTHS[index % 3]), _bar("w45"))
    return rx.el.div(
        _bar("", "leafy" if leafy else "round"),
        lines,
        class_name="sk-row day" if leafy else "sk-row",
    )


def rows(says: Text, count: int = 3, kind: str = "icon") -> rx.Component:
    """Holds the place of a list of rows; `kind="day"` for rows that begin with a leaf."""
    return _loading(says, rx.el.div(*[_row(i, kind) for i in range(count)], class_name="list"))


def card(says: Text, lines: int = 3) -> rx.Component:
    """Holds the place of a card of text."""
    shapes = [_bar(WIDTHS[index % 3]) for index in range(lines)]
    return _loading(says, rx.el.div(*shapes, class_name="card pad"))


def text(says: Text, lines: int = 2) -> rx.Component:
    """Holds the place of a few lines."""
    return _loading(says, *[_bar(WIDTHS[index % 3]) for index in range(lines)])
