"""The requests page: one section for each kind, each in a file of its own."""

from typing import Any

import reflex as rx

from portal.components import staff
from portal.pages.page import Page
from portal.pages.staff import parts
from portal.pages.staff.requests import helps, registrations, ways_back
from portal.state.staff.requests import Requests
from portal.words import _

KEYS: list[tuple[Any, ...]] = [
    ("J", _("Next")),
    ("K", _("Before")),
    ("↵", _("Open")),
    ("A", _("Approve")),
    ("X", _("Turn down")),
]


def build() -> rx.Component:
    """Lays the page out: what waits on one side, what is open on the other."""
    return parts.page(
        Requests,
        _("Requests"),
        *registrations.told(),
        *ways_back.told(),
        *helps.told(),
        staff.columns(
            staff.pile(
                registrations.waiting(),
                ways_back.waiting(),
                helps.waiting(),
                helps.restrictions(),
            ),
            registrations.opened(),
            across="list-and-one",
        ),
        current="requests",
        keys=KEYS,
    )


page = Page("/staff/requests", _("Requests"), build, on_load=Requests.open)
