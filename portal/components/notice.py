"""Notices stand under the heading and stay. No toasts."""

from typing import Any

import reflex as rx

from portal.components import icon
from portal.components.kinds import Child, Text, when

ICONS = {"info": "info", "ok": "ok", "warn": "warn", "bad": "stop", "plain": "info"}


def _make(kind: str, title: Text, body: tuple[Child, ...], **props: Any) -> rx.Component:
    picture = props.pop("icon_name", ICONS[kind])
    inside = [rx.el.p(part) if isinstance(part, (str, rx.Var)) else part for part in body]
    note = rx.el.div(
        icon.show(picture),
        rx.el.div(rx.el.h2(title), *inside),
        class_name=f"note {kind}",
        **props,
    )
    return when(title, note)


def info(title: Text, *body: Child, **props: Any) -> rx.Component:
    """Tells something good to know."""
    return _make("info", title, body, **props)


def ok(title: Text, *body: Child, **props: Any) -> rx.Component:
    """Says that it worked. Announced politely."""
    return _make("ok", title, body, **{"role": "status", **props})


def warn(title: Text, *body: Child, **props: Any) -> rx.Component:
    """Needs the person."""
    return _make("warn", title, body, **props)


def bad(title: Text, *body: Child, **props: Any) -> rx.Component:
    """Says what failed, that nothing was lost, and what next. Announced at once."""
    return _make("bad", title, body, **{"role": "alert", **props})


def plain(title: Text, *body: Child, **props: Any) -> rx.Component:
    """Tells something quietly, without a colour."""
    return _make("plain", title, body, **props)


def at(anchor: str, kind: str, title: Text, *body: Child) -> rx.Component:
    """Shows a notice only where the address ends in #anchor: after a form that the browser sent.

    `go("/#wrong")` in a route shows `notice.at("wrong", "bad", …)`, without a script or a state.
    """
    return rx.el.div(_make(kind, title, body), id=anchor, tab_index=-1, class_name="told at")


def told(kind: Text, title: Text, body: Text = "") -> rx.Component:
    """Shows the notice that a state holds, announced politely; hidden while the title is empty.

    `kind` is a Var of info, ok, warn or bad.
    """
    name = rx.match(kind, ("ok", "ok"), ("warn", "warn"), ("bad", "stop"), "info")
    note = rx.el.div(
        icon.show(name),
        rx.el.div(rx.el.h2(title), when(body, rx.el.p(body))),
        class_name=f"note {kind}",
    )
    return rx.el.div(when(title, note), role="status", aria_live="polite", class_name="told")
