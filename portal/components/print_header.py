"""What stands on top of paper: who, born when, which clinic. Seen only in print."""

import reflex as rx

from portal.components.kinds import Text


def show(clinic: Text, address: Text, name: Text, born: Text) -> rx.Component:
    """Heads a printed page; page numbers come from the stylesheet."""
    return rx.el.div(
        rx.el.p(rx.el.strong(clinic), rx.el.br(), address),
        rx.el.p(rx.el.strong(name), rx.el.br(), born),
        class_name="print-head",
        aria_hidden="true",
    )
