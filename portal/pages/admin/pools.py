"""Pools: which there are, and where messages about each topic lie."""

from typing import Any

import reflex as rx

from portal.components import button, field, live_form, notice, staff
from portal.components.kinds import when
from portal.pages.admin import parts
from portal.pages.page import Page
from portal.services.inbox.pools import NAME_MAX
from portal.state.staff.pools import Pools
from portal.words import _

ROW: Any = Pools.row


def build() -> rx.Component:
    """Lays the page out."""
    return parts.page(
        Pools,
        _("Pools of messages"),
        notice.info(
            _("Every topic lies in one pool"),
            _(
                "So no message is without somebody who looks after it. A pool gives nobody a "
                "right: whoever may read a topic reads it in any pool."
            ),
        ),
        staff.columns(_topics(), staff.pile(rx.foreach(ROW.pools, _pool), _new())),
        current="pools",
    )


def _topics() -> rx.Component:
    return staff.panel(
        _("Where topics lie"),
        rx.el.div(rx.foreach(ROW.topics, _topic), class_name="in-panel stack"),
        anchor="topics",
    )


def _topic(row: Any) -> rx.Component:
    return live_form.of(
        rx.el.input(type="hidden", name="topic", value=row.topic, read_only=True),
        rx.el.input(type="hidden", name="before", value=row.pool_id, read_only=True),
        field.select(
            "pool",
            row.words,
            ROW.choices,
            id=rx.Var.create("topic-") + row.topic,
            value=row.pool_id,
        ),
        button.group(
            button.plain(
                _("Keep"), rx.el.span(": ", row.words, class_name="vh"), type="submit", small=True
            )
        ),
        on_submit=Pools.lay,
        key=row.topic + row.pool_id,
        class_name="stack",
    )


def _pool(row: Any) -> rx.Component:
    named = rx.Var.create("pool-") + row.id
    away = button.danger(
        _("Take away"),
        rx.el.span(": ", row.name, class_name="vh"),
        on_click=Pools.remove(row.id),
        small=True,
    )
    change = rx.el.details(
        rx.el.summary(_("Change"), rx.el.span(": ", row.name, class_name="vh"), class_name="more"),
        _name(row),
        rx.cond(row.may_go, button.group(away), rx.fragment()),
    )
    return rx.el.section(
        rx.el.header(rx.el.h2(row.name, id=named)),
        rx.el.div(
            when(row.said, rx.el.p(row.said)),
            rx.el.p(row.waits, class_name="quiet"),
            change,
            class_name="in-panel stack",
        ),
        class_name="panel",
        aria_labelledby=named,
        key=row.id,
    )


def _new() -> rx.Component:
    return staff.panel(
        _("New pool"),
        rx.el.div(_name(None), class_name="in-panel"),
        anchor="new-pool",
    )


def _name(row: Any) -> rx.Component:
    is_new = row is None
    name = "" if is_new else row.name
    return live_form.of(
        rx.el.input(type="hidden", name="id", value="" if is_new else row.id, read_only=True),
        rx.el.input(type="hidden", name="before", value=name, read_only=True),
        field.text(
            "name",
            _("Name"),
            id="name-new" if is_new else rx.Var.create("name-") + row.id,
            value=name,
            required=True,
            max_length=NAME_MAX,
            auto_complete="off",
        ),
        button.group(button.plain(_("Keep"), type="submit")),
        on_submit=Pools.name,
        class_name="stack",
        key=Pools.written if is_new else name,
    )


page = Page("/admin/pools", _("Pools of messages"), build, on_load=Pools.open)
