"""Home."""

import reflex as rx

from portal.pages.page import Page
from portal.state.frame import Frame
from portal.state.home import Home
from portal.words import _


def build() -> rx.Component:
    """Lays Home out."""
    return rx.el.main(
        rx.el.h1(_("Home"), tab_index=-1),
        rx.el.p(Home.row.name, id="name"),
        rx.el.p(Frame.row.unread_messages, id="unread"),
        rx.el.p(Home.problem, id="problem"),
        custom_attrs={"data-loaded": Home.is_loaded},
    )


page = Page("/home", _("Home"), build, on_load=Home.open)
