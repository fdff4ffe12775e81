"""Beside the board: who waits, the chosen visit, what is to be done, and the count of states."""

from typing import Any

import reflex as rx

from portal.components import badge, icon, link, staff
from portal.components.kinds import Text, when
from portal.pages.staff.schedule import columns, series
from portal.state.staff.schedule import Schedule
from portal.words import _

_side: Any = Schedule.side
_detail: Any = Schedule.detail
_head: Any = Schedule.head


def lists() -> rx.Component:
    """The lists and the details."""
    waiting = _list(
        _("Waiting now"),
        "waiting-now",
        _side.waiting,
        _side.waiting.length(),
        rx.fragment(rx.el.span(_("longest first"), class_name="quiet"), staff.key("W")),
    )
    return rx.el.aside(
        waiting,
        rx.cond(_detail.id != "", _details(), rx.fragment()),
        _list(_("To approve"), "to-approve", _side.approve, _side.approve_total),
        _freed(),
        _list(_("Unconfirmed tomorrow"), "tomorrow", _side.tomorrow, _side.tomorrow_total),
        _list(_("Unresolved"), "unresolved", _side.unresolved, _side.unresolved_total),
        rx.el.ul(rx.foreach(_head.counts, _count), class_name="legend", aria_label=_("This day")),
        class_name="beside",
        aria_label=_("Lists and details"),
    )


def _list(
    title: Text, anchor: str, rows: Any, count: Any, end: rx.Component | None = None
) -> rx.Component:
    named = f"{anchor}-title"
    head = [rx.el.h2(title, id=named), badge.count(count, "")]
    if end is not None:
        head.append(rx.el.div(end, class_name="end"))
    nothing = rx.el.p(_("Nobody"), class_name="nobody")
    return rx.el.section(
        rx.el.header(*head),
        rx.cond(rows.length() > 0, rx.el.ol(rx.foreach(rows, _listed)), nothing),
        class_name="lst",
        id=anchor,
        aria_labelledby=named,
    )


def _listed(one: Any) -> rx.Component:
    minutes = rx.el.span(
        rx.el.b(data_waits=one.since), rx.el.small(_("min")), class_name="mins", data_waiting="true"
    )
    return rx.el.li(
        rx.el.button(
            rx.cond(one.since > 0, minutes, rx.fragment()),
            rx.el.span(one.name, class_name="l-name"),
            rx.el.span(one.what, class_name="l-what"),
            type="button",
            class_name="lrow",
            data_visit=one.id,
            data_version=one.version,
            data_patient=one.patient_id,
        ),
        key=one.id,
    )


def _freed() -> rx.Component:
    """What was given back and could be filled, with the way to what is free anyway."""
    seeks = rx.el.button(
        _("Next free"), " ", staff.key("F"), type="button", class_name="as-link", data_seeks="true"
    )
    end = rx.fragment(staff.key("J"), rx.cond(_head.may_book, seeks, rx.fragment()))
    waits = link.to("/staff/waitlist", _("Waiting list"), badge.count(_side.listed, _("waiting")))
    return rx.el.section(
        rx.el.header(
            rx.el.h2(_("Freed"), id="freed-title"),
            badge.count(_side.freed.length(), ""),
            rx.el.div(end, class_name="end"),
        ),
        rx.cond(
            _side.freed.length() > 0,
            rx.el.ol(rx.foreach(_side.freed, _freed_row)),
            rx.el.p(_("Nothing was given back for the next days"), class_name="nobody"),
        ),
        rx.el.p(waits, class_name="more"),
        class_name="lst",
        id="freed",
        aria_labelledby="freed-title",
    )


def _freed_row(one: Any) -> rx.Component:
    inside = [
        rx.el.span(one.words, class_name="l-name"),
        rx.el.span(one.what, class_name="l-what"),
    ]
    book = rx.el.button(
        *inside,
        type="button",
        class_name="lrow",
        data_freed="true",
        data_who=one.practitioner_id,
        data_minute=one.minute,
        data_at=one.at,
        data_name=one.who,
    )
    return rx.el.li(rx.cond(_head.may_book, book, rx.el.p(*inside, class_name="lrow")), key=one.id)


def _details() -> rx.Component:
    """The chosen visit, with what can be done; its buttons bear the same keys as the board."""
    one = _detail
    facts = [
        (_("Visit"), one.visit),
        (_("With"), one.who),
        (_("Reason"), one.reason),
        (_("Fitted in"), one.overbooked),
    ]
    listed = [when(text, rx.el.div(rx.el.dt(words), rx.el.dd(text))) for words, text in facts]
    close = rx.el.button(
        icon.show("x"), type="button", aria_label=_("Close"), class_name="shut", data_shuts="true"
    )
    state = rx.el.p(
        icon.show(one.icon, small=True),
        rx.el.b(one.words),
        rx.cond(
            one.since > 0,
            rx.el.span(rx.el.b(data_waits=one.since), " ", _("min"), data_waiting="true"),
            rx.fragment(),
        ),
        class_name=rx.Var.create("now-is is-") + one.state,
    )
    return rx.el.section(
        rx.el.header(
            rx.el.div(
                rx.el.h2(one.name, " ", rx.el.span(one.age), id="detail-title"),
                rx.el.p(_("born"), " ", one.born, when(one.phone, rx.fragment(" · ", one.phone))),
            ),
            close,
        ),
        state,
        rx.el.dl(*listed),
        rx.el.p(rx.foreach(one.flags, columns.flag), class_name="s-flags all"),
        rx.el.div(
            rx.foreach(one.acts, _act),
            class_name="b-acts",
            role="group",
            aria_label=_("What can be done"),
        ),
        rx.cond(_head.may_book, series.opener(), rx.fragment()),
        link.to(f"/staff/patients/{one.patient_id}", _("Open the chart"), class_name="to-chart"),
        rx.el.h3(_("History")),
        rx.el.ol(rx.foreach(one.history, _change), class_name="hist"),
        _told(one.notices),
        class_name="chosen",
        aria_labelledby="detail-title",
        data_detail=one.id,
        data_version=one.version,
    )


def _act(one: Any) -> rx.Component:
    return rx.el.button(staff.key(one.key), one.words, type="button", data_act=one.act, key=one.key)


def _change(one: Any) -> rx.Component:
    return rx.el.li(rx.el.span(one.at), rx.el.span(one.words), key=one.at + one.words)


def _told(rows: Any) -> rx.Component:
    """The ledger: what was to be told of the visit, to whom, and what became of it."""
    return rx.cond(
        rows.length() > 0,
        rx.fragment(
            rx.el.h3(_("Mails")),
            rx.el.ol(rx.foreach(rows, _notice), class_name="hist mails"),
        ),
        rx.fragment(),
    )


def _notice(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(one.what, when(one.whom, rx.fragment(", ", one.whom))),
        rx.el.span(rx.el.b(one.status), " ", one.at),
        when(one.why, rx.el.span(one.why, class_name="why-not")),
        key=one.id,
    )


def _count(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            icon.show(one.icon, small=True), class_name=rx.Var.create("swatch is-") + one.state
        ),
        one.words,
        " ",
        rx.el.b(one.count),
        key=one.state,
    )
