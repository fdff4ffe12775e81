"""Links: inside the portal without a page load, elsewhere as the browser does it."""

import re
from typing import Any

import reflex as rx
from reflex_components_core.el.elements.inline import A
from reflex_components_core.react_router import link as inner_link

from portal.components import icon
from portal.components.kinds import Child, Text

LEAVES = ("http:", "https:", "tel:", "mailto:", "sms:", "#", "/auth/", "/files/", "/calendar/")


def to(href: Text, *children: Child, outside: bool = False, **props: Any) -> rx.Component:
    """Links to a page; `outside=True` (or tel:, mailto:, /auth/, /files/) makes a plain link."""
    if outside or (isinstance(href, str) and href.startswith(LEAVES)):
        return A.create(*children, href=href, **props)
    return inner_link(*children, to=href, **props)


def anchored(*children: Child, href: Text, **props: Any) -> rx.Component:
    """Links as the browser does it; `rx.el.a` is React Router's link and never leaves the app."""
    return A.create(*children, href=href, **props)


def phone(number: Text, *, class_name: str = "", small: bool = True) -> rx.Component:
    """Links a phone number as people write it."""
    digits = re.sub(r"[^\d+]", "", number) if isinstance(number, str) else number
    return A.create(
        icon.show("phone", small=small), number, href=f"tel:{digits}", class_name=class_name
    )


def back(href: Text, words: Text) -> rx.Component:
    """Links up, above the heading: "All results"."""
    return to(href, icon.show("left", small=True), words, class_name="back")
