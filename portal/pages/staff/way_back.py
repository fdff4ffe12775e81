"""On a patient's chart: helping somebody back in who lost their password or their phone."""

from typing import Any

import reflex as rx

from portal.components import badge, button, dialog, field, notice, staff
from portal.components.kinds import when
from portal.pages.staff import parts
from portal.services import proofs
from portal.state.staff.ways_back import PatientWayBack
from portal.words import _

BEGIN = "way-back"


def section() -> rx.Component:
    """The panel: what has been done, and the way to begin."""
    row: Any = PatientWayBack.row
    rows = row.rows
    opens = dialog.opener(BEGIN, _("Help them back in"), icon_name="key", small=True)
    # First the proof, then the form: nothing that was chosen in it is lost on the way.
    first = button.plain(
        _("Confirm that it is you, to help them back in"),
        href="/confirm?then=/staff/patients/" + PatientWayBack.patient_id,
        icon_name="key",
        small=True,
    )
    opener = rx.cond(row.may_begin, rx.cond(row.is_confirmed, opens, first), rx.fragment())
    shown = staff.panel(
        _("Getting back in"),
        rx.el.div(
            notice.told("bad", PatientWayBack.problem),
            *code(PatientWayBack),
            rx.cond(row.is_closed, _closed(), rx.fragment()),
            class_name="in-panel",
        ),
        parts.lines(rows, _line, _("Nobody had to be helped back in.")),
        anchor="ways-back",
        end=opener,
    )
    is_there = PatientWayBack.may_see & (row.may_begin | (rows.length() > 0))
    return rx.fragment(rx.cond(is_there, shown, rx.fragment()), form(PatientWayBack))


def _closed() -> rx.Component:
    return notice.warn(
        _("This account takes no codes any more"),
        _("Too many wrong ones were entered. A new password alone does not help them in."),
        _("Help them back in, and choose that the phone or key is lost too."),
    )


def code(screen: Any) -> list[rx.Component]:
    """The short code, shown once to be handed over."""
    begun = screen.begun
    told = notice.ok(
        _("Hand this short code over now"),
        rx.el.p(begun.name, ": ", rx.el.b(begun.code, class_name="nb")),
        rx.el.p(
            _("On paper, or by the phone number on file. It is shown only once, and opens nothing"),
            " ",
            _("without the link."),
        ),
        rx.el.p(
            _("The link holds from"),
            " ",
            begun.holds,
            ". ",
            _("Earlier, once a colleague approves it under Requests."),
        ),
        rx.cond(
            begun.by_mail,
            rx.el.p(_("It then goes to the e-mail address that was proved; they are told now.")),
            rx.el.p(_("There is no proved e-mail address: print the letter under Requests then.")),
        ),
    )
    return [rx.cond(begun.code != "", told, rx.fragment())]


def form(screen: Any, *before: rx.Component) -> rx.Component:
    """Asks how identity was proved and what is lost."""
    return dialog.form(
        BEGIN,
        _("Help them back in"),
        rx.el.p(_("You never see or choose a password. They do, with a link and a short code.")),
        *before,
        field.radio("proof", _("How was identity proved?"), proofs.choices(), required=True),
        field.radio(
            "what",
            _("What is lost?"),
            [
                ("password", _("The password"), _("Their second step stays as it is.")),
                (
                    "factors",
                    _("Also the phone or key of the second step"),
                    _("They set up a new one when they sign in."),
                ),
            ],
            value="password",
        ),
        field.text(
            "note",
            _("Note"),
            id="way-back-note",
            optional=True,
            max_length=300,
            autocomplete="off",
        ),
        act=_("Begin"),
        keep=_("Not now"),
        on_submit=screen.begin,
    )


def _line(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(rx.el.span(row.at, class_name="quiet"), class_name="lead-col"),
        rx.el.div(
            rx.el.h3(row.proof),
            rx.el.p(row.drops, ", ", _("by"), " ", row.by),
            when(row.note, rx.el.p(row.note)),
        ),
        rx.el.div(badge.show(row.words, "", "clock"), class_name="acts"),
        class_name="item",
        key=row.id,
    )
