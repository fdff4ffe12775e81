"""Bookings outside of the hours: each is kept with a reason, moved, or cancelled."""

from typing import Any

import reflex as rx

from portal.components import badge, button, icon, live_form, staff
from portal.components.kinds import Child, when
from portal.state.staff.schedules import Hours
from portal.words import _

_row: Any = Hours.row


def panel() -> rx.Component:
    """The panel, where there is such a booking."""
    hidden = rx.el.p(
        _("Who may see appointments can settle them: a manager or the front desk."),
        class_name="in-panel quiet",
    )
    listed = rx.cond(
        _row.outside.rows.length() > 0,
        rx.el.ul(rx.foreach(_row.outside.rows, _booking), class_name="lines outside"),
        hidden,
    )
    shown = staff.panel(
        _row.outside.said,
        listed,
        anchor="outside",
        end=badge.show(_("To settle"), "warn", "warn"),
    )
    return rx.cond(_row.outside.count > 0, shown, rx.fragment())


def _booking(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.h3(one.when, rx.el.span(" ", one.name)),
            rx.el.p(one.title, when(one.who, rx.fragment(" · ", one.who))),
            badge.show(one.why, "warn"),
        ),
        rx.cond(_row.may_settle, _acts(one), rx.fragment()),
        class_name="out",
        key=one.id,
    )


def _acts(one: Any) -> rx.Component:
    return rx.el.div(
        _way(one, "keep", _("Keep it"), _reason(one, "keep", _("Why it stays")),
             button.plain(_("Keep"), _about(one), type="submit", small=True)),
        rx.cond(
            Hours.chosen == one.id,
            _way(one, "move", _("Move it"), _to(one),
                 button.main(_("Move"), _about(one), type="submit", small=True), is_open=True),
            button.plain(_("Find another time"), _about(one), on_click=Hours.times(one.id),
                         small=True),
        ),
        _way(one, "cancel", _("Cancel it"), _reason(one, "cancel", _("What the patient reads")),
             button.danger(_("Cancel the visit"), _about(one), type="submit", small=True)),
        class_name="ways",
    )  # fmt: skip


def _about(one: Any) -> rx.Component:
    return rx.el.span(": ", one.name, ", ", one.when, class_name="vh")


def _way(one: Any, what: str, words: str, *inside: Child, is_open: bool = False) -> rx.Component:
    form = live_form.of(
        rx.el.input(type="hidden", name="what", default_value=what),
        rx.el.input(type="hidden", name="id", default_value=one.id),
        rx.el.input(type="hidden", name="version", default_value=one.version.to_string()),
        *inside,
        on_submit=Hours.settle,
        class_name="way",
        key=one.version,
    )
    if is_open:
        return form
    return rx.el.details(rx.el.summary(words, _about(one), class_name="btn sm"), form)


def _reason(one: Any, what: str, label: str) -> rx.Component:
    key = rx.Var.create(f"{what}-{one.id}")
    return rx.el.div(
        rx.el.label(label, html_for=key),
        rx.el.input(name="reason", id=key, class_name="in", max_length=200, auto_complete="off"),
        class_name="field",
    )


def _to(one: Any) -> rx.Component:
    key = rx.Var.create(f"to-{one.id}")
    times = rx.el.select(
        rx.foreach(Hours.choices, lambda time: rx.el.option(time.words, value=time.value)),
        name="to",
        id=key,
        class_name="in",
    )
    return rx.el.div(
        rx.el.label(_("Free times near it"), html_for=key),
        rx.el.span(times, icon.show("down"), class_name="sel"),
        class_name="field",
    )
