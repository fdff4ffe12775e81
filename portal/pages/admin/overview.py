"""The administrators' first page: each part with one line on how it stands."""

from typing import Any

import reflex as rx

from portal import __version__
from portal.components import definition, rows, staff
from portal.pages.admin import parts
from portal.pages.page import Page
from portal.state.staff.administration import Administration
from portal.words import _


def build() -> rx.Component:
    """Lays the page out."""
    return parts.page(
        Administration,
        _("Administration"),
        staff.pile(
            rows.list_(*_looked_after(), *_watched()),
            staff.panel(
                _("This portal"),
                definition.show(definition.entry(_("Version"), __version__)),
                anchor="about",
            ),
        ),
        current="overview",
    )


def _looked_after() -> list[rx.Component]:
    row: Any = Administration.row
    people, rules = parts.flag(row.idle), parts.flag(row.weak)
    hours = _("Who works when, closed days, and bookings outside of the hours")
    waits = _("Accounts, ways back in, helpers and restrictions that wait for an answer")
    return [
        _part(row.has_people, _("People and roles"), row.people, "/admin/people", "user", people),
        _part(row.has_schedule, _("Hours"), hours, "/admin/schedules", "calendar"),
        _part(row.has_schedule, _("Visit types"), row.schedule, "/admin/visit-types", "clip"),
        _part(row.has_policies, _("Policies"), row.policies, "/admin/policies", "check", rules),
        _part(row.has_requests, _("Requests"), waits, "/staff/requests", "request"),
    ]


def _watched() -> list[rx.Component]:
    row: Any = Administration.row
    looked, dead = _("Who looked at which record, and what is unusual in it"), row.dead
    return [
        _part(
            row.has_security,
            _("Sign-in and security"),
            row.security,
            "/admin/security",
            "shield",
        ),
        _part(row.has_access, _("Access report"), looked, "/admin/access", "eye"),
        _part(
            row.has_outbox,
            _("Outbox"),
            row.outbox,
            "/admin/outbox",
            "mail",
            parts.flag(dead, "bad"),
        ),
    ]


def _part(
    is_theirs: Any, title: str, said: Any, href: str, icon_name: str, *beside: rx.Component
) -> rx.Component:
    return rx.cond(
        is_theirs,
        rows.row(title, said, *beside, href=href, icon_name=icon_name, level=2),
        rx.fragment(),
    )


page = Page("/admin", _("Administration"), build, on_load=Administration.open)
