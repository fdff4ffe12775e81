"""Being told on this device, as people use it: turned on, tried, shown, ended; and what it cannot.

No browser here has a push service: the place that it would name is put into the page. All else is
the browser's own: the worker, the permission, the message that it is handed, what it shows.
"""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import delete, select, update
from sqlmodel import col

from portal.database import Database
from portal.models.audit import OutboxNotice
from portal.models.people import SignIn, User
from portal.models.telling import NoticeChoice, PushSubscription
from portal.services import notices
from tests.support.axe import faults
from tests.support.patience import until
from tests.support.pushes import DEVICE
from tests.support.running import Server
from tests.support.signed_in import shown, signed_in

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Mobile Safari/604.1"
NARROW: Any = {"width": 320, "height": 700}
PAGE = "/settings/notices"
# What subscribing gives, kept as a browser keeps it; it notes for which key it was asked.
_PLACE = f"""
const kept = () => sessionStorage.getItem("place");
const place = () => ({{
  endpoint: kept(),
  toJSON: () => ({{ endpoint: kept(), keys: {{ p256dh: "{DEVICE.key}", auth: "{DEVICE.auth}" }} }}),
  unsubscribe: async () => {{ sessionStorage.removeItem("place"); return true; }},
}});
PushManager.prototype.getSubscription = async () => kept() ? place() : null;
PushManager.prototype.subscribe = async (options) => {{
  window.asked = [options.userVisibleOnly, options.applicationServerKey.length];
  sessionStorage.setItem("place", "https://push.example/send/" + crypto.randomUUID());
  return place();
}};
"""


@pytest.fixture
def records_clean(records: Database) -> Database:
    """The clinic's database, in which nobody has a device."""
    with records.transaction() as db:
        db.connection().execute(delete(PushSubscription))
        db.connection().execute(delete(NoticeChoice))
    return records


def devices(base: Database) -> list[PushSubscription]:
    with base.reading() as db:
        return list(db.scalars(select(PushSubscription)))


def tested(base: Database) -> str | None:
    """Returns how the test that was asked for stands in the outbox."""
    with base.reading() as db:
        mine = col(OutboxNotice.kind) == "device.test"
        return db.scalars(select(col(OutboxNotice.state)).where(mine)).first()


def spoken(base: Database) -> str:
    """Returns in which language Marta is written to."""
    with base.reading() as db:
        mine = col(User.sign_in_name) == "marta"
        return db.scalars(select(col(User.language)).where(mine)).one()


def status(page: Page) -> Any:
    return page.locator("#devices [role=status]")


def handed(context: BrowserContext, page: Page, server: Server, said: bytes) -> None:
    """Hands a message to the page's worker, as the browser does once its push service has it."""
    line = context.new_cdp_session(page)
    found: list[str] = []
    line.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: found.extend(one["registrationId"] for one in told["registrations"]),
    )
    line.send("ServiceWorker.enable")
    until(page, lambda: bool(found))
    line.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": server.url, "registrationId": found[-1], "data": said.decode()},
    )


class TestHere:
    def test_is_told_and_ends(
        self, browser: Browser, server: Server, records_clean: Database
    ) -> None:
        """All the way: asked, kept, tried, shown without anything kept, ended."""
        base = records_clean
        context = signed_in(browser, server, "marta", permissions=["notifications"])
        context.add_init_script(_PLACE)
        page = shown(context, PAGE)
        here = page.locator("#devices")
        expect(status(page)).to_have_text("This device gets no notices yet.")
        here.get_by_role("button", name="Tell me on this device").click()
        expect(status(page)).to_have_text("This device gets notices.")
        assert page.evaluate("window.asked") == [True, 65]
        (device,) = devices(base)
        row = here.locator("li")
        expect(row.get_by_text("This device", exact=True)).to_be_visible()
        expect(row).to_contain_text("Nothing has gone there yet.")
        expect(here).to_contain_text("For nothing yet")

        page.get_by_label("Results and other news").select_option("On my devices")
        page.locator("#told").get_by_role("button", name="Save").click()
        expect(page.get_by_text("Saved. It counts for everything")).to_be_visible()
        expect(page.get_by_label("Results and other news")).to_have_value("push")
        expect(here).not_to_contain_text("For nothing yet")

        language = page.get_by_label("We write to you in")
        expect(language.locator("option:checked")).to_have_text("English")
        language.select_option("Español")
        page.get_by_role("button", name="Save the language").click()
        until(page, lambda: spoken(base) == "es")

        here.get_by_role("button", name="Send me a test").click()
        expect(page.get_by_text("A test is on its way.")).to_be_visible()
        until(page, lambda: tested(base) == "sent")
        expect(row).to_contain_text("Last told")
        assert not faults(page)
        page.set_viewport_size(NARROW)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
        assert not faults(page)

        page.reload()
        expect(status(page)).to_have_text("This device gets notices.")
        expect(language).to_have_value("es")
        language.select_option("English")
        page.get_by_role("button", name="Save the language").click()
        until(page, lambda: spoken(base) == "en")
        here.get_by_role("button", name="Stop on this device").click()
        expect(status(page)).to_have_text("This device gets no notices yet.")
        expect(here.locator("li")).to_have_count(0)
        assert not devices(base)
        assert device.user_id
        context.close()

    def test_shows_what_was_sent_and_keeps_nothing(
        self, browser: Browser, server: Server, records_clean: Database
    ) -> None:
        """The worker shows it, opens our own pages alone, and no page of the portal lies in it."""
        del records_clean
        context = signed_in(browser, server, "marta", permissions=["notifications"])
        context.add_init_script(_PLACE)
        page = shown(context, PAGE)
        page.get_by_role("button", name="Tell me on this device").click()
        expect(status(page)).to_have_text("This device gets notices.")
        house = notices.House("Juniper", "", "https://portal.example.org")
        written = notices.write_out("message", {}, house)
        handed(context, page, server, notices.as_push(written, house.portal, key="one"))
        look = (
            "navigator.serviceWorker.ready.then((one) => one.getNotifications()).then((all) => "
            "all.map((one) => [one.title, one.body, one.tag, one.data.path]))"
        )
        until(page, lambda: page.evaluate(look) == [
            ["Juniper", "There is a new message for you", "one", "/messages"]
        ])  # fmt: skip
        worker = context.service_workers[0]
        for path, leads in (
            ("/messages", "/messages"), ("https://evil.example/a", "/"), ("//evil.example", "/"),
            ("javascript:alert(1)", "/"), ("\\\\evil.example", "/"), ("", "/"),
        ):  # fmt: skip
            assert worker.evaluate("(path) => own(path)", path) == server.url + leads
        page.goto("/home")
        page.goto("/results")
        assert worker.evaluate("caches.keys()") == []
        assert worker.evaluate("indexedDB.databases()") == []
        assert page.evaluate("caches.keys()") == []
        context.close()

    def test_is_ended_from_the_list(
        self, browser: Browser, server: Server, records_clean: Database
    ) -> None:
        """Come to by a link: the script is loaded with the page."""
        base = records_clean
        context = signed_in(browser, server, "marta", permissions=["notifications"])
        context.add_init_script(_PLACE)
        page = shown(context, "/settings")
        page.locator(f'main a[href="{PAGE}"]').click()
        page.get_by_role("button", name="Tell me on this device").click()
        row = page.locator("#devices li")
        row.get_by_role("button", name=re.compile("End it there")).click()
        expect(page.get_by_text("That device gets no notices any more.")).to_be_visible()
        expect(status(page)).to_have_text("This device gets no notices yet.")
        assert not devices(base)
        context.close()


class TestCannot:
    @pytest.mark.parametrize(
        ("said", "more", "script"),
        [
            ("cannot show notices while the portal is closed", {}, "delete window.PushManager"),
            (
                "first put the portal on your home screen",
                {"user_agent": IPHONE},
                "delete window.PushManager",
            ),
        ],
        ids=["none", "iphone"],
    )
    def test_says_why(
        self, browser: Browser, server: Server, said: str, more: dict[str, Any], script: str
    ) -> None:
        context = signed_in(browser, server, "marta", **more)
        context.add_init_script(script)
        page = shown(context, PAGE)
        expect(status(page)).to_contain_text(said)
        expect(page.get_by_role("button", name="Tell me on this device")).to_have_count(0)
        context.close()

    def test_says_that_the_browser_refuses(
        self, browser: Browser, server: Server, records_clean: Database
    ) -> None:
        """Asked, a browser without a window says no by itself."""
        context = signed_in(browser, server, "marta")
        page = shown(context, PAGE)
        page.get_by_role("button", name="Tell me on this device").click()
        expect(status(page)).to_contain_text("does not let the portal show notices")
        expect(page.get_by_role("button", name="Tell me on this device")).to_have_count(0)
        assert not devices(records_clean)
        context.close()

    def test_at_a_computer_that_others_use(
        self, browser: Browser, server: Server, records: Database
    ) -> None:
        context = signed_in(browser, server, "marta", permissions=["notifications"])
        with records.transaction() as db:
            marta = select(col(User.id)).where(col(User.sign_in_name) == "marta")
            mine = (col(SignIn.user_id).in_(marta)) & (col(SignIn.created_at) <= datetime.now(UTC))
            db.connection().execute(update(SignIn).where(mine).values(is_shared=True))
        page = shown(context, PAGE)
        expect(page.locator("#devices")).to_contain_text("notices are never shown here")
        expect(page.get_by_role("button", name="Tell me on this device")).to_have_count(0)
        context.close()
