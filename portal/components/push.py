"""Notices on this device, turned on and off: assets/push.js asks the browser and says how it is."""

from typing import Any

import reflex as rx

from portal.components import badge, button
from portal.components.kinds import Text
from portal.words import _

SCRIPT = "/push.js"


def here(key: Any) -> rx.Component:
    """Lets this browser be told; `key` is the clinic's, to which it subscribes."""
    return rx.el.div(
        rx.el.p(role="status", custom_attrs={"data-push-said": "true"}),
        button.group(
            _hidden(_("Tell me on this device"), "data-push-on"),
            _hidden(_("Stop on this device"), "data-push-off"),
        ),
        # Loaded with the page, also where one came to it without loading.
        rx.el.script(src=SCRIPT, type="module", custom_attrs={"async": True}),
        class_name="stack",
        custom_attrs={"data-push": key, **_words()},
    )


def mark(of: Any) -> rx.Component:
    """Says beside a device in a list that it is this one; `of` is the hash of its place."""
    words = badge.show(_("This device"), "info")
    return rx.el.p(words, hidden=True, custom_attrs={"data-push-mark": of})


def _hidden(words: Text, name: str) -> rx.Component:
    return button.plain(words, hidden=True, custom_attrs={name: "true"})


def _words() -> dict[str, str]:
    return {
        "data-on": _("This device gets notices."),
        "data-off": _("This device gets no notices yet."),
        "data-asks": _("Your browser asks you now whether it may."),
        "data-denied": _(
            "This browser does not let the portal show notices. Allow them in the browser’s "
            "settings for this site, then load the page again."
        ),
        "data-none": _(
            "This browser cannot show notices while the portal is closed. Use another browser, or "
            "choose another way above."
        ),
        "data-apple": _(
            "On an iPhone or iPad, first put the portal on your home screen: tap Share, then “Add "
            "to Home Screen”. Open it from there and come back to this page."
        ),
        "data-failed": _("That did not work. Try again; in a private window it never does."),
    }
