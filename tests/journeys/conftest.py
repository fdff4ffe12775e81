"""What the journeys share: people who sign in, each in a browser of their own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from portal import words
from portal.database import Database, read_key
from tests.support import signed_in
from tests.support.running import Server

READY = '#ready[data-ready="true"]'
SignIn = Callable[..., Page]


@pytest.fixture
def sign_in(browser: Browser, server: Server) -> Iterator[SignIn]:
    """Returns what signs a person of the demo in, in a browser of their own."""
    opened: list[BrowserContext] = []

    def enter(name: str, *, width: int = 1280, theme: str = "light") -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=theme,  # pyright: ignore[reportArgumentType]
            bypass_csp=True,
        )
        opened.append(context)
        signed_in.give(context, server, name)
        page = context.new_page()
        page.goto(f"{server.url}/home")
        page.wait_for_selector(READY, state="attached")
        return page

    yield enter
    for context in opened:
        context.close()


@pytest.fixture
def records(server: Server) -> Iterator[Database]:
    """Returns the running clinic's own database, opened beside it, in the same zone."""
    folder = Path(server.data_dir)
    base = Database(folder, read_key(folder.with_name(folder.name + ".key")))
    words.settle("en", server.settings["zone"])
    yield base
    words.settle("en", "America/New_York")
    base.close()
