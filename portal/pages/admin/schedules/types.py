"""Types of visit: the list, and one in plain words, with a look ahead before it is saved."""

from typing import Any

import reflex as rx

from portal.components import badge, button, field, icon, link, live_form, staff
from portal.components.kinds import Child
from portal.models.schedules import COLOURS
from portal.pages.admin import parts
from portal.pages.admin.schedules import plan
from portal.pages.page import Page
from portal.pages.staff.parts import look
from portal.services.schedules.reminders import CHOICES
from portal.state.staff.schedules import OneType, VisitTypes
from portal.words import _, before

_row: Any = OneType.row
_rows: Any = VisitTypes.rows
COLOUR_WORDS = {
    "blue": _("Blue"), "green": _("Green"), "sand": _("Sand"), "plum": _("Plum"),
    "clay": _("Clay"), "sky": _("Sky"), "moss": _("Moss"), "slate": _("Slate"),
}  # fmt: skip
GRIDS = [(str(at), str(at)) for at in (5, 10, 15, 20, 30, 60)]
WHO = [
    ("public", _("Everybody with an account")),
    ("established", _("Who was here before")),
    ("staff", _("Staff alone")),
]
HOW = [
    ("direct", _("At once")),
    ("approval", _("They ask, we approve")),
    ("view-only", _("They only see free times")),
]


def build() -> rx.Component:
    """Lays the list out."""
    return parts.page(
        VisitTypes,
        _("Visit types"),
        look("settings"),
        staff.columns(
            staff.panel(
                _("What can be booked"),
                rx.el.ul(rx.foreach(_rows, _listed), class_name="lines"),
                anchor="types",
                count=_rows.length(),
            ),
            staff.panel(_("New type of visit"), _new(), anchor="new-type"),
        ),
        current="visit-types",
    )


def _listed(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.i(class_name=rx.Var.create("type-mark k-") + one.colour, aria_hidden="true"),
            class_name="lead-col",
        ),
        rx.el.div(rx.el.h3(link.to(f"/admin/visit-types/{one.id}", one.name)), rx.el.p(one.said)),
        rx.el.div(badge.show(one.who, rx.cond(one.active, "", "warn")), class_name="acts"),
        class_name=rx.cond(one.active, "item whole", "item whole faded"),
        key=one.id,
    )


def _new() -> rx.Component:
    return rx.el.div(
        live_form.of(
            field.text("name", _("Name that patients read"), id="new-name", max_length=120,
                       required=True),
            field.number("minutes", _("Minutes"), id="new-minutes", value="20", max_length=3),
            button.group(button.main(_("Go on"), type="submit")),
            on_submit=VisitTypes.add,
            class_name="stack",
        ),
        rx.el.p(_("Nobody sees it before you put it into use."), class_name="quiet"),
        class_name="in-panel stack",
    )  # fmt: skip


def build_one() -> rx.Component:
    """Lays one type of visit out."""
    return parts.page(
        OneType,
        _("Type of visit"),
        look("settings"),
        link.back("/admin/visit-types", _("All types of visit")),
        plan.show(OneType.plan, OneType.save, OneType.open, hits_bookings=False),
        # Not before it is there: what was typed into an empty one would be lost.
        rx.cond(_row.id != "", _form(), rx.fragment()),
        current="visit-types",
    )


def _form() -> rx.Component:
    return live_form.of(
        rx.el.input(type="hidden", name="version", default_value=_row.version.to_string()),
        staff.columns(
            _patients_read(),
            staff.pile(_length(), _booking(), _times(), _reminders(), _needs()),
        ),
        _on_the_board(),
        button.group(
            button.main(_("Look what patients would see"), type="submit"),
            button.plain(_("Start again"), on_click=OneType.open),
        ),
        on_submit=OneType.check,
        class_name="pile type-form",
        key=_row.id + _row.version.to_string(),
    )


def _group(title: str, anchor: str, *inside: Child) -> rx.Component:
    return staff.panel(title, rx.el.div(*inside, class_name="in-panel stack"), anchor=anchor)


def _number(name: str, label: str, hint: str = "") -> rx.Component:
    return field.number(name, label, hint=hint, value=getattr(_row, name), max_length=6)


def _patients_read() -> rx.Component:
    return _group(
        _("What patients read"),
        "reads",
        field.text("name", _("Name"), value=_row.name, max_length=120, required=True),
        field.textarea("description", _("About it"), rows=2, value=_row.description,
                       max_length=500),
        field.textarea("urgent", _("If it cannot wait"), rows=2, value=_row.urgent,
                       hint=_("What to do instead of waiting for a visit."), max_length=500),
        field.textarea("preparation", _("How to prepare"), rows=3, value=_row.preparation,
                       max_length=1000),
        field.checkbox("asks_reason", _("Ask for the reason"), checked=_row.asks_reason),
        field.text("reason_prompt", _("The question"), value=_row.reason_prompt, optional=True,
                   max_length=200),
        field.text("form", _("Form to fill in before"), value=_row.form, optional=True,
                   max_length=120),
    )  # fmt: skip


def _length() -> rx.Component:
    return _group(
        _("How long it takes"),
        "lasts",
        rx.el.div(
            _number("minutes", _("Minutes")),
            field.select("grid", _("Starts every … minutes"), GRIDS, default_value=_row.grid),
            _number("buffer_before", _("Kept free before")),
            _number("buffer_after", _("Kept free after")),
            class_name="fields",
        ),
        rx.el.p(_("Patients never see what is kept free around a visit."), class_name="quiet"),
    )


def _booking() -> rx.Component:
    def channel(one: Any) -> rx.Component:
        box = rx.el.input(
            type="checkbox",
            name=rx.Var.create(f"channel.{one.value}"),
            default_checked=one.is_on,
        )
        return rx.el.label(box, one.words, key=one.value)

    return _group(
        _("Who books it, and how"),
        "booked",
        rx.el.fieldset(
            rx.el.legend(_("How it can take place")),
            rx.el.div(rx.foreach(_row.channels, channel), class_name="ticks"),
        ),
        rx.el.div(
            field.select("who_books", _("Who books it"), WHO, default_value=_row.who_books),
            field.select("how_booked", _("How"), HOW, default_value=_row.how_booked),
            class_name="fields",
        ),
        field.checkbox("new_patients", _("Also for new patients"), checked=_row.new_patients),
    )


def _times() -> rx.Component:
    return _group(
        _("When it can be booked"),
        "when",
        rx.el.div(
            _number("notice_minutes", _("At the latest, minutes before")),
            _number("ahead_days", _("At the earliest, days before")),
            _number("cancel_hours", _("Cancelled in time, hours before")),
            _number("open_limit", _("Open at once for one person, 0 for no limit")),
            class_name="fields",
        ),
    )


def _reminders() -> rx.Component:
    choices = [(str(one), before(one)) for one in CHOICES]
    return _group(
        _("When patients are reminded"),
        "reminders",
        rx.el.div(
            *(
                field.select(name, label, choices, first=_("None"), default_value=kept)
                for name, label, kept in (
                    ("reminder_1", _("First reminder"), _row.reminder_1),
                    ("reminder_2", _("Second reminder"), _row.reminder_2),
                    ("reminder_3", _("Third reminder"), _row.reminder_3),
                )
            ),
            class_name="fields",
        ),
        rx.el.p(
            _(
                "By e-mail, with clinic, day and hour, and a link to confirm or cancel. None goes "
                "out once a visit is confirmed, moved or cancelled. What is booked keeps its own."
            ),
            class_name="quiet",
        ),
    )


def _needs() -> rx.Component:
    equipment = rx.el.select(
        rx.el.option(_("Nothing"), value=""),
        rx.foreach(_row.equipment, lambda one: rx.el.option(one.words, value=one.value)),
        name="needs_equipment",
        id="needs_equipment",
        class_name="in",
        default_value=_row.needs_equipment,
    )
    return _group(
        _("What it needs"),
        "needs",
        field.checkbox("needs_room", _("A room of its own"), checked=_row.needs_room),
        rx.el.div(
            rx.el.label(_("Equipment"), html_for="needs_equipment"),
            rx.el.span(equipment, icon.show("down"), class_name="sel"),
            class_name="field",
        ),
    )


def _on_the_board() -> rx.Component:
    def colour(name: str) -> rx.Component:
        box = rx.el.input(
            type="radio", name="colour", value=name, default_checked=_row.colour == name
        )
        mark = rx.el.i(class_name=f"type-mark k-{name}", aria_hidden="true")
        return rx.el.label(box, mark, COLOUR_WORDS[name])

    return _group(
        _("On the board and in the list"),
        "board",
        rx.el.div(
            field.text("board_name", _("Ten letters for the board"), value=_row.board_name,
                       max_length=10, optional=True),
            _number("position", _("Place in the list")),
            class_name="fields",
        ),
        rx.el.fieldset(
            rx.el.legend(_("Colour")),
            rx.el.div(*(colour(name) for name in COLOURS), class_name="seg colours"),
        ),
        field.checkbox("active", _("In use"), checked=_row.active,
                       detail=_("Out of use nobody can book it; what is booked stays.")),
    )  # fmt: skip


page = Page("/admin/visit-types", _("Visit types"), build, on_load=VisitTypes.open)
one_page = Page("/admin/visit-types/[id]", _("Type of visit"), build_one, on_load=OneType.open)
