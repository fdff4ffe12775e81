"""Markup: elements whose texts are escaped unless they are elements themselves."""

from html import escape
from typing import Any

_EMPTY = frozenset({"br", "hr", "input", "link", "meta"})


class Html(str):
    """Markup: what is not `Html` is escaped before it stands in a page."""

    __slots__ = ()


def el(name: str, /, *children: object, **attributes: Any) -> Html:
    """Returns an element. `class_` is class, `aria_label` aria-label; True is a bare attribute."""
    given = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _EMPTY:
        return Html(f"<{name}{given}>")
    return Html(f"<{name}{given}>{joined(*children)}</{name}>")


def joined(*children: object) -> Html:
    """Returns children one after the other; None and False stand for nothing."""
    shown = [child for child in children if child is not None and child is not False]
    return Html(
        "".join(child if isinstance(child, Html) else escape(str(child)) for child in shown)
    )


def icon(name: str, *, small: bool = False) -> Html:
    """Returns an icon of the sprite, hidden from screen readers."""
    use = el("use", href=f"/icons.svg#i-{name}")
    return el("svg", use, class_="i sm" if small else "i", aria_hidden="true")


def _attribute(key: str, value: Any) -> str:
    if value is None or value is False or value == "":
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'
