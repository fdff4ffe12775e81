"""Opening a record that is not one's own to open, and what the patient sees of it, in browsers.

SECURITY AUTHZ-15, AUTHZ-16, AUD-08; WORKFLOWS 2 rank 7.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import delete, update
from sqlmodel import col, select

from portal.database import Database
from portal.models.people import Patient, SignIn
from portal.models.requests import RecordOpening
from tests.support.axe import faults
from tests.support.running import Server
from tests.support.signed_in import give, shown

WORDS = "He collapsed in the waiting room"
At = Callable[..., Page]


@pytest.fixture
def at(browser: Browser, server: Server) -> Iterator[At]:
    """Returns what signs somebody of the demo in and opens a page, in a browser of their own."""
    contexts: list[BrowserContext] = []

    def enter(name: str, path: str, *, width: int = 1280, **more: Any) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            base_url=server.url,
            bypass_csp=True,
            **more,
        )
        contexts.append(context)
        give(context, server, name)
        return shown(context, path)

    yield enter
    for context in contexts:
        context.close()


@pytest.fixture
def chart(records: Database) -> str:
    """The address of Marta's chart; nobody has opened it with a reason yet."""
    with records.transaction() as db:
        db.connection().execute(delete(RecordOpening))
        db.connection().execute(update(SignIn).values(confirmed_at=datetime.now(UTC)))
        marta = db.exec(select(Patient.id).where(col(Patient.given) == "Marta")).one()
    return f"/staff/patients/{marta}"


def confirm(records: Database) -> None:
    """Lets everybody have entered their factor just now."""
    with records.transaction() as db:
        db.connection().execute(update(SignIn).values(confirmed_at=datetime.now(UTC)))


def state(page: Page, reason: str = "I stand in for a colleague") -> None:
    page.get_by_label(reason).check()
    page.get_by_role("button", name="Open the record").click()
    expect(page.locator("#conditions")).to_be_visible()


class TestReason:
    def test_nothing_medical_is_there_before_it_and_all_of_it_after(
        self, at: At, chart: str
    ) -> None:
        page = at("chow", chart)
        expect(page.get_by_role("heading", name="Why do you need this record")).to_be_visible()
        expect(page.locator("#conditions")).to_have_count(0)
        expect(page.locator("#contact")).to_be_visible()
        assert faults(page) == []
        state(page)
        expect(page.get_by_text("You opened this record with a reason")).to_be_visible()
        assert faults(page) == []

    def test_by_the_keyboard_alone(self, at: At, chart: str) -> None:
        page = at("chow", chart)
        page.locator("#reason input").first.focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        page.keyboard.type("Phone call this morning")
        page.keyboard.press("Enter")
        expect(page.locator("#conditions")).to_be_visible()
        expect(page.get_by_text("Phone call this morning")).to_be_visible()

    def test_an_expired_one_takes_the_record_off_an_open_page(
        self, at: At, chart: str, records: Database
    ) -> None:
        page = at("chow", chart)
        state(page)
        with records.transaction() as db:
            past = datetime.now(UTC) - timedelta(seconds=1)
            db.connection().execute(update(RecordOpening).values(ends_at=past))
        page.reload()
        expect(page.get_by_role("heading", name="Why do you need this record")).to_be_visible()
        expect(page.locator("#conditions")).to_have_count(0)

    def test_can_be_ended(self, at: At, chart: str) -> None:
        page = at("chow", chart)
        state(page)
        page.get_by_role("button", name="I am done with this record").click()
        page.get_by_role("button", name="Close the record").click()
        expect(page.get_by_role("heading", name="Why do you need this record")).to_be_visible()
        expect(page.locator("#conditions")).to_have_count(0)


class TestEmergency:
    def test_the_patient_sees_it_at_once_and_the_manager_finds_it(
        self, at: At, chart: str, records: Database
    ) -> None:
        log, report = at("marta", "/access-log"), at("ruth", "/admin/access")
        page = at("chow", chart)
        confirm(records)
        page.reload()
        page.get_by_text("It is an emergency").click()
        page.get_by_role("button", name="Use emergency access").click()
        page.get_by_label("What has happened?").fill(WORDS)
        page.get_by_role("button", name="Open the record now").click()
        expect(page.get_by_text(re.compile(r"(59|60) minutes left"))).to_be_visible()
        expect(log.get_by_text(f"Emergency: {WORDS}").first).to_be_visible()
        expect(report.get_by_text(WORDS).first).to_be_visible()

    def test_asks_for_a_factor_that_was_entered_lately(
        self, at: At, chart: str, records: Database
    ) -> None:
        page = at("chow", chart)
        with records.transaction() as db:
            db.connection().execute(update(SignIn).values(confirmed_at=None))
        page.reload()
        page.get_by_text("It is an emergency").click()
        expect(page.get_by_role("link", name="Confirm that it is you")).to_be_visible()
        expect(page.get_by_role("button", name="Use emergency access")).to_have_count(0)


class TestAccessLog:
    def test_a_question_reaches_the_privacy_officer_and_not_the_desk(self, at: At) -> None:
        page = at("marta", "/access-log")
        page.get_by_role("button", name="Ask about this").first.click()
        page.get_by_label("Your question").fill("Why was this?")
        page.get_by_role("button", name="Send the question").click()
        expect(page.get_by_text("Your question is sent")).to_be_visible()
        inbox = at("otto", "/staff/messages")
        expect(inbox.get_by_text("Who has looked at my record?").first).to_be_visible()
        desk = at("kim", "/staff/messages")
        expect(desk.get_by_role("heading", level=1)).to_be_visible()
        expect(desk.get_by_text("Who has looked at my record?")).to_have_count(0)

    def test_finds_by_name(self, at: At) -> None:
        page = at("marta", "/access-log")
        page.get_by_text("Look for a person or a time").click()
        page.get_by_label("Name").fill("nobody of this name")
        page.get_by_role("button", name="Show", exact=True).click()
        expect(page.get_by_text("Nobody fits what you looked for")).to_be_visible()

    def test_prints_the_lines_and_no_buttons(self, at: At) -> None:
        page = at("marta", "/access-log")
        page.emulate_media(media="print")
        expect(page.locator(".access-log li").first).to_be_visible()
        expect(page.get_by_role("button", name="Ask about this").first).to_be_hidden()
        expect(page.locator(".print-head")).to_be_visible()


class TestFile:
    def test_the_report_is_saved_as_a_table(self, at: At) -> None:
        page = at("otto", "/admin/access")
        with page.expect_download() as told:
            page.get_by_role("button", name="Save as a table").click()
        assert told.value.suggested_filename == "who-looked-at-what.csv"
        with open(told.value.path(), encoding="utf-8-sig") as file:  # noqa: PTH123
            assert file.readline().startswith('"number","time (UTC)"')
