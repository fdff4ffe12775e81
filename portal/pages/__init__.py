"""What a route looks like: layout and words, no query and no rule."""

import reflex as rx

from portal.pages import home, sign_in
from portal.pages.public import activate, good_to_know, ways_in


def add_all(app: rx.App) -> None:
    """Adds every page to the app."""
    front = [sign_in.page, activate.page, *ways_in.pages, *good_to_know.pages]
    for page in (*front, home.page):
        page.add_to(app)
