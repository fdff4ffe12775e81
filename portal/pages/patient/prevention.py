"""Check-ups and vaccines: what is due, why, and with one tap what becomes of it."""

from typing import Any

import reflex as rx

from portal.components import (
    badge,
    button,
    empty,
    field,
    frame,
    live_form,
    notice,
    rows,
    section,
    skeleton,
)
from portal.components.kinds import when
from portal.pages.page import Page
from portal.state.prevention import CHECK_UPS, CheckUps
from portal.words import _

ROW: Any = CheckUps.row


def build() -> rx.Component:
    """Lays the page out."""
    return frame.patient(
        _("Check-ups and vaccines"),
        *told(),
        rx.cond(CheckUps.is_loaded, _all(), skeleton.rows(_("Loading your check-ups"), 4)),
        current="check-ups",
    )


def told() -> list[rx.Component]:
    """What has just become of an answer."""
    return [notice.told("bad", CheckUps.problem), notice.told("ok", CheckUps.done)]


def each(due: Any, whose: Any, years: Any, months: Any) -> rx.Component:
    """What is due in rows, each with what can be done about it."""
    return rows.each(due, lambda row: _row(row, _acts(row, whose, years, months)))


def _all() -> rx.Component:
    nothing = empty.show(
        _("Nothing is due"),
        _("When a check-up or a vaccine is due, it stands here and on your first page."),
        icon_name="ok",
    )
    due = section.titled(
        _("Due for you"),
        rx.cond(
            ROW.due.length() > 0, each(ROW.due, ROW.patient_id, ROW.years, ROW.months), nothing
        ),
        anchor="due",
    )
    rest = section.titled(
        _("Booked, answered or done"),
        rows.each(ROW.rest, lambda row: _row(row, _undo(row))),
        anchor="rest",
    )
    return section.stacked(
        due,
        rx.cond(ROW.rest.length() > 0, rest, rx.fragment()),
        when(ROW.nothing, rx.el.p(ROW.nothing)),
        _about(),
    )


def _row(row: Any, acts: rx.Component) -> rx.Component:
    return rows.row(
        row.title,
        rx.el.p(badge.show(row.words, row.tone, row.sign)),
        row.why,
        row.due,
        row.last,
        row.said,
        acts,
        icon_name=row.icon,
    )


def _acts(row: Any, whose: Any, years: Any, months: Any) -> rx.Component:
    about = rx.el.span(": ", row.title, class_name="vh")
    book = button.plain(_("Book"), about, href=row.href, icon_name="calendar")
    answers = button.group(
        when(row.href, book),
        button.plain(
            _("Remind me later"), about, on_click=CheckUps.later(whose, row.rule_id, row.number)
        ),
        button.plain(
            _("Not for me"), about, on_click=CheckUps.decline(whose, row.rule_id, row.number)
        ),
    )
    done = rx.el.details(
        section.opener(_("Done elsewhere"), about),
        done_form(
            row,
            years,
            months,
            rx.el.input(type="hidden", name="whose", value=whose, read_only=True),
            on_submit=CheckUps.done_elsewhere,
        ),
        key=f"done-{row.rule_id}-{row.number}",
    )
    only_book = when(row.href, button.group(book))
    return rx.cond(row.may_answer, rx.fragment(answers, done), only_book)


def done_form(
    row: Any, years: Any, months: Any, *hidden: rx.Component, on_submit: Any
) -> rx.Component:
    """Asks when something was done elsewhere; a year is enough."""
    return live_form.of(
        *hidden,
        rx.el.input(type="hidden", name="rule", value=row.rule_id, read_only=True),
        rx.el.input(type="hidden", name="number", value=row.number.to_string(), read_only=True),
        field.select(
            "year",
            _("Year"),
            years,
            first=_("Choose a year"),
            id=f"year-{row.rule_id}",
            required=True,
        ),
        field.select(
            "month", _("Month"), months, first=_("I do not know"), id=f"month-{row.rule_id}"
        ),
        button.group(button.plain(_("Save"), type="submit")),
        on_submit=on_submit,
        class_name="stack",
    )


def _undo(row: Any) -> rx.Component:
    back = button.plain(
        _("Take it back"),
        rx.el.span(": ", row.title, class_name="vh"),
        on_click=CheckUps.undo(ROW.patient_id, row.rule_id, row.number),
    )
    return rx.cond(row.may_undo, button.group(back), rx.fragment())


def _about() -> rx.Component:
    return notice.plain(
        _("How we know"),
        _("We go by age, by sex as it stands on your record, and by what was done. The rules are "
          "our clinic’s. They do not know your illnesses: your doctor may advise more, or less."),
        _("If your sex on record says too little, or something is missing, ask us."),
    )  # fmt: skip


page = Page(CHECK_UPS, _("Check-ups and vaccines"), build, on_load=CheckUps.open)
