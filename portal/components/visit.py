"""The next appointment, said before everything else."""

import reflex as rx

from portal.components import badge, icon, leaf, link
from portal.components.kinds import Child, Text, when


def next_card(
    when_said: Text,
    what: Text,
    *details: Child,
    month: Text,
    day: Text,
    kind: Text = "",
    status: Child | None = None,
    buttons: Child | None = None,
    stub: Child | None = None,
) -> rx.Component:
    """The card of one appointment: leaf, status badge, when, what, details, and what to do."""
    words = rx.el.div(
        *([status] if status is not None else []),
        rx.el.p(when_said, class_name="when"),
        rx.el.p(what),
    )
    top = rx.el.div(leaf.show(month, day, kind), words, class_name="next-top")
    parts = [part for part in (*details, buttons) if part is not None]
    return rx.el.div(
        rx.el.div(top, *parts, class_name="next"),
        *([stub] if stub is not None else []),
        class_name="card",
    )


def stub(title: Text, why: Text, href: Text, icon_name: Text = "form") -> rx.Component:
    """The strip at the card's foot: one thing to do before the visit."""
    return rx.el.div(
        icon.show(icon_name),
        rx.el.div(link.to(href, title), when(why, rx.el.p(why))),
        icon.show("right"),
        class_name="stub",
    )


def how_far(words: Text) -> rx.Component:
    """Says how far the visit is: "In 2 days"."""
    return badge.show(words, "info", "clock")
