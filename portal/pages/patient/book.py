"""Booking a visit: why, who, when, say why. Each step has its address, so back works."""

from typing import Any

import reflex as rx

from portal.components import (
    button,
    definition,
    empty,
    field,
    frame,
    icon,
    leaf,
    link,
    live_form,
    notice,
    person,
    rows,
    section,
    skeleton,
    steps,
    times,
)
from portal.components.kinds import when
from portal.pages.page import Page
from portal.state.booking import BOOK, Booking
from portal.state.frame import Frame
from portal.state.waitlist import WAITLIST
from portal.words import _

FRAME: Any = Frame.row
ROW: Any = Booking.row
WAYS: Any = Booking.ways
MOVES: Any = ROW.moved.id != ""
REASON_MAX = 1000
STEPS = (_("Reason"), _("Who"), _("Day and time"), _("Check and book"))
# What the browser's clock is set to; asked once, when the page appears.
ZONE: Any = rx.Var("Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'", _var_type=str)


def build() -> rx.Component:
    """Lays the booking out."""
    return frame.patient(
        rx.cond(Booking.is_missing, _("We could not find that"), _heading()),
        notice.told("bad", Booking.problem),
        times.taken(Booking.taken, _choose),
        rx.cond(
            Booking.is_missing,
            _missing(),
            rx.cond(
                Booking.is_loaded,
                rx.cond(ROW.patient_id != "", _step(), rx.fragment()),
                skeleton.rows(_("Loading what you can book"), 5),
            ),
        ),
        rx.el.span(on_mount=Booking.zoned(ZONE), hidden=True),
        current="appointments",
        above=rx.fragment(link.back(WAYS.back, _("Back")), _progress()),
    )


def _heading() -> Any:
    return rx.match(
        ROW.step,
        ("who", _("Who would you like to see?")),
        ("when", rx.cond(MOVES, _("Choose a new time"), _("When suits you?"))),
        ("say", rx.cond(MOVES, _("Move it to this time?"), _("Check and book"))),
        rx.cond(MOVES, _("Choose a new time"), _("What is it about?")),
    )


def _progress() -> rx.Component:
    names = [_(name) for name in STEPS]
    ways = [WAYS.why, WAYS.who, WAYS.when]
    shown = rx.match(
        ROW.step,
        ("who", steps.show(names, 2, ways)),
        ("when", steps.show(names, 3, ways)),
        ("say", steps.show(names, 4, ways)),
        steps.show(names, 1),
    )
    moving = [_("New time"), _("Check and move")]
    short = rx.cond(ROW.step == "say", steps.show(moving, 2, [WAYS.when]), steps.show(moving, 1))
    return rx.el.div(rx.cond(MOVES, short, shown), class_name="prog-head")


def _missing() -> rx.Component:
    return empty.show(
        _("There is no such appointment here"),
        _("It may have begun, or belong to another record. Your appointments are in the list."),
        button.plain(_("See all appointments"), href="/appointments"),
        icon_name="calendar",
    )


def _step() -> rx.Component:
    return rx.fragment(
        rx.match(ROW.step, ("who", _who()), ("when", _when()), ("say", _say()), _why())
    )


def _choose(row: Any) -> Any:
    return Booking.choose(row.minute, row.who)


# ---- Why ----


def _why() -> rx.Component:
    return section.stacked(
        _urgent(),
        rx.cond(
            ROW.kinds.length() > 0,
            rows.each(ROW.kinds, _kind, label=_("What you can book here")),
            empty.show(
                _("Nothing can be booked here at the moment"),
                _("Call us: we find a time with you."),
                icon_name="calendar",
            ),
        ),
        rx.cond(
            ROW.by_phone.length() > 0,
            section.titled(
                _("What else there is"), rows.each(ROW.by_phone, _by_phone), anchor="by-phone"
            ),
            rx.fragment(),
        ),
    )


def _urgent() -> rx.Component:
    return notice.plain(
        _("If it cannot wait"),
        rx.el.p(
            _("Do not book a time for it: call us, we look at it today."),
            " ",
            when(
                FRAME.clinic_phone,
                rx.fragment(
                    link.anchored(FRAME.clinic_phone, href=f"tel:{FRAME.clinic_phone}"), ". "
                ),
            ),
            rx.el.strong(_("In an emergency call 911.")),
        ),
        icon_name="phone",
    )


def _number() -> rx.Component:
    return link.anchored(FRAME.clinic_phone, href=f"tel:{FRAME.clinic_phone}")


def _kind(row: Any) -> rx.Component:
    care = rx.el.p(icon.show("warn", small=True), " ", row.urgent, class_name="care")
    asked = rx.cond(row.is_asked, rx.fragment(" · ", _("We confirm it")), rx.fragment())
    step = rx.cond(row.only != "", "when", "who")
    return rows.row(
        row.name,
        row.about,
        rx.el.p(row.minutes, when(row.channels, rx.fragment(" · ", row.channels)), asked),
        when(row.urgent, care),
        href=f"{BOOK}?step={step}&kind={row.id}",
        level=rows.TOP,
    )


def _by_phone(row: Any) -> rx.Component:
    return rows.row(
        row.name,
        row.about,
        row.why_not,
        end=rx.el.div(
            rx.cond(
                row.has_enough,
                button.plain(_("See it"), href="/appointments"),
                when(FRAME.clinic_phone, _call()),
            ),
            class_name="end",
        ),
    )


def _call() -> rx.Component:
    return link.anchored(
        icon.show("phone", small=True),
        _("Call us"),
        href=f"tel:{FRAME.clinic_phone}",
        class_name="btn",
    )


# ---- Who ----


def _who() -> rx.Component:
    return section.stacked(
        _so_far(ROW.kind.name, ROW.kind.minutes),
        rows.each(ROW.people, _person, label=_("Who takes it")),
    )


def _person(row: Any) -> rx.Component:
    first = rx.cond(
        row.first != "",
        rx.fragment(_("First free:"), " ", row.first),
        rx.fragment(_("Nothing free in the weeks that can be booked")),
    )
    lead = rx.cond(
        row.initials != "",
        person.initials(row.initials, row.tint),
        rx.el.span(icon.show("clock"), class_name="who p1"),
    )
    return rows.row(
        row.name,
        row.role,
        rx.el.p(first),
        href=f"{BOOK}?step=when&kind={ROW.kind.id}&who={row.id}",
        lead=lead,
        day=True,
        level=rows.TOP,
    )


def _so_far(*parts: Any) -> rx.Component:
    shown: list[Any] = []
    for part in parts:
        shown += [when(part, rx.fragment(", ", part))] if shown else [part]
    return rx.el.p(*shown, ". ", link.to(WAYS.why, _("Change")), class_name="lead so-far")


# ---- When ----


def _when() -> rx.Component:
    return section.stacked(
        rx.cond(MOVES, _now_planned(), _so_far(ROW.kind.name, ROW.kind.minutes)),
        rx.el.div(
            when(ROW.zone_said, rx.el.p(icon.show("globe", small=True), " ", ROW.zone_said)),
            _filters(),
            rx.cond(ROW.week.first.minute > 0, times.first(ROW.week.first, _choose), rx.fragment()),
            times.week(ROW.week, WAYS.days, _choose, _nothing()),
            class_name="choosing",
        ),
        notice.plain(
            _("None of these suit you?"),
            rx.el.p(
                _("Call us: we may find a time that is not shown here."),
                " ",
                when(FRAME.clinic_phone, _number()),
            ),
            button.group(
                button.plain(
                    rx.cond(
                        MOVES,
                        _("Tell me if something earlier comes free"),
                        _("Tell me if another time comes free"),
                    ),
                    href=f"{WAITLIST}?kind={ROW.kind.id}&moves={ROW.moved.id}",
                )
            ),
            icon_name="phone",
        ),
    )


def _now_planned() -> rx.Component:
    return notice.plain(
        ROW.moved.title,
        rx.el.p(
            _("Now planned for"), " ", rx.el.strong(ROW.moved.when), ". ",
            _("That time stays yours until the new one is booked."),
        ),
        when(ROW.moved.late, rx.el.p(ROW.moved.late, " ", _("Please call us as well."))),
        icon_name="calendar",
    )  # fmt: skip


def _filters() -> rx.Component:
    parts = [("", _("Any time")), ("morning", _("Mornings")), ("afternoon", _("Afternoons"))]
    who = _filter("who", _("With"), ROW.people_choices, ROW.who.id)
    how = _filter("channel", _("How"), ROW.channels, ROW.channel)
    return rx.el.div(
        rx.cond(ROW.people_choices.length() > 1, who, rx.fragment()),
        rx.cond(ROW.channels.length() > 1, how, rx.fragment()),
        _filter("part", _("Time of day"), parts, ROW.part),
        _filter("weekday", _("Day"), ROW.weekdays, ROW.weekday),
        class_name="filters",
        role="group",
        aria_label=_("What suits you"),
    )


def _filter(name: str, label: str, choices: Any, current: Any) -> rx.Component:
    return field.select(
        name,
        label,
        choices,
        value=current,
        key=f"{name}-{current}",
        id=f"by-{name}",
        data_keeps_focus="true",
        on_change=lambda value: Booking.narrow(name, value),
    )


def _nothing() -> rx.Component:
    jump = button.main(
        _("Go to"),
        " ",
        ROW.week.next_said,
        href=f"{WAYS.days}&day={ROW.week.next_day}",
    )
    return rx.fragment(
        rx.el.p(rx.el.strong(ROW.week.nothing)), when(ROW.week.next_day, rx.el.p(jump))
    )


# ---- Say why, and book ----


def _say() -> rx.Component:
    return section.two_columns([_summary(), _form()], [_good_to_know()])


def _summary() -> rx.Component:
    held = ROW.held
    place = definition.pictured(
        "pin", _("Where"), held.place, when(held.address, rx.fragment(", ", held.address))
    )
    return rx.el.div(
        rx.el.div(
            leaf.show(held.month, held.day),
            rx.el.div(
                rx.el.p(held.when, class_name="when"),
                rx.el.p(ROW.kind.name, ", ", ROW.kind.minutes),
                when(held.there, rx.el.p(held.there, class_name="quiet")),
            ),
            class_name="next-top",
        ),
        definition.icons(
            definition.pictured("user", _("With"), held.name),
            rx.match(
                held.channel,
                ("phone", definition.pictured("phone", _("How"), held.way)),
                ("video", definition.pictured("video", _("How"), held.way)),
                when(held.place, place),
            ),
            rx.cond(
                MOVES,
                definition.pictured(
                    "calendar", _("Until now"), _("In place of"), " ", ROW.moved.when
                ),
                rx.fragment(),
            ),
        ),
        times.kept(held.left, held.seconds),
        class_name="card next",
    )


def _form() -> rx.Component:
    why = field.textarea(
        "reason",
        ROW.kind.prompt,
        hint=_("A few words are enough. Your care team reads them before the visit."),
        value=Booking.reason,
        id="why-reason",
        rows=3,
        optional=True,
        max_length=REASON_MAX,
        auto_complete="off",
    )
    act = rx.cond(
        MOVES,
        _("Move to this time"),
        rx.cond(ROW.kind.is_asked, _("Ask for this time"), _("Book this time")),
    )
    return live_form.of(
        rx.el.input(type="hidden", name="hold", value=ROW.held.id, read_only=True),
        rx.el.input(type="hidden", name="whose", value=ROW.patient_id, read_only=True),
        rx.cond(MOVES | ~ROW.kind.asks_reason, rx.fragment(), why),
        rx.el.div(
            rx.el.p(rx.el.strong(ROW.held.when)),
            button.main(act, type="submit"),
            button.plain(_("Choose another time"), href=WAYS.when, class_name="also"),
            class_name="dock",
        ),
        on_submit=Booking.book,
        class_name="stack",
        custom_attrs={"style": {"--gap": "var(--s6)"}},
    )


def _good_to_know() -> rx.Component:
    asked = notice.info(
        _("We confirm it"),
        _("We look at each request for this kind of visit. You see here when it is confirmed."),
    )
    urgent = notice.plain(_("If it cannot wait"), ROW.kind.urgent, icon_name="warn")
    return rx.fragment(
        rx.cond(ROW.kind.is_asked, asked, rx.fragment()),
        when(ROW.late, notice.plain(_("If something comes up"), ROW.late)),
        when(ROW.kind.urgent, urgent),
    )


page = Page(BOOK, _("Book an appointment"), build, on_load=Booking.open)
