"""A patient's Home stands open while the clinic works: everything comes by itself, and counts."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from time import monotonic

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlmodel import Session, col, select

from portal.database import Database
from portal.models.clinical import DiagnosticReport
from portal.models.people import User
from portal.security.actor import Actor
from portal.services import frame
from tests.support.running import Server
from tests.support.signed_in import shown, signed_in

At = Callable[[str, str], Page]
Within = Callable[[str, Locator, str], None]


@pytest.fixture
def at(browser: Browser, server: Server) -> Iterator[At]:
    """Returns what signs somebody in, in a browser of their own, and opens a page."""
    with ExitStack() as opened:

        def enter(name: str, path: str) -> Page:
            context = signed_in(browser, server, name)
            opened.callback(context.close)
            return shown(context, path)

        yield enter


@pytest.fixture
def within(record_property: Callable[[str, object], None]) -> Within:
    """Returns what waits until a place holds words, and records how long that took."""

    def wait(what: str, place: Locator, words: str) -> None:
        began = monotonic()
        expect(place).to_contain_text(words)
        record_property(f"{what} after ms", round((monotonic() - began) * 1000))

    return wait


def counted(db: Session, name: str, role: str) -> frame.Counts:
    """Returns what waits for somebody, as the database has it."""
    user = db.exec(select(User).where(col(User.sign_in_name) == name)).one()
    own, now = user.patient_id or "", datetime.now(UTC)
    who = Actor(
        user_id=user.id,
        role=role,
        own_patient_id=own,
        patient_id=own,
        practitioner_id=user.practitioner_id or "",
        name=name,
        at=now,
    )
    return frame.counts(db, who, now=now)


def number(place: Locator) -> int:
    """Returns the number on a badge; none is shown for nothing."""
    found = re.search(r"\d+", place.first.inner_text()) if place.count() else None
    return int(found.group()) if found else 0


def agree(page: Page, records: Database) -> None:
    """Checks that the counts beside the ways of a patient's page are the database's."""
    with records.reading() as db:
        truth = counted(db, "marta", "patient")
    for place, count in (("messages", truth.unread_messages), ("results", truth.unread_results)):
        badge = page.locator(f'nav a[href="/{place}"] .count').first
        if count:
            expect(badge).to_contain_text(str(count))
        else:
            expect(badge).to_have_count(0)


def hold_one(records: Database) -> tuple[str, str]:
    """Holds one of Marta’s results back for her doctor; returns its medical and its plain name."""
    with records.transaction() as db:
        marta = db.exec(select(User).where(col(User.sign_in_name) == "marta")).one()
        query = select(DiagnosticReport).where(
            col(DiagnosticReport.patient_id) == marta.patient_id,
            col(DiagnosticReport.is_history).is_(False),
        )
        report = db.exec(query.order_by(col(DiagnosticReport.sort_at).desc())).first()
        assert report
        report.released_at = None
        db.add(report)
        return report.title, report.plain


class TestTheClinicWorks:
    def test_a_released_result_stands_on_home(
        self, at: At, within: Within, records: Database
    ) -> None:
        name, plain = hold_one(records)
        home, desk = at("marta", "/home"), at("osei", "/staff")
        expect(home.locator("#new")).not_to_contain_text(plain)
        line = desk.locator("#results .item", has_text="Marta Silva").filter(has_text=name)
        line.get_by_role("button", name="Release").click()
        within("result", home.locator("#new"), plain)
        agree(home, records)

    def test_an_announcement_stands_on_home(self, at: At, within: Within) -> None:
        home, desk = at("marta", "/home"), at("ruth", "/staff")
        desk.get_by_role("button", name="Publish").first.click()
        desk.get_by_label("Title").fill("The car park is closed on Monday")
        desk.locator("dialog[open]").get_by_role("button", name="Publish").click()
        within("announcement", home.locator("main"), "The car park is closed on Monday")

    def test_an_answer_stands_on_home(self, at: At, within: Within, records: Database) -> None:
        home, desk = at("marta", "/home"), at("kim", "/staff/messages")
        desk.get_by_role("button", name=re.compile("Marta Silva")).first.click()
        expect(desk.locator("#conversation h2").first).to_be_visible()
        mine = desk.locator("#conversation textarea[name=body]")
        mine.fill("The letter lies at the desk for you.")
        desk.get_by_role("button", name="Send answer").click()
        within("answer", home.locator("#new"), "The letter lies at the desk for you.")
        agree(home, records)


class TestThePatientWrites:
    def test_the_inbox_of_the_staff_counts_it(
        self, at: At, within: Within, records: Database
    ) -> None:
        desk, page = at("tom", "/staff/messages"), at("marta", "/messages/new")
        before = number(desk.locator('.queues a[href="/staff/messages"] .count'))
        page.get_by_label("What is it about?").select_option("medicine")
        page.get_by_label("Subject").fill("Tablets on a journey")
        page.get_by_label("Your message").fill("May I carry them in my hand luggage?")
        page.get_by_role("button", name="Send message").click()
        within("message", desk.locator("#waiting"), "Tablets on a journey")
        now = desk.locator('.queues a[href="/staff/messages"] .count').first
        expect(now).to_contain_text(str(before + 1))
        with records.reading() as db:
            assert counted(db, "tom", "nurse").waiting_threads == before + 1
