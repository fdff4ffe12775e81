"""A table for staff: sorted and paged by the server, the first cell names the row."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import reflex as rx

from portal.components import icon
from portal.components.kinds import Child, Event, Text


@dataclass(frozen=True)
class Column:
    """One column: its `key` is what `on_sort` gets; "" where it cannot be sorted."""

    words: str
    key: str = ""
    is_number: bool = False


def cell(*inside: Child, is_number: bool = False) -> rx.Component:
    """A cell."""
    return rx.el.td(*inside, class_name="n" if is_number else "")


def name_cell(*inside: Child) -> rx.Component:
    """The cell that names its row; it holds the link."""
    return rx.el.th(*inside, scope="row")


def data(
    caption: Text,
    columns: list[Column],
    rows: Any,
    render: Callable[..., list[rx.Component]],
    *,
    sort: Text = "",
    descending: Any = False,
    on_sort: Event = None,
) -> rx.Component:
    """Shows rows; `render(row)` gives the cells, `name_cell` first. `on_sort(key)` sorts."""
    heads = [_head(column, sort, descending, on_sort) for column in columns]
    body = rx.foreach(rows, lambda row: rx.el.tr(*render(row)))
    return rx.el.div(
        rx.el.table(
            rx.el.caption(caption, class_name="vh"),
            rx.el.thead(rx.el.tr(*heads)),
            rx.el.tbody(body),
            class_name="data",
        ),
        class_name="data-wrap",
        tab_index=0,
        role="region",
        aria_label=caption,
    )


def _head(column: Column, sort: Text, descending: Any, on_sort: Event) -> rx.Component:
    shape = "n" if column.is_number else ""
    if not column.key or on_sort is None:
        return rx.el.th(column.words, scope="col", class_name=shape)
    down = rx.cond(descending, "descending", "ascending")
    order = rx.cond(sort == column.key, down, "none")
    arrow = rx.cond(sort == column.key, _arrow(descending), rx.fragment())
    press = rx.el.button(column.words, arrow, type="button", on_click=on_sort(column.key))
    return rx.el.th(press, scope="col", class_name=shape, custom_attrs={"aria-sort": order})


def _arrow(descending: Any) -> rx.Component:
    return rx.cond(descending, icon.show("dn", small=True), icon.show("up", small=True))
