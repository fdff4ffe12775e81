"""What a real browser does with the real pages under our policy (NET-03, NET-05, R-40)."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from portal import portal
from tests.support.attacked import COOKIE, Attacked

VIEWERS = ("", "alice", "dana")


@pytest.fixture(scope="module")
def built(
    site: Path, empty_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Attacked]:
    """Returns a portal with the pages as they are built, and no traps."""
    folder = tmp_path_factory.mktemp("built")
    served = Attacked(folder / "data", folder / "log", site=site, has_traps=False)
    served.fill(empty_file)
    try:
        served.begin()
        yield served
    finally:
        served.close()


def _places() -> list[str]:
    routes = [route for route in portal.app._unevaluated_pages if route != "404"]
    return ["/" if route == "index" else "/" + route for route in routes]


def _watch(page: Page, own: str) -> list[str]:
    """Returns a list that fills with what a page does against the policy."""
    seen: list[str] = []
    page.on("console", lambda said: seen.append(said.text) if _is_breach(said.text) else None)
    page.on("request", lambda asked: None if _is_own(asked.url, own) else seen.append(asked.url))
    page.on("websocket", lambda line: None if _is_own(line.url, own) else seen.append(line.url))
    page.on("pageerror", lambda error: seen.append(str(error)))
    return seen


def _is_breach(said: str) -> bool:
    return "Content Security Policy" in said or "Permissions-Policy" in said


def _is_own(address: str, own: str) -> bool:
    return address.startswith((own, own.replace("http", "ws", 1), "blob:", "data:"))


def _noted(answered: list[str]) -> Callable[[Any], None]:
    return lambda frame: answered.append(str(frame))


def _ripe(page: Page, answered: list[str]) -> bool:
    """Whether the page has been given its state; lets the browser's events in meanwhile."""
    page.wait_for_timeout(20)
    return any("is_hydrated" in frame for frame in answered)


@pytest.mark.parametrize("who", VIEWERS)
def test_no_page_breaks_the_policy_or_talks_to_others(
    built: Attacked, chromium: str, who: str
) -> None:
    """NET-03, NET-05: each page, hydrated, signed in or not."""
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-background-networking"]
        )
        context = browser.new_context()
        if who:
            cookie, _ = built.sign_in(who)
            secret = cookie.partition("=")[2]
            context.add_cookies(
                [{"name": COOKIE, "value": secret, "url": built.url, "httpOnly": True}]
            )
        page = context.new_page()
        seen = _watch(page, built.url)
        answered: list[str] = []
        page.on("websocket", lambda line: line.on("framereceived", _noted(answered)))
        for place in _places():
            answered.clear()
            page.goto(built.url + place.replace("[id]", "nobodys").replace("[token]", "none"))
            built.wait_for(lambda: _ripe(page, answered), seconds=20)
            assert page.evaluate("document.cookie") == ""
            page.wait_for_load_state("load")
        browser.close()
    assert seen == []
