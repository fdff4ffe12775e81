"""One patient's helpers, as staff decide on them; what waits is among the requests."""

from typing import Any

import reflex as rx

from portal.components import (
    badge,
    button,
    dialog,
    field,
    icon,
    kept,
    link,
    live_form,
    notice,
    section,
    staff,
)
from portal.components.kinds import when
from portal.pages.page import Page
from portal.pages.staff import parts
from portal.security import scopes
from portal.services.family import choices
from portal.services.family.staff import bases, change_reasons
from portal.state.staff.helps import PatientHelps
from portal.words import _

ROW: Any = PatientHelps.row
WAITING: Any = PatientHelps.waiting
LEVELS = [("", _("Nothing")), ("read", _("May see")), ("act", _("May see and act"))]


def build_patient() -> rx.Component:
    """Lays out who helps a patient."""
    row = ROW
    helps = staff.panel(
        _("People who help"),
        parts.lines(row.helps, _help, _("Nobody helps this patient here.")),
        anchor="helps",
    )
    marks = staff.panel(
        _("Kept from helpers"),
        rx.el.p(
            _("What is marked here, no parent and no helper sees: not in lists, not in notices."),
            class_name="in-panel quiet",
        ),
        parts.lines(row.marks, _mark, _("There is nothing to mark yet.")),
        anchor="marks",
    )
    shared = rx.cond(
        row.collisions.length() > 0,
        notice.warn(
            _("This young person’s account is not theirs alone"),
            rx.el.ul(rx.foreach(row.collisions, rx.el.li)),
            _("Ask for an address of their own, and change it with them."),
        ),
        rx.fragment(),
    )
    code = rx.el.p(rx.el.strong(PatientHelps.code), class_name="big")
    return parts.page(
        PatientHelps,
        rx.cond(row.name != "", rx.fragment(_("Helpers of"), " ", row.name), _("Helpers")),
        rx.el.p(link.back(f"/staff/patients/{row.patient_id}", _("To the chart"))),
        rx.cond(PatientHelps.code != "", code, rx.fragment()),
        shared,
        kept.waiting(WAITING.act, WAITING.form),
        staff.pile(
            rx.cond(row.may_decide, rx.fragment(helps, _application()), rx.fragment()), marks
        ),
        current="patients",
    )


def _help(one: Any) -> rx.Component:
    row = one.row
    buttons = rx.fragment(
        rx.cond(one.may_check, _check(one), rx.fragment()),
        rx.cond(
            one.may_invite,
            button.plain(_("Send link"), small=True, on_click=PatientHelps.invite(row.id)),
            rx.fragment(),
        ),
        rx.cond(one.may_activate, _activate(one), rx.fragment()),
        rx.cond(one.may_change, _change(one), rx.fragment()),
        rx.cond(one.may_reject, _step(row, "rejected", _("Turn down")), rx.fragment()),
        rx.cond(one.may_suspend, _step(row, "suspended", _("Stop for now")), rx.fragment()),
        rx.cond(
            one.may_resume,
            button.plain(_("Open again"), small=True, on_click=PatientHelps.resume(row.id)),
            rx.fragment(),
        ),
        rx.cond(one.may_end, _step(row, "ended", _("End")), rx.fragment()),
    )
    return rx.el.li(
        rx.el.div(badge.show(row.state_words, row.tone, row.icon), class_name="lead-col"),
        rx.el.div(
            rx.el.h3(row.name),
            rx.el.p(row.kind, when(row.why, rx.fragment(" · ", row.why))),
            rx.el.ul(rx.foreach(row.can, rx.el.li), class_name="bare small"),
            when(row.until, rx.el.p(_("Until"), " ", row.until, class_name="quiet")),
            when(row.age_says, rx.el.p(row.age_says, class_name="quiet")),
            rx.cond(one.more_by != "", _proposed(one), rx.fragment()),
            when(one.second, rx.el.p(icon.show("info", small=True), " ", one.second)),
            rx.el.details(
                section.opener(_("Steps")),
                rx.el.ul(
                    rx.foreach(row.history, lambda step: rx.el.li(step.at, ": ", step.words)),
                    class_name="bare small",
                ),
            ),
        ),
        rx.el.div(buttons, class_name="acts"),
        class_name="item",
        key=row.id,
    )


def _hidden(name: str, value: Any) -> rx.Component:
    return rx.el.input(type="hidden", name=name, value=value, read_only=True)


def _note(anchor: Any) -> rx.Component:
    return field.text("note", _("Note for the file"), id=f"note-{anchor}", optional=True)


def _check(one: Any) -> rx.Component:
    anchor = f"check-{one.row.id}"
    return rx.fragment(
        dialog.opener(anchor, _("Identity checked"), small=True),
        dialog.form(
            anchor,
            _("What have you seen?"),
            rx.el.p(_("Needed:"), " ", one.proof_words),
            _hidden("help_id", one.row.id),
            field.select("proof", _("Proof"), one.proofs, id=f"proof-{anchor}"),
            _note(anchor),
            act=_("Identity checked"),
            keep=_("Not now"),
            on_submit=PatientHelps.check,
        ),
    )


def _activate(one: Any) -> rx.Component:
    row = one.row
    anchor = f"open-{row.id}"
    areas = [
        field.select(area, _(words), LEVELS, id=f"{area}-{anchor}", value=row.held[area])
        for area, words in scopes.AREAS.items()
    ]
    return rx.fragment(
        dialog.opener(anchor, _("Open the record"), small=True, kind="main"),
        dialog.form(
            anchor,
            _("What may they see and do?"),
            _hidden("help_id", row.id),
            _hidden("whose", one.patient_id),
            field.select("basis", _("On which ground?"), bases(), id=f"basis-{anchor}"),
            *areas,
            field.date("ends_on", _("Last day"), id=f"ends-{anchor}", optional=True),
            act=_("Open the record"),
            keep=_("Not now"),
            on_submit=PatientHelps.activate,
            data_keeps="activate",
        ),
    )


def _change(one: Any) -> rx.Component:
    row = one.row
    anchor = f"change-{row.id}"
    areas = [
        field.select(area, _(words), LEVELS, id=f"{area}-{anchor}", value=row.held[area])
        for area, words in scopes.AREAS.items()
    ]
    return rx.fragment(
        dialog.opener(anchor, _("Change"), _about(row), small=True),
        dialog.form(
            anchor,
            rx.fragment(_("What may they see and do?"), _about(row)),
            rx.el.p(_("Less holds at once. More or longer waits for a second member of staff.")),
            _hidden("help_id", row.id),
            _hidden("whose", one.patient_id),
            *areas,
            field.date(
                "ends_on",
                _("Last day"),
                id=f"ends-{anchor}",
                value=row.until_date,
                optional=True,
            ),
            field.select("reason", _("Why?"), change_reasons(), id=f"why-{anchor}"),
            _note(anchor),
            act=_("Change"),
            keep=_("Leave as it is"),
            on_submit=PatientHelps.change,
            data_keeps="change",
        ),
    )


def _proposed(one: Any) -> rx.Component:
    row = one.row
    return rx.el.div(
        rx.el.p(rx.el.b(_("Proposed by"), " ", one.more_by, ":")),
        rx.el.ul(rx.foreach(one.more, rx.el.li), class_name="bare small"),
        when(one.more_until, rx.el.p(_("Until"), " ", one.more_until, class_name="quiet")),
        button.group(
            button.plain(
                _("Approve"), _about(row), small=True, on_click=PatientHelps.approve(row.id)
            ),
            button.plain(
                _("Turn down"), _about(row), small=True, on_click=PatientHelps.turn_down(row.id)
            ),
        ),
    )


def _about(row: Any) -> rx.Component:
    return rx.el.span(": ", row.name, class_name="vh")


def _step(row: Any, state: str, words: str) -> rx.Component:
    anchor = f"{state}-{row.id}"
    act = {
        "rejected": PatientHelps.reject,
        "suspended": PatientHelps.suspend,
        "ended": PatientHelps.end,
    }[state]
    return rx.fragment(
        dialog.opener(anchor, words, small=True),
        dialog.form(
            anchor,
            words,
            _hidden("help_id", row.id),
            field.select("reason", _("Why?"), choices(state), id=f"reason-{anchor}"),
            _note(anchor),
            act=words,
            keep=_("Not now"),
            on_submit=act,
        ),
    )


def _application() -> rx.Component:
    form = live_form.of(
        field.text("name", _("Name"), max_length=200, required=True, autocomplete="off"),
        field.select("kind", _("Who is it?"), ROW.kinds),
        field.text("relationship", _("Relationship"), optional=True, autocomplete="off"),
        field.email("email", _("E-mail address"), optional=True, autocomplete="off"),
        field.phone("phone", _("Phone number"), optional=True, autocomplete="off"),
        field.text("note", _("Note for the file"), optional=True, autocomplete="off"),
        button.group(button.plain(_("Write it down"), type="submit")),
        on_submit=PatientHelps.apply,
        reset_on_submit=True,
        class_name="stack in-panel",
        no_validate=True,
    )
    return staff.panel(
        _("Somebody asks to help"),
        rx.el.details(section.opener(_("Write down who asks")), form, class_name="in-panel"),
        anchor="application",
    )


def _mark(row: Any) -> rx.Component:
    about = rx.el.span(": ", row.title, class_name="vh")
    act = rx.cond(
        row.is_confidential,
        button.plain(
            _("Open to helpers"),
            about,
            small=True,
            on_click=PatientHelps.mark(row.kind, row.id, False),  # noqa: FBT003
        ),
        button.plain(
            _("Keep from helpers"),
            about,
            small=True,
            on_click=PatientHelps.mark(row.kind, row.id, True),  # noqa: FBT003
        ),
    )
    state = rx.cond(
        row.is_confidential, badge.show(_("Confidential"), "helper", "lock"), rx.fragment()
    )
    return rx.el.li(
        rx.el.div(row.at, class_name="lead-col quiet"),
        rx.el.div(rx.el.h3(row.title), rx.el.p(row.kind_words), state),
        rx.el.div(act, class_name="acts"),
        class_name="item",
        key=row.id,
    )


pages = [
    Page("/staff/helps/[id]", _("Helpers"), build_patient, on_load=PatientHelps.open),
]
