"""The health record: an index of sections, and one page of the open one."""

from typing import Any

import reflex as rx

from portal.components import (
    badge,
    button,
    empty,
    frame,
    icon,
    link,
    notice,
    pager,
    rows,
    search,
    section,
    skeleton,
)
from portal.components.kinds import when
from portal.pages.page import Page
from portal.state.frame import Frame
from portal.state.record import Record
from portal.words import _

ROW: Any = Record.row
FRAME: Any = Frame.row


def build() -> rx.Component:
    """Lays the record out."""
    return frame.patient(
        _("Health record"),
        notice.told("bad", Record.problem),
        rx.cond(Record.is_loaded, _all(), skeleton.rows(_("Loading your record"), 6)),
        current="record",
    )


def _all() -> rx.Component:
    return section.stacked(
        _allergies(),
        search.show(
            _("Search your whole record"),
            _("Search"),
            Record.find,
            key=ROW.query,
            default_value=ROW.query,
        ),
        _index(),
        rx.cond(ROW.nothing != "", _nothing(), rx.foreach(ROW.groups, _group)),
        _turning(),
        when(
            ROW.taken_back,
            rx.el.p(icon.show("info", small=True), " ", ROW.taken_back, class_name="quiet small"),
        ),
        rx.el.p(
            rx.cond(FRAME.sees_results, _to_results(), rx.fragment()),
            rx.cond(FRAME.writes_messages, _to_us(), rx.fragment()),
            class_name="quiet",
        ),
    )


def _to_results() -> rx.Component:
    way = link.to("/results", _("Results"))
    return rx.fragment(_("Results of tests are under"), " ", way, ". ")


def _to_us() -> rx.Component:
    way = link.to("/messages/new", _("write to us"))
    return rx.fragment(_("If something here is wrong or missing,"), " ", way, ".")


def _allergies() -> rx.Component:
    return rx.cond(
        (ROW.allergies != "") & (ROW.section != "allergies"),
        notice.warn(_("Allergies"), rx.el.p(rx.el.strong(ROW.allergies))),
        rx.fragment(),
    )


def _index() -> rx.Component:
    """The sections that hold something as tiles; what is empty is one line under them."""
    empty_ones = rx.el.p(
        _("Nothing yet:"),
        rx.foreach(ROW.sections, _empty_way),
        class_name="quiet small none-yet",
    )
    return rx.el.nav(
        rx.el.ul(rx.foreach(ROW.sections, _way), class_name="index"),
        rx.cond(ROW.has_empty, empty_ones, rx.fragment()),
        aria_label=_("Sections of your record"),
    )


def _empty_way(row: Any) -> rx.Component:
    is_shown = (row.count == 0) & ~row.is_open
    return rx.cond(is_shown, rx.fragment(" ", link.to(row.href, row.words)), rx.fragment())


def _way(row: Any) -> rx.Component:
    tile = rx.el.li(
        link.to(
            row.href,
            icon.show(row.icon),
            rx.el.span(row.words),
            rx.el.span(row.count, class_name="quiet"),
            custom_attrs={"aria-current": rx.cond(row.is_open, "page", "false")},
        )
    )
    return rx.cond((row.count > 0) | row.is_open, tile, rx.fragment())


def _nothing() -> rx.Component:
    found = ROW.query != ""
    return rx.el.section(
        rx.el.h2(ROW.title),
        empty.show(
            rx.cond(found, _("Nothing found"), _("Nothing here")),
            ROW.nothing,
            rx.cond(found | ~FRAME.writes_messages, rx.fragment(), _write()),
            icon_name="record",
        ),
        class_name="sec",
    )


def _write() -> rx.Component:
    return button.plain(_("Write to us"), href="/messages/new")


def _group(group: Any) -> rx.Component:
    return rx.el.section(rx.el.h2(group.title), rows.each(group.rows, _entry), class_name="sec")


def _entry(entry: Any) -> rx.Component:
    state = rx.cond(
        entry.badge != "",
        rx.el.p(badge.show(entry.badge, entry.tone, entry.icon), class_name="kind"),
        rx.fragment(),
    )
    body = rx.el.div(
        state,
        rx.el.h3(entry.title),
        when(entry.term, rx.el.p(entry.term)),
        when(entry.say, rx.el.p(entry.say, class_name="say")),
        rx.foreach(entry.lines, rx.el.p),
        rx.el.p(entry.when, " · ", entry.source, class_name="quiet small"),
    )
    return rx.el.li(body, class_name="row lean")


def _turning() -> rx.Component:
    return pager.leaf(ROW.leaf, Record.turn)


page = Page("/record", _("Health record"), build, on_load=Record.open)
