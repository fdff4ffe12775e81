"""The waiting list of a patient: what they wait for, what would suit, what is kept for them."""

from typing import Any

import reflex as rx

from portal.components import (
    badge,
    button,
    dialog,
    empty,
    field,
    frame,
    link,
    live_form,
    notice,
    offer,
    rows,
    section,
    skeleton,
    ticks,
)
from portal.components.kinds import when
from portal.pages.page import Page
from portal.state.appointments import Offers
from portal.state.waitlist import NOTICES, WAITLIST, Waitlist
from portal.words import _

ROW: Any = Waitlist.row
FORM: Any = ROW.form


def build() -> rx.Component:
    """Lays the page out."""
    return frame.patient(
        rx.cond(Waitlist.is_missing, _("We could not find that"), _("Waiting list")),
        notice.told("bad", Waitlist.problem),
        notice.told("ok", Waitlist.done),
        *told(),
        rx.cond(
            Waitlist.is_missing,
            empty.show(
                _("There is nothing to wait for here"),
                _("It may have begun, or belong to another record."),
                button.plain(_("See all appointments"), href="/appointments"),
                icon_name="calendar",
            ),
            rx.cond(Waitlist.is_loaded, _list(), skeleton.rows(_("Loading the waiting list"), 3)),
        ),
        current="appointments",
        above=link.back("/appointments", _("All appointments")),
    )


def told() -> list[rx.Component]:
    """What has just become of an offer."""
    return [notice.told("bad", Offers.problem), notice.told("ok", Offers.done)]


def offers(found: Any) -> rx.Component:
    """The times that are kept, wherever they stand."""
    return offer.each(
        found,
        lambda row: Offers.accept(row.patient_id, row.id),
        lambda row: Offers.decline(row.patient_id, row.id),
    )


def _list() -> rx.Component:
    return section.stacked(
        offers(ROW.offers),
        rx.cond(FORM.is_open, _form(), rx.fragment()),
        rx.cond(ROW.waits.length() > 0, _entries(), rx.fragment()),
        rx.cond(ROW.kinds.length() > 0, _kinds(), rx.fragment()),
        rx.cond(
            ROW.may_change | (ROW.waits.length() > 0),
            rx.fragment(),
            empty.show(
                _("Nobody waits for anything here"),
                _("Who may book for this person can put them on the waiting list."),
                icon_name="clock",
            ),
        ),
        _how_it_works(),
    )


def _entries() -> rx.Component:
    return section.titled(_("On the list for"), rows.each(ROW.waits, _entry), anchor="waiting")


def _entry(row: Any) -> rx.Component:
    anchor = f"leave-{row.id}"
    leave = dialog.confirm(
        anchor,
        _("Leave the waiting list?"),
        row.title,
        _("What is kept for you goes to somebody else. A visit that you have stays as it is."),
        act=_("Leave the list"),
        keep=_("Keep waiting"),
        on_confirm=Waitlist.leave(row.patient_id, row.id),
    )
    about = rx.el.span(": ", row.title, class_name="vh")
    resume = button.main(
        _("Offer me times again"), on_click=Waitlist.resume(row.patient_id, row.id)
    )
    acts = button.group(
        rx.cond(row.is_paused, resume, rx.fragment()),
        button.plain(_("Change"), about, href=f"{WAITLIST}?entry={row.id}"),
        dialog.opener(anchor, _("Leave the list"), about, kind="link_like"),
        leave,
    )
    return rows.row(
        row.title,
        rx.el.p(badge.show(row.status_words, row.tone, row.icon), " ", row.since),
        when(row.moves, rx.el.p(_("Earlier than"), " ", row.moves)),
        rx.el.p(row.wishes_said),
        rx.cond(
            row.is_paused,
            rx.el.p(_("Two offers went unanswered. Your place stays, but we offer nothing more.")),
            rx.fragment(),
        ),
        rx.cond(ROW.may_change, acts, rx.fragment()),
        icon_name="clock",
    )


def _kinds() -> rx.Component:
    return section.titled(
        _("What would you like to wait for?"),
        rows.each(
            ROW.kinds,
            lambda row: rows.row(row.words, href=f"{WAITLIST}?kind={row.value}"),
        ),
        anchor="kinds",
    )


def _form() -> rx.Component:
    hidden = {
        "whose": ROW.patient_id,
        "kind": FORM.kind,
        "moves": FORM.moves_id,
        "entry": FORM.entry_id,
        "version": FORM.version.to_string(),
    }
    earlier = rx.el.p(_("Earlier than"), " ", rx.el.strong(FORM.moves), ". ", _("It stays yours."))
    how = field.select("channel", _("How"), FORM.channels, value=FORM.channel, id="wish-channel")
    who = ticks.show(_("With"), FORM.people, "wish-with", hint=_("None ticked: with anybody"))
    fields = [
        *(
            rx.el.input(type="hidden", name=name, value=value, read_only=True)
            for name, value in hidden.items()
        ),
        when(FORM.moves, earlier),
        rx.cond(FORM.people.length() > 1, who, rx.fragment()),
        ticks.show(_("On"), FORM.weekdays, "wish-days", hint=_("None ticked: on any day")),
        ticks.show(_("When"), FORM.hours, "wish-hours", hint=_("None ticked: at any time")),
        field.date("first", _("From"), value=FORM.first, id="wish-first", optional=True),
        field.date(
            "last",
            _("Until"),
            hint=_("Empty: for as long as we book ahead"),
            value=FORM.last,
            id="wish-last",
            optional=True,
        ),
        field.select(
            "notice",
            _("You need to know"),
            [(minutes, _(words)) for minutes, words in NOTICES.items()],
            value=FORM.notice,
            id="wish-notice",
        ),
        rx.cond(FORM.channels.length() > 1, how, rx.fragment()),
    ]
    act = rx.cond(FORM.entry_id != "", _("Save what suits"), _("Join the waiting list"))
    return section.titled(
        FORM.title,
        live_form.of(
            *fields,
            button.group(
                button.main(act, type="submit"), button.plain(_("Not now"), href=WAITLIST)
            ),
            on_submit=Waitlist.save,
            class_name="stack card pad",
            key=f"{FORM.kind}-{FORM.entry_id}-{FORM.version}",
        ),
        anchor="wishes",
    )


def _how_it_works() -> rx.Component:
    return notice.plain(
        _("How it works"),
        _("When a time comes free that suits you, we keep it for you for a while and tell you. "
          "You take it with one tap, or leave it to the next."),
        _("We offer nothing that is too near for you or for us, and nothing at night. A visit "
          "that you have stays yours until you take an earlier one."),
    )  # fmt: skip


page = Page(WAITLIST, _("Waiting list"), build, on_load=Waitlist.open)
