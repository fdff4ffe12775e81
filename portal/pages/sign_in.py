"""The front page: the clinic, and the door. The form works before any script has run."""

import reflex as rx

from portal.components import button, field, icon, notice, passkey, raw_form, rows
from portal.pages.page import Page
from portal.pages.public import around
from portal.services.front_door import DemoRow
from portal.state.front_door import Door
from portal.words import _

SIGN_IN = "/auth/sign-in"


def build() -> rx.Component:
    """Lays the front page out."""
    return around.framed(
        _("Sign in"),
        *_told(),
        _door(),
        _doors(),
        _demo(),
        passkey.script(),
        lead=_("Your appointments, results, messages and health record."),
    )


def _told() -> list[rx.Component]:
    """What may have happened before: the end of the address says which, and style shows it."""
    return [
        notice.at(
            "wrong",
            "bad",
            _("That name and password do not go together"),
            _("Check both and try again. Nobody can see here whether a name is known."),
        ),
        notice.at(
            "wait",
            "warn",
            _("Too many tries with that name"),
            _("Wait a few minutes, then try again. Nothing is locked for good."),
        ),
        notice.at(
            "left",
            "ok",
            _("You are signed out"),
            _("On a shared computer, close this window as well."),
        ),
        notice.at(
            "ended",
            "info",
            _("Sign in to go on"),
            _("You were signed out to keep your record private. Your drafts are kept."),
        ),
        notice.at(
            "signed-out",
            "info",
            _("You were signed out because nobody used this page for a while"),
            _("That keeps your record private. Your drafts are kept."),
        ),
        notice.at(
            "refused",
            "warn",
            _("That is not open to you"),
            _("Sign in with the account that it belongs to, or call us."),
        ),
        notice.at(
            "password-set",
            "ok",
            _("Your password is set"),
            _("Sign in with it now. The link has done its work and opens nothing any more."),
        ),
    ]


def _door() -> rx.Component:
    name = field.text(
        "username",
        _("E-mail address or sign-in name"),
        autocomplete="username",
        auto_capitalize="none",
        spell_check=False,
        required=True,
    )
    secret = field.password(
        "password",
        _("Password"),
        forgotten=_("Forgotten it?"),
        forgotten_href="/forgot-password",
        required=True,
    )
    shared = field.checkbox(
        "shared",
        _("Others use this computer too"),
        detail=_("You are signed out sooner, and nothing is remembered here"),
    )
    go = button.main(_("Sign in"), type="submit", full=True)
    return rx.el.div(
        raw_form.post(SIGN_IN, name, secret, shared, go),
        rx.el.p(_("or"), class_name="or"),
        passkey.ask("sign-in", _("Sign in with a passkey")),
        class_name="card door",
    )


def _doors() -> rx.Component:
    return rx.el.div(
        rows.list_(
            rows.row(
                _("First time here?"),
                _("Use the link in the letter or e-mail that we gave you"),
                href="/help#first-time",
                icon_name="form",
                level=2,
            ),
            rows.row(
                _("New to the clinic?"),
                _("How to become a patient and get an account"),
                href="/register",
                icon_name="user",
                level=2,
            ),
        ),
        class_name="doors",
    )


def _demo() -> rx.Component:
    """In a demo: everybody one may be, each a form that needs one tap."""
    box = rx.el.section(
        rx.el.h2(_("This is a demo: be anybody")),
        rx.el.p(
            _("All of these people are invented. Tap one; the next page has the code. Password:"),
            " ",
            rx.el.b(Door.row.password, class_name="nb"),
            class_name="quiet",
        ),
        rx.el.ul(rx.foreach(Door.row.first, _be), class_name="list"),
        _folded(_("All patients, and those who help them"), Door.row.patients),
        _folded(_("Everybody who works here"), Door.row.staff),
        class_name="doors sec stack",
        id="demo",
    )
    return rx.cond(Door.row.password != "", box, rx.fragment())


def _folded(words: str, people: list[DemoRow]) -> rx.Component:
    return rx.el.details(
        rx.el.summary(words, class_name="more"),
        rx.el.ul(rx.foreach(people, _be), class_name="list"),
    )


def _be(row: DemoRow) -> rx.Component:
    person = rx.el.span(rx.el.b(row.name), rx.el.small(row.shows))
    return rx.el.li(
        raw_form.post(
            SIGN_IN,
            rx.el.input(type="hidden", name="username", value=row.sign_in_name),
            rx.el.input(type="hidden", name="password", value=Door.row.password),
            rx.el.button(person, icon.show("right"), type="submit", class_name="be"),
        ),
    )


page = Page("/", _("Sign in"), build, on_load=Door.open, is_public=True)
