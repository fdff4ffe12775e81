"""The questions of a form, one under the other, as who fills it in sees them."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from portal.components import field
from portal.components.kinds import Text
from portal.words import _

# Long enough not to ask at every stroke, short enough to lose nothing worth a word.
PAUSE_MS = 700
Keep = Callable[[Any, Any], Any]


def each(
    items: Any,
    *,
    prefix: Text,
    wrong: Any = None,
    edition: Text = "",
    keep: Keep | None = None,
) -> rx.Component:
    """Shows each question with its field. `wrong`: a Var of what is wrong, by question.

    `keep(id, words)` is called while an answer is written; `edition` changes where the fields are
    to show other answers.
    """
    return rx.foreach(items, lambda one: _one(one, prefix, wrong, edition, keep))


def _one(one: Any, prefix: Text, wrong: Any, edition: Text, keep: Keep | None) -> rx.Component:
    name: Any = rx.Var.create(prefix) + one.id
    error = "" if wrong is None else wrong.get(one.id, "")
    asked: Any = rx.fragment(one.text, rx.cond(one.required, rx.fragment(), _optional()))
    typed, chosen = _kept(one, keep)
    shared: dict[str, Any] = {"id": name, "error": error, "value": one.value}
    short: dict[str, Any] = {"auto_complete": "off", **typed, **shared}
    pick = field.radio(name, asked, one.options, error=error, value=one.value, **chosen)
    shown = rx.match(
        one.kind,
        ("display", rx.el.p(one.text, class_name="text")),
        ("text", field.textarea(name, asked, max_length=4000, **typed, **shared)),
        ("date", field.date(name, asked, **chosen, **shared)),
        ("integer", field.number(name, asked, max_length=9, **short)),
        ("boolean", pick),
        ("choice", pick),
        field.text(name, asked, max_length=200, **short),
    )
    return rx.el.div(shown, key=f"{one.id} {edition} {one.turn}")


def _kept(one: Any, keep: Keep | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Returns what keeps an answer that is typed, after a pause or when it is left; and a choice.

    The pause is one for the whole page: whoever goes on to the next field at once, loses nothing.
    """
    if keep is None:
        return {}, {}
    return (
        {
            "on_change": lambda words: keep(one.id, words).debounce(PAUSE_MS),
            "on_blur": lambda words: keep(one.id, words),
        },
        {"on_change": lambda words: keep(one.id, words)},
    )


def _optional() -> rx.Component:
    return rx.el.span(" ", _("(optional)"), class_name="opt")
