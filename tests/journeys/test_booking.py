"""Booking in browsers: in few taps, by keyboard alone, on a small phone, in a race, for another."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import icalendar
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.axe import faults
from tests.support.running import Server
from tests.support.signed_in import shown, signed_in

BOOK = "/appointments/book"
SMALL = {"width": 320, "height": 640}
# Pressing Tab so often finds anything on these pages.
FAR = 80
Enter = Callable[..., Page]


@pytest.fixture
def enter(browser: Browser, server: Server) -> Iterator[Enter]:
    """Returns what signs somebody in, in a browser of their own, and opens a page."""
    zone = server.settings["zone"]
    with ExitStack() as opened:

        def open_at(name: str, path: str = BOOK, **more: Any) -> Page:
            context = signed_in(browser, server, name, timezone_id=zone, bypass_csp=True, **more)
            opened.callback(context.close)
            return shown(context, path)

        yield open_at


def heading(page: Page, words: str) -> None:
    expect(page.locator("h1")).to_have_text(words)


def kind(page: Page, words: str) -> Locator:
    return page.locator("main .row a", has_text=re.compile(f"^{words}$"))


def at_times(page: Page, words: str, who: int = 0) -> None:
    """Goes to the times of a type of visit: with whoever is free first, or with one person."""
    heading(page, "What is it about?")
    kind(page, words).click()
    heading(page, "Who would you like to see?")
    page.locator("main .row a").nth(who).click()
    heading(page, "When suits you?")


def sideways(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


def tab_to(page: Page, found: Locator) -> None:
    """Moves by the Tab key alone until something has the focus, and sees that it shows."""
    for _ in range(FAR):
        if found.evaluate("one => one === document.activeElement"):
            assert found.evaluate("one => one.matches(':focus-visible')")
            return
        page.keyboard.press("Tab")
    raise AssertionError(found)


def test_four_taps_book_and_the_visit_can_be_moved_and_cancelled(enter: Enter) -> None:
    page = enter("marta")
    at_times(page, "Something new", who=1)
    page.locator(".slots .time").nth(1).click()
    heading(page, "Check and book")
    expect(page.locator(".held")).to_contain_text("Kept for you for 5 minutes")
    chosen = page.locator(".next .when").inner_text()
    page.get_by_label("What is the matter, and since when?").fill("My knee hurts")
    page.get_by_role("button", name="Book this time").click()
    heading(page, "Something new")
    expect(page.get_by_text("It is booked.")).to_be_visible()
    expect(page.locator(".next")).to_contain_text(chosen)
    expect(page.locator(".next")).to_contain_text("My knee hurts")
    # Back does not lead into the booking that is done.
    visit = page.url
    page.go_back()
    heading(page, "When suits you?")
    page.goto(visit)
    place = page.get_by_role("link", name="Show on a map")
    assert place.get_attribute("rel") == "noreferrer"
    assert (place.get_attribute("href") or "").startswith("https://www.openstreetmap.org/search?")

    file = page.request.get(
        page.get_by_role("link", name="Add to my calendar").get_attribute("href") or ""
    )
    assert file.headers["cache-control"] == "no-store"
    (event,) = _events(file.body())
    assert "knee" not in file.text()

    page.get_by_role("link", name="Change the time").click()
    heading(page, "Choose a new time")
    expect(page.locator("main")).to_contain_text(chosen)
    page.locator(".slots .time").nth(3).click()
    heading(page, "Move it to this time?")
    expect(page.locator(".next")).to_contain_text(f"In place of {chosen}")
    page.get_by_role("button", name="Move to this time").click()
    expect(page.get_by_text("It is moved.")).to_be_visible()
    expect(page.locator(".next")).not_to_contain_text(chosen)
    assert page.url == visit
    moved = page.request.get(f"/files/visits/{visit.rpartition('/')[2]}.ics")
    (after,) = _events(moved.body())
    assert (after["UID"], after["SEQUENCE"]) == (event["UID"], event["SEQUENCE"] + 1)

    page.get_by_role("button", name="Cancel this appointment").click()
    dialog = page.get_by_role("dialog", name="Cancel this appointment?")
    dialog.get_by_label("I feel better").check()
    dialog.get_by_role("button", name="Cancel the appointment").click()
    expect(page.get_by_text("Reason: I feel better")).to_be_visible()
    expect(page.get_by_role("link", name="Change the time")).to_have_count(0)


def test_by_keyboard_alone_at_320_px(enter: Enter) -> None:
    page = enter("marta", viewport=SMALL)
    found: list[str] = []
    for words, way in (
        ("What is it about?", kind(page, "Vaccination")),
        ("Who would you like to see?", page.locator("main .row a").first),
        ("When suits you?", page.locator(".slots .time").first),
    ):
        heading(page, words)
        assert sideways(page) <= 0, words
        found += faults(page)
        tab_to(page, way)
        page.keyboard.press("Enter")
    heading(page, "Check and book")
    expect(page.locator("h1")).to_be_focused()
    assert sideways(page) <= 0
    reason = page.get_by_label("Which vaccine?")
    tab_to(page, reason)
    page.keyboard.type("Tetanus")
    tab_to(page, page.get_by_role("button", name="Book this time"))
    page.keyboard.press("Enter")
    heading(page, "Vaccination")
    expect(page.get_by_text("Tetanus")).to_be_visible()
    assert sideways(page) <= 0
    assert found + faults(page) == []


def test_a_lost_race_offers_the_next_times_at_once_and_loses_no_word(enter: Enter) -> None:
    mine = enter("noor")
    at_times(mine, "Vaccination", who=2)
    theirs = enter("tomas", f"{BOOK}?{mine.url.partition('?')[2]}")
    heading(theirs, "When suits you?")
    label = mine.locator(".slots .time").first.get_attribute("aria-label") or ""
    wanted = [page.locator(f'.slots .time[aria-label="{label}"]') for page in (mine, theirs)]
    wanted[0].click()
    heading(mine, "Check and book")
    mine.get_by_label("Which vaccine?").fill("Flu")
    wanted[1].click()
    taken = theirs.locator("#taken")
    expect(taken).to_contain_text("has just been taken")
    expect(theirs.get_by_role("alert").filter(has=taken)).to_be_visible()
    assert faults(theirs) == []
    # The one that is kept goes back to all once its owner steps back; what was typed stays theirs.
    mine.go_back()
    heading(mine, "When suits you?")
    taken.locator(".time").first.click()
    heading(theirs, "Check and book")
    theirs.get_by_role("button", name="Book this time").click()
    expect(theirs.get_by_text("It is booked.")).to_be_visible()


def test_two_tabs_book_once_and_a_double_click_too(browser: Browser, server: Server) -> None:
    context = signed_in(browser, server, "noor", timezone_id=server.settings["zone"])
    page = shown(context, BOOK)
    at_times(page, "Vaccination", who=1)
    page.locator(".slots .time").first.click()
    heading(page, "Check and book")
    other = shown(context, page.url.removeprefix(server.url))
    heading(other, "Check and book")
    page.get_by_role("button", name="Book this time").dblclick()
    heading(page, "Vaccination")
    other.get_by_role("button", name="Book this time").click()
    other.wait_for_url(page.url)
    listed = shown(context, "/appointments")
    when = page.locator(".next .when").inner_text()
    expect(listed.locator(".row", has_text=when)).to_have_count(1)
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_for_somebody_else_on_every_step(enter: Enter, scheme: str) -> None:
    page = enter("marta", "/home", color_scheme=scheme)
    page.get_by_role("button", name="Open the record of Ana Silva").click()
    heading(page, "Ana’s home")
    page.goto(BOOK)
    heading(page, "What is it about?")
    found = faults(page)
    page.locator("main .row a").first.click()
    for _ in range(2):
        expect(page.locator("h1")).not_to_have_text("What is it about?")
        expect(page.locator(".acting")).to_contain_text("Ana Silva")
        found += faults(page)
        if page.locator("h1").inner_text() == "When suits you?":
            break
        page.locator("main .row a").first.click()
        heading(page, "When suits you?")
    page.get_by_label("Time of day").select_option("afternoon")
    expect(page.locator(".slots h3")).to_have_count(1)
    expect(page.locator(".slots h3")).to_contain_text("afternoon")
    page.locator(".slots .time").first.click()
    heading(page, "Check and book")
    found += faults(page)
    page.get_by_role("button", name="Book this time").click()
    expect(page.get_by_text("It is booked.")).to_be_visible()
    expect(page.locator(".acting")).to_contain_text("Ana Silva")
    assert found == []


def test_an_address_for_ones_own_calendar_is_shown_once_and_ended(enter: Enter) -> None:
    page = enter("marta", "/appointments/calendar")
    page.get_by_role("button", name="Make an address").click()
    field = page.get_by_label("The address for your calendar")
    expect(field).to_be_visible()
    address = field.input_value()
    assert faults(page) == []
    answer = page.context.browser.new_context().request.get(address)  # type: ignore[union-attr]
    assert answer.headers["content-type"].startswith("text/calendar")
    assert answer.headers["cache-control"] == "no-store"
    assert {str(event["SUMMARY"]) for event in _events(answer.body())} == {
        "Appointment at Juniper Street Clinic"
    }
    page.reload()
    expect(page.get_by_text("Last read by a calendar on")).to_be_visible()
    expect(field).to_have_count(0)
    page.get_by_role("button", name="End the address").click()
    page.get_by_role("button", name="End it").click()
    expect(page.get_by_role("button", name="Make an address")).to_be_visible()
    assert page.request.get(address).status == 404


def _events(file: bytes) -> list[Any]:
    return list(icalendar.Calendar.from_ical(file).walk("VEVENT"))
