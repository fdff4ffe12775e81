"""Icons: one sprite in lucide's style (assets/icons.svg), never alone the bearer of a meaning."""

from typing import Any

import reflex as rx

from portal.components.kinds import Text

SPRITE = "/icons.svg"


def show(
    name: Text, *, label: Text = "", small: bool = False, class_name: str = ""
) -> rx.Component:
    """Shows an icon of the sprite by its name; without `label` it is hidden from screen readers."""
    classes = " ".join(part for part in ("i", "sm" if small else "", class_name) if part)
    named: dict[str, Any] = (
        {"role": "img", "aria_label": label} if label else {"aria_hidden": "true"}
    )
    return rx.el.svg(rx.el.svg.use(href=f"{SPRITE}#i-{name}"), class_name=classes, **named)


def brand_mark() -> rx.Component:
    """Shows the sprig of the portal."""
    paths = (
        "M16 26V9.5",
        "M16 13.5 11.8 8M16 13.5 20.2 8M16 18 9.6 11.5M16 18l6.4-6.5M16 22.5l-6.4-6M16 22.5l6.4-6",
    )
    return rx.el.svg(
        rx.el.svg.rect(class_name="tile", width="32", height="32", rx="9"),
        rx.el.svg.g(*[rx.el.svg.path(d=d) for d in paths], class_name="sprig"),
        rx.el.svg.circle(class_name="berry", cx="16", cy="6.6", r="1.7"),
        view_box="0 0 32 32",
        aria_hidden="true",
    )
