"""What the parts take: text, a Var of a state, or an element."""

from typing import Any, TypeAlias

import reflex as rx

Text: TypeAlias = Any  # a str already through `_()`, or a Var
Flag: TypeAlias = Any  # a bool, or a Var of one
Child: TypeAlias = Any  # an element, a text or a Var
Event: TypeAlias = Any  # what Reflex takes for `on_click`: a handler, an event or a list of them


def is_given(text: object) -> bool:
    """Says whether a text was given at build time; a Var always counts as given."""
    return isinstance(text, (rx.Var, rx.Component)) or bool(text)


def when(text: Text, part: rx.Component) -> rx.Component:
    """Shows a part only where its text is not empty, at build time or in the browser."""
    if isinstance(text, rx.Var):
        return rx.cond(text != "", part, rx.fragment())
    return part if is_given(text) else rx.fragment()


def styled(**values: Text) -> dict[str, Any]:
    """Returns custom attributes that set CSS variables inline: `styled(at="50%")` sets `--at`."""
    return {"style": rx.Var.create({f"--{name}": value for name, value in values.items()})}
