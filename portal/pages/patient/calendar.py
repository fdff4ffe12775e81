"""One's own calendar: an address that it can follow, made here and ended here."""

from typing import Any

import reflex as rx

from portal.components import button, dialog, field, frame, link, notice, section, skeleton
from portal.components.kinds import when
from portal.pages.page import Page
from portal.state.calendar import OwnCalendar
from portal.state.frame import Frame
from portal.words import _

FRAME: Any = Frame.row
ROW: Any = OwnCalendar.row
ADDRESS: Any = OwnCalendar.address
ENDS = "end-address"


def build() -> rx.Component:
    """Lays the page out."""
    return frame.patient(
        _("Your own calendar"),
        notice.told("bad", OwnCalendar.problem),
        notice.told("ok", OwnCalendar.done),
        rx.cond(
            OwnCalendar.is_loaded,
            section.stacked(
                rx.cond(
                    ROW.is_made,
                    _made(),
                    rx.cond(FRAME.changes_appointments, _none(), rx.fragment()),
                ),
                _what_it_says(),
                _single(),
            ),
            skeleton.card(_("Loading your calendar"), 4),
        ),
        current="appointments",
        above=link.back("/appointments", _("All appointments")),
    )


def _none() -> rx.Component:
    return section.card(
        rx.el.h2(_("See your appointments beside everything else")),
        rx.el.p(
            _("You get an address. Give it to the calendar on your phone or computer: it shows "
              "new, moved and cancelled appointments by itself."),
        ),
        button.group(button.main(_("Make an address"), on_click=OwnCalendar.make)),
    )  # fmt: skip


def _made() -> rx.Component:
    return section.card(
        rx.el.h2(_("Your calendar can follow your appointments")),
        when(ADDRESS, _shown()),
        rx.el.p(_("Made on"), " ", ROW.made, ". ", _last_read(), class_name="quiet"),
        rx.cond(ADDRESS == "", rx.el.p(_again_said()), rx.fragment()),
        button.group(
            rx.cond(
                (ADDRESS == "") & FRAME.changes_appointments,
                button.plain(_("Make a new address"), on_click=OwnCalendar.make),
                rx.fragment(),
            ),
            dialog.opener(ENDS, _("End the address")),
        ),
        dialog.confirm(
            ENDS,
            _("End the address?"),
            _("Calendars that follow it get nothing any more. You can make a new one at any time."),
            act=_("End it"),
            keep=_("Keep it"),
            on_confirm=OwnCalendar.revoke,
        ),
    )


def _shown() -> rx.Component:
    return rx.el.div(
        field.text(
            "address",
            _("The address for your calendar"),
            hint=_("In your calendar choose “Add by address” or “Subscribe”, and paste it there."),
            value=ADDRESS,
            key=ADDRESS,
            id="calendar-address",
            read_only=True,
            auto_complete="off",
            spell_check=False,
        ),
        class_name="feed",
    )


def _last_read() -> rx.Component:
    return rx.cond(
        ROW.used != "",
        rx.fragment(_("Last read by a calendar on"), " ", ROW.used, "."),
        rx.fragment(_("No calendar has read it yet.")),
    )


def _again_said() -> str:
    return _("The address itself is not shown again: we do not keep it. A new one ends this one.")


def _what_it_says() -> rx.Component:
    return notice.info(
        _("What others may see"),
        _("The calendar says “Appointment” with our name and the time. It says nothing about your "
          "health, with whom it is, or why."),
        _("Whoever has the address can read these times. Do not pass it on. Appointments that "
          "you keep between you and us are not in it."),
    )  # fmt: skip


def _single() -> rx.Component:
    return rx.el.p(
        _("For one appointment alone, open it and choose “Add to my calendar”."),
        class_name="quiet",
    )


page = Page("/appointments/calendar", _("Your own calendar"), build, on_load=OwnCalendar.open)
