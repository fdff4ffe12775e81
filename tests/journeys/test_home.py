"""Home in a browser: it moves by itself, loses nothing, and reads well everywhere."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import text
from sqlmodel import col, select

from portal.database import Database
from portal.models.people import Patient, User
from portal.security import actor
from portal.services import frame, results
from portal.services.acting import now
from tests.support.running import Server


def badge(page: Page, place: str) -> Locator:
    """The count beside a place of the rail; none where there is nothing."""
    return page.locator(f'nav a[href="/{place}"] .count').first


def counts(page: Page, place: str, number: int) -> None:
    """Waits until so much is counted beside a place."""
    if number:
        expect(badge(page, place)).to_have_text(str(number))
    else:
        expect(badge(page, place)).to_have_count(0)


def unread(records: Database, given: str) -> int:
    """Returns how many of a patient's results nobody has read, as their own Home counts them."""
    with records.reading() as db:
        user = db.exec(
            select(User)
            .join(Patient, col(Patient.id) == col(User.patient_id))
            .where(col(Patient.given) == given)
        ).one()
        own = user.patient_id or ""
        who = actor.Actor(
            user_id=user.id, name=given, role="patient", own_patient_id=own, patient_id=own
        )
        return frame.counts(db, who, now=now()).unread_results


def release_one(records: Database, given: str) -> str:
    """Releases a result as another process does, and returns its name."""
    sql = """SELECT r.id, r.plain, r.patient_id FROM diagnostic_report r
             JOIN patient p ON p.id = r.patient_id WHERE p.given = :given
             ORDER BY r.sort_at DESC LIMIT 1"""
    with records.transaction() as db:
        report, plain, patient = db.connection().execute(text(sql), {"given": given}).one()
        db.connection().execute(
            text("UPDATE diagnostic_report SET released_at = NULL WHERE id = :id"),
            {"id": report},
        )
        db.connection().execute(text("DELETE FROM read_mark WHERE record_id = :id"), {"id": report})
        assert patient
    with records.transaction() as db:
        assert results.release(db, actor.system("test"), report_id=report, now=now())
    return plain


class TestMoves:
    def test_confirming_in_one_browser_shows_in_the_other_within_a_second(
        self, sign_in: Any
    ) -> None:
        phone, laptop = sign_in("marta", width=390), sign_in("marta")
        card = laptop.locator("#next")
        expect(card.get_by_role("button", name="Confirm I’m coming")).to_be_visible()
        phone.get_by_role("button", name="Confirm I’m coming").click()
        expect(card).to_contain_text("Confirmed by you")
        expect(phone.locator("#next")).to_contain_text("Confirmed by you")
        expect(phone.get_by_text("Thank you. We know that you are coming.")).to_be_visible()
        expect(laptop.locator("#announced")).to_contain_text("Your appointments have changed.")

    def test_reading_a_result_takes_it_off_the_badge_in_the_other_tab(
        self, sign_in: Any, records: Database
    ) -> None:
        reading, other = sign_in("marta"), sign_in("marta")
        before = unread(records, "Marta")
        counts(other, "results", before)
        first = other.locator("#new .row").first
        title = first.locator("h3").inner_text()
        reading.locator("#new .row a").first.click()
        expect(reading.locator("h1")).to_have_text(title)
        expect(first).to_contain_text("No longer new")
        expect(first.locator("h3")).to_have_text(title)
        counts(other, "results", before - 1)


class TestRecovers:
    def test_what_came_while_the_server_was_away_is_there_when_it_is_back(
        self, sign_in: Any, server: Server, records: Database
    ) -> None:
        page = sign_in("mina")
        before = unread(records, "Wilhelmina")
        counts(page, "results", before)
        server.stop()
        expect(page.locator('.lost[data-lost="true"]')).to_be_attached()
        name = release_one(records, "Wilhelmina")
        server.start()
        expect(page.locator("#new")).to_contain_text(name)
        counts(page, "results", before + 1)
        expect(page.locator('.lost[data-lost="true"]')).to_have_count(0)


class TestReads:
    @pytest.mark.parametrize("name", ["marta", "noor", "mina"])
    def test_nothing_scrolls_sideways_on_a_small_phone(self, sign_in: Any, name: str) -> None:
        page = sign_in(name, width=320)
        assert page.evaluate("document.documentElement.scrollWidth") == 320

    def test_a_helper_sees_whose_record_it_is_and_finds_back(self, sign_in: Any) -> None:
        page = sign_in("marta")
        page.locator("details.person summary").click()
        page.locator("details.person").get_by_role("button", name=re.compile("Ana Silva")).click()
        expect(page.locator("h1")).to_have_text("Ana’s home")
        expect(page.locator(".acting")).to_contain_text("Ana Silva")
        page.get_by_role("button", name="Back to mine").click()
        expect(page.locator("h1")).to_have_text("Home")
        expect(page.locator(".acting")).to_have_count(0)

    def test_a_tap_on_what_has_just_moved_is_not_taken(self, sign_in: Any) -> None:
        page = sign_in("marta", width=390)
        page.evaluate(
            """() => {
              const at = Date.now();
              Date.now = () => at;
              const row = document.createElement("li");
              row.className = "row fresh";
              row.textContent = "Came just now";
              document.querySelector("#new .list").append(row);
            }"""
        )
        page.locator("#waiting a, #medicines a").first.evaluate(
            "a => a.dispatchEvent(new MouseEvent('click',"
            " {bubbles: true, cancelable: true, detail: 1}))"
        )
        assert page.url.endswith("/home")
        page.evaluate("() => { const at = Date.now(); Date.now = () => at + 600; }")
        page.locator("#medicines a").first.click()
        expect(page).not_to_have_url(re.compile("/home$"))
