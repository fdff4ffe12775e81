"""Forgotten password or sign-in name: where a mail is asked for, and where its link leads."""

import reflex as rx

from portal.components import button, field, notice, raw_form, section
from portal.pages.page import Page
from portal.pages.public import around
from portal.security import passwords
from portal.state.forgotten import Reset
from portal.state.front_door import Door
from portal.words import _

ASK = "/auth/forgot"
RESET = "/auth/reset"


def build() -> rx.Component:
    """Lays out where a mail is asked for."""
    return around.framed(
        _("Forgotten your password?"),
        notice.at(
            "sent",
            "ok",
            _("If we know this address or name, a mail is on its way"),
            _("It comes within minutes. Look among unwanted mail too. The link works for an hour."),
            _("No mail? Then we may have another address of yours, or none: call us."),
        ),
        notice.at(
            "wait",
            "warn",
            _("Many people asked just now"),
            _("Wait an hour, then try again, or call us. Your old password still works."),
        ),
        section.stacked(
            rx.el.div(_ask(), class_name="card door"),
            section.card(
                rx.el.h2(_("No e-mail, or a lost phone or key?")),
                around.phone_line(_("Call us, or come to the front desk with a photo ID:"), "."),
                rx.el.p(
                    _(
                        "We check that it is you and help you back in. You choose the new password "
                        "yourself: nobody here can see it."
                    )
                ),
                rx.el.p(_("A recovery code? Sign in first, then use it at the second step.")),
            ),
            notice.plain(
                _("We never ask for your password"),
                _("Not by phone, not by e-mail, not at the desk. Whoever asks for it is not us."),
            ),
            rx.el.p(button.plain(_("Back to sign in"), href="/")),
        ),
        lead=_("Your old password works until you have chosen the new one."),
    )


def _ask() -> rx.Component:
    return raw_form.post(
        ASK,
        field.text(
            "username",
            _("E-mail address or sign-in name"),
            autocomplete="username",
            auto_capitalize="none",
            spell_check=False,
            max_length=254,
            required=True,
        ),
        field.radio(
            "what",
            _("What shall we send you?"),
            [
                ("password", _("A link for a new password"), ""),
                ("name", _("My sign-in name"), ""),
            ],
            value="password",
        ),
        button.main(_("Send it"), type="submit", full=True),
    )


def build_reset() -> rx.Component:
    """Lays out where the link of the mail leads."""
    return around.framed(
        _("Choose a new password"),
        *_told(),
        rx.cond(Reset.row.token != "", _door(), _waiting()),
        lead=_("Afterwards you sign in with it, everywhere anew. Your second step stays."),
    )


def _told() -> list[rx.Component]:
    return [
        _trouble(
            "differ",
            _("The two passwords are not the same"),
            _("Nothing was set. Type the same password in both fields."),
        ),
        _trouble(
            "wait",
            _("That was too many tries"),
            _("Nothing was set. Wait a minute, then try again."),
        ),
        _trouble(
            "weak",
            _("That password would be too easy to guess"),
            _("Use at least {least} characters, different ones, without your name.").format(
                least=passwords.LEAST
            ),
        ),
    ]


def _trouble(key: str, title: str, body: str) -> rx.Component:
    told = rx.el.div(notice.bad(title, body), id=key, class_name="told")
    return rx.cond(Reset.trouble == key, told, rx.fragment())


def _door() -> rx.Component:
    who = rx.el.p(_("You sign in as:"), " ", rx.el.b(Reset.row.sign_in_name))
    name = rx.el.input(
        type="text",
        name="username",
        default_value=Reset.row.sign_in_name,
        auto_complete="username",
        class_name="vh",
        tab_index=-1,
        aria_hidden="true",
        read_only=True,
    )
    form = raw_form.post(
        RESET,
        rx.el.input(type="hidden", name="token", value=Reset.row.token),
        name,
        field.new_password(
            "password", _("New password"), least=passwords.LEAST, own=Reset.row.sign_in_name
        ),
        field.password(
            "again", _("The same once more"), autocomplete="new-password", required=True
        ),
        button.main(_("Set this password"), type="submit", full=True),
    )
    return rx.el.div(who, form, class_name="card door")


def _waiting() -> rx.Component:
    gone = notice.bad(
        _("This link does not work any more"),
        _("It works once and for one hour, and a newer mail ends it."),
        _("Your old password still works."),
        button.group(
            button.main(_("Ask for a new link"), href="/forgot-password"),
            button.plain(_("Sign in"), href="/"),
        ),
    )
    looking = rx.el.p(_("One moment, we look at your link."), role="status")
    return rx.cond(Reset.problem != "", gone, looking)


pages = [
    Page(
        "/forgot-password",
        _("Forgotten your password?"),
        build,
        on_load=Door.open,
        is_public=True,
    ),
    Page(
        "/reset/[token]",
        _("Choose a new password"),
        build_reset,
        on_load=[Door.open, Reset.open],
        is_public=True,
    ),
]
