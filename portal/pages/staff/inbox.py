"""The inbox: what waits on one side, the conversation and its answer on the other."""

from typing import Any

import reflex as rx

from portal.components import badge, button, empty, field, letter, link, live_form, pager, staff
from portal.components.kinds import when
from portal.pages.page import Page
from portal.pages.staff import opening, parts
from portal.state.staff.inbox import Inbox
from portal.words import _

KEYS = [
    ("J", _("Next")),
    ("K", _("Before")),
    ("↵", _("Open")),
    ("E", _("Answer")),
    ("Ctrl ↵", _("Send")),
]


def build() -> rx.Component:
    """Lays the inbox out."""
    return parts.page(
        Inbox,
        _("Messages"),
        staff.columns(_list(), _conversation(), across="list-and-one"),
        current="messages",
        beside=Inbox.row.said,
        keys=KEYS,
    )


def _list() -> rx.Component:
    row = Inbox.row
    views = rx.el.div(
        _view(_("Waiting for us"), Inbox.waiting, ~row.is_answered),
        _view(_("Answered"), Inbox.answered, row.is_answered),
        class_name="seg",
        role="group",
        aria_label=_("Which messages"),
    )
    nothing = rx.cond(
        row.is_answered,
        _("Nothing has been answered yet."),
        _("Nobody waits for an answer."),
    )
    return staff.panel(
        rx.cond(row.is_answered, _("Answered"), _("Waiting for us")),
        rx.el.div(views, class_name="in-panel"),
        parts.lines(row.threads, _line, nothing),
        rx.cond(
            row.leaf.has_before | row.leaf.has_next,
            pager.show(
                row.leaf.said,
                has_before=row.leaf.has_before,
                has_next=row.leaf.has_next,
                on_before=Inbox.before,
                on_next=Inbox.after,
            ),
            rx.fragment(),
        ),
        anchor="waiting",
        count=row.leaf.total,
        end=badge.count(row.late, _("late"), "late", in_words=True),
    )


def _view(words: str, on_click: Any, is_on: Any) -> rx.Component:
    return rx.el.button(
        words, type="button", on_click=on_click, aria_pressed=rx.cond(is_on, "true", "false")
    )


def _line(thread: Any) -> rx.Component:
    return parts.line(
        thread.name,
        rx.el.p(rx.el.b(thread.subject)),
        rx.el.p(when(thread.who, rx.fragment(thread.who, ": ")), thread.snippet, class_name="cut"),
        lead=rx.cond(
            thread.is_waiting, parts.clock(thread), rx.el.span(thread.clock, class_name="quiet")
        ),
        beside=thread.age,
        on_open=Inbox.choose(thread.id),
        current=Inbox.thread.id == thread.id,
        key=thread.id,
    )


def _conversation() -> rx.Component:
    nothing = empty.show(
        _("Choose a message"),
        _("It opens here, with the field for your answer."),
        icon_name="message",
    )
    return rx.cond(Inbox.thread.id != "", _open(), nothing)


def _open() -> rx.Component:
    thread = Inbox.thread
    who = link.to(f"/staff/patients/{thread.patient_id}", thread.patient_name)
    return staff.panel(
        thread.subject,
        opening.over(thread.opening, thread.patient_id),
        rx.el.p(who, rx.el.span(", ", thread.topic, class_name="quiet"), class_name="in-panel"),
        rx.el.div(
            when(
                rx.cond(thread.earlier > 0, "1", ""),
                letter.event(rx.fragment(thread.earlier, " ", _("earlier messages")), "clock"),
            ),
            letter.all_of(rx.foreach(thread.letters, _letter)),
            class_name="in-panel",
        ),
        _answer(),
        anchor="conversation",
        end=when(
            thread.promised,
            badge.show(
                rx.fragment(
                    rx.cond(thread.is_overdue, _("Was promised for"), _("Answer by")),
                    " ",
                    thread.promised,
                ),
                rx.cond(thread.is_overdue, "late", ""),
                "clock",
            ),
        ),
    )


def _letter(one: Any) -> rx.Component:
    return letter.show(
        one.name,
        one.at,
        one.body,
        letters=one.letters,
        tint=one.tint,
        mine=one.mine,
        role=one.role,
    )


def _answer() -> rx.Component:
    thread = Inbox.thread
    return live_form.of(
        field.textarea(
            "body",
            _("Your answer"),
            rows=4,
            value=thread.draft.body,
            max_length=8000,
            required=True,
            hint=_("It stands on the patient’s Home at once. You cannot take it back."),
            on_blur=Inbox.save,
            data_answer="true",
        ),
        letter.kept(thread.draft.saved),
        button.group(
            button.main(
                _("Send answer"),
                type="submit",
                custom_attrs={"aria-keyshortcuts": "Control+Enter"},
            )
        ),
        on_submit=Inbox.answer,
        key=rx.Var.create(f"{thread.id}-{Inbox.written}"),
        class_name="in-panel stack",
    )


page = Page("/staff/messages", _("Messages"), build, on_load=Inbox.open)
