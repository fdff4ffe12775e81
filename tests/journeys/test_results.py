"""Results in a browser: found, read, understood, printed."""

import re
from typing import Any

from playwright.sync_api import Page, expect
from sqlalchemy import text

from portal.database import Database


def loaded(page: Page, path: str) -> Page:
    """Goes to a page of results and waits for what it shows."""
    page.goto(re.sub(r"/home.*", path, page.url))
    page.wait_for_selector('#ready[data-ready="true"]', state="attached")
    expect(page.locator(".loading")).to_have_count(0)
    return page


class TestList:
    def test_is_found_by_the_name_of_a_value_and_opened_by_keyboard(self, sign_in: Any) -> None:
        page = loaded(sign_in("marta"), "/results")
        page.get_by_role("searchbox").fill("potassium")
        page.keyboard.press("Enter")
        expect(page.locator("main .list > li").first).to_contain_text("Kidney and blood salts")
        expect(page.get_by_text("X-ray of the knee")).to_have_count(0)
        page.locator("main .list a").first.focus()
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Kidney and blood salts")
        expect(page.locator("h1")).to_be_focused()

    def test_a_patient_without_results_is_told_what_will_be_here(self, sign_in: Any) -> None:
        page = loaded(sign_in("noor"), "/results")
        expect(page.get_by_text("No results yet")).to_be_visible()


class TestOne:
    def test_an_unknown_result_and_another_persons_look_the_same(
        self, sign_in: Any, records: Database
    ) -> None:
        sql = """SELECT r.id FROM diagnostic_report r JOIN patient p ON p.id = r.patient_id
                 WHERE p.given = 'Wilhelmina' LIMIT 1"""
        with records.reading() as db:
            others = db.connection().execute(text(sql)).scalar_one()
        page = sign_in("marta")
        shown = [_settled(page, f"/results/{wanted}") for wanted in (others, "A" * 16, "a" * 300)]
        assert shown[0] == shown[1] == shown[2]
        assert "We could not find that" in shown[0]

    def test_nothing_scrolls_sideways_on_a_small_phone(self, sign_in: Any) -> None:
        page = loaded(sign_in("mina", width=320), "/results")
        assert page.evaluate("document.documentElement.scrollWidth") == 320
        page.locator("main .list a").first.click()
        expect(page.locator("#about")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 320

    def test_on_paper_stand_the_person_and_every_sentence(self, sign_in: Any) -> None:
        page = loaded(sign_in("marta"), "/results")
        page.locator("main .list a").first.click()
        expect(page.locator("#about")).to_be_visible()
        page.emulate_media(media="print")
        expect(page.locator(".print-head")).to_contain_text("Marta Silva")
        expect(page.locator("nav.bar")).to_be_hidden()


def _settled(page: Page, path: str) -> str:
    page.goto(re.sub(r"/(home|results).*", path, page.url))
    expect(page.get_by_text("There is no such result here")).to_be_visible()
    return page.locator("main").inner_text()
