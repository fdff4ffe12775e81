"""The texts that people agree to: to be read by all, and to be answered by who is half in."""

from typing import Any

import reflex as rx

from portal.components import button, field, link, notice, raw_form, section, skeleton
from portal.components.kinds import when
from portal.pages.page import Page
from portal.pages.public import around
from portal.state.agreements import Agree, Texts
from portal.state.front_door import Door
from portal.words import _

AGREE, SIGN_OUT = "/auth/agree", "/auth/sign-out"


def build_terms() -> rx.Component:
    """Lays the terms of use out."""
    lead = _("What you can rely on, and what we ask of you.")
    return around.framed(_("Terms"), *_all(rx.fragment(), "terms"), lead=lead)


def build_privacy() -> rx.Component:
    """Lays the privacy notice out."""
    ask = section.card(
        rx.el.h2(_("Questions about this?")),
        around.phone_line(_("Call us, or ask at the front desk:"), "."),
    )
    lead = _("What we keep of you, where, and who can see it.")
    return around.framed(_("Privacy"), *_all(ask, "privacy"), lead=lead)


def _all(more: rx.Component, kind: str) -> tuple[rx.Component, ...]:
    plain = rx.el.noscript(rx.el.p(link.anchored(_("Read it here"), href=f"/texts/{kind}")))
    shown = rx.foreach(Texts.rows, _text)
    waiting = skeleton.text(_("Loading the text"))
    return plain, rx.cond(Texts.is_loaded, section.stacked(shown), waiting), more


def _text(row: Any) -> rx.Component:
    title = rx.cond(row.is_needed, rx.fragment(), rx.el.h2(row.title))
    return rx.el.div(title, *_inside(row), class_name="spread", key=row.kind)


def _inside(row: Any) -> tuple[rx.Component, ...]:
    said = rx.el.p(_("Version"), " ", row.version, _(" of "), row.said, class_name="quiet")
    changed = when(row.changed, rx.el.p(rx.el.b(_("What is new:")), " ", row.changed))
    return said, changed, rx.foreach(row.parts, _part)


def _part(part: Any) -> rx.Component:
    return rx.el.section(
        rx.cond(part.title != "", rx.el.h2(part.title), rx.fragment()),
        rx.foreach(part.blocks, _block),
        class_name="stack",
    )


def _block(block: Any) -> rx.Component:
    points = rx.el.ul(rx.foreach(block.points, rx.el.li))
    return rx.cond(block.words != "", rx.el.p(block.words), points)


def build_agree() -> rx.Component:
    """Lays out what is to be answered before one is in."""
    form = raw_form.post(
        AGREE,
        rx.foreach(Agree.rows, _to_answer),
        button.main(_("Go on"), type="submit", full=True),
    )
    out = raw_form.post(SIGN_OUT, button.plain(_("Sign out instead"), type="submit"))
    return around.framed(
        _("Please read what is new"),
        *_told(),
        section.stacked(
            rx.cond(
                Agree.is_loaded,
                rx.el.div(form, class_name="card door"),
                skeleton.text(_("Loading the texts")),
            ),
            rx.el.div(
                out,
                around.phone_line(_("You need not decide now. Questions? Call us:"), "."),
                class_name="stack",
            ),
        ),
        lead=_("We have changed what we agree on with you. Nothing of yours was changed by it."),
    )


def _told() -> tuple[rx.Component, ...]:
    return (
        notice.at(
            "needed",
            "bad",
            _("Without this there is no account"),
            _("Tick the box to go on, or sign out: we treat you just as well without it."),
        ),
        notice.at(
            "changed",
            "warn",
            _("The text was changed a moment ago"),
            _("Please read the new version, then answer."),
        ),
        notice.at(
            "busy",
            "warn",
            _("The clinic’s system is busy"),
            _("Nothing was saved: try again in a moment."),
        ),
    )


def _to_answer(row: Any) -> rx.Component:
    version = rx.Var.create(f"version_{row.kind}")
    text = rx.el.details(
        rx.el.summary(_("Read:"), " ", row.title, class_name="more"),
        rx.el.div(rx.foreach(row.parts, _part), class_name="legal stack", tab_index=0),
    )
    news = rx.cond(
        row.before > 0,
        rx.el.p(_("You agreed to version"), " ", row.before, ". ", rx.el.b(row.changed)),
        rx.el.p(_("This is new to you.")),
    )
    return rx.el.div(
        rx.el.h2(row.title),
        rx.el.p(_("Version"), " ", row.version, _(" of "), row.said, class_name="quiet"),
        news,
        text,
        rx.el.input(type="hidden", name=version, value=row.version),
        rx.cond(row.is_needed, _needed(row), _free()),
        class_name="stack",
        key=row.kind,
    )


def _needed(row: Any) -> rx.Component:
    name = rx.Var.create(f"agree_{row.kind}")
    box = rx.el.input(type="checkbox", id=name, name=name, value="yes", required=True)
    words = rx.el.span(_("I agree:"), " ", row.title)
    return rx.el.label(box, words, html_for=name, class_name="pick alone")


def _free() -> rx.Component:
    return field.checkbox(
        "electronic",
        _("Write me an e-mail when there is something new"),
        detail=_(
            "As you like. Without it you have to look by yourself for new messages, results and "
            "visits. You can change this at any time."
        ),
        value="yes",
    )


pages = [
    Page("/privacy", _("Privacy"), build_privacy, on_load=[Door.open, Texts.open], is_public=True),
    Page("/terms", _("Terms"), build_terms, on_load=[Door.open, Texts.open], is_public=True),
]
agree_page = Page(
    "/agree", _("Please read what is new"), build_agree, on_load=[Door.open, Agree.open]
)
