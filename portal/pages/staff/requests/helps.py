"""Helps that wait for the clinic, and limits on a use that patients ask for."""

from typing import Any

import reflex as rx

from portal.components import badge, dialog, field, link, notice, staff
from portal.components.kinds import when
from portal.pages.staff import parts
from portal.state.staff.helps import HelpsQueue
from portal.words import _

ROW: Any = HelpsQueue.row
ASKED: Any = HelpsQueue.asked


def told() -> list[rx.Component]:
    """What has just happened here."""
    return [notice.told("bad", HelpsQueue.problem), notice.told("ok", HelpsQueue.done)]


def waiting() -> rx.Component:
    """The helps that wait for a decision."""
    shown = staff.panel(
        _("Helpers"),
        parts.lines(ROW.helps, _waiting, _("No help waits for a decision.")),
        anchor="helps",
        count=ROW.helps.length(),
    )
    return rx.cond(HelpsQueue.decides, shown, rx.fragment())


def restrictions() -> rx.Component:
    """The requests to restrict a use: those without an answer first, then what holds."""
    shown = staff.panel(
        _("Requests to restrict a use"),
        parts.lines(ASKED.rows, _request, _("No request waits.")),
        anchor="restrictions",
        count=ASKED.waiting,
    )
    return rx.cond(HelpsQueue.answers, shown, rx.fragment())


def _waiting(one: Any) -> rx.Component:
    return parts.line(
        one.row.name,
        rx.fragment(one.row.kind, " · ", _("for"), " ", one.patient_name),
        lead=badge.show(one.row.state_words, one.row.tone, one.row.icon),
        href=rx.Var.create(f"/staff/helps/{one.patient_id}"),
        key=one.row.id,
    )


def _request(row: Any) -> rx.Component:
    waits = row.state == "requested"
    forms = rx.cond(
        waits,
        rx.fragment(
            _answer(row, "accepted", _("Accept"), has_team=True),
            _answer(row, "rejected", _("Not possible"), has_team=False),
        ),
        _answer(row, "ended", _("End it"), has_team=False),
    )
    return rx.el.li(
        rx.el.div(badge.show(row.state_words, row.tone, row.icon), class_name="lead-col"),
        rx.el.div(
            rx.el.h3(
                link.to(f"/staff/patients/{row.patient_id}", row.patient_name, data_stop="true")
            ),
            rx.el.p(row.what),
            rx.el.p(row.asked, class_name="quiet"),
            when(row.answer, rx.el.p(rx.el.b(_("Answer:"), " "), row.answer)),
        ),
        rx.el.div(forms, class_name="acts"),
        class_name="item busy above",
        key=row.id,
        data_line="true",
    )


def _answer(row: Any, status: str, words: str, *, has_team: bool) -> rx.Component:
    anchor = f"{status}-{row.id}"
    team = field.checkbox(
        "care_team_only",
        _("From now on only the care team opens the record"),
        id=f"team-{row.id}",
    )
    return rx.fragment(
        dialog.opener(anchor, words, small=True),
        dialog.form(
            anchor,
            words,
            rx.el.input(type="hidden", name="request_id", value=row.id, read_only=True),
            rx.el.input(type="hidden", name="status", value=status, read_only=True),
            field.textarea(
                "said",
                _("What the patient reads, with the reason"),
                id=f"said-{anchor}",
                rows=3,
                required=True,
            ),
            team if has_team else rx.fragment(),
            act=words,
            keep=_("Not now"),
            on_submit=HelpsQueue.answer,
        ),
    )
