"""Appointments: coming and past ones, and one by itself."""

from typing import Any

import reflex as rx

from portal.components import (
    badge,
    button,
    definition,
    dialog,
    empty,
    field,
    frame,
    leaf,
    link,
    notice,
    pager,
    rows,
    section,
    segment,
    skeleton,
    visit,
)
from portal.components.kinds import when
from portal.pages.page import Page
from portal.pages.patient import waitlist
from portal.state.appointments import REASONS, Appointments, Visit
from portal.state.booking import BOOK
from portal.state.frame import Frame
from portal.state.waitlist import WAITLIST
from portal.words import _

FRAME: Any = Frame.row
LIST: Any = Appointments.row
ONE: Any = Visit.row
REASON_MAX = 200
CANCELS = "cancel-visit"


def build_list() -> rx.Component:
    """Lays the list of visits out."""
    return frame.patient(
        _("Appointments"),
        notice.told("bad", Appointments.problem),
        *waitlist.told(),
        section.stacked(
            waitlist.offers(Appointments.offers),
            rx.cond(
                FRAME.changes_appointments,
                button.group(_book()),
                rx.fragment(),
            ),
            segment.links(
                _("Which appointments"),
                [
                    ("coming", "/appointments", _("Coming")),
                    ("past", "/appointments?show=past", _("Past and cancelled")),
                ],
                Appointments.shown,
            ),
            rx.cond(
                Appointments.is_loaded,
                _visits(),
                skeleton.rows(_("Loading your appointments"), 3, kind="day"),
            ),
            _more_ways(),
        ),
        current="appointments",
    )


def _book() -> rx.Component:
    """One filled button on a screen: while a time is kept, that is the one that takes it."""
    words, way = _("Book an appointment"), {"href": BOOK, "icon_name": "plus"}
    offers: Any = Appointments.offers
    return rx.cond(offers.length() > 0, button.plain(words, **way), button.main(words, **way))


def _more_ways() -> rx.Component:
    """What else there is: one's own calendar, and our phone."""
    own = rows.row(
        _("See them in your own calendar"),
        _("On your phone or computer, always up to date"),
        href="/appointments/calendar",
        icon_name="calendar",
        level=rows.TOP,
    )
    waits = rows.row(
        _("Waiting list"),
        _("For an earlier time, or where nothing is free"),
        href=WAITLIST,
        icon_name="clock",
        level=rows.TOP,
    )
    return rx.fragment(rows.list_(waits, own, label=_("More about appointments")), _to_us())


def _visits() -> rx.Component:
    nothing = rx.cond(
        Appointments.shown == "past",
        empty.show(
            _("No past appointments"),
            _("After your first visit with us, it stands here."),
            icon_name="calendar",
        ),
        empty.show(
            _("No appointment is planned"),
            _("When one is booked, you see here when, where and with whom."),
            icon_name="calendar",
        ),
    )
    turning = pager.leaf(LIST.leaf, Appointments.turn)
    some = rx.el.div(rows.each(LIST.rows, _visit_row, label=_("Appointments")), turning)
    return rx.cond(LIST.rows.length() > 0, some, nothing)


def _visit_row(row: Any) -> rx.Component:
    return rows.row(
        row.when,
        rx.el.p(row.title, ", ", row.who),
        when(row.place, rx.el.p(row.place)),
        rx.el.p(badge.show(row.status_words, row.tone, row.icon)),
        href=f"/appointments/{row.id}",
        lead=leaf.show(row.month, row.day, row.kind),
        kind=row.far,
        day=True,
        level=2,
    )


def _to_us() -> rx.Component:
    return notice.plain(
        _("Would you rather talk to us?"),
        rx.el.p(
            _("We book and change visits by phone as well."),
            " ",
            when(
                FRAME.clinic_phone,
                link.anchored(FRAME.clinic_phone, href=f"tel:{FRAME.clinic_phone}"),
            ),
        ),
        icon_name="phone",
    )


def build_one() -> rx.Component:
    """Lays one visit out."""
    return frame.patient(
        rx.cond(
            Visit.is_missing,
            _("We could not find that"),
            rx.cond(ONE.title != "", ONE.title, _("Appointment")),
        ),
        notice.told("bad", Visit.problem),
        notice.told("ok", Visit.done),
        rx.cond(
            Visit.is_missing,
            empty.show(
                _("There is no such appointment here"),
                _("It may belong to another record. Your appointments are in the list."),
                button.plain(_("See all appointments"), href="/appointments"),
                icon_name="calendar",
            ),
            rx.cond(Visit.is_loaded, _visit(), skeleton.card(_("Loading the appointment"), 6)),
        ),
        current="appointments",
        above=link.back("/appointments", _("All appointments")),
    )


def _visit() -> rx.Component:
    return section.stacked(
        visit.next_card(
            ONE.when,
            rx.fragment(ONE.at, " ", _("to"), " ", ONE.until),
            definition.icons(
                definition.pictured(
                    "user", _("With"), ONE.who, when(ONE.role, rx.fragment(", ", ONE.role))
                ),
                when(ONE.channel, definition.pictured(ONE.channel_icon, _("How"), ONE.channel)),
                when(ONE.series, definition.pictured("again", _("One of a series"), ONE.series)),
                rx.cond(ONE.place != "", _place(), rx.fragment()),
                rx.cond(
                    ONE.reason != "",
                    definition.pictured("note", _("Reason"), ONE.reason),
                    rx.fragment(),
                ),
            ),
            month=ONE.month,
            day=ONE.day,
            kind=ONE.kind,
            status=rx.el.div(
                when(ONE.far, visit.how_far(ONE.far)),
                badge.show(ONE.status_words, ONE.tone, ONE.icon),
                class_name="wrap",
            ),
            buttons=_buttons(),
        ),
        when(ONE.preparation, notice.info(_("How to prepare"), ONE.preparation)),
        when(ONE.directions, notice.plain(_("How to find us"), ONE.directions, icon_name="pin")),
        when(ONE.cancelled, notice.plain(_("This appointment is cancelled"), ONE.cancelled)),
        rx.cond(ONE.may_cancel, _cancel_dialog(), rx.fragment()),
        _to_us(),
    )


def _place() -> rx.Component:
    shown = rx.fragment(
        rx.el.br(),
        link.anchored(_("Show on a map"), href=ONE.map, rel="noreferrer", target="_blank"),
        rx.el.span(" ", _("(at openstreetmap.org)"), class_name="quiet small"),
    )
    return definition.pictured(
        "pin",
        _("Where"),
        ONE.place,
        when(ONE.address, rx.fragment(", ", ONE.address)),
        when(ONE.map, shown),
    )


def _buttons() -> rx.Component:
    here = rx.cond(
        ONE.may_come,
        button.main(_("I’m here"), on_click=Visit.come, icon_name="pin"),
        rx.fragment(),
    )
    # One filled button at a time: on the day the one that says that one is there.
    sure = rx.cond(
        ONE.may_confirm & ~ONE.may_come,
        button.main(_("Confirm I’m coming"), on_click=Visit.confirm, icon_name="check"),
        rx.fragment(),
    )
    move = rx.cond(
        ONE.may_move,
        button.plain(_("Change the time"), href=f"{BOOK}?moves={ONE.id}"),
        rx.fragment(),
    )
    kept = rx.cond(
        ~ONE.is_past & (ONE.cancelled == ""),
        button.plain(
            _("Add to my calendar"), href=f"/files/visits/{ONE.id}.ics", outside=True,
            icon_name="calendar",
        ),
        rx.fragment(),
    )  # fmt: skip
    earlier = rx.cond(
        ONE.may_wait,
        button.link_like(
            _("Tell me if something earlier comes free"), href=f"{WAITLIST}?moves={ONE.id}"
        ),
        rx.fragment(),
    )
    off = rx.cond(
        ONE.may_cancel,
        dialog.opener(CANCELS, _("Cancel this appointment"), kind="link_like"),
        rx.fragment(),
    )
    return button.group(here, sure, move, kept, earlier, off)


def _cancel_dialog() -> rx.Component:
    late = when(
        ONE.late,
        notice.warn(
            ONE.late,
            _("That is late: we may find nobody else for it. Please call us as well."),
        ),
    )
    return dialog.form(
        CANCELS,
        _("Cancel this appointment?"),
        rx.el.p(
            ONE.when,
            ", ",
            ONE.who,
            ". ",
            _("The time goes to somebody else at once. It costs nothing."),
        ),
        late,
        field.radio(
            "code",
            _("Why? It helps us plan"),
            [(code, _(words), "") for code, words in REASONS.items()],
        ),
        field.text(
            "reason",
            _("In your own words"),
            id="cancel-reason",
            optional=True,
            max_length=REASON_MAX,
            auto_complete="off",
        ),
        act=_("Cancel the appointment"),
        keep=_("Keep it"),
        on_submit=Visit.cancel,
    )


list_page = Page("/appointments", _("Appointments"), build_list, on_load=Appointments.open)
one_page = Page(
    "/appointments/[id]", _("Appointment"), build_one, on_load=[Visit.clear, Visit.open]
)
