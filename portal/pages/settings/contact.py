"""E-mail and phone: how the account is reached, each proven by a code."""

from typing import Any

import reflex as rx

from portal.components import badge, button, definition, field, live_form, section
from portal.components.kinds import Child, when
from portal.pages.page import Page
from portal.pages.settings import parts
from portal.state.settings import Contact
from portal.words import _

ROW: Any = Contact.row
PATH = "/settings/contact"
EMAIL, PHONE = "new-email", "new-phone"


def build() -> rx.Component:
    """Lays the page out."""
    return parts.page(Contact, _("E-mail and phone"), _body)


def _body() -> list[Child]:
    first = parts.confirm_first(
        PATH, _("Then you can change your e-mail address or your phone number.")
    )
    return [
        rx.el.p(
            _(
                "Here we reach you about your account. It changes neither how you sign in nor what "
                "the clinic has noted in the record; others in your family may use the same."
            ),
        ),
        rx.cond(ROW.is_confirmed, rx.fragment(), first),
        section.titled(_("E-mail"), *_email(), anchor="email-part"),
        section.titled(_("Phone"), *_phone(), anchor="phone-part"),
    ]


def _now(words: str, address: Any, note: Any, is_proven: Any, nothing: str) -> rx.Component:
    proof = badge.show(note, rx.cond(is_proven, "ok", "warn"), rx.cond(is_proven, "ok", "warn"))
    value = rx.cond(
        address != "", rx.fragment(rx.el.b(address), rx.el.div(proof)), rx.fragment(nothing)
    )
    return definition.show(definition.entry(words, value))


def _email() -> list[Child]:
    waiting = parts.code_form(
        ROW.new_email.address,
        ROW.new_email.until,
        Contact.code_error,
        name="email_code",
        prove=Contact.prove_email,
        again=Contact.send_again(EMAIL),
        drop=Contact.drop(EMAIL),
    )
    form = live_form.of(
        field.email(
            "email",
            rx.cond(
                (ROW.email != "") & ~ROW.is_email_proven,
                _("E-mail address"),
                _("New e-mail address"),
            ),
            hint=_("We send a code there. Until you enter it, nothing changes."),
            error=Contact.email_error,
            value=rx.cond(ROW.is_email_proven, "", ROW.email),
            max_length=254,
        ),
        button.group(button.main(_("Send a code"), type="submit", icon_name="send")),
        on_submit=Contact.change_email,
        class_name="stack",
        key=Contact.edition,
        no_validate=True,
    )
    ask = rx.cond(ROW.is_confirmed, section.card(form), rx.fragment())
    return [
        _now(_("We write to"), ROW.email, ROW.email_note, ROW.is_email_proven, _("No address yet")),
        rx.cond(ROW.new_email.address != "", waiting, ask),
    ]


def _phone() -> list[Child]:
    waiting = parts.code_form(
        ROW.new_phone.address,
        ROW.new_phone.until,
        Contact.code_error,
        name="phone_code",
        prove=Contact.prove_phone,
        again=Contact.send_again(PHONE),
        drop=Contact.drop(PHONE),
    )
    form = live_form.of(
        field.phone(
            "phone",
            _("New phone number"),
            hint=rx.cond(
                ROW.can_text,
                _("We send a code there as a text message."),
                _("With its area code; from another country with + in front."),
            ),
            error=Contact.phone_error,
            max_length=60,
        ),
        button.group(
            button.main(rx.cond(ROW.can_text, _("Send a code"), _("Save")), type="submit"),
        ),
        on_submit=Contact.change_phone,
        class_name="stack",
        key=Contact.edition,
        no_validate=True,
    )
    remove = when(
        ROW.phone, button.group(button.plain(_("Remove the number"), on_click=Contact.remove_phone))
    )
    ask = rx.cond(ROW.is_confirmed, section.card(form, remove), rx.fragment())
    honest = rx.cond(
        ROW.can_text,
        rx.fragment(),
        rx.el.p(
            _(
                "This clinic cannot send text messages, so we cannot check that the number is "
                "yours. We use it only to call you; it never opens your account."
            ),
            class_name="quiet",
        ),
    )
    return [
        _now(_("We call"), ROW.phone, ROW.phone_note, ROW.is_phone_proven, _("No number yet")),
        honest,
        rx.cond(ROW.new_phone.address != "", waiting, ask),
    ]


page = Page(PATH, _("E-mail and phone"), build, on_load=Contact.open)
