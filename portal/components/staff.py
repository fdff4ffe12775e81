"""Parts of the staff's pages only: panels, items with acts, keys, the head of a chart."""

from typing import Any

import reflex as rx

from portal.components import badge, icon, link, person
from portal.components.kinds import Child, Flag, Text, when


def key(name: str) -> rx.Component:
    """A key as it stands on the keyboard."""
    return rx.el.kbd(name)


def panel(
    title: Text, *children: Child, anchor: str, count: Any = 0, end: Child | None = None
) -> rx.Component:
    """A panel with its h2, how many are in it, and what stands at the right of its head."""
    named = f"{anchor}-title"
    head = [rx.el.h2(title, id=named), badge.count(count, "")]
    if end is not None:
        head.append(rx.el.div(end, class_name="end"))
    return rx.el.section(
        rx.el.header(*head), *children, class_name="panel", id=anchor, aria_labelledby=named
    )


def group(title: Text, *end: Child) -> rx.Component:
    """A heading within a panel."""
    return rx.el.div(rx.el.h3(title), *end, class_name="group")


def item(
    title: Text,
    *under: Child,
    lead: Child | None = None,
    beside: Text = "",
    href: Text = "",
    acts: list[Child] | None = None,
    current: Flag = False,
) -> rx.Component:
    """One item: lead (time or badge), name with quiet words beside it, lines, and acts.

    Without acts the whole item is the link.
    """
    name = link.to(href, title) if isinstance(href, rx.Var) or href else title
    lines = [rx.el.p(part) if isinstance(part, (str, rx.Var)) else part for part in under]
    marked: dict[str, Any] = (
        {"aria_current": rx.cond(current, "true", "false")}
        if isinstance(current, rx.Var)
        else ({"aria_current": "true"} if current else {})
    )
    return rx.el.li(
        rx.el.div(*([lead] if lead is not None else []), class_name="lead-col"),
        rx.el.div(rx.el.h3(name, when(beside, rx.el.span(" ", beside))), *lines),
        rx.el.div(*(acts or []), class_name="acts"),
        class_name=_item_class(len(acts or []), is_link=name is not title),
        **marked,
    )


def _item_class(acts: int, *, is_link: bool) -> str:
    if acts > 1:
        return "item busy"
    return "item whole" if is_link and not acts else "item"


def columns(*panels: Child, across: str = "two-up") -> rx.Component:
    """Stands panels in columns: `two-up` or `three-up`; one column where there is no room."""
    return rx.el.div(*panels, class_name=f"panels {across}")


def pile(*panels: Child) -> rx.Component:
    """One column of panels."""
    return rx.el.div(*panels, class_name="pile")


def chart_head(
    name: Text, letters: Text, *facts: Child, tint: Text | int = 1, buttons: Child | None = None
) -> rx.Component:
    """The head of a patient's chart; it holds the page's h1. Facts are `fact(...)`."""
    return rx.el.div(
        person.initials(letters, tint, "lg"),
        rx.el.div(rx.el.h1(name, tab_index=-1), rx.el.ul(*facts)),
        *([buttons] if buttons is not None else []),
        class_name="who-bar",
    )


def fact(*words: Child, icon_name: Text = "") -> rx.Component:
    """One fact in the head of a chart: born, phone, doctor."""
    picture = (
        [icon.show(icon_name, small=True)] if isinstance(icon_name, rx.Var) or icon_name else []
    )
    return rx.el.li(*picture, rx.el.span(*words))


def why(*words: Child) -> rx.Component:
    """Says for which reason this chart is open, and that the patient sees it."""
    return rx.el.p(icon.show("shield", small=True), rx.el.span(*words), class_name="why")
