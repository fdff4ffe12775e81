"""Asking for an account: what we need to know, the code that was sent, and what happens next."""

import reflex as rx

from portal.components import button, field, notice, raw_form, section
from portal.pages.page import Page
from portal.pages.public import around
from portal.state.front_door import Door
from portal.words import _

BEGIN = "/auth/register"
CONFIRM = "/auth/register/code"
AGAIN = "/auth/register/again"


def build() -> rx.Component:
    """Lays out the form."""
    return around.framed(
        _("Get an account"),
        *_told(),
        section.stacked(rx.el.div(_form(), class_name="card door"), *_other_ways()),
        lead=_("For everybody whom we treat. It costs nothing and takes five minutes."),
    )


def _told() -> list[rx.Component]:
    return [
        notice.at(
            "over",
            "warn",
            _("That took too long"),
            _("Your code does not work any more. Fill this in again: you get a new one."),
        ),
        notice.at(
            "desk",
            "info",
            _("Here the front desk makes the accounts"),
            _("Call us or come by. It takes two minutes."),
        ),
    ]


def _form() -> rx.Component:
    return raw_form.post(
        BEGIN,
        field.text(
            "given", _("First name"), autocomplete="given-name", max_length=200, required=True
        ),
        field.text(
            "family", _("Last name"), autocomplete="family-name", max_length=200, required=True
        ),
        field.date("birth_date", _("Birth date"), autocomplete="bday", required=True),
        field.email(
            "email",
            _("E-mail address"),
            hint=_("Best the one that you gave us. We send a code there."),
            max_length=254,
        ),
        field.phone(
            "phone",
            _("Phone number"),
            hint=_("Without an e-mail address we call you here."),
            max_length=60,
        ),
        field.text(
            "record_number",
            _("Record number"),
            hint=_("It stands on our letters. You can leave it empty."),
            optional=True,
            max_length=60,
            autocomplete="off",
        ),
        button.main(_("Send me a code"), type="submit", full=True),
    )


def _other_ways() -> list[rx.Component]:
    return [
        notice.plain(
            _("Have you a letter or an e-mail from us?"),
            _("Then you need nothing here: use the link in it."),
        ),
        notice.plain(
            _("Not our patient yet?"),
            around.phone_line(_("First make an appointment. Call us or come by:"), "."),
        ),
        rx.el.p(button.plain(_("Back to sign in"), href="/")),
    ]


def build_code() -> rx.Component:
    """Lays out where the code is entered."""
    return around.framed(
        _("Enter your code"),
        notice.at(
            "wrong",
            "bad",
            _("That is not the code"),
            _("Look at the newest mail from us, and type its six digits."),
        ),
        notice.at(
            "spent",
            "bad",
            _("That code does not work any more"),
            _("It was tried too often, or it is older than ten minutes. Ask for another one."),
        ),
        notice.at(
            "wait",
            "warn",
            _("We have just sent a code"),
            _("Wait a minute, and look among unwanted mail too. Then ask again."),
        ),
        notice.at("sent", "ok", _("Another code is on its way"), _("Only the newest one works.")),
        section.stacked(
            rx.el.div(_code_form(), class_name="card door"),
            section.card(
                rx.el.h2(_("No mail?")),
                rx.el.p(_("It can take some minutes. Look among unwanted mail too.")),
                raw_form.post(AGAIN, button.plain(_("Send another code"), type="submit")),
                around.phone_line(_("Or call us:"), "."),
            ),
            rx.el.p(button.plain(_("Start again"), href="/register")),
        ),
        lead=_("We have sent six digits to the e-mail address that you typed."),
    )


def _code_form() -> rx.Component:
    return raw_form.post(
        CONFIRM,
        field.text(
            "code",
            _("Code"),
            hint=_("Six digits. It works for ten minutes."),
            input_mode="numeric",
            autocomplete="one-time-code",
            max_length=12,
            required=True,
        ),
        button.main(_("Go on"), type="submit", full=True),
    )


def build_done() -> rx.Component:
    """Lays out what happens next when the front desk has to look."""
    return around.framed(
        _("We have your request"),
        section.stacked(
            section.card(
                rx.el.h2(_("What happens next")),
                rx.el.ol(
                    rx.el.li(_("The front desk looks at it, usually on the next working day.")),
                    rx.el.li(_("They may call you, or ask you to come by with a photo ID.")),
                    rx.el.li(_("Then you get a link and a short code, and choose your password.")),
                    class_name="stack",
                ),
                around.phone_line(_("Is it urgent? Call us:"), "."),
            ),
            notice.plain(
                _("Why can’t I go in at once?"),
                _("We open a record only when we are sure whose it is. We look at this by hand."),
            ),
            rx.el.p(button.plain(_("Back to sign in"), href="/")),
        ),
        lead=_("You need to do nothing now."),
    )


pages = [
    Page("/register", _("Get an account"), build, on_load=Door.open, is_public=True),
    Page("/register/code", _("Enter your code"), build_code, on_load=Door.open, is_public=True),
    Page(
        "/register/done", _("We have your request"), build_done, on_load=Door.open, is_public=True
    ),
]
