"""Changing the password: the old one once, the new one twice."""

from typing import Any

import reflex as rx

from portal.components import button, field, link, live_form
from portal.components.kinds import Child
from portal.pages.page import Page
from portal.pages.settings import parts
from portal.security import passwords
from portal.state.settings import Password
from portal.words import _

ROW: Any = Password.row
PATH = "/settings/password"


def build() -> rx.Component:
    """Lays the page out."""
    return parts.page(Password, _("Password"), _body)


def _body() -> list[Child]:
    first = parts.confirm_first(
        PATH, _("Then you can choose a new password. Nothing was changed yet.")
    )
    return [rx.cond(ROW.is_confirmed, _form(), first)]


def _form() -> rx.Component:
    name = rx.el.input(
        type="text",
        name="username",
        default_value=ROW.sign_in_name,
        auto_complete="username",
        class_name="vh",
        tab_index=-1,
        aria_hidden="true",
        read_only=True,
    )
    return rx.el.div(
        rx.el.p(
            _(
                "All your other devices are signed out then, and none is trusted any more. "
                "We also tell you by e-mail."
            ),
        ),
        live_form.of(
            name,
            field.password(
                "current",
                _("Your password as it is now"),
                error=Password.current_error,
                required=True,
            ),
            field.new_password(
                "password",
                _("New password"),
                least=passwords.LEAST,
                error=Password.password_error,
            ),
            field.password(
                "again",
                _("The new one once more"),
                autocomplete="new-password",
                error=Password.again_error,
                required=True,
            ),
            button.group(button.main(_("Change the password"), type="submit")),
            on_submit=Password.change,
            class_name="write",
            key=Password.edition,
            no_validate=True,
        ),
        rx.el.p(
            _("You do not know it any more? Sign out and"),
            " ",
            link.to("/forgot-password", _("get a new one")),
            ".",
            class_name="quiet",
        ),
        class_name="talk stack",
    )


page = Page(PATH, _("Password"), build, on_load=Password.open)
