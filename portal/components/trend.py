"""A trend: a small figure with a name, one sentence and a table. Drawn from shares, no script."""

from typing import Any

import reflex as rx

from portal.components import icon
from portal.components.kinds import Child, Text, styled, when


def figure(title: Text, summary: Text, row: Any, *, table: Child, more: Text) -> rx.Component:
    """Draws a trend.

    `row` has: `points` (list of rows `x`, `y` in % from the upper left, as "12.5%"; `label` or "";
    `out` "out" or ""), `run` (the same points as "x,y x,y" for the line, 0–100), `band` and `edge`
    (SVG paths of the usual range in 0–100), `years` (list of rows `x`, `label`). `table` holds the
    same numbers; `more` names it: "See the numbers as a table".
    """
    plot = rx.el.div(
        rx.el.svg(
            rx.el.svg.path(class_name="band", d=row.band),
            rx.el.svg.path(class_name="edge", d=row.edge),
            rx.el.svg.polyline(class_name="run", points=row.run),
            view_box="0 0 100 100",
            preserve_aspect_ratio="none",
        ),
        rx.foreach(row.points, _point),
        class_name="plot",
        aria_hidden="true",
    )
    caption = rx.el.figcaption(rx.el.h3(title), rx.el.p(summary))
    years = rx.el.div(rx.foreach(row.years, _year), class_name="years", aria_hidden="true")
    words = rx.el.summary(more, icon.show("down", class_name="chev"), class_name="more")
    return rx.el.figure(
        caption, plot, years, rx.el.details(words, table), class_name="trend", aria_label=title
    )


def numbers(caption: Text, heads: list[str], rows: Any) -> rx.Component:
    """The same numbers as a table, newest first; `rows` have `day`, `value` and `usual`."""

    def one(row: Any) -> rx.Component:
        return rx.el.tr(rx.el.th(row.day, scope="row"), rx.el.td(row.value), rx.el.td(row.usual))

    table = rx.el.table(
        rx.el.caption(caption),
        rx.el.thead(rx.el.tr(*[rx.el.th(head, scope="col") for head in heads])),
        rx.el.tbody(rx.foreach(rows, one)),
        class_name="nums",
    )
    return rx.el.div(table, class_name="scroll", tab_index=0, role="region", aria_label=caption)


def _point(point: Any) -> rx.Component:
    return rx.el.span(
        when(point.label, rx.el.b(point.label)),
        class_name=f"pt {point.out}",
        custom_attrs=styled(x=point.x, y=point.y),
    )


def _year(year: Any) -> rx.Component:
    return rx.el.span(year.label, custom_attrs=styled(x=year.x))
