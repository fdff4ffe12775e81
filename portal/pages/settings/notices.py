"""How somebody is told of news, what our mails say, and what was agreed to."""

from typing import Any

import reflex as rx

from portal.components import badge, button, field, link, live_form, push, rows, section
from portal.components.kinds import Child
from portal.pages.page import Page
from portal.pages.settings import parts
from portal.state.settings import Telling
from portal.words import _

ROW: Any = Telling.row
TOLD_ON: Any = Telling.row.told_on


def build() -> rx.Component:
    """Lays the page out."""
    return parts.page(Telling, _("Notices and agreements"), _body)


def _body() -> list[Child]:
    told = rx.fragment(
        section.titled(_("How we tell you"), _told(), anchor="told"),
        rx.cond(
            (TOLD_ON.key != "") | TOLD_ON.is_shared,
            section.titled(_("On your devices"), _here(), *_devices(), anchor="devices"),
            rx.fragment(),
        ),
        section.titled(_("When we tell you"), section.card(_hours()), anchor="when"),
    )
    agreed = rx.fragment(
        section.titled(_("Mails about news"), _mails(), anchor="mails"),
        section.titled(_("What you agreed to"), _agreed(), anchor="agreed"),
    )
    return [
        rx.cond(ROW.is_staff, rx.fragment(), told),
        section.titled(_("What our mails say"), _carried(), anchor="carried"),
        section.titled(_("In which language we write"), section.card(_spoken()), anchor="spoken"),
        rx.cond(ROW.is_staff, rx.fragment(), agreed),
    ]


def _told() -> rx.Component:
    off = rx.el.p(
        _("You asked us not to write about news, so we tell you only here in the portal."),
        " ",
        link.to("#mails", _("Change it")),
    )
    return section.card(
        rx.cond(ROW.may_write, _ways(), off),
        rx.el.p(
            rx.el.b(_("Announcements of the clinic")),
            ": ",
            _("on your first page, here."),
            class_name="quiet",
        ),
        rx.el.p(
            rx.el.b(_("Your account’s safety")),
            ": ",
            _(
                "always by e-mail. It cannot be switched off: a new device or a changed password "
                "that is not yours is what you must hear of."
            ),
            class_name="quiet",
        ),
    )


def _ways() -> rx.Component:
    prove = rx.el.p(
        rx.cond(
            ROW.has_email,
            _("Text messages need a phone number that you have confirmed."),
            _("E-mails need an address that you have confirmed."),
        ),
        " ",
        link.to("/settings/contact", _("E-mail and phone")),
    )
    return live_form.of(
        rx.cond(ROW.has_email & ~ROW.needs_phone, rx.fragment(), prove),
        field.select("visits", _("Visits and reminders"), ROW.ways, default_value=ROW.visits),
        field.select("messages", _("Messages"), ROW.ways, default_value=ROW.messages),
        field.select("results", _("Results and other news"), ROW.ways, default_value=ROW.results),
        field.select(
            "check_ups",
            _("Check-ups and vaccines that are due"),
            ROW.ways,
            default_value=ROW.check_ups,
        ),
        button.group(button.main(_("Save"), type="submit")),
        on_submit=Telling.choose,
        class_name="stack",
        key=ROW.visits + ROW.messages + ROW.results + ROW.check_ups,
    )


def _here() -> rx.Component:
    """Lets this browser be told, or says why it cannot."""
    shared = rx.el.p(
        _("You signed in at a computer that others use too: notices are never shown here."),
    )
    said = rx.el.p(
        _(
            "A notice says that there is news and from which clinic, or when a visit is; never "
            "anything about your health. Whoever sees the screen can read it. It comes by the push "
            "service of your browser’s maker, sealed for this device alone."
        ),
        " ",
        link.to("#carried", _("Leave the clinic out")),
        class_name="quiet",
    )
    return section.card(rx.cond(TOLD_ON.is_shared, shared, push.here(TOLD_ON.key)), said)


def _devices() -> list[Child]:
    nothing = rx.el.p(
        _("For nothing yet: choose “On my devices” for what you want to be told there."),
        " ",
        link.to("#told", _("Choose")),
    )
    some = rx.fragment(
        rows.each(TOLD_ON.devices, _device),
        rx.cond(ROW.on_devices_for_nothing, nothing, rx.fragment()),
        button.group(button.plain(_("Send me a test"), on_click=Telling.try_devices)),
    )
    return [rx.cond(TOLD_ON.devices.length() > 0, some, rx.fragment())]


def _device(row: Any) -> rx.Component:
    about = rx.el.span(": ", row.device, ", ", row.said, class_name="vh")
    return rows.row(
        row.device,
        rx.el.p(row.said),
        push.mark(row.mark),
        rx.el.div(
            button.plain(_("End it there"), about, on_click=Telling.end_device(row.id), small=True),
            class_name="btns",
        ),
        icon_name=row.icon,
    )


def _hours() -> rx.Component:
    """Asks for quiet hours and for the hour of the one mail a day."""

    def hour(name: str, label: str, value: Any, *, hint: str = "") -> rx.Component:
        more = {"hint": hint} if hint else {}
        return field.select(name, label, ROW.hours, first=_("None"), default_value=value, **more)

    return live_form.of(
        hour("quiet_from", _("Quiet from"), ROW.quiet_from),
        hour(
            "quiet_to",
            _("Quiet until"),
            ROW.quiet_to,
            hint=_(
                "What comes meanwhile waits for the end. Codes, links, news about your account’s "
                "safety and offers of an earlier time never wait; a reminder waits until an hour "
                "before your visit at most."
            ),
        ),
        hour(
            "daily_at",
            _("Once a day, at"),
            ROW.daily_at,
            hint=_(
                "Messages, results and new bookings are counted in one e-mail, or in one notice on "
                "your devices. Reminders, changed times and text messages still come at once."
            ),
        ),
        button.group(button.main(_("Save the hours"), type="submit")),
        on_submit=Telling.choose_hours,
        class_name="stack",
        key=ROW.quiet_from + "-" + ROW.quiet_to + "-" + ROW.daily_at,
    )


def _carried() -> rx.Component:
    choices = [
        (
            "clinic",
            _("That there is news, and from which clinic"),
            _("“There is something new for you”, with the clinic’s name"),
        ),
        (
            "bare",
            _("Only that there is news"),
            _("Who sees the mail does not learn to which clinic you go"),
        ),
    ]
    return live_form.of(
        rx.el.p(_("No mail ever says anything about anybody’s health, whatever you choose.")),
        field.radio("carries", _("A mail from us says"), choices, value=ROW.carries),
        button.group(button.main(_("Save"), type="submit")),
        on_submit=Telling.carry,
        class_name="stack",
        key=ROW.carries,
    )


def _spoken() -> rx.Component:
    return live_form.of(
        field.select(
            "language",
            _("We write to you in"),
            ROW.languages,
            default_value=ROW.language,
            hint=_(
                "E-mails, text messages and notices on your devices. The pages of the portal stay "
                "in the language that they are in."
            ),
        ),
        button.group(button.main(_("Save the language"), type="submit")),
        on_submit=Telling.choose_language,
        class_name="stack",
        key="in-" + ROW.language,
    )


def _mails() -> rx.Component:
    on = rx.fragment(
        rx.el.p(badge.show(_("On"), "ok", "ok"), " ", _("We write when there is news for you.")),
        button.group(button.plain(_("Do not write to me about news"), on_click=Telling.take_back)),
    )
    off = rx.fragment(
        rx.el.p(
            badge.show(_("Off"), "", "mail"),
            " ",
            _("We do not write about news. You find it here in the portal."),
        ),
        button.group(button.plain(_("Write to me when there is news"), on_click=Telling.agree)),
    )
    return section.card(
        rx.cond(ROW.may_write, on, off),
        rx.el.p(
            _("About your account’s safety we always write: a new device, a changed password."),
            class_name="quiet",
        ),
    )


def _agreed() -> rx.Component:
    nothing = rx.el.p(_("You have not been asked to agree to anything yet."), class_name="quiet")
    listed = rows.each(ROW.agreed, _one)
    read = rx.el.p(
        _("The texts as they are now:"),
        " ",
        link.to("/terms", _("terms of use")),
        ", ",
        link.to("/privacy", _("privacy notice")),
        ".",
    )
    return rx.fragment(rx.cond(ROW.agreed.length() > 0, listed, nothing), read)


def _one(row: Any) -> rx.Component:
    answer = rx.cond(
        row.agreed,
        badge.show(_("Agreed"), "ok", "ok"),
        badge.show(_("Not agreed, or taken back"), "", "x"),
    )
    return rows.row(
        rx.fragment(row.title, ", ", _("version"), " ", row.version),
        rx.el.p(answer),
        rx.el.p(row.said),
        icon_name="doc",
    )


page = Page("/settings/notices", _("Notices and agreements"), build, on_load=Telling.open)
