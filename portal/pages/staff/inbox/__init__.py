"""The inbox: what waits on one side, the conversation and its answer on the other."""

from typing import Any

import reflex as rx

from portal.components import badge, button, field, live_form, pager, search, section, staff
from portal.components.kinds import when
from portal.pages.page import Page
from portal.pages.staff import parts
from portal.pages.staff.inbox import talk
from portal.state.staff.inbox import Inbox
from portal.words import _

KEYS = [
    ("J", _("Next")),
    ("K", _("Before")),
    ("↵", _("Open")),
    ("T", _("Take on")),
    ("C", _("Close")),
    ("E", _("Answer")),
    ("Ctrl ↵", _("Send")),
]
VIEWS = [
    ("waiting", _("Waiting for us")),
    ("mine", _("Mine")),
    ("unclaimed", _("Nobody’s")),
    ("overdue", _("Overdue")),
    ("answered", _("Answered")),
    ("closed", _("Closed")),
]
NOTHING = [
    ("waiting", _("Nobody waits for an answer.")),
    ("mine", _("Nothing waits for you.")),
    ("unclaimed", _("Everything has been taken on.")),
    ("overdue", _("Nothing is overdue.")),
    ("answered", _("Nothing has been answered yet.")),
    (
        "found",
        _(
            "Nothing found. A patient is found by name, birth date or record number; other words "
            "in the newest 500 conversations."
        ),
    ),
]


def build() -> rx.Component:
    """Lays the inbox out."""
    return parts.page(
        Inbox,
        _("Messages"),
        staff.columns(_list(), talk.build(), across="list-and-one"),
        current="messages",
        beside=Inbox.row.said,
        keys=KEYS,
    )


def _list() -> rx.Component:
    row = Inbox.row
    return staff.panel(
        rx.match(row.view, *VIEWS, _("Found")),
        rx.el.div(_search(row), _views(row), _pools(row), class_name="in-panel stack"),
        parts.lines(
            row.threads, _line, rx.match(row.view, *NOTHING, _("Nothing has been closed yet."))
        ),
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
        _away(row.away),
        anchor="waiting",
        count=row.leaf.total,
        end=badge.count(row.late, _("late"), "late", in_words=True),
    )


def _away(away: Any) -> rx.Component:
    """Says who is away and who stands in, and takes one's own absence."""
    form = live_form.of(
        rx.el.div(
            field.date("first", _("First day"), required=True, min=away.today),
            field.date("last", _("Last day"), required=True, min=away.today),
            class_name="fields",
        ),
        field.select(
            "cover",
            _("Who stands in"),
            away.colleagues,
            first=_("Choose"),
            required=True,
            hint=_("They see what is yours beside their own, as far as they may read it."),
        ),
        button.group(button.plain(_("I am away then"), type="submit")),
        on_submit=Inbox.leave,
        reset_on_submit=True,
        class_name="stack",
    )
    return rx.el.details(
        section.opener(_("When you are away")),
        rx.el.div(
            rx.el.ul(rx.foreach(away.aways, _absence), class_name="stack"),
            form,
            class_name="stack",
        ),
        class_name="in-panel",
        id="away",
    )


def _absence(one: Any) -> rx.Component:
    back = button.plain(_("Take back"), on_click=Inbox.come_back(one.id), small=True)
    return rx.el.li(
        rx.el.span(one.said, " "), rx.cond(one.is_mine, back, rx.fragment()), key=one.id
    )


def _search(row: Any) -> rx.Component:
    return search.show(
        _("Patient, or words in a message"),
        _("Search"),
        Inbox.find,
        name="sought",
        key=row.query,
        default_value=row.query,
    )


def _views(row: Any) -> rx.Component:
    return rx.el.div(
        *(_view(words, Inbox.narrow(key), row.view == key) for key, words in VIEWS),
        class_name="seg",
        role="group",
        aria_label=_("Which messages"),
    )


def _pools(row: Any) -> rx.Component:
    return field.select(
        "pool",
        _("Pool"),
        row.pools,
        first=_("All pools"),
        value=row.pool,
        on_change=Inbox.by_pool,
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
        rx.el.p(
            thread.pool,
            ", ",
            rx.cond(thread.owner != "", thread.owner, _("nobody yet")),
            when(thread.covered, rx.fragment(", ", _("you stand in"))),
            class_name="quiet",
        ),
        lead=rx.el.div(
            rx.cond(
                thread.is_waiting, parts.clock(thread), rx.el.span(thread.clock, class_name="quiet")
            ),
            rx.cond(thread.is_urgent, badge.show(_("Urgent"), "bad", "alert"), rx.fragment()),
            class_name="leads",
        ),
        beside=thread.age,
        on_open=Inbox.choose(thread.id),
        current=Inbox.thread.id == thread.id,
        key=thread.id,
    )


page = Page("/staff/messages", _("Messages"), build, on_load=Inbox.open)
