"""The place where a file is dropped. Only the look: an own route takes it."""

import reflex as rx

from portal.components import icon
from portal.components.kinds import Text


def show(
    name: str, words: Text, choose: Text, *, accept: str = "", hint: Text = ""
) -> rx.Component:
    """A native file input that looks like a place to drop; inside a `raw_form` with multipart."""
    picker = rx.el.input(
        type="file", name=name, id=name, accept=accept, aria_describedby=f"{name}-hint"
    )
    return rx.el.label(
        rx.el.p(words),
        picker,
        rx.el.span(icon.show("upload"), choose, class_name="btn"),
        rx.el.span(hint, id=f"{name}-hint", class_name="hint"),
        html_for=name,
        class_name="drop",
    )


def progress(name: Text, percent: Text | int, said: Text) -> rx.Component:
    """Shows how far a file has gone: its name, "1.4 of 2.1 MB", and a bar."""
    return rx.el.div(
        rx.el.p(rx.el.span(name), rx.el.span(said, class_name="quiet")),
        rx.el.progress(value=percent, max=100, aria_label=name),
        class_name="up",
    )
