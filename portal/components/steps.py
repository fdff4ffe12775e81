"""Where one stands on a way of several pages."""

from typing import Any

import reflex as rx

from portal.components import link
from portal.words import _


def show(names: list[str], here: int, hrefs: list[Any] | None = None) -> rx.Component:
    """Shows the steps; `here` counts from 1; a step that is done links back by its href."""
    links = hrefs or []

    def step(number: int, name: str) -> rx.Component:
        done = number < here
        inside = link.to(links[number - 1], name) if done and number <= len(links) else name
        state: dict[str, Any] = {"aria_current": "step"} if number == here else {}
        return rx.el.li(
            rx.el.span(inside, class_name="lbl"), class_name="done" if done else "", **state
        )

    said = _("Step {here} of {all}: {name}").format(here=here, all=len(names), name=names[here - 1])
    items = [step(number, name) for number, name in enumerate(names, 1)]
    return rx.el.div(
        rx.el.ol(*items, class_name="steps", aria_label=_("Steps")),
        rx.el.p(said, class_name="quiet small"),
    )
