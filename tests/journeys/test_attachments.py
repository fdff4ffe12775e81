"""Files in browsers: added with their progress, kept with the draft, sent, saved by who reads."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support import hostile, running
from tests.support.axe import faults
from tests.support.signed_in import shown, signed_in

FILES = "#files"
PHONE: Any = {"width": 320, "height": 700}


@pytest.fixture
def device(browser: Browser, server: running.Server) -> Iterator[BrowserContext]:
    context = signed_in(browser, server, "marta", viewport=PHONE, bypass_csp=True)
    yield context
    context.close()


def given(name: str, data: bytes) -> Any:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


def listed(page: Page, title: str = "Added files") -> Any:
    return page.get_by_role("list", name=title).get_by_role("listitem")


def saved(page: Page, name: str) -> bytes:
    with page.expect_download() as coming:
        page.get_by_role("link", name=name).click()
    assert coming.value.suggested_filename == name
    return Path(coming.value.path()).read_bytes()


class TestPatient:
    def test_adds_sees_everywhere_takes_away_and_sends_and_the_clinic_answers_with_one(
        self, browser: Browser, server: running.Server, device: BrowserContext
    ) -> None:
        subject = f"A form, {uuid.uuid4().hex[:8]}"
        page = shown(device, "/messages/new")
        page.get_by_label("What is it about?").select_option("form")
        page.get_by_label("Subject").fill(subject)
        page.get_by_label("Your message").fill("Please fill this in.")
        photo, letter = given("IMG 1.heic", hostile.picture("HEIF")), given("a.pdf", hostile.pdf())
        page.locator(FILES).set_input_files([photo, letter])
        expect(listed(page)).to_have_count(2)
        expect(listed(page).nth(0)).to_contain_text("IMG 1.jpg")
        expect(page.locator("[data-attach-said]")).to_have_text("a.pdf is added.")
        # What is wrong with one is said there, and the others stay.
        page.locator(FILES).set_input_files(given("x.svg", b"<svg/>"))
        failed = page.locator(".up.failed")
        expect(failed.get_by_role("alert")).to_contain_text("Save it as one of these.")
        page.locator(FILES).set_input_files(given("film.pdf", bytes(20 * 1024 * 1024 + 1)))
        expect(failed).to_have_count(2)
        expect(failed.nth(1).get_by_role("alert")).to_contain_text("20 MB at most")
        assert faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        failed.nth(1).get_by_role("button", name="Close: film.pdf").press("Enter")
        failed.get_by_role("button", name="Close: x.svg").press("Enter")
        expect(failed).to_have_count(0)
        # The draft has them on every device, and lets one go again.
        other = signed_in(browser, server, "marta")
        there = shown(other, "/messages/new")
        expect(listed(there)).to_have_count(2)
        there.get_by_role("button", name="Remove: IMG 1.jpg").press("Enter")
        expect(listed(page)).to_have_count(1)
        other.close()
        expect(page.get_by_label("Your message")).to_have_value("Please fill this in.")
        page.get_by_role("button", name="Send message").click()
        expect(page.get_by_role("heading", level=1, name=subject)).to_be_visible()
        expect(listed(page, "Attached files")).to_have_count(1)
        assert saved(page, "a.pdf") == hostile.pdf()
        expect(listed(shown(device, "/messages/new"))).to_have_count(0)
        self._answered(browser, server, page, subject)

    def _answered(self, browser: Browser, server: running.Server, page: Page, subject: str) -> None:
        desk = signed_in(browser, server, "kim")
        there = shown(desk, "/staff/messages")
        there.locator("#waiting .item", has_text=subject).locator("[data-stop]").click()
        expect(listed(there, "Attached files")).to_have_count(1)
        there.locator(FILES).set_input_files(given("filled in.txt", b"Yes."))
        expect(listed(there)).to_have_count(1)
        # The list may know of it before its own request has been answered.
        expect(there.locator("[data-attach-said]")).to_have_text("filled in.txt is added.")
        expect(listed(page, "Attached files")).to_have_count(1)
        there.locator("#conversation textarea[name=body]").fill("Here it is.")
        there.get_by_role("button", name="Send answer").click()
        expect(listed(page, "Attached files")).to_have_count(2)
        assert saved(page, "filled in.txt") == b"Yes."
        expect(listed(there)).to_have_count(0)
        desk.close()

    def test_waits_for_a_file_that_is_on_its_way_and_may_call_it_off(
        self, device: BrowserContext
    ) -> None:
        page = shown(device, "/messages/new")
        page.get_by_label("Subject").fill("Waits")
        page.get_by_label("Your message").fill("For a file")
        held: list[Any] = []

        def hold(route: Any) -> None:
            held.append(route)

        page.route("**/files/attach/**", hold)
        page.locator(FILES).set_input_files(given("slow.txt", b"a"))
        coming = page.locator("[data-attach-coming] li")
        expect(coming.get_by_role("progressbar", name="slow.txt")).to_be_visible()
        page.get_by_role("button", name="Send message").click()
        said = page.locator("[data-attach-said]")
        expect(said).to_contain_text("A file is still on its way.")
        assert page.url.endswith("/new")
        coming.get_by_role("button", name="Cancel: slow.txt").press("Enter")
        expect(said).to_have_text("slow.txt was not added.")
        expect(page.locator(FILES)).to_be_focused()
        expect(coming).to_have_count(0)
        page.unroute("**/files/attach/**")
