"""A form that the browser itself sends.

`rx.form` and `rx.el.form` never submit natively (REFLEX.md 1.5); what must set a cookie, or work
before any script has run, needs this one.
"""

from typing import Any

import reflex as rx
from reflex_base.components.component import field
from reflex_components_core.el.elements.base import BaseHTML

from portal.components.kinds import Child, Text


class RawForm(BaseHTML):
    """A plain `<form>`."""

    tag = "form"

    action: rx.Var[str] = field(doc="Where the form goes.")
    method: rx.Var[str] = field(doc="get or post.")
    enc_type: rx.Var[str] = field(doc="How the values are encoded.")
    auto_complete: rx.Var[str] = field(doc="on or off.")
    name: rx.Var[str] = field(doc="The name of the form.")
    target: rx.Var[str] = field(doc="Where the answer is shown: _blank for a tab of its own.")
    no_validate: rx.Var[bool] = field(doc="Whether the browser leaves checking to the server.")


def post(action: Text, *children: Child, **props: Any) -> rx.Component:
    """Sends its fields by POST to an own route, as browsers do since ever."""
    return RawForm.create(*children, action=action, method="post", **props)


def get(action: Text, *children: Child, **props: Any) -> rx.Component:
    """Puts its fields into the address and goes there."""
    return RawForm.create(*children, action=action, method="get", **props)
