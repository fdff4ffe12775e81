"""Ready answers: what the clinic writes often, with fields that are filled for each patient."""

from typing import Any

import reflex as rx

from portal.components import button, field, live_form, notice, staff
from portal.models.answers import BODY_MAX, TITLE_MAX
from portal.pages.admin import parts
from portal.pages.page import Page
from portal.state.staff.answers import ReadyAnswers
from portal.words import _


def build() -> rx.Component:
    """Lays the page out."""
    rows: Any = ReadyAnswers.rows
    return parts.page(
        ReadyAnswers,
        _("Ready answers"),
        notice.info(
            _("Written once, read over each time"),
            rx.fragment(
                _(
                    "Whoever answers a message finds these there, puts one in and sends it after "
                    "reading it over. These fields are filled:"
                ),
                " ",
                rx.foreach(ReadyAnswers.fields, _field),
            ),
        ),
        staff.columns(
            rx.foreach(rows, _one),
            staff.panel(
                _("New ready answer"),
                rx.el.div(_form(None), class_name="in-panel"),
                anchor="new-answer",
            ),
        ),
        current="answers",
    )


def _field(name: Any) -> rx.Component:
    return rx.fragment(rx.el.code(name), " ")


def _one(row: Any) -> rx.Component:
    named = rx.Var.create(f"answer-{row.id}")
    change = rx.el.details(
        rx.el.summary(_("Change"), rx.el.span(": ", row.title, class_name="vh"), class_name="more"),
        _form(row),
        button.group(
            button.danger(
                _("Take away"),
                rx.el.span(": ", row.title, class_name="vh"),
                on_click=ReadyAnswers.take_away(row.id, row.version),
            )
        ),
    )
    return rx.el.section(
        rx.el.header(rx.el.h2(row.title, id=named)),
        rx.el.div(
            rx.el.pre(row.body, class_name="as-written", tab_index=0),
            rx.el.p(row.said, class_name="quiet"),
            change,
            class_name="in-panel stack",
        ),
        class_name="panel",
        aria_labelledby=named,
        key=row.id,
    )


def _form(row: Any) -> rx.Component:
    is_new = row is None

    def key(name: str) -> Any:
        return f"{name}-new" if is_new else rx.Var.create(f"{name}-{row.id}")

    return live_form.of(
        rx.el.input(type="hidden", name="id", default_value="" if is_new else row.id),
        rx.el.input(type="hidden", name="version", default_value="0" if is_new else row.version),
        field.text(
            "title",
            _("Name, as colleagues look for it"),
            id=key("title"),
            value="" if is_new else row.title,
            required=True,
            max_length=TITLE_MAX,
        ),
        field.textarea(
            "body",
            _("Words"),
            id=key("body"),
            value="" if is_new else row.body,
            rows=6,
            required=True,
            max_length=BODY_MAX,
        ),
        button.group(button.plain(_("Keep"), type="submit")),
        on_submit=ReadyAnswers.keep,
        class_name="stack",
        key=ReadyAnswers.written if is_new else row.version,
    )


page = Page("/admin/answers", _("Ready answers"), build, on_load=ReadyAnswers.open)
