"""The outbox: each notice as it would look, how it stands, and what stands in its way."""

from typing import Any

import reflex as rx

from portal.components import badge, button, definition, field, live_form, notice, pager, staff
from portal.components.kinds import when
from portal.pages.admin import parts
from portal.pages.page import Page
from portal.pages.staff import parts as staff_parts
from portal.state.staff.outbox import Outbox
from portal.words import _


def build() -> rx.Component:
    """Lays the page out."""
    return parts.page(
        Outbox,
        _("Outbox"),
        _where(),
        staff.columns(_listed(), _letter()),
        current="outbox",
    )


def _where() -> rx.Component:
    row: Any = Outbox.row
    demo = notice.info(
        _("This is a demo: nothing leaves this machine"),
        _("Each mail stands here as it would look, with its codes and links."),
    )
    nothing = notice.warn(
        _("No mail server is set up"),
        _(
            "Nothing leaves this machine. What would have gone out is listed here. Set "
            "PORTAL_SMTP_URL, and `python -m portal check --mail` tries it."
        ),
    )
    return rx.cond(row.is_demo, demo, rx.cond(row.is_real, rx.fragment(), nothing))


def _listed() -> rx.Component:
    row: Any = Outbox.row
    views = parts.chosen(
        _("Which notices"),
        [
            ("all", _("All"), Outbox.show("all")),
            ("waiting", _("Waiting"), Outbox.show("waiting")),
            ("sent", _("Sent"), Outbox.show("sent")),
            ("back", _("Taken back"), Outbox.show("back")),
            ("dead", _("Not sent"), Outbox.show("dead")),
            ("late", _("Too late"), Outbox.show("late")),
        ],
        row.shown,
    )
    return staff.panel(
        _("Notices"),
        rx.el.div(_search(), views, class_name="in-panel stack"),
        staff_parts.lines(
            row.notices, _notice, _("Nothing here. Notices appear as soon as one is written.")
        ),
        pager.show(
            row.leaf.said,
            has_before=row.leaf.has_before,
            has_next=row.leaf.has_next,
            on_before=Outbox.before,
            on_next=Outbox.after,
        ),
        anchor="notices",
        count=row.leaf.total,
    )


def _search() -> rx.Component:
    row: Any = Outbox.row
    whose = rx.cond(
        row.finds_patients, _("Patient’s or account’s name, or record number"), _("Account’s name")
    )
    return live_form.of(
        rx.el.div(
            field.text("words", whose, value=row.wanted.words, optional=True, max_length=60),
            field.select("kind", _("About"), row.kinds, first=_("Everything")),
            field.date("day", _("Day"), optional=True),
            class_name="fields",
        ),
        button.group(button.plain(_("Find"), type="submit", icon_name="search")),
        on_submit=Outbox.find,
        role="search",
        class_name="stack",
    )


def _notice(row: Any) -> rx.Component:
    again = rx.cond(
        row.may_retry,
        button.plain(
            _("Try now"),
            rx.el.span(": ", row.subject, class_name="vh"),
            on_click=Outbox.retry(row.notice_id),
            small=True,
        ),
        rx.fragment(),
    )
    return staff_parts.line(
        row.subject,
        rx.el.p(row.whom, rx.el.span(row.at), class_name="apart"),
        row.problem,
        row.next_try,
        lead=badge.show(row.status, row.tone),
        beside=row.tries,
        on_open=Outbox.read(row.notice_id),
        act=again,
        current=Outbox.letter.notice.notice_id == row.notice_id,
        key=row.notice_id,
    )


def _letter() -> rx.Component:
    row: Any = Outbox.letter
    masked = rx.el.p(
        _("Codes and links are not shown: who reads the outbox must not be able to use them."),
        class_name="in-panel quiet small",
    )
    link = rx.el.p(rx.el.b(row.link_words), rx.el.br(), rx.el.span(row.link, class_name="breaks"))
    body = rx.fragment(
        definition.show(
            definition.entry(_("From"), row.sender),
            definition.entry(_("To"), row.notice.whom),
            definition.entry(_("Subject"), row.subject),
            when(row.language, definition.entry(_("Language"), row.language)),
            definition.entry(
                _("State"), badge.show(row.notice.status, row.notice.tone), " ", row.notice.problem
            ),
        ),
        rx.el.div(
            rx.foreach(row.lines, rx.el.p),
            when(row.link, link),
            class_name="in-panel stack",
            lang=row.lang,
        ),
        rx.cond(row.is_masked, masked, rx.fragment()),
    )
    none = rx.el.p(_("Choose a notice to see it as its reader would."), class_name="in-panel quiet")
    return rx.el.div(
        staff.panel(
            _("As it would look"), rx.cond(row.subject != "", body, none), anchor="as-it-looks"
        ),
        id="letter",
        tab_index=-1,
    )


page = Page("/admin/outbox", _("Outbox"), build, on_load=Outbox.open)
