"""What the pages of the administration show alike: the ways between its parts."""

from typing import Any

import reflex as rx

from portal.components import badge, link, staff
from portal.components.kinds import Child
from portal.pages.staff import parts
from portal.state.frame import Frame
from portal.words import _

# Key, address, words, and the roles that have this part (security/permissions.py).
MANAGE = ("administrator", "manager")
WATCH = ("administrator", "manager", "auditor")
SECTIONS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("overview", "/admin", _("Overview"), WATCH),
    ("people", "/admin/people", _("People and roles"), MANAGE),
    ("visit-types", "/admin/visit-types", _("Visit types"), MANAGE),
    ("hours", "/admin/schedules", _("Hours"), MANAGE),
    ("rooms", "/admin/rooms", _("Rooms"), MANAGE),
    ("policies", "/admin/policies", _("Policies"), MANAGE),
    ("texts", "/admin/texts", _("Texts"), MANAGE),
    ("pools", "/admin/pools", _("Pools of messages"), MANAGE),
    ("answers", "/admin/answers", _("Ready answers"), MANAGE),
    ("forms", "/admin/forms", _("Forms"), MANAGE),
    ("check-ups", "/admin/check-ups", _("Check-ups"), MANAGE),
    ("security", "/admin/security", _("Sign-in and security"), WATCH),
    ("access", "/admin/access", _("Access report"), ("manager", "auditor")),
    ("outbox", "/admin/outbox", _("Outbox"), MANAGE),
)


def page(screen: Any, title: str, *inside: Child, current: str) -> rx.Component:
    """Frames a page of the administration."""
    return parts.page(screen, title, staff.pile(sections(current), *inside), current="admin")


def sections(current: str) -> rx.Component:
    """The parts of the administration that this person has."""
    shown = [_section(*one, current=current) for one in SECTIONS]
    return rx.el.nav(
        rx.el.ul(*shown, class_name="seg"), aria_label=_("Parts of the administration")
    )


def _section(
    key: str, href: str, words: str, roles: tuple[str, ...], *, current: str
) -> rx.Component:
    role: Any = Frame.row.role
    here = "page" if key == current else "false"
    item = rx.el.li(link.to(href, words, custom_attrs={"aria-current": here}))
    is_theirs = role == roles[0]
    for one in roles[1:]:
        is_theirs |= role == one
    return rx.cond(is_theirs, item, rx.fragment())


def chosen(label: str, views: list[tuple[str, str, Any]], current: Any) -> rx.Component:
    """A few views of one list as buttons: (key, words, what happens)."""
    buttons = [
        rx.el.button(
            words,
            type="button",
            on_click=on_click,
            aria_pressed=rx.cond(current == key, "true", "false"),
        )
        for key, words, on_click in views
    ]
    return rx.el.div(*buttons, class_name="seg", role="group", aria_label=label)


def flag(words: Any, tone: str = "warn") -> rx.Component:
    """A badge that is there only where there is something to say."""
    return rx.cond(words != "", badge.show(words, tone), rx.fragment())
