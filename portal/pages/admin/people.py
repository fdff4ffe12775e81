"""The administrators' page, in its smallest form: accounts, and who looked at what."""

from typing import Any

import reflex as rx

from portal import __version__
from portal.components import badge, button, definition, notice, pager, staff, table
from portal.pages.page import Page
from portal.pages.staff import parts
from portal.state.staff.admin import Admin
from portal.words import _

COLUMNS = [
    table.Column(_("Name")),
    table.Column(_("Sign-in name")),
    table.Column(_("Role")),
    table.Column(_("Since")),
    table.Column(_("Account")),
    table.Column(_("Change")),
]


def build() -> rx.Component:
    """Lays the page out."""
    return parts.page(
        Admin,
        _("Administration"),
        staff.pile(
            rx.cond(Admin.row.has_people, _people(), rx.fragment()),
            rx.cond(Admin.row.has_trace, _trace(), rx.fragment()),
            _about(),
        ),
        current="admin",
    )


def _people() -> rx.Component:
    row = Admin.row
    views = rx.el.div(
        _view(_("Staff"), Admin.show_staff(only=True), row.staff_only),
        _view(_("Patients and helpers"), Admin.show_staff(only=False), ~row.staff_only),
        class_name="seg",
        role="group",
        aria_label=_("Whose accounts"),
    )
    return staff.panel(
        _("Accounts"),
        rx.el.div(views, class_name="in-panel"),
        table.data(_("Accounts"), COLUMNS, row.people, _person),
        pager.show(
            row.leaf.said,
            has_before=row.leaf.has_before,
            has_next=row.leaf.has_next,
            on_before=Admin.before,
            on_next=Admin.after,
        ),
        rx.el.p(
            _("New accounts are made by command: python -m portal user invite"),
            class_name="in-panel quiet",
        ),
        anchor="people",
        count=row.leaf.total,
    )


def _view(words: str, on_click: Any, is_on: Any) -> rx.Component:
    return rx.el.button(
        words, type="button", on_click=on_click, aria_pressed=rx.cond(is_on, "true", "false")
    )


def _person(row: Any) -> list[rx.Component]:
    about = rx.el.span(": ", row.name, class_name="vh")
    lock = button.plain(_("Disable"), about, on_click=Admin.disable(row.sign_in_name), small=True)
    free = button.plain(_("Enable"), about, on_click=Admin.enable(row.sign_in_name), small=True)
    act = rx.cond(row.is_disabled, free, rx.cond(row.is_you, _("You"), lock))
    return [
        table.name_cell(row.name),
        table.cell(row.sign_in_name),
        table.cell(row.role),
        table.cell(row.since),
        table.cell(badge.show(row.status, row.tone)),
        table.cell(act),
    ]


def _trace() -> rx.Component:
    found = Admin.trace
    said = rx.cond(
        found.is_whole,
        notice.told("ok", found.said),
        notice.told("bad", found.said),
    )
    return staff.panel(
        _("Who looked at what"),
        rx.el.div(
            rx.el.p(
                _("Every look into a patient’s data leaves a line that nobody can change unseen."),
                " ",
                Admin.row.trace_rows,
                " ",
                _("lines so far."),
            ),
            said,
            button.group(
                button.plain(_("Look at the lines"), href="/admin/access"),
                button.plain(_("Check every line"), on_click=Admin.check),
            ),
            class_name="in-panel stack",
        ),
        anchor="trace",
    )


def _about() -> rx.Component:
    return staff.panel(
        _("This portal"),
        definition.show(definition.entry(_("Version"), __version__)),
        anchor="about",
    )


page = Page("/admin", _("Administration"), build, on_load=Admin.open)
