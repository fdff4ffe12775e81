"""A time that the waiting list keeps for somebody: taken or left with one tap."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from portal.components import badge, button, definition, section, visit
from portal.components.kinds import Event, when
from portal.words import _

Answer = Callable[[Any], Event]


def each(rows: Any, accept: Answer, decline: Answer) -> rx.Component:
    """The times that are kept, with their deadlines; nothing where there is none."""
    shown = section.titled(
        _("A time is kept for you"),
        rx.foreach(rows, lambda row: one(row, accept, decline)),
        anchor="offers",
    )
    return rx.cond(rows.length() > 0, shown, rx.fragment())


def one(row: Any, accept: Answer, decline: Answer) -> rx.Component:
    """One offer: when, what, with whom, in place of what, and until when it is kept."""
    said = rx.el.span(": ", row.title, ", ", row.when, class_name="vh")
    buttons = button.group(
        button.main(_("Take this time"), said, on_click=accept(row), icon_name="check"),
        button.plain(_("Not this one"), said, on_click=decline(row)),
    )
    instead = definition.pictured("calendar", _("Until now"), _("In place of"), " ", row.moves)
    return rx.el.div(
        visit.next_card(
            row.when,
            row.title,
            definition.icons(
                definition.pictured("user", _("With"), row.who),
                when(row.place, definition.pictured("pin", _("Where"), row.place)),
                when(row.moves, instead),
            ),
            month=row.month,
            day=row.day,
            status=badge.show(row.kept, "warn", "held"),
            buttons=rx.cond(row.may_answer, buttons, rx.fragment()),
        ),
        key=row.id,
    )
