"""People: a circle with initials in one of five earth tints, and their name in words."""

import reflex as rx

from portal.components.kinds import Text, when

TINTS = 5


def initials(letters: Text, tint: Text | int = 1, size: str = "") -> rx.Component:
    """Shows initials; decoration only, the name stands beside it. `size`: "", sm or lg."""
    return rx.el.span(letters, class_name=f"who {size} p{tint}", aria_hidden="true")


def chip(name: Text, letters: Text, *, tint: Text | int = 1, role: Text = "") -> rx.Component:
    """Shows a person with name and role: "Dr Amara Osei", "your family doctor"."""
    words = rx.el.span(name, when(role, rx.el.small(role)))
    return rx.el.span(initials(letters, tint), words, class_name="chip")


def letters_of(name: str) -> str:
    """Returns the initials of a name, first and last: Ana Maria Silva → AS."""
    words = [word for word in name.replace("-", " ").split() if word[:1].isalpha()]
    return "".join(word[0].upper() for word in (words[:1] + words[1:][-1:]))


def tint_of(key: str) -> int:
    """Returns the tint 1–5 that belongs to a person, the same on every page."""
    return sum(key.encode()) % TINTS + 1
