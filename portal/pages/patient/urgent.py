"""What a message is not for: said before it is written, and where its words can mean an emergency.

The second stands in the way of sending until somebody says that it is to go all the same.
"""

from typing import Any

import reflex as rx

from portal.components import button, frame, link, notice
from portal.state.frame import Frame
from portal.words import _

FRAME: Any = Frame.row


def banner() -> rx.Component:
    """Says on every page where one writes that nobody reads it at once."""
    wait = rx.cond(
        FRAME.clinic_phone != "",
        rx.fragment(" ", _("If it cannot wait until tomorrow, call us:"), " ", _clinic(), "."),
        rx.fragment(),
    )
    return notice.warn(
        _("Do you need help now?"),
        rx.el.p(
            _("For chest pain or trouble breathing"),
            " ",
            rx.el.strong(_("call"), " ", _emergency()),
            ".",
            wait,
        ),
    )


def to_send(advice: Any) -> rx.Component:
    """Sends; where `advice` has something to say, it says that first and asks once more."""
    send = button.main(_("Send message"), type="submit", icon_name="send")
    return rx.cond(advice.title != "", _stopped(advice), button.group(send))


def _stopped(advice: Any) -> rx.Component:
    now = rx.el.p(
        rx.el.strong(_("Call"), " ", _emergency(), " ", _("now")),
        rx.cond(
            FRAME.clinic_phone != "",
            rx.fragment(", ", _("or call us:"), " ", _clinic()),
            rx.fragment(),
        ),
        ".",
    )
    said = notice.bad(
        advice.title,
        rx.el.p(advice.words),
        now,
        rx.el.p(
            _("Your message has not been sent. You can still send it: it is marked as urgent.")
        ),
    )
    sure = rx.el.input(type="hidden", name="sure", value="yes", read_only=True)
    send = button.plain(_("Send it anyway, as urgent"), type="submit", icon_name="send")
    return rx.el.div(said, sure, button.group(send), class_name="stack")


def _emergency() -> rx.Component:
    number = frame.Clinic().emergency
    return link.anchored(number, href=f"tel:{number}")


def _clinic() -> rx.Component:
    return link.anchored(FRAME.clinic_phone, href=f"tel:{FRAME.clinic_phone}", class_name="nb")
