"""A few views of one list, as links: Coming, Past, Cancelled."""

import reflex as rx

from portal.components import link
from portal.components.kinds import Event, Text


def links(label: Text, views: list[tuple[str, str, str]], current: Text) -> rx.Component:
    """Shows views as (key, href, words); `current` is the key of the one that is open."""

    def view(key: str, href: str, words: str) -> rx.Component:
        here = (
            rx.cond(current == key, "page", "false")
            if isinstance(current, rx.Var)
            else ("page" if current == key else "false")
        )
        return rx.el.li(link.to(href, words, custom_attrs={"aria-current": here}))

    return rx.el.nav(rx.el.ul(*[view(*one) for one in views], class_name="seg"), aria_label=label)


def choice(
    name: str, label: Text, views: list[tuple[str, str]], current: Text, on_change: Event
) -> rx.Component:
    """Shows views as native radio buttons (key, words); `on_change` gets the key."""

    def view(key: str, words: str) -> rx.Component:
        box = rx.el.input(
            type="radio", name=name, value=key, checked=current == key, on_change=on_change
        )
        return rx.el.label(box, words)

    return rx.el.fieldset(
        rx.el.legend(label, class_name="vh"),
        rx.el.div(*[view(*one) for one in views], class_name="seg"),
    )
