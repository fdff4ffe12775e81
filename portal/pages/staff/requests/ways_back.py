"""Ways back that wait: for their time, or for a second member of staff."""

from typing import Any

import reflex as rx

from portal.components import badge, button, link, notice, staff
from portal.components.kinds import when
from portal.pages.staff import parts
from portal.state.staff.ways_back import WayBackRequests
from portal.words import _


def told() -> list[rx.Component]:
    """What has just happened here."""
    ready: Any = WayBackRequests.ready
    mailed = notice.ok(
        _("The link is on its way by e-mail"),
        rx.el.p(ready.name, ": ", _("with the short code that was handed over, and for a day.")),
    )
    printed = notice.ok(
        _("Write this link into the letter"),
        rx.el.p(ready.name, ": ", rx.el.b(ready.address)),
        rx.el.p(_("It is shown only once and works for a week, with the code handed over.")),
        button.print_page(_("Print")),
    )
    return [
        notice.told("bad", WayBackRequests.problem),
        notice.told("ok", WayBackRequests.done),
        rx.cond(ready.name != "", rx.cond(ready.by_mail, mailed, printed), rx.fragment()),
    ]


def waiting() -> rx.Component:
    """The open ways back."""
    rows: Any = WayBackRequests.rows
    shown = staff.panel(
        _("Ways back in"),
        parts.lines(rows, _line, _("Nobody waits to get back in.")),
        anchor="ways-back",
        count=rows.length(),
    )
    return rx.cond(WayBackRequests.may_see, shown, rx.fragment())


def _line(row: Any) -> rx.Component:
    acts = [
        rx.cond(
            row.may_approve,
            parts.press(_("Approve"), "A", WayBackRequests.approve(row.id), row.name),
            rx.fragment(),
        ),
        rx.cond(
            row.may_print,
            parts.press(_("Letter"), "L", WayBackRequests.make_letter(row.id), row.name),
            rx.fragment(),
        ),
        parts.press(_("End"), "X", WayBackRequests.refuse(row.id), row.name),
    ]
    name = rx.cond(
        row.href != "",
        link.to(row.href, row.name, data_stop="true"),
        rx.el.span(row.name, tab_index=0, data_stop="true"),
    )
    return rx.el.li(
        rx.el.div(rx.el.span(row.at, class_name="quiet"), class_name="lead-col"),
        rx.el.div(
            rx.el.h3(name),
            rx.el.p(row.proof, ", ", _("by"), " ", row.by),
            rx.el.p(row.drops),
            when(row.note, rx.el.p(row.note)),
            rx.el.p(badge.show(row.words, "", "clock")),
        ),
        rx.el.div(*acts, class_name="acts"),
        class_name="item line-item busy",
        data_line="true",
        key=row.id,
    )
