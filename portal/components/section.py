"""Parts of a page: a heading and what stands under it."""

import reflex as rx

from portal.components import icon, link
from portal.components.kinds import Child, Text


def titled(
    title: Text, *children: Child, anchor: str, more: Text = "", href: str = ""
) -> rx.Component:
    """A section with its h2; `more` and `href` link to all of it."""
    named = f"{anchor}-title"
    head = rx.el.h2(title, id=named)
    if href:
        head = rx.el.div(head, link.to(href, more), class_name="sec-head")
    return rx.el.section(head, *children, class_name="sec", id=anchor, aria_labelledby=named)


def opener(*words: Child) -> rx.Component:
    """What opens a `details` where it stands."""
    return rx.el.summary(*words, icon.show("down", class_name="chev"), class_name="more")


def card(*children: Child) -> rx.Component:
    """A white sheet with room inside."""
    return rx.el.div(*children, class_name="card pad stack")


def stacked(*children: Child) -> rx.Component:
    """Sections one under the other, with the room between them that every page has."""
    return rx.el.div(*children, class_name="spread")


def two_columns(main: list[Child], side: list[Child]) -> rx.Component:
    """Two columns where there is room; on phones `main` comes first."""
    return rx.el.div(
        rx.el.div(*main, class_name="main-col"),
        rx.el.div(*side, class_name="side-col"),
        class_name="two",
    )


def three_parts(main: list[Child], side: list[Child], last: list[Child]) -> rx.Component:
    """Two columns where there is room, `last` under the first; on phones it comes at the end."""
    return rx.el.div(
        rx.el.div(*main, class_name="main-col"),
        rx.el.div(*side, class_name="side-col"),
        rx.el.div(*last, class_name="last-col"),
        class_name="two",
    )


def wide_parts(main: list[Child], wide: list[Child], side: list[Child]) -> rx.Component:
    """Two columns where there is room, and `wide` under both of them."""
    return rx.el.div(
        rx.el.div(*main, class_name="main-col"),
        rx.el.div(*wide, class_name="full-col"),
        rx.el.div(*side, class_name="side-col"),
        class_name="two",
    )
