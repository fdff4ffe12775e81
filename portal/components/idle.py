"""The warning before the idle time-out: two minutes ahead, one key extends, no draft is lost.

portal.js asks `GET clock` (JSON `idle_seconds_left`, `absolute_seconds_left`; asking must not
count as use; 401 means signed out) shortly before the end, opens the dialog when at most
`warn_seconds` are left, and sends `POST extend` (any answer but 401) when the person stays. Typing
and tapping extend by themselves, at most once a minute.
"""

import reflex as rx

from portal.components import button, raw_form
from portal.words import _


def warning(
    *,
    warn_seconds: int = 120,
    clock: str = "/auth/clock",
    extend: str = "/auth/extend",
    leave: str = "/#signed-out",
    sign_out: str = "/auth/sign-out",
) -> rx.Component:
    """The dialog of the idle time-out; every signed-in frame holds it once."""
    left = rx.el.strong("2:00", data_left="true", aria_hidden="true")
    quiet = rx.el.p(
        _("We sign you out in"),
        " ",
        left,
        rx.el.span(_("two minutes"), class_name="vh"),
        " ",
        _("to keep the record private. What you were writing is saved as a draft."),
        class_name="soft-end",
    )
    hard = rx.el.p(
        _("You have been signed in for a long time. Please sign in again to go on."),
        class_name="hard-end",
    )
    stay = button.main(_("Stay signed in"), data_first="true", data_stay="true")
    out = raw_form.post(sign_out, button.plain(_("Sign out"), type="submit"))
    return rx.el.dialog(
        rx.el.h2(_("Are you still there?"), id="idle-title"),
        quiet,
        hard,
        rx.el.p(role="status", aria_live="polite", class_name="vh", data_said="true"),
        button.group(stay, out),
        id="idle",
        class_name="dialog",
        aria_labelledby="idle-title",
        data_idle="true",
        data_warn_seconds=str(warn_seconds),
        data_clock=clock,
        data_extend=extend,
        data_leave=leave,
    )
