"""The window of series: repeat a visit, move or cancel one, the rest, or all of its series."""

from typing import Any

import reflex as rx

from portal.components import badge, button, dialog, field, live_form, notice
from portal.components.kinds import Child, when
from portal.state.staff.schedule import Schedule
from portal.state.staff.schedule.series import Series
from portal.words import _

ANCHOR = "series"
UNITS = [("week", _("weeks")), ("day", _("days"))]
SCOPES = [
    ("one", _("This visit alone")),
    ("rest", _("This and those after it")),
    ("all", _("All that are still to come")),
]
_detail: Any = Schedule.detail
_dates: Any = Series.dates
_members: Any = Series.members
_wish: Any = Series.wish
_left: Any = Series.left


def opener() -> rx.Component:
    """The line and the button in the details of a visit."""
    which = rx.el.p(_("Series: "), rx.el.b(_detail.series), class_name="of-series")
    words = rx.cond(_detail.series != "", _("The series…"), _("Repeat…"))
    return rx.el.div(
        when(_detail.series, which),
        dialog.opener(ANCHOR, words, small=True, on_click=Series.clear),
        class_name="series-way",
    )


def window() -> rx.Component:
    """The window itself; it is beside the board, and about the visit whose details are open."""
    return dialog.show(
        ANCHOR,
        rx.fragment(_("Series"), ": ", _detail.name),
        notice.told("bad", Series.problem),
        notice.told("ok", Series.done),
        rx.cond(_left.length() > 0, _left_out(), rx.fragment()),
        rx.cond(Series.shown == _detail.id, _seen(), _ways()),
        button.group(button.plain(_("Close"), data_closes="true")),
    )


def _ways() -> rx.Component:
    """What can be done: with a visit by itself, it can only be repeated."""
    return rx.fragment(
        _way(
            "repeat",
            _("Repeat it"),
            rx.el.div(
                field.number("every", _("Every"), id="series-every", value="1", max_length=3),
                field.select("unit", _("Unit"), UNITS, id="series-unit"),
                field.number("times", _("So many times more"), id="series-times", optional=True,
                             max_length=2),
                field.date("until", _("Or until"), id="series-until", optional=True),
                class_name="fields",
            ),
            rx.el.p(_("At the same time of day, also when clocks change."), class_name="quiet"),
        ),
        rx.cond(_detail.series != "", _of_series(), rx.fragment()),
    )  # fmt: skip


def _of_series() -> rx.Component:
    return rx.fragment(
        _way(
            "move",
            _("Move"),
            _scope("move"),
            rx.el.div(
                field.date("day", _("This visit goes to"), id="series-day"),
                field.time("clock", _("At"), id="series-clock"),
                class_name="fields",
            ),
            rx.el.p(_("The others go as many days on, to the same hour."), class_name="quiet"),
        ),
        _way(
            "cancel",
            _("Cancel"),
            _scope("cancel"),
            field.text("reason", _("What the patient reads"), id="series-reason", optional=True,
                       max_length=200),
        ),
    )  # fmt: skip


def _scope(what: str) -> rx.Component:
    choices = [
        rx.el.label(
            rx.el.input(type="radio", name="scope", value=value, default_checked=value == "rest"),
            words,
        )
        for value, words in SCOPES
    ]
    return rx.el.fieldset(
        rx.el.legend(_("Which visits")), rx.el.div(*choices, class_name="seg", id=f"{what}-scope")
    )


def _way(what: str, title: str, *inside: Child) -> rx.Component:
    form = live_form.of(
        rx.el.input(type="hidden", name="what", default_value=what),
        rx.el.input(type="hidden", name="id", default_value=_detail.id),
        rx.el.input(type="hidden", name="version", default_value=_detail.version.to_string()),
        *inside,
        button.group(button.plain(_("Look at each date"), type="submit")),
        on_submit=Series.look,
        class_name="stack",
        key=_detail.id + _detail.version.to_string(),
    )
    return rx.el.details(
        rx.el.summary(title, class_name="more"), form, open=what == "repeat", class_name="a-way"
    )


def _seen() -> rx.Component:
    """Each date or visit, and the button that saves."""
    kept = rx.foreach(
        _wish,
        lambda pair: rx.el.input(
            type="hidden", name=pair[0], default_value=pair[1], key=pair[0] + pair[1]
        ),
    )
    rows = rx.cond(
        Series.kind == "repeat",
        rx.el.ol(rx.foreach(_dates, _date), class_name="dates"),
        rx.el.ol(rx.foreach(_members, _member), class_name="dates"),
    )
    act = rx.match(
        Series.kind,
        ("repeat", button.main(_("Book the ticked ones"), type="submit")),
        ("move", button.main(_("Move those that can"), type="submit")),
        button.danger(_("Cancel these visits"), type="submit"),
    )
    return live_form.of(
        kept,
        rows,
        button.group(act, button.plain(_("Back"), on_click=Series.clear)),
        on_submit=Series.save,
        class_name="stack",
    )


def _date(one: Any) -> rx.Component:
    free = rx.el.label(
        rx.el.input(
            type="checkbox", name=rx.Var.create(f"take.{one.minute}"), default_checked=True
        ),
        rx.el.b(one.when),
        badge.show(_("Free"), "ok", "check"),
    )
    instead = rx.el.label(
        rx.el.input(
            type="checkbox", name=rx.Var.create(f"take.{one.nearest}"), default_checked=False
        ),
        _("Instead: "),
        one.nearest_said,
    )
    hit = rx.el.div(
        rx.el.p(rx.el.s(one.when), " ", badge.show(one.why, "warn", "warn")),
        rx.cond(one.nearest > 0, instead, rx.fragment()),
    )
    return rx.el.li(rx.cond(one.is_free, free, hit), key=one.day)


def _member(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.b(one.when),
        rx.cond(
            one.is_possible,
            rx.el.span(" → ", one.becomes),
            rx.el.span(_(" stays: "), badge.show(one.why, "warn", "warn")),
        ),
        key=one.id,
    )


def _left_out() -> rx.Component:
    return rx.el.div(
        rx.el.h3(_("Left out")),
        rx.el.ul(rx.foreach(_left, lambda said: rx.el.li(said, key=said))),
        class_name="would-fall",
    )
