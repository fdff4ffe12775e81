"""The panel "Account" on a patient's chart: none, invited, or there; for who may invite."""

from typing import Any

import reflex as rx

from portal.components import badge, button, definition, dialog, field, notice, raw_form, staff
from portal.components.kinds import when
from portal.services import proofs
from portal.state.staff.account import Invitation
from portal.words import _

LETTER, CODE = "/files/letters/invitation", "/files/letters/code"
TAKE_BACK, BY_LETTER = "take-back", "by-letter"
_row: Any = Invitation.row


def panel() -> rx.Component:
    """Lays the panel out; nothing where the person may not invite."""
    shown = staff.panel(
        _("Account"),
        rx.el.div(
            rx.el.p(badge.show(_row.said, _row.tone)),
            notice.told("bad", Invitation.problem),
            notice.told("ok", Invitation.done),
            _to_tell(),
            _facts(),
            when(_row.mail, _mail()),
            when(_row.why_not, rx.el.p(_row.why_not)),
            _acts(),
            class_name="in-panel stack",
        ),
        anchor="account",
    )
    return rx.cond(_row.state != "", rx.fragment(shown, _ask_first()), rx.fragment())


def _facts() -> rx.Component:
    return definition.show(
        when(_row.since, definition.entry(_("Since"), _row.since)),
        when(_row.last_sign_in, definition.entry(_("Last signed in"), _row.last_sign_in)),
        when(_row.invited, definition.entry(_("Invited"), _row.invited)),
        when(_row.until, definition.entry(_("Holds until"), _row.until)),
        when(_row.tries, definition.entry(_("Tried"), _row.tries)),
    )


def _mail() -> rx.Component:
    return rx.cond(
        _row.is_mail_stuck,
        notice.warn(_("The mail has not arrived"), _row.mail),
        rx.el.p(_row.mail, class_name="quiet"),
    )


def _to_tell() -> rx.Component:
    """Code and sheets, right after they were made and never again."""
    how = rx.cond(
        Invitation.secret != "",
        _("Hand the code over apart from the letter, never in the same envelope:"),
        _("Tell this code by phone or in person, never in an e-mail:"),
    )
    sheets = rx.el.div(
        _sheet(LETTER, _("Print the letter"), "secret", Invitation.secret),
        _sheet(CODE, _("Print the code, on its own sheet"), "code", Invitation.code),
        class_name="btns",
    )
    box = rx.el.div(
        rx.el.p(how),
        rx.el.p(rx.el.strong(Invitation.code, class_name="code-once nb")),
        rx.cond(Invitation.secret != "", sheets, rx.fragment()),
        rx.el.p(
            _("It is shown only now. A new invitation gives a new one, and ends this one."),
            class_name="quiet",
        ),
        button.plain(_("Done: take it off the screen"), on_click=Invitation.forget, small=True),
        class_name="stack",
    )
    return rx.cond(Invitation.code != "", box, rx.fragment())


def _sheet(action: str, words: str, name: str, value: Any) -> rx.Component:
    """A form of the browser's own: the sheet opens in a tab of its own, to be printed."""
    return raw_form.post(
        action,
        rx.el.input(type="hidden", name="patient", value=Invitation.patient_id),
        rx.el.input(type="hidden", name=name, value=value),
        button.plain(words, type="submit", icon_name="printer", small=True),
        target="_blank",
    )


def _acts() -> rx.Component:
    is_open = _row.state == "invited"
    by_mail = rx.cond(
        _row.wait != "",
        rx.el.p(_("Another mail can go from"), " ", _row.wait, class_name="quiet"),
        button.plain(
            rx.cond(is_open, _("Send the mail again"), _("Invite by e-mail")),
            on_click=Invitation.mail,
            icon_name="mail",
            small=True,
        ),
    )
    address = rx.el.p(_("On file:"), " ", _row.email, class_name="quiet")
    by_letter = dialog.opener(
        BY_LETTER,
        rx.cond(is_open, _("Make a new letter"), _("Invite by letter")),
        icon_name="printer",
        small=True,
    )
    back = dialog.opener(TAKE_BACK, _("Take back"), small=True)
    none = rx.el.p(
        _("There is no e-mail address on file that can be right. A letter works without one."),
        class_name="quiet",
    )
    return rx.cond(
        _row.may_print,
        rx.fragment(
            rx.cond(_row.may_mail, address, none),
            rx.el.div(
                rx.cond(_row.may_mail, by_mail, rx.fragment()),
                by_letter,
                rx.cond(_row.may_revoke, back, rx.fragment()),
                class_name="btns",
            ),
        ),
        rx.fragment(),
    )


def _ask_first() -> rx.Component:
    asked = dialog.confirm(
        TAKE_BACK,
        _("Take the invitation back?"),
        _("Its link and code open nothing any more. You can invite again at any time."),
        act=_("Take it back"),
        keep=_("Leave it"),
        on_confirm=Invitation.revoke,
    )
    return rx.fragment(
        rx.cond(_row.may_revoke, asked, rx.fragment()),
        rx.cond(_row.may_print, _who_is_it(), rx.fragment()),
    )


def _who_is_it() -> rx.Component:
    """Asks how identity was proved, before letter and code are in one hand."""
    told = rx.cond(
        _row.told_at != "",
        rx.el.p(_("The patient is told at once that a letter was printed, at"), " ", _row.told_at),
        rx.el.p(_("No e-mail address is proved, so nobody can be told that it was printed.")),
    )
    return dialog.form(
        BY_LETTER,
        _("Print letter and code"),
        rx.el.p(
            _("You will hold both: whoever has them can open the account. So be sure who it is.")
        ),
        field.radio(
            "identity",
            _("How did you make sure who it is?"),
            proofs.choices(),
            hint=_("It is kept with your name, and the patient can read it."),
            required=True,
        ),
        told,
        act=_("Make the letter"),
        keep=_("Not now"),
        on_submit=Invitation.letter,
    )
