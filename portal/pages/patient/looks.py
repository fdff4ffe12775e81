"""Who has looked at my record: the access log, in plain words."""

from typing import Any

import reflex as rx

from portal.components import (
    badge,
    button,
    dialog,
    empty,
    field,
    frame,
    live_form,
    notice,
    pager,
    print_header,
    section,
    skeleton,
)
from portal.components.kinds import when
from portal.pages.page import Page
from portal.state.frame import Frame
from portal.state.looks import Looks
from portal.words import _

ROW: Any = Looks.row
FRAME: Any = Frame.row
CHOSEN: Any = Looks.chosen
ASK = "ask-about"


def build() -> rx.Component:
    """Lays the access log out."""
    return frame.patient(
        _("Who has looked at my record?"),
        rx.el.p(
            _("Everybody who opens your record leaves a line here: who, when and why."),
            class_name="lead",
        ),
        notice.told("bad", Looks.problem),
        notice.told("ok", Looks.done),
        rx.cond(Looks.is_loaded, _all(), skeleton.rows(_("Loading the access log"), 6)),
        _ask(),
        current="access-log",
        paper=print_header.show(
            FRAME.clinic_name, FRAME.clinic_address, ROW.patient_name, ROW.born
        ),
    )


def _all() -> rx.Component:
    return section.stacked(
        _search(),
        rx.cond(ROW.nothing != "", _nothing(), _lines()),
        _turning(),
        button.group(button.print_page(_("Print this page"))),
    )


def _search() -> rx.Component:
    form = live_form.of(
        rx.el.div(
            field.text("name", _("Name"), optional=True, max_length=60, autocomplete="off"),
            field.select("kind", _("What"), ROW.kinds, first=_("Everything")),
            field.date("since", _("From"), optional=True),
            field.date("until", _("To"), optional=True),
            class_name="stack",
        ),
        button.group(button.plain(_("Show"), type="submit", icon_name="search")),
        on_submit=Looks.find,
        role="search",
        class_name="stack",
    )
    own = rx.cond(
        Looks.own,
        button.plain(_("Leave out what I did"), on_click=Looks.show_own(shown=False)),
        button.plain(_("Show what I did, too"), on_click=Looks.show_own(shown=True)),
    )
    return rx.el.div(
        rx.el.details(section.opener(_("Look for a person or a time")), form),
        button.group(own),
        class_name="stack unprinted",
    )


def _nothing() -> rx.Component:
    return empty.show(_("Nothing here"), ROW.nothing, icon_name="eye")


def _lines() -> rx.Component:
    return rx.el.ul(rx.foreach(ROW.looks, _line), class_name="list access-log")


def _line(look: Any) -> rx.Component:
    ask = dialog.opener(
        ASK,
        _("Ask"),
        rx.el.span(" ", _("about this:"), " ", look.who, ", ", look.at, class_name="vh"),
        kind="link_like",
        on_click=Looks.choose(look.id),
    )
    body = rx.el.div(
        when(look.opens_day, rx.el.h2(look.opens_day)),
        rx.el.h3(
            look.who,
            when(look.role, rx.el.span(", ", look.role, class_name="quiet")),
            when(look.acting, rx.el.span(" ", look.acting)),
        ),
        rx.el.p(look.did, when(look.times, rx.fragment(", ", look.times))),
        when(look.why, rx.el.p(_("Why: "), look.why)),
        rx.el.p(look.at),
    )
    end = rx.cond(ROW.may_ask, rx.el.div(ask, class_name="unprinted"), rx.fragment())
    unusual = rx.cond(
        look.tone != "",
        rx.el.p(
            badge.show(
                rx.cond(look.tone == "bad", _("Emergency"), _("With a reason")),
                look.tone,
                look.icon,
            ),
            class_name="kind",
        ),
        rx.fragment(),
    )
    return rx.el.li(rx.el.div(unusual, body), end, class_name="row lean", key=look.id)


def _turning() -> rx.Component:
    return rx.cond(
        ROW.has_before | (ROW.next_before > 0),
        pager.show(
            ROW.said,
            has_before=ROW.has_before,
            has_next=ROW.next_before > 0,
            on_before=Looks.turn(-1),
            on_next=Looks.turn(1),
        ),
        rx.fragment(),
    )


def _ask() -> rx.Component:
    about = rx.el.p(CHOSEN.who, ", ", CHOSEN.at, ". ", CHOSEN.did, class_name="quiet")
    return dialog.form(
        ASK,
        _("Ask about this line"),
        about,
        field.textarea(
            "question",
            _("Your question"),
            rows=4,
            max_length=2000,
            required=True,
            hint=_("It goes to the clinic’s privacy officer. People who help you do not see it."),
        ),
        act=_("Send the question"),
        keep=_("Not now"),
        on_submit=Looks.ask,
    )


page = Page("/access-log", _("Who has looked at my record?"), build, on_load=Looks.open)
