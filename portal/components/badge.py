"""Badges: icon, word and colour always say the same."""

import reflex as rx

from portal.components import icon
from portal.components.kinds import Text


def show(words: Text, tone: Text = "", icon_name: Text = "") -> rx.Component:
    """Shows a status; `tone` is "", info, ok, warn, bad or helper (staff also: late, soon)."""
    picture = icon.show(icon_name) if isinstance(icon_name, rx.Var) or icon_name else rx.fragment()
    return rx.el.span(picture, words, class_name=f"badge {tone}")


def new(words: Text) -> rx.Component:
    """Marks what is new: a dot and the words, "New result"."""
    return rx.el.span(words, class_name="new")


def count(
    number: Text, words: Text = "", tone: Text = "", *, in_words: bool = False
) -> rx.Component:
    """Shows how many wait; hidden at none. `words` say of what, `in_words` to everybody."""
    if in_words:
        shown = rx.el.span(number, " ", words, class_name=f"count {tone}")
    else:
        shown = rx.fragment(
            rx.el.span(number, class_name=f"count {tone}", aria_hidden="true"),
            rx.el.span(", ", number, " ", words, class_name="vh"),
        )
    if isinstance(number, rx.Var):
        return rx.cond(number > 0, shown, rx.fragment())  # pyright: ignore[reportOperatorIssue]
    return shown if number else rx.fragment()
