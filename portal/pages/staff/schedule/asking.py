"""Windows that ask one thing more: why it is cancelled, why over another, when there is time."""

from typing import Any

import reflex as rx

from portal.components import button, dialog, field, icon, live_form
from portal.state.staff.schedule import CANCELLED_BECAUSE, Schedule
from portal.words import _

WHYS = (
    _("Urgent, the doctor asked for it"),
    _("Short, fits in between"),
    _("Same family, seen together"),
    _("Agreed with the practitioner"),
)
_sought: Any = Schedule.sought


def windows() -> rx.Component:
    """The windows; they are opened by assets/board, and a number chooses."""
    return rx.fragment(_why_cancelled(), _why_over(), _next_free())


def _why_cancelled() -> rx.Component:
    choices = [
        _choice(at, words, data_code=code)
        for at, (code, words) in enumerate(CANCELLED_BECAUSE.items(), start=1)
    ]
    return dialog.show(
        "why-cancel",
        rx.fragment(_("Cancel"), " ", rx.el.span(data_said="true")),
        rx.el.p(_("Why? The patient is told after three minutes; until then it can be undone.")),
        rx.el.ol(*choices, class_name="opts"),
        button.group(button.plain(_("Keep the visit"), data_closes="true")),
    )


def _why_over() -> rx.Component:
    choices = [_choice(at, words, data_why=words) for at, words in enumerate(WHYS, start=1)]
    return dialog.show(
        "put-over",
        _("Put it there all the same?"),
        rx.el.div(icon.show("warn"), rx.el.p(data_said="true"), class_name="clash"),
        rx.el.p(_("Why? Both strips will show it. Your name and reason are kept.")),
        rx.el.ol(*choices, class_name="opts"),
        button.group(button.plain(_("Leave it"), data_closes="true")),
    )


def _choice(at: int, words: str, **marks: Any) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.kbd(str(at), aria_hidden="true"), words, type="button", data_choice=str(at),
            custom_attrs={"aria-keyshortcuts": str(at)}, **marks,
        )
    )  # fmt: skip


def _next_free() -> rx.Component:
    form = live_form.of(
        _list("visit", _("Visit"), Schedule.kinds, data_first="true"),
        rx.el.div(
            field.date("since", _("From"), id="seek-since"),
            _list("who", _("With"), Schedule.people, first=_("Anybody")),
            class_name="two-fields",
        ),
        button.group(
            button.main(_("Find"), " ", rx.el.kbd("↵", aria_hidden="true"), type="submit"),
            button.plain(_("Close"), data_closes="true"),
        ),
        on_submit=Schedule.seek,
        id="seek-form",
        class_name="stack",
    )
    none = rx.el.p(_("Nothing is free within three months."), class_name="quiet")
    return dialog.show(
        "next-free",
        _("Next free time"),
        form,
        rx.el.div(
            rx.cond(
                _sought.length() > 0,
                rx.el.ol(rx.foreach(Schedule.sought, _free), class_name="opts"),
                rx.cond(Schedule.sought_at > 0, none, rx.fragment()),
            ),
            id="sought",
            role="status",
            data_sought_at=Schedule.sought_at,
        ),
    )


def _list(name: str, label: str, rows: Any, first: str = "", **props: Any) -> rx.Component:
    key = f"seek-{name}"
    items = [rx.foreach(rows, lambda one: rx.el.option(one.words, value=one.id))]
    chosen = rx.el.select(
        *([rx.el.option(first, value="")] if first else []),
        *items,
        name=name,
        id=key,
        class_name="in",
        **props,
    )
    shown = rx.el.span(chosen, icon.show("down"), class_name="sel")
    return rx.el.div(rx.el.label(label, html_for=key), shown, class_name="field")


def _free(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.kbd(one.key, aria_hidden="true"),
            one.words,
            rx.el.span(one.when, class_name="quiet"),
            type="button",
            data_choice=one.key,
            data_sought="true",
            data_who=one.practitioner_id,
            data_minute=one.minute,
            data_at=one.when + " " + one.at,
            data_name=one.who,
        ),
        key=one.key,
    )
