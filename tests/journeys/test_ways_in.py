"""Coming without an invitation, and getting back in: in the browser, the whole way."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import update
from sqlmodel import col, select

from portal.database import Database
from portal.models.audit import OutboxNotice
from portal.models.people import Patient, SignIn, User
from portal.services import notices, patients
from tests.support import axe, running, signed_in

READY = '#ready[data-ready="true"]'
NEW = "four quiet otters juggling"


@pytest.fixture
def context(browser: Browser, server: running.Server) -> Iterator[BrowserContext]:
    made = browser.new_context(base_url=server.url, bypass_csp=True)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def given_in(base: Database, kind: str, address: str) -> dict[str, str]:
    """Returns what the newest mail of a kind to an address was filled with."""
    with base.reading() as db:
        found = db.exec(
            select(OutboxNotice)
            .where(col(OutboxNotice.kind) == kind, col(OutboxNotice.address) == address)
            .order_by(col(OutboxNotice.created_at))
        ).all()
        return notices.given_of(db, found[-1])


def add_lena(base: Database, email: str) -> str:
    """Adds a patient without an account; returns the id."""
    with base.transaction() as db:
        lena = Patient(
            name="Lena Moor",
            family="Moor",
            given="Lena",
            family_key=patients.fold("Moor"),
            given_key=patients.fold("Lena"),
            birth_date="1990-04-05",
            born_on=date(1990, 4, 5),
            email=email,
        )
        db.add(lena)
        db.flush()
        return lena.id


def prove(base: Database, name: str) -> str:
    """Proves somebody's address from behind; returns it."""
    with base.transaction() as db:
        user = db.exec(select(User).where(col(User.sign_in_name) == name)).one()
        user.email, user.email_verified_at = f"{name}@example.org", user.created_at
        return user.email


def register(page: Page, email: str, born: str = "1990-04-05") -> None:
    page.goto("/register")
    page.get_by_label("First name").fill("Lena")
    page.get_by_label("Last name").fill("Moor")
    page.get_by_label("Birth date").fill(born)
    page.get_by_label("E-mail address").fill(email)
    page.get_by_role("button", name="Send me a code").click()


def asked_long_ago(base: Database, name: str) -> None:
    _confirmed(base, name, timedelta(hours=1))


def asked_just_now(base: Database, name: str) -> None:
    _confirmed(base, name, timedelta())


def _confirmed(base: Database, name: str, ago: timedelta) -> None:
    with base.transaction() as db:
        user = db.exec(select(User).where(col(User.sign_in_name) == name)).one()
        theirs = col(SignIn.user_id) == user.id
        db.execute(update(SignIn).where(theirs).values(confirmed_at=datetime.now(UTC) - ago))


def enter_code(page: Page, base: Database, email: str) -> None:
    page.get_by_label("Code").fill(given_in(base, "registration.code", email)["code"])
    page.get_by_role("button", name="Go on").click()


def staff(browser: Browser, server: running.Server, name: str) -> Page:
    """Returns the requests page of a member of staff, in a browser of their own."""
    made = browser.new_context(base_url=server.url, bypass_csp=True)
    signed_in.give(made, server, name)
    opened = made.new_page()
    opened.goto("/staff/requests")
    opened.wait_for_selector(READY, state="attached")
    expect(opened.locator(".loading")).to_have_count(0)
    return opened


class TestRegistering:
    def test_with_a_sure_match_leads_to_a_password(
        self, browser: Browser, server: running.Server, records: Database
    ) -> None:
        """Without a script, as far as the link."""
        add_lena(records, "sure@example.org")
        context = browser.new_context(base_url=server.url, java_script_enabled=False)
        page = context.new_page()
        register(page, "sure@example.org")
        page.wait_for_url("**/register/code")
        enter_code(page, records, "sure@example.org")
        page.wait_for_url("**/activate/*")
        expect(page.get_by_label("Password", exact=False).first).to_be_visible()
        context.close()

    def test_as_a_stranger_waits_and_the_front_desk_invites(
        self, browser: Browser, page: Page, server: running.Server, records: Database
    ) -> None:
        """Live, side by side; the second one reads that it was decided (AUTHN-10)."""
        with records.transaction() as db:
            for one in db.exec(select(Patient).where(col(Patient.name) == "Lena Moor")):
                one.name, one.family = "Somebody Else", "Else"
        add_lena(records, "file@example.org")
        kim, frank = (staff(browser, server, name) for name in ("kim", "frank"))
        register(page, "typed@example.org", born="2990-04-05")
        expect(page.get_by_role("link", name="Check the birth date")).to_be_visible()
        assert axe.faults(page) == []
        assert page.url == f"{server.url}/auth/register"
        expect(page.get_by_label("First name")).to_have_value("Lena")
        expect(page.get_by_label("E-mail address")).to_have_value("typed@example.org")
        page.get_by_label("Birth date").fill("1990-04-05")
        page.get_by_role("button", name="Send me a code").click()
        page.wait_for_url("**/register/code")
        enter_code(page, records, "typed@example.org")
        page.wait_for_url("**/register/done")
        for desk in (kim, frank):
            line = desk.locator("#registrations").get_by_role("button", name="Lena Moor")
            expect(line).to_be_visible()
        kim.locator("body").press("j")
        kim.keyboard.press("Enter")
        expect(kim.get_by_text("differs").first).to_be_visible()
        assert axe.faults(kim) == []
        frank.locator("#registrations").get_by_role("button", name="Lena Moor").click()
        theirs = frank.get_by_role("button", name=re.compile("Invite by letter.*Lena"))
        expect(theirs).to_be_visible()
        kim.get_by_role("button", name=re.compile("Invite by e-mail.*Lena")).click()
        expect(kim.get_by_role("heading", name="Invited by e-mail")).to_be_visible()
        assert "link" in given_in(records, "invitation", "file@example.org")
        expect(theirs).to_be_hidden()
        for desk in (kim, frank):
            desk.context.close()


class TestAForgottenPassword:
    def test_is_chosen_anew_by_the_link_of_the_mail(self, page: Page, records: Database) -> None:
        """AUTHN-12."""
        email = prove(records, "noor")
        page.goto("/forgot-password")
        page.get_by_label("E-mail address or sign-in name").fill(email)
        page.get_by_role("button", name="Send it").click()
        page.wait_for_url("**#sent")
        token = given_in(records, "password.reset", email)["link"].rpartition("/")[2]
        page.goto(f"/reset/{token}")
        page.get_by_label("New password").fill(NEW)
        page.get_by_label("The same once more").fill(NEW)
        assert axe.faults(page) == []
        page.get_by_role("button", name="Set this password").click()
        page.wait_for_url("**/#password-set")
        page.goto(f"/reset/{token}")
        expect(page.get_by_role("heading", name="does not work any more")).to_be_visible()


class TestAWayBack:
    def test_is_begun_by_one_and_approved_by_another(
        self, browser: Browser, page: Page, server: running.Server, records: Database
    ) -> None:
        """MFA-10, AUTHN-14: from the chart to the new password."""
        email = prove(records, "mina")
        with records.reading() as db:
            mina = db.exec(select(User).where(col(User.sign_in_name) == "mina")).one()
            born = db.get_one(Patient, mina.patient_id).birth_date
        kim = staff(browser, server, "kim")
        asked_long_ago(records, "kim")
        kim.goto(f"/staff/patients/{mina.patient_id}")
        first = kim.get_by_role("link", name="Confirm that it is you, to help them back in")
        expect(first).to_have_attribute("href", f"/confirm?then=/staff/patients/{mina.patient_id}")
        expect(kim.get_by_role("button", name="Help them back in")).to_have_count(0)
        asked_just_now(records, "kim")
        kim.reload()
        kim.get_by_role("button", name="Help them back in").click()
        kim.get_by_label("Photo ID, in person").check()
        kim.get_by_role("button", name="Begin").click()
        told = kim.get_by_role("status").filter(has_text="Hand this short code over now")
        expect(told).to_be_visible()
        code = told.locator("b").first.inner_text()
        assert axe.faults(kim) == []
        ruth = staff(browser, server, "ruth")
        ruth.get_by_role("button", name="Approve").click()
        expect(ruth.get_by_role("heading", name="The link is on its way")).to_be_visible()
        token = given_in(records, "way-back.ready", email)["link"].rpartition("/")[2]
        page.goto(f"/back/{token}")
        page.get_by_label("Short code").fill(code)
        page.get_by_label("Birth date").fill(born)
        page.get_by_label("New password").fill(NEW)
        page.get_by_label("The same once more").fill(NEW)
        assert axe.faults(page) == []
        page.get_by_role("button", name="Set this password").click()
        page.wait_for_url("**/#password-set")
        for desk in (kim, ruth):
            desk.context.close()
