"""What says that the page is live, and what says that it is not."""

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors

from portal.components import icon
from portal.components.kinds import Text, when
from portal.words import _


def status(words: Text) -> rx.Component:
    """The quiet line beside the heading: a dot and "Updated just now"."""
    return rx.el.p(rx.el.span(class_name="dot ok"), words, class_name="live")


def announced(words: Text) -> rx.Component:
    """Tells screen readers politely what has changed; unseen."""
    return rx.el.p(words, role="status", aria_live="polite", class_name="vh", id="announced")


def lost() -> rx.Component:
    """Says that the connection is down, and goes by itself when it is back."""
    words = _("You are not connected. We show what we last had and try again by ourselves.")
    said = rx.el.p(icon.show("offline", small=True), rx.el.span(words))
    return rx.el.div(
        said, class_name="lost", role="status", aria_live="polite", data_lost=has_connection_errors
    )


def fresh_mark(words: Text) -> rx.Component:
    """Marks a row that has just come."""
    return when(words, rx.el.p(rx.el.span(words, class_name="new"), class_name="kind"))
