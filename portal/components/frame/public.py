"""The frame of the pages that are open to all: sign-in, help, privacy."""

from typing import Any

import reflex as rx

from portal.components import badge, icon, link, live, notice
from portal.components.frame import parts
from portal.components.frame.around import Clinic, settled
from portal.components.kinds import Child, Text, when
from portal.words import _


def public(
    title: Text,
    *children: Child,
    lead: Text = "",
    hours: Any = None,
    has_clinic: bool = True,
    home: str = "/",
    clinic: Any = None,
) -> rx.Component:
    """Frames a page that is open to all, with the clinic's card beside it.

    `hours`: list of (days, times), or a Var of rows with `days`, `times`, `today` ("today" or "").
    """
    around = settled(clinic=clinic)
    said = when(lead, rx.el.p(lead, class_name="lead"))
    content = rx.el.div(rx.el.h1(title, tab_index=-1), said, *children)
    inside = rx.el.div(content, _card(around.clinic, hours), class_name="split")
    return rx.fragment(
        parts.skip(),
        rx.el.div(
            _top(around.clinic, home),
            rx.el.main(
                inside if has_clinic else content,
                parts.foot(link.to("/terms", _("Terms"))),
                id="main",
            ),
            live.lost(),
            class_name="pub page",
        ),
    )


def _top(clinic: Clinic, home: str) -> rx.Component:
    call = link.anchored(
        icon.show("phone"),
        rx.el.span(clinic.phone),
        href=f"tel:{clinic.phone}",
        class_name="call",
        aria_label=rx.Var.create(f"{_('Call the clinic:')} {clinic.phone}"),
    )
    return rx.el.header(parts.brand(clinic, home), when(clinic.phone, call), class_name="pub-top")


def _card(clinic: Clinic, hours: Any) -> rx.Component:
    name = rx.el.div(
        rx.el.h2(clinic.name, id="clinic-title"),
        when(clinic.address, rx.el.p(clinic.address, class_name="quiet")),
    )
    is_open = when(clinic.open_now, rx.el.p(badge.show(clinic.open_now, "ok", "clock")))
    is_closed = when(clinic.closed_now, rx.el.p(badge.show(clinic.closed_now, "info", "clock")))
    phone = rx.el.div(link.phone(clinic.phone, class_name="big", small=False), is_open, is_closed)
    return rx.el.section(
        rx.el.div(class_name="branch", aria_hidden="true"),
        name,
        when(clinic.phone, phone),
        _hours(hours) if hours is not None else rx.fragment(),
        notice.bad(
            parts.emergency(clinic),
            _("Do not wait for an answer here when somebody is in danger."),
            role="note",
        ),
        class_name="clinic",
        aria_labelledby="clinic-title",
    )


def _hours(hours: Any) -> rx.Component:
    def line(days: Text, times: Text, today: Text = "") -> rx.Component:
        return rx.el.tr(rx.el.th(days, scope="row"), rx.el.td(times), class_name=today)

    if isinstance(hours, rx.Var):
        lines: list[Any] = [rx.foreach(hours, lambda row: line(row.days, row.times, row.today))]
    else:
        lines = [line(*one) for one in hours]
    return rx.el.table(rx.el.caption(_("Opening hours")), rx.el.tbody(*lines), class_name="hours")
