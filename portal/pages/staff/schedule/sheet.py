"""The same day as tables: for screen readers, for phones, and for paper (and a power cut)."""

from typing import Any

import reflex as rx

from portal.components import icon
from portal.components.kinds import when
from portal.pages.staff.schedule import columns
from portal.state.staff.schedule import Schedule
from portal.words import _

_head: Any = Schedule.head


def sheets() -> rx.Component:
    """A table for each column; on paper each begins a page of its own."""
    nobody = rx.el.p(_("Nobody works on this day, and nothing is booked."), class_name="nobody")
    return rx.el.div(
        rx.foreach(columns.all_of_them(), _sheet),
        rx.cond(Schedule.column_0.key == "", nobody, rx.fragment()),
        class_name="sheets",
    )


def _sheet(column: Any) -> rx.Component:
    heads = [_("Time"), _("Patient"), _("State"), _("Visit"), _("Notes")]
    boxes = [_("Here"), _("Seen"), _("Left")]
    table = rx.el.table(
        rx.el.caption(column.name, ", ", _head.said, class_name="vh"),
        rx.el.thead(
            rx.el.tr(
                *[rx.el.th(words, scope="col") for words in heads],
                *[rx.el.th(words, scope="col", class_name="on-paper") for words in boxes],
            )
        ),
        rx.el.tbody(rx.foreach(column.strips, _row)),
    )
    shown = rx.el.section(
        rx.el.header(
            rx.el.h2(column.name),
            rx.el.p(
                when(column.place, rx.fragment(column.place, ", ")),
                column.total,
                " ",
                _("visits"),
            ),
            rx.el.p(_head.said, class_name="on-paper"),
        ),
        table,
        rx.el.p(
            _("Written by hand while the computers were down. Copy it in later."),
            class_name="on-paper by-hand",
        ),
        rx.el.p(
            _head.printed, " · ", _("Patient data: shred after use"), class_name="on-paper made"
        ),
        class_name="sheet-of",
        key=column.key,
    )
    return rx.cond(column.key != "", shown, rx.fragment())


def _row(one: Any) -> rx.Component:
    name = rx.fragment(
        rx.el.span(one.name, class_name="s-name"), rx.el.span(one.letters, class_name="s-letters")
    )
    open_one = rx.el.button(
        name,
        type="button",
        class_name="as-link",
        data_visit=one.id,
        data_version=one.version,
        data_patient=one.patient_id,
    )
    waits = rx.el.span(
        rx.el.b(data_waits=one.since), " ", _("min"), class_name="mins", data_waiting="true"
    )
    boxes = [rx.el.td(rx.el.span(class_name="box"), class_name="on-paper") for _at in range(3)]
    return rx.el.tr(
        rx.el.td(one.at),
        rx.el.th(rx.cond(one.id != "", open_one, name), " ", one.age, scope="row"),
        rx.el.td(
            icon.show(one.icon, small=True),
            " ",
            one.words,
            " ",
            rx.cond(one.since > 0, waits, rx.fragment()),
            class_name=rx.Var.create("st is-") + one.state,
        ),
        rx.el.td(one.kind, " ", one.minutes, " ", _("min")),
        rx.el.td(rx.foreach(one.flags, _note), class_name="notes"),
        *boxes,
        key=one.id + one.at,
    )


def _note(flag: Any) -> rx.Component:
    return rx.el.span(flag.words, key=flag.icon)
