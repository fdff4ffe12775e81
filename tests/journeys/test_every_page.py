"""Every page in every role, light and dark: for all eyes, by keyboard alone, in silence.

Each is shown under the policy that the portal sends, and talks to nobody else (NET-03, NET-05,
R-40): what the browser refuses for it, a page says in its console.
The pages are those that the portal has, so that a new one is looked at from its first day: one
load for axe, the small phone and the Tab key together. Links and queues hold something.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from sqlmodel import col, select
from starlette.routing import Route

from portal import portal
from portal.database import Database, read_key
from portal.models.people import User
from portal.security import signins
from tests.support import on_their_way, tabbing
from tests.support.axe import faults
from tests.support.running import Server
from tests.support.signed_in import COOKIE, READY, signed_in

PATIENTS = ("marta", "noor", "tomas")
STAFF = ("okafor", "tom", "kim", "bo", "ruth", "ada", "otto")
# They see what one of the others sees, or less of it: only in the long form.
ALIKE = ("noor", "tomas", "tom", "bo", "ada")
EVERYONE = ("", *PATIENTS, *STAFF)
# Who is half way in, and the one page that they may see.
HALFWAY = {"factor": "/second-step", "enrol": "/second-step", "agree": "/agree"}
# They load each page; whoever comes after them goes from page to page within the browser.
FIRST = ("", "marta", "okafor", *HALFWAY)
# Where a page of one thing finds one; whoever has none sees what is said then.
LISTS = {
    "/results/[id]": "/results",
    "/messages/[id]": "/messages",
    "/appointments/[id]": "/appointments",
    "/forms/[id]": "/forms",
    "/staff/patients/[id]": "/staff/patients?query=sil",
    "/staff/helps/[id]": "/staff/patients?query=sil",
    "/admin/people/[id]": "/admin/people",
    "/admin/visit-types/[id]": "/admin/visit-types",
}
# What is opened on a page before it is judged, where it is there.
OPENED = {
    "/staff/requests": "#registrations .as-link",
    "/staff/messages": "#waiting [data-stop]",
}
# What an address shows besides, by what is asked of it: looked at once, by its first visitor.
SECTIONS = (
    *("allergies", "conditions", "medicines", "vaccines", "vitals", "procedures"),
    *("answers", "visits", "plans", "goals", "team", "documents"),
)
VIEWS = {
    "/record": [f"/record?section={section}" for section in SECTIONS],
    "/appointments": ["/appointments?show=past"],
    "/activate/{link}": ["/activate/no-such-link"],
    "/reminder/{link}": ["/reminder/no-such-link"],
    "/no-news/{link}": ["/no-news/no-such-link"],
}
# What patients, helpers and staff all have, each in the frame of their own side.
EVERYBODYS = ("/settings", "/confirm")
# Answers that are no page for people.
MACHINES = ("/health", "/clinic", "/auth/", "/calendar/", "/files/", "/manifest.")
NARROW: Any = {"width": 320, "height": 700}
TABLET: Any = {"width": 768, "height": 1024}
WIDE: Any = {"width": 1280, "height": 900}
# Where the focus comes to: the heading, or the one field that a page is for.
ARRIVED = "main h1:focus, main [data-keeps-focus]:focus"
# One who jumps the order, one without a ring, one under another thing, and a trap before the last.
_SPOILED = """() => {
  const add = (html) => document.querySelector("main").insertAdjacentHTML("beforeend", html);
  add('<a href="/first" tabindex="3">First</a><a href="/ringless">Ringless</a>');
  add('<p style="position: relative"><a href="/covered">Covered</a>' +
    '<b style="position: absolute; inset: -9px; background: red"></b></p>');
  add('<input id="trap"><a href="/after">After</a>');
  const ringless = document.querySelector("[href='/ringless']");
  ringless.addEventListener("focus", () => ringless.style.setProperty("outline", "none"));
  document.getElementById("trap").addEventListener("keydown", (event) => event.preventDefault());
  for (const after of document.querySelectorAll("footer a, footer select")) after.tabIndex = -1;
}"""
_GO = """(path) => {
  history.pushState({}, "", path);
  dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
}"""


def routes(who: str) -> list[str]:
    """Returns the addresses of all pages that somebody has a way to."""
    known = ["/" + name.removeprefix("index") for name in portal.app._unevaluated_pages]
    theirs = ("/staff", "/admin")
    public = {"/" + page.route.strip("/") for page in _public()}
    if not who:
        return sorted(public - {"/404"} | {"/no-such-page"} | plain())
    if who in HALFWAY:
        return [HALFWAY[who]]
    is_staff, is_first = who in STAFF, who in FIRST
    return [
        one
        for one in known
        if one not in {*public, *HALFWAY.values()}
        and (
            one.startswith(theirs) is is_staff
            if not one.startswith(EVERYBODYS)
            else is_first or not is_staff
        )
    ]


def plain() -> set[str]:
    """Returns the addresses of pages without a script."""
    asked = [route for route in portal.forms.routes if isinstance(route, Route)]
    return {
        route.path
        for route in asked
        if "GET" in (route.methods or ()) and not route.path.startswith(MACHINES)
    }


def _public() -> list[Any]:
    from portal.pages import agreements, forgotten, good_to_know, nowhere, register, sign_in
    from portal.pages.public import back, helping

    return [
        sign_in.page,
        *register.pages,
        *forgotten.pages,
        *good_to_know.pages,
        *agreements.pages,
        helping.page,
        back.page,
        nowhere.page,
    ]


def test_somebody_is_sent_to_every_page() -> None:
    seen = {route for who in (*EVERYONE, *HALFWAY) for route in routes(who)}
    known = {"/" + name.removeprefix("index") for name in portal.app._unevaluated_pages}
    assert known - {"/404"} <= seen


@pytest.fixture(scope="module")
def links(server: Server) -> dict[str, str]:
    """The addresses of links that are on their way, by their route."""
    base = _base(server)
    try:
        return on_their_way.links(base)
    finally:
        base.close()


def _base(server: Server) -> Database:
    folder = Path(server.data_dir)
    return Database(folder, read_key(folder.with_name(folder.name + ".key")))


def _half_way_in(server: Server, stage: str) -> str:
    """Signs somebody in as far as a stage; returns the secret for the cookie."""
    base = _base(server)
    try:
        with base.transaction() as db:
            user = db.exec(select(User).where(col(User.sign_in_name) == "osei")).one()
            now = datetime.now(UTC)
            secret, _row = signins.start(
                db, user, patient_id=None, device="", address="", now=now, stage=stage
            )
            return secret
    finally:
        base.close()


def watched(page: Page, own: str) -> list[str]:
    """Returns a list that fills with what a page says wrong, and whom else it asks."""
    seen: list[str] = []
    page.on(
        "console",
        lambda said: seen.append(said.text) if _is_fault(said) else None,
    )
    page.on("pageerror", lambda error: seen.append(str(error)))
    page.on("request", lambda asked: None if _is_own(asked.url, own) else seen.append(asked.url))
    page.on("websocket", lambda line: None if _is_own(line.url, own) else seen.append(line.url))
    return seen


def _is_fault(said: Any) -> bool:
    """Whether a line is a fault: not the browser's own note that what is not there is a 404."""
    if said.location["url"].endswith(("/no-such-page", "/no-such-link")):
        return False
    return said.type == "error" or "-Policy" in said.text


def _is_own(address: str, own: str) -> bool:
    return address.startswith((own, own.replace("http", "ws", 1), "blob:", "data:"))


def loaded(page: Page, path: str) -> None:
    """Loads a page and waits for its data; a page without a script is there at once."""
    page.goto(path)
    if not path.startswith(("/activate/", "/texts/")):
        settled(page)


def settled(page: Page) -> None:
    """Waits for the data of a page."""
    page.wait_for_selector(READY, state="attached")
    page.locator(".loading").first.wait_for(state="detached")


def gone_to(page: Page, path: str) -> None:
    """Goes to a page as a link within the portal does; the focus must come along."""
    page.evaluate("document.activeElement?.blur()")
    page.evaluate(_GO, path)
    page.wait_for_selector(ARRIVED)
    settled(page)


def address(page: Page, route: str, links: dict[str, str]) -> str:
    """Returns where to look at a route: at one of one's own things where there is any."""
    if route in links:
        return links[route]
    if route in LISTS:
        loaded(page, LISTS[route])
        bare = LISTS[route].partition("?")[0] + "/"
        found = page.locator(f'main a[href^="{bare}"]:not([href$="/new"])')
        if found.count():
            thing = (found.first.get_attribute("href") or "").removeprefix(bare)
            return route.replace("[id]", thing)
    return route.replace("[id]", "nobodys")


def too_wide(page: Page, path: str) -> list[str]:
    """Returns what has to be scrolled sideways to be seen."""
    wide, screen = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    return [f"{path}: {wide} px wide at {screen}"] if wide > screen else []


def judged(page: Page, path: str, at: int, *, is_first: bool) -> list[str]:
    """Returns what is wrong with a page; every other one is tabbed through as on a phone.

    At 320 px it is what somebody sees who magnifies a desktop fourfold. Axe looks at the light
    page on a phone and at the dark one on a desktop, and at the next the other way round. Where
    somebody before them has seen the page in both, one of the two will do.
    """
    found: list[str] = []
    looks = [(NARROW, "light"), (WIDE, "dark")] if at % 2 else [(WIDE, "light"), (NARROW, "dark")]
    for size, theme in looks if is_first else looks[1:]:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=theme)  # pyright: ignore[reportArgumentType]
        found += [f"{path} {theme} {size['width']}: {fault}" for fault in faults(page)]
        found += too_wide(page, path)
    found += [f"{path} by keyboard: {fault}" for fault in tabbing.faults(page)]
    page.set_viewport_size(TABLET)
    found += too_wide(page, path)
    assert page.locator("h1").count() == 1, path
    assert page.evaluate("document.cookie") == ""
    return found


@pytest.mark.parametrize(
    "who",
    [
        pytest.param(who, marks=pytest.mark.long if who in ALIKE else ())
        for who in (*EVERYONE, *HALFWAY)
    ],
)
def test_every_page_is_clean(
    browser: Browser, server: Server, links: dict[str, str], who: str
) -> None:
    if who in HALFWAY or not who:
        context = browser.new_context(base_url=server.url)
    else:
        context = signed_in(browser, server, who)
    if who in HALFWAY:
        secret = _half_way_in(server, who)
        context.add_cookies(
            [{"name": COOKIE, "value": secret, "url": server.url, "httpOnly": True}]
        )
    page = context.new_page()
    # Nothing fades: a colour half-way between two themes is nobody's.
    page.emulate_media(reduced_motion="reduce")
    seen = watched(page, server.url)
    found: list[str] = []
    for at, route in enumerate(routes(who)):
        path = address(page, route, links)
        print(path)  # where it stopped, should it stop
        if who in FIRST or not at:
            loaded(page, path)
        else:
            gone_to(page, path)
        if route in OPENED and page.locator(OPENED[route]).count():
            page.locator(OPENED[route]).first.click()
            settled(page)
        found += judged(page, path, at + len(who), is_first=who in FIRST)
        for turn, view in enumerate(VIEWS.get(route, []) if who in FIRST else []):
            loaded(page, view)
            found += judged(page, view, at + turn, is_first=False)
    context.close()
    assert routes(who)
    assert found + seen == []


def test_the_tab_key_finds_what_is_wrong(browser: Browser, server: Server) -> None:
    context = browser.new_context(base_url=server.url, viewport=WIDE)
    page = context.new_page()
    loaded(page, "/help")
    assert tabbing.faults(page) == []
    page.evaluate(_SPOILED)
    found = " ".join(tabbing.faults(page))
    context.close()
    for fault, thing in (
        ("jumps the order", "first"),
        ("no visible focus", "ringless"),
        ("hidden while it has the focus", "covered"),
        ("never reached", "after"),
    ):
        assert f'{fault}: <a href="/{thing}"' in found, found


def test_public_pages_take_the_focus_along(browser: Browser, server: Server) -> None:
    context = browser.new_context(base_url=server.url)
    page = context.new_page()
    loaded(page, "/help")
    for route in routes(""):
        if "[" not in route and route not in plain() | {"/help", "/no-such-page"}:
            gone_to(page, route)
    context.close()


@pytest.mark.parametrize(
    ("who", "asked", "led_to"), [("marta", "/staff", "/home"), ("okafor", "/home", "/staff")]
)
def test_the_other_side_of_the_house_leads_home(
    browser: Browser, server: Server, who: str, asked: str, led_to: str
) -> None:
    context = signed_in(browser, server, who)
    page = context.new_page()
    page.goto(asked)
    page.wait_for_url(f"**{led_to}")
    context.close()
