"""The texts that people agree to: what counts now, the next version, and all before it."""

from typing import Any

import reflex as rx

from portal.components import button, field, live_form, notice, staff
from portal.components.kinds import when
from portal.pages.admin import parts
from portal.pages.page import Page
from portal.state.staff.texts import LegalTexts
from portal.words import _


def build() -> rx.Component:
    """Lays the page out."""
    return parts.page(
        LegalTexts,
        _("Texts"),
        notice.info(
            _("A text is never altered"),
            _(
                "A change is a new version. Whoever has to agree to it is asked at their next "
                "sign-in; what they agreed to before, and when, is kept. Let somebody who knows "
                "the law of your state read a text before you publish it."
            ),
        ),
        staff.pile(rx.foreach(LegalTexts.newest, _text), _older()),
        current="texts",
    )


def _text(row: Any) -> rx.Component:
    return rx.el.section(
        rx.el.header(rx.el.h2(row.title, id=rx.Var.create(f"{row.kind}-title"))),
        rx.el.div(
            _said(row),
            rx.el.details(
                rx.el.summary(_("Write the next version"), class_name="more"), _form(row)
            ),
            class_name="in-panel stack",
        ),
        class_name="panel",
        id=row.kind,
        aria_labelledby=rx.Var.create(f"{row.kind}-title"),
        key=row.kind,
    )


def _said(row: Any) -> rx.Component:
    return rx.el.p(
        _("Version"),
        " ",
        row.version,
        _(" of "),
        row.said,
        ". ",
        _("Accounts that agreed to it:"),
        " ",
        row.agreed,
        when(row.changed, rx.fragment(". ", row.changed)),
        class_name="quiet",
    )


def _form(row: Any) -> rx.Component:
    body, changed = rx.Var.create(f"body-{row.kind}"), rx.Var.create(f"changed-{row.kind}")
    return live_form.of(
        rx.el.input(type="hidden", name="kind", default_value=row.kind),
        rx.el.input(type="hidden", name="after", default_value=row.version, key=row.version),
        rx.el.div(
            rx.el.label(_("The whole text"), html_for=body),
            rx.el.span(
                _("A line that begins with # is a heading, one with - a point."),
                id=rx.Var.create(f"hint-{row.kind}"),
                class_name="hint",
            ),
            rx.el.textarea(
                id=body,
                name="body",
                rows="18",
                max_length=50_000,
                default_value=row.body,
                key=row.version,
                class_name="in",
                aria_describedby=rx.Var.create(f"hint-{row.kind}"),
            ),
            class_name="field wide",
        ),
        field.text(
            "changed",
            _("What is new, in a sentence or two that everybody understands"),
            id=changed,
            max_length=1000,
            required=True,
        ),
        button.group(
            button.main(_("Publish"), rx.el.span(": ", row.title, class_name="vh"), type="submit")
        ),
        on_submit=LegalTexts.publish,
        class_name="stack",
    )


def _older() -> rx.Component:
    lines = rx.el.ul(rx.foreach(LegalTexts.older, _old), class_name="lines")
    shown = staff.panel(_("Before"), rx.el.div(lines, class_name="in-panel"), anchor="older")
    return rx.cond(LegalTexts.older.length() > 0, shown, rx.fragment())  # pyright: ignore[reportAttributeAccessIssue]


def _old(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.h3(row.title),
            _said(row),
            rx.el.details(
                rx.el.summary(_("Read it"), class_name="more"),
                rx.el.pre(row.body, class_name="as-written", tab_index=0),
            ),
        ),
        key=rx.Var.create(f"{row.kind}{row.version}"),
    )


page = Page("/admin/texts", _("Texts"), build, on_load=LegalTexts.open)
