"""What several of the staff's pages show alike."""

from typing import Any

import reflex as rx

from portal.components import (
    badge,
    button,
    dialog,
    empty,
    field,
    frame,
    link,
    notice,
    skeleton,
    staff,
)
from portal.components.kinds import Child, Event, Text, when
from portal.words import _

KEYS = "all-keys"


def page(screen: Any, title: Text, *inside: Child, current: str, **around: Any) -> rx.Component:
    """Frames a page of the staff: notices, what this role may not see, skeletons, the page."""
    keys = [_where_open(screen, *one) for one in around.pop("keys", [])]
    closed = empty.show(
        _("This page is not for your role"),
        _("What your work needs is in the bar above. Ask a manager if something is missing."),
        icon_name="lock",
    )
    loading = skeleton.rows(_("Loading"), 6)
    body = rx.cond(screen.is_closed, closed, rx.fragment(*inside))
    return frame.staff(
        title,
        notice.told("bad", screen.problem),
        notice.told("ok", screen.done),
        rx.cond(screen.is_loaded, body, loading),
        all_keys(keys),
        current=current,
        keys=[*keys, ("?", _("All keys"))],
        live_said=rx.cond(screen.is_loaded, _("Live"), ""),
        **around,
    )


def look(name: str) -> rx.Component:
    """Loads a sheet that few pages need: patients' pages need none of them."""
    place = f"/look/{name}.css"
    return rx.el.link(rel="stylesheet", href=place, custom_attrs={"precedence": name})


def _where_open(screen: Any, key: str, words: str, *right: Any) -> tuple[Any, ...]:
    """A key of a page, not offered to who may not see the page."""
    is_open = ~screen.is_closed
    return key, words, is_open & right[0] if right else is_open


def all_keys(keys: list[tuple[Any, ...]]) -> rx.Component:
    """The window that lists every key of a page."""
    listed = [*keys, ("/", _("Find a patient")), ("Esc", _("Leave a field, close a window"))]
    rows = [_key(*one) for one in listed]
    return dialog.show(
        KEYS,
        _("Keys on this page"),
        field.checkbox(
            "single_keys",
            _("Single letters act at once"),
            detail=_("Switch them off if they get in the way of how you type or speak."),
            id="single-keys",
            data_keys_switch="true",
            data_first="true",
            checked=True,
        ),
        rx.el.dl(*rows, class_name="facts"),
        button.group(button.plain(_("Close"), data_closes="true")),
    )


def _key(key: str, words: str, is_there: Any = None) -> rx.Component:
    row = rx.el.div(rx.el.dt(staff.key(key)), rx.el.dd(words))
    return row if is_there is None else rx.cond(is_there, row, rx.fragment())


def line(
    title: Text,
    *under: Child,
    lead: Child,
    beside: Text = "",
    href: Text = "",
    on_open: Event = None,
    act: Child | None = None,
    end: Child | None = None,
    current: Any = None,
    faded: Any = False,
    key: Any = None,
) -> rx.Component:
    """One line of a panel: J and K stop at it, Enter opens it, its button bears a letter."""
    if on_open is not None:
        name = rx.el.button(
            title, type="button", on_click=on_open, class_name="as-link", data_stop="true"
        )
    else:
        name = link.to(href, title, data_stop="true")
    lines = [
        when(part, rx.el.p(part)) if isinstance(part, (str, rx.Var)) else part for part in under
    ]
    last = [part for part in (end, act) if part is not None]
    base = "item line-item" if act is not None else "item whole line-item"
    shape = rx.cond(faded, f"{base} faded", base) if isinstance(faded, rx.Var) else base
    marked = {"aria_current": rx.cond(current, "true", "false")} if current is not None else {}
    return rx.el.li(
        rx.el.div(lead, class_name="lead-col"),
        rx.el.div(rx.el.h3(name, when(beside, rx.el.span(" ", beside))), *lines),
        rx.el.div(*last, class_name="acts"),
        class_name=shape,
        data_line="true",
        **({"key": key} if key is not None else {}),
        **marked,
    )


def lines(items: Any, render: Any, nothing: Text) -> rx.Component:
    """A list of lines in a panel, or one sentence where there is none."""
    return rx.cond(
        items.length() > 0,
        rx.el.ul(rx.foreach(items, render), class_name="lines"),
        rx.el.p(nothing, class_name="in-panel quiet"),
    )


def press(words: Text, letter: str, on_click: Event, said: Text, **props: Any) -> rx.Component:
    """A small button with its letter; `said` tells screen readers whom it is about."""
    about = rx.el.span(": ", said, class_name="vh")
    return button.plain(
        rx.el.span(words, class_name="act"),
        about,
        on_click=on_click,
        key=letter,
        small=True,
        **props,
    )


def clock(row: Any) -> rx.Component:
    """Says how long there still is to answer, or how late it is."""
    return when(row.clock, badge.show(row.clock, row.tone, "clock"))
