"""The first page of the settings: what can be set, and how it stands."""

from typing import Any

import reflex as rx

from portal.components import rows
from portal.components.kinds import Child
from portal.pages import way_back
from portal.pages.page import Page
from portal.pages.settings import parts
from portal.state.settings import Account
from portal.state.way_back import OwnWayBack
from portal.words import _

ROW: Any = Account.row


def build() -> rx.Component:
    """Lays the page out."""
    return parts.page(Account, _("Settings"), _body, above=rx.fragment())


def _body() -> list[Child]:
    elsewhere = rx.cond(
        ROW.open_elsewhere > 0,
        rx.cond(
            ROW.open_elsewhere == 1,
            _("Also open on one other device"),
            rx.fragment(_("Also open on other devices:"), " ", ROW.open_elsewhere),
        ),
        _("Open on this device only"),
    )
    steps = rx.cond(
        ROW.factors > 0,
        rx.fragment(
            rx.cond(
                ROW.factors == 1,
                _("One second step"),
                rx.fragment(ROW.factors, " ", _("second steps")),
            ),
            ", ",
            _("recovery codes left:"),
            " ",
            ROW.recovery_left,
        ),
        rx.cond(
            ROW.uses_email,
            _("A code by e-mail, which is the weaker way"),
            _("No second step yet: a stolen password would be enough"),
        ),
    )
    email = rx.cond(
        ROW.email != "",
        rx.cond(
            ROW.is_email_proven,
            ROW.email,
            rx.fragment(ROW.email, ": ", _("not confirmed yet")),
        ),
        _("No e-mail address yet"),
    )
    return [
        way_back.told(),
        rx.el.p(_("You sign in as"), " ", rx.el.b(ROW.sign_in_name), "."),
        rows.list_(
            _way("devices", "laptop", _("Devices and sign-ins"), elsewhere),
            _way("factors", "key", _("How you sign in"), steps),
            _way(
                "password",
                "lock",
                _("Password"),
                _("Change it when you think that somebody knows it"),
            ),
            _way("contact", "mail", _("E-mail and phone"), email),
            _way(
                "notices",
                "bell",
                _("Notices and agreements"),
                _("How we tell you of what, and what you agreed to"),
            ),
            label=_("What you can set"),
        ),
    ]


def _way(key: str, picture: str, title: str, line: Any) -> rx.Component:
    said = rx.el.p(line)
    return rows.row(title, said, href=f"/settings/{key}", icon_name=picture, level=rows.TOP)


page = Page("/settings", _("Settings"), build, on_load=[Account.open, OwnWayBack.open])
