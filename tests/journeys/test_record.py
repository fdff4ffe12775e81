"""The record and the appointments in browsers."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.support import running
from tests.support.signed_in import shown, signed_in


@pytest.fixture
def marta(browser: Browser, server: running.Server) -> Iterator[BrowserContext]:
    context = signed_in(browser, server, "marta")
    yield context
    context.close()


class TestRecord:
    def test_the_address_names_the_section(self, marta: BrowserContext) -> None:
        page = shown(marta, "/record")
        page.get_by_role("navigation", name="Sections").get_by_role("link", name="Vaccines").click()
        expect(page.get_by_role("heading", level=2, name="Vaccines")).to_be_visible()
        expect(page).to_have_url(re.compile(r"/record\?section=vaccines$"))
        page.reload()
        expect(page.get_by_role("heading", level=2, name="Vaccines")).to_be_visible()
        page.go_back()
        expect(page.get_by_role("heading", level=2, name="Allergies now")).to_be_visible()

    def test_allergies_are_on_every_page(self, marta: BrowserContext) -> None:
        page = shown(marta, "/record?section=visits")
        expect(page.locator(".note", has_text="Penicillin")).to_be_visible()

    def test_search_finds_in_all_sections_and_stays_out_of_the_address(
        self, marta: BrowserContext
    ) -> None:
        page = shown(marta, "/record")
        page.get_by_role("searchbox").fill("BLOOD")
        page.get_by_role("button", name="Search").click()
        expect(page.get_by_role("heading", level=2, name="Conditions")).to_be_visible()
        expect(page.get_by_role("heading", level=2, name="Vital signs")).to_be_visible()
        assert "blood" not in page.url.lower()

    def test_a_long_record_turns_its_pages(self, browser: Browser, server: running.Server) -> None:
        context = signed_in(browser, server, "mina")
        page = shown(context, "/record?section=visits")
        pages = page.get_by_role("navigation", name="Pages of the list")
        expect(pages).to_contain_text("1 to 25 of")
        pages.get_by_role("button", name="Next").click()
        expect(pages).to_contain_text("26 to 50 of")
        context.close()


def visit_of(context: BrowserContext) -> str:
    page = shown(context, "/appointments")
    link = page.locator(".list a").first.get_attribute("href")
    page.close()
    assert link
    return link


class TestAppointments:
    def test_confirm_and_cancel_show_on_the_other_device_by_themselves(
        self, browser: Browser, server: running.Server, marta: BrowserContext
    ) -> None:
        address = visit_of(marta)
        other = signed_in(browser, server, "marta")
        there = shown(other, "/appointments")
        page = shown(marta, address)
        page.get_by_role("button", name="Confirm I’m coming").click()
        expect(page.get_by_text("We look forward to seeing you")).to_be_visible()
        row = there.locator(".row", has=there.locator(f'a[href="{address}"]'))
        expect(row).to_contain_text("Confirmed")
        page.get_by_role("button", name="Cancel this appointment").click()
        dialog = page.get_by_role("dialog", name="Cancel this appointment?")
        dialog.get_by_label("In your own words").fill("I am away")
        dialog.get_by_role("button", name="Cancel the appointment").click()
        expect(page.get_by_text("Cancelled by you")).to_be_visible()
        expect(page.get_by_text("Reason: I am away")).to_be_visible()
        expect(row).to_have_count(0)
        past = shown(other, "/appointments?show=past")
        expect(past.locator(f'a[href="{address}"]')).to_have_count(1)
        other.close()

    def test_a_stranger_finds_nothing(
        self, browser: Browser, server: running.Server, marta: BrowserContext
    ) -> None:
        stranger = signed_in(browser, server, "noor")
        page = shown(stranger, visit_of(marta))
        expect(page.get_by_role("heading", level=1)).to_have_text("We could not find that")
        stranger.close()
