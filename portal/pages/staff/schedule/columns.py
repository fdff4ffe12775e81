"""The board itself: hours at the edge, a column for each practitioner, strips in a grid."""

from typing import Any

import reflex as rx

from portal.components import icon
from portal.components.kinds import styled, when
from portal.services import board
from portal.services.board.rows import ColumnRow
from portal.state.staff.schedule import Schedule
from portal.words import _

_head: Any = Schedule.head


def all_of_them() -> Any:
    """Returns every column's var as one list, drawn by one function."""
    names = [getattr(Schedule, f"column_{at}") for at in range(board.COLUMNS)]
    return rx.Var.create(names).to(list[ColumnRow])


def rack() -> rx.Component:
    """The board; the line of now and the minutes are moved by staff-keys.js."""
    hours = rx.el.ol(rx.foreach(_head.hours, _hour), _now(), aria_hidden="true")
    corner = rx.el.div(
        rx.el.button(
            icon.show("columns"),
            type="button",
            on_click=Schedule.look,
            aria_label=_("Board, rooms, list"),
            title=_("Board, rooms, list: V"),
            custom_attrs={"aria-keyshortcuts": "V"},
        ),
        class_name="corner",
    )
    nobody = rx.el.p(_("Nobody works on this day, and nothing is booked."), class_name="nobody")
    return rx.el.div(
        rx.el.div(corner, hours, class_name="hours"),
        rx.foreach(all_of_them(), _column),
        rx.cond(Schedule.column_0.key == "", nobody, rx.fragment()),
        rx.el.div(id="board-ghost", class_name="ghost", hidden=True, aria_hidden="true"),
        class_name="rack",
        id="board",
        role="region",
        aria_label=_("Day board"),
        tab_index=0,
        data_day=_head.day,
        data_begins=_head.begins,
        data_steps=_head.steps,
        data_today=_head.is_today,
        data_week=Schedule.mode == "week",
        data_rooms=Schedule.mode == "rooms",
        data_late_words=_("Late {count} min"),
        data_free_words=_("Free"),
        data_behind_words=_("{count} min behind"),
        data_on_time=_("On time"),
        data_runs=_("Runs into {name}, {start} to {end}."),
        data_runs_room=_("Runs into {name}, {start} to {end}, in the same room."),
        data_runs_patient=_("{name} has another visit then, {start} to {end}."),
        data_off=_("Outside of the hours: {what}."),
        data_fits=_("Free."),
        data_stays=_("It stays where it was."),
        data_fixed=_("This visit cannot be moved from here. ⇧M copies it."),
        data_today_only=_("Who is here can only be moved within the day."),
        data_changed=_("Somebody else has changed this visit meanwhile."),
        **styled(steps=_head.steps.to_string()),
    )


def _hour(hour: Any) -> rx.Component:
    return rx.el.li(hour.at, **styled(at=hour.step.to_string()), key=hour.at)


def _now() -> rx.Component:
    return rx.cond(_head.is_today, rx.el.li(class_name="at-now"), rx.fragment())


def _column(column: Any) -> rx.Component:
    named = "col-" + column.key
    lane = rx.el.ol(
        rx.foreach(column.closed, _closed),
        rx.foreach(column.strips, strip),
        rx.foreach(column.free, lambda free: _free(free, column)),
        class_name="lane",
        aria_labelledby=named,
    )
    line = rx.cond(
        _head.is_today & (Schedule.mode != "week"),
        rx.el.div(class_name="now-line", aria_hidden="true"),
        rx.fragment(),
    )
    shown = rx.el.section(
        _column_head(column, named),
        lane,
        line,
        class_name="col",
        aria_labelledby=named,
        data_column=rx.cond(Schedule.mode == "week", Schedule.who, column.key),
        data_first=column.first,
        data_usual=column.usual,
        key=column.key,
    )
    return rx.cond(column.key != "", shown, rx.fragment())


def _column_head(column: Any, named: Any) -> rx.Component:
    is_one = (Schedule.mode == "board") | (Schedule.mode == "list")
    week = rx.el.button(
        icon.show("calendar", small=True),
        type="button",
        on_click=Schedule.week(column.key),
        aria_label=rx.Var.create(_("Week of")) + " " + column.name,
        class_name="to-week",
        tab_index=-1,
        data_weekly="true",
    )
    first = rx.el.div(
        rx.el.h2(column.name, id=named), rx.el.p(column.place), rx.cond(is_one, week, rx.fragment())
    )
    pace = rx.el.p(class_name="pace", data_behind=column.behind)
    second = rx.el.div(pace, rx.el.p(class_name="next-free", data_next_free="true"))
    return rx.el.header(first, second, class_name="col-head")


def strip(one: Any) -> rx.Component:
    """One visit: a button whose text says all of it."""
    visit = rx.el.button(
        rx.el.span(icon.show(one.icon), class_name="s-tab"),
        rx.el.span(
            rx.el.span(one.at, " ", _("to"), " ", one.until, ", ", class_name="vh"),
            rx.el.span(one.name, class_name="s-name"),
            rx.el.span(one.letters, class_name="s-letters"),
            when(one.age, rx.el.span(one.age, class_name="s-age")),
            class_name="s-l1",
        ),
        rx.el.span(
            rx.el.span(one.words, class_name="s-word"),
            rx.cond(one.due > 0, rx.el.span(class_name="s-late", data_late=one.due), rx.fragment()),
            rx.el.span(one.kind, class_name="s-kind"),
            class_name="s-l2",
        ),
        rx.el.span(rx.foreach(one.flags, flag), class_name="s-flags"),
        rx.cond(one.since > 0, _waits(one.since), rx.fragment()),
        type="button",
        tab_index=-1,
        class_name=rx.Var.create("strip is-") + one.state + " k-" + one.colour,
        data_visit=one.id,
        data_version=one.version,
        data_patient=one.patient_id,
        data_row=one.grid_row,
        data_minutes=one.minutes,
        data_before=one.before,
        data_after=one.after,
        data_who=one.who,
        data_room=one.room,
        data_glow=one.glow,
    )
    return rx.el.li(
        visit,
        class_name="slot",
        key=one.id + one.at,
        **styled(row=one.grid_row, part=one.grid_column),
    )


def flag(one: Any) -> rx.Component:
    """A flag: its icon, and its word where there is room; screen readers always hear the word."""
    return rx.el.span(
        icon.show(one.icon),
        rx.el.span(one.words, class_name="f-word"),
        class_name=one.tone,
        title=one.words,
        key=one.icon,
    )


def _waits(since: Any) -> rx.Component:
    return rx.el.span(
        rx.el.b(data_waits=since), rx.el.span(_("min")), class_name="s-wait", data_waiting="true"
    )


def _closed(one: Any) -> rx.Component:
    """A closed stretch; a block can be chosen and taken away."""
    block = rx.el.button(
        one.at, " ", one.words, type="button", tab_index=-1, class_name="block", data_block=one.id
    )
    return rx.el.li(
        rx.cond(one.id != "", block, rx.fragment(one.words)),
        class_name=rx.Var.create("closed ") + one.shape,
        data_row=one.grid_row,
        key=one.at + one.words,
        **styled(row=one.grid_row),
    )


def _free(one: Any, column: Any) -> rx.Component:
    cell = rx.el.button(
        rx.el.span(one.at, class_name="f-at"),
        rx.el.span(" ", _("free"), ", ", column.name, class_name="vh"),
        type="button",
        tab_index=-1,
        class_name="free",
        data_free=one.minute,
        data_at=one.at,
    )
    return rx.el.li(cell, class_name="free-slot", key=one.minute, **styled(row=one.grid_row))
