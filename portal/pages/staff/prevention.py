"""The panel "Check-ups" on a patient's chart, for who may open the record."""

from typing import Any

import reflex as rx

from portal.components import badge, button, notice, section, staff
from portal.components.kinds import when
from portal.pages.patient.prevention import done_form
from portal.state.staff.prevention import ChartCheckUps
from portal.words import _

_row: Any = ChartCheckUps.row


def panel() -> rx.Component:
    """Lays the panel out; nothing where the person may not open the record."""
    due = rx.el.ul(rx.foreach(_row.due, lambda one: _one(one, _acts(one))), class_name="lines")
    rest = rx.el.details(
        section.opener(_("Booked, answered or done")),
        rx.el.ul(rx.foreach(_row.rest, lambda one: _one(one, _undo(one))), class_name="lines"),
        class_name="in-panel",
    )
    nothing = rx.el.p(_("Nothing is due."), class_name="in-panel quiet")
    shown = staff.panel(
        _("Check-ups"),
        notice.told("bad", ChartCheckUps.problem),
        notice.told("ok", ChartCheckUps.done),
        rx.cond(_row.due.length() > 0, due, nothing),
        rx.cond(_row.rest.length() > 0, rest, rx.fragment()),
        when(_row.nothing, rx.el.p(_row.nothing, class_name="in-panel quiet")),
        anchor="chart-check-ups",
    )
    return rx.cond(_row.patient_id != "", shown, rx.fragment())


def _one(one: Any, acts: rx.Component) -> rx.Component:
    return rx.el.li(
        rx.el.div(badge.show(one.words, one.tone, one.sign), class_name="lead-col"),
        rx.el.div(
            rx.el.h3(one.title),
            when(one.due, rx.el.p(one.due)),
            rx.el.p(one.last),
            when(one.said, rx.el.p(one.said)),
            acts,
        ),
        class_name="item",
        key=one.rule_id,
    )


def _acts(one: Any) -> rx.Component:
    about = rx.el.span(": ", one.title, class_name="vh")
    declined = button.plain(
        _("Declined"), about, small=True, on_click=ChartCheckUps.decline(one.rule_id, one.number)
    )
    done = rx.el.details(
        section.opener(_("Done elsewhere"), about),
        done_form(one, _row.years, _row.months, _whose(), on_submit=ChartCheckUps.done_elsewhere),
        key=f"done-{one.rule_id}-{one.number}",
    )
    return rx.cond(one.may_answer, rx.fragment(button.group(declined), done), rx.fragment())


def _whose() -> rx.Component:
    return rx.el.input(type="hidden", name="whose", value=_row.patient_id, read_only=True)


def _undo(one: Any) -> rx.Component:
    back = button.plain(
        _("Take it back"),
        rx.el.span(": ", one.title, class_name="vh"),
        small=True,
        on_click=ChartCheckUps.undo(one.rule_id, one.number),
    )
    return rx.cond(one.may_undo, button.group(back), rx.fragment())
