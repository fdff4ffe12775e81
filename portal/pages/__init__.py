"""What a route looks like: layout and words, no query and no rule."""

import reflex as rx

from portal.pages import around, sign_in
from portal.pages.patient import appointments, home, messages, record, results
from portal.pages.public import activate, good_to_know, ways_in


def add_all(app: rx.App) -> None:
    """Adds every page to the app."""
    around.furnish()
    front = [sign_in.page, activate.page, *ways_in.pages, *good_to_know.pages]
    patients = [
        home.page,
        appointments.list_page,
        appointments.one_page,
        messages.list_page,
        messages.new_page,
        messages.one_page,
        results.list_page,
        results.one_page,
        record.page,
    ]
    for page in (*front, *patients):
        page.add_to(app)
