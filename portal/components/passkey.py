"""A button that asks this device for a passkey; assets/passkeys.js does the asking."""

import reflex as rx

from portal.components import button
from portal.components.kinds import Text
from portal.words import _

SCRIPT = "/passkeys.js"


def ask(kind: str, words: Text, *, is_main: bool = False) -> rx.Component:
    """Asks for a passkey: kind is "sign-in", "second", "confirm" or "register"."""
    make = button.main if is_main else button.plain
    return rx.el.div(
        make(
            words,
            icon_name="passkey",
            full=True,
            custom_attrs={
                "data-passkey": kind,
                "data-waiting": _("Your device asks you now: fingerprint, face or PIN."),
                "data-failed": _("That did not work. Try again, or use another way."),
                "data-none": _("This browser has no passkeys. Use another way."),
            },
        ),
        rx.el.p(role="status", class_name="small", custom_attrs={"data-passkey-said": "true"}),
        class_name="stack",
    )


def script() -> rx.Component:
    """Brings the script along; a page that shows the button needs it once."""
    return rx.el.script(src=SCRIPT, defer=True)
