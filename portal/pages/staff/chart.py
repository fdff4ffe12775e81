"""A patient's chart: who it is, and what this reader may know; the rest is not there at all."""

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
    icon,
    link,
    notice,
    skeleton,
    staff,
)
from portal.components.kinds import when
from portal.pages.page import Page
from portal.pages.staff import account, coverage, forms, opening, parts, prevention, way_back
from portal.state.staff.account import Invitation
from portal.state.staff.chart import Chart
from portal.state.staff.coverage import Coverage
from portal.state.staff.prevention import ChartCheckUps
from portal.state.staff.ways_back import PatientWayBack
from portal.words import _

MESSAGE = "message"
# A row of the state, as the Var that it is on a page.
_row: Any = Chart.row
KEYS: list[tuple[Any, ...]] = [
    ("J", _("Next")),
    ("K", _("Before")),
    ("↵", _("Open")),
    ("E", _("Message"), _row.may_write),
    ("R", _("Release"), _row.may_release),
]
_DESK_TOPICS = [
    ("appointment", _("An appointment")),
    ("bill", _("A bill")),
    ("form", _("A form or a letter")),
    ("technical", _("This website")),
]
_HEALTH_TOPICS = [("health", _("Health")), ("medicine", _("Medicines"))]


def build() -> rx.Component:
    """Lays a chart out."""
    row = _row
    missing = rx.el.div(
        rx.el.h1(_("Patient"), tab_index=-1),
        empty.show(
            _("This chart is not open to you"),
            _("It does not exist, or your role does not open charts."),
            rx.el.p(button.plain(_("Find a patient"), href="/staff/patients")),
            icon_name="lock",
        ),
        class_name="stack",
    )
    loading = rx.el.div(rx.el.h1(_("Patient"), tab_index=-1), skeleton.rows(_("Loading"), 6))
    shown = rx.cond(Chart.is_loaded, rx.cond(Chart.is_closed, missing, _chart()), loading)
    return frame.staff(
        row.name,
        shown,
        parts.all_keys(KEYS),
        current="patients",
        keys=[*KEYS, ("?", _("All keys"))],
        live_said=rx.cond(Chart.is_loaded, _("Live"), ""),
        has_heading=False,
    )


def _chart() -> rx.Component:
    row = _row
    clinical = staff.columns(
        staff.pile(_visits(), _conditions(), _medicines()),
        staff.pile(_results(), _vitals(), prevention.panel(), forms.panel(row.forms)),
        staff.pile(
            _messages(),
            _contact(),
            coverage.panel(),
            account.panel(),
            way_back.section(),
            _helpers(),
            _mails(),
        ),
        across="three-up",
    )
    plain = staff.columns(
        staff.pile(_visits(), _messages()),
        staff.pile(
            _contact(), coverage.panel(), account.panel(), way_back.section(), _helpers(), _mails()
        ),
        across="two-up",
    )
    return rx.fragment(
        _head(),
        rx.cond(row.is_clinical, _allergies(), rx.fragment()),
        opening.said(),
        notice.told("bad", Chart.problem),
        notice.told("ok", Chart.done),
        opening.asked(),
        rx.el.div(rx.cond(row.is_clinical, clinical, plain), class_name="chart"),
        _write(),
    )


def _head() -> rx.Component:
    row = _row
    write = dialog.opener(MESSAGE, _("Message"), key="E", icon_name="message")
    waits = rx.cond(
        row.may_book,
        button.plain(
            _("Waiting list"), href=f"/staff/waitlist?patient={row.patient_id}", icon_name="held"
        ),
        rx.fragment(),
    )
    return staff.chart_head(
        row.name,
        row.letters,
        staff.fact(row.born),
        when(row.died, staff.fact(row.died, icon_name="info")),
        when(row.phone, staff.fact(_call(row.phone), icon_name="phone")),
        when(row.email, staff.fact(row.email, icon_name="mail")),
        when(row.doctor, staff.fact(row.doctor, icon_name="user")),
        when(row.record_number, staff.fact(_("No."), " ", row.record_number)),
        tint=row.tint,
        buttons=button.group(rx.cond(row.may_write, write, rx.fragment()), waits),
    )


def _call(number: Any) -> rx.Component:
    return link.anchored(number, href=rx.Var.create(f"tel:{number}"))


def _allergies() -> rx.Component:
    some = rx.el.ul(
        rx.foreach(
            _row.clinical.allergies,
            lambda one: rx.el.li(
                rx.el.b(one.title),
                when(one.under, rx.fragment(" ", one.under)),
                when(one.words, rx.fragment(", ", one.words)),
            ),
        )
    )
    return rx.cond(
        _row.clinical.allergies.length() > 0,
        rx.el.section(
            icon.show("warn"),
            rx.el.h2(_("Allergies"), id="allergies-title"),
            some,
            class_name="allergies",
            aria_labelledby="allergies-title",
        ),
        rx.el.p(icon.show("info", small=True), _("No allergies are on record"), class_name="why"),
    )


def _entry(row: Any) -> rx.Component:
    status = when(row.words, badge.show(row.words, row.tone, row.icon))
    return rx.el.li(
        rx.el.div(row.at, class_name="lead-col quiet"),
        rx.el.div(
            rx.el.h3(row.title, when(row.beside, rx.el.span(" ", row.beside))),
            when(row.under, rx.el.p(row.under)),
        ),
        rx.el.div(status, class_name="acts"),
        class_name="item",
        key=row.id,
    )


def _plain_entry(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(row.at, class_name="lead-col quiet"),
        rx.el.div(rx.el.h3(row.title), when(row.under, rx.el.p(row.under))),
        class_name="item",
        key=row.id,
    )


def _list(title: str, anchor: str, rows: Any, nothing: str, **more: Any) -> rx.Component:
    render = more.pop("render", _plain_entry)
    rest = more.pop("rest", "")
    return staff.panel(
        title,
        parts.lines(rows, render, nothing),
        when(rest, rx.el.p(rest, class_name="in-panel quiet")),
        anchor=anchor,
        **more,
    )


def _visits() -> rx.Component:
    row = _row
    shown = _list(_("Visits"), "chart-visits", row.visits, _("No visits yet."), render=_entry)
    return rx.cond(row.has_visits, shown, rx.fragment())


def _messages() -> rx.Component:
    row = _row
    shown = _list(_("Messages"), "chart-messages", row.threads, _("No messages."), render=_thread)
    return rx.cond(row.has_messages, shown, rx.fragment())


def _thread(row: Any) -> rx.Component:
    return parts.line(
        row.title,
        row.under,
        lead=rx.el.span(row.at, class_name="quiet"),
        href=row.href,
        end=badge.show(row.words, row.tone, row.icon),
        key=row.id,
    )


def _conditions() -> rx.Component:
    part = _row.clinical
    return _list(
        _("Conditions"),
        "conditions",
        part.conditions,
        _("No conditions are on record."),
        rest=part.more_conditions,
    )


def _medicines() -> rx.Component:
    part = _row.clinical
    return _list(
        _("Medicines"),
        "medicines",
        part.medicines,
        _("No medicines are on record."),
        rest=part.more_medicines,
    )


def _results() -> rx.Component:
    part = _row.clinical
    return _list(
        _("Results"),
        "chart-results",
        part.results,
        _("No results yet."),
        render=_result,
        rest=part.more_results,
    )


def _result(row: Any) -> rx.Component:
    act = rx.cond(
        row.may_release,
        parts.press(_("Release"), "R", Chart.release(row.id), row.title, data_stop="true"),
        rx.fragment(),
    )
    return rx.el.li(
        rx.el.div(row.at, class_name="lead-col quiet"),
        rx.el.div(
            rx.el.h3(row.title),
            rx.el.p(row.said),
            when(row.words, rx.el.p(badge.show(row.words, row.tone, row.icon))),
        ),
        rx.el.div(act, class_name="acts"),
        class_name="item",
        data_line="true",
        key=row.id,
    )


def _vitals() -> rx.Component:
    part = _row.clinical
    facts = rx.el.dl(
        rx.foreach(
            part.vitals,
            lambda one: rx.el.div(
                rx.el.dt(one.title),
                rx.el.dd(rx.el.b(one.value), rx.el.span(" ", one.at, class_name="quiet")),
                key=one.id,
            ),
        ),
        class_name="facts",
    )
    return rx.cond(
        part.vitals.length() > 0,
        staff.panel(_("Last measured"), facts, anchor="vitals"),
        rx.fragment(),
    )


def _contact() -> rx.Component:
    row = _row
    facts = definition.show(
        when(row.address, definition.entry(_("Address"), row.address)),
        when(row.phone, definition.entry(_("Phone"), _call(row.phone))),
        when(row.email, definition.entry(_("E-mail"), row.email)),
        when(
            row.bounced,
            definition.entry(
                _("Mails and texts"), badge.show(_("Refused"), "warn", "mail"), " ", row.bounced
            ),
        ),
        when(row.language, definition.entry(_("Language"), row.language)),
        definition.entry(_("Portal account"), row.has_account),
    )
    return staff.panel(_("Contact"), facts, anchor="contact")


def _helpers() -> rx.Component:
    listed = rx.cond(
        _row.helpers.length() > 0,
        rx.el.ul(rx.foreach(_row.helpers, _helper), class_name="lines"),
        rx.el.p(_("Nobody is on record."), class_name="in-panel quiet"),
    )
    more = link.to(f"/staff/helps/{_row.patient_id}", _("Helpers and confidential parts"))
    return staff.panel(
        _("Who helps"), listed, rx.el.p(more, class_name="in-panel"), anchor="helpers"
    )


def _helper(row: Any) -> rx.Component:
    tone = rx.cond(row.has_access, "helper", "")
    return rx.el.li(
        rx.el.div(badge.show(_("Helper"), tone, "helper"), class_name="lead-col"),
        rx.el.div(
            rx.el.h3(row.name, when(row.relationship, rx.el.span(" ", row.relationship))),
            rx.el.p(row.access, when(row.phone, rx.fragment(", ", row.phone))),
        ),
        class_name="item",
    )


def _mails() -> rx.Component:
    """The ledger of what was to be told to the patient and who helps, and what became of it."""
    shown = _list(
        _("Mails"), "chart-mails", _row.mails, _("No mails were intended yet."), render=_mail
    )
    return rx.cond(_row.has_visits, shown, rx.fragment())


def _mail(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(badge.show(row.status, row.tone), class_name="lead-col"),
        rx.el.div(
            rx.el.h3(row.what, when(row.whom, rx.el.span(" ", row.whom))),
            rx.el.p(row.at),
            when(row.why, rx.el.p(row.why)),
        ),
        class_name="item",
        key=row.id,
    )


def _write() -> rx.Component:
    topics = rx.cond(
        _row.is_clinical,
        field.select("topic", _("About"), [*_HEALTH_TOPICS, *_DESK_TOPICS]),
        field.select("topic", _("About"), _DESK_TOPICS),
    )
    form = dialog.form(
        MESSAGE,
        _("Write to this patient"),
        topics,
        field.text("subject", _("Subject"), max_length=200, required=True),
        field.textarea("body", _("Message"), max_length=8000, required=True),
        act=_("Send message"),
        keep=_("Not now"),
        on_submit=Chart.write,
    )
    return rx.cond(_row.may_write, form, rx.fragment())


page = Page(
    "/staff/patients/[id]",
    _("Patient"),
    build,
    on_load=[
        Chart.open,
        Coverage.open,
        Invitation.open,
        PatientWayBack.open,
        ChartCheckUps.open,
    ],
)
