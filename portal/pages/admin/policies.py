"""The clinic's policies: each with its reason, its default, its limits, and who changed it."""

from typing import Any

import reflex as rx

from portal.components import badge, button, live_form, notice, staff
from portal.components.kinds import when
from portal.pages.admin import parts
from portal.pages.page import Page
from portal.state.staff.policies import Policies
from portal.words import _


def build() -> rx.Component:
    """Lays the page out."""
    standing = _(
        "Everybody who works here needs a second factor; no policy can switch that off. For "
        "patients it is on by default. Switched off, patients sign in below OWASP ASVS level 2 "
        "and NIST AAL2."
    )
    return parts.page(
        Policies,
        _("Policies"),
        notice.info(_("What holds in any case"), standing),
        staff.columns(rx.foreach(Policies.rows, _policy)),
        current="policies",
    )


def _policy(row: Any) -> rx.Component:
    key = row.key
    badges = rx.cond(row.is_changed, badge.show(_("Changed"), "info"), rx.fragment())
    return rx.el.section(
        rx.el.header(rx.el.h2(row.words, id=f"{key}-title"), rx.el.div(badges, class_name="end")),
        rx.el.div(
            rx.el.p(row.why, id=f"{key}-why"),
            when(row.warning, badge.show(row.warning, "warn", "warn")),
            live_form.of(
                rx.el.input(type="hidden", name="key", default_value=key),
                rx.el.input(type="hidden", name="before", default_value=row.value, key=row.value),
                rx.match(row.kind, ("yes", _yes(row)), ("scopes", _scopes(row)), _line(row)),
                button.group(
                    button.plain(
                        _("Save"), rx.el.span(": ", row.words, class_name="vh"), type="submit"
                    )
                ),
                on_submit=Policies.put,
                class_name="stack",
            ),
            rx.cond(Policies.last == key, _came_of_it(), rx.fragment()),
            rx.el.p(
                _("Default: "),
                row.default,
                when(row.limits, rx.fragment(". ", row.limits)),
                when(row.changed, rx.fragment(". ", row.changed)),
                class_name="quiet small",
            ),
            class_name="in-panel stack",
        ),
        class_name="panel",
        id=key,
        aria_labelledby=f"{key}-title",
        key=key,
    )


def _came_of_it() -> rx.Component:
    """What became of the last change, beside the policy; the notice above is announced."""
    return rx.cond(
        Policies.saved,
        badge.show(_("Saved"), "ok", "ok"),
        when(Policies.problem, badge.show(Policies.problem, "bad", "stop")),
    )


def _yes(row: Any) -> rx.Component:
    def one(value: str, words: str) -> rx.Component:
        box = rx.el.input(
            type="radio",
            name="value",
            value=value,
            default_checked=row.value == value,
            key=row.value,
        )
        return rx.el.label(box, words)

    return rx.el.fieldset(
        rx.el.legend(row.words, class_name="vh"),
        rx.el.div(one("yes", _("Yes")), one("no", _("No")), class_name="seg"),
        aria_describedby=f"{row.key}-why",
    )


def _line(row: Any) -> rx.Component:
    return rx.el.label(
        rx.el.span(row.words, class_name="vh"),
        rx.el.input(
            name="value",
            type="text",
            input_mode=rx.cond(row.kind == "number", "numeric", "text"),
            auto_complete="off",
            max_length=9,
            class_name="in short",
            default_value=row.value,
            key=row.value,
            aria_describedby=f"{row.key}-why",
        ),
        class_name="field",
    )


def _scopes(row: Any) -> rx.Component:
    def area(one: Any) -> rx.Component:
        return rx.el.fieldset(
            rx.el.legend(one.words),
            rx.el.div(
                _box(one, "read", _("See"), one.level != ""),
                _box(one, "act", _("Act for the child"), one.level == "act"),
                class_name="btns",
            ),
        )

    return rx.el.div(rx.foreach(row.areas, area), class_name="stack")


def _box(one: Any, level: str, words: str, is_on: Any) -> rx.Component:
    box = rx.el.input(
        type="checkbox",
        name=f"area.{one.area}:{level}",
        default_checked=is_on,
        key=one.level,
    )
    return rx.el.label(box, rx.el.span(words), class_name="pick alone")


page = Page("/admin/policies", _("Policies"), build, on_load=Policies.open)
