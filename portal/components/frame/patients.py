"""The frame of a patient's pages."""

from typing import Any

import reflex as rx

from portal.components import banner, button, empty, icon, idle, link, live, notice, raw_form
from portal.components import person as person_letters
from portal.components.frame import parts
from portal.components.frame.around import Around, Clinic, settled
from portal.components.frame.places import Place, patient_places
from portal.components.kinds import Child, Text, when
from portal.words import _


def patient(  # noqa: PLR0913 - what may stand around a page
    title: Text,
    *children: Child,
    current: str = "home",
    right: str = "",
    updated: Text = "",
    above: Child | None = None,
    paper: Child | None = None,
    has_call_card: bool = True,
    counts: Any = None,
    person: Any = None,
    acting: Any = None,
    clinic: Any = None,
) -> rx.Component:
    """Frames a patient's page; `current` is the key of its place.

    `updated` is the live line beside the h1, `above` what stands over it (`link.back(...)`),
    `paper` what heads it in print (`print_header.show(...)`);
    `has_call_card=False` where the page itself says how to reach the clinic;
    `right` names what the page needs of the open record, where it is more than its place does.

    """
    around = settled(counts=counts, person=person, acting=acting, clinic=clinic)
    main = rx.el.main(
        *[part for part in (paper, above) if part is not None],
        parts.heading(title, when(updated, live.status(updated))),
        _joined(around),
        parts.allowed(_right(around, current, right), rx.fragment(*children), _not_lent()),
        _call_card(around.clinic) if has_call_card else rx.fragment(),
        parts.foot(),
        id="main",
    )
    page = rx.el.div(
        banner.acting(around.acting.name, around.acting.letters, around.acting.own),
        main,
        live.lost(),
        class_name="page",
    )
    return rx.fragment(
        parts.skip(),
        rx.el.div(_side(around, current), page, class_name="frame"),
        parts.unseen(around),
        idle.warning(),
    )


def _right(around: Around, current: str, right: str) -> Any:
    if right:
        return getattr(around.rights, right)
    here = (place for place in patient_places() if place.key == current)
    return next((parts.right_to(around, place) for place in here), True)


def _joined(around: Around) -> rx.Component:
    """Says what it means that one's own record was joined with another one, and what to do."""
    if around.is_joined is None:
        return rx.fragment()
    said = notice.warn(
        _("Your record was joined with another one"),
        rx.el.p(_("We had two records of you and joined them. This is the older one.")),
        rx.el.p(
            _("What is new stands in the other one, and what you write here may not be seen."),
            " ",
            _("Call us: we give your account the record that holds everything."),
        ),
    )
    return rx.cond(around.is_joined, said, rx.fragment())


def _not_lent() -> rx.Component:
    return empty.show(
        _("This part is not open to you"),
        _("The person whom you help has not lent it to you, or it ended with their age."),
        button.plain(_("Go to the first page"), href="/home"),
        icon_name="lock",
    )


def _side(around: Around, current: str) -> rx.Component:
    head = rx.el.header(
        parts.brand(around.clinic, "/home"), parts.account(around), class_name="top"
    )
    rail = (_bar(around, current), _switch(around), _tel(around.clinic))
    return rx.el.div(head, *rail, class_name="side")


def _switch(around: Around) -> rx.Component:
    """The other records that one may open, each a press away; nothing where there is none."""
    if around.choices is None:
        return rx.fragment()
    others = rx.el.ul(rx.foreach(around.choices, _other))
    shown = rx.el.nav(others, class_name="switch", aria_label=_("Other records"))
    return rx.cond(around.choices.length() > 0, shown, rx.fragment())


def _other(row: Any) -> rx.Component:
    opens = raw_form.post(
        banner.OPEN_RECORD,
        rx.el.input(type="hidden", name="patient", value=row.patient_id),
        rx.el.button(
            person_letters.initials(row.initials, row.tint, "sm"),
            rx.el.span(rx.el.span(_("Open the record of"), " ", class_name="vh"), row.name),
            type="submit",
        ),
    )
    return rx.cond(row.is_open, rx.fragment(), rx.el.li(opens))


def _bar(around: Around, current: str) -> rx.Component:
    places = patient_places()
    shown = [_way(around, place, current) for place in places if place.in_bar]
    rest = [place for place in places if not place.in_bar]
    wide = [
        _way(around, place, current, "wide gap" if place.opens_group else "wide") for place in rest
    ]
    more = _more(around, current)
    return rx.el.nav(rx.el.ul(*shown, more, *wide), class_name="bar", aria_label=_("Main"))


def _way(around: Around, place: Place, current: str, shape: str = "") -> rx.Component:
    way = parts.way(place, current, around.counts, shape)
    return parts.allowed(parts.right_to(around, place), way)


def _more(around: Around, current: str) -> rx.Component:
    rest = [place for place in patient_places() if not place.in_bar]
    links = [
        parts.allowed(
            parts.right_to(around, place),
            link.to(place.href, icon.show(place.icon), place.words, **_here(place, current)),
        )
        for place in rest
    ]
    out = rx.el.button(icon.show("out"), _("Sign out"), type="submit")
    sheet = rx.el.div(
        *links,
        link.to("/help", icon.show("ask"), _("Help")),
        raw_form.post(parts.SIGN_OUT, out),
        class_name="sheet",
    )
    words = rx.el.summary(rx.el.span(icon.show("menu"), class_name="ic"), rx.el.span(_("More")))
    return rx.el.li(rx.el.details(words, sheet, data_menu="true"), class_name="narrow")


def _tel(clinic: Clinic) -> rx.Component:
    section = rx.el.section(
        _("Questions? Call us"),
        rx.el.br(),
        link.phone(clinic.phone),
        rx.el.br(),
        _("In an emergency call"),
        " ",
        rx.el.b(clinic.emergency),
        class_name="tel",
        aria_label=_("Call the clinic"),
    )
    return when(clinic.phone, section)


def _call_card(clinic: Clinic) -> rx.Component:
    card = rx.el.section(
        rx.el.h2(_("Talk to us"), class_name="vh", id="call-title"),
        rx.el.div(
            link.phone(clinic.phone, class_name="big", small=False),
            when(clinic.hours_said, rx.el.p(clinic.hours_said, class_name="quiet small")),
            rx.el.p(rx.el.strong(parts.emergency(clinic)), class_name="small"),
            class_name="card pad help",
        ),
        class_name="call-card",
        aria_labelledby="call-title",
    )
    return when(clinic.phone, card)


def _here(place: Place, current: str) -> dict[str, Any]:
    return {"aria_current": "page"} if place.key == current else {}
