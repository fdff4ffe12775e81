"""Every page in every role, light and dark: for all eyes, in silence, from its own house alone.

The pages are those that the portal has, so that a new one is looked at from its first day.
"""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from portal import portal
from tests.support.axe import faults
from tests.support.running import Server
from tests.support.signed_in import READY, signed_in

PATIENTS = ("marta", "noor", "tomas")
STAFF = ("okafor", "tom", "kim", "bo", "ruth", "ada", "otto")
# Where a page of one thing finds one; whoever has none sees what is said then.
LISTS = {
    "/results/[id]": "/results",
    "/messages/[id]": "/messages",
    "/appointments/[id]": "/appointments",
    "/staff/patients/[id]": "/staff/patients?query=sil",
}
# What patients, helpers and staff all have, each in the frame of their own side.
EVERYBODYS = ("/settings", "/confirm")
# Whoever is in is led away from it: journeys/test_second_step.py looks at it half way.
HALFWAY = "/second-step"
NARROW = {"width": 320, "height": 700}
WIDE = {"width": 1280, "height": 900}
WITHIN_MS = 15_000


def routes(who: str) -> list[str]:
    """Returns the addresses of all pages that somebody has a way to."""
    known = ["/" + name.removeprefix("index") for name in portal.app._unevaluated_pages]
    theirs = ("/staff", "/admin")
    if not who:
        public = {"/" + page.route.strip("/") for page in _public()}
        return sorted(public - {"/404"} | {"/no-such-page"})
    is_staff = who in STAFF
    public = {"/" + page.route.strip("/") for page in _public()}
    return [
        one
        for one in known
        if one not in {*public, HALFWAY}
        and (one.startswith(theirs) is is_staff or one.startswith(EVERYBODYS))
    ]


def _public() -> list[Any]:
    from portal.pages import agreements, forgotten, good_to_know, nowhere, register, sign_in

    ways_in = [*register.pages, *forgotten.pages]
    return [
        sign_in.page,
        *ways_in,
        *good_to_know.pages,
        *agreements.pages,
        nowhere.page,
    ]


def watched(page: Page, own: str) -> list[str]:
    """Returns a list that fills with what a page says wrong, and whom else it asks."""
    seen: list[str] = []
    page.on(
        "console",
        lambda said: seen.append(said.text) if said.type == "error" and _counts(said) else None,
    )
    page.on("pageerror", lambda error: seen.append(str(error)))
    page.on("request", lambda asked: None if _is_own(asked.url, own) else seen.append(asked.url))
    return seen


def _counts(said: Any) -> bool:
    """Whether a line is a fault: not the browser's own note that /no-such-page is a 404."""
    return not said.location["url"].endswith("/no-such-page")


def _is_own(address: str, own: str) -> bool:
    return address.startswith((own, own.replace("http", "ws", 1), "blob:", "data:"))


def opened(page: Page, path: str) -> None:
    """Opens a page and waits for its data."""
    page.goto(path)
    page.wait_for_selector(READY, state="attached", timeout=WITHIN_MS)
    page.locator(".loading").first.wait_for(state="detached", timeout=WITHIN_MS)


def address(page: Page, route: str) -> str:
    """Returns where to look at a route: at one of one's own things where there is any."""
    if route in LISTS:
        opened(page, LISTS[route])
        bare = route.partition("[")[0]
        links = page.locator(f'main a[href^="{bare}"]:not([href$="/new"])')
        if links.count():
            return links.first.get_attribute("href") or ""
    return route.replace("[id]", "nobodys").replace("[token]", "none")


@pytest.mark.parametrize("who", ["", *PATIENTS, *STAFF])
def test_every_page_is_clean(browser: Browser, server: Server, who: str) -> None:
    context = signed_in(browser, server, who) if who else browser.new_context(base_url=server.url)
    page = context.new_page()
    # Nothing fades: a colour half-way between two themes is nobody's.
    page.emulate_media(reduced_motion="reduce")
    seen = watched(page, server.url)
    found: list[str] = []
    for route in routes(who):
        path = address(page, route)
        page.set_viewport_size(WIDE)  # pyright: ignore[reportArgumentType]
        opened(page, path)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            found += [f"{path} {theme}: {fault}" for fault in faults(page)]
        page.set_viewport_size(NARROW)  # pyright: ignore[reportArgumentType]
        width = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{path}: {width} px wide at 320"] if width > NARROW["width"] else []
        assert page.locator("h1").count() == 1, path
    context.close()
    assert routes(who)
    assert found + seen == []


@pytest.mark.parametrize(
    ("who", "asked", "led_to"), [("marta", "/staff", "/home"), ("okafor", "/home", "/staff")]
)
def test_the_other_side_of_the_house_leads_home(
    browser: Browser, server: Server, who: str, asked: str, led_to: str
) -> None:
    context = signed_in(browser, server, who)
    page = context.new_page()
    page.goto(asked)
    page.wait_for_url(f"**{led_to}", timeout=WITHIN_MS)
    context.close()
