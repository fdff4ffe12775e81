"""The frame of the staff's pages."""

from typing import Any

import reflex as rx

from portal.components import badge, icon, idle, link, live, raw_form
from portal.components.frame import parts
from portal.components.frame.around import Around, Counts, settled
from portal.components.frame.places import Place, staff_places, staff_queues
from portal.components.kinds import Child, Text, when
from portal.words import _

# The window that lists all keys of a page (pages/staff/parts).
ALL_KEYS = "all-keys"


def staff(  # noqa: PLR0913 - everything that stands around a page
    title: Text,
    *children: Child,
    current: str = "today",
    beside: Text = "",
    keys: list[tuple[Any, ...]] | None = None,
    live_said: Text = "",
    has_heading: bool = True,
    own_heading: rx.Component | None = None,
    has_find: bool = True,
    in_bar: Child | None = None,
    counts: Any = None,
    person: Any = None,
    clinic: Any = None,
) -> rx.Component:
    """Frames a page of the staff; `beside` stands next to the h1.

    `keys` are shown in the foot as (key, words) or (key, words, whether there), `live_said` is
    the live state there.
    `own_heading` stands there instead of the title, as an h1; `has_heading=False` where the page
    brings one among its children (`staff.chart_head`), `has_find=False` where it brings its own
    search. `in_bar` stands beside the clinic's name: the board's day.

    """
    around = settled(counts=counts, person=person, clinic=clinic)
    said = when(beside, rx.el.p(beside, class_name="quiet"))
    heading = [own_heading or parts.heading(title, said)] if has_heading else []
    return rx.fragment(
        parts.skip(),
        rx.el.div(
            _top(around, current, in_bar, has_find=has_find),
            rx.el.main(*heading, *children, id="main", class_name="page"),
            _foot([*(keys or []), ("/", _("Find"), around.rights.patients)], live_said),
            class_name="desk",
        ),
        parts.unseen(around),
        idle.warning(),
        rx.el.script(src="/staff-keys.js", defer=True),
    )


def _top(around: Around, current: str, in_bar: Child | None, *, has_find: bool) -> rx.Component:
    nav = [_if(around, place, _tab(place, current)) for place in staff_places()]
    queues = [_if(around, place, _queue(place, current, around.counts)) for place in staff_queues()]
    find = parts.allowed(around.rights.patients, _find()) if has_find else rx.fragment()
    return rx.el.header(
        parts.brand(around.clinic, "/staff"),
        rx.fragment() if in_bar is None else in_bar,
        rx.el.nav(*nav, class_name="desk-nav", aria_label=_("Main")),
        find,
        rx.el.nav(*queues, class_name="queues", aria_label=_("Waiting for us")),
        parts.account(around),
        class_name="desk-bar",
    )


def _if(around: Around, place: Place, part: rx.Component) -> rx.Component:
    return parts.allowed(parts.right_to(around, place), part)


def _tab(place: Place, current: str) -> rx.Component:
    here: dict[str, Any] = {"aria_current": "page"} if place.key == current else {}
    return link.to(place.href, place.words, **here)


def _queue(place: Place, current: str, counts: Counts) -> rx.Component:
    here: dict[str, Any] = {"aria_current": "page"} if place.key == current else {}
    number = getattr(counts, place.count) if place.count else 0
    late = counts.late_messages if place.key == "messages" else 0
    return link.to(
        place.href,
        place.words,
        badge.count(number, place.counted),
        badge.count(late, _("late"), "late", in_words=True),
        **here,
    )


def _find() -> rx.Component:
    label = _("Find a patient by name, birth date or phone")
    box = rx.el.input(
        type="search",
        name="query",
        aria_label=label,
        placeholder=_("Find a patient"),
        auto_complete="off",
        data_slash="true",
        custom_attrs={"aria-keyshortcuts": "/"},
    )
    return raw_form.get(
        "/staff/patients",
        icon.show("search", small=True),
        box,
        rx.el.kbd("/", aria_hidden="true"),
        class_name="find",
        role="search",
    )


def _foot(keys: list[tuple[Any, ...]], live_said: Text) -> rx.Component:
    listed = rx.el.ul(
        *[_key(*one) for one in keys],
        aria_label=_("Keys"),
    )
    return rx.el.footer(
        live.lost(),
        listed,
        rx.el.div(parts.looks(), when(live_said, live.status(live_said)), class_name="end"),
        class_name="desk-foot",
    )


def _key(key: str, words: str, right: Any = True) -> rx.Component:  # noqa: FBT002 - a flag or a Var
    inside: list[Child] = [rx.el.kbd(key), words]
    if key == "?":
        # Whoever has switched the keys off comes here by hand, to switch them on.
        inside = [rx.el.button(*inside, type="button", class_name="as-link", data_opens=ALL_KEYS)]
    return parts.allowed(right, rx.el.li(*inside))
