"""On the administrators' page: helping a colleague back in; a second person approves."""

from typing import Any

import reflex as rx

from portal.components import button, dialog, field, link, notice, staff
from portal.pages.staff import way_back
from portal.state.staff.ways_back import StaffWayBack
from portal.words import _


def section(row: Any) -> rx.Component:
    """The panel with the way to begin; `row.is_confirmed`, else the proof comes before the form."""
    opens = dialog.opener(way_back.BEGIN, _("Help them back in"), icon_name="key")
    first = button.plain(
        _("Confirm that it is you, to help them back in"),
        href="/confirm?then=/admin/people",
        icon_name="key",
    )
    name = field.text(
        "sign_in_name",
        _("Sign-in name of the colleague"),
        autocomplete="off",
        auto_capitalize="none",
        spell_check=False,
        max_length=254,
        required=True,
    )
    return rx.fragment(
        staff.panel(
            _("Helping a colleague back in"),
            rx.el.div(
                notice.told("bad", StaffWayBack.problem),
                *way_back.code(StaffWayBack),
                rx.el.p(
                    _("Lost password or phone? Prove who it is, and hand over a short code."),
                    " ",
                    _("It holds after a day, or once another administrator or manager approves."),
                ),
                button.group(
                    rx.cond(row.is_confirmed, opens, first),
                    link.to("/staff/requests", _("Ways back that wait")),
                ),
                class_name="in-panel stack",
            ),
            anchor="colleague-back",
        ),
        way_back.form(StaffWayBack, name),
    )
