"""The clinic's rules of check-ups and vaccines: read, changed, switched on and off."""

from typing import Any

import reflex as rx

from portal.components import badge, button, field, live_form, notice, staff
from portal.components.kinds import when
from portal.models.prevention import NAME_MAX, TEXT_MAX
from portal.pages.admin import parts
from portal.pages.page import Page
from portal.state.staff.prevention import CheckUpRules
from portal.words import _

ROW: Any = CheckUpRules.row
KINDS = [("vaccine", _("Vaccine")), ("screening", _("Screening")), ("check-up", _("Check-up"))]
SEXES = [("any", _("Everybody")), ("female", _("Women")), ("male", _("Men"))]


def build() -> rx.Component:
    """Lays the page out."""
    return parts.page(
        CheckUpRules,
        _("Check-ups"),
        notice.info(
            _("Examples, until a doctor of yours has looked them over"),
            _("Each rule tells patients that something is due, by age, sex and what was done last. "
              "Those that came with the portal are examples and switched off. Let a doctor read "
              "them, change what your clinic does otherwise, then switch on what may count."),
        ),
        staff.columns(
            rx.foreach(ROW.rules, _one),
            staff.panel(
                _("New rule"), rx.el.div(_form(None), class_name="in-panel"), anchor="new-rule"
            ),
        ),
        current="check-ups",
    )  # fmt: skip


def _one(row: Any) -> rx.Component:
    named = rx.Var.create(f"rule-{row.id}")
    about = rx.el.span(": ", row.name, class_name="vh")
    turn = button.plain(
        rx.cond(row.is_active, _("Switch off"), _("Switch on")),
        about,
        on_click=CheckUpRules.switch(row.id, row.version, ~row.is_active),
    )
    states = rx.el.p(
        rx.cond(row.is_active, badge.show(_("On"), "ok", "ok"), badge.show(_("Off"), "", "x")),
        rx.cond(row.is_example, badge.show(_("Example"), "warn", "info"), rx.fragment()),
        rx.cond(row.confidential, badge.show(_("Confidential"), "", "lock"), rx.fragment()),
        class_name="badges",
    )
    change = rx.el.details(
        rx.el.summary(_("Change"), about, class_name="more"),
        _form(row),
    )
    return rx.el.section(
        rx.el.header(rx.el.h2(row.name, id=named)),
        rx.el.div(
            states,
            rx.el.p(row.said),
            when(row.why, rx.el.p(row.why)),
            when(row.source, rx.el.p(row.source, class_name="quiet")),
            rx.el.p(row.counted),
            when(row.changed, rx.el.p(row.changed, class_name="quiet")),
            button.group(turn),
            change,
            class_name="in-panel stack",
        ),
        class_name="panel",
        aria_labelledby=named,
        key=row.id,
    )


def _form(row: Any) -> rx.Component:
    is_new = row is None

    def of(name: str, empty: str = "") -> Any:
        return empty if is_new else getattr(row, name)

    def key(name: str) -> Any:
        return f"{name}-new" if is_new else rx.Var.create(f"{name}-{row.id}")

    return live_form.of(
        rx.el.input(type="hidden", name="id", value=of("id"), read_only=True),
        rx.el.input(
            type="hidden",
            name="version",
            value="0" if is_new else row.version.to_string(),
            read_only=True,
        ),
        *_words(of, key),
        *_whom(of, key),
        field.text(
            "codes",
            _("What counts as done, by code"),
            id=key("codes"),
            value=of("codes"),
            optional=True,
            hint=_("cvx:140, snomed:…, loinc:… or cpt:…, with spaces between them."),
        ),
        field.select(
            "visit_type",
            _("Kind of visit to book for it"),
            ROW.visit_types,
            first=_("None"),
            id=key("visit_type"),
            default_value=of("visit_type_id"),
        ),
        field.checkbox(
            "visit_counts",
            _("Such a visit counts as done"),
            id=key("visit_counts"),
            checked=False if is_new else row.visit_counts,
        ),
        field.checkbox(
            "confidential",
            _("Confidential: helpers and parents are not shown it"),
            id=key("confidential"),
            checked=False if is_new else row.confidential,
        ),
        button.group(button.plain(_("Keep"), type="submit")),
        on_submit=CheckUpRules.keep,
        class_name="stack",
        key=CheckUpRules.written if is_new else row.version,
    )


def _words(of: Any, key: Any) -> list[rx.Component]:
    return [
        field.text(
            "name",
            _("Name, as patients read it"),
            id=key("name"),
            value=of("name"),
            required=True,
            max_length=NAME_MAX,
        ),
        field.text(
            "why",
            _("Why it matters, in a sentence"),
            id=key("why"),
            value=of("why"),
            optional=True,
            max_length=TEXT_MAX,
        ),
        field.text(
            "source",
            _("Where the rule comes from"),
            id=key("source"),
            value=of("source"),
            optional=True,
            max_length=TEXT_MAX,
        ),
    ]


def _whom(of: Any, key: Any) -> list[rx.Component]:
    return [
        field.select(
            "kind", _("Kind"), KINDS, id=key("kind"), default_value=of("kind", "check-up")
        ),
        field.select("sex", _("For whom"), SEXES, id=key("sex"), default_value=of("sex", "any")),
        field.text(
            "first",
            _("From age"),
            id=key("first"),
            value=of("first", "0"),
            max_length=12,
            hint=_("Years, as in 65, or months, as in 18 months."),
        ),
        field.text(
            "until",
            _("Until age"),
            id=key("until"),
            value=of("until"),
            optional=True,
            max_length=12,
            hint=_("From this age on it is not for them any more. Empty: it never ends."),
        ),
        field.number(
            "every",
            _("How often, in months"),
            id=key("every"),
            value=of("every", "12"),
            max_length=4,
            hint=_("0: once in a life."),
        ),
    ]


page = Page("/admin/check-ups", _("Check-ups"), build, on_load=CheckUpRules.open)
