"""A browser in which somebody of the demo clinic has signed in."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlmodel import col, select

from portal.database import Database, read_key
from portal.models.people import User
from portal.services import signing_in
from tests.support import running

READY = '#ready[data-ready="true"]'
COOKIE = "portal"


def secret_of(base: Database, name: str) -> str:
    """Signs somebody in from behind, all steps done; returns the secret for the cookie."""
    with base.transaction() as db:
        user = db.exec(select(User).where(col(User.sign_in_name) == name)).one()
        entry = signing_in.begin(
            db, user, factor="totp", device="", address="", now=datetime.now(UTC)
        )
        assert entry.stage == "full", f"{name} has to {entry.stage} first"
        return entry.secret


def secret_at(server: running.Server, name: str) -> str:
    """Signs somebody in at a running portal, beside it; returns the secret for the cookie."""
    folder = Path(server.data_dir)
    base = Database(folder, read_key(folder.with_name(folder.name + ".key")))
    try:
        return secret_of(base, name)
    finally:
        base.close()


def give(context: BrowserContext, server: running.Server, name: str) -> None:
    """Signs somebody in, in a browser that is open already."""
    secret = secret_at(server, name)
    kept = {"name": COOKIE, "value": secret, "url": server.url, "httpOnly": True}
    context.add_cookies([kept])  # pyright: ignore[reportArgumentType]


def signed_in(browser: Browser, server: running.Server, name: str, **more: Any) -> BrowserContext:
    """Returns a browser of its own, signed in as somebody; `more` is Playwright's."""
    context = browser.new_context(base_url=server.url, **more)
    give(context, server, name)
    return context


def shown(context: BrowserContext, path: str) -> Page:
    """Returns a new tab with a page that has its data."""
    page = context.new_page()
    page.goto(path)
    page.wait_for_selector(READY, state="attached")
    expect(page.locator(".loading")).to_have_count(0)
    return page
