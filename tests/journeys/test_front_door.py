"""The front door in a browser: in by keyboard, without scripts, by two taps, by a one-time link."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlmodel import col, select

from portal.database import Database, read_key
from portal.models.people import User
from portal.security import factors, totp
from portal.services import demo
from tests.support import running

READY = '#ready[data-ready="true"]'


@pytest.fixture
def page(browser: Browser, server: running.Server) -> Iterator[Page]:
    context = browser.new_context(base_url=server.url)
    yield context.new_page()
    context.close()


def shown_by_app(server: running.Server, name: str) -> str:
    """Returns what somebody's authenticator app shows, read from the clinic's own database."""
    folder = Path(server.data_dir)
    base = Database(folder, read_key(folder.with_name(folder.name + ".key")))
    try:
        with base.reading() as db:
            user = db.exec(select(User).where(col(User.sign_in_name) == name)).one()
            seed = factors.seed_of(db, factors.of(db, user.id, "totp")[0])
            return totp.code_at(seed, totp.step_at(datetime.now(UTC)))
    finally:
        base.close()


def cookies(page: Page) -> list[str]:
    return [cookie.get("name", "") for cookie in page.context.cookies()]


class TestSignIn:
    def test_works_by_keyboard_alone(self, page: Page) -> None:
        page.goto("/")
        page.wait_for_selector(READY, state="attached")
        page.get_by_label("E-mail address or sign-in name").focus()
        page.keyboard.type("marta")
        page.keyboard.press("Tab")  # the way back in
        page.keyboard.press("Tab")
        page.keyboard.type(demo.PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/second-step")
        assert cookies(page) == ["portal"]
        code = page.locator("#demo-code").inner_text()
        page.get_by_label("Code", exact=True).focus()
        page.keyboard.type(code)
        page.keyboard.press("Enter")
        page.wait_for_url("**/home")
        assert cookies(page) == ["portal"]

    def test_works_before_any_script_has_run(
        self, browser: Browser, server: running.Server
    ) -> None:
        context = browser.new_context(base_url=server.url, java_script_enabled=False)
        page = context.new_page()
        page.goto("/")
        page.get_by_label("E-mail address or sign-in name").fill("kim")
        page.get_by_label("Password", exact=True).fill(demo.PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/second-step")
        page.get_by_label("Code", exact=True).fill(shown_by_app(server, "kim"))
        page.get_by_role("button", name="Go on", exact=True).click()
        page.wait_for_url("**/staff")
        assert cookies(page) == ["portal"]
        context.close()

    def test_takes_two_taps_in_a_demo(self, page: Page) -> None:
        page.goto("/")
        page.locator("#demo").get_by_role("button", name="Dr Dana Okafor").first.click()
        page.get_by_role("button", name="Use this code").click()
        page.wait_for_url("**/staff")

    def test_says_what_was_wrong_and_lets_try_again(self, page: Page) -> None:
        page.goto("/")
        page.get_by_label("E-mail address or sign-in name").fill("marta")
        page.get_by_label("Password", exact=True).fill("not the password at all")
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/#wrong")
        expect(page.locator("#wrong")).to_be_visible()
        expect(page.locator("#wait")).to_be_hidden()
        assert cookies(page) == []

    def test_shows_the_password_on_request(self, page: Page) -> None:
        page.goto("/")
        box = page.get_by_label("Password", exact=True)
        box.fill("juniper")
        page.get_by_role("button", name="Show the password").click()
        expect(box).to_have_attribute("type", "text")


class TestCard:
    def test_tells_name_phone_and_hours(self, page: Page) -> None:
        page.goto("/")
        card = page.get_by_role("region", name="Juniper Street Clinic")
        expect(card).to_contain_text("(406) 555-0148")
        expect(card).to_contain_text("Monday to Thursday")
        expect(card).to_contain_text("911")

    def test_is_there_without_scripts(self, browser: Browser, server: running.Server) -> None:
        context = browser.new_context(base_url=server.url, java_script_enabled=False)
        page = context.new_page()
        page.goto("/")
        page.get_by_role("link", name="The clinic’s phone number and hours").click()
        expect(page.get_by_role("main")).to_contain_text("(406) 555-0148")
        expect(page.get_by_role("main")).to_contain_text("8 am to 5:30 pm")
        context.close()


class TestLink:
    def test_sets_a_password_once(self, page: Page, server: running.Server) -> None:
        """AUTHN-10: of the operator's link too, the code stands apart; it asks what is due."""
        said = running.run_forked(
            "user", "link", "noor", data_dir=server.data_dir, demo="true", public_url=server.url
        )
        address = next(word for word in said.stdout.split() if "/activate/" in word)
        code = said.stdout.split()[-1]
        page.goto(address)
        page.get_by_label("Code").fill(code)
        page.get_by_label("Day").fill("1")
        page.get_by_label("Month").select_option("1")
        page.get_by_label("Year").fill("1900")
        page.get_by_role("button", name="Go on").click()
        expect(page.get_by_text("That does not go together")).to_be_visible()
        expect(page.get_by_role("main")).not_to_contain_text("Noor")

    def test_that_is_none_says_so_and_where_to_call(self, page: Page) -> None:
        page.goto("/activate/abcdefghijklmnopqrstuvwxyz")
        expect(page.get_by_text("This link does not work any more")).to_be_visible()
        expect(page.get_by_role("main")).to_contain_text("(406) 555-0148")
