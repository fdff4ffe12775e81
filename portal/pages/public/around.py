"""What stands around a page that is open to all: the clinic's card, from the door's state."""

from typing import Any

import reflex as rx

from portal.components import frame, link
from portal.state.front_door import Door
from portal.words import _


def clinic() -> frame.Clinic:
    """The clinic as the door's state knows it; nameless until it has come."""
    row = Door.row
    return frame.Clinic(
        name=rx.cond(row.name != "", row.name, _("Your clinic")),
        phone=row.phone,
        address=row.address,
        open_now=row.open_now,
        closed_now=row.closed_now,
        hours_said=row.hours_said,
    )


def framed(title: Any, *children: Any, lead: Any = "") -> rx.Component:
    """A page that is open to all, with the clinic's card beside it."""
    ready = rx.el.span(id="ready", hidden=True, data_ready=Door.is_loaded)
    unscripted = rx.el.noscript(
        rx.el.p(link.anchored(_("The clinic’s phone number and hours"), href="/clinic"))
    )
    inside = (unscripted, *children, ready)
    return frame.public(title, *inside, lead=lead, hours=Door.row.hours, clinic=clinic())


def phone_line(before: str, after: str = "") -> rx.Component:
    """A sentence with the clinic's phone number in it, once that is known."""
    number = rx.cond(
        Door.row.phone != "",
        link.anchored(Door.row.phone, href=f"tel:{Door.row.phone}", class_name="nb"),
        rx.el.span(_("the clinic’s number")),
    )
    return rx.el.p(before, " ", number, after)
