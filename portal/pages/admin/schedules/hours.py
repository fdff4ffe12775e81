"""Hours: a week of one practitioner, what is otherwise, and the bookings outside of it."""

from typing import Any

import reflex as rx

from portal.components import button, field, icon, link, live_form, staff
from portal.components.kinds import when
from portal.pages.admin import parts
from portal.pages.admin.schedules import outside, plan
from portal.pages.page import Page
from portal.pages.staff.parts import look
from portal.state.staff.schedules import Hours
from portal.words import _

_row: Any = Hours.row
KINDS = [
    ("off", _("Time off")),
    ("block", _("Blocked")),
    ("extra", _("Extra hours")),
    ("closure", _("Closed")),
]
DAYS = (
    ("0", _("Mon")),
    ("1", _("Tue")),
    ("2", _("Wed")),
    ("3", _("Thu")),
    ("4", _("Fri")),
    ("5", _("Sat")),
    ("6", _("Sun")),
)


def build() -> rx.Component:
    """Lays the page out."""
    return parts.page(
        Hours,
        _("Hours"),
        look("settings"),
        outside.panel(),
        plan.show(Hours.plan, Hours.save, Hours.drop),
        _people(),
        staff.columns(
            _week(),
            staff.pile(_exceptions(), _holidays()),
        ),
        current="hours",
    )


def _people() -> rx.Component:
    def one(choice: Any) -> rx.Component:
        return rx.el.button(
            choice.words,
            type="button",
            on_click=Hours.choose(choice.value),
            aria_pressed=rx.cond(choice.is_on, "true", "false"),
            key=choice.value,
        )

    return rx.el.div(
        rx.foreach(_row.people, one), class_name="seg", role="group", aria_label=_("Whose hours")
    )


def _week() -> rx.Component:
    return staff.panel(
        rx.fragment(_("Every week: "), _row.name),
        rx.el.ol(rx.foreach(_row.week, _weekday), class_name="weekdays"),
        rx.el.details(
            rx.el.summary(_("Add hours"), class_name="more"),
            _form(None),
            class_name="in-panel",
        ),
        anchor="week",
    )


def _weekday(day: Any) -> rx.Component:
    bars = rx.foreach(
        day.lines,
        lambda line: rx.el.i(
            style={"inset_inline_start": line.left, "inline_size": line.width}, key=line.id
        ),
    )
    nothing = rx.el.p(_("Nothing"), class_name="quiet")
    return rx.el.li(
        rx.el.h3(day.day),
        rx.el.div(bars, class_name="day-bar", aria_hidden="true"),
        rx.cond(
            day.lines.length() > 0,
            rx.el.ul(rx.foreach(day.lines, _line), class_name="day-lines"),
            nothing,
        ),
        key=day.key,
    )


def _line(line: Any) -> rx.Component:
    end = live_form.of(
        rx.el.input(type="hidden", name="what", default_value="end"),
        rx.el.input(type="hidden", name="line", default_value=line.id),
        rx.el.input(type="hidden", name="version", default_value=line.version.to_string()),
        button.link_like(_("Take these hours out…"), type="submit"),
        on_submit=Hours.check,
    )
    return rx.el.li(
        rx.el.details(
            rx.el.summary(
                rx.el.b(line.said),
                when(line.valid, rx.el.span(" ", line.valid)),
                rx.el.small(line.place, " · ", line.kinds),
            ),
            _form(line),
            end,
            class_name="stack",
        ),
        key=line.id + line.version.to_string(),
    )


def _form(line: Any) -> rx.Component:
    """The form of one line, or of new hours, which may be on several days and have a break."""
    is_new = line is None
    own = "new" if is_new else line.id

    def key(name: str) -> Any:
        return rx.Var.create(f"{name}-{own}")

    hidden: list[tuple[Any, Any]] = [("what", "hours"), ("who", _row.practitioner_id)]
    if not is_new:
        hidden += [("line", line.id), ("version", line.version.to_string())]
        hidden += [(rx.Var.create(f"day.{line.weekday}"), "on")]
    shown = [rx.el.input(type="hidden", name=name, default_value=said) for name, said in hidden]
    return live_form.of(
        *shown,
        _days() if is_new else rx.fragment(),
        rx.el.div(
            field.time("starts", _("From"), id=key("starts"), value=_of(line, "starts"),
                       required=True),
            field.time("ends", _("To"), id=key("ends"), value=_of(line, "ends"), required=True),
            *(_break() if is_new else []),
            class_name="fields",
        ),
        _place(key("place"), "" if is_new else line.location_id, _("Any free room")),
        _types(_row.types if is_new else line.types),
        rx.el.div(
            field.date("first", _("In force from"), id=key("first"),
                       value=_row.today if is_new else line.valid_from),
            field.date("last", _("Until, and with"), id=key("last"), value=_of(line, "valid_to"),
                       optional=True),
            class_name="fields",
        ),
        button.group(button.plain(_("Look what would change"), type="submit")),
        on_submit=Hours.check,
        class_name="stack",
        key=_row.practitioner_id,
    )  # fmt: skip


def _of(line: Any, name: str) -> Any:
    return "" if line is None else getattr(line, name)


def _days() -> rx.Component:
    boxes = [
        rx.el.label(rx.el.input(type="checkbox", name=f"day.{value}"), words)
        for value, words in DAYS
    ]
    return rx.el.fieldset(
        rx.el.legend(_("On these days")), rx.el.div(*boxes, class_name="seg", id="new-days")
    )


def _break() -> list[rx.Component]:
    return [
        field.time("break_from", _("Break from"), id="break-from", optional=True),
        field.time("break_to", _("Break to"), id="break-to", optional=True),
    ]


def _place(key: Any, chosen: Any, none: str) -> rx.Component:
    options = rx.el.select(
        rx.el.option(none, value=""),
        rx.foreach(_row.places, lambda one: rx.el.option(one.words, value=one.value)),
        name="place",
        id=key,
        class_name="in",
        default_value=chosen,
    )
    return rx.el.div(
        rx.el.label(_("Where"), html_for=key),
        rx.el.span(options, icon.show("down"), class_name="sel"),
        class_name="field",
    )


def _types(choices: Any) -> rx.Component:
    def one(choice: Any) -> rx.Component:
        box = rx.el.input(
            type="checkbox",
            name=rx.Var.create(f"type.{choice.value}"),
            default_checked=choice.is_on,
        )
        return rx.el.label(box, choice.words, key=choice.value)

    return rx.el.fieldset(
        rx.el.legend(_("For these visits")),
        rx.el.p(_("None ticked means all. Visits of other kinds that are booked already stay."),
                class_name="hint"),
        rx.el.div(rx.foreach(choices, one), class_name="ticks"),
    )  # fmt: skip


def _exceptions() -> rx.Component:
    nothing = rx.el.p(_("Nothing is otherwise than every week."), class_name="in-panel quiet")
    return staff.panel(
        _("Otherwise"),
        rx.cond(
            _row.exceptions.length() > 0,
            rx.el.ul(rx.foreach(_row.exceptions, _exception), class_name="lines"),
            nothing,
        ),
        rx.el.details(
            rx.el.summary(_("Time off, closed days, extra hours"), class_name="more"),
            _exception_form(),
            class_name="in-panel",
        ),
        anchor="exceptions",
        count=_row.exceptions.length(),
    )


def _exception(one: Any) -> rx.Component:
    back = button.plain(
        _("Take back"),
        rx.el.span(": ", one.words, ", ", one.when, class_name="vh"),
        on_click=Hours.remove(one.id),
        small=True,
    )
    return rx.el.li(
        rx.el.div(icon.show(one.icon, small=True), class_name="lead-col"),
        rx.el.div(
            rx.el.h3(one.words, rx.el.span(" ", one.who)),
            rx.el.p(one.when, when(one.note, rx.fragment(" · ", one.note))),
        ),
        rx.el.div(back, class_name="acts"),
        class_name="item",
        key=one.id,
    )


def _exception_form() -> rx.Component:
    whom = rx.el.select(
        rx.foreach(_row.people, lambda one: rx.el.option(one.words, value=one.value)),
        rx.el.option(_("The whole clinic (closed days only)"), value=""),
        name="who",
        id="exception-who",
        class_name="in",
        default_value=_row.practitioner_id,
    )
    return live_form.of(
        rx.el.input(type="hidden", name="what", default_value="exception"),
        rx.el.div(
            field.select("kind", _("What"), KINDS, id="exception-kind"),
            rx.el.div(
                rx.el.label(_("Whom it is about"), html_for="exception-who"),
                rx.el.span(whom, icon.show("down"), class_name="sel"),
                class_name="field",
            ),
            field.date("first", _("First day"), id="exception-first", required=True),
            field.time("starts", _("From"), id="exception-starts", optional=True),
            field.date("last", _("Last day"), id="exception-last", optional=True),
            field.time("ends", _("To"), id="exception-ends", optional=True),
            class_name="fields",
        ),
        rx.el.p(_("Without hours whole days are meant."), class_name="quiet"),
        field.text("note", _("What staff read"), id="exception-note", optional=True,
                   max_length=200),
        button.group(button.plain(_("Look what would change"), type="submit")),
        on_submit=Hours.check,
        class_name="stack",
        key=_row.practitioner_id,
    )  # fmt: skip


def _holidays() -> rx.Component:
    listed = rx.el.ul(
        rx.foreach(
            _row.holidays,
            lambda one: rx.el.li(rx.el.span(one.day), rx.el.b(one.name), key=one.key),
        ),
        class_name="holidays",
    )
    none = rx.el.p(_("No region is set, so no public holiday closes the clinic."))
    return staff.panel(
        _("Public holidays"),
        rx.el.div(
            rx.cond(_row.region != "", listed, none),
            link.to("/admin/policies#holiday_region", _("Change the region")),
            class_name="in-panel stack",
        ),
        anchor="holidays",
        end=rx.el.span(_row.region),
    )


page = Page("/admin/schedules", _("Hours"), build, on_load=Hours.open)
