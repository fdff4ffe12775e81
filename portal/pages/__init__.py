"""What a route looks like: layout and words, no query and no rule."""

import reflex as rx

from portal.pages import home, sign_in


def add_all(app: rx.App) -> None:
    """Adds every page to the app."""
    for page in (sign_in.page, home.page):
        page.add_to(app)
