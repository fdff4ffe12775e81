"""Rooms and places: one form each, and one for a new one."""

from typing import Any

import reflex as rx

from portal.components import badge, button, field, live_form, staff
from portal.components.kinds import when
from portal.pages.admin import parts
from portal.pages.page import Page
from portal.pages.staff.parts import look
from portal.state.staff.schedules import Rooms
from portal.words import _


def build() -> rx.Component:
    """Lays the page out."""
    return parts.page(
        Rooms,
        _("Rooms"),
        look("settings"),
        staff.columns(
            rx.foreach(Rooms.rows, _room), staff.panel(_("New room"), _new(), anchor="new-room")
        ),
        current="rooms",
    )


def _room(room: Any) -> rx.Component:
    named = rx.Var.create(f"room-{room.id}")
    return rx.el.section(
        rx.el.header(
            rx.el.h2(room.name, id=named),
            rx.el.div(room.said, class_name="end"),
        ),
        rx.el.div(
            rx.el.details(
                rx.el.summary(
                    _("Change"), rx.el.span(": ", room.name, class_name="vh"), class_name="more"
                ),
                _form(room),
            ),
            rx.cond(Rooms.last == room.id, _came_of_it(), rx.fragment()),
            class_name="in-panel",
        ),
        class_name=rx.cond(room.active, "panel", "panel retired"),
        aria_labelledby=named,
        key=room.id,
    )


def _came_of_it() -> rx.Component:
    return rx.cond(
        Rooms.saved,
        badge.show(_("Saved"), "ok", "ok"),
        when(Rooms.problem, badge.show(Rooms.problem, "bad", "stop")),
    )


def _new() -> rx.Component:
    return rx.el.div(_form(None), class_name="in-panel")


def _form(room: Any) -> rx.Component:
    is_new = room is None

    def key(name: str) -> Any:
        return f"{name}-new" if is_new else rx.Var.create(f"{name}-{room.id}")

    def of(name: str, otherwise: Any = "") -> Any:
        return otherwise if is_new else getattr(room, name)

    said = "" if is_new else room.name + room.equipment + room.said
    return live_form.of(
        rx.el.input(type="hidden", name="id", default_value=of("id")),
        field.text("name", _("Name"), id=key("name"), value=of("name"), required=True,
                   max_length=300),
        field.text("equipment", _("Equipment, as in: ecg ultrasound"),
                   id=key("equipment"), value=of("equipment"), optional=True, max_length=200),
        field.text("directions", _("How to get there"), id=key("directions"),
                   value=of("directions"), optional=True, max_length=1000),
        field.checkbox("is_room", _("One visit at a time"), id=key("is-room"),
                       checked=of("is_room", otherwise=True),
                       detail=_("A building in which many work at once is no room.")),
        field.checkbox("active", _("In use"), id=key("active"),
                       checked=of("active", otherwise=True)),
        button.group(button.plain(_("Save"), type="submit")),
        on_submit=Rooms.put,
        reset_on_submit=is_new,
        class_name="stack",
        key=said,
    )  # fmt: skip


page = Page("/admin/rooms", _("Rooms"), build, on_load=Rooms.open)
