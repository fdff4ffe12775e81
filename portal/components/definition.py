"""Words and what they mean here: address, plan, asked for by."""

import reflex as rx

from portal.components import icon
from portal.components.kinds import Child, Text


def entry(term: Text, *meaning: Child) -> rx.Component:
    """One term with its value."""
    return rx.el.div(rx.el.dt(term), rx.el.dd(*meaning))


def pictured(icon_name: Text, term: Text, *meaning: Child) -> rx.Component:
    """One term as an icon, said in words to screen readers; for `icons`."""
    return rx.el.div(
        rx.el.dt(icon.show(icon_name), rx.el.span(term, class_name="vh")), rx.el.dd(*meaning)
    )


def show(*entries: Child, wide: bool = True) -> rx.Component:
    """Lists terms; `wide` puts term and value side by side where there is room."""
    return rx.el.dl(*entries, class_name="facts wide" if wide else "facts")


def icons(*entries: Child) -> rx.Component:
    """Lists pictured terms: with whom, where."""
    return rx.el.dl(*entries, class_name="icons")
