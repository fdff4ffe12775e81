"""The page of the day board. Keys (assets/board) reach its handlers through forms."""

from typing import Any

import reflex as rx

from portal.components import button, icon, link, live_form
from portal.components.kinds import styled, when
from portal.pages.page import Page
from portal.pages.staff import parts
from portal.pages.staff.schedule import asking, beside, booking, columns, series, sheet
from portal.state.staff.schedule import Schedule
from portal.words import _

_head: Any = Schedule.head
_undo: Any = Schedule.undo_row
KEYS: list[tuple[Any, ...]] = [
    ("A", _("Arrived"), _head.may_book),
    ("R", _("To room"), _head.may_book),
    ("S", _("Being seen"), _head.may_book),
    ("D", _("Done"), _head.may_book),
    ("C", _("Confirm"), _head.may_book),
    ("M", _("Move"), _head.may_book),
    ("W", _("Next who waits")),
    ("B", _("Book the free time, also Enter"), _head.may_book),
    ("⇧B", _("Walk-in"), _head.may_book),
    ("U", _("Undo, for three minutes"), _head.may_book),
    ("⇧M", _("Copy to another time"), _head.may_book),
    ("⇧↑↓", _("Shorter or longer by five minutes"), _head.may_book),
    ("↵ Esc", _("While moving: drop it, leave it where it was"), _head.may_book),
    ("N", _("No-show"), _head.may_book),
    ("L", _("Left unseen"), _head.may_book),
    ("X", _("Cancel the visit, or end a block"), _head.may_book),
    ("F", _("Next free time"), _head.may_book),
    ("J", _("Next freed time")),
    ("Y", _("Approve"), _head.may_book),
    ("↑↓←→", _("Move in time and between columns")),
    ("1–9", _("Go to a column")),
    ("K", _("Block the free time"), _head.may_book),
    ("␣", _("Details of the visit")),
    ("↵", _("Open the chart")),
    ("O", _("The week of this column’s practitioner")),
    ("V", _("Board, rooms, list")),
    ("[ ]", _("Day before, day after")),
    ("T", _("Today")),
    ("P", _("Day sheet to print, with initials where names are hidden")),
    ("H", _("Hide names from the counter")),
]


def build() -> rx.Component:
    """Lays the board out."""
    return parts.page(
        Schedule,
        _("Schedule"),
        rx.el.div(
            columns.rack(),
            beside.lists(),
            sheet.sheets(),
            class_name="day-board",
            data_mode=Schedule.mode,
        ),
        _undo_bar(),
        _carrying(),
        _bridges(),
        rx.cond(
            _head.may_book,
            rx.fragment(booking.windows(), asking.windows(), series.window()),
            rx.fragment(),
        ),
        # Nobody else needs these: neither patients' pages nor the staff's others.
        parts.look("board"),
        parts.look("settings"),
        rx.el.script(src="/board/board.js", type="module", custom_attrs={"async": True}),
        current="schedule",
        own_heading=rx.el.h1(
            _("Schedule"), rx.cond(_head.said, f", {_head.said}", ""), tab_index=-1, class_name="vh"
        ),
        in_bar=rx.fragment(_days(), _paper()),
        keys=KEYS,
    )


def _days() -> rx.Component:
    """The day that is shown, and the ones beside it."""
    today = rx.cond(
        _head.is_today,
        rx.fragment(),
        _turn(_("Today"), "T", 0, rx.el.span(_("Today"))),
    )
    return rx.el.div(
        _turn(_("Day before"), "[", -1, icon.show("prev")),
        rx.el.p(_head.short, class_name="shown-day"),
        _turn(_("Day after"), "]", 1, icon.show("next")),
        today,
        class_name="day-pick",
        role="group",
        aria_label=_("Day"),
    )


def _turn(words: str, key: str, days: int, inside: rx.Component) -> rx.Component:
    return rx.el.button(
        inside,
        type="button",
        on_click=Schedule.turn(days),
        aria_label=words,
        title=f"{words}: {key}",
        custom_attrs={"aria-keyshortcuts": key},
    )


def _paper() -> rx.Component:
    """The day as a file to print and to keep: with initials alone where names are hidden."""
    return link.anchored(
        icon.show("printer", label=_("Day sheet to print")),
        href="/files/schedule/" + _head.day + ".pdf",
        class_name="to-paper",
        title=_("Day sheet to print: P"),
        target="_blank",
        data_paper="true",
        custom_attrs={"aria-keyshortcuts": "P"},
    )


def _undo_bar() -> rx.Component:
    """What may be taken back; it goes by itself when the time is over, by the stylesheet."""
    bar = rx.el.div(
        rx.el.p(_undo.words),
        when(_undo.told, rx.el.p(_undo.told, class_name="then")),
        button.plain(_("Undo"), on_click=Schedule.undo, key="U", small=True),
        class_name="undo-bar",
        key=_undo.until,
        **styled(left=_undo.left.to_string() + "s"),
    )
    return rx.el.div(when(_undo.words, bar), role="status")


def _carrying() -> rx.Component:
    """What is being moved, and what it would run into; filled by assets/board/moves.js."""
    keys = [("↑↓←→", _("move")), ("↵", _("drop")), ("Esc", _("leave it"))]
    return rx.el.div(
        rx.el.p(data_said="true"),
        *[rx.el.span(rx.el.kbd(key), " ", words) for key, words in keys],
        id="board-moves",
        class_name="carry-bar",
        hidden=True,
        aria_hidden="true",
    )


def _bridges() -> rx.Component:
    """Forms through which a key on the board reaches its handler: which visit, in which version."""
    acts = [rx.el.input(type="hidden", name=name) for name in ("act", "id", "version", "code")]
    place = [
        rx.el.input(type="hidden", name=name)
        for name in ("column", "place", "minute", "minutes", "why")
    ]
    chosen = rx.el.input(type="hidden", name="id")
    return rx.el.div(
        live_form.of(*acts, *place, on_submit=Schedule.act, id="board-act"),
        live_form.of(chosen, on_submit=Schedule.choose, id="board-choose"),
        rx.el.p(
            id="board-says",
            role="status",
            aria_live="polite",
            class_name="vh",
        ),
        hidden=False,
        class_name="bridges",
    )


page = Page("/staff/schedule", _("Schedule"), build, on_load=Schedule.open)
