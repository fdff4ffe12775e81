"""The banner over somebody else's record. Plum, and plum only here."""

import reflex as rx

from portal.components import button, person, raw_form
from portal.components.kinds import Text, when
from portal.words import _

OPEN_RECORD = "/auth/open-record"


def acting(name: Text, letters: Text = "", own: Text = "") -> rx.Component:
    """Says whose record this is; nothing while `name` is empty.

    `own` is the id of one's own record, for the way back; empty where one has none.
    """
    back = raw_form.post(
        OPEN_RECORD,
        rx.el.input(type="hidden", name="patient", value=own),
        button.plain(_("Back to mine"), type="submit"),
    )
    strip = rx.el.section(
        person.initials(letters),
        rx.el.p(
            rx.el.b(_("You are viewing the record of"), " ", name),
            rx.el.span(_("Everything you do here is for this person"), " "),
        ),
        when(own, back),
        class_name="acting",
        aria_label=_("Whose record this is"),
    )
    return when(name, strip)
