"""One form that a patient filled in, to read and to print; and their forms on the chart."""

from typing import Any

import reflex as rx

from portal.components import answered, badge, button, link, print_header, staff
from portal.pages.page import Page
from portal.pages.staff import parts
from portal.state.frame import Frame
from portal.state.staff.forms import FilledForm
from portal.words import _

FRAME: Any = Frame.row
ONE: Any = FilledForm.row


def build() -> rx.Component:
    """Lays the page out."""
    return parts.page(
        FilledForm,
        rx.cond(ONE.title != "", ONE.title, _("Form")),
        print_header.show(FRAME.clinic_name, FRAME.clinic_address, ONE.patient_name, ONE.born),
        staff.pile(
            rx.el.p(
                link.to(f"/staff/patients/{ONE.patient_id}", ONE.patient_name),
                rx.el.span(", ", ONE.born, ". ", ONE.asked, class_name="quiet"),
            ),
            rx.el.p(badge.show(ONE.words, ONE.tone, ONE.sign)),
            rx.cond(ONE.sent.length() > 0, answered.versions(ONE.sent), rx.fragment()),
            button.group(
                button.plain(
                    _("To the conversation"),
                    href=f"/staff/messages?thread={ONE.thread_id}",
                    icon_name="message",
                ),
                button.print_page(_("Print this form")),
            ),
        ),
        current="patients",
    )


def panel(rows: Any) -> rx.Component:
    """The forms of a patient on their chart; nothing where none was asked."""
    shown = staff.panel(
        _("Forms"),
        rx.el.ul(rx.foreach(rows, _row), class_name="lines"),
        anchor="chart-forms",
    )
    return rx.cond(rows.length() > 0, shown, rx.fragment())


def _row(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(badge.show(row.words, row.tone, row.sign), class_name="lead-col"),
        rx.el.div(rx.el.h3(link.to(row.href, row.title)), rx.el.p(row.under)),
        class_name="item",
        key=row.id,
    )


page = Page("/staff/forms/[id]", _("Form"), build, on_load=FilledForm.open)
