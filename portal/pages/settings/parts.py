"""What the pages of the settings show alike: the frame of whoever is signed in, and the gate."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from portal.components import button, field, frame, link, live_form, notice, section, skeleton
from portal.components.kinds import Child, Text
from portal.state.frame import Frame
from portal.words import _

FRAME: Any = Frame.row
FIRST = "/settings"


def page(
    screen: Any, title: Text, body: Callable[[], list[Child]], *, above: Child | None = None
) -> rx.Component:
    """Frames a page as the person's own side of the house does; `body` is laid out for each."""

    def inside() -> list[Child]:
        loading = skeleton.rows(_("Loading your settings"), 4)
        return [
            notice.told("bad", screen.problem),
            notice.told("ok", screen.done),
            rx.cond(screen.is_loaded, section.stacked(*body()), loading),
        ]

    back = link.back(FIRST, _("Settings")) if above is None else above
    theirs = frame.patient(title, *inside(), current="settings", above=back)
    staffs = frame.staff(
        title,
        rx.el.div(rx.el.div(back, class_name="stack"), *inside(), class_name="stack talk"),
        current="settings",
    )
    return rx.cond(FRAME.is_staff, staffs, theirs)


def confirm_first(path: str, words: Text) -> rx.Component:
    """Stands where a form will be: first comes the proof that it is really them (MFA-11)."""
    return notice.info(
        _("Confirm that it is you first"),
        words,
        button.group(
            button.main(_("Confirm that it is you"), href=f"/confirm?then={path}", icon_name="key")
        ),
        icon_name="shield",
    )


def code_form(
    said: Text, until: Text, error: Text, *, name: str, prove: Any, again: Any, drop: Any
) -> rx.Component:
    """Asks for the code that was sent; without one that still works, offers to send another."""
    enter = live_form.of(
        field.text(
            name,
            _("Code of six digits"),
            error=error,
            input_mode="numeric",
            autocomplete="one-time-code",
            max_length=20,
            required=True,
        ),
        button.group(button.main(_("Confirm"), type="submit")),
        on_submit=prove,
        class_name="stack",
        no_validate=True,
    )
    works = rx.fragment(
        rx.el.p(_("The code works until"), " ", until, ". ", _("Look among unwanted mail too.")),
        enter,
    )
    gone = rx.el.p(_("The code does not work any more. Send a new one."))
    return section.card(
        rx.el.p(_("We have sent a code to"), " ", rx.el.b(said), "."),
        rx.cond(until != "", works, gone),
        button.group(
            button.plain(_("Send a new code"), on_click=again),
            button.plain(_("Do not change it"), on_click=drop),
        ),
    )
