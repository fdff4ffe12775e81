"""Home: the answer first."""

from typing import Any

import reflex as rx

from portal.components import (
    badge,
    button,
    definition,
    empty,
    frame,
    icon,
    leaf,
    line,
    link,
    notice,
    person,
    raw_form,
    rows,
    section,
    skeleton,
    visit,
)
from portal.components.kinds import when
from portal.pages.page import Page
from portal.pages.patient import prevention, waitlist
from portal.state.frame import Frame
from portal.state.home import Home
from portal.words import _

# Vars: what Python sees as a row, a page sees as places that are filled later.
ROW: Any = Home.row
FRAME: Any = Frame.row


def build() -> rx.Component:
    """Lays Home out."""
    return frame.patient(
        ROW.title,
        notice.told("bad", Home.problem),
        notice.told("ok", Home.done),
        *waitlist.told(),
        *prevention.told(),
        rx.cond(Home.is_loaded, rx.cond(ROW.has_record, _everything(), _choose()), _on_its_way()),
        current="home",
        updated=ROW.said,
        has_call_card=False,
    )


def _everything() -> rx.Component:
    return section.three_parts(
        [
            waitlist.offers(ROW.offers),
            rx.cond(ROW.has_visits, _next(), rx.fragment()),
            rx.cond(ROW.has_news, _new(), rx.fragment()),
        ],
        [
            rx.cond(ROW.has_waiting, _waiting(), rx.fragment()),
            rx.cond(ROW.due.length() > 0, _due(), rx.fragment()),
            rx.cond(ROW.has_medicines, _medicines(), rx.fragment()),
            _from_the_clinic(),
        ],
        [rx.cond(ROW.has_visits, _later(), rx.fragment()), _lent(), _talk_to_us()],
    )


def _lent() -> rx.Component:
    """What a helper may see of this record; nothing on one's own Home."""
    listed = rx.el.ul(rx.foreach(ROW.lent, rx.el.li), class_name="plain")
    card = rx.el.div(listed, class_name="card pad")
    shown = section.titled(_("What you may see and do here"), card, anchor="lent")
    return rx.cond(ROW.lent.length() > 0, shown, rx.fragment())


def _on_its_way() -> rx.Component:
    """Keeps the room until everything is there, and goes in one piece: so nothing jumps."""
    parts = section.three_parts(
        [
            section.titled(
                _("Your next appointment"),
                skeleton.card(_("Loading your next appointment"), 5),
                anchor="next",
            ),
            section.titled(_("What is new"), skeleton.rows(_("Loading what is new")), anchor="new"),
        ],
        [
            section.titled(
                _("Waiting for you"),
                skeleton.rows(_("Loading what waits for you"), 2),
                anchor="waiting",
            ),
            section.titled(
                _("Medicines"), skeleton.rows(_("Loading your medicines"), 2), anchor="medicines"
            ),
        ],
        [],
    )
    return rx.el.section(parts, class_name="on-its-way")


def _next() -> rx.Component:
    nothing = empty.show(
        _("No appointment is planned"),
        _("Your next visit will stand here, with the day, the time and who you will see."),
        button.plain(_("See your appointments"), href="/appointments"),
        icon_name="calendar",
    )
    shown = rx.cond(ROW.visit.id != "", _visit_card(), nothing)
    return section.titled(
        _("Your next appointment"),
        shown,
        anchor="next",
    )


def _later() -> rx.Component:
    return rx.cond(
        ROW.later.length() > 0,
        section.titled(
            _("After that"),
            rows.each(ROW.later, _later_visit),
            anchor="later",
            more=_("All appointments"),
            href="/appointments",
        ),
        rx.fragment(),
    )


def _visit_card() -> rx.Component:
    row = ROW.visit
    details = [
        when(row.who, definition.pictured("user", _("With"), row.who)),
        when(row.where, definition.pictured("pin", _("Where"), row.where)),
        when(row.preparation, definition.pictured("form", _("To prepare"), row.preparation)),
    ]
    see = button.plain(
        rx.cond(row.may_change, _("Change or cancel"), _("See this appointment")),
        href=f"/appointments/{row.id}",
    )
    # One filled button on a screen: while a time is kept, that is the one that takes it.
    coming, said = Home.confirm(FRAME.patient_id, row.id, row.version), _("Confirm I’m coming")
    confirm = rx.cond(
        ROW.offers.length() > 0,
        button.plain(said, icon_name="check", on_click=coming),
        button.main(said, icon_name="check", on_click=coming),
    )
    return rx.el.div(
        visit.next_card(
            row.at,
            row.title,
            definition.icons(*details),
            month=row.month,
            day=row.day,
            status=rx.el.div(
                visit.how_far(row.far),
                when(row.state, badge.show(row.state, row.tone, row.icon)),
                class_name="badges",
            ),
            buttons=button.group(rx.cond(row.may_confirm, confirm, rx.fragment()), see),
        ),
        key=row.id,
        data_arrives=row.fresh,
    )


def _later_visit(row: Any) -> rx.Component:
    return rows.row(
        row.title,
        row.when,
        row.who,
        when(row.state, rx.el.p(badge.show(row.state, row.tone, row.icon))),
        href=f"/appointments/{row.id}",
        lead=leaf.show(row.month, row.day, "soft"),
        day=True,
        fresh=row.fresh,
    )


def _new() -> rx.Component:
    nothing = empty.show(
        _("Nothing new"),
        _("New test results and messages from the clinic come here by themselves."),
        icon_name="ok",
    )
    shown = rx.fragment(
        rows.each(ROW.news, _news),
        _more(ROW.more_results, "/results"),
        _more(ROW.more_messages, "/messages"),
    )
    return section.titled(
        _("What is new"),
        rx.cond(ROW.news.length() > 0, shown, nothing),
        anchor="new",
    )


def _more(words: Any, href: str) -> rx.Component:
    return when(words, rx.el.p(link.to(href, words), class_name="more-link"))


def _news(row: Any) -> rx.Component:
    lead = rx.cond(
        row.letters != "",
        person.initials(row.letters, row.tint, "sm"),
        icon.show(row.icon),
    )
    return rows.row(
        row.title,
        line.number_line(row.line),
        row.under,
        href=row.href,
        lead=lead,
        new=row.new,
        kind=row.read,
        say=row.say,
        fresh=row.fresh,
    )


def _waiting() -> rx.Component:
    nothing = empty.show(
        _("Nothing waits for you"),
        _("When we need an answer from you, it will stand here."),
        icon_name="ok",
    )
    return section.titled(
        _("Waiting for you"),
        rx.cond(ROW.waiting.length() > 0, rows.each(ROW.waiting, _plain_row), nothing),
        anchor="waiting",
    )


def _plain_row(row: Any) -> rx.Component:
    return rows.row(
        row.title,
        row.under,
        href=row.href,
        icon_name=row.icon,
        new=row.new,
        kind=row.read,
        fresh=row.fresh,
    )


def _due() -> rx.Component:
    return section.titled(
        _("Due for you"),
        prevention.each(ROW.due, FRAME.patient_id, ROW.years, ROW.months),
        _more(ROW.more_due, "/check-ups"),
        anchor="due",
        more=_("All check-ups"),
        href="/check-ups",
    )


def _medicines() -> rx.Component:
    nothing = empty.show(
        _("No medicines on the list"),
        _("What the clinic prescribes stands here, with how to take it."),
        icon_name="pill",
    )
    return section.titled(
        _("Medicines"),
        rx.cond(ROW.medicines.length() > 0, _medicine_list(), nothing),
        anchor="medicines",
        more=_("All medicines"),
        href="/record",
    )


def _medicine_list() -> rx.Component:
    return rx.fragment(
        rows.each(ROW.medicines, _medicine),
        _more(ROW.more_medicines, "/record"),
    )


def _medicine(row: Any) -> rx.Component:
    return rows.row(
        row.title,
        row.how,
        row.what,
        when(row.note, rx.el.p(badge.show(row.note, row.tone, row.icon))),
        icon_name="pill",
        fresh=row.fresh,
    )


def _from_the_clinic() -> rx.Component:
    said = section.titled(
        _("From the clinic"), rows.each(ROW.announcements, _announcement), anchor="clinic"
    )
    return rx.cond(ROW.announcements.length() > 0, said, rx.fragment())


def _announcement(row: Any) -> rx.Component:
    return rows.row(
        row.title, row.under, icon_name=row.icon, new=row.new, kind=row.read, fresh=row.fresh
    )


def _talk_to_us() -> rx.Component:
    clinic = FRAME
    first = rx.el.div(
        link.phone(clinic.clinic_phone, class_name="big", small=False),
        when(clinic.clinic_open, badge.show(clinic.clinic_open, "ok", "clock")),
        when(clinic.clinic_closed, badge.show(clinic.clinic_closed, "", "clock")),
        class_name="row1",
    )
    address = when(clinic.clinic_address, rx.fragment(clinic.clinic_address, ". "))
    card = rx.el.div(
        when(clinic.clinic_phone, first),
        rx.el.p(clinic.clinic_name, ". ", address, clinic.clinic_hours, class_name="quiet small"),
        rx.el.p(rx.el.strong(frame.emergency()), class_name="small"),
        class_name="card pad help",
    )
    return section.titled(_("Talk to us"), card, anchor="talk")


def _choose() -> rx.Component:
    """For a helper with no record open: whose they may open."""
    choices = rx.el.ul(rx.foreach(FRAME.choices, _choice), class_name="list")
    nothing = empty.show(
        _("No record is open to you"),
        _("When somebody lets you help them, their name stands here. Ask us if one is missing."),
        icon_name="family",
    )
    return section.titled(
        _("Whose record do you want to see?"),
        rx.cond(FRAME.choices.length() > 0, choices, nothing),
        anchor="choose",
    )


def _choice(row: Any) -> rx.Component:
    return rx.el.li(
        raw_form.post(
            "/auth/open-record",
            rx.el.input(type="hidden", name="patient", value=row.patient_id),
            button.plain(row.name, type="submit", full=True),
        )
    )


page = Page("/home", _("Home"), build, on_load=Home.open)
