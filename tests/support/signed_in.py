"""A browser in which somebody of the demo clinic has signed in."""

from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from portal.services import demo
from tests.support import running

READY = '#ready[data-ready="true"]'


def signed_in(browser: Browser, server: running.Server, name: str, **more: Any) -> BrowserContext:
    """Returns a browser of its own, signed in as somebody; `more` is Playwright's."""
    context = browser.new_context(base_url=server.url, **more)
    answer = context.request.post(
        "/auth/sign-in",
        form={"username": name, "password": demo.PASSWORD},
        headers={"Origin": server.url},
        max_redirects=0,
    )
    assert "#" not in answer.headers["location"], "the sign-in was refused"
    return context


def shown(context: BrowserContext, path: str) -> Page:
    """Returns a new tab with a page that has its data."""
    page = context.new_page()
    page.goto(path)
    page.wait_for_selector(READY, state="attached")
    expect(page.locator(".loading")).to_have_count(0)
    return page
