"""Forms: what the clinic asks of me, and one that is filled in, sent and changed."""

from typing import Any

import reflex as rx

from portal.components import (
    answered,
    badge,
    button,
    empty,
    field,
    frame,
    icon,
    link,
    live_form,
    notice,
    print_header,
    question,
    rows,
    section,
    skeleton,
)
from portal.components.kinds import when
from portal.pages.page import Page
from portal.pages.patient import urgent
from portal.state.forms import FIELD, Forms, OneForm
from portal.state.frame import Frame
from portal.words import _

FRAME: Any = Frame.row
LIST: Any = Forms.row
ONE: Any = OneForm.row


def build_list() -> rx.Component:
    """Lays the list of forms out."""
    return frame.patient(
        _("Forms"),
        notice.told("bad", Forms.problem),
        rx.cond(Forms.is_loaded, _lists(), skeleton.rows(_("Loading your forms"), 3)),
        current="forms",
    )


def _lists() -> rx.Component:
    nothing = empty.show(
        _("Nothing to fill in"),
        _("When we need answers from you, for example before a visit, the form stands here."),
        icon_name="ok",
    )
    to_fill = section.titled(
        _("To fill in"),
        rx.cond(LIST.to_fill.length() > 0, rows.each(LIST.to_fill, _row), nothing),
        anchor="to-fill",
    )
    sent = section.titled(_("Sent"), rows.each(LIST.sent, _row), anchor="sent")
    return section.stacked(to_fill, rx.cond(LIST.sent.length() > 0, sent, rx.fragment()))


def _row(row: Any) -> rx.Component:
    state = rx.el.p(badge.show(row.words, row.tone, row.sign))
    return rows.row(row.title, row.under, state, href=row.href, icon_name="form")


def build_one() -> rx.Component:
    """Lays one form out."""
    return frame.patient(
        rx.cond(OneForm.is_missing, _("We could not find that"), ONE.title),
        notice.told("bad", OneForm.problem),
        notice.told("ok", OneForm.done),
        rx.cond(
            OneForm.is_missing,
            _missing(),
            rx.cond(OneForm.is_loaded, _form(), skeleton.card(_("Loading the form"), 8)),
        ),
        current="forms",
        above=link.back("/forms", _("All forms")),
        paper=print_header.show(
            FRAME.clinic_name, FRAME.clinic_address, ONE.patient_name, ONE.born
        ),
    )


def _missing() -> rx.Component:
    return empty.show(
        _("There is no such form here"),
        _("It may belong to another record. What we ask of you is in the list."),
        button.plain(_("See all forms"), href="/forms"),
        icon_name="form",
    )


def _form() -> rx.Component:
    about = rx.el.p(badge.show(rx.fragment(_("This form is about"), " ", ONE.about), "helper"))
    to_read = rx.el.p(_("You may read this form, but not fill it in."), class_name="quiet")
    fill = rx.cond(ONE.may_write, _to_fill(), to_read)
    return section.stacked(
        rx.el.p(ONE.asked, class_name="quiet"),
        when(ONE.about, about),
        rx.cond((ONE.number > 0) & ~OneForm.is_changing, _sent(), fill),
    )


def _sent() -> rx.Component:
    change = button.plain(_("Change my answers"), on_click=OneForm.change, icon_name="pencil")
    return rx.fragment(
        answered.versions(ONE.sent),
        button.group(
            rx.cond(ONE.may_write, change, rx.fragment()),
            button.print_page(_("Print this form")),
        ),
    )


def _to_fill() -> rx.Component:
    fields = question.each(
        ONE.questions,
        prefix=FIELD,
        wrong=OneForm.wrong,
        edition=ONE.number,
        keep=lambda one, words: OneForm.keep(FRAME.patient_id, one, words, ONE.number, ONE.edition),
    )
    return live_form.of(
        urgent.banner(),
        field.error_summary(_("Please look at this again"), OneForm.errors),
        _hidden("key", ONE.key),
        _hidden("whose", FRAME.patient_id),
        _hidden("number", ONE.number.to_string()),
        _hidden("seen", ONE.edition.to_string()),
        fields,
        _kept(),
        rx.cond(ONE.number > 0, _again(), _once()),
        on_submit=OneForm.send,
        class_name="write stack",
        no_validate=True,
    )


def _hidden(name: str, value: Any) -> rx.Component:
    return rx.el.input(type="hidden", name=name, value=value, read_only=True)


def _kept() -> rx.Component:
    said = rx.el.span(icon.show("ok", small=True), OneForm.saved, role="status")
    only = rx.el.span(_("Only you can see it until you send it"))
    return rx.el.p(when(OneForm.saved, rx.fragment(said, only)), class_name="kept")


def _once() -> rx.Component:
    return button.group(button.main(_("Send the form"), type="submit", icon_name="send"))


def _again() -> rx.Component:
    back = button.plain(_("Leave it as it was sent"), on_click=OneForm.drop(FRAME.patient_id))
    send = button.main(_("Send the changed form"), type="submit", icon_name="send")
    return button.group(send, back)


pages = (
    Page("/forms", _("Forms"), build_list, on_load=Forms.open),
    Page("/forms/[id]", _("Form"), build_one, on_load=[OneForm.clear, OneForm.open]),
)
