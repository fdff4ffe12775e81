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
from portal.state.appointments import Appointments, Visit
from portal.state.frame import Frame
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
        section.stacked(
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
            _to_book(),
        ),
        current="appointments",
    )


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


def _to_book() -> rx.Component:
    return notice.plain(
        _("To book or change a visit, call us"),
        rx.el.p(
            when(
                FRAME.clinic_phone,
                rx.fragment(
                    link.anchored(FRAME.clinic_phone, href=f"tel:{FRAME.clinic_phone}"), ". "
                ),
            ),
            _("You can confirm and cancel here at any time."),
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
        when(ONE.cancelled, notice.plain(_("This appointment is cancelled"), ONE.cancelled)),
        rx.cond(ONE.may_cancel, _cancel_dialog(), rx.fragment()),
        _to_book(),
    )


def _place() -> rx.Component:
    return definition.pictured(
        "pin", _("Where"), ONE.place, when(ONE.address, rx.fragment(", ", ONE.address))
    )


def _buttons() -> rx.Component:
    sure = rx.cond(
        ONE.may_confirm,
        button.main(_("Confirm I’m coming"), on_click=Visit.confirm, icon_name="check"),
        rx.fragment(),
    )
    off = rx.cond(
        ONE.may_cancel, dialog.opener(CANCELS, _("Cancel this appointment")), rx.fragment()
    )
    return rx.cond(ONE.may_confirm | ONE.may_cancel, button.group(sure, off), rx.fragment())


def _cancel_dialog() -> rx.Component:
    late = rx.cond(
        ONE.is_late,
        rx.el.p(
            rx.el.strong(_("It is less than a day away.")),
            " ",
            _("We may not find anybody else for this time. Please call us as well."),
        ),
        rx.fragment(),
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
        field.text(
            "reason",
            _("Why? It helps us plan"),
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
