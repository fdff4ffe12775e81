"""On one's own settings: a notice where somebody asked to get back into the account."""

import reflex as rx

from portal.components import button, notice
from portal.state.way_back import OwnWayBack
from portal.words import _


def told() -> rx.Component:
    """Says that a way back is open, with the button that stops it. Load with `OwnWayBack.open`."""
    asked = notice.warn(
        _("Somebody asked the clinic to let you back in with a new password"),
        _("If that was you, go on with the link and the short code. If not, stop it now."),
        button.group(
            button.danger(_("That was not me: stop it"), on_click=OwnWayBack.stop),
        ),
    )
    return rx.fragment(
        notice.told("bad", OwnWayBack.problem),
        notice.told("ok", OwnWayBack.done),
        rx.cond(OwnWayBack.is_open, asked, rx.fragment()),
    )
