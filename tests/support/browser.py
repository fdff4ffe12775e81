"""Chromium for the tests, driven by Playwright."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.support import patience

QUIET = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


@contextmanager
def opened(path: str) -> Iterator[Browser]:
    """Opens a browser without a window; a slow one where PORTAL_TEST_SLOW says how many times."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=QUIET)
        if patience.SLOW > 1:
            _slow_down(browser, patience.SLOW)
        try:
            yield browser
        finally:
            browser.close()


def _slow_down(browser: Browser, times: float) -> None:
    """Lets every page of a browser compute so many times slower, as on a machine that is busy.

    Each answer takes a moment longer as well. What a test presses too early is found this way.
    """
    new = browser.new_context

    def new_context(**given: Any) -> BrowserContext:
        context = new(**given)
        context.set_default_timeout(patience.PATIENCE_MS)
        context.on("page", slowed)
        return context

    def slowed(page: Page) -> None:
        line = page.context.new_cdp_session(page)
        line.send("Emulation.setCPUThrottlingRate", {"rate": times})
        line.send("Network.enable")
        far = {"offline": False, "latency": 20 * times}
        endless = {"downloadThroughput": -1, "uploadThroughput": -1}
        line.send("Network.emulateNetworkConditions", far | endless)

    browser.new_context = new_context
