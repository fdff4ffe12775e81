"""Buttons bear the verb. One filled button on a screen; none is ever greyed out."""

from typing import Any

import reflex as rx

from portal.components import icon, link
from portal.components.kinds import Child, Event, Flag, Text


def _make(
    kind: str,
    words: tuple[Child, ...],
    *,
    href: Text = "",
    on_click: Event = None,
    icon_name: Text = "",
    key: str = "",
    full: bool = False,
    small: bool = False,
    **props: Any,
) -> rx.Component:
    extra = props.pop("class_name", "")
    names = ["btn", kind, "full" if full else "", "sm" if small else "", extra]
    inside = [icon.show(icon_name)] if isinstance(icon_name, rx.Var) or icon_name else []
    inside.extend(words)
    if key:
        inside.append(rx.el.kbd(key, aria_hidden="true"))
        props["custom_attrs"] = {**props.get("custom_attrs", {}), "aria-keyshortcuts": key}
    props["class_name"] = " ".join(name for name in names if name)
    if isinstance(href, rx.Var) or href:
        return link.to(href, *inside, **props)
    if on_click is not None:
        props["on_click"] = on_click
    return rx.el.button(*inside, **{"type": "button", **props})


def main(*words: Child, **props: Any) -> rx.Component:
    """The one filled button; `href=` makes it a link, `type="submit"` sends the form."""
    return _make("main", words, **props)


def plain(*words: Child, **props: Any) -> rx.Component:
    """An outlined button, for what may also be done."""
    return _make("", words, **props)


def danger(*words: Child, **props: Any) -> rx.Component:
    """The button that takes something away; only after the question was asked."""
    return _make("bad", words, **props)


def link_like(*words: Child, **props: Any) -> rx.Component:
    """A button that looks like a link, for the smallest of acts."""
    return _make("plain", words, **props)


def busy(words: Text, busy_words: Text, is_busy: Flag, **props: Any) -> rx.Component:
    """A filled button that says what it is doing while it does it."""
    spin = rx.el.span(class_name="spin", aria_hidden="true")
    shown = rx.cond(is_busy, rx.fragment(spin, busy_words), rx.fragment(words))
    return main(shown, aria_busy=is_busy, **props)


def print_page(words: Text) -> rx.Component:
    """Opens the browser's print dialog."""
    return plain(words, icon_name="printer", data_prints="true")


def group(*buttons: Child) -> rx.Component:
    """Stands buttons side by side, one under the other on phones."""
    return rx.el.div(*buttons, class_name="btns")
