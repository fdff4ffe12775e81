"""Pages of a list, fetched from the server one by one."""

from typing import Any

import reflex as rx

from portal.components import button
from portal.components.kinds import Event, Flag, Text
from portal.words import _


def show(
    said: Text, *, has_before: Flag, has_next: Flag, on_before: Event, on_next: Event
) -> rx.Component:
    """Shows where one is ("41 to 44 of 1,286 patients", announced) and the ways on."""
    before = button.plain(_("Before"), icon_name="left", on_click=on_before)
    after = button.plain(_("Next"), on_click=on_next, icon_name="right", class_name="turned")
    return rx.el.nav(
        rx.el.span(said, role="status"),
        rx.el.div(_if(has_before, before), _if(has_next, after)),
        class_name="pager",
        aria_label=_("Pages of the list"),
    )


def leaf(row: Any, turn: Any) -> rx.Component:
    """Shows the pager of a `pages.Leaf`, where there is more than one page.

    `turn` is the page's event that takes -1 or 1.
    """
    return rx.cond(
        row.has_before | row.has_next,
        show(
            row.said,
            has_before=row.has_before,
            has_next=row.has_next,
            on_before=turn(-1),
            on_next=turn(1),
        ),
        rx.fragment(),
    )


def _if(flag: Flag, part: rx.Component) -> rx.Component:
    if isinstance(flag, rx.Var):
        return rx.cond(flag, part, rx.fragment())
    return part if flag else rx.fragment()
