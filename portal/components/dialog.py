"""Dialogs say what will happen, and the button bears the verb. Native, opened by portal.js."""

from typing import Any

import reflex as rx

from portal.components import button, live_form
from portal.components.kinds import Child, Event, Text


def opener(anchor: Text, *words: Child, kind: str = "plain", **props: Any) -> rx.Component:
    """The button that opens the dialog `anchor`; `kind` names a function of `button`."""
    make = getattr(button, kind)
    return make(*words, data_opens=anchor, aria_haspopup="dialog", **props)


def show(anchor: Text, title: Text, *inside: Child) -> rx.Component:
    """A dialog of one's own contents; a button with `data_closes="true"` closes it."""
    named = f"{anchor}-title"
    return rx.el.dialog(
        rx.el.h2(title, id=named),
        *inside,
        id=anchor,
        class_name="dialog",
        aria_labelledby=named,
    )


def confirm(
    anchor: Text,
    title: Text,
    *what_happens: Child,
    act: Text,
    keep: Text,
    on_confirm: Event,
    is_danger: bool = True,
) -> rx.Component:
    """Asks before something is taken away: `act` bears the verb, `keep` leaves all as it is."""
    do = button.danger if is_danger else button.main
    body = [rx.el.p(part) if isinstance(part, (str, rx.Var)) else part for part in what_happens]
    return show(
        anchor,
        title,
        *body,
        button.group(
            do(act, on_click=on_confirm, data_closes="true"),
            button.plain(keep, data_closes="true", data_first="true"),
        ),
    )


def form(
    anchor: Text,
    title: Text,
    *fields: Child,
    act: Text,
    keep: Text,
    on_submit: Event,
    **props: Any,
) -> rx.Component:
    """Asks for something before it acts: the fields reach `on_submit` as one form."""
    return show(
        anchor,
        title,
        live_form.of(
            rx.el.div(*fields, class_name="stack"),
            button.group(button.main(act, type="submit"), button.plain(keep, data_closes="true")),
            on_submit=on_submit,
            reset_on_submit=True,
            data_closes_dialog="true",
            **props,
        ),
    )
