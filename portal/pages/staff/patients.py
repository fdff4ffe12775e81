"""Finding a patient: type, arrow down or Enter, and the chart is open."""

from typing import Any

import reflex as rx

from portal.components import badge, icon, notice, staff
from portal.components.kinds import when
from portal.pages.page import Page
from portal.pages.staff import parts
from portal.state.staff.patients import Patients
from portal.words import _

# As long as a finger rests between two letters.
PAUSE_MS = 90
KEYS = [("↓", _("To the first")), ("J", _("Next")), ("K", _("Before")), ("↵", _("Open"))]


def build() -> rx.Component:
    """Lays the search out."""
    return parts.page(
        Patients,
        _("Patients"),
        _box(),
        rx.cond(Patients.words != "", _found(), _recent()),
        current="patients",
        keys=KEYS,
        has_find=False,
    )


def _box() -> rx.Component:
    typed = rx.el.input(
        type="search",
        id="find-patient",
        name="query",
        class_name="in",
        auto_complete="off",
        auto_focus=True,
        max_length=100,
        default_value=Patients.words,
        on_change=Patients.find.debounce(PAUSE_MS),
        data_slash="true",
        data_finds="true",
        data_keeps_focus="true",
        aria_describedby="find-hint",
        custom_attrs={"aria-keyshortcuts": "/"},
    )
    hint = _("A few letters in any order, a birth date (17 5 1975), a record or phone number")
    return rx.el.div(
        rx.el.label(_("Find a patient"), html_for="find-patient", class_name="vh"),
        rx.el.span(typed, icon.show("search"), class_name="sel"),
        rx.el.p(hint, id="find-hint", class_name="quiet small"),
        role="search",
        class_name="seek finder",
    )


def _found() -> rx.Component:
    found: Any = Patients.found
    close = _("Nobody fits exactly. These names are close.")
    behind = rx.cond(
        found.behind > 0,
        notice.info(
            _("Some records came a moment ago"),
            rx.el.p(found.behind, " ", _("of them cannot be found yet. Search again in a moment.")),
        ),
        rx.fragment(),
    )
    listed = staff.panel(
        rx.cond(found.is_close, _("Close"), _("Found")),
        when(rx.cond(found.is_close, close, ""), rx.el.p(close, class_name="in-panel quiet")),
        parts.lines(
            found.hits,
            _hit,
            _("Nobody fits. Try fewer letters, or the birth date."),
        ),
        rx.cond(
            found.has_more,
            rx.el.p(
                _("More people fit. Type another letter or the birth year."),
                class_name="in-panel quiet",
            ),
            rx.fragment(),
        ),
        anchor="found",
        count=found.hits.length(),
    )
    said = rx.el.p(found.hits.length(), " ", _("found"), role="status", class_name="vh")
    return rx.fragment(said, behind, listed)


def _recent() -> rx.Component:
    return staff.panel(
        _("You opened last"),
        parts.lines(
            Patients.recent,
            _hit,
            _("Charts that you open stand here, so that you find them again."),
        ),
        anchor="recent",
    )


def _hit(hit: Any) -> rx.Component:
    phone = when(hit.phone_end, rx.el.span(_("Phone ends in"), " ", hit.phone_end))
    number = when(hit.record_number, rx.el.span(_("No."), " ", hit.record_number))
    return parts.line(
        hit.name,
        rx.el.p(number, phone, class_name="apart"),
        lead=rx.el.span(hit.born),
        beside=rx.cond(hit.deceased, "", hit.age),
        href=f"/staff/patients/{hit.patient_id}",
        end=rx.cond(hit.deceased, badge.show(_("Has died"), "", "info"), rx.fragment()),
        key=hit.patient_id,
    )


page = Page("/staff/patients", _("Patients"), build, on_load=Patients.open)
