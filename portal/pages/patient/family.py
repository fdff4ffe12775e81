"""The family: who helps me, whom I help, and how to change and end it."""

from typing import Any

import reflex as rx

from portal.components import (
    badge,
    banner,
    button,
    definition,
    dialog,
    empty,
    field,
    frame,
    icon,
    kept,
    link,
    live_form,
    notice,
    person,
    raw_form,
    section,
    skeleton,
)
from portal.components.kinds import when
from portal.pages.page import Page
from portal.pages.settings.parts import confirm_first
from portal.security import scopes
from portal.services.family import KINDS
from portal.state.family import Closed, Family
from portal.state.frame import Frame
from portal.words import _

ROW: Any = Family.row
WAITING: Any = Family.waiting
CLOSED: Any = Closed.row
FRAME: Any = Frame.row
LEVELS = [("", _("Nothing")), ("read", _("May see")), ("act", _("May see and act"))]


def build() -> rx.Component:
    """Lays the family out."""
    loaded = rx.cond(Family.is_loaded, _all(), skeleton.rows(_("Loading your family"), 4))
    return frame.patient(
        _("Family and helpers"),
        notice.told("bad", Family.problem),
        notice.told("ok", Family.done),
        _code(),
        loaded,
        kept.waiting(WAITING.act, WAITING.form),
        current="family",
    )


def _all() -> rx.Component:
    return section.stacked(
        rx.cond(ROW.patient_id != "", _own(), _anothers()),
        rx.cond(ROW.theirs.length() > 0, _theirs(), rx.fragment()),
    )


def _own() -> rx.Component:
    return rx.fragment(
        rx.cond(ROW.teen.length() > 0, _teen(), rx.fragment()),
        section.titled(
            _("Who helps you"),
            rx.cond(ROW.mine.length() > 0, _cards(ROW.mine, _given), _nobody()),
            anchor="mine",
        ),
        rx.cond(
            ROW.waiting.length() > 0,
            section.titled(_("Not begun yet"), _cards(ROW.waiting, _given), anchor="waiting"),
            rx.fragment(),
        ),
        rx.cond(ROW.may_lend, _to_lend(), when(ROW.why_not, notice.plain(ROW.why_not))),
        rx.cond(
            ROW.over.length() > 0,
            section.titled(_("Ended"), _cards(ROW.over, _given), anchor="over"),
            rx.fragment(),
        ),
        _privacy(),
    )


def _privacy() -> rx.Component:
    """What each helper sees stands above; what notices carry, and limits that one asks for."""
    form = live_form.of(
        _whose(),
        field.textarea(
            "what",
            _("Whom should we not tell, or what should we not use?"),
            hint=_("For example: do not tell my health plan about the visit that I pay myself"),
            rows=3,
            max_length=2000,
            required=True,
        ),
        button.group(button.plain(_("Send this request"), type="submit")),
        on_submit=Family.ask,
        reset_on_submit=True,
        class_name="stack",
        no_validate=True,
    )
    return section.titled(
        _("Privacy"),
        rx.el.p(
            _("What an e-mail of ours may say is in"),
            " ",
            link.to("/settings/notices", _("your notices")),
            ". ",
            _("Who has looked at your record stands under"),
            " ",
            link.to("/access-log", _("Who has looked")),
            ".",
        ),
        rx.cond(
            ROW.asked.length() > 0,
            rx.el.ul(rx.foreach(ROW.asked, _request), class_name="helps"),
            rx.fragment(),
        ),
        rx.el.details(
            section.opener(_("Ask us to limit how we use or share your record")),
            form,
        ),
        anchor="privacy",
    )


def _request(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.p(badge.show(row.state_words, row.tone, row.icon), " ", row.asked),
        rx.el.p(row.what, class_name="say"),
        when(row.answer, rx.el.p(rx.el.b(_("Our answer:"), " "), row.answer)),
        when(row.answered, rx.el.p(row.answered, class_name="quiet small")),
        class_name="card pad",
        key=row.id,
    )


def _anothers() -> rx.Component:
    own = rx.cond(
        FRAME.own_patient_id != "",
        raw_form.post(
            banner.OPEN_RECORD,
            rx.el.input(type="hidden", name="patient", value=FRAME.own_patient_id),
            button.plain(_("Open my own record"), type="submit"),
        ),
        rx.fragment(),
    )
    return section.titled(
        _("Who helps you"),
        rx.el.p(_("Who else helps this person is theirs alone to see.")),
        own,
        anchor="mine",
    )


def _nobody() -> rx.Component:
    return empty.show(
        _("Nobody helps you here"),
        _("When somebody may see your record, their name stands here, with what they may do."),
        icon_name="family",
    )


def _teen() -> rx.Component:
    return notice.info(
        _("What your parents see at your age"),
        rx.el.ul(rx.foreach(ROW.teen, rx.el.li)),
        rx.el.p(
            link.to("/messages/new", _("Write to us: only between me and the clinic")),
        ),
    )


def _code() -> rx.Component:
    """The code of a new invitation: shown once, for the patient to pass on."""
    said = notice.ok(
        rx.fragment(_("We have sent a link to"), " ", Family.code_for),
        rx.el.p(_("Tell them this code yourself, by phone or in person. We show it only now:")),
        rx.el.p(rx.el.strong(Family.code), class_name="big"),
        rx.el.p(_("It belongs to the link in their e-mail. Neither opens anything alone.")),
    )
    return rx.cond(Family.code != "", said, rx.fragment())


def _cards(rows: Any, render: Any) -> rx.Component:
    return rx.el.ul(rx.foreach(rows, render), class_name="helps")


def _given(row: Any) -> rx.Component:
    buttons = button.group(
        rx.cond(
            row.may_change,
            dialog.opener(f"change-{row.id}", _("Change"), _about(row), icon_name="pencil"),
            rx.fragment(),
        ),
        rx.cond(
            row.may_resend,
            button.plain(
                _("New link and code"),
                _about(row),
                on_click=Family.send_again(ROW.patient_id, row.id),
            ),
            rx.fragment(),
        ),
        rx.cond(
            row.may_end,
            dialog.opener(f"end-{row.id}", _("End at once"), _about(row)),
            rx.fragment(),
        ),
    )
    return _card(
        row,
        buttons,
        rx.cond(row.may_change, _change(row), rx.fragment()),
        rx.cond(row.may_end, _end(row), rx.fragment()),
        can=_("May see and do"),
    )


def _about(row: Any) -> rx.Component:
    return rx.el.span(": ", row.name, class_name="vh")


def _card(row: Any, *below: rx.Component, can: str) -> rx.Component:
    head = rx.el.div(
        person.initials(row.letters, row.tint),
        rx.el.div(rx.el.h3(row.name), rx.el.p(row.kind, class_name="quiet")),
        badge.show(row.state_words, row.tone, row.icon),
        class_name="help-head",
    )
    facts = definition.show(
        when(row.why, definition.entry(_("Why"), row.why)),
        definition.entry(can, rx.el.ul(rx.foreach(row.can, rx.el.li), class_name="bare")),
        when(row.since, definition.entry(_("Since"), row.since)),
        when(row.until, definition.entry(_("Until"), row.until)),
        when(row.next_step, definition.entry(_("What comes next"), row.next_step)),
        when(row.age_says, definition.entry(_("With age"), row.age_says)),
    )
    return rx.el.li(head, facts, _history(row), *below, class_name="card pad stack", key=row.id)


def _history(row: Any) -> rx.Component:
    """How it came so: folded, for whoever asks."""
    papers = definition.show(
        when(row.sent_to, definition.entry(_("Link sent to"), row.sent_to)),
        when(row.granted_by, definition.entry(_("Given by"), row.granted_by)),
        when(row.proof, definition.entry(_("Proof"), row.proof)),
    )
    steps = rx.el.ul(
        rx.foreach(
            row.history,
            lambda step: rx.el.li(step.at, ": ", step.words, when(step.note, f" ({step.note})")),
        ),
        class_name="bare small",
    )
    listed = rx.el.details(section.opener(_("What happened so far"), _about(row)), papers, steps)
    return rx.cond(row.history.length() > 0, listed, rx.fragment())


def _change(row: Any) -> rx.Component:
    return dialog.form(
        f"change-{row.id}",
        rx.fragment(_("What may this person see and do?"), _about(row)),
        _whose(),
        rx.el.input(type="hidden", name="help_id", value=row.id, read_only=True),
        *_areas(row.id, row.held),
        field.date(
            "ends_on",
            _("Last day"),
            id=f"ends-{row.id}",
            value=row.until_date,
            min=ROW.today,
            max=row.latest,
        ),
        act=_("Change"),
        keep=_("Leave as it is"),
        on_submit=Family.change,
        data_keeps="change",
    )


def _areas(key: Any, held: Any) -> list[rx.Component]:
    return [
        field.select(area, _(words), LEVELS, id=f"{area}-{key}", value=held[area])
        for area, words in scopes.AREAS.items()
    ]


def _whose() -> rx.Component:
    return rx.el.input(type="hidden", name="whose", value=ROW.patient_id, read_only=True)


def _end(row: Any) -> rx.Component:
    law = rx.cond(
        row.by_law,
        rx.el.p(_("They stop seeing your record at once. The clinic then looks at their papers.")),
        rx.el.p(_("They stop seeing your record at once, also on pages that are open now.")),
    )
    return dialog.confirm(
        f"end-{row.id}",
        rx.fragment(_("End this help?"), _about(row)),
        law,
        act=_("End at once"),
        keep=_("Keep it"),
        on_confirm=Family.end(ROW.patient_id, row.id),
    )


def _to_lend() -> rx.Component:
    kinds = [(key, _(kind.words)) for key, kind in KINDS.items() if not kind.by_staff]
    usual = _levels(KINDS["adult"].usual)
    form = live_form.of(
        _whose(),
        field.text("name", _("Their name"), autocomplete="off", max_length=200, required=True),
        field.email(
            "email",
            _("Their e-mail address"),
            autocomplete="off",
            hint=_("We send a link there. You tell them the code yourself."),
            max_length=254,
            required=True,
        ),
        field.select("kind", _("Who is it?"), kinds, value="adult"),
        field.text(
            "relationship",
            _("How do you know each other?"),
            hint=_("For example: my daughter"),
            optional=True,
            autocomplete="off",
            max_length=100,
        ),
        rx.el.fieldset(
            rx.el.legend(_("What may they see and do?")),
            rx.el.div(*_areas("new", usual), class_name="areas"),
            class_name="field",
        ),
        field.date(
            "ends_on",
            _("Last day"),
            id="ends-new",
            optional=True,
            hint=_("Without one: as long as we may, three years at most"),
            min=ROW.today,
            max=ROW.latest,
        ),
        button.group(button.main(_("Send the invitation"), type="submit", icon_name="send")),
        on_submit=Family.lend,
        data_keeps="lend",
        class_name="card pad stack",
        no_validate=True,
    )
    opens = rx.el.details(section.opener(_("Choose somebody and what they may see")), form)
    first = confirm_first(
        "/family", _("Before you open your record to somebody, we make sure that it is you.")
    )
    return section.titled(
        _("Let somebody help you"),
        rx.cond(ROW.is_confirmed | (WAITING.act == "lend"), opens, first),
        anchor="lend",
    )


def _levels(text: str) -> dict[str, str]:
    held = scopes.parse(text)
    return {
        area: "act" if f"{area}:act" in held else ("read" if f"{area}:read" in held else "")
        for area in scopes.AREAS
    }


def _theirs() -> rx.Component:
    return section.titled(_("Whom you help"), _cards(ROW.theirs, _held), anchor="theirs")


def _held(row: Any) -> rx.Component:
    opens = raw_form.post(
        banner.OPEN_RECORD,
        rx.el.input(type="hidden", name="patient", value=row.patient_id),
        button.plain(_("Open this record"), _about(row), type="submit"),
    )
    stops = dialog.opener(f"stop-{row.id}", _("Stop helping"), _about(row))
    sure = dialog.confirm(
        f"stop-{row.id}",
        rx.fragment(_("Stop helping?"), _about(row)),
        _("You see nothing of this record any more. Only they can let you help again."),
        act=_("Stop helping"),
        keep=_("Go on helping"),
        on_confirm=Family.stop(row.id),
    )
    return _card(
        row,
        button.group(
            rx.cond(row.is_open, opens, rx.fragment()), rx.cond(row.may_end, stops, rx.fragment())
        ),
        rx.cond(row.may_end, sure, rx.fragment()),
        can=_("You may see and do"),
    )


def build_closed() -> rx.Component:
    """Says which record was closed while it was open, and what to do next."""
    said = notice.warn(
        rx.cond(
            CLOSED.name != "",
            rx.fragment(_("You can no longer see the record of"), " ", CLOSED.name),
            _("That record is not open to you"),
        ),
        when(CLOSED.why, rx.el.p(CLOSED.why)),
        rx.el.ul(rx.foreach(CLOSED.next, rx.el.li), class_name="bare"),
    )
    shown = section.stacked(said, _choose())
    return frame.patient(
        _("This record was closed"),
        notice.told("bad", Closed.problem),
        rx.cond(Closed.is_loaded, shown, skeleton.card(_("One moment"), 3)),
        current="closed",
    )


def _choose() -> rx.Component:
    choices = rx.el.ul(rx.foreach(FRAME.choices, _choice), class_name="helps")
    nothing = rx.el.p(
        icon.show("info", small=True),
        _("No other record is open to you. Call us if you think that is wrong."),
    )
    return section.titled(
        _("Whose record do you want to see now?"),
        rx.cond(FRAME.choices.length() > 0, choices, nothing),
        anchor="choose",
    )


def _choice(row: Any) -> rx.Component:
    return rx.el.li(
        raw_form.post(
            banner.OPEN_RECORD,
            rx.el.input(type="hidden", name="patient", value=row.patient_id),
            button.plain(row.name, type="submit", full=True),
        )
    )


page = Page("/family", _("Family and helpers"), build, on_load=Family.open)
closed_page = Page("/record-closed", _("This record was closed"), build_closed, on_load=Closed.open)
