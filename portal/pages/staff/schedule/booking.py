"""The windows of the board: booking by a few letters, a new patient, blocking a time."""

from typing import Any

import reflex as rx

from portal.components import button, dialog, field, icon, live_form
from portal.components.kinds import when
from portal.pages.staff.schedule.asking import WHYS
from portal.state.staff.schedule import Schedule
from portal.words import _

PAUSE_MS = 90
_hits: Any = Schedule.hits
_options: Any = Schedule.options
_known_hits: Any = Schedule.known


def windows() -> rx.Component:
    """Both windows; they close by themselves when `made` rises."""
    return rx.fragment(_book(), _block())


def _book() -> rx.Component:
    return rx.el.dialog(
        rx.el.h2(
            rx.el.span(_("Book"), data_for="book"),
            rx.el.span(_("Walk-in"), data_for="walk-in"),
            " ",
            rx.el.span(data_slot="true"),
            id="book-title",
        ),
        live_form.of(
            *[
                rx.el.input(type="hidden", name=name)
                for name in ("patient", "column", "minute", "walk_in", "over")
            ],
            _search(),
            _found(),
            _what(),
            _asks(),
            button.group(
                button.main(_("Book"), " ", rx.el.kbd("↵", aria_hidden="true"), type="submit"),
                button.plain(_("Close"), data_closes="true"),
            ),
            on_submit=Schedule.book,
            id="book-form",
            class_name="stack",
        ),
        _newcomer(),
        id="book",
        class_name="dialog quick",
        aria_labelledby="book-title",
        data_made=Schedule.made,
        data_made_id=Schedule.made_id,
    )


def _search() -> rx.Component:
    typed = rx.el.input(
        type="search",
        name="words",
        id="book-words",
        class_name="in",
        auto_complete="off",
        max_length=100,
        on_change=Schedule.find.debounce(PAUSE_MS),
        data_first="true",
        role="combobox",
        aria_controls="book-hits",
        aria_expanded=_hits.hits.length() > 0,
        aria_describedby="book-hint",
        custom_attrs={"aria-autocomplete": "list"},
    )
    return rx.el.div(
        rx.el.label(_("Patient"), html_for="book-words"),
        typed,
        rx.el.p(_("Parts of names in any order, or the birth date"), id="book-hint"),
        class_name="field",
    )


def _found() -> rx.Component:
    listed = rx.el.ul(
        rx.foreach(_hits.hits, _hit),
        id="book-hits",
        class_name="hits",
        role="listbox",
        aria_label=_("Who fits"),
        data_words=_hits.words,
    )
    close = rx.el.p(_("Nobody fits exactly. These names are close."), class_name="quiet")
    return rx.fragment(rx.cond(_hits.is_close, close, rx.fragment()), listed)


def _hit(hit: Any) -> rx.Component:
    return rx.el.li(
        rx.el.b(hit.name),
        " ",
        rx.el.span(hit.age),
        rx.el.small(hit.beside),
        when(hit.usual, rx.el.small(_("As last time:"), " ", hit.usual)),
        id="hit-" + hit.patient_id,
        role="option",
        aria_selected="false",
        data_hit=hit.patient_id,
        key=hit.patient_id,
    )


def _what() -> rx.Component:
    """What kind and how long: as last time, unless somebody chooses."""
    kinds = rx.el.select(
        rx.el.option(_("As last time"), value=""),
        rx.foreach(Schedule.kinds, lambda kind: rx.el.option(kind.words, value=kind.id)),
        name="visit",
        id="book-visit",
        class_name="in",
    )
    shown = rx.el.span(kinds, icon.show("down"), class_name="sel")
    return rx.el.div(
        rx.el.div(rx.el.label(_("Visit"), html_for="book-visit"), shown, class_name="field"),
        field.number("minutes", _("Minutes"), id="book-minutes", optional=True, max_length=3),
        class_name="two-fields",
    )


def _asks() -> rx.Component:
    """What hinders, what would fit instead, and the way to book over it on purpose."""
    why = rx.el.select(
        *[rx.el.option(words, value=words) for words in WHYS],
        name="why",
        id="book-why",
        class_name="in",
    )
    over = rx.el.div(
        rx.el.h3(_("Or double-book on purpose")),
        rx.el.p(_("Both strips will show it. Your name and reason are kept."), class_name="quiet"),
        rx.el.label(_("Why?"), html_for="book-why"),
        rx.el.span(why, icon.show("down"), class_name="sel"),
        button.plain(_("Double-book"), " ", rx.el.kbd("⇧ ↵", aria_hidden="true"), data_over="true"),
        class_name="force",
    )
    fits = rx.fragment(
        rx.el.ol(rx.foreach(Schedule.options, _option), class_name="opts"),
        over,
    )
    said = rx.el.div(icon.show("warn"), rx.el.p(Schedule.asks), class_name="clash", role="alert")
    is_clash = (Schedule.asks != "") & (_options.length() > 0)
    return rx.fragment(
        when(Schedule.asks, said),
        rx.cond(is_clash, fits, rx.fragment()),
        rx.cond(_known_hits.length() > 0, _known(), rx.fragment()),
    )


def _option(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.kbd(one.key),
            one.words,
            rx.el.span(one.when, class_name="quiet"),
            type="button",
            data_option=one.key,
            data_column=one.practitioner_id,
            data_free=one.minute,
        ),
        key=one.key,
    )


def _known() -> rx.Component:
    """Who on file may be the same as the new patient."""
    return rx.el.ul(
        rx.foreach(
            Schedule.known,
            lambda hit: rx.el.li(
                rx.el.b(hit.name),
                " ",
                hit.beside,
                " ",
                button.plain(_("Use this one"), small=True, data_use=hit.patient_id),
                key=hit.patient_id,
            ),
        ),
        class_name="known",
    )


def _newcomer() -> rx.Component:
    return rx.el.details(
        rx.el.summary(_("New patient")),
        live_form.of(
            rx.el.div(
                field.text("given", _("Given name"), id="new-given", max_length=100),
                field.text("family", _("Family name"), id="new-family", max_length=100),
                class_name="two-fields",
            ),
            rx.el.div(
                field.date("born_on", _("Birth date"), id="new-born"),
                field.phone("phone", _("Phone"), id="new-phone", optional=True, autocomplete="off"),
                class_name="two-fields",
            ),
            rx.cond(
                _known_hits.length() > 0,
                field.checkbox("sure", _("None of those above: somebody new"), value="yes"),
                rx.fragment(),
            ),
            button.plain(_("Write down"), type="submit"),
            on_submit=Schedule.add,
            id="newcomer",
            class_name="stack",
        ),
        class_name="newcomer",
    )


def _block() -> rx.Component:
    return dialog.show(
        "block-time",
        rx.fragment(_("Block"), " ", rx.el.span(data_slot="true")),
        live_form.of(
            rx.el.input(type="hidden", name="column"),
            rx.el.input(type="hidden", name="minute"),
            field.number("minutes", _("Minutes"), id="block-minutes", value="30", max_length=3,
                         data_first="true"),
            field.text("note", _("What for"), id="block-note", optional=True, max_length=200),
            button.group(
                button.main(_("Block"), type="submit"),
                button.plain(_("Close"), data_closes="true"),
            ),
            on_submit=Schedule.block,
            id="block-form",
            class_name="stack",
            data_closes_dialog="true",
        ),
    )  # fmt: skip
