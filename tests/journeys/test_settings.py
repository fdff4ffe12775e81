"""The settings as people use them: other devices, second steps, password, e-mail, being away."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select, update
from sqlmodel import col

from portal.database import Database
from portal.models.audit import OutboxNotice
from portal.models.messages import Draft
from portal.models.people import SignIn, User
from portal.security import passwords
from portal.services import notices
from portal.services.demo.cast import PASSWORD
from tests.support.axe import faults
from tests.support.patience import until
from tests.support.running import Server
from tests.support.signed_in import shown, signed_in

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Mobile Safari/604.1"
NARROW = {"width": 320, "height": 700}
NEW_PASSWORD = "walnut ferry umbrella quartz"


def person(base: Database, name: str) -> User:
    with base.reading() as db:
        return db.scalars(select(User).where(col(User.sign_in_name) == name)).one()


def newest(base: Database, name: str) -> SignIn:
    """Returns somebody's newest sign-in."""
    with base.reading() as db:
        query = select(SignIn).where(col(SignIn.user_id) == person(base, name).id)
        return db.scalars(query.order_by(col(SignIn.created_at).desc())).first()  # type: ignore[return-value]


def away(base: Database, sign_in: str, *, minutes: float) -> None:
    """Moves the clock for one sign-in: it was last used so long ago."""
    used = datetime.now(UTC) - timedelta(minutes=minutes)
    with base.transaction() as db:
        db.connection().execute(
            update(SignIn).where(col(SignIn.id) == sign_in).values(used_at=used)
        )


def looks_back(page: Page) -> None:
    """Lets the page look at the clock, as it does when its tab is seen again."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def code_sent(base: Database, to: str) -> str:
    """Returns the code of the newest notice to an address."""
    with base.reading() as db:
        query = select(OutboxNotice).where(
            col(OutboxNotice.kind) == "address.code", col(OutboxNotice.address) == to
        )
        notice = db.scalars(query.order_by(col(OutboxNotice.created_at).desc())).first()
        assert notice
        return notices.given_of(db, notice)["code"]


class TestDevices:
    def test_one_is_ended_from_another_within_two_seconds(
        self, browser: Browser, server: Server, records: Database
    ) -> None:
        """SES-06, SES-08: its page is shown the door, its socket closes; both pages are live."""
        here = signed_in(browser, server, "marta")
        page = shown(here, "/settings/devices")
        expect(page.get_by_text("Your account is open nowhere else.")).to_be_visible()
        there = signed_in(browser, server, "marta", user_agent=IPHONE)
        lost = newest(records, "marta").id
        with records.transaction() as db:
            db.get_one(SignIn, lost).device = IPHONE
        other = shown(there, "/home")
        page.reload()
        row = page.locator("#others li").filter(has_text="Safari on an iPhone")
        expect(row).to_be_visible()
        button = row.get_by_role("button", name=re.compile("Sign out there"))
        button.click()
        other.wait_for_url("**/#ended")
        expect(page.get_by_text("That device is signed out.")).to_be_visible()
        expect(page.locator("#ended li").filter(has_text="Safari on an iPhone")).to_be_visible()
        assert newest(records, "marta").end_reason == "ended by you"
        here.close()
        there.close()

    def test_that_comes_is_seen_without_asking(self, browser: Browser, server: Server) -> None:
        """A sign-in that somebody else begins appears on the open page by itself."""
        here = signed_in(browser, server, "noor")
        page = shown(here, "/settings/devices")
        there = signed_in(browser, server, "noor")
        expect(page.locator("#others li")).to_have_count(1)
        there.close()
        here.close()

    def test_all_others_end_by_keyboard_alone(self, browser: Browser, server: Server) -> None:
        here = signed_in(browser, server, "tomas")
        there = signed_in(browser, server, "tomas")
        other = shown(there, "/home")
        page = shown(here, "/settings/devices")
        page.locator("h1").focus()
        for _press in range(12):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.textContent").startswith("Sign out all"):
                break
        page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog", name="Sign out all other devices?")
        expect(dialog).to_be_visible()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Enter")
        other.wait_for_url("**/#ended")
        expect(page.get_by_text("Your account is open nowhere else.")).to_be_visible()
        here.close()
        there.close()


class TestFirst:
    def test_comes_the_proof_that_it_is_really_them(
        self, browser: Browser, server: Server, records: Database
    ) -> None:
        """MFA-11: before any form is there to be filled in."""
        context = signed_in(browser, server, "marta")
        with records.transaction() as db:
            db.get_one(SignIn, newest(records, "marta").id).confirmed_at = None
        for path in ("password", "contact", "factors"):
            page = shown(context, f"/settings/{path}")
            way = page.get_by_role("link", name="Confirm that it is you")
            expect(way).to_have_attribute("href", f"/confirm?then=/settings/{path}")
            expect(page.locator("main form:not([method])")).to_have_count(0)
            page.close()
        context.close()


class TestPassword:
    def test_is_changed_and_every_other_device_ends(
        self, browser: Browser, server: Server, records: Database
    ) -> None:
        here, there = (signed_in(browser, server, "mina") for _ in range(2))
        other, page = shown(there, "/home"), shown(here, "/settings/password")

        def fill(now: str, new: str, again: str) -> None:
            page.get_by_label("Your password as it is now").fill(now)
            page.get_by_label("New password").fill(new)
            page.get_by_label("The new one once more").fill(again)
            page.get_by_role("button", name="Change the password").click()

        fill(PASSWORD, NEW_PASSWORD, "something else entirely")
        expect(page.get_by_text("The two are not the same")).to_be_visible()
        fill(PASSWORD, "too short", "too short")
        expect(page.get_by_text("Use at least 15 characters")).to_have_count(1)
        fill("not the old one", NEW_PASSWORD, NEW_PASSWORD)
        expect(page.get_by_text("That is not your password as it is now")).to_be_visible()
        fill(PASSWORD, NEW_PASSWORD, NEW_PASSWORD)
        expect(page.get_by_text("Your password is changed.")).to_be_visible()
        other.wait_for_url("**/#ended")
        assert passwords.matches(NEW_PASSWORD, person(records, "mina").password_hash)
        for field in ("current", "password", "again"):
            expect(page.locator(f"#{field}")).to_have_value("")
        here.close()
        there.close()


class TestContact:
    def test_an_address_counts_once_its_code_came_back(
        self, browser: Browser, server: Server, records: Database
    ) -> None:
        """AUTHN-11."""
        context = signed_in(browser, server, "tomas", viewport=NARROW)
        page = shown(context, "/settings/contact")
        part = page.locator("#email-part")
        part.get_by_label("address").fill("no address")
        part.get_by_role("button", name="Send a code").click()
        expect(part.get_by_text("does not look like an e-mail address")).to_be_visible()
        part.get_by_label("address").fill("lamp@example.org")
        part.get_by_role("button", name="Send a code").click()
        expect(part.get_by_text("We have sent a code to")).to_be_visible()
        assert person(records, "tomas").email != "lamp@example.org"
        assert not faults(page)
        code = code_sent(records, "lamp@example.org")
        part.get_by_label("Code of six digits").fill(f"{(int(code) + 1) % 10**6:06d}")
        part.get_by_role("button", name="Confirm").click()
        expect(part.get_by_text("That is not the code that we sent")).to_be_visible()
        part.get_by_role("button", name="Send a new code").click()
        expect(page.get_by_text("We have sent a new code.")).to_be_visible()
        code = code_sent(records, "lamp@example.org")
        part.get_by_label("Code of six digits").fill(code)
        part.get_by_role("button", name="Confirm").click()
        expect(page.get_by_text("Your e-mail address is changed.")).to_be_visible()
        expect(part.get_by_text("lamp@example.org")).to_be_visible()
        expect(part.get_by_text(re.compile("Confirmed on"))).to_be_visible()
        assert person(records, "tomas").email == "lamp@example.org"
        context.close()

    def test_a_phone_is_kept_and_said_to_be_unproven(
        self, browser: Browser, server: Server, records: Database
    ) -> None:
        context = signed_in(browser, server, "tomas")
        page = shown(context, "/settings/contact")
        part = page.locator("#phone-part")
        expect(part.get_by_text("cannot send text messages")).to_be_visible()
        part.get_by_label("New phone number").fill("(406) 555-0123")
        part.get_by_role("button", name="Save").click()
        expect(part.get_by_text("(406) 555-0123")).to_be_visible()
        expect(part.get_by_text("Not confirmed yet")).to_be_visible()
        assert person(records, "tomas").phone == "+14065550123"
        context.close()


class TestFactors:
    def test_an_app_is_added_named_and_removed_and_codes_are_shown_once(
        self, browser: Browser, server: Server
    ) -> None:
        context = signed_in(browser, server, "noor")
        page = shown(context, "/settings/factors")
        before = page.locator("#steps li").count()
        page.get_by_role("button", name="Authenticator app").click()
        words = page.locator("#app-words").inner_text()
        assert not faults(page)
        page.get_by_label("The 6 digits that the app shows now").fill(_shown_by_app(words))
        page.get_by_role("button", name="Confirm", exact=True).click()
        expect(page.get_by_text("Your authenticator app is added.")).to_be_visible()
        expect(page.locator("#steps li")).to_have_count(before + 1)
        expect(page.get_by_role("button", name="Sign out all other devices")).to_be_visible()
        page.get_by_role("button", name="Make ten new codes").click()
        page.get_by_role("button", name="Make them").click()
        expect(page.locator(".codes li")).to_have_count(10)
        assert not faults(page)
        page.get_by_role("button", name="I have them").click()
        expect(page.get_by_text("10 of 10 left")).to_be_visible()
        expect(page.locator(".codes li")).to_have_count(0)
        page.locator("#steps li").last.get_by_role("button", name=re.compile("Rename")).click()
        page.get_by_role("dialog").get_by_label(re.compile("Name")).fill("my old phone")
        page.get_by_role("dialog").get_by_role("button", name="Save").click()
        row = page.locator("#steps li").filter(has_text="my old phone")
        expect(row).to_be_visible()
        row.get_by_role("button", name=re.compile("Remove")).click()
        page.get_by_role("button", name="Remove it").click()
        expect(row).to_have_count(0)
        context.close()


def _shown_by_app(words: str) -> str:
    """Returns what an authenticator app shows now for a seed that was typed into it."""
    from pyotp.totp import TOTP

    return TOTP(words.replace(" ", "")).now()


class TestBeingAway:
    @pytest.mark.parametrize(("shared", "minutes"), [(False, 13.5), (True, 4)])
    def test_warns_goes_on_by_one_key_and_loses_no_draft(
        self,
        browser: Browser,
        server: Server,
        records: Database,
        shared: bool,  # noqa: FBT001
        minutes: float,
    ) -> None:
        """SES-04: with a moved clock; at a shared computer after five minutes instead."""
        context = signed_in(browser, server, "marta")
        mine = newest(records, "marta").id
        with records.transaction() as db:
            db.get_one(SignIn, mine).is_shared = shared
        page = shown(context, "/messages/new")
        words = f"My knee is sore again, for {minutes} minutes."
        page.get_by_label("Your message").fill(words)
        # Saved later, it would set the clock on.
        until(page, lambda: _is_kept(records, words))
        away(records, mine, minutes=minutes)
        looks_back(page)
        warning = page.get_by_role("dialog", name="Are you still there?")
        expect(warning).to_be_visible()
        page.keyboard.press("Enter")
        expect(warning).to_be_hidden()
        assert datetime.now(UTC) - newest(records, "marta").used_at < timedelta(minutes=1)
        expect(page.get_by_label("Your message")).to_have_value(words)
        away(records, mine, minutes=minutes + 2)
        looks_back(page)
        page.wait_for_url(re.compile(r"/#(signed-out|ended)"))
        context.close()
        later = signed_in(browser, server, "marta")
        kept = shown(later, "/messages/new").get_by_label("Your message")
        expect(kept).to_have_value(words)
        assert _kept_here(later) == []
        later.close()


def _is_kept(base: Database, words: str) -> bool:
    with base.reading() as db:
        return words in set(db.scalars(select(col(Draft.body))))


def _kept_here(context: BrowserContext) -> list[str]:
    """Returns what this browser's own storage holds of what somebody wrote: nothing, ever."""
    page = context.pages[-1]
    kept: list[str] = page.evaluate(
        "[...Object.values(localStorage), ...Object.values(sessionStorage)]"
    )
    return [one for one in kept if "knee" in one]
