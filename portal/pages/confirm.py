"""Confirming: before something sensitive, a factor is entered once more; then it leads back."""

from typing import Any

import reflex as rx

from portal.components import button, field, link, notice, passkey, raw_form
from portal.pages.page import Page
from portal.pages.public import around
from portal.state.confirm import Confirm
from portal.state.front_door import Door
from portal.words import _

CONFIRM = "/auth/confirm"
SEND = "/auth/confirm/send"


def build() -> rx.Component:
    """Lays the page out."""
    row = Confirm.row
    key = rx.el.div(
        passkey.ask("confirm", _("Use your passkey"), is_main=True),
        rx.cond(row.has_app | row.has_recovery, _or(), rx.fragment()),
        class_name="stack",
    )
    card = rx.el.div(
        _then(),
        rx.cond(row.has_passkey, key, rx.fragment()),
        rx.cond(row.needs_password, _password(), rx.cond(_takes_codes(), _code(), rx.fragment())),
        rx.cond(row.has_email, rx.cond(row.sent_to != "", _sent(), _send()), rx.fragment()),
        around.phone_line(_("Nothing works? Call us:")),
        class_name="card door",
    )
    return around.framed(
        _("Confirm that it is you"),
        *_told(),
        _demo(),
        rx.cond(Confirm.is_loaded, card, rx.fragment()),
        rx.el.div(link.to(Confirm.then, _("Go back, change nothing")), class_name="doors"),
        passkey.script(),
        lead=_("What you are about to do is sensitive. You are asked once in ten minutes."),
    )


def _takes_codes() -> Any:
    row = Confirm.row
    return row.has_app | row.has_recovery | (row.has_email & (row.sent_to != ""))


def _or() -> rx.Component:
    return rx.el.p(_("or with a code"), class_name="or")


def _then() -> rx.Component:
    return rx.el.input(type="hidden", name="then", value=Confirm.then, read_only=True)


def _code() -> rx.Component:
    return raw_form.post(
        CONFIRM,
        _then(),
        field.text(
            "code",
            _("Code"),
            hint=rx.cond(
                Confirm.row.has_email,
                _("The 6 digits from the e-mail"),
                _("The 6 digits that your app shows, or one of your printed recovery codes"),
            ),
            autocomplete="one-time-code",
            spell_check=False,
            max_length=40,
            required=True,
        ),
        button.main(_("Confirm"), type="submit", full=True),
    )


def _send() -> rx.Component:
    go = button.main(_("Send me a code by e-mail"), type="submit", full=True)
    return raw_form.post(SEND, _then(), go)


def _sent() -> rx.Component:
    row = Confirm.row
    sent = rx.Var.create(f"{_('We sent 6 digits to')} {row.sent_to} {_('at')} {row.sent_at}.")
    again = button.plain(_("Send a new code"), type="submit", full=True)
    return rx.fragment(rx.el.p(sent, class_name="small"), raw_form.post(SEND, _then(), again))


def _password() -> rx.Component:
    return raw_form.post(
        CONFIRM,
        _then(),
        field.password("password", _("Password"), required=True),
        button.main(_("Confirm"), type="submit", full=True),
    )


def _told() -> list[rx.Component]:
    return [
        notice.at(
            "wrong",
            "bad",
            _("That did not fit"),
            _("Nothing was changed. Look at it once more, and type it again."),
        ),
        notice.at(
            "wait",
            "warn",
            _("Too many wrong tries"),
            _("Nothing was changed. Wait a quarter of an hour, then try again. Or call us."),
        ),
        notice.at(
            "soon",
            "warn",
            _("We have just sent a code"),
            _("Look for it, also among unwanted mail. In a minute you can ask for another one."),
        ),
        notice.at("sent", "ok", _("A code is on its way"), _("It may take a minute to arrive.")),
        notice.at(
            "call",
            "bad",
            _("Codes do not work for this account any more"),
            _("Too many wrong ones were entered. A new password alone does not change that."),
            around.phone_line(_("Call us or come by, and say that your codes are closed:"), "."),
            _("We check who you are and begin anew. Then you set up a new second step yourself."),
        ),
    ]


def _demo() -> rx.Component:
    row = Confirm.row
    body = rx.el.p(
        _("Your app or your mail would show:"),
        " ",
        rx.el.b(row.demo_code, class_name="nb", id="demo-code"),
    )
    code = rx.el.div(
        notice.info(
            _("This is a demo: here is the code"),
            body,
            raw_form.post(
                CONFIRM,
                _then(),
                rx.el.input(type="hidden", name="code", value=row.demo_code, read_only=True),
                button.plain(_("Use this code"), type="submit"),
            ),
        ),
        class_name="doors",
    )
    wait = rx.el.div(
        notice.info(
            _("This is a demo: the next code comes soon"),
            rx.el.p(
                _("A code works once, and this one was used. Seconds until the next:"),
                " ",
                rx.el.b(row.demo_wait),
            ),
            rx.el.p(button.plain(_("Show the next code"), on_click=Confirm.open)),
        ),
        class_name="doors",
    )
    none = rx.fragment()
    return rx.cond(row.demo_code != "", code, rx.cond(row.demo_wait > 0, wait, none))


page = Page(
    "/confirm",
    _("Confirm that it is you"),
    build,
    on_load=[Confirm.open, Door.open],
)
