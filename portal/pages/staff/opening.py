"""What stands before a closed record, and over one that was opened: part of the chart's page."""

from typing import Any

import reflex as rx

from portal.components import button, dialog, field, icon, link, live_form, notice, section, staff
from portal.state.staff.chart import Chart
from portal.state.staff.opening import Opening
from portal.words import _

EMERGENCY = "emergency"
CLOSE = "close-record"
_row: Any = Chart.row
_opening: Any = _row.opening


def asked() -> rx.Component:
    """Asks why the record is needed, where it is closed to this person."""
    return rx.cond(_opening.needs_reason, _closed(), rx.fragment())


def said() -> rx.Component:
    """Says why the record is open, and until when."""
    stated = notice.info(
        _("You opened this record with a reason"),
        rx.el.p(_opening.why, ". ", _opening.left, ", ", _("until "), _opening.ends, ". ", _seen()),
        button.group(_close()),
        role="note",
    )
    emergency = notice.bad(
        _("Emergency access"),
        rx.el.p(rx.el.strong(_time_left(_opening)), ", ", _("until "), _opening.ends, ". "),
        rx.el.p(_("Your reason: "), _opening.why, ". ", _("The manager has been told. "), _seen()),
        button.group(_close()),
        role="note",
    )
    treats = staff.why(
        _("This record is open to you because "),
        _opening.why,
        ". ",
        _("The patient sees in their record that you opened this chart."),
    )
    plain = staff.why(_("The patient sees in their record that you opened this chart."))
    treating = rx.cond(_opening.why != "", treats, plain)
    named = rx.el.div(rx.cond(_opening.is_emergency, emergency, stated), class_name="opened")
    is_named = _opening.is_emergency | _opening.is_stated
    return rx.fragment(rx.cond(is_named, named, treating), _ask_to_close())


def over(opening: Any, patient_id: Any) -> rx.Component:
    """Stands over what is read on another page while a record is open for a reason."""
    ends = rx.el.p(rx.el.strong(_time_left(opening)), ", ", _("until "), opening.ends, ". ")
    chart = link.to(f"/staff/patients/{patient_id}", _("Close it on the patient’s page"))
    body = (ends, rx.el.p(_("Your reason: "), opening.why, ". ", _seen(), " ", chart, "."))
    emergency = notice.bad(_("Emergency access"), *body, role="note")
    stated = notice.info(_("You opened this record with a reason"), *body, role="note")
    shown = rx.el.div(rx.cond(opening.is_emergency, emergency, stated), class_name="in-panel")
    return rx.cond(opening.is_emergency | opening.is_stated, shown, rx.fragment())


def _seen() -> str:
    return _("The patient sees your name and this reason under “Who has looked at my record?”")


def _time_left(opening: Any) -> rx.Component:
    return rx.el.span(opening.left, data_until=opening.until, data_words=_("{count} minutes left"))


def _close() -> rx.Component:
    return dialog.opener(CLOSE, _("I am done with this record"))


def _ask_to_close() -> rx.Component:
    ask = dialog.confirm(
        CLOSE,
        _("Close this record?"),
        _("You see it again only with a new reason."),
        act=_("Close the record"),
        keep=_("Keep it open"),
        on_confirm=Opening.close,
        is_danger=False,
    )
    return rx.cond(_opening.is_stated | _opening.is_emergency, ask, rx.fragment())


def _closed() -> rx.Component:
    form = rx.cond(_opening.may_state, _reasons(), rx.fragment())
    return rx.fragment(
        rx.el.section(
            rx.el.h2(
                rx.fragment(_("Why do you need this record: "), _row.name, "?"),
                id="reason-title",
            ),
            rx.el.p(_opening.said),
            notice.told("bad", Opening.problem),
            form,
            rx.el.div(_emergency_way(), class_name="stack soft-end"),
            class_name="card pad stack asks-why",
            aria_labelledby="reason-title",
        ),
        rx.cond(_opening.is_confirmed, _emergency(), rx.fragment()),
    )


def _reasons() -> rx.Component:
    return live_form.of(
        rx.el.div(
            field.radio("reason", _("Reason"), _opening.reasons, required=True),
            field.text(
                "note",
                _("In words"),
                optional=True,
                max_length=300,
                hint=_("Needed for “Another reason”. The patient can read it."),
            ),
            _who_sees(),
            button.group(button.main(_("Open the record"), type="submit")),
            class_name="stack",
        ),
        on_submit=Opening.state_reason,
    )


def _who_sees() -> rx.Component:
    return rx.el.p(
        icon.show("eye", small=True),
        rx.el.span(
            _("Your name, the time and this reason stand in the patient’s access log."),
            " ",
            _("It stays open to you until "),
            _opening.ends,
            ".",
        ),
        class_name="quiet small",
    )


def _emergency_way() -> rx.Component:
    here = f"/confirm?then=/staff/patients/{_row.patient_id}"
    confirm = rx.fragment(
        rx.el.p(_("First confirm with your second factor that it is you, then say why.")),
        rx.el.p(button.plain(_("Confirm that it is you"), href=rx.Var.create(here))),
    )
    return rx.el.details(
        section.opener(_("It is an emergency")),
        rx.el.div(
            rx.el.p(
                _("Emergency access opens the record "),
                _opening.emergency_ends,
                _(". The manager is told at once, and the patient sees it."),
            ),
            rx.cond(
                _opening.is_confirmed,
                rx.el.p(dialog.opener(EMERGENCY, _("Use emergency access"), kind="danger")),
                confirm,
            ),
            class_name="stack",
        ),
    )


def _emergency() -> rx.Component:
    return dialog.form(
        EMERGENCY,
        _("Emergency access"),
        rx.el.p(_("The manager is told now. The patient sees your name and these words.")),
        field.textarea(
            "words", _("What has happened?"), rows=3, max_length=300, min_length=10, required=True
        ),
        act=_("Open the record now"),
        keep=_("Not now"),
        on_submit=Opening.break_glass,
    )
