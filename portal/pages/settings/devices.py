"""Devices and sign-ins: where the account is open, and how to end it there (SES-08, SES-09)."""

from typing import Any

import reflex as rx

from portal.components import (
    badge,
    button,
    definition,
    dialog,
    icon,
    notice,
    raw_form,
    rows,
    section,
)
from portal.components.kinds import Child, when
from portal.pages.page import Page
from portal.pages.settings import parts
from portal.state.settings import Devices
from portal.words import _

ROW: Any = Devices.row
ALL = "end-others"


def build() -> rx.Component:
    """Lays the page out."""
    return parts.page(Devices, _("Devices and sign-ins"), _body)


def _body() -> list[Child]:
    return [
        section.titled(_("This device"), _here(), anchor="here"),
        section.titled(_("Also open"), *_others(), anchor="others"),
        rx.cond(
            ROW.may_trust,
            section.titled(_("Devices that you trust"), *_trusted(), anchor="trusted"),
            rx.fragment(),
        ),
        section.titled(_("Ended in the last four weeks"), _ended(), anchor="ended"),
        section.titled(_("How long a sign-in lasts"), _lasting(), anchor="lasting"),
    ]


def _here() -> rx.Component:
    here = ROW.here
    return section.card(
        rx.el.p(icon.show(here.icon), " ", rx.el.b(here.device), class_name="badges"),
        definition.show(
            definition.entry(_("Signed in since"), here.since),
            definition.entry(_("With"), here.factor),
            definition.entry(_("Network address"), here.address),
        ),
        rx.cond(here.is_shared, _shared(), rx.fragment()),
        raw_form.post(
            "/auth/sign-out", button.plain(_("Sign out"), type="submit", icon_name="out")
        ),
    )


def _shared() -> rx.Component:
    return notice.plain(
        _("You said that others use this computer too"),
        _("The sign-in ends sooner here. Sign out when you are done: then nothing of you stays."),
    )


def _others() -> list[Child]:
    nothing = rx.el.p(_("Your account is open nowhere else."), class_name="quiet")
    ask = dialog.confirm(
        ALL,
        _("Sign out all other devices?"),
        _("Whoever uses them has to sign in again. This device stays signed in."),
        act=_("Sign out all others"),
        keep=_("Leave them"),
        on_confirm=Devices.end_others,
    )
    some = rx.fragment(
        rows.each(ROW.others, _other),
        button.group(dialog.opener(ALL, _("Sign out all other devices"))),
    )
    return [rx.cond(ROW.others.length() > 0, some, nothing), ask]


def _other(row: Any) -> rx.Component:
    about = rx.el.span(": ", row.device, ", ", row.since, class_name="vh")
    return _line(
        row,
        rx.el.p(_("Last used:"), " ", row.used),
        rx.el.p(_("Since"), " ", row.since, " · ", row.factor),
        when(row.note, rx.el.p(badge.show(_("Look at this"), "warn", "warn"), " ", row.note)),
        rx.el.div(
            button.plain(_("Sign out there"), about, on_click=Devices.end(row.id), small=True),
            class_name="btns",
        ),
    )


def _ended() -> rx.Component:
    nothing = rx.el.p(_("No sign-in has ended in the last four weeks."), class_name="quiet")
    return rx.cond(ROW.ended.length() > 0, rows.each(ROW.ended, _one_ended), nothing)


def _one_ended(row: Any) -> rx.Component:
    return _line(
        row,
        rx.el.p(row.ended),
        rx.el.p(_("Since"), " ", row.since, " · ", row.factor),
        when(row.note, rx.el.p(badge.show(_("Look at this"), "warn", "warn"), " ", row.note)),
    )


def _line(row: Any, *under: Child) -> rx.Component:
    shared = badge.show(_("Shared computer"), "", "user")
    return rows.row(
        row.device,
        *under[:1],
        rx.el.p(_("Network address:"), " ", row.address),
        *under[1:],
        rx.cond(row.is_shared, rx.el.p(shared), rx.fragment()),
        icon_name=row.icon,
    )


def _trusted() -> list[Child]:
    nothing = rx.el.p(
        _(
            "None. When you sign in at home, you may say that we need not ask for the second "
            "step there for a while."
        ),
        class_name="quiet",
    )
    return [
        rx.cond(ROW.trusted.length() > 0, rows.each(ROW.trusted, _one_trusted), nothing),
    ]


def _one_trusted(row: Any) -> rx.Component:
    about = rx.el.span(": ", row.device, ", ", row.since, class_name="vh")
    return rows.row(
        row.device,
        rx.el.p(_("No second step there until"), " ", row.until),
        rx.el.p(_("Trusted since"), " ", row.since, " · ", row.address),
        rx.el.div(
            button.plain(
                _("Ask there again"), about, on_click=Devices.distrust(row.id), small=True
            ),
            class_name="btns",
        ),
        icon_name="shield",
    )


def _lasting() -> rx.Component:
    return section.card(rx.foreach(ROW.rules, rx.el.p))


page = Page("/settings/devices", _("Devices and sign-ins"), build, on_load=Devices.open)
