"""What the three frames share."""

from typing import Any

import reflex as rx

from portal.components import badge, banner, icon, link, live, person, raw_form
from portal.components.frame.around import Around, Clinic, Counts, settled
from portal.components.frame.places import Place
from portal.components.kinds import Child, Text, when
from portal.words import _

SIGN_OUT = "/auth/sign-out"


def skip() -> rx.Component:
    """The first thing that the Tab key finds."""
    return link.anchored(_("Skip to the page’s content"), href="#main", class_name="skip")


def brand(clinic: Clinic, href: str) -> rx.Component:
    """The clinic's name, and the way home."""
    return link.to(href, icon.brand_mark(), rx.el.span(clinic.name), class_name="brand")


def way(place: Place, current: str, counts: Counts, shape: str = "") -> rx.Component:
    """One way on, with what waits there."""
    here: dict[str, Any] = {"aria_current": "page"} if place.key == current else {}
    number = getattr(counts, place.count) if place.count else 0
    inside = rx.el.span(icon.show(place.icon), badge.count(number, place.counted), class_name="ic")
    return rx.el.li(link.to(place.href, inside, rx.el.span(place.words), **here), class_name=shape)


def allowed(right: Any, part: rx.Component, instead: rx.Component | None = None) -> rx.Component:
    """Shows a part to who has the right to it, a flag or a Var of one."""
    instead = instead or rx.fragment()
    if isinstance(right, rx.Var):
        return rx.cond(right, part, instead)
    return part if right else instead


def right_to(around: Around, place: Place) -> Any:
    """Returns the right that a place needs; True where it needs none."""
    return getattr(around.rights, place.right) if place.right else True


def account(around: Around) -> rx.Component:
    """Who is signed in, and the way out."""
    who = around.person
    choices = rx.fragment() if around.choices is None else records(around.choices)
    out = rx.el.button(icon.show("out"), _("Sign out"), type="submit")
    return rx.el.details(
        rx.el.summary(
            person.initials(who.letters, who.tint),
            rx.el.span(who.name, class_name="name"),
            rx.el.span(_("Your account"), class_name="vh"),
            icon.show("down", class_name="chev"),
        ),
        rx.el.div(
            rx.el.p(rx.el.strong(who.name), when(who.role, rx.fragment(rx.el.br(), who.role))),
            choices,
            link.to("/settings", icon.show("gear"), _("Settings")),
            raw_form.post(SIGN_OUT, out),
            class_name="menu",
        ),
        class_name="person",
        data_menu="true",
    )


def records(choices: Any) -> rx.Component:
    """Whose record to open, where one helps others; nothing where there is no choice."""
    ask = rx.el.p(_("Whose record do you want to see?"))
    listed = rx.fragment(ask, rx.foreach(choices, _record), rx.el.hr())
    return rx.cond(choices.length() > 0, listed, rx.fragment())


def _record(row: Any) -> rx.Component:
    here = rx.cond(row.is_open, icon.show("check"), rx.fragment())
    name = rx.el.span(row.name, rx.el.small(row.note))
    return raw_form.post(
        banner.OPEN_RECORD,
        rx.el.input(type="hidden", name="patient", value=row.patient_id),
        rx.el.button(
            person.initials(row.initials, row.tint),
            name,
            here,
            type="submit",
            aria_current=row.is_open,
        ),
    )


def heading(title: Text, *beside: Child) -> rx.Component:
    """The one h1, with one line beside it."""
    return rx.el.div(rx.el.h1(title, tab_index=-1), *beside, class_name="head")


def looks() -> rx.Component:
    """Chooses the appearance; kept in this browser, applied by portal.js before the first paint."""
    choices = [
        ("system", _("As this device")),
        ("light", _("Light")),
        ("dark", _("Dark")),
        ("light contrast", _("Light, more contrast")),
        ("dark contrast", _("Dark, more contrast")),
    ]
    chosen = rx.el.select(
        *[rx.el.option(words, value=value) for value, words in choices], data_looks="true"
    )
    return rx.el.label(
        icon.show("half", small=True),
        _("Appearance:"),
        rx.el.span(chosen, icon.show("down"), class_name="sel"),
        class_name="looks",
    )


def foot(*more: Child) -> rx.Component:
    """The foot of every page for patients and the public."""
    return rx.el.footer(
        link.to("/help", _("Help")),
        link.to("/privacy", _("Privacy")),
        *more,
        looks(),
        class_name="foot",
    )


def emergency(clinic: Clinic | None = None) -> rx.Component:
    """Points to the emergency number."""
    clinic = clinic or settled().clinic
    number = link.anchored(clinic.emergency, href=f"tel:{clinic.emergency}")
    return rx.el.span(_("In an emergency call"), " ", number)


def unseen(around: Around) -> rx.Component:
    """The polite region, and the mark by which a test knows that the page has its data."""
    ready = rx.State.is_hydrated if around.ready is None else around.ready
    return rx.fragment(
        live.announced(around.said),
        rx.el.span(id="ready", hidden=True, data_ready=ready, data_whose=around.whose),
    )
