"""The open conversation: who has it, what was written and what happened, and the answer."""

from typing import Any

import reflex as rx

from portal.components import (
    attach,
    badge,
    button,
    dialog,
    empty,
    field,
    icon,
    letter,
    link,
    live_form,
    person,
    section,
    staff,
)
from portal.components.kinds import when
from portal.pages.staff import opening
from portal.state.staff.inbox import Inbox
from portal.words import _

HAND_OVER, URGENT = "hand-over", "urgent"
_talk: Any = Inbox.talk
_thread: Any = Inbox.thread


def build() -> rx.Component:
    """Shows the conversation, or that none is open."""
    nothing = empty.show(
        _("Choose a message"),
        _("It opens here, with the field for your answer."),
        icon_name="message",
    )
    return rx.cond(Inbox.thread.id != "", _open(), nothing)


def _open() -> rx.Component:
    thread = Inbox.thread
    return staff.panel(
        thread.subject,
        opening.over(thread.opening, thread.patient_id),
        _whose(thread),
        rx.cond(thread.may_write, _acts(), rx.fragment()),
        rx.el.div(
            when(
                rx.cond(thread.earlier > 0, "1", ""),
                letter.event(rx.fragment(thread.earlier, " ", _("earlier messages")), "clock"),
            ),
            letter.all_of(rx.foreach(_talk.lines, _line)),
            class_name="in-panel",
        ),
        rx.cond(thread.may_write, rx.fragment(_answer(), _write_note()), rx.fragment()),
        anchor="conversation",
        end=_clock(thread),
    )


def _clock(thread: Any) -> rx.Component:
    said = rx.cond(thread.is_overdue, _("Was promised for"), _("Answer by"))
    promised = badge.show(
        rx.fragment(said, " ", thread.promised), rx.cond(thread.is_overdue, "late", ""), "clock"
    )
    return rx.fragment(
        rx.cond(_talk.is_urgent, badge.show(_("Urgent"), "bad", "alert"), rx.fragment()),
        when(thread.promised, promised),
        rx.cond(_talk.is_closed, badge.show(_("Closed"), "", "done"), rx.fragment()),
    )


def _whose(thread: Any) -> rx.Component:
    who = link.to(f"/staff/patients/{thread.patient_id}", thread.patient_name)
    others = rx.cond(
        _talk.owner != "",
        rx.fragment(_talk.owner, " ", _("has this")),
        _("Nobody has taken this on"),
    )
    return rx.el.div(
        rx.el.p(who, rx.el.span(", ", thread.topic, class_name="quiet")),
        rx.el.p(
            _talk.pool,
            ". ",
            rx.cond(_talk.is_mine, _("You have this"), others),
            when(_talk.covered, rx.fragment(". ", _("You stand in for"), " ", _talk.covered)),
            ".",
            class_name="quiet",
            id="whose",
        ),
        class_name="in-panel",
    )


def _acts() -> rx.Component:
    free = _talk.owner == ""
    take = button.plain(_("Take on"), on_click=Inbox.claim, key="T", small=True)
    back = button.plain(_("Give back"), on_click=Inbox.give_back, small=True)
    close = button.plain(_("Close"), on_click=Inbox.close, key="C", small=True)
    again = button.plain(_("Open again"), on_click=Inbox.reopen, small=True)
    hand = dialog.opener(
        HAND_OVER, _("Hand over"), on_click=Inbox.ask_colleagues, small=True, icon_name="right"
    )
    urgent = dialog.opener(URGENT, _("Urgent"), small=True, icon_name="alert")
    return rx.el.div(
        rx.cond(free, take, rx.cond(_talk.is_mine, back, rx.fragment())),
        hand,
        rx.cond(_talk.is_waiting, urgent, rx.fragment()),
        rx.cond(_talk.is_closed, again, close),
        _hand_over(),
        _urgent(),
        class_name="in-panel acts-row",
    )


def _hand_over() -> rx.Component:
    return dialog.form(
        HAND_OVER,
        _("Hand this over"),
        field.select(
            "to",
            _("To whom"),
            Inbox.colleagues,
            first=_("Choose"),
            required=True,
            hint=_("All who may read this and answer."),
        ),
        act=_("Hand over"),
        keep=_("Keep it"),
        on_submit=Inbox.assign,
    )


def _urgent() -> rx.Component:
    where = field.select(
        "to", _("Who should look at it"), _talk.onwards, first=_("Whoever has it"), id="urgent-to"
    )
    return dialog.form(
        URGENT,
        _("This is urgent"),
        field.text(
            "reason",
            _("Why"),
            required=True,
            max_length=200,
            hint=_("Your colleagues read it, the patient does not."),
        ),
        where,
        act=_("Mark as urgent"),
        keep=_("Not now"),
        on_submit=Inbox.escalate,
    )


def _line(one: Any) -> rx.Component:
    what = rx.cond(one.href != "", link.to(one.href, one.name), one.name)
    happened = letter.event(
        rx.fragment(what, ", ", rx.el.span(one.at, class_name="quiet")), one.icon
    )
    said = letter.show(
        one.name,
        one.at,
        one.body,
        letters=one.letters,
        tint=one.tint,
        mine=one.mine,
        role=one.role,
        files=one.files,
        below=_below(one),
    )
    return rx.cond(one.kind == "event", happened, rx.cond(one.kind == "note", _note(one), said))


def _below(one: Any) -> rx.Component:
    """Below a letter: whether it was put right, and of the clinic's own who was told of it."""
    told = rx.el.details(
        section.opener(_("Who was told")), rx.el.ul(rx.foreach(one.told, _told), class_name="quiet")
    )
    return rx.fragment(
        letter.standing(one, _thread.may_write, on_click=Inbox.put_right(one.id)),
        rx.cond(one.told.length() > 0, told, rx.fragment()),
    )


def _told(row: Any) -> rx.Component:
    return rx.el.li(
        when(row.whom, rx.fragment(row.whom, ": ")),
        row.status,
        " ",
        row.at,
        when(row.why, rx.fragment(". ", row.why)),
    )


def _note(one: Any) -> rx.Component:
    """A note looks like no letter: dashed, yellow, locked."""
    who = rx.el.div(
        rx.el.strong(one.name),
        rx.el.span(one.at, ", ", _("note among staff"), class_name="quiet"),
    )
    return rx.el.article(
        rx.el.header(person.initials(one.letters, one.tint), who),
        rx.el.div(one.body, class_name="text"),
        rx.el.p(
            icon.show("lock", small=True), _("The patient never sees this."), class_name="lock"
        ),
        class_name="letter aside",
    )


def _write_note() -> rx.Component:
    form = live_form.of(
        field.textarea(
            "note",
            _("Note among staff"),
            rows=2,
            max_length=2000,
            required=True,
            hint=_("Only colleagues who may read this conversation see it, never the patient."),
        ),
        button.group(button.plain(_("Add the note"), type="submit", icon_name="lock")),
        on_submit=Inbox.note,
        reset_on_submit=True,
        key=f"note-{Inbox.thread.id}",
        class_name="stack",
    )
    return rx.el.details(
        section.opener(_("Note among staff")), form, class_name="in-panel aside-form"
    )


def _answer() -> rx.Component:
    thread = Inbox.thread
    return live_form.of(
        letter.puts_right(thread.draft.corrects, on_drop=Inbox.put_right("")),
        field.textarea(
            "body",
            _("Your answer"),
            rows=4,
            value=thread.draft.body,
            max_length=8000,
            required=True,
            hint=_("It stands on the patient’s Home at once. You cannot take it back."),
            on_focus=Inbox.begin,
            on_blur=Inbox.save,
            data_answer="true",
        ),
        rx.el.p(
            when(Inbox.writers, icon.show("pencil", small=True)),
            rx.el.span(Inbox.writers),
            role="status",
            class_name="kept",
            id="writers",
        ),
        letter.kept(thread.draft.saved),
        attach.field(
            _thread.draft.files,
            to=f"/files/attach/{_thread.patient_id}/{_thread.id}",
            on_remove=Inbox.take_away,
        ),
        button.group(
            button.main(
                _("Send answer"),
                type="submit",
                custom_attrs={"aria-keyshortcuts": "Control+Enter"},
            ),
            button.plain(_("Ready answers and links"), on_click=Inbox.ask_ready, icon_name="note"),
        ),
        _ready(),
        on_submit=Inbox.answer,
        key=rx.Var.create(f"{thread.id}-{Inbox.written}"),
        class_name="in-panel stack",
    )


def _ready() -> rx.Component:
    """What can be put into the answer; it is only written into the field, never sent."""
    rows: Any = Inbox.ready

    def one(row: Any) -> rx.Component:
        sign = rx.cond(row.is_link, "arrow", "pencil")
        return button.plain(row.said, on_click=Inbox.put_in(row.id), icon_name=sign)

    shown = rx.el.div(
        rx.el.p(
            _("Choose what to add at the end of your answer. Read it over, then send it."),
            class_name="hint",
            role="status",
        ),
        button.group(rx.foreach(rows, one)),
        id="put-in",
    )
    return rx.cond(rows.length() > 0, shown, rx.fragment())
