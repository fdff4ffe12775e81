"""Forms: what the clinic asks its patients, question by question, in versions."""

from typing import Any

import reflex as rx

from portal.components import badge, button, field, live_form, notice, question, section, staff
from portal.models.forms import TEXT_MAX, TITLE_MAX
from portal.pages.admin import parts
from portal.pages.page import Page
from portal.services import forms
from portal.state.staff.forms import MadeForms
from portal.words import _

KINDS = list(forms.kinds().items())


def build() -> rx.Component:
    """Lays the page out."""
    rows: Any = MadeForms.rows
    return parts.page(
        MadeForms,
        _("Forms"),
        notice.info(
            _("Asked by message, filled in on the phone"),
            _(
                "Whoever answers a message finds the published forms under “Ready answers and "
                "links”. A published version never changes: a change makes the next one, and "
                "what was asked stays as it was asked."
            ),
        ),
        staff.columns(staff.pile(rx.foreach(rows, _one)), _new()),
        current="forms",
    )


def _new() -> rx.Component:
    form = live_form.of(
        field.text(
            "title",
            _("Title, as patients read it"),
            id="title-new",
            required=True,
            max_length=TITLE_MAX,
            auto_complete="off",
        ),
        button.group(button.plain(_("Begin"), type="submit")),
        on_submit=MadeForms.name,
        class_name="stack",
        key=MadeForms.written,
    )
    return staff.panel(_("New form"), rx.el.div(form, class_name="in-panel"), anchor="new-form")


def _one(row: Any) -> rx.Component:
    named = rx.Var.create("form-") + row.id
    states = rx.el.p(
        badge.show(row.words, row.tone, row.sign),
        " ",
        rx.cond(row.is_example, badge.show(_("Example: look it over"), "warn"), rx.fragment()),
    )
    return rx.el.section(
        rx.el.header(rx.el.h2(row.title, id=named)),
        rx.el.div(
            states,
            rx.el.p(row.said, class_name="quiet"),
            _acts(row),
            rx.cond(row.status == "draft", _draft(row), rx.fragment()),
            _preview(row),
            class_name="in-panel stack",
        ),
        class_name="panel",
        aria_labelledby=named,
        key=row.id,
    )


def _acts(row: Any) -> rx.Component:
    about = rx.el.span(": ", row.title, class_name="vh")
    publish = button.plain(
        _("Publish"), about, on_click=MadeForms.publish(row.id, row.edition), icon_name="ok"
    )
    discard = button.danger(_("Throw away"), about, on_click=MadeForms.discard(row.id, row.edition))
    change = button.plain(_("Change"), about, on_click=MadeForms.change(row.id), icon_name="pencil")
    retire = button.plain(_("Retire"), about, on_click=MadeForms.retire(row.id, row.edition))
    return rx.cond(
        row.status == "draft",
        button.group(publish, discard),
        button.group(
            rx.cond(row.may_change, change, rx.fragment()),
            rx.cond(row.status == "active", retire, rx.fragment()),
        ),
    )


def _draft(row: Any) -> rx.Component:
    title = live_form.of(
        *_seen(row),
        field.text(
            "title",
            _("Title, as patients read it"),
            id=rx.Var.create("title-") + row.id,
            value=row.title,
            required=True,
            max_length=TITLE_MAX,
            auto_complete="off",
        ),
        button.group(button.plain(_("Keep"), type="submit", small=True)),
        on_submit=MadeForms.name,
        class_name="stack",
        key=row.edition,
    )
    questions = rx.el.ol(
        rx.foreach(row.questions, lambda one: _question(row, one)), class_name="stack"
    )
    new = rx.el.details(
        section.opener(_("Add a question"), rx.el.span(": ", row.title, class_name="vh")),
        _wording(row, None),
        key=row.edition,
    )
    return rx.fragment(title, questions, new)


def _question(row: Any, one: Any) -> rx.Component:
    about = rx.el.span(": ", one.text, class_name="vh")
    this: Any = (row.id, row.edition, one.id)
    up = button.plain(_("Up"), about, on_click=MadeForms.move(*this, -1), small=True)
    down = button.plain(_("Down"), about, on_click=MadeForms.move(*this, 1), small=True)
    out = button.plain(_("Take out"), about, on_click=MadeForms.remove(*this), small=True)
    change = rx.el.details(
        section.opener(_("Change"), about),
        _wording(row, one),
        key=row.edition,
    )
    kind = rx.match(one.kind, *KINDS, "")
    needed = rx.cond(one.required, rx.fragment(", ", _("needed")), rx.fragment())
    return rx.el.li(
        rx.el.p(one.text),
        rx.el.p(kind, needed, class_name="quiet"),
        button.group(up, down, out),
        change,
        key=one.id,
    )


def _wording(row: Any, one: Any) -> rx.Component:
    is_new = one is None

    def key(name: str) -> Any:
        return rx.Var.create(f"{name}-") + row.id + ("-new" if is_new else one.id)

    listed = "" if is_new else one.options.map(lambda option: option.value).join("\n")
    return live_form.of(
        *_seen(row),
        rx.el.input(type="hidden", name="link", value="" if is_new else one.id, read_only=True),
        field.textarea(
            "text",
            _("The question, or the words to read"),
            id=key("text"),
            rows=2,
            value="" if is_new else one.text,
            required=True,
            max_length=TEXT_MAX,
        ),
        field.select(
            "kind",
            _("How it is answered"),
            KINDS,
            id=key("kind"),
            default_value="string" if is_new else one.kind,
        ),
        field.textarea(
            "options",
            _("Answers to choose from"),
            id=key("options"),
            rows=3,
            value=listed,
            optional=True,
            hint=_("One a line, only for “One of a list”."),
        ),
        field.checkbox(
            "required",
            _("We need an answer"),
            id=key("required"),
            checked=False if is_new else one.required,
        ),
        button.group(button.plain(_("Keep"), type="submit")),
        on_submit=MadeForms.put,
        class_name="stack",
    )


def _seen(row: Any) -> list[rx.Component]:
    return [
        rx.el.input(type="hidden", name="id", value=row.id, read_only=True),
        rx.el.input(type="hidden", name="edition", value=row.edition.to_string(), read_only=True),
    ]


def _preview(row: Any) -> rx.Component:
    """The form as patients see it, where nothing can be entered."""
    fields = question.each(row.questions, prefix=rx.Var.create("p-") + row.id)
    return rx.el.details(
        section.opener(_("As patients see it"), rx.el.span(": ", row.title, class_name="vh")),
        rx.el.fieldset(fields, disabled=True, class_name="stack"),
    )


page = Page("/admin/forms", _("Forms"), build, on_load=MadeForms.open)
