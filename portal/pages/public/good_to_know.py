"""Help, privacy and terms, in words that everybody can read."""

from typing import Any

import reflex as rx

from portal.components import section
from portal.pages.page import Page
from portal.pages.public import around
from portal.state.front_door import Door
from portal.words import _


def _part(title: str, *texts: Any, anchor: str = "") -> rx.Component:
    said = [rx.el.p(text) if isinstance(text, str) else text for text in texts]
    named = {"id": anchor, "tab_index": -1} if anchor else {}
    return rx.el.section(rx.el.h2(title), *said, class_name="stack", **named)


def build_help() -> rx.Component:
    """Lays the help page out."""
    return around.framed(
        _("Help"),
        section.stacked(*_about_getting_in(), *_about_using()),
        lead=_("Short answers to what people ask us most."),
    )


def _about_getting_in() -> list[rx.Component]:
    return [
        _part(
            _("How do I get in for the first time?"),
            _("We give you a link, on paper or by e-mail. Open it and choose a password."),
            _("The link works once, for one week. After that we give you a new one."),
            around.phone_line(_("No link yet? Call us:"), "."),
            anchor="first-time",
        ),
        _part(
            _("What is a good password?"),
            _("Four or five words in a row, for example what you see from your window."),
            _("It needs 15 characters. Signs and numbers are welcome, but you do not need them."),
        ),
        _part(
            _("Why was I signed out?"),
            _(
                "When nobody has used the page for a while, we close it, so that nobody else reads "
                "your record. We warn you two minutes before. What you were writing is kept."
            ),
        ),
    ]


def _about_using() -> list[rx.Component]:
    return [
        _part(
            _("When do I see my results?"),
            _("As soon as the laboratory has them and the clinic has let them through."),
            _("You may see one before your doctor has called. If it worries you, write to us."),
        ),
        _part(
            _("How fast do you answer messages?"),
            _("Usually within two working days. Beside your message you see by when."),
            _("Messages are not for emergencies: nobody reads them at night."),
        ),
        _part(
            _("Can somebody help me with my account?"),
            _("Yes. A parent, a partner or a friend can have their own way in to your record."),
            _("Never give away your password: ask us to let your helper in instead."),
        ),
        _part(
            _("Can I make the letters larger?"),
            _(
                "Yes, with your browser: every page fits at any size. At the foot of each page you "
                "can choose a dark page, or more contrast."
            ),
        ),
    ]


def build_privacy() -> rx.Component:
    """Lays the privacy page out."""
    return around.framed(
        _("Privacy"),
        section.stacked(
            _part(
                _("Where your data is"),
                _("This portal runs on the clinic’s own computer, and is encrypted there."),
                _("No other company keeps your record, and there is no advertising."),
            ),
            _part(
                _("Who can see it"),
                _("You, those whom you let help you, and the people here who treat you."),
                _("The front desk sees your appointments and letters, not your results."),
                _("Each time somebody opens your record, that is written down for good."),
            ),
            _part(
                _("What your browser keeps"),
                _("One cookie that says that you are signed in, and your choice of light or dark."),
                _("Both are for this portal alone. No other cookies, no scripts from elsewhere."),
            ),
            _part(
                _("What you can ask of us"),
                _("A copy of your record, a correction, and who has looked at it."),
                around.phone_line(_("Call us, or ask at the front desk:"), "."),
            ),
        ),
        lead=_("What we keep of you, where, and who can see it."),
    )


def build_terms() -> rx.Component:
    """Lays the terms out."""
    return around.framed(
        _("Terms"),
        section.stacked(
            _part(
                _("Not for emergencies"),
                _("In an emergency call the emergency number. Do not wait for an answer here."),
            ),
            _part(
                _("Your account is yours alone"),
                _("Keep your password to yourself. If somebody knows it, tell us: we end it."),
                _("Who helps you gets an account of their own."),
            ),
            _part(
                _("What you read here"),
                _("It is your record as the clinic has it. It does not replace talking to us."),
                _("If something is wrong in it, tell us: we correct it, or say why not."),
            ),
            _part(
                _("When the portal is down"),
                _("It can happen. We always have a phone and a front desk."),
                around.phone_line(_("You reach us here:"), "."),
            ),
        ),
        lead=_("What you can rely on, and what we ask of you."),
    )


pages = [
    Page("/help", _("Help"), build_help, on_load=Door.open, is_public=True),
    Page("/privacy", _("Privacy"), build_privacy, on_load=Door.open, is_public=True),
    Page("/terms", _("Terms"), build_terms, on_load=Door.open, is_public=True),
]
