"""Empty places say what would be here, and what to do."""

import reflex as rx

from portal.components import icon
from portal.components.kinds import Child, Text


def show(title: Text, why: Text, *action: Child, icon_name: Text = "info") -> rx.Component:
    """Shows an empty list as a card."""
    return rx.el.div(
        icon.show(icon_name),
        rx.el.h3(title),
        rx.el.p(why),
        *action,
        class_name="card empty",
    )
