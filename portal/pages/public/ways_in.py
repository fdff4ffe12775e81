"""How to get in where there is no password (yet): forgotten it, and new here."""

import reflex as rx

from portal.components import button, notice, section
from portal.pages.page import Page
from portal.pages.public import around
from portal.state.front_door import Door
from portal.words import _


def _steps(*steps: str) -> rx.Component:
    return rx.el.ol(*[rx.el.li(step) for step in steps], class_name="stack")


def build_forgotten() -> rx.Component:
    """Lays out what to do about a forgotten password."""
    return around.framed(
        _("Forgotten your password?"),
        section.card(
            around.phone_line(_("Call us, or come to the front desk:"), "."),
            _steps(
                _("We check that it is you: name, birth date, and something we both know."),
                _("We give you a link on paper, or send it to the e-mail address in your record."),
                _("The link lets you choose a new password. It works once, for one week."),
            ),
            rx.el.p(
                _(
                    "Your messages, drafts and results stay as they are. Your old password works "
                    "until you have chosen the new one."
                )
            ),
        ),
        notice.plain(
            _("We never ask for your password"),
            _("Not by phone, not by e-mail, not at the desk. Whoever asks for it is not us."),
        ),
        rx.el.p(button.plain(_("Back to sign in"), href="/")),
        lead=_("We cannot see your password, so nobody can read it out. But you get a new one."),
    )


def build_register() -> rx.Component:
    """Lays out how to get an account."""
    return around.framed(
        _("New to the clinic?"),
        section.card(
            around.phone_line(_("To become our patient, call us or come by:"), "."),
            _steps(
                _("We make your first appointment and write down your name and birth date."),
                _("We check who you are, once, so that nobody opens a record that is not theirs."),
                _("You get a link for your own account, on paper or by e-mail."),
            ),
        ),
        notice.plain(
            _("You cannot sign up here by yourself yet"),
            _("Until you can, the front desk makes your account in two minutes."),
        ),
        rx.el.p(button.plain(_("Back to sign in"), href="/")),
        lead=_("Everybody whom we treat can have an account, and it costs nothing."),
    )


pages = [
    Page(
        "/forgot-password",
        _("Forgotten your password?"),
        build_forgotten,
        on_load=Door.open,
        is_public=True,
    ),
    Page("/register", _("New to the clinic?"), build_register, on_load=Door.open, is_public=True),
]
