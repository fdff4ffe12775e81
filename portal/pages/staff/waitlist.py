"""The waiting list of the clinic: what is out until when, whose turn it is, what was filled."""

from typing import Any

import reflex as rx

from portal.components import badge, button, dialog, field, icon, live_form, staff, ticks
from portal.components.kinds import when
from portal.pages.page import Page
from portal.pages.staff import parts
from portal.pages.staff.patients import PAUSE_MS
from portal.state.staff.waitlist import NOTICES, PRIORITIES, WaitingList
from portal.words import _

ROW: Any = WaitingList.row
KEYS: list[tuple[Any, ...]] = [
    ("J", _("Next")),
    ("K", _("Before")),
    ("↵", _("Open")),
    ("A", _("Book it")),
    ("X", _("To the next")),
]
_TURNS = [(str(key), words) for key, words in enumerate(PRIORITIES)]


def build() -> rx.Component:
    """Lays the page out: what is out and who waits on one side, adding and what was filled."""
    return parts.page(
        WaitingList,
        _("Waiting list"),
        staff.columns(
            staff.pile(_out(), _waiting()), staff.pile(_add(), _filled()), across="two-up"
        ),
        current="waitlist",
        beside=ROW.share,
        keys=KEYS,
    )


def _out() -> rx.Component:
    return staff.panel(
        _("Offered now"),
        parts.lines(ROW.offers, _offer, _("No time is offered to anybody at the moment.")),
        anchor="offered",
        count=ROW.offers.length(),
    )


def _offer(row: Any) -> rx.Component:
    acts = rx.fragment(
        parts.press(_("Book it"), "A", WaitingList.accept(row.id), row.name),
        parts.press(_("To the next"), "X", WaitingList.decline(row.id), row.name),
    )
    return parts.line(
        row.name,
        rx.el.p(rx.el.b(row.when), " · ", row.who),
        when(row.moves, rx.el.p(_("In place of"), " ", row.moves)),
        rx.el.p(badge.show(row.kept, "warn", "held")),
        lead=rx.el.b(row.at),
        beside=row.title,
        href=rx.Var.create(f"/staff/patients/{row.patient_id}"),
        act=acts,
        key=row.id,
    )


def _waiting() -> rx.Component:
    return staff.panel(
        _("Waiting"),
        parts.lines(ROW.waits, _entry, _("Nobody is on the waiting list.")),
        anchor="waiting",
        count=ROW.waiting,
        end=rx.el.span(_("whose turn it is first"), class_name="quiet"),
    )


def _entry(row: Any) -> rx.Component:
    anchor = f"off-{row.id}"
    off = dialog.confirm(
        anchor,
        _("Take off the waiting list?"),
        row.name,
        _("What is kept for them goes to the next. A visit that they have stays as it is."),
        act=_("Take off"),
        keep=_("Leave there"),
        on_confirm=WaitingList.take_off(row.id),
    )
    turn = rx.el.label(
        rx.el.span(_("How soon"), ": ", row.name, class_name="vh"),
        rx.el.span(
            rx.el.select(
                *[rx.el.option(_(words), value=key) for key, words in _TURNS],
                default_value=row.priority,
                key=f"{row.id}-{row.version}",
                on_change=lambda value: WaitingList.prioritise(row.id, row.version, value),
                class_name="in",
            ),
            icon.show("down"),
            class_name="sel",
        ),
    )
    about = rx.el.span(": ", row.name, class_name="vh")
    again = rx.cond(
        row.is_paused,
        button.plain(_("Offer again"), about, on_click=WaitingList.resume(row.id), small=True),
        rx.fragment(),
    )
    return parts.line(
        row.name,
        when(row.moves, rx.el.p(_("Earlier than"), " ", row.moves)),
        rx.el.p(row.wishes_said),
        rx.cond(
            row.is_paused,
            rx.el.p(_("Did not answer two offers: ask them, then let offers go out again.")),
            rx.fragment(),
        ),
        rx.el.p(row.since, class_name="quiet"),
        lead=badge.show(row.status_words, row.tone, row.icon),
        beside=row.title,
        href=rx.Var.create(f"/staff/patients/{row.patient_id}"),
        act=rx.fragment(turn, again, dialog.opener(anchor, _("Take off"), about, small=True), off),
        key=row.id,
    )


def _filled() -> rx.Component:
    return staff.panel(
        _("Filled in 30 days"),
        parts.lines(ROW.filled, _taken, _("No freed time was taken from the list yet.")),
        anchor="filled",
        count=ROW.filled_total,
    )


def _taken(row: Any) -> rx.Component:
    return parts.line(
        row.name,
        rx.el.p(row.what),
        lead=rx.el.span(
            rx.el.span(_("Taken"), " ", class_name="vh"), row.taken, class_name="quiet"
        ),
        href=rx.Var.create(f"/staff/patients/{row.patient_id}"),
        key=row.id,
    )


def _add() -> rx.Component:
    return staff.panel(
        rx.cond(ROW.patient_id != "", ROW.patient_name, _("Add somebody")),
        rx.cond(ROW.patient_id != "", _form(), _whom()),
        anchor="add",
    )


def _whom() -> rx.Component:
    """Finds whom to add: a few letters, then the form for who it is."""
    found: Any = WaitingList.hits
    typed = rx.el.input(
        type="search",
        id="add-find",
        name="query",
        class_name="in",
        auto_complete="off",
        max_length=100,
        on_change=WaitingList.find.debounce(PAUSE_MS),
        data_finds="true",
        aria_describedby="add-find-hint",
    )
    hint = _("A few letters of the name, a birth date, a record or phone number")
    none = rx.el.p(_("Nobody fits. Try fewer letters, or the birth date."), class_name="quiet")
    listed = rx.fragment(
        rx.el.p(found.hits.length(), " ", _("found"), role="status", class_name="vh"),
        when(
            rx.cond(found.is_close, "close", ""),
            rx.el.p(_("Nobody fits exactly. These names are close."), class_name="in-panel quiet"),
        ),
        rx.cond(
            found.hits.length() > 0,
            rx.el.ul(rx.foreach(found.hits, _hit), class_name="lines"),
            rx.el.div(none, class_name="in-panel"),
        ),
    )
    return rx.fragment(
        rx.el.div(
            rx.el.label(_("Whom to add"), html_for="add-find"),
            rx.el.span(typed, icon.show("search"), class_name="sel"),
            rx.el.p(hint, id="add-find-hint", class_name="quiet small"),
            role="search",
            class_name="in-panel seek finder",
        ),
        rx.cond(found.words != "", listed, rx.fragment()),
    )


def _hit(hit: Any) -> rx.Component:
    return parts.line(
        hit.name,
        rx.el.p(hit.beside),
        lead=icon.show("user"),
        beside=hit.age,
        href=rx.Var.create(f"/staff/waitlist?patient={hit.patient_id}"),
        key=hit.patient_id,
    )


def _form() -> rx.Component:
    return live_form.of(
        rx.el.input(type="hidden", name="patient", value=ROW.patient_id, read_only=True),
        field.select("kind", _("Kind of visit"), ROW.kinds, id="add-kind"),
        field.select("channel", _("How"), ROW.channels, id="add-channel"),
        ticks.show(
            _("With"), ROW.people, "add-with", hint=_("None ticked: with anybody who takes it")
        ),
        field.select(
            "priority", _("How soon"), [(key, _(words)) for key, words in _TURNS], id="add-turn"
        ),
        field.date("first", _("From"), id="add-first", optional=True, value=ROW.first),
        field.date("last", _("Until"), id="add-last", optional=True),
        ticks.show(_("On"), ROW.weekdays, "add-days", hint=_("None ticked: on any day")),
        ticks.show(_("When"), ROW.hours, "add-hours", hint=_("None ticked: at any time")),
        field.select(
            "notice",
            _("They need to know"),
            [(minutes, _(words)) for minutes, words in NOTICES.items()],
            id="add-notice",
        ),
        rx.el.p(icon.show("info", small=True), " ", ROW.told),
        button.group(
            button.main(_("Put on the list"), type="submit"),
            button.plain(_("Not now"), href="/staff/waitlist"),
        ),
        on_submit=WaitingList.add,
        class_name="in-panel stack",
        key=ROW.patient_id,
    )


page = Page("/staff/waitlist", _("Waiting list"), build, on_load=WaitingList.open)
