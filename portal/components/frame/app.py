"""What the composition root hands to `rx.App`, so that nothing of Radix, sonner or lucide comes in.

rx.App(
    stylesheets=frame.STYLESHEETS, reset_style=False, toaster=None,
    head_components=frame.head_components(), app_wraps=frame.app_wraps(),
)
"""

from collections.abc import Callable
from typing import Any

import reflex as rx
from reflex_base.vars.function import ArgsFunctionOperation
from reflex_components_core.base.error_boundary import ErrorBoundary

from portal.components import attach, icon, link
from portal.words import _

STYLESHEETS = [
    "look/tokens.css",
    "look/ground.css",
    "look/frame.css",
    "look/parts.css",
    "look/values.css",
    "look/times.css",
    "look/staff.css",
    "look/desk.css",
    "look/print.css",
]
HEAD = "/portal.js"
STRENGTH = "/strength.js"


def head_components() -> list[rx.Component]:
    """Returns what stands in the head of every page: our script, before the first paint."""
    return [
        rx.el.script(src=HEAD),
        rx.el.script(src=STRENGTH, defer=True),
        rx.el.script(src=attach.SCRIPT, defer=True),
        rx.el.meta(
            name="viewport", content="width=device-width, initial-scale=1, viewport-fit=cover"
        ),
        rx.el.meta(name="robots", content="noindex"),
        rx.el.link(rel="icon", href="/icon.svg", type="image/svg+xml"),
        rx.el.link(rel="apple-touch-icon", href="/icon-192.png"),
        rx.el.link(rel="manifest", href="/manifest.webmanifest"),
    ]


def app_wraps() -> dict[tuple[int, str], Callable[[bool], rx.Component | None]]:
    """Returns what Reflex wraps around the pages: our word for a crash, no overlay, no toaster."""
    return {(55, "ErrorBoundary"): lambda _stateful: _boundary()}


def something_broke() -> rx.Component:
    """Says that the page itself failed; needs no state and no script."""
    return rx.el.main(
        rx.el.div(
            icon.show("stop"),
            rx.el.div(
                rx.el.h1(_("Something went wrong on our side")),
                rx.el.p(
                    _("Your record is safe. Load this page again; if it does not help, call us.")
                ),
                rx.el.p(link.anchored(_("Load this page again"), href="")),
            ),
            class_name="note bad",
        ),
        id="main",
    )


def _boundary() -> rx.Component:
    shown: Any = ArgsFunctionOperation.create(("_",), rx.Var.create(something_broke()))
    return ErrorBoundary.create(on_error=rx.noop(), fallback_render=shown)
