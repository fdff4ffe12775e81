"""Help, in words that everybody can read."""

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
            _("We give you a link, in a letter or by e-mail, and apart from it a short code."),
            _("Open the link, type the code and your birth date, and choose a password."),
            _("The link works once, and for the time that it says. Then we give you a new one."),
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


pages = [Page("/help", _("Help"), build_help, on_load=Door.open, is_public=True)]
