"""People who ask for an account: who waits, and one of them beside whom it may mean."""

from typing import Any

import reflex as rx

from portal.components import (
    badge,
    button,
    definition,
    dialog,
    empty,
    field,
    link,
    notice,
    staff,
    table,
)
from portal.components.kinds import when
from portal.pages.staff import parts
from portal.services import registrations
from portal.state.staff.registrations import RegistrationRequests
from portal.words import _

REJECT = "reject-request"


def told() -> list[rx.Component]:
    """What has just happened here."""
    accepted: Any = RegistrationRequests.accepted
    by_mail = notice.ok(
        _("Invited by e-mail"),
        rx.el.p(
            _("Now tell this short code, in person or by the phone number on file:"),
            " ",
            rx.el.b(accepted.code, class_name="nb"),
        ),
        rx.el.p(_("Never send it by e-mail: link and code travel apart. It is shown only once.")),
        rx.el.p(link.to(accepted.href, _("Open the patient"))),
    )
    by_letter = notice.ok(
        _("Accepted: now make the letter"),
        rx.el.p(_("Open the patient and print the letter and the code there.")),
        rx.el.p(link.to(accepted.href, _("Open the patient"))),
    )
    return [
        notice.told("bad", RegistrationRequests.problem),
        notice.told("ok", RegistrationRequests.done),
        rx.cond(
            accepted.name != "",
            rx.cond(accepted.by == "email", by_mail, by_letter),
            rx.fragment(),
        ),
    ]


def waiting() -> rx.Component:
    """Who waits, the longest first."""
    rows: Any = RegistrationRequests.rows
    shown = staff.panel(
        _("Asked for an account"),
        parts.lines(rows, _line, _("Nobody waits for an account.")),
        anchor="registrations",
        count=rows.length(),
    )
    return rx.cond(RegistrationRequests.may_see, shown, rx.fragment())


def _line(row: Any) -> rx.Component:
    proof = rx.cond(
        row.is_proved,
        badge.show(_("address proved"), "ok", "check"),
        badge.show(_("by phone alone"), "", "phone"),
    )
    return parts.line(
        row.name,
        rx.el.p(_("Born"), " ", row.born),
        rx.el.p(row.contact, class_name="cut"),
        lead=rx.el.span(row.at, class_name="quiet"),
        on_open=RegistrationRequests.choose(row.id),
        end=proof,
        current=RegistrationRequests.one.id == row.id,
        key=row.id,
    )


def opened() -> rx.Component:
    """The open request, or where to begin."""
    nothing = empty.show(
        _("Choose a request"),
        _("It opens here, beside the patients whom it may mean."),
        icon_name="form",
    )
    shown = rx.cond(RegistrationRequests.one.id != "", _open(), nothing)
    return rx.cond(RegistrationRequests.may_see, shown, rx.fragment())


def _open() -> rx.Component:
    one: Any = RegistrationRequests.one
    typed = definition.show(
        definition.entry(_("Name"), one.name),
        definition.entry(_("Birth date"), one.born),
        when(
            one.email,
            definition.entry(_("E-mail"), rx.fragment(one.email, ", ", one.proved)),
        ),
        when(one.phone, definition.entry(_("Phone"), one.phone)),
        when(one.record_number, definition.entry(_("Record number"), one.record_number)),
        when(one.note, definition.entry(_("Wrote"), one.note)),
    )
    nobody = rx.el.p(
        _("No patient is like this. Look for the person by hand, or call them."),
        class_name="in-panel quiet",
    )
    return staff.pile(
        staff.panel(
            one.name,
            rx.el.div(typed, class_name="in-panel"),
            rx.el.div(
                button.group(
                    dialog.opener(REJECT, _("Turn down"), key="X"),
                    button.plain(_("Find a patient"), href="/staff/patients"),
                ),
                class_name="in-panel",
            ),
            anchor="typed",
            end=rx.el.span(one.at, class_name="quiet"),
        ),
        rx.cond(
            one.likely.length() > 0,
            rx.foreach(one.likely, _likely),
            staff.panel(_("Whom it may mean"), nobody, anchor="nobody"),
        ),
        _reject(),
    )


def _likely(row: Any) -> rx.Component:
    columns = [_("What"), _("Compared"), _("Typed"), _("On file")]
    facts = table.data(
        row.name,
        [table.Column(words) for words in columns],
        row.facts,
        _fact,
    )
    about = rx.el.span(": ", row.name, class_name="vh")
    mail = button.main(
        _("Invite by e-mail"),
        about,
        on_click=RegistrationRequests.accept(row.patient_id, "email"),
    )
    letter = button.plain(
        _("Invite by letter"),
        about,
        on_click=RegistrationRequests.accept(row.patient_id, "letter"),
    )
    acts = rx.cond(
        row.may_invite,
        button.group(rx.cond(row.by_mail, mail, rx.fragment()), letter),
        rx.fragment(),
    )
    return rx.el.section(
        rx.el.header(
            rx.el.h2(link.to(row.href, row.name, data_stop="true")),
            rx.el.div(rx.el.span(row.account, class_name="quiet"), class_name="end"),
        ),
        facts,
        rx.el.div(acts, class_name="in-panel"),
        class_name="panel",
        data_line="true",
        key=row.patient_id,
    )


def _fact(row: Any) -> list[rx.Component]:
    return [
        table.name_cell(row.kind),
        table.cell(badge.show(row.words, row.tone, row.icon)),
        table.cell(row.typed),
        table.cell(row.on_file),
    ]


def _reject() -> rx.Component:
    return dialog.form(
        REJECT,
        _("Turn this request down?"),
        rx.el.p(
            _(
                "The person reads only that we could not open an account and that they can call or "
                "come by. The reason stays with us."
            )
        ),
        field.select("reason", _("Reason"), registrations.reasons()),
        act=_("Turn down"),
        keep=_("Not now"),
        on_submit=RegistrationRequests.reject,
    )
