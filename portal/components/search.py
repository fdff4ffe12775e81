"""Searching within a page."""

from typing import Any

import reflex as rx

from portal.components import button, icon, live_form
from portal.components.kinds import Event, Text


def show(
    label: Text, act: Text, on_search: Event, *, name: str = "query", **props: Any
) -> rx.Component:
    """A field and its button; `on_search` gets the form. The label is for screen readers."""
    field = rx.el.input(
        class_name="in",
        type="search",
        name=name,
        id=name,
        auto_complete="off",
        **({"placeholder": label} | props),
    )
    return live_form.of(
        rx.el.label(label, html_for=name, class_name="vh"),
        rx.el.span(field, icon.show("search"), class_name="sel"),
        button.plain(act, type="submit"),
        on_submit=on_search,
        class_name="seek",
        role="search",
    )
