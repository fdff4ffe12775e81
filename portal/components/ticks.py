"""Several of a few, all in sight: boxes under one legend, of which any may be ticked."""

from typing import Any

import reflex as rx

from portal.components.kinds import Text


def show(legend: Text, rows: Any, anchor: str, *, hint: Text) -> rx.Component:
    """Boxes for rows with `name`, `words` and `is_ticked`; a ticked one is sent as "on"."""

    def one(row: Any) -> rx.Component:
        box = rx.el.input(
            type="checkbox",
            name=row.name,
            id=f"{anchor}-{row.name}",
            default_checked=row.is_ticked,
        )
        return rx.el.label(
            box, rx.el.span(row.words), class_name="pick", html_for=f"{anchor}-{row.name}"
        )

    return rx.el.fieldset(
        rx.el.legend(legend),
        rx.el.span(hint, id=f"{anchor}-hint", class_name="hint"),
        rx.el.div(rx.foreach(rows, one), class_name="list ticks"),
        class_name="field",
        id=anchor,
        aria_describedby=f"{anchor}-hint",
    )
