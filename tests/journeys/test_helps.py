"""Helps in the browser: lent, accepted with the code, decided at the desk; nothing is lost."""

import os
import re
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update
from sqlmodel import col, select

from portal.database import Database
from portal.models.audit import OutboxNotice
from portal.models.people import Patient, RelatedPerson, SignIn
from portal.services import notices
from tests.support import axe, running
from tests.support.signed_in import shown, signed_in

NARROW = {"width": 320, "height": 900}
READY = '#ready[data-ready="true"]'


def looked_at(page: Page, name: str) -> None:
    """Checks a page at 320 px and wide; keeps pictures where PORTAL_TEST_SHOTS names a folder."""
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0, (name, width, over)
        if folder := os.environ.get("PORTAL_TEST_SHOTS"):
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
    assert axe.faults(page) == []


def tab_to(page: Page, words: str, most: int = 80) -> None:
    """Goes with the Tab key alone to what bears these words; fails where it is never reached."""
    seen: list[str] = []
    for _step in range(most):
        page.keyboard.press("Tab")
        said = page.evaluate(
            "(e => e.labels && e.labels.length ? e.labels[0].innerText : e.textContent)"
            "(document.activeElement)"
        )
        seen.append(said[:60])
        if said.strip().startswith(words):
            return
    raise AssertionError((words, seen))


def confirmed(records: Database, at: datetime | None) -> None:
    with records.transaction() as db:
        db.connection().execute(update(SignIn).values(confirmed_at=at))


def test_confirming_while_one_lends_loses_nothing_and_the_helper_accepts_by_keyboard(
    browser: Browser, server: running.Server, records: Database
) -> None:
    """MFA-11, AUTHZ-10: ten minutes over a form are long; the code and the link belong together."""
    context = signed_in(browser, server, "marta", viewport=NARROW)
    confirmed(records, datetime.now(UTC))
    page = shown(context, "/family")
    page.get_by_text("Choose somebody and what they may see").click()
    page.locator("#name").fill("Rita Reis")
    page.locator("#email").fill("rita.reis@example.org")
    page.locator("#relationship").fill("my cousin")
    page.locator("#results-new").select_option("act")
    page.locator("#messages-new").select_option("")
    confirmed(records, None)
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    # Back without it: nothing was changed, and nothing is lost either.
    back = page.get_by_role("link", name="Go back, change nothing")
    expect(back).to_have_attribute("href", "/family")
    back.click()
    expect(page.locator("#name")).to_have_value("Rita Reis")
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    confirmed(records, datetime.now(UTC))
    page.goto("/family")
    for field, value in {
        "name": "Rita Reis",
        "email": "rita.reis@example.org",
        "relationship": "my cousin",
        "results-new": "act",
        "messages-new": "",
    }.items():
        expect(page.locator(f"#{field}")).to_have_value(value)
    page.get_by_role("button", name="Send the invitation").click()
    code = page.locator("strong.big, .big strong").first
    expect(code).to_have_text(re.compile(r"\d{4} \d{4}"))
    typed = code.inner_text()
    context.close()
    accepts(browser, server, records, typed)


def accepts(browser: Browser, server: running.Server, records: Database, code: str) -> None:
    with records.reading() as db:
        query = select(OutboxNotice).where(col(OutboxNotice.kind) == "help.invitation")
        newest = max(db.exec(query), key=lambda one: one.created_at)
        place = notices.given_of(db, newest)["link"].partition("/helping/")[2]
    context = browser.new_context(base_url=server.url, viewport=NARROW)  # pyright: ignore[reportArgumentType]
    page = context.new_page()
    page.goto(f"/helping/{place}")
    expect(page.get_by_role("heading", name="I am new here")).to_be_visible()
    looked_at(page, "helping")
    tab_to(page, "Code of eight digits")
    page.keyboard.type("1234 5678" if code != "1234 5678" else "1234 5679")
    page.keyboard.press("Enter")
    expect(page.get_by_text("That code does not go with this link")).to_be_visible()
    looked_at(page, "helping-wrong")
    tab_to(page, "Code of eight digits")
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    expect(page).not_to_have_url(re.compile("/helping/"))
    looked_at(page, "helping-account")
    with records.reading() as db:
        help_ = db.exec(select(RelatedPerson).where(RelatedPerson.name == "Rita Reis")).one()
    assert (help_.status, help_.scopes) != ("applied", "")
    assert "results:act" in help_.scopes
    context.close()


def test_the_desk_decides_on_a_help_with_four_eyes_by_keyboard(
    browser: Browser, server: running.Server, records: Database
) -> None:
    """AUTHZ-09: the staff's page of one patient's helpers, alone with keys at 320 px."""
    with records.reading() as db:
        tess = db.exec(select(Patient).where(col(Patient.name).startswith("Tess"))).one().id
    context = signed_in(browser, server, "kim", viewport=NARROW)
    page = shown(context, f"/staff/helps/{tess}")
    expect(page.get_by_text("Luc Moreau").first).to_be_visible()
    looked_at(page, "staff-helps")
    tab_to(page, "Identity checked")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert axe.faults(page) == []
    tab_to(page, "Identity checked")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Identity checked. Send them the link").first).to_be_visible()
    expect(page.get_by_text("You took this down, checked or proposed it yourself")).to_be_visible()
    looked_at(page, "staff-helps-four-eyes")
    # A standing help by law: less holds at once, and confirming keeps what was chosen.
    confirmed(records, None)
    tab_to(page, "Change: Claire Moreau")
    page.keyboard.press("Enter")
    box = page.get_by_role("dialog")
    expect(box).to_be_visible()
    looked_at(page, "staff-helps-change")
    box.get_by_label("Test results").select_option("")
    tab_to(page, "Change")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    confirmed(records, datetime.now(UTC))
    page.goto(f"/staff/helps/{tess}")
    box = page.get_by_role("dialog")
    expect(box.get_by_label("Test results")).to_have_value("")
    box.get_by_role("button", name="Change").click()
    expect(page.get_by_text("Changed. It holds from this moment on").first).to_be_visible()
    context.close()
