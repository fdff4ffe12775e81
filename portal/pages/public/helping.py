"""The page of an invitation to help: a code, and an account, one's own or a new one."""

import reflex as rx

from portal.components import button, field, notice, raw_form, section
from portal.pages.page import Page
from portal.pages.public import around
from portal.state.front_door import Door
from portal.state.helping import Helping
from portal.words import _

ACCEPT = "/auth/help"


def build() -> rx.Component:
    """Lays the page of an invitation out."""
    body = rx.cond(
        Helping.is_loaded,
        rx.cond(Helping.is_open, _both(), _gone()),
        rx.el.p(_("One moment, we look at your link."), role="status"),
    )
    return around.framed(
        _("Somebody asks for your help"),
        *_told(),
        body,
        lead=_("With your own account you see what they let you see, and nothing else."),
    )


def _told() -> list[rx.Component]:
    return [
        _trouble(
            "wrong",
            _("That code does not go with this link"),
            _("Check it with the person who gave it to you. After five tries the link ends."),
        ),
        _trouble(
            "signed-out",
            _("You are not signed in"),
            _("Sign in first, then open the link in the e-mail again."),
        ),
        _trouble(
            "own",
            _("This is your own record"),
            _("You cannot help yourself. Sign in as the person who is to help."),
        ),
        _trouble(
            "staff",
            _("This is your account for work"),
            _("Use an account of your own: make a new one below."),
        ),
        _trouble("wait", _("That did not work just now"), _("Wait a minute, then try again.")),
    ]


def _trouble(key: str, title: str, body: str) -> rx.Component:
    told = rx.el.div(notice.bad(title, body), class_name="told")
    return rx.cond(Helping.trouble == key, told, rx.fragment())


def _both() -> rx.Component:
    return section.stacked(
        section.titled(
            _("I am new here"),
            rx.el.p(_("We make an account for you. You choose its password in the next step.")),
            _form("new", _("Make my account")),
            anchor="new",
        ),
        section.titled(
            _("I have an account at this clinic"),
            rx.el.p(
                _("You must be signed in to it in this browser. If you are not, sign in first,"),
                " ",
                _("then open the link in the e-mail again."),
            ),
            _form("mine", _("Help with my account")),
            rx.el.p(button.plain(_("Sign in"), href="/")),
            anchor="mine",
        ),
    )


def _form(way: str, act: str) -> rx.Component:
    return raw_form.post(
        ACCEPT,
        rx.el.input(type="hidden", name="token", value=Helping.token),
        rx.el.input(type="hidden", name="way", value=way),
        field.text(
            "code",
            _("Code of eight digits"),
            id=f"code-{way}",
            hint=_("The person whom you are to help tells it to you"),
            input_mode="numeric",
            autocomplete="one-time-code",
            max_length=20,
            required=True,
        ),
        button.main(act, type="submit") if way == "new" else button.plain(act, type="submit"),
        class_name="card door",
    )


def _gone() -> rx.Component:
    return notice.bad(
        _("This link does not work any more"),
        _("It was used, taken back, or is too old. Ask the person for a new one."),
        around.phone_line(_("If you do not know who sent it, call us:"), "."),
        rx.el.p(button.plain(_("Sign in"), href="/")),
    )


page = Page(
    "/helping/[token]",
    _("Somebody asks for your help"),
    build,
    on_load=[Door.open, Helping.open],
    is_public=True,
)
