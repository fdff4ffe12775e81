"""How you sign in: passkeys, an authenticator app, recovery codes (MFA-11)."""

from typing import Any

import reflex as rx

from portal.components import (
    badge,
    button,
    dialog,
    field,
    link,
    live_form,
    notice,
    passkey,
    rows,
    section,
)
from portal.components.kinds import Child, when
from portal.pages.page import Page
from portal.pages.settings import parts
from portal.state.settings import Factors
from portal.words import _

ROW: Any = Factors.row
APP: Any = Factors.app
PATH = "/settings/factors"
NEW_CODES = "new-codes"


def build() -> rx.Component:
    """Lays the page out."""
    return parts.page(Factors, _("How you sign in"), _body)


def _body() -> list[Child]:
    first = parts.confirm_first(
        PATH, _("Then you can add or remove something, or make new recovery codes.")
    )
    return [
        rx.cond(Factors.offers_end, _offer(), rx.fragment()),
        rx.cond(ROW.is_confirmed, rx.fragment(), first),
        section.titled(_("Your second step"), *_steps(), anchor="steps"),
        rx.cond(
            ROW.is_confirmed,
            section.titled(_("Add a passkey or an app"), _adding(), anchor="add"),
            rx.fragment(),
        ),
        section.titled(_("Recovery codes"), *_recovery(), anchor="recovery"),
        rx.el.p(
            link.to("/settings/devices", _("See where your account is open")),
            ". ",
            link.to("/settings/password", _("Change your password")),
            ".",
        ),
        rx.el.input(type="hidden", name="then", value=PATH, read_only=True),
        passkey.script(),
    ]


def _offer() -> rx.Component:
    return notice.info(
        _("Were you signed in elsewhere?"),
        _("If you changed this because somebody else might get in, sign out everywhere else now."),
        button.group(
            button.plain(_("Sign out all other devices"), on_click=Factors.end_others),
        ),
    )


def _steps() -> list[Child]:
    by_mail = notice.warn(
        _("You sign in with a code by e-mail"),
        _("That is the weaker way: whoever reads your mail has it. A passkey is safer and faster."),
    )
    nothing = rx.el.p(
        _("You have none yet. With a second step a stolen password alone opens nothing."),
        class_name="quiet",
    )
    needed = rx.el.p(
        _("This account needs a second step, so the last one stays until there is another."),
        class_name="quiet",
    )
    return [
        rx.cond(ROW.uses_email, by_mail, rx.fragment()),
        rx.cond(
            ROW.factors.length() > 0,
            rows.each(ROW.factors, _one),
            rx.cond(ROW.uses_email, rx.fragment(), nothing),
        ),
        rx.cond(ROW.is_needed & (ROW.factors.length() == 1), needed, rx.fragment()),
    ]


def _one(row: Any) -> rx.Component:
    is_app = row.kind == "totp"
    kind = rx.cond(is_app, _("Authenticator app"), _("Passkey"))
    used = when(row.used, rx.fragment(" · ", _("last used"), " ", row.used))
    gone = f"remove-{row.factor_id}"
    named = f"rename-{row.factor_id}"
    about = rx.el.span(": ", row.name, class_name="vh")
    buttons = rx.el.div(
        dialog.opener(named, _("Rename"), about, small=True),
        rx.cond(ROW.is_confirmed, dialog.opener(gone, _("Remove"), about, small=True), ""),
        class_name="btns",
    )
    return rows.row(
        row.name,
        rx.el.p(kind, " · ", _("added"), " ", row.added, used),
        buttons,
        dialog.form(
            named,
            _("A name that you recognise"),
            rx.el.input(type="hidden", name="factor_id", value=row.factor_id, read_only=True),
            # Without an id: Reflex would send what has one twice, under its name and under its id.
            rx.el.label(
                _("Name, for example: my phone"),
                rx.el.input(
                    type="text",
                    name="name",
                    default_value=row.name,
                    max_length=60,
                    auto_complete="off",
                    class_name="in",
                ),
            ),
            act=_("Save"),
            keep=_("Cancel"),
            on_submit=Factors.rename,
        ),
        dialog.confirm(
            gone,
            _("Remove this second step?"),
            rx.el.p(row.name, ": ", _("it opens your account no more. We tell you by e-mail.")),
            act=_("Remove it"),
            keep=_("Keep it"),
            on_confirm=Factors.remove(row.factor_id),
        ),
        icon_name=rx.cond(is_app, "lock", "passkey"),
    )


def _adding() -> rx.Component:
    return section.card(rx.cond(APP.factor_id != "", _app(), _choice()))


def _choice() -> rx.Component:
    return rx.fragment(
        passkey.ask("register", _("Passkey on this device"), is_main=True),
        rx.el.p(
            _("Fingerprint, face or PIN of this phone or computer. The safest, nothing to type."),
            class_name="quiet",
        ),
        button.plain(
            _("Authenticator app"), on_click=Factors.enrol_app, icon_name="lock", full=True
        ),
        rx.el.p(
            _("An app on your phone shows six digits that change every half a minute."),
            class_name="quiet",
        ),
    )


def _app() -> rx.Component:
    picture = rx.el.svg(
        rx.el.path(d=APP.path, fill="#000"),
        view_box=rx.Var.create(f"0 0 {APP.size} {APP.size}"),
        class_name="qr",
        role="img",
        aria_label=_("QR code for your authenticator app"),
    )
    form = live_form.of(
        field.text(
            "code",
            _("The 6 digits that the app shows now"),
            error=Factors.code_error,
            autocomplete="one-time-code",
            input_mode="numeric",
            max_length=10,
            required=True,
        ),
        button.group(
            button.main(_("Confirm"), type="submit"),
            button.plain(_("Choose another way"), on_click=Factors.drop_app),
        ),
        on_submit=Factors.confirm_app,
        class_name="stack",
        no_validate=True,
    )
    return rx.fragment(
        rx.el.h3(_("Add it to your app")),
        rx.el.p(_("Scan this with your authenticator app. It is shown only now.")),
        picture,
        rx.el.p(_("No camera? Type this into the app:"), class_name="quiet"),
        rx.el.p(rx.el.code(APP.words, id="app-words"), class_name="typed"),
        form,
    )


def _recovery() -> list[Child]:
    left = rx.cond(
        ROW.recovery_left > 0,
        rx.el.p(
            badge.show(
                rx.fragment(ROW.recovery_left, " ", _("of 10 left")),
                rx.cond(ROW.recovery_left > FEW, "ok", "warn"),
                "file",
            ),
            " ",
            _("Made on"),
            " ",
            ROW.recovery_made,
        ),
        rx.el.p(
            _("You have none. Ten codes on paper let you in when your phone is lost."),
            " ",
            rx.cond(ROW.factors.length() > 0, "", _("First add a passkey or an app.")),
        ),
    )
    make = dialog.opener(NEW_CODES, _("Make ten new codes"))
    ask = dialog.confirm(
        NEW_CODES,
        _("Make ten new recovery codes?"),
        _("The old ones end at once. The new ones are shown once: have paper or a printer ready."),
        act=_("Make them"),
        keep=_("Leave the old ones"),
        on_confirm=Factors.make_codes,
        is_danger=False,
    )
    may = ROW.is_confirmed & (ROW.factors.length() > 0)
    offer = rx.cond(may, button.group(make), rx.fragment())
    return [rx.cond(Factors.has_new_codes, _codes(), section.card(left, offer)), ask]


FEW = 3


def _codes() -> rx.Component:
    return section.card(
        rx.el.p(
            rx.el.b(_("Print or write them down now: they are not shown again.")),
            " ",
            _("Each works once."),
        ),
        rx.el.ol(
            rx.foreach(Factors.codes, lambda code: rx.el.li(rx.el.code(code))), class_name="codes"
        ),
        button.group(
            button.print_page(_("Print them")),
            button.plain(_("I have them"), on_click=Factors.hide_codes),
        ),
    )


page = Page(PATH, _("How you sign in"), build, on_load=Factors.open)
