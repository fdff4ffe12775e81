"""A change that is not saved yet: whom it would hit, and the week as patients would see it."""

from typing import Any

import reflex as rx

from portal.components import badge, button, icon, live_form
from portal.components.kinds import Event, when
from portal.words import _


def show(plan: Any, on_save: Event, on_drop: Event, *, hits_bookings: bool = True) -> rx.Component:
    """The panel of the plan; its heading gets the focus when it comes."""
    knows = rx.el.input(type="hidden", name="knows", default_value=plan.fallen.count.to_string())
    hit = rx.cond(plan.fallen.count > 0, _fallen(plan.fallen), _nobody())
    body = rx.el.section(
        rx.el.header(
            rx.el.h2(_("Not saved yet"), id="plan-title", tab_index=-1),
            rx.el.div(badge.show(_("A look ahead"), "info", "eye"), class_name="end"),
        ),
        rx.el.div(
            when(plan.said, rx.el.p(plan.said, class_name="plan-said")),
            hit if hits_bookings else rx.fragment(),
            rx.cond(plan.week.is_there, week(plan.week), rx.fragment()),
            live_form.of(
                rx.foreach(plan.fields, _kept),
                knows if hits_bookings else rx.fragment(),
                button.group(
                    button.main(
                        rx.cond(
                            plan.fallen.count > 0,
                            _("Save, and settle them afterwards"),
                            _("Save"),
                        ),
                        type="submit",
                    ),
                    button.plain(_("Do not save"), on_click=on_drop),
                ),
                on_submit=on_save,
                key=plan.said + plan.fallen.count.to_string(),
            ),
            class_name="in-panel stack",
        ),
        class_name="panel plan",
        id="plan",
        aria_labelledby="plan-title",
    )
    return rx.cond(plan.is_there, body, rx.fragment())


def _kept(field: Any) -> rx.Component:
    return rx.el.input(
        type="hidden", name=field.name, default_value=field.value, key=field.name + field.value
    )


def _nobody() -> rx.Component:
    return rx.el.p(
        icon.show("check", small=True), " ", _("No booking falls outside."), class_name="quiet"
    )


def _fallen(fallen: Any) -> rx.Component:
    return rx.el.div(
        rx.el.h3(fallen.said),
        rx.el.ul(rx.foreach(fallen.rows, _out), class_name="fallen"),
        rx.el.p(
            _("They stay booked and listed until you keep, move or cancel each of them."),
            class_name="quiet",
        ),
        class_name="would-fall",
    )


def _out(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.b(one.when),
        " ",
        one.name,
        rx.el.span(" · ", one.title, class_name="quiet"),
        key=one.id,
    )


def week(row: Any) -> rx.Component:
    """Seven days side by side, as patients would be offered them."""
    return rx.el.section(
        rx.el.h3(row.title),
        when(row.note, rx.el.p(row.note, class_name="quiet")),
        rx.el.ol(rx.foreach(row.days, _day), class_name="week-ahead"),
        aria_label=_("What patients would see"),
    )


def _day(day: Any) -> rx.Component:
    return rx.el.li(
        rx.el.h4(day.day),
        rx.el.p(day.said, class_name="quiet"),
        rx.el.ul(rx.foreach(day.times, lambda at: rx.el.li(at, key=at))),
        when(day.more, rx.el.p(day.more, class_name="quiet")),
        rx.cond(
            day.late.length() > 0,
            rx.el.ul(rx.foreach(day.late, lambda at: rx.el.li(at, key=at))),
            rx.fragment(),
        ),
        key=day.key,
    )
