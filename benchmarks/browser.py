"""B17, B18, B19, L1: what people see, in Debian's Chromium.

Lighthouse is not used: it would be one more tree of packages for a figure that Chromium itself
reports. LCP, CLS and the time of clicks come from its own performance entries, under the same
throttle (150 ms, 1.6 Mbit/s, processor four times slower).
"""

import asyncio
import contextlib
import json
import shutil
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from playwright.async_api import BrowserContext, Page, async_playwright

from benchmarks import served
from benchmarks.baselines import empty
from benchmarks.clinic import Clinic
from benchmarks.house import House, bare_crowd, crowd, part
from benchmarks.judged import Line, Skipped, amount, at, ratio
from portal.security import signins

PATIENT_ROUTES = ("/home", "/record", "/results", "/messages", "/appointments")
STAFF_ROUTES = ("/staff", "/staff/patients", "/staff/messages")
SLOW = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1.6e6 / 8,
    "uploadThroughput": 750e3 / 8,
}
WATCH = """
window.seen = {lcp: 0, cls: 0, slow: 0};
new PerformanceObserver(l => l.getEntries().forEach(e => seen.lcp = e.startTime))
  .observe({type: 'largest-contentful-paint', buffered: true});
new PerformanceObserver(l => l.getEntries().forEach(e => e.hadRecentInput || (seen.cls += e.value)))
  .observe({type: 'layout-shift', buffered: true});
new PerformanceObserver(l => l.getEntries().forEach(e => {
  if (e.interactionId) seen.slow = Math.max(seen.slow, e.duration); }))
  .observe({type: 'event', buffered: true, durationThreshold: 16});
"""


@dataclass
class Visit:
    """One loading of a page: seconds until its data stands there, bytes that came, vitals."""

    shown_s: float
    size: float
    vitals: dict[str, float]


@contextlib.asynccontextmanager
async def _chromium() -> AsyncIterator[Any]:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        raise Skipped("no Chromium or Chrome on the PATH; on Debian: apt install chromium")
    async with async_playwright() as playwright:
        words = ["--no-sandbox", "--disable-background-networking"]
        browser = await playwright.chromium.launch(executable_path=found, args=words)
        try:
            yield browser
        finally:
            await browser.close()


async def _signed_in(browser: Any, port: int, cookie: str) -> BrowserContext:
    context = await browser.new_context(viewport={"width": 390, "height": 844}, bypass_csp=True)
    if cookie:
        name, _, value = cookie.partition("=")
        one = {"name": name, "value": value, "url": f"http://localhost:{port}"}
        await context.add_cookies([one])
    await context.add_init_script(WATCH)
    return context


async def _visit(
    browser: Any, port: int, cookie: str, path: str, shown: str, *, slow: bool
) -> Visit:
    """Loads a page with an empty cache until `shown` stands in it."""
    context = await _signed_in(browser, port, cookie)
    page = await context.new_page()
    cdp = await context.new_cdp_session(page)
    sizes: list[float] = []
    await cdp.send("Network.enable")
    cdp.on("Network.loadingFinished", lambda done: sizes.append(done["encodedDataLength"]))
    if slow:
        await cdp.send("Network.emulateNetworkConditions", SLOW)
        await cdp.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    began = time.perf_counter()
    await page.goto(f"http://localhost:{port}{path}", wait_until="commit")
    await page.wait_for_selector(shown, timeout=30_000)
    took = time.perf_counter() - began
    if slow:
        await _click_about(page)
    await page.wait_for_timeout(400)
    vitals = await page.evaluate("window.seen")
    await context.close()
    return Visit(took, sum(sizes), vitals)


async def _click_about(page: Page) -> None:
    """Presses what opens and closes, so that the page shows how soon it answers a finger."""
    for found in (await page.query_selector_all("summary"))[:2] * 2:
        box = await found.bounding_box()
        if box:
            await page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            await page.wait_for_timeout(100)


async def weights(house: House) -> list[Line]:
    """B17: the bytes that each route takes on the wire, beside an empty page without Radix."""
    portal, clinic = house.portal("small"), house.clinic("small")
    lines: list[Line] = []
    with empty.server(empty.built(house.logs), house.logs) as bare:
        async with _chromium() as browser:
            floor = (await _visit(browser, bare.port, "", "/", "#said", slow=False)).size
            assert floor > 80_000, "the empty page did not load whole"
            for routes, cookie, gate in (
                (PATIENT_ROUTES, clinic.patients[0], 1.25),
                (STAFF_ROUTES, clinic.staff[35], 1.6),
            ):
                for path in routes:
                    visit = await _visit(browser, portal.port, cookie, path, "h1", slow=False)
                    lines.append(
                        ratio(
                            f"{path} on the wire",
                            [visit.size],
                            [floor],
                            unit="kB",
                            scale=1e-3,
                            gate=gate,
                            stretch=1.1,
                        )
                    )
    return lines


async def on_a_phone(house: House) -> list[Line]:
    """B18, B19: Home's data on a slow phone, beside the empty page; LCP, shifts, clicks."""
    portal, clinic = house.portal("large"), house.clinic("large")
    pairs = 5 if house.full else 3
    ours: list[Visit] = []
    bare: list[Visit] = []
    with empty.server(empty.built(house.logs), house.logs) as server:
        async with _chromium() as browser:
            for turn in range(pairs):
                cookie = clinic.patients[50 + turn]
                shown = "text=Lipid panel"
                ours.append(await _visit(browser, portal.port, cookie, "/home", shown, slow=True))
                bare.append(await _visit(browser, server.port, "", "/", "text=here", slow=True))
    mine = [visit.shown_s for visit in ours]
    return [
        ratio(
            "Home's data on a slow phone",
            mine,
            [v.shown_s for v in bare],
            unit="s",
            scale=1,
            gate=1.35,
            stretch=1.15,
        ),
        amount("Home's data on a slow phone", mine, unit="s", scale=1, gate=2.5),
        amount(
            "B19: Home's LCP",
            [v.vitals["lcp"] / 1e3 for v in ours],
            unit="s",
            scale=1,
            gate=2.8,
            stretch=2.5,
        ),
        amount(
            "B19: Home's layout shift", [v.vitals["cls"] for v in ours], unit="", scale=1, gate=0.05
        ),
        amount("B19: Home's slowest click", [v.vitals["slow"] / 1e3 for v in ours], gate=200),
    ]


async def seen_by_the_patient(house: House) -> list[Line]:
    """L1: a message sent until it stands in the other's browser, beside a bare emit to it."""
    portal, clinic = house.portal(), house.clinic("large")
    rounds = 60 if house.full else 25
    others = await crowd(portal.port, clinic.patients[1:301])
    async with _chromium() as browser:
        took = await _changes_seen(browser, portal, clinic, rounds)
        bare = await _emits_seen(browser, house.echo(), rounds)
    part(others)
    return [
        ratio("a message on the other's screen, p50", [at(took, 0.5)], [at(bare, 0.5)]),
        amount("on the patient's screen in Chromium, p95", [at(took, 0.95)], gate=250, stretch=150),
        amount("on the patient's screen in Chromium, p50", [at(took, 0.5)]),
    ]


async def _changes_seen(
    browser: Any, portal: served.Served, clinic: Clinic, rounds: int
) -> list[float]:
    """Writes as a doctor, and takes the moment when the browser's page has changed and painted."""
    context = await _signed_in(browser, portal.port, clinic.patients[0])
    page = await context.new_page()
    await page.goto(f"http://localhost:{portal.port}/home")
    await page.wait_for_selector("text=Lipid panel")
    digest = signins.digest_of(clinic.staff[0].partition("=")[2])
    took: list[float] = []
    for turn in range(rounds + 3):
        watch = asyncio.ensure_future(page.evaluate(CHANGED))
        await asyncio.sleep(0.15)
        said = await asyncio.to_thread(_write, portal, digest, turn)
        await asyncio.wait_for(watch, 10)
        if turn >= 3:
            took.append(time.perf_counter() - said["done"])
        await asyncio.sleep(0.05)
    await context.close()
    return took


async def _emits_seen(browser: Any, echo: served.Served, rounds: int) -> list[float]:
    """Lets a bare server tell a page that does nothing but show it, and takes the same moment."""
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    page = await context.new_page()
    # Its own answer, however empty: a page from elsewhere may not connect to this machine.
    await page.goto(f"http://localhost:{echo.port}/")
    await page.evaluate(LISTEN, f"ws://localhost:{echo.port}{EVENTS}bare-page")
    (other,) = await bare_crowd(echo.port, 1)
    took: list[float] = []
    for turn in range(rounds + 3):
        watch = asyncio.ensure_future(page.evaluate(CHANGED))
        await asyncio.sleep(0.15)
        began = time.perf_counter()
        other.send("42/_event," + json.dumps(["tell", {"size": 600, "notice": f"no {turn}"}]))
        await asyncio.wait_for(watch, 10)
        if turn >= 3:
            took.append(time.perf_counter() - began)
        await asyncio.sleep(0.05)
    part([other])
    await context.close()
    return took


def _write(portal: served.Served, digest: str, turn: int) -> dict[str, Any]:
    return portal.tell(do="message", digest=digest, thread=f"t{0:08d}{turn % 2}")


EVENTS = "/_event/?EIO=4&transport=websocket&token="
# Joins, answers the server's pings, and shows what it is told.
LISTEN = """place => new Promise((joined, failed) => {
  const line = new WebSocket(place);
  line.onerror = () => failed(new Error('no connection'));
  line.onmessage = ({data}) => {
    if (data.startsWith('0{')) line.send('40/_event,{}');
    else if (data === '2') line.send('3');
    else if (data.startsWith('40')) joined(true);
    else document.body.textContent = data;
  };
})"""
# Settles after the frame in which the page's words changed.
CHANGED = """new Promise(done => {
  const watch = new MutationObserver(() => {
    watch.disconnect();
    requestAnimationFrame(() => setTimeout(done, 0));
  });
  watch.observe(document.body, {subtree: true, childList: true,
                                                 characterData: true});
})"""
