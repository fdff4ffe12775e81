"""Today: visits, what waits for an answer, results, announcements; each for whom it is."""

from typing import Any

import reflex as rx

from portal.components import badge, button, dialog, empty, field, icon, link, staff
from portal.components.kinds import when
from portal.pages.page import Page
from portal.pages.staff import parts
from portal.state.staff.today import Today, Waiting
from portal.words import _

PUBLISH = "publish"
# Long enough not to ask at every digit of an age.
PAUSE_MS = 300
# The row of the state, as the Var that it is on a page.
_row: Any = Today.row
KEYS: list[tuple[Any, ...]] = [
    ("J", _("Next")),
    ("K", _("Before")),
    ("↵", _("Open")),
    ("A", _("Next step of a visit"), _row.has_visits),
    ("R", _("Release"), _row.may_release),
    ("P", _("Publish"), _row.has_announcements),
]


def build() -> rx.Component:
    """Lays the start of the day out."""
    row = _row
    visits = rx.cond(row.has_visits, _visits(), rx.fragment())
    inbox = rx.cond(row.has_inbox, _inbox(), rx.fragment())
    told = rx.cond(row.has_announcements, _announcements(), rx.fragment())
    with_results = staff.columns(
        visits,
        staff.pile(inbox, _bounced(), told),
        staff.pile(results_panel(row.results, Today.release, with_link=True)),
        across="three-up",
    )
    without = staff.columns(visits, staff.pile(inbox, _bounced(), told, _nothing()))
    return parts.page(
        Today,
        _("Today"),
        rx.cond(row.has_results, with_results, without),
        _publish_form(),
        current="today",
        beside=row.said,
        keys=KEYS,
    )


def _nothing() -> rx.Component:
    """Says where to go on for roles that have nothing of the day here."""
    find = staff.panel(
        _("Patients"),
        rx.el.p(
            _("Find a patient by name, birth date, record number or phone: press /."),
            class_name="in-panel",
        ),
        anchor="find-here",
    )
    nothing = empty.show(
        _("Nothing of the day is yours to see"),
        _("Your work is under Administration."),
        rx.el.p(button.plain(_("Open Administration"), href="/admin")),
        icon_name="info",
    )
    return rx.cond(_row.is_empty, rx.cond(_row.has_patients, find, nothing), rx.fragment())


def _visits() -> rx.Component:
    row = _row
    return staff.panel(
        _("Today’s visits"),
        parts.lines(row.visits, _visit, _("No visits today.")),
        when(row.more_visits, rx.el.p(row.more_visits, class_name="in-panel quiet")),
        anchor="visits",
        count=row.visits_total,
    )


def _visit(visit: Any) -> rx.Component:
    act = rx.cond(
        visit.next != "",
        parts.press(
            visit.next_words, "A", Today.move(visit.id, visit.version, visit.next), visit.name
        ),
        rx.fragment(),
    )
    return parts.line(
        visit.name,
        rx.el.p(visit.title, when(visit.who, rx.fragment(", ", visit.who)), class_name="cut"),
        lead=rx.el.span(visit.at, class_name="hour"),
        beside=visit.age,
        href=visit.href,
        end=_status(visit),
        act=act,
        faded=visit.is_over,
        key=visit.id,
    )


def _status(visit: Any) -> rx.Component:
    """Says how a visit stands; the minutes of who waits go on in the browser (staff-keys.js)."""
    waits = rx.el.span(
        icon.show("waiting"),
        rx.el.span(visit.words, data_since=visit.since, data_words=_("Waiting {count} min")),
        class_name=f"badge {visit.tone}",
    )
    return rx.cond(visit.since > 0, waits, badge.show(visit.words, visit.tone, visit.icon))


def _inbox() -> rx.Component:
    row = _row
    return staff.panel(
        _("Inbox"),
        parts.lines(row.inbox, waiting_line, _("Nobody waits for an answer.")),
        anchor="inbox",
        count=row.inbox_total,
        end=rx.fragment(
            badge.count(row.late, _("late"), "late", in_words=True),
            link.to("/staff/messages", _("All messages")),
        ),
    )


def _bounced() -> rx.Component:
    """Whom no mail or text reaches: at the next word with them, ask for another address."""
    row = _row
    shown = staff.panel(
        _("E-mail or texts are refused"),
        rx.el.p(_("Ask for another address or number: what we send there does not arrive."),
                class_name="in-panel quiet"),
        parts.lines(row.bounced, _bounced_line, ""),
        anchor="bounced",
        count=row.bounced.length(),
    )  # fmt: skip
    return rx.cond(row.bounced.length() > 0, shown, rx.fragment())


def _bounced_line(one: Any) -> rx.Component:
    return parts.line(
        one.name,
        lead=badge.show(
            rx.match(
                one.what, ("email", _("E-mail")), ("phone", _("Texts")), _("E-mail and texts")
            ),
            "warn",
            "mail",
        ),
        beside=one.beside,
        href=one.href,
        end=rx.el.span(one.since, class_name="quiet"),
        key=one.id,
    )


def waiting_line(thread: Any) -> rx.Component:
    """One conversation that waits."""
    return parts.line(
        thread.name,
        thread.subject,
        lead=parts.clock(thread),
        beside=thread.age,
        href=thread.href,
        key=thread.id,
    )


def results_panel(row: Any, release: Any, *, with_link: bool = False) -> rx.Component:
    """Results to release, and those that the patient sees without a word from us."""
    end = link.to("/staff/results", _("All results")) if with_link else None
    held = parts.lines(
        row.held, lambda one: _held(one, release), _("Every result has been released.")
    )
    silent = rx.cond(
        row.uncommented_total > 0,
        rx.fragment(
            staff.group(_("With the patient, no comment yet"), badge.count(row.uncommented_total)),
            rx.el.ul(
                rx.foreach(row.uncommented, lambda one: _held(one, release)), class_name="lines"
            ),
        ),
        rx.fragment(),
    )
    return staff.panel(
        _("Results"),
        staff.group(_("Held, waiting for your word"), badge.count(row.held_total)),
        held,
        silent,
        anchor="results",
        end=end,
    )


def _held(result: Any, release: Any) -> rx.Component:
    act = rx.cond(
        result.may_release,
        parts.press(_("Release"), "R", release(result.id), result.name),
        rx.fragment(),
    )
    return parts.line(
        result.name,
        result.title,
        lead=when(result.when, badge.show(result.when, result.tone)),
        beside=result.age,
        href=result.href,
        act=act,
        key=result.id,
    )


def _announcements() -> rx.Component:
    row = _row
    return staff.panel(
        _("Announcements"),
        rx.cond(
            row.announcements.length() > 0,
            rx.el.ul(rx.foreach(row.announcements, _announcement), class_name="lines"),
            rx.el.p(
                _("Nothing is announced. What you publish stands on patients’ Home."),
                class_name="in-panel quiet",
            ),
        ),
        anchor="announcements",
        end=dialog.opener(PUBLISH, _("Publish"), key="P", small=True),
    )


def _announcement(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(icon.show("horn"), class_name="lead-col"),
        rx.el.div(
            rx.el.h3(one.title),
            when(one.body, rx.el.p(one.body)),
            rx.el.p(one.audience, " · ", one.until),
        ),
        rx.el.div(
            button.plain(
                _("End"),
                rx.el.span(": ", one.title, class_name="vh"),
                on_click=Today.end(one.id),
                small=True,
            ),
            class_name="acts",
        ),
        class_name="item",
        key=one.id,
    )


def _publish_form() -> rx.Component:
    form = dialog.form(
        PUBLISH,
        _("Publish to patients"),
        field.text("title", _("Title"), max_length=200, required=True),
        field.textarea("body", _("What patients should know"), optional=True, max_length=2000),
        field.date(
            "last_day",
            _("Last day"),
            optional=True,
            hint=_("Without one it stays until you end it."),
        ),
        field.select(
            "practitioner",
            _("Whose patients"),
            Today.audiences,
            first=_("Everybody’s"),
            on_change=lambda words: Today.choose("practitioner", words),
        ),
        field.number(
            "age_from",
            _("From which age"),
            optional=True,
            input_mode="numeric",
            max_length=3,
            on_change=lambda words: Today.choose("age_from", words).debounce(PAUSE_MS),
        ),
        field.number(
            "age_to",
            _("Up to which age"),
            optional=True,
            input_mode="numeric",
            max_length=3,
            on_change=lambda words: Today.choose("age_to", words).debounce(PAUSE_MS),
        ),
        rx.el.p(
            rx.cond(Today.reach != "", Today.reach, _("Every patient sees it on their Home.")),
            role="status",
            class_name="quiet",
        ),
        act=_("Publish"),
        keep=_("Not now"),
        on_submit=Today.publish,
    )
    return rx.cond(_row.has_announcements, form, rx.fragment())


def build_results() -> rx.Component:
    """Lays the page of waiting results out."""
    return parts.page(
        Waiting,
        _("Results"),
        results_panel(Waiting.row, Waiting.release),
        current="results",
        keys=[("J", _("Next")), ("K", _("Before")), ("↵", _("Open")), ("R", _("Release"))],
    )


page = Page("/staff", _("Today"), build, on_load=Today.open)
results_page = Page("/staff/results", _("Results that wait"), build_results, on_load=Waiting.open)
