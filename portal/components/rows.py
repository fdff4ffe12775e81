"""Rows in one white sheet. The whole row is the link: the title's link stretches over it."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from portal.components import icon, link
from portal.components.kinds import Child, Flag, Text, when

TOP = 2  # the level of a row's heading where no section heads the list


def list_(*rows: Child, label: Text = "", **props: Any) -> rx.Component:
    """Puts rows into one sheet; give `label` where no heading names the list."""
    if label:
        props["aria_label"] = label
    return rx.el.ul(*rows, class_name="list", **props)


def each(items: Any, render: Callable[..., rx.Component], label: Text = "") -> rx.Component:
    """Puts a row for each item of a state's list into one sheet."""
    return list_(rx.foreach(items, render), label=label)


def row(  # noqa: PLR0913 - a row has many places, each named
    title: Text,
    *under: Child,
    href: Text = "",
    lead: Child | None = None,
    icon_name: Text = "",
    new: Text = "",
    kind: Text = "",
    say: Text = "",
    fresh: Flag = False,
    end: Child | None = None,
    day: bool = False,
    outside: bool = False,
    level: int = 3,
) -> rx.Component:
    """One row: lead (icon, person or leaf), kind or new-mark above the title, words under it.

    `say` is the one sentence in full ink; each text in `under` is a quiet line. `end` stands at
    the right. `fresh` tints a row that has just come; `day=True` where the lead is a leaf;
    `level=2` where the list stands right under the h1.
    """
    head = link.to(href, title, outside=outside) if isinstance(href, rx.Var) or href else title
    first = lead if lead is not None else (icon.show(icon_name) if _has(icon_name) else None)
    body = rx.el.div(
        when(kind, rx.el.p(kind, class_name="kind")),
        when(new, rx.el.p(rx.el.span(new, class_name="new"), class_name="kind")),
        rx.el.h2(head) if level == TOP else rx.el.h3(head),
        when(say, rx.el.p(say, class_name="say")),
        *[_line(part) for part in under],
    )
    shape = "day" if day else ("" if first is not None else "lean")
    last = [end] if end is not None else ([_go()] if head is not title else [])
    inside = [*([first] if first is not None else []), body, *last]
    return rx.el.li(*inside, class_name=_classes(shape, fresh))


def _has(text: Text) -> bool:
    return isinstance(text, rx.Var) or bool(text)


def _line(part: Child) -> Child:
    if isinstance(part, rx.Var):
        return when(part, rx.el.p(part))
    return rx.el.p(part) if isinstance(part, str) else part


def _go() -> rx.Component:
    return icon.show("right", class_name="go")


def _classes(shape: str, fresh: Flag) -> Text:
    base = f"row {shape}".strip()
    if isinstance(fresh, rx.Var):
        return rx.cond(fresh, f"{base} fresh", base)
    return f"{base} fresh" if fresh else base
