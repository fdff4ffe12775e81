"""A conversation: letters, what happened between them, and what we promise."""

from typing import Any

import reflex as rx

from portal.components import attach, button, icon, person
from portal.components.kinds import Child, Flag, Text, when
from portal.words import _


def show(
    name: Text,
    at: Text,
    text: Text,
    *,
    letters: Text,
    tint: Text | int = 1,
    mine: Flag = False,
    role: Text = "",
    files: Any = None,
    links: Any = None,
    below: Child | None = None,
) -> rx.Component:
    """One letter: who, when, the words with their line breaks, and what came with them.

    `links`: rows of (href, said), where the words lead within the portal. `below`: what is said of
    the letter besides, see `standing`.
    """
    base, own = "letter", "letter mine"
    shape: Any = rx.cond(mine, own, base) if isinstance(mine, rx.Var) else (own if mine else base)
    when_said = rx.el.span(when(role, rx.fragment(role, ", ")), at, class_name="quiet")
    return rx.el.article(
        rx.el.header(person.initials(letters, tint), rx.el.div(rx.el.strong(name), when_said)),
        rx.el.div(text, class_name="text"),
        *([attach.listed(files)] if files is not None else []),
        *([_links(links)] if links is not None else []),
        *([below] if below is not None else []),
        class_name=shape,
    )


def _links(rows: Any) -> rx.Component:
    def item(row: Any) -> rx.Component:
        return button.plain(row.said, href=row.href, icon_name="arrow")

    shown = button.group(rx.foreach(rows, item))
    return rx.cond(rows.length() > 0, shown, rx.fragment())


def all_of(*inside: Child) -> rx.Component:
    """The letters in order."""
    return rx.el.div(*inside, class_name="letters")


def event(words: Text, icon_name: Text = "ok") -> rx.Component:
    """What happened between two letters, in one quiet line."""
    return rx.el.p(icon.show(icon_name, small=True), rx.el.span(words), class_name="event")


def promise(words: Text, more: Text = "") -> rx.Component:
    """Says before sending until when we answer."""
    said = rx.el.p(words, when(more, rx.el.span(more)))
    return rx.el.div(icon.show("clock"), said, class_name="promise")


def kept(words: Text) -> rx.Component:
    """Says that the draft is saved, and when."""
    said = rx.el.span(icon.show("ok", small=True), words, role="status")
    return rx.el.p(when(words, said), class_name="kept")


def standing(row: Any, may: Flag, *, on_click: Any) -> rx.Component:
    """Says which letter this one puts right, or that a later one does; or lets its side do that.

    `row` has `mine`, `at`, `corrects` and `is_corrected`: what was sent is never altered.
    """
    again = button.link_like(
        _("Put this right"),
        rx.el.span(": ", row.at, class_name="vh"),
        on_click=on_click,
        small=True,
    )
    later = event(_("Put right in a later message."), "pencil")
    return rx.fragment(
        when(row.corrects, event(row.corrects, "pencil")),
        rx.cond(
            row.is_corrected, later, rx.cond(row.mine & may, button.group(again), rx.fragment())
        ),
    )


def puts_right(words: Text, *, on_drop: Any) -> rx.Component:
    """Says above what is being written which letter it puts right, and lets that go."""
    drop = button.link_like(_("It puts nothing right"), on_click=on_drop, small=True)
    return when(words, rx.el.div(event(words, "pencil"), drop, role="status"))


def comment(
    name: Text, at: Text, text: Text, *, letters: Text, tint: Text = 3, buttons: Child | None = None
) -> rx.Component:
    """What the clinician says about a result: first on the page, with the next step below."""
    who = rx.el.div(rx.el.strong(name), rx.el.span(at, class_name="quiet"))
    return rx.el.div(
        rx.el.div(person.initials(letters, tint, "lg"), who, class_name="by"),
        rx.el.blockquote(text, class_name="text"),
        *([buttons] if buttons is not None else []),
        class_name="card say-card",
    )
