"""The page of a way back in: the link of the mail or letter, the short code, a new password."""

import reflex as rx

from portal.components import button, field, notice, raw_form
from portal.pages.page import Page
from portal.pages.public import around
from portal.security import passwords
from portal.state.front_door import Door
from portal.state.way_back import Back
from portal.words import _

USE = "/auth/back"


def build() -> rx.Component:
    """Lays the page out."""
    return around.framed(
        _("Get back in"),
        _trouble(
            "wrong",
            _("That does not go together"),
            _("Check the short code and the birth date. After five tries the link ends."),
        ),
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
        rx.cond(Back.token != "", _door(), _waiting()),
        lead=_("You need the short code that we handed to you. We never see your password."),
    )


def _trouble(key: str, title: str, body: str) -> rx.Component:
    told = rx.el.div(notice.bad(title, body), id=key, class_name="told")
    return rx.cond(Back.trouble == key, told, rx.fragment())


def _door() -> rx.Component:
    form = raw_form.post(
        USE,
        rx.el.input(type="hidden", name="token", value=Back.token),
        field.text(
            "code",
            _("Short code"),
            hint=_("Eight letters and numbers, like ACDE-3467."),
            autocomplete="off",
            auto_capitalize="characters",
            spell_check=False,
            max_length=20,
            required=True,
        ),
        rx.cond(
            Back.row.asks_birth_date,
            field.date("birth_date", _("Birth date"), autocomplete="bday", required=True),
            rx.fragment(),
        ),
        field.new_password("password", _("New password"), least=passwords.LEAST),
        field.password(
            "again", _("The same once more"), autocomplete="new-password", required=True
        ),
        button.main(_("Set this password"), type="submit", full=True),
    )
    return rx.el.div(form, class_name="card door")


def _waiting() -> rx.Component:
    gone = notice.bad(
        _("This link does not work"),
        _("It was used or stopped, it is too old, or it does not hold yet."),
        around.phone_line(_("Call us, and we look at it together:"), "."),
        button.plain(_("Sign in"), href="/"),
    )
    looking = rx.el.p(_("One moment, we look at your link."), role="status")
    return rx.cond(Back.problem != "", gone, looking)


page = Page(
    "/back/[token]",
    _("Get back in"),
    build,
    on_load=[Door.open, Back.open],
    is_public=True,
)
