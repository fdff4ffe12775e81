"""The panel "Insurance and balance" on a patient's chart, for who keeps either."""

from typing import Any

import reflex as rx

from portal.components import badge, button, definition, dialog, field, notice, staff
from portal.components.kinds import when
from portal.state.staff.coverage import Coverage
from portal.words import _

INSURANCE, END, BALANCE = "enter-insurance", "end-insurance", "enter-balance"
_row: Any = Coverage.row


def panel() -> rx.Component:
    """Lays the panel out; nothing where the person keeps no insurance."""
    shown = staff.panel(
        _("Insurance and balance"),
        rx.el.div(
            rx.el.p(badge.show(_row.said, _row.tone, _row.icon)),
            notice.told("bad", Coverage.problem),
            notice.told("ok", Coverage.done),
            _insurance(),
            _acts(),
            _balance(),
            class_name="in-panel stack",
        ),
        anchor="coverage",
    )
    forms = rx.fragment(_enter(), rx.cond(_row.version > 0, _end(), rx.fragment()), _settle())
    return rx.cond(_row.patient_id != "", rx.fragment(shown, forms), rx.fragment())


def _insurance() -> rx.Component:
    return definition.show(
        when(_row.payer, definition.entry(_("Insured with"), _row.payer)),
        when(_row.member_number, definition.entry(_("Member number"), _row.member_number)),
        when(_row.period, definition.entry(_("Holds"), _row.period)),
        when(_row.verified, definition.entry(_("Checked"), _row.verified)),
        when(_row.entered, definition.entry(_("Entered"), _row.entered)),
    )


def _acts() -> rx.Component:
    check = button.plain(
        _("Checked today"),
        on_click=Coverage.verify(_row.version),
        icon_name="check",
        small=True,
    )
    alone = button.plain(_("Pays themselves"), on_click=Coverage.pays_themselves, small=True)
    enter = dialog.opener(
        INSURANCE,
        rx.cond(_row.payer != "", _("Change"), _("Enter insurance")),
        icon_name="insurance",
        small=True,
    )
    ends = dialog.opener(END, _("End it"), small=True)
    return rx.el.div(
        rx.cond(_row.payer != "", check, rx.fragment()),
        enter,
        rx.cond(_row.version > 0, ends, alone),
        class_name="btns",
    )


def _balance() -> rx.Component:
    amount = rx.cond(
        _row.owes,
        badge.show(_row.balance, "warn", "balance"),
        rx.cond(_row.balance != "", _row.balance, _("None entered")),
    )
    return rx.fragment(
        definition.show(
            definition.entry(_("Open balance"), amount),
            when(_row.as_of, definition.entry(_("As of"), _row.as_of)),
            when(_row.settled, definition.entry(_("Entered"), _row.settled)),
        ),
        rx.el.div(
            dialog.opener(BALANCE, _("Enter balance"), icon_name="balance", small=True),
            class_name="btns",
        ),
    )


def _seen(version: Any) -> rx.Component:
    """Says with a form which state it was filled in on."""
    return rx.el.input(type="hidden", name="version", value=version, read_only=True)


def _enter() -> rx.Component:
    return dialog.form(
        INSURANCE,
        _("Insurance"),
        _seen(_row.version),
        field.text(
            "payer", _("Insured with"), id="cover-payer", value=_row.payer, required=True,
            max_length=200, autocomplete="off",
        ),
        field.text(
            "number", _("Member number"), id="cover-number", value=_row.member_number,
            required=True, max_length=60, autocomplete="off",
            hint=_("As it stands on the card. It is kept encrypted."),
        ),
        field.date(
            "starts_on", _("From"), id="cover-from", value=_row.starts_on, optional=True
        ),
        field.date("ends_on", _("Until"), id="cover-until", value=_row.ends_on, optional=True),
        rx.el.p(_("Another insurer or number counts as new: it is to be checked again.")),
        act=_("Enter insurance"),
        keep=_("Not now"),
        on_submit=Coverage.enter,
        key=_row.version,
    )  # fmt: skip


def _end() -> rx.Component:
    return dialog.form(
        END,
        _("End this insurance?"),
        _seen(_row.version),
        field.radio(
            "why",
            _("Why?"),
            [
                ("ended", _("It holds no more"), _("Visits are flagged until there is another.")),
                ("error", _("It was entered by mistake"), _("It counts as if it never was.")),
            ],
            value="ended",
        ),
        act=_("End it"),
        keep=_("Leave it"),
        on_submit=Coverage.end,
    )


def _settle() -> rx.Component:
    return dialog.form(
        BALANCE,
        _("Open balance"),
        _seen(_row.account_version),
        field.number(
            "amount", _("Amount"), id="owed-amount", value=_row.amount, required=True,
            max_length=20, autocomplete="off", hint=_("0 where nothing is open."),
        ),
        field.text(
            "currency", _("Currency"), id="owed-currency", value=_row.currency, required=True,
            max_length=3, autocomplete="off", hint=_("Three letters, for example USD."),
        ),
        field.date("as_of", _("As of"), id="owed-day", value=_row.today, optional=True),
        act=_("Enter balance"),
        keep=_("Not now"),
        on_submit=Coverage.settle,
        key=_row.account_version,
    )  # fmt: skip
