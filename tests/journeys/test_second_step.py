"""The second step in a browser: a passkey, an app, recovery codes, a shared computer."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlmodel import col, select

from portal.database import Database
from portal.models.agreements import PolicyValue
from portal.models.factors import Factor
from portal.models.people import User
from portal.security import totp
from portal.services import demo
from tests.support import running
from tests.support.axe import faults
from tests.support.signed_in import READY

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(autouse=True)
def _no_mailed_codes(records: Database) -> Iterator[None]:
    """The clinic e-mails no codes here, so that people set something better up."""
    _allow_mailed(records, "no")
    yield
    _allow_mailed(records, "yes")


def _allow_mailed(records: Database, value: str) -> None:
    with records.transaction() as db:
        db.merge(PolicyValue(key="emailed_codes", value=value, changed_at=datetime.now(UTC)))


def opened(browser: Browser, server: running.Server, **more: Any) -> BrowserContext:
    return browser.new_context(base_url=server.url, bypass_csp=True, **more)


def enter(page: Page, name: str, *, shared: bool = False) -> None:
    """Types name and password at the front door."""
    page.goto("/")
    page.get_by_label("E-mail address or sign-in name").fill(name)
    page.get_by_label("Password", exact=True).fill(demo.PASSWORD)
    if shared:
        page.get_by_label("Others use this computer too").check()
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/second-step")
    page.wait_for_selector(READY, state="attached")


def leave(page: Page) -> None:
    """Signs out, from no page: an open one would be shown the door at the same moment."""
    home = "/".join(page.url.split("/")[:3])
    page.goto("about:blank")
    page.request.post(f"{home}/auth/sign-out", headers={"Origin": home})
    page.context.clear_cookies()


def with_device(context: BrowserContext, page: Page) -> None:
    """Gives the browser a device of its own that makes and keeps passkeys."""
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})


WITHIN = """(path) => {
  history.pushState({}, "", path);
  dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
}"""


def test_a_passkey_is_set_up_and_then_opens_the_door_alone(
    browser: Browser, server: running.Server
) -> None:
    """MFA-08: made in the middle of signing in; afterwards neither name nor password is typed."""
    context = opened(browser, server)
    page = context.new_page()
    with_device(context, page)
    enter(page, "noor")
    expect(page.get_by_role("heading", name="Set up your second step")).to_be_visible()
    page.get_by_role("button", name="Passkey on this device").click()
    expect(page.get_by_text("Your second step is set up")).to_be_visible()
    page.get_by_role("button", name="Show my ten codes").click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("button", name="I have them, go on").click()
    page.wait_for_url("**/home")
    leave(page)
    page.goto("/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/home")
    expect(page.get_by_text("Noor").first).to_be_visible()
    # As a link within the portal goes there: no page is loaded anew.
    page.get_by_role("link", name="Messages").first.click()
    page.wait_for_url("**/messages")
    page.evaluate(WITHIN, "/confirm?then=/messages")
    page.get_by_role("button", name="Use your passkey").click()
    page.wait_for_url("**/messages")
    leave(page)
    enter(page, "noor")
    page.get_by_role("button", name="Use your passkey").click()
    page.wait_for_url("**/home")
    context.close()


def test_an_app_is_set_up_by_keyboard_and_its_recovery_codes_let_in(
    browser: Browser, server: running.Server, records: Database
) -> None:
    """MFA-02, MFA-06."""
    context = opened(browser, server, viewport={"width": 320, "height": 800})
    page = context.new_page()
    enter(page, "mina")
    assert faults(page) == []
    _press(page, "Authenticator app")
    expect(page.get_by_role("img", name="QR code for your authenticator app")).to_be_visible()
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    words = page.locator("#app-words").inner_text().replace(" ", "")
    seed = base64.b32decode(words)
    field = page.get_by_label("The 6 digits that the app shows now")
    field.focus()
    page.keyboard.type("000000")
    page.keyboard.press("Enter")
    expect(page.get_by_text("That is not the code that your app shows now")).to_be_visible()
    field.fill(totp.code_at(seed, totp.step_at(datetime.now(UTC))))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your second step is set up")).to_be_visible()
    _press(page, "Show my ten codes")
    expect(page.locator(".codes li")).to_have_count(10)
    codes = page.locator(".codes code").all_inner_texts()
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    _press(page, "I have them, go on")
    page.wait_for_url("**/home")
    assert _is_confirmed(records, "mina")
    leave(page)
    enter(page, "mina")
    page.get_by_label("Code", exact=True).fill(codes[2].lower().replace("-", " "))
    page.keyboard.press("Enter")
    page.wait_for_url("**/home")
    leave(page)
    enter(page, "mina")
    page.get_by_label("Code", exact=True).fill(codes[2])
    page.keyboard.press("Enter")
    page.wait_for_url("**/second-step#wrong")
    expect(page.get_by_text("That did not fit")).to_be_visible()
    context.close()


def test_a_shared_computer_is_not_remembered(browser: Browser, server: running.Server) -> None:
    context = opened(browser, server)
    page = context.new_page()
    enter(page, "marta", shared=True)
    kept = {one.get("name"): one.get("expires") for one in context.cookies()}
    assert kept == {"portal": -1}
    context.close()


def _press(page: Page, name: str) -> None:
    """Uses a button by keyboard."""
    page.get_by_role("button", name=name, exact=True).focus()
    page.keyboard.press("Enter")


def _is_confirmed(records: Database, name: str) -> bool:
    with records.reading() as db:
        query = select(Factor).join(User, col(User.id) == col(Factor.user_id))
        found = db.exec(query.where(col(User.sign_in_name) == name)).one()
        return found.confirmed_at is not None
