"""What happened and what comes, from top to bottom."""

from typing import Any

import reflex as rx

from portal.components.kinds import Text, when


def moment(title: Text, at: Text, state: Text = "", note: Text = "") -> rx.Component:
    """One moment; `state` is done, here or "" for what is to come."""
    return rx.el.li(
        rx.el.strong(title),
        when(note, rx.el.p(note)),
        when(at, rx.el.p(at, class_name="quiet small")),
        class_name=state,
    )


def show(*moments: rx.Component) -> rx.Component:
    """Shows moments in order."""
    return rx.el.ol(*moments, class_name="line-v card pad")


def each(items: Any) -> rx.Component:
    """Shows rows with `title`, `at`, `state` and `note`."""
    return show(rx.foreach(items, lambda item: moment(item.title, item.at, item.state, item.note)))
