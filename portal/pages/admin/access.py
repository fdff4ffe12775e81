"""Who looked at what: the clinic's report, what is unusual in it, and its export."""

from typing import Any

import reflex as rx

from portal.components import (
    badge,
    button,
    field,
    link,
    live_form,
    notice,
    pager,
    raw_form,
    staff,
    table,
)
from portal.components.kinds import when
from portal.pages.admin.parts import sections
from portal.pages.page import Page
from portal.pages.staff import parts
from portal.state.staff.access import Access
from portal.words import _

ROW: Any = Access.row
COLUMNS = [
    table.Column(_("When"), "at"),
    table.Column(_("Who"), "who"),
    table.Column(_("Role"), "role"),
    table.Column(_("Whose record"), "patient"),
    table.Column(_("What"), "did"),
    table.Column(_("Why"), "why"),
    table.Column(_("Result"), "outcome"),
]


def build() -> rx.Component:
    """Lays the report out."""
    return parts.page(
        Access,
        _("Who looked at what"),
        staff.pile(sections("access")),
        staff.why(_("That you read this stands in the access log, too.")),
        when(ROW.alarm, notice.bad(_("The trace does not fit its witness"), ROW.alarm)),
        staff.pile(_search(), _unusual(), _rows()),
        current="admin",
        beside=ROW.said,
    )


def _search() -> rx.Component:
    form = live_form.of(
        rx.el.div(
            field.text("person", _("Person who looked"), optional=True, max_length=60),
            field.text(
                "patient", _("Patient’s name or record number"), optional=True, max_length=60
            ),
            field.select("kind", _("What"), ROW.kinds, first=_("Everything")),
            field.date("since", _("From"), optional=True),
            field.date("until", _("To"), optional=True),
            class_name="fields",
        ),
        field.checkbox("glances", _("Also what pages asked by themselves to stay up to date")),
        button.group(button.main(_("Show"), type="submit")),
        on_submit=Access.find,
        role="search",
        class_name="in-panel stack",
    )
    return staff.panel(_("Look for"), form, anchor="look-for", end=_as_file())


def _as_file() -> rx.Component:
    names = ("person", "patient", "kind", "since", "until", "glances")
    hidden = [
        rx.el.input(type="hidden", name=name, value=getattr(ROW, name), read_only=True)
        for name in names
    ]
    return raw_form.post(
        "/admin/access.csv",
        *hidden,
        button.plain(_("Save as a table (CSV)"), type="submit", icon_name="file", small=True),
    )


def _unusual() -> rx.Component:
    return staff.panel(
        _("Worth a look"),
        rx.el.p(
            _("Most of these have a good reason. Ask the person before you judge."),
            class_name="in-panel quiet",
        ),
        parts.lines(ROW.unusual, _found, _("Nothing unusual in this time.")),
        when(ROW.more_unusual, rx.el.p(ROW.more_unusual, class_name="in-panel quiet")),
        anchor="unusual",
        count=ROW.unusual.length(),
    )


def _found(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(badge.show(one.what, one.tone, one.icon), class_name="lead-col wide-lead"),
        rx.el.div(rx.el.h3(one.who), rx.el.p(one.said), rx.el.p(one.at, class_name="quiet")),
        class_name="item",
        key=one.key,
    )


def _rows() -> rx.Component:
    return staff.panel(
        _("Every row"),
        table.data(
            _("Who looked at what"),
            COLUMNS,
            ROW.traced,
            _row,
            sort=ROW.sort,
            descending=ROW.descending,
            on_sort=Access.sort,
        ),
        pager.leaf(ROW.leaf, Access.turn),
        rx.el.p(link.to("/admin", _("Back to administration")), class_name="in-panel"),
        anchor="rows",
    )


def _row(row: Any) -> list[rx.Component]:
    return [
        table.name_cell(row.at),
        table.cell(row.who),
        table.cell(row.role),
        table.cell(row.patient),
        table.cell(row.did),
        table.cell(row.why),
        table.cell(when(row.outcome, badge.show(row.outcome, "bad", "lock"))),
    ]


page = Page("/admin/access", _("Who looked at what"), build, on_load=Access.open)
