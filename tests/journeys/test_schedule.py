"""The day board in a browser: by keys alone, beside a colleague, by eye, and on paper."""

import io
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, expect
from pypdf import PdfReader

from tests.support import axe, running
from tests.support.signed_in import READY, give

Desk = Callable[..., Page]


@pytest.fixture
def at(browser: Browser, server: running.Server) -> Iterator[Desk]:
    """Returns what opens the board for somebody, in a browser of their own."""
    opened: list[BrowserContext] = []

    def enter(name: str, *, width: int = 1280, height: int = 900, theme: Any = "light") -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=theme,
            base_url=server.url,
            bypass_csp=True,
        )
        opened.append(context)
        give(context, server, name)
        page = context.new_page()
        page.goto("/staff/schedule")
        page.wait_for_selector(READY, state="attached")
        page.wait_for_selector(".lane .strip", state="attached")
        # Its script is a module that loads by itself: what is pressed before goes nowhere.
        page.wait_for_selector("html[data-board-keys]", state="attached")
        return page

    yield enter
    for context in opened:
        context.close()


def free(page: Page, column: int, clock: str) -> Locator:
    """Goes to a free time by keys, and returns what has the focus then."""
    page.keyboard.press(str(column))
    expect(page.locator(".rack [data-column]").nth(column - 1).locator(":focus")).to_have_count(1)
    here = page.locator(":focus")
    for _ in range(80):
        said = page.evaluate("document.activeElement.dataset.at || ''")
        if said == clock:
            return here
        where = page.evaluate(
            "([column, clock]) => { const lane = document.querySelectorAll('.lane')[column - 1];"
            "const to = lane.querySelector(`[data-at='${clock}']`).getBoundingClientRect().top;"
            "return to - document.activeElement.getBoundingClientRect().top }",
            [column, clock],
        )
        page.keyboard.press("ArrowDown" if where > 0 else "ArrowUp")
    raise AssertionError(clock)


def roomy(page: Page, column: int) -> str:
    """Returns the last free time of a column that has an hour after it."""
    return page.evaluate(
        "column => { const free = [...document.querySelectorAll('.lane')[column - 1]"
        ".querySelectorAll('[data-free]')].map(cell => [+cell.dataset.free, cell.dataset.at]);"
        "const minutes = new Set(free.map(one => one[0]));"
        "return free.filter(one => [1, 2, 3, 4, 5].every(at => minutes.has(one[0] + at * 10)))"
        ".pop()[1] }",
        column,
    )


# Both within one moment, as by a key that is held: what comes later is a change of its own.
_TWICE_LONGER = """() => {
  const key = { key: "ArrowDown", shiftKey: true, bubbles: true, cancelable: true };
  for (let press = 0; press < 2; press++)
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", key));
}"""
# Minutes go on meanwhile: what was done to a visit shows in its version.
_VERSIONS = """() => [...document.querySelectorAll(".lane .strip")].map(
  strip => [strip.dataset.visit, strip.dataset.version])"""

# A free time just below the heads of the columns, and the grid scrolled until they lie over it.
_COVERED = """() => {
  const rack = document.querySelector(".rack"), head = rack.querySelector(".col-head");
  const under = (cell) => cell.getBoundingClientRect().top - rack.getBoundingClientRect().top;
  const cells = [...rack.querySelectorAll(".lane [data-free]")].filter((cell) =>
    under(cell) + rack.scrollTop > head.offsetHeight && cell.offsetHeight < head.offsetHeight);
  const cell = cells.find((one) => { rack.scrollTop += under(one); return under(one) < 2; });
  cell.focus();
  const box = cell.getBoundingClientRect();
  const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return cell.contains(hit);
}"""
# The first look of the script at a day, come late.
_BEGUN_ANEW = """() => new Promise((resolve) => {
  const rack = document.querySelector(".rack");
  rack.dataset.begins = Number(rack.dataset.begins) + 1;
  requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(resolve)));
})"""


def is_sheet(request: Request, *, ways: str) -> bool:
    return "/files/schedule/" in request.url and request.url.partition(".pdf")[2] == ways


def box(part: Locator) -> Any:
    found = part.bounding_box()
    assert found
    return found


def strip(page: Page, name: str, column: int) -> Locator:
    return page.locator(".lane").nth(column - 1).locator(".strip", has_text=name)


def carry_until(page: Page, said: str) -> None:
    """Carries what is carried down, and up again from the edge, until the page says something."""
    bar, way, edge = page.locator("#board-moves"), "ArrowDown", ""
    while said not in bar.inner_text():
        page.keyboard.press(way)
        if bar.inner_text() == edge:
            assert way == "ArrowDown", f"never was said: {said}"
            way = "ArrowUp"
        edge = bar.inner_text()


class TestKeys:
    def test_books_moves_and_closes_a_visit_by_keys_alone(self, at: Desk) -> None:
        page, other = at("kim"), at("frank")
        free(page, 4, "14:00")
        page.keyboard.press("Enter")
        keys = [*"sil m", "Enter"]
        for key in keys[:-1]:
            page.keyboard.press("Space" if key == " " else key)
        expect(page.locator("#book-hits [aria-selected=true]")).to_contain_text("Marta Silva")
        page.keyboard.press(keys[-1])
        assert len(keys) <= 6
        made = strip(page, "Marta Silva", 4)
        expect(made).to_be_focused()
        expect(page.locator("dialog[open]")).to_have_count(0)
        expect(page.locator(".undo-bar")).to_contain_text("The patient is told at")
        there = strip(other, "Marta Silva", 4)
        expect(there).to_be_visible()
        expect(there).to_have_attribute("data-glow", "1")
        expect(made).to_have_attribute("data-glow", "")

        for key, state in (("c", "confirmed"), ("a", "waiting"), ("r", "roomed"), ("d", "done")):
            page.keyboard.press(key)
            expect(made).to_have_class(re.compile(f"is-{state}"))
            expect(made).to_be_focused()
        page.keyboard.press("u")
        expect(made).to_have_class(re.compile("is-roomed"))
        expect(there).to_have_class(re.compile("is-roomed"))

        # A desk that still shows the older one is told what has changed, and nothing is lost.
        there.evaluate("strip => strip.setAttribute('data-version', '2')")
        there.focus()
        other.keyboard.press("s")
        told = other.locator(".told", has_text="Somebody else has changed this visit")
        expect(told).to_contain_text("Kim Doyle")
        expect(told).to_contain_text("It is now: In room")
        expect(made).to_have_class(re.compile("is-roomed"))

    def test_moves_copies_and_cancels_a_visit_by_keys(self, at: Desk) -> None:
        page = at("kim")
        free(page, 4, "15:00")
        book(page, "silv joa")
        visit = strip(page, "Joaquim", 4)
        bar = page.locator("#board-moves")
        page.keyboard.press("m")
        page.keyboard.press("ArrowDown")
        expect(bar).to_contain_text("15:10–15:30, Nurse Tom Hadley: Free.")
        page.keyboard.press("Escape")
        expect(page.locator("#board-says")).to_contain_text("stays")
        expect(bar).to_be_hidden()
        for key in ("m", "ArrowDown", "ArrowDown", "Enter"):
            page.keyboard.press(key)
        expect(visit).to_contain_text("15:20 to 15:40")
        expect(visit).to_be_focused()
        expect(page.locator(".undo-bar")).to_contain_text("The patient is told at")

        # Longer by two steps, which is one change; and taken back as one.
        page.evaluate(_TWICE_LONGER)
        expect(visit).to_contain_text("15:20 to 15:50")
        expect(visit).to_be_focused()
        page.keyboard.press("u")
        expect(visit).to_contain_text("15:20 to 15:40")
        expect(visit).to_be_focused()

        for key in ("Shift+M", "PageUp", "Enter"):
            page.keyboard.press(key)
        expect(visit).to_have_count(2)
        expect(visit.first).to_contain_text("14:20 to 14:40")
        expect(visit.first).to_be_focused()
        page.keyboard.press("u")
        expect(visit).to_have_count(1)

        visit.focus()
        page.keyboard.press("x")
        expect(page.locator("#why-cancel")).to_contain_text("The patient feels better")
        page.keyboard.press("2")
        expect(visit).to_have_count(0)
        freed = page.locator("#freed [data-freed]", has_text="15:20")
        expect(freed).to_contain_text("Nurse Tom Hadley")
        page.keyboard.press("j")
        expect(freed).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#book-title")).to_contain_text("15:20, Nurse Tom Hadley")
        page.keyboard.press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)
        page.keyboard.press("u")
        expect(visit).to_have_count(1)
        expect(freed).to_have_count(0)

    def test_shows_what_a_move_runs_into_before_it_is_dropped(self, at: Desk) -> None:
        page = at("kim")
        free(page, 5, "13:20")
        book(page, "silv joa")
        visit, there = strip(page, "Joaquim", 5), strip(page, "Wren", 5)
        page.keyboard.press("m")
        for _ in range(7):
            page.keyboard.press("ArrowDown")
        bar = page.locator("#board-moves")
        expect(bar).to_contain_text("Runs into Wren")
        expect(there).to_have_attribute("data-taken", "true")
        page.keyboard.press("Enter")
        expect(page.locator("#put-over")).to_contain_text("Runs into Wren")
        assert axe.faults(page) == []
        page.keyboard.press("Escape")
        expect(bar).to_be_hidden()
        expect(visit).to_contain_text("13:20 to")
        expect(there).not_to_have_attribute("data-taken", "true")

        # By hand: held over the other one it says so, and dropped at a free time it is there.
        held, over = box(visit), box(there)
        page.mouse.move(held["x"] + 40, held["y"] + 10)
        page.mouse.down()
        page.mouse.move(over["x"] + 40, over["y"] + 12, steps=4)
        expect(bar).to_contain_text("Runs into Wren")
        page.mouse.move(held["x"] + 40, held["y"] + 10 + held["height"] * 2, steps=4)
        expect(bar).to_contain_text("Free.")
        page.mouse.up()
        expect(visit).to_contain_text("14:00 to")
        expect(page.locator(".chosen")).to_have_count(0)
        lower = box(visit)
        page.mouse.move(lower["x"] + 40, lower["y"] + lower["height"] - 2)
        page.mouse.down()
        page.mouse.move(lower["x"] + 40, lower["y"] + lower["height"] * 1.25 - 2, steps=3)
        page.mouse.up()
        expect(visit).to_contain_text("14:00 to 14:25")

        # By clicks alone, without holding anything.
        visit.click()
        page.locator(".b-acts button", has_text="Move").click()
        expect(bar).to_be_visible()
        page.locator(".lane").nth(4).locator("[data-at='13:20']").click()
        expect(visit).to_contain_text("13:20 to 13:45")
        page.keyboard.press("u")
        expect(visit).to_contain_text("14:00 to 14:25")

        visit.focus()
        for key in ("m", "PageDown", "ArrowUp", "ArrowUp", "Enter"):
            page.keyboard.press(key)
        expect(page.locator("#put-over")).to_be_visible()
        page.keyboard.press("2")
        expect(visit).to_contain_text("Double")
        page.keyboard.press("u")
        expect(visit).not_to_contain_text("Double")

    def test_moves_into_another_room_and_says_before_who_is_in_it(self, at: Desk) -> None:
        page = at("kim")
        free(page, 5, "13:20")
        book(page, "silv joa")
        expect(page.locator(".strip:focus")).to_contain_text("13:20 to")
        made = page.locator(".strip:focus").get_attribute("data-visit")
        visit, bar = page.locator(f".lane [data-visit='{made}']"), page.locator("#board-moves")
        # Somebody who is here is moved as anybody else, and stays here.
        page.keyboard.press("a")
        expect(visit).to_have_class(re.compile("is-waiting"))
        page.keyboard.press("v")
        expect(page.locator(".rack")).to_have_attribute("data-rooms", "true")
        expect(visit).to_have_class(re.compile("is-waiting"))
        visit.focus()
        page.keyboard.press("m")
        room = 1
        while "Free." not in bar.inner_text() or room == 1:
            page.keyboard.press("ArrowRight")
            room += 1
            expect(bar).to_contain_text(f"Room {room}")
        page.keyboard.press("Enter")
        moved = page.locator(".col").nth(room - 1).locator(f"[data-visit='{made}']")
        expect(moved).to_have_class(re.compile("is-waiting"))
        expect(moved).to_contain_text("13:20 to")

        # Back among the practitioners: whoever else is in that room is said before it is dropped.
        page.keyboard.press("v")
        page.keyboard.press("v")
        expect(page.locator(".rack")).to_have_attribute("data-rooms", "false")
        expect(visit).to_be_visible()
        visit.focus()
        page.keyboard.press("m")
        carry_until(page, "in the same room")
        expect(page.locator(".lane .strip[data-taken]").first).to_be_visible()
        page.keyboard.press("Enter")
        expect(page.locator("#put-over")).to_contain_text("in the same room")
        page.keyboard.press("Escape")
        expect(visit).to_contain_text("13:20 to")
        visit.focus()
        page.keyboard.press("o")
        expect(page.locator(".rack")).to_have_attribute("data-week", "true")
        visit.focus()
        page.keyboard.press("m")
        # On a Monday the first column is today's.
        page.keyboard.press("1")
        if "Who is here" not in bar.inner_text():
            page.keyboard.press("2")
        expect(bar).to_contain_text("Who is here can only be moved within the day.")
        page.keyboard.press("Enter")
        expect(page.locator("dialog[open]")).to_have_count(0)
        page.keyboard.press("Escape")
        expect(visit).to_contain_text("13:20 to")

    def test_finds_the_next_free_time_and_books_it(self, at: Desk) -> None:
        page = at("kim")
        page.keyboard.press("f")
        expect(page.locator("#seek-visit")).to_be_focused()
        page.keyboard.press("Enter")
        first = page.locator("#sought [data-sought]").first
        expect(first).to_be_focused()
        when = first.get_attribute("data-at") or "-"
        assert page.locator("#sought [data-sought]").count() == 9
        assert axe.faults(page) == []
        page.keyboard.press("Enter")
        expect(page.locator("#book-title")).to_contain_text(when)
        expect(page.locator("#book-words")).to_be_focused()
        page.keyboard.press("Escape")

    def test_single_letters_can_be_switched_off(self, at: Desk) -> None:
        page = at("kim")
        page.keyboard.press("?")
        page.get_by_label("Single letters act at once").uncheck()
        page.keyboard.press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)
        one = page.locator(".lane .strip.is-booked").first
        one.focus()
        for key in ("n", "x", "f", "?", "/", "v"):
            page.keyboard.press(key)
        expect(one).to_be_focused()
        expect(one).to_have_class(re.compile("is-booked"))
        expect(page.locator("dialog[open]")).to_have_count(0)
        page.keyboard.press("ArrowDown")
        expect(one).not_to_be_focused()
        page.get_by_role("button", name="All keys").click()
        page.get_by_label("Single letters act at once").check()
        page.keyboard.press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)
        page.keyboard.press("f")
        expect(page.locator("#next-free")).to_be_visible()

    def test_what_clashes_is_offered_elsewhere_or_booked_over_with_a_reason(self, at: Desk) -> None:
        page = at("kim")
        page.locator(".lane").nth(4).locator("[data-at='11:30']").focus()
        page.keyboard.press("b")
        page.keyboard.type("silv ana")
        expect(page.locator("#book-hits [aria-selected=true]")).to_contain_text("Ana")
        page.keyboard.press("Enter")
        window = page.locator("#book")
        expect(window).to_contain_text("Runs into Maeve")
        expect(window.locator("[data-option]")).to_have_count(3)
        assert axe.faults(page) == []
        page.keyboard.press("Shift+Enter")
        over = strip(page, "Ana", 5)
        expect(over).to_contain_text("Double")
        expect(page.locator("dialog[open]")).to_have_count(0)
        page.keyboard.press("u")
        expect(over).to_have_count(0)
        page.locator(".lane").nth(4).locator("[data-at='11:30']").focus()
        page.keyboard.press("b")
        page.keyboard.type("silv ana")
        expect(page.locator("#book-hits [aria-selected=true]")).to_contain_text("Ana")
        page.keyboard.press("Enter")
        expect(window.locator("[data-option]")).to_have_count(3)
        page.keyboard.press("1")
        expect(page.locator("dialog[open]")).to_have_count(0)
        expect(page.locator(".lane .strip:focus")).to_contain_text("Ana")

    def test_blocks_a_time_and_writes_a_newcomer_down(self, at: Desk) -> None:
        page = at("kim")
        clock = roomy(page, 3)
        free(page, 3, clock)
        page.keyboard.press("k")
        page.locator("#block-note").fill("Call the laboratory")
        page.keyboard.press("Enter")
        block = page.locator("button.block", has_text="Call the laboratory")
        expect(block).to_be_visible()
        block.focus()
        page.keyboard.press("x")
        expect(block).to_have_count(0)
        free(page, 3, clock)
        page.keyboard.press("Enter")
        page.get_by_text("New patient").click()
        for name, typed in (("given", "Lena"), ("family", "Bergengruen"), ("born", "1990-04-01")):
            page.locator(f"#new-{name}").fill(typed)
        page.get_by_role("button", name="Write down").click()
        expect(page.locator("#book-words")).to_have_value("Lena Bergengruen")
        page.keyboard.press("Enter")
        expect(strip(page, "Lena Bergengruen", 3)).to_be_focused()

    def test_letters_typed_into_a_field_do_nothing_to_visits(self, at: Desk) -> None:
        page = at("kim")
        page.locator(".lane .strip.is-confirmed").first.focus()
        before = page.evaluate(_VERSIONS)
        page.keyboard.press("/")
        page.keyboard.type("ards nlx")
        expect(page.locator(".find input")).to_have_value("ards nlx")
        assert before
        assert page.evaluate(_VERSIONS) == before

    def test_every_key_is_listed_and_the_days_turn(self, at: Desk) -> None:
        page = at("kim")
        shown = page.locator(".shown-day").inner_text()
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_contain_text("Hide names from the counter")
        page.keyboard.press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)
        page.keyboard.press("]")
        expect(page.locator(".shown-day")).not_to_have_text(shown)
        page.keyboard.press("t")
        expect(page.locator(".shown-day")).to_have_text(shown)
        page.keyboard.press("v")
        expect(page.locator(".col h2").first).to_contain_text("Room")
        page.keyboard.press("v")
        expect(page.locator(".rack")).to_be_hidden()
        expect(page.get_by_role("table").first).to_be_visible()
        assert axe.faults(page) == []


def book(page: Page, words: str) -> None:
    page.keyboard.press("b")
    page.keyboard.type(words)
    expect(page.locator("#book-hits [aria-selected=true]")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("dialog[open]")).to_have_count(0)
    # The next key acts on what was made, once it has the focus.
    expect(page.locator(".lane .strip:focus")).to_have_count(1)


class TestTogether:
    def test_two_see_at_once_what_a_third_moves_and_none_writes_over_it(self, at: Desk) -> None:
        kim, frank, ruth = at("kim"), at("frank"), at("ruth")
        free(kim, 1, "16:00")
        book(kim, "silv joa")
        seen = [strip(page, "Joaquim", 1) for page in (kim, frank, ruth)]
        for visit in seen:
            expect(visit).to_be_visible()
        seen[1].focus()
        frank.keyboard.press("m")
        frank.keyboard.press("ArrowDown")
        expect(frank.locator("#board-moves")).to_be_visible()
        seen[0].focus()
        for key in ("m", "ArrowDown", "ArrowDown", "Enter"):
            kim.keyboard.press(key)
        for visit in seen[1:]:
            expect(visit).to_have_attribute("data-version", "2")
            expect(visit).to_have_attribute("data-glow", re.compile("[01]"))
        # Whoever held it in the hand is told, and it lies where the other one put it.
        expect(frank.locator("#board-moves")).to_be_hidden()
        expect(frank.locator("#board-says")).to_contain_text("Somebody else has changed")

        # A desk that was cut off still shows the older one: it is refused, with what has changed.
        seen[2].evaluate("strip => strip.setAttribute('data-version', '1')")
        seen[2].focus()
        for key in ("m", "ArrowDown", "Enter"):
            ruth.keyboard.press(key)
        told = ruth.locator(".told", has_text="Somebody else has changed this visit")
        expect(told).to_contain_text("Kim Doyle")
        expect(told).to_contain_text("Moved")
        for visit in seen:
            expect(visit).to_contain_text("16:20 to 16:40")
        kim.keyboard.press("u")

    def test_i_am_here_on_a_phone_is_seen_at_the_desk(
        self, at: Desk, browser: Browser, server: running.Server
    ) -> None:
        page = at("frank")
        free(page, 3, roomy(page, 3))
        book(page, "blan noor")
        key = strip(page, "Noor Blankenhill", 3).get_attribute("data-visit")
        phone = browser.new_context(
            viewport={"width": 390, "height": 844}, base_url=server.url, bypass_csp=True
        )
        give(phone, server, "noor")
        hers = phone.new_page()
        hers.goto(f"/appointments/{key}")
        expect(hers.get_by_role("main")).to_contain_text("Dr Lena Chow")
        hers.get_by_role("button", name="I’m here").click()
        here = page.locator(f"[data-visit='{key}']")
        expect(here.first).to_have_class(re.compile("is-waiting"))
        expect(page.locator(f"#waiting-now [data-visit='{key}']")).to_be_visible()
        phone.close()


class TestSeen:
    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_axe_finds_nothing_serious_with_the_details_open(self, at: Desk, theme: str) -> None:
        page = at("kim", theme=theme)
        page.locator(".lane .strip").nth(1).click()
        expect(page.locator(".chosen")).to_contain_text("born")
        assert axe.faults(page) == []

    def test_the_whole_day_fits_at_1080p_and_now_is_marked(self, at: Desk) -> None:
        page = at("kim", width=1920, height=1080)
        rack = page.locator(".rack")
        expect(rack).to_have_attribute("data-clock", "true")
        assert rack.evaluate("rack => rack.scrollHeight <= rack.clientHeight")
        assert rack.evaluate("rack => rack.scrollWidth <= rack.clientWidth")
        # The demo's day stands at ten in the morning when it is filled, and goes on from there.
        assert re.match(r"1[0-4]:\d\d$", page.locator(".at-now").inner_text())
        page.locator(".lane .strip.is-confirmed").first.focus()
        page.keyboard.press("a")
        waits = page.locator(".lane .strip:focus [data-waits]")
        expect(waits).to_have_text(re.compile(r"^\d$"))
        page.keyboard.press("u")

    @pytest.mark.parametrize("width", [320, 1024, 1280])
    def test_nothing_scrolls_sideways(self, at: Desk, width: int) -> None:
        page = at("kim", width=width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if width < 1024:
            expect(page.get_by_role("table").first).to_be_visible()
            page.locator(".sheets [data-visit]").first.click()
            expect(page.locator(".chosen")).to_be_visible()
            assert axe.faults(page) == []

    def test_paper_bears_names_or_initials_and_no_more(self, at: Desk) -> None:
        page = at("kim")
        page.emulate_media(media="print")
        expect(page.locator(".rack")).to_be_hidden()
        sheet = page.locator(".sheet-of").nth(1)
        expect(sheet).to_contain_text("Patient data: shred after use")
        expect(sheet.get_by_text("Walter Nkemdilim")).to_be_visible()
        page.keyboard.press("h")
        expect(sheet.get_by_text("Walter Nkemdilim")).to_be_hidden()
        expect(sheet.get_by_text("WN", exact=True)).to_be_visible()
        page.emulate_media(media="screen")
        hides = page.locator("html.hides-names")
        for names, ways in ((False, "?names=initials"), (True, "")):
            if names:
                page.keyboard.press("h")
            expect(hides).to_have_count(0 if names else 1)
            # A new tab may ask twice: the one before is not this one.
            wanted = partial(is_sheet, ways=ways)
            with page.context.expect_event("request", wanted) as asked:
                page.keyboard.press("p")
            answer = page.request.get(asked.value.url)
            assert answer.headers["content-type"] == "application/pdf"
            pages = PdfReader(io.BytesIO(answer.body())).pages
            said = " ".join(one.extract_text() for one in pages)
            assert ("Walter Nkemdilim" in said) is names
            assert ("WN" in said) is not names

    def test_what_has_the_focus_is_not_hidden_below_the_heads(self, at: Desk) -> None:
        page = at("kim", height=450)
        assert page.evaluate(_COVERED)
        # Coming from another day, the grid goes to the hour by itself, but under nobody's hands.
        page.locator(".lane [data-free]").first.focus()
        before = page.locator(".rack").evaluate("rack => rack.scrollTop")
        page.evaluate(_BEGUN_ANEW)
        assert page.locator(".rack").evaluate("rack => rack.scrollTop") == before
        page.evaluate("document.activeElement.blur()")
        page.evaluate(_BEGUN_ANEW)
        assert page.locator(".rack").evaluate("rack => rack.scrollTop") > before


class TestHidden:
    def test_who_may_not_see_appointments_finds_no_board(
        self, browser: Browser, server: running.Server
    ) -> None:
        context = browser.new_context(base_url=server.url)
        give(context, server, "otto")
        page = context.new_page()
        page.goto("/staff/schedule")
        expect(page.get_by_text("This page is not for your role")).to_be_visible()
        expect(page.get_by_role("link", name="Schedule")).to_have_count(0)
        assert page.locator(".strip").count() == 0
        context.close()
