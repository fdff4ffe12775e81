"""The front page: the clinic, and the door."""

import reflex as rx

from portal.pages.page import Page
from portal.words import _


def build() -> rx.Component:
    """Lays the front page out."""
    return rx.el.main(rx.el.h1(_("Sign in"), tab_index=-1))


page = Page("/", _("Sign in"), build, is_public=True)
