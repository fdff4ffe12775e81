"""Times to choose from: a week at a glance, the times of a day, and what is kept for a while."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from portal.components import button, icon, link
from portal.components.kinds import Child, Event, Text, when
from portal.words import _

Choose = Callable[[Any], Event]


def time(row: Any, choose: Choose) -> rx.Component:
    """One free time; `choose(row)` is what a tap does. All of it is said to who hears it."""
    return rx.el.button(
        rx.el.span(row.at),
        when(row.there, rx.el.small(row.there)),
        type="button",
        class_name="time",
        aria_label=row.say,
        on_click=choose(row),
    )


def part(row: Any, choose: Choose) -> rx.Component:
    """The times of a morning or an afternoon."""
    return rx.el.section(
        rx.el.h3(row.title, " ", rx.el.span(row.said, class_name="quiet"), id=f"part-{row.key}"),
        rx.el.ul(
            rx.foreach(row.times, lambda one: rx.el.li(time(one, choose))), class_name="times"
        ),
        aria_labelledby=f"part-{row.key}",
    )


def first(row: Any, choose: Choose) -> rx.Component:
    """The first free time of all, one tap away."""
    return rx.el.div(
        icon.show("clock"),
        rx.el.p(
            rx.el.strong(row.at),
            rx.el.span(
                _("The first free time"),
                when(row.there, rx.fragment(", ", row.there, " ", _("where you are"))),
            ),
        ),
        button.plain(_("Choose"), rx.el.span(" ", row.say, class_name="vh"), on_click=choose(row)),
        class_name="first",
    )


def week(row: Any, base: Text, choose: Choose, *nothing: Child) -> rx.Component:
    """A week of days, and the times of the chosen one; `base` is the address without a day."""
    return rx.el.div(
        rx.el.div(
            _turn(row.before, base, _("The week before"), "left"),
            rx.el.h2(row.said, id="week-title"),
            _turn(row.after, base, _("The week after"), "right"),
            class_name="week-head",
        ),
        rx.el.nav(
            rx.el.ul(rx.foreach(row.days, lambda one: rx.el.li(_day(one, base)))),
            class_name="days",
            aria_labelledby="week-title",
        ),
        rx.cond(
            row.nothing != "",
            rx.el.div(*nothing, class_name="slots none"),
            rx.el.div(rx.foreach(row.parts, lambda one: part(one, choose)), class_name="slots"),
        ),
        class_name="week",
    )


def _turn(day: Text, base: Text, words: str, icon_name: str) -> rx.Component:
    way = link.to(f"{base}&day={day}", icon.show(icon_name), class_name="btn sq", aria_label=words)
    return rx.cond(day != "", way, rx.el.span(class_name="sq"))


def _day(row: Any, base: Text) -> rx.Component:
    inside = (
        rx.el.span(row.weekday, class_name="d"),
        rx.el.b(row.number),
        rx.el.small(row.said),
    )
    way = link.to(
        f"{base}&day={row.day}",
        *inside,
        class_name="a-day",
        aria_label=row.label,
        custom_attrs={"aria-current": rx.cond(row.is_chosen, "date", "false")},
    )
    none = rx.el.span(
        rx.el.span(*inside, class_name="a-day none", aria_hidden="true"),
        rx.el.span(row.label, class_name="vh"),
    )
    return rx.cond(row.is_open, way, none)


def taken(row: Any, choose: Choose) -> rx.Component:
    """Says that a time is gone, and offers the next free ones in the same breath."""
    near = rx.el.ul(
        rx.foreach(row.times, lambda one: rx.el.li(time(one, choose))), class_name="times"
    )
    some = rx.fragment(
        rx.el.p(_("Nothing is booked yet, and nothing you wrote is lost. These are free next:")),
        near,
    )
    none = rx.el.p(_("Nothing is booked yet. Choose another time below."))
    note = rx.el.div(
        icon.show("clock"),
        rx.el.div(rx.el.h2(row.title), rx.cond(row.times.length() > 0, some, none)),
        class_name="note warn taken",
        id="taken",
    )
    return rx.el.div(when(row.title, note), role="alert", class_name="told")


def kept(left: Text, seconds: Text) -> rx.Component:
    """Says how long a time is kept; portal.js counts the minutes down."""
    return rx.el.p(
        icon.show("held"),
        rx.el.span(
            _("Kept for you for"),
            " ",
            rx.el.strong(
                left,
                custom_attrs={
                    "data-seconds-left": seconds,
                    "data-one": _("1 minute"),
                    "data-many": _("{count} minutes"),
                    "data-over": _("a moment longer"),
                },
            ),
            ". ",
            rx.el.span(_("Nobody else can take it meanwhile."), class_name="quiet"),
        ),
        class_name="held",
    )
