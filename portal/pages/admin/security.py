"""Sign-in and security events, and whether the trace is whole."""

from typing import Any

import reflex as rx

from portal.components import badge, button, definition, field, notice, pager, staff, table
from portal.pages.admin import parts
from portal.pages.page import Page
from portal.services.administration.security import KINDS, PERIODS
from portal.state.staff.security import Security
from portal.words import _, _n

COLUMNS = [
    table.Column(_("When")),
    table.Column(_("What")),
    table.Column(_("Who")),
    table.Column(_("From")),
    table.Column(_("How it ended")),
]


def build() -> rx.Component:
    """Lays the page out."""
    return parts.page(
        Security,
        _("Sign-in and security"),
        staff.pile(_now(), _events(), _trace()),
        current="security",
    )


def _now() -> rx.Component:
    row: Any = Security.row
    return staff.panel(
        _("Just now"),
        definition.show(
            definition.entry(_("Sign-in names that must wait"), row.names_waiting),
            definition.entry(_("Of these, closed until there is a new link"), row.names_closed),
            definition.entry(_("Network addresses that must wait"), row.addresses_waiting),
            wide=False,
        ),
        rx.el.p(
            _("Which names these are is not kept: only a sealed count of each."),
            class_name="in-panel quiet small",
        ),
        anchor="now",
    )


def _events() -> rx.Component:
    row: Any = Security.row
    kinds = [(kind.key, kind.words) for kind in KINDS]
    periods = [
        (str(days), _n("The last {count} day", "The last {count} days", days)) for days in PERIODS
    ]
    chooser = rx.el.div(
        field.select("kind", _("Kind"), kinds, value=row.kind, on_change=Security.show),
        field.select(
            "days", _("Period"), periods, value=row.days.to_string(), on_change=Security.within
        ),
        class_name="btns",
    )
    counted = rx.el.p(
        rx.foreach(row.counts, lambda one: rx.el.span(one.words, ": ", rx.el.b(one.count), " ")),
        class_name="apart quiet small",
    )
    none = rx.el.p(_("Nothing of this kind in this period."), class_name="in-panel quiet")
    return staff.panel(
        _("Events"),
        rx.el.div(chooser, counted, class_name="in-panel stack"),
        rx.cond(
            row.events.length() > 0,
            table.data(_("What happened"), COLUMNS, row.events, _event),
            none,
        ),
        pager.show(
            row.leaf.said,
            has_before=row.leaf.has_before,
            has_next=row.leaf.has_next,
            on_before=Security.before,
            on_next=Security.after,
        ),
        anchor="events",
        count=row.leaf.total,
    )


def _event(row: Any) -> list[rx.Component]:
    role = rx.cond(row.role != "", rx.el.small(" ", row.role), rx.fragment())
    detail = rx.cond(row.detail != "", rx.el.small(" ", row.detail), rx.fragment())
    return [
        table.name_cell(row.at),
        table.cell(row.what, detail),
        table.cell(row.who, role),
        table.cell(row.address),
        table.cell(badge.show(row.ended, row.tone)),
    ]


def _trace() -> rx.Component:
    found: Any = Security.trace
    row: Any = Security.row
    said = rx.cond(found.is_whole, notice.told("ok", found.said), notice.told("bad", found.said))
    check = rx.cond(
        row.may_check,
        button.group(button.plain(_("Check every line"), on_click=Security.check)),
        rx.fragment(),
    )
    return staff.panel(
        _("Is the trace whole?"),
        rx.el.div(
            rx.el.p(
                _("Every look into a patient’s data leaves a line that nobody can change unseen."),
                " ",
                row.trace_rows,
                " ",
                _("lines so far."),
            ),
            said,
            check,
            class_name="in-panel stack",
        ),
        anchor="trace",
    )


page = Page("/admin/security", _("Sign-in and security"), build, on_load=Security.open)
