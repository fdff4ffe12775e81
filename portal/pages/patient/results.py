"""Results: the list, and one result with its values on their lines."""

from typing import Any

import reflex as rx

from portal.components import (
    badge,
    button,
    definition,
    empty,
    frame,
    letter,
    link,
    notice,
    pager,
    print_header,
    rows,
    search,
    section,
    skeleton,
    value,
)
from portal.components.kinds import when
from portal.pages.page import Page
from portal.state.frame import Frame
from portal.state.results import Result, Results
from portal.words import _

# Vars: what Python sees as a row, a page sees as places that are filled later.
LIST: Any = Results.row
ONE: Any = Result.row
FRAME: Any = Frame.row


def build_list() -> rx.Component:
    """Lays the list of results out."""
    row = LIST
    return frame.patient(
        _("Results"),
        notice.told("bad", Results.problem),
        section.stacked(
            search.show(
                _("Find a result by name"), _("Search"), Results.find, default_value=row.query
            ),
            rx.cond(Results.is_loaded, _reports(), skeleton.rows(_("Loading your results"), 5)),
        ),
        current="results",
    )


def _reports() -> rx.Component:
    row = LIST
    nothing = rx.cond(
        row.query != "",
        empty.show(
            _("No result has this name"),
            _("Try fewer letters, or the name of one value, for example iron."),
            icon_name="search",
        ),
        empty.show(
            _("No results yet"),
            _("Results of your tests come here as soon as the clinic has released them."),
            icon_name="tube",
        ),
    )
    turning = rx.cond(row.has_before | row.has_next, _turning(), _said_in_all())
    shown = rx.fragment(rows.each(row.reports, _report, label=_("Results, newest first")), turning)
    return rx.cond(row.reports.length() > 0, shown, nothing)


def _said_in_all() -> rx.Component:
    return rx.el.p(LIST.said, role="status", class_name="quiet small more-link")


def _turning() -> rx.Component:
    row = LIST
    return pager.show(
        row.said,
        has_before=row.has_before,
        has_next=row.has_next,
        on_before=Results.earlier,
        on_next=Results.later,
    )


def _report(row: Any) -> rx.Component:
    return rows.row(
        row.title,
        row.under,
        when(row.state, rx.el.p(badge.show(row.state, row.tone, row.icon))),
        href=row.href,
        icon_name="tube",
        new=row.new,
        say=row.said,
        level=2,
    )


def build_one() -> rx.Component:
    """Lays one result out."""
    row = ONE
    return frame.patient(
        rx.cond(Result.is_missing, _("We could not find that"), row.title),
        notice.told("bad", Result.problem),
        rx.cond(
            Result.is_missing,
            _missing(),
            rx.cond(Result.is_loaded, _result(), skeleton.card(_("Loading the result"), 8)),
        ),
        current="results",
        above=link.back("/results", _("All results")),
        paper=_paper(),
    )


def _paper() -> rx.Component:
    clinic = FRAME
    return print_header.show(
        clinic.clinic_name,
        rx.fragment(clinic.clinic_address, ", ", clinic.clinic_phone),
        ONE.name,
        ONE.born,
    )


def _missing() -> rx.Component:
    return empty.show(
        _("There is no such result here"),
        _("It may have been moved or taken back. Your other results are in the list."),
        button.plain(_("See all results"), href="/results"),
        icon_name="tube",
    )


def _result() -> rx.Component:
    row = ONE
    head = rx.el.div(
        rx.el.p(row.when, class_name="quiet"),
        when(row.state, rx.el.p(badge.show(row.state, row.tone, row.icon))),
        class_name="stack lead-in",
    )
    first = [_urgent(), _said(), _withdrawn(), _outside()]
    return rx.fragment(head, section.wide_parts(first, [_inside(), _others()], [_about()]))


def _urgent() -> rx.Component:
    return notice.bad(
        ONE.urgent,
        rx.el.p(
            _("Call us now and say that you have an urgent result:"),
            " ",
            link.phone(FRAME.clinic_phone),
        ),
        rx.el.p(
            _("If nobody answers, or you feel very ill, do not wait."), " ", frame.emergency(), "."
        ),
    )


def _withdrawn() -> rx.Component:
    return notice.plain(ONE.nothing)


def _to_ask() -> rx.Component:
    ask = button.plain(_("Ask a question"), href="/messages/new", icon_name="message")
    return button.group(ask)


def _said() -> rx.Component:
    row = ONE
    comment = section.titled(
        _("What your clinician says"),
        letter.comment(
            row.comment_by,
            _("About this result"),
            row.comment,
            letters=row.comment_letters,
            tint=row.comment_tint,
            buttons=rx.cond(FRAME.writes_messages, _to_ask(), rx.fragment()),
        ),
        anchor="says",
    )
    conclusion = section.titled(
        _("What the report says"),
        section.card(rx.el.div(row.conclusion, class_name="text")),
        anchor="conclusion",
    )
    return rx.fragment(when(row.comment, comment), when(row.conclusion, conclusion))


def _outside() -> rx.Component:
    row = ONE
    shown = section.titled(
        row.outside_title,
        rx.el.ul(rx.foreach(row.outside, value.told), class_name="list outer"),
        anchor="outside",
    )
    return rx.cond(row.outside.length() > 0, shown, rx.fragment())


def _inside() -> rx.Component:
    row = ONE
    shown = section.titled(
        row.inside_title,
        rx.el.ul(rx.foreach(row.inside, value.usual), class_name="list in-range"),
        anchor="inside",
    )
    return rx.cond(row.inside.length() > 0, shown, rx.fragment())


def _others() -> rx.Component:
    row = ONE
    shown = section.titled(
        row.others_title,
        rx.el.ul(rx.foreach(row.others, value.told), class_name="list outer"),
        anchor="others",
    )
    return rx.cond(row.others.length() > 0, shown, rx.fragment())


def _about() -> rx.Component:
    row = ONE
    facts = [
        when(row.term, definition.entry(_("The lab calls it"), row.term)),
        when(row.ordered_by, definition.entry(_("Asked for by"), row.ordered_by)),
        when(row.specimen, definition.entry(_("Sample"), row.specimen)),
        when(row.taken, definition.entry(_("Taken"), row.taken)),
        when(row.laboratory, definition.entry(_("Measured by"), row.laboratory)),
        definition.entry(
            _("Report"), row.state_words, when(row.issued, rx.fragment(", ", row.issued))
        ),
        when(row.source, definition.entry(_("Came from"), row.source)),
    ]
    return section.titled(
        _("About this test"),
        section.card(
            definition.show(*facts, wide=False),
            button.group(button.print_page(_("Print"))),
        ),
        anchor="about",
    )


list_page = Page("/results", _("Results"), build_list, on_load=Results.open)
one_page = Page("/results/[id]", _("Result"), build_one, on_load=[Result.clear, Result.open])
