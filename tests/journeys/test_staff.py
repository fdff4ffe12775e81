"""The staff at work beside a patient's browser: what they do moves the patient's Home."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support import browser as browsers
from tests.support.running import Server
from tests.support.signed_in import give

FOUND = "/staff/patients?query=sil"
READY = '#ready[data-ready="true"]'
Desk = Callable[..., Page]


@pytest.fixture(scope="module")
def window(chromium: str) -> Iterator[Browser]:
    """Returns a browser without a window."""
    with browsers.opened(chromium) as opened:
        yield opened


@pytest.fixture
def at(window: Browser, server: Server) -> Iterator[Desk]:
    """Returns what signs somebody of the demo in and opens a page, in a browser of their own."""
    contexts: list[BrowserContext] = []

    def enter(name: str, path: str, *, width: int = 1280, theme: Any = "light") -> Page:
        context = window.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=theme,
            base_url=server.url,
            bypass_csp=True,
        )
        contexts.append(context)
        give(context, server, name)
        page = context.new_page()
        page.goto(path)
        page.wait_for_selector(READY, state="attached")
        expect(page.locator(".loading")).to_have_count(0)
        return page

    yield enter
    for context in contexts:
        context.close()


def find(page: Page, words: str) -> None:
    """Types a search and waits for who is found."""
    page.locator("#find-patient").fill(words)
    expect(page.locator("#found [data-stop]").first).to_be_visible()


class TestSideBySide:
    def test_an_answer_stands_on_the_patients_home_within_a_second(self, at: Desk) -> None:
        home, desk = at("marta", "/home"), at("kim", "/staff/messages")
        desk.get_by_role("button", name=re.compile("Marta Silva")).click()
        expect(desk.locator("#conversation h2").first).to_contain_text("Letter for travel")
        desk.locator("#conversation textarea[name=body]").fill("Your letter is ready at the desk.")
        desk.get_by_role("button", name="Send answer").click()
        expect(home.locator("#new")).to_contain_text("Letter for travel")
        expect(desk.locator("#conversation")).to_contain_text("Your letter is ready at the desk.")
        expect(desk.locator("#conversation textarea[name=body]")).to_have_value("")

    def test_an_announcement_comes_and_goes_on_every_home(self, at: Desk) -> None:
        home, desk = at("marta", "/home"), at("ruth", "/staff")
        desk.get_by_role("button", name="Publish").first.click()
        desk.get_by_label("Title").fill("The lift is out of order")
        desk.locator("dialog[open]").get_by_role("button", name="Publish").click()
        expect(home.locator("main")).to_contain_text("The lift is out of order")
        desk.get_by_role("button", name=re.compile("End.*The lift is out of order")).click()
        expect(desk.locator("#announcements")).not_to_contain_text("The lift is out of order")

    def test_a_released_result_is_there_within_a_second(self, at: Desk) -> None:
        desk = at("osei", "/staff")
        held = desk.locator("#results .item", has=desk.get_by_role("button", name="Release"))
        before = held.count()
        name = held.first.locator("h3 a").inner_text()
        title = held.first.locator("p").first.inner_text()
        held.first.get_by_role("button", name="Release").click()
        expect(desk.get_by_text("The result is released.")).to_be_visible()
        expect(held).to_have_count(before - 1)
        chart = at("nair", "/staff/patients")
        find(chart, name)
        chart.locator("#found [data-stop]").first.click()
        expect(chart.locator("#chart-results")).to_contain_text(title)

    def test_two_desks_see_the_same_day(self, at: Desk) -> None:
        one, other = at("kim", "/staff"), at("frank", "/staff")
        line = one.locator("#visits .item", has=one.locator(".btn")).last
        href = line.locator("h3 a").get_attribute("href")
        said = line.locator(".badge").inner_text()
        line.locator(".btn").click()
        there = other.locator("#visits .item", has=other.locator(f'a[href="{href}"]')).last
        expect(there.locator(".badge")).not_to_have_text(said)


class TestFind:
    def test_two_parts_of_a_name_and_enter_open_the_chart(self, at: Desk) -> None:
        page = at("kim", "/staff/patients")
        page.keyboard.press("/")
        page.keyboard.type("sil mar")
        found = page.locator("#found")
        expect(found).to_contain_text("Marta Silva")
        # The list of the first part alone has others of that name.
        expect(found).not_to_contain_text("Ana Silva")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Marta Silva")
        expect(page.locator(".chart")).to_contain_text("7 Mill Road")

    def test_a_slip_is_forgiven_and_said(self, at: Desk) -> None:
        page = at("kim", "/staff/patients")
        find(page, "carmodi")
        expect(page.locator("#found")).to_contain_text("Bettina Carmody-Finch")
        expect(page.locator("#found")).to_contain_text("Nobody fits exactly")

    def test_the_field_in_the_bar_leads_here(self, at: Desk) -> None:
        page = at("okafor", "/staff")
        page.keyboard.press("/")
        page.keyboard.type("14 6 1971")
        page.keyboard.press("Enter")
        page.wait_for_url("**/staff/patients?query=*")
        expect(page.locator("#found")).to_contain_text("Marta Silva")


class TestKeys:
    def test_j_k_and_a_letter_work_the_lists(self, at: Desk) -> None:
        page = at("okafor", "/staff")
        page.locator("h1").focus()
        page.keyboard.press("j")
        first = page.evaluate("document.activeElement.textContent")
        page.keyboard.press("j")
        assert page.evaluate("document.activeElement.textContent") != first
        page.keyboard.press("k")
        assert page.evaluate("document.activeElement.textContent") == first

    def test_a_question_mark_lists_them_and_escape_leaves(self, at: Desk) -> None:
        page = at("okafor", "/staff")
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_contain_text("Next step of a visit")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)

    def test_letters_typed_into_a_field_press_nothing(self, at: Desk) -> None:
        page = at("osei", "/staff")
        held = page.locator("#results").get_by_role("button", name="Release")
        before = held.count()
        page.locator(".find input").fill("")
        page.locator(".find input").type("rrr aaa jjj")
        expect(held).to_have_count(before)


class TestHidden:
    def test_the_desk_finds_no_word_of_results_anywhere(self, at: Desk) -> None:
        page = at("kim", "/staff")
        for path in ("/staff", "/staff/patients", "/staff/messages"):
            page.goto(path)
            page.wait_for_selector(READY, state="attached")
            assert "Result" not in page.locator("body").inner_text()
        page.goto("/staff/results")
        expect(page.get_by_text("This page is not for your role")).to_be_visible()

    def test_a_desks_chart_holds_nothing_of_the_medical_record(self, at: Desk) -> None:
        page = at("kim", "/staff/patients")
        frames: list[str] = []
        page.on(
            "websocket",
            lambda socket: socket.on("framereceived", lambda data: frames.append(str(data))),
        )
        page.reload()
        page.wait_for_selector(READY, state="attached")
        find(page, "silva marta")
        page.locator("#found [data-stop]").first.click()
        expect(page.locator("h1")).to_have_text("Marta Silva")
        shown = page.content() + "".join(frames)
        assert "7 Mill Road" in "".join(frames)
        for hidden in ("Penicillin", "Potassium", "Lisinopril", "lisinopril", "Hyperlipidemia"):
            assert hidden not in shown

    def test_a_disabled_account_is_out_at_once(self, at: Desk) -> None:
        admin, desk = at("ada", "/admin/people"), at("frank", "/staff")
        admin.get_by_role("link", name="Frank Bellweather").click()
        admin.get_by_role("button", name="Disable").first.click()
        admin.get_by_role("dialog").get_by_role("button", name="Disable").click()
        expect(admin.get_by_role("heading", name="The account is disabled")).to_be_visible()
        desk.wait_for_url(re.compile(r"/#ended|/\?|/$"))
        admin.get_by_role("button", name="Enable").click()
        expect(admin.get_by_text("may be used again")).to_be_visible()
