"""The banner over somebody else's record. Plum, and plum only here."""

import reflex as rx

from portal.components import button, person
from portal.components.kinds import Text, when
from portal.words import _


def acting(name: Text, letters: Text = "", way_back: Text = "/family") -> rx.Component:
    """Says whose record this is, with the way back; nothing while `name` is empty."""
    strip = rx.el.section(
        person.initials(letters),
        rx.el.p(
            rx.el.b(_("You are viewing the record of"), " ", name),
            rx.el.span(_("Everything you do here is for this person"), " "),
        ),
        button.plain(_("Back to mine"), href=way_back),
        class_name="acting",
        aria_label=_("Whose record this is"),
    )
    return when(name, strip)
