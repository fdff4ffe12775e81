"""The waiting list in browsers: one joins, is offered a time and takes it; the desk sees it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select, update
from sqlmodel import col

from portal.database import Database
from portal.models.people import Patient
from portal.models.waitlist import WaitlistEntry, WaitlistOffer
from portal.security.actor import system
from portal.services import waitlist
from tests.support.axe import faults
from tests.support.running import Server
from tests.support.signed_in import shown, signed_in

SMALL = {"width": 320, "height": 640}
Enter = Callable[..., Page]


@pytest.fixture
def enter(browser: Browser, server: Server) -> Iterator[Enter]:
    """Returns what signs somebody in, in a browser of their own, and opens a page."""
    with ExitStack() as opened:

        def open_at(name: str, path: str, **more: Any) -> Page:
            context = signed_in(browser, server, name, bypass_csp=True, **more)
            opened.callback(context.close)
            return shown(context, path)

        yield open_at


def sideways(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


def test_one_joins_is_offered_a_time_and_takes_it_and_the_desk_sees_it(
    enter: Enter, records: Database
) -> None:
    desk = enter("kim", "/staff/waitlist")
    expect(desk.locator("#waiting")).to_contain_text("Walter")
    expect(desk.locator("#offered")).to_contain_text("Priscilla")

    page = enter("marta", "/appointments", viewport=SMALL)
    page.locator(".row a", has_text="Blood pressure review").or_(
        page.locator(".row.day a").first
    ).first.click()
    expect(page.locator(".next")).to_be_visible()
    before = page.locator(".next .when").inner_text()
    page.get_by_role("link", name="Tell me if something earlier comes free").click()
    expect(page.locator("#wishes")).to_contain_text(f"Earlier than {before}")
    assert sideways(page) <= 0
    assert not faults(page)
    page.get_by_label("You need to know").select_option("4 hours before")
    page.get_by_role("button", name="Join the waiting list").click()
    expect(page.get_by_text("You are on the waiting list.")).to_be_visible()
    expect(page.locator("#waiting")).to_contain_text("4 hours before")

    with records.transaction() as db:
        waitlist.offer(db, system("waitlist"), now=datetime.now(UTC))
    expect(desk.locator("#offered")).to_contain_text("Marta Silva")
    offered = page.locator("#offers")
    expect(offered.get_by_role("button", name="Take this time")).to_be_visible()
    chosen = offered.locator(".when").inner_text()
    assert sideways(page) <= 0
    assert not faults(page)
    offered.get_by_role("button", name="Take this time").click()
    expect(page.get_by_text("Your visit is moved, from")).to_be_visible()
    expect(page.locator(".next .when")).to_have_text(chosen)
    expect(desk.locator("#filled")).to_contain_text("Marta Silva")
    expect(desk.locator("#offered")).not_to_contain_text("Marta Silva")


def test_who_comes_too_late_is_told_what_comes_next(enter: Enter, records: Database) -> None:
    page = enter("mark", "/home")
    take = page.get_by_role("button", name="Take this time")
    expect(take).to_be_visible()
    with records.transaction() as db:
        theirs = select(col(WaitlistOffer.id)).join(
            Patient, col(Patient.id) == col(WaitlistOffer.patient_id)
        )
        mine = theirs.where(col(Patient.given) == "Priscilla")
        over = update(WaitlistOffer).where(col(WaitlistOffer.id).in_(mine))
        db.connection().execute(over.values(state="expired"))
        waits = update(WaitlistEntry).where(col(WaitlistEntry.status) == "offered")
        db.connection().execute(waits.values(status="waiting"))
    take.click()
    expect(page.get_by_text("You stay on the waiting list")).to_be_visible()
    expect(take).to_have_count(0)


def test_the_desk_adds_somebody_without_their_chart(enter: Enter) -> None:
    desk = enter("kim", "/staff/waitlist", viewport={"width": 1280, "height": 900})
    desk.get_by_label("Whom to add").press_sequentially("ingr")
    desk.locator("#add").get_by_role("link", name="Ingrid").first.click()
    expect(desk.locator("#add h2")).to_contain_text("Ingrid")
    desk.get_by_label("Kind of visit").select_option("Follow-up")
    desk.locator("#add-with").get_by_text("Dr Dana Okafor").click()
    desk.locator("#add-with").get_by_text("Dr Amara Osei").click()
    desk.get_by_label("How soon", exact=True).select_option("Sooner")
    assert not faults(desk)
    desk.get_by_role("button", name="Put on the list").click()
    waits = desk.locator("#waiting li", has_text="Ingrid")
    expect(waits).to_contain_text("With Dr Amara Osei or Dr Dana Okafor")
    expect(desk.get_by_label("Whom to add")).to_be_visible()
    assert sideways(desk) <= 0
