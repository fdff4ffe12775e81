"""An address that leads nowhere: says so, and where to go on."""

import reflex as rx

from portal.components import button, section
from portal.pages.page import Page
from portal.pages.public import around
from portal.state.front_door import Door
from portal.words import _


def build() -> rx.Component:
    """Lays out what to do about a page that is not there."""
    return around.framed(
        _("We could not find that page"),
        section.card(
            rx.el.p(_("It may have moved, or the address has a slip in it.")),
            around.phone_line(_("If you need something from us now, call"), "."),
            button.group(
                button.main(_("Go to my Home"), href="/home"),
                button.plain(_("Sign in"), href="/"),
            ),
        ),
        lead=_("Nothing is lost: your record, your messages and your appointments are safe."),
    )


# The name that the framework gives to whatever no other page answers for.
page = Page("404", _("Page not found"), build, on_load=Door.open, is_public=True)
