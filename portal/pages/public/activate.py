"""The page of a one-time link: it says whom it is for, and sets the password."""

import reflex as rx

from portal.components import button, field, notice, raw_form
from portal.pages.page import Page
from portal.pages.public import around
from portal.security import passwords
from portal.state.front_door import Door
from portal.words import _

ACTIVATE = "/auth/activate"


def build() -> rx.Component:
    """Lays the page of a one-time link out."""
    return around.framed(
        _("Choose your password"),
        *_told(),
        rx.cond(Door.link.token != "", _door(), _waiting()),
        lead=_("It opens your account at the clinic. Nobody here ever asks you for it."),
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
    return rx.cond(Door.trouble == key, told, rx.fragment())


def _door() -> rx.Component:
    who = rx.el.p(
        _("For"),
        " ",
        rx.el.b(Door.link.name),
        ". ",
        _("You will sign in as:"),
        " ",
        rx.el.b(Door.link.sign_in_name),
    )
    name = rx.el.input(
        type="text",
        name="username",
        default_value=Door.link.sign_in_name,
        auto_complete="username",
        class_name="vh",
        tab_index=-1,
        aria_hidden="true",
        read_only=True,
    )
    form = raw_form.post(
        ACTIVATE,
        rx.el.input(type="hidden", name="token", value=Door.link.token),
        name,
        field.password(
            "password",
            _("New password"),
            autocomplete="new-password",
            hint=_("At least {least} characters. Four words in a row are easy to remember.").format(
                least=passwords.LEAST
            ),
            min_length=passwords.LEAST,
            required=True,
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
        around.phone_line(
            _("It was used, or it is older than a week. For a new one call us:"), "."
        ),
        _("If you have set your password with it, you can sign in."),
        button.plain(_("Sign in"), href="/"),
    )
    looking = rx.el.p(_("One moment, we look at your link."), role="status")
    return rx.cond(Door.problem != "", gone, looking)


page = Page(
    "/activate/[token]",
    _("Choose your password"),
    build,
    on_load=Door.open_link,
    is_public=True,
)
