"""The administrators' pages in the browser: invite, change, end, decide, and see the mail."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlmodel import col, select

from portal.database import Database
from portal.models.people import User
from tests.support.axe import faults
from tests.support.patience import until
from tests.support.running import Server
from tests.support.signed_in import shown, signed_in


@pytest.fixture
def ada(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    context = signed_in(browser, server, "ada", bypass_csp=True)
    yield context
    context.close()


def person(context: BrowserContext, name: str) -> Page:
    page = shown(context, "/admin/people")
    page.get_by_label("Find by name or sign-in name").fill(name)
    page.keyboard.press("Enter")
    page.get_by_role("link", name=re.compile(name)).click()
    expect(page.get_by_role("heading", name=re.compile(name))).to_be_visible()
    return page


def _role(records: Database, name: str) -> str:
    with records.reading() as db:
        return db.exec(select(User.role).where(col(User.sign_in_name) == name)).one()


class TestPeople:
    def test_another_role_shows_the_door_within_two_seconds(
        self, browser: Browser, server: Server, ada: BrowserContext, records: Database
    ) -> None:
        """SES-06, SES-07."""
        kim = signed_in(browser, server, "kim")
        desk = shown(kim, "/staff")
        page = person(ada, "Kim Doyle")
        page.get_by_label("New role").select_option("billing")
        page.get_by_role("button", name="Change the role").click()
        desk.wait_for_url(re.compile(r"/#ended$"))
        expect(page.get_by_text("The role is changed")).to_be_visible()
        page.get_by_label("New role").select_option("front_desk")
        page.get_by_role("button", name="Change the role").click()
        # The words of the first change may still stand there.
        until(page, lambda: _role(records, "kim") == "front_desk")
        kim.close()

    def test_ones_own_account_is_not_for_oneself(self, ada: BrowserContext) -> None:
        page = person(ada, "Ada Lindenblatt")
        expect(page.get_by_text("This is your own account")).to_be_visible()
        expect(page.get_by_role("button", name="Disable")).to_have_count(0)


class TestInviting:
    def test_by_keyboard_alone_ends_in_the_outbox_as_it_would_look(
        self, ada: BrowserContext
    ) -> None:
        """The demo shows each mail with its link: a visitor sees what would have gone out."""
        page = shown(ada, "/admin/people")
        page.locator("#name").focus()
        for typed in ("Eve Ember", "eve@juniper.example"):
            page.keyboard.type(typed)
            page.keyboard.press("Tab")
        page.keyboard.type("Nurse")
        page.keyboard.press("Tab")
        page.keyboard.type("eve@juniper.example")
        page.keyboard.press("Enter")
        expect(page.locator("#invited")).to_be_focused()
        expect(page.locator("#invited")).to_contain_text("eve@juniper.example")
        page.get_by_role("link", name="Outbox").click()
        notice = page.locator("#notices [data-stop]").first
        expect(notice).to_contain_text("Your account at")
        expect(page.locator("#notices").get_by_text("Would have gone out")).to_be_visible()
        notice.focus()
        page.keyboard.press("Enter")
        expect(page.locator("#as-it-looks")).to_contain_text("/activate/")
        assert not faults(page)


class TestPolicies:
    def test_below_the_standards_are_said_to_be_so(self, ada: BrowserContext) -> None:
        """MFA-01."""
        page = shown(ada, "/admin/policies")
        rule = page.locator("#patients_need_factor")
        rule.get_by_text("No", exact=True).click()
        rule.get_by_role("button", name="Save").click()
        expect(rule.get_by_text("NIST AAL2: a stolen password opens")).to_be_visible()
        expect(rule.get_by_text("by Ada Lindenblatt")).to_be_visible()
        overview = shown(ada, "/admin")
        expect(overview.get_by_text("below OWASP ASVS level 2 and NIST AAL2")).to_be_visible()
        rule.get_by_text("Yes", exact=True).click()
        rule.get_by_role("button", name="Save").click()
        expect(rule.get_by_text("Changed on")).to_have_count(0)
        expect(overview.get_by_text("below OWASP ASVS level 2 and NIST AAL2")).to_have_count(0)

    def test_out_of_range_are_told_what_they_take(self, ada: BrowserContext) -> None:
        page = shown(ada, "/admin/policies")
        rule = page.locator("#trusted_days")
        rule.get_by_role("textbox").fill("400")
        rule.get_by_role("button", name="Save").click()
        expect(rule.get_by_text("Write a whole number from 0 to 90.")).to_be_visible()
        rule.get_by_role("textbox").fill("29")
        rule.get_by_role("button", name="Save").click()
        expect(rule.get_by_text("Saved")).to_be_visible()
