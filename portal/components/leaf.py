"""The leaf: a day, as on the clinic's card. Solid is the next one, soft is later, grey is past."""

import reflex as rx

from portal.components.kinds import Text


def show(month: Text, day: Text, kind: Text = "") -> rx.Component:
    """Shows month and day; `kind` is "" (next), soft (later) or past. The row says it in words."""
    return rx.el.span(
        rx.el.span(month), rx.el.b(day), class_name=f"leaf {kind}", aria_hidden="true"
    )
