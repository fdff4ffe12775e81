"""Messages in browsers: written once, kept while writing, shown on the other device by itself.

Proves R-09.
"""

import re
import uuid
from collections.abc import Iterator
from functools import partial

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, WebSocket, expect
from sqlmodel import select

from portal.database import Database
from portal.models.messages import Draft
from tests.support import running
from tests.support.patience import until
from tests.support.signed_in import shown, signed_in


@pytest.fixture
def device(browser: Browser, server: running.Server) -> Iterator[BrowserContext]:
    context = signed_in(browser, server, "marta")
    yield context
    context.close()


def write_new(page: Page, subject: str, words: str) -> None:
    page.get_by_label("What is it about?").select_option("medicine")
    page.get_by_label("Subject").fill(subject)
    page.get_by_label("Your message").fill(words)


def some_words() -> str:
    return f"A question, {uuid.uuid4().hex[:8]}"


def begun(context: BrowserContext, subject: str) -> Page:
    page = shown(context, "/messages/new")
    write_new(page, subject, "May I take it at night?")
    page.get_by_role("button", name="Send message").click()
    page.wait_for_url(lambda address: not address.endswith("/new"))
    expect(page.get_by_role("heading", level=1, name=subject)).to_be_visible()
    return page


def drafts(records: Database) -> list[str]:
    """Returns what is kept of what somebody has begun to write."""
    with records.reading() as db:
        return list(db.exec(select(Draft.body)))


def _listen(sent: list[str], line: WebSocket) -> None:
    line.on("framesent", lambda frame: sent.append(str(frame)))


class TestSend:
    def test_a_new_message_stands_with_its_promise(self, device: BrowserContext) -> None:
        page = begun(device, some_words())
        expect(page.locator(".letter.mine")).to_contain_text("May I take it at night?")
        expect(page.get_by_text("Your message is sent")).to_be_visible()
        expect(page.locator(".event")).to_contain_text("We have your message and answer by")

    def test_a_double_click_sends_one(self, device: BrowserContext) -> None:
        page = begun(device, some_words())
        page.get_by_role("button", name="Write another message").click()
        page.get_by_label("Your answer").fill("And with milk?")
        page.get_by_role("button", name="Send message").dblclick()
        expect(page.locator(".letter")).to_have_count(2)
        expect(page.get_by_role("alert")).to_have_count(0)
        page.reload()
        expect(page.locator(".letter")).to_have_count(2)

    def test_a_double_click_begins_one_conversation(self, device: BrowserContext) -> None:
        subject = some_words()
        page = shown(device, "/messages/new")
        write_new(page, subject, "May I?")
        page.get_by_role("button", name="Send message").dblclick()
        page.wait_for_url(lambda address: not address.endswith("/new"))
        there = shown(device, "/messages")
        expect(there.get_by_role("heading", name=subject)).to_have_count(1)

    def test_nothing_written_is_said_at_the_field(self, device: BrowserContext) -> None:
        page = shown(device, "/messages/new")
        page.get_by_label("Subject").fill("")
        page.get_by_label("Your message").fill("")
        page.get_by_role("button", name="Send message").click()
        expect(page.locator("#error-summary")).to_contain_text("Write your message.")
        expect(page.get_by_label("Your message")).to_have_attribute("aria-invalid", "true")

    def test_what_was_sent_while_the_server_was_away_stands_once(
        self, browser: Browser, server: running.Server
    ) -> None:
        context = signed_in(browser, server, "marta")
        page = begun(context, some_words())
        page.get_by_role("button", name="Write another message").click()
        box = page.get_by_label("Your answer")
        box.fill("Written while nobody listened")
        server.stop()
        page.get_by_role("button", name="Send message").click()
        expect(box).to_have_value("Written while nobody listened")
        expect(page.get_by_text("Your message is sent")).to_have_count(0)
        server.start()
        # The page may have begun anew meanwhile, without the notice: the message is what counts.
        expect(page.locator(".letter")).to_have_count(2)
        page.reload()
        expect(page.locator(".letter")).to_have_count(2)
        context.close()

    def test_what_was_typed_while_the_server_was_away_stays(
        self, browser: Browser, server: running.Server
    ) -> None:
        context = signed_in(browser, server, "marta")
        page = begun(context, some_words())
        page.get_by_role("button", name="Write another message").click()
        box = page.get_by_label("Your answer")
        box.fill("First")
        expect(page.get_by_text("Saved as a draft at")).to_be_visible()
        server.stop()
        box.press_sequentially(" and then more")
        expect(page.locator("[data-lost=true]")).to_have_count(1)
        server.start()
        expect(page.locator("[data-lost=true]")).to_have_count(0)
        expect(page.locator(".letter")).to_have_count(1)
        expect(box).to_have_value("First and then more")
        page.get_by_role("button", name="Send message").click()
        expect(page.locator(".letter").nth(1)).to_contain_text("First and then more")
        context.close()

    def test_what_was_typed_for_one_conversation_never_goes_to_another(
        self, device: BrowserContext
    ) -> None:
        one, other = begun(device, some_words()).url, begun(device, some_words()).url
        page = shown(device, one)
        page.get_by_label("Your answer").fill("For the first one")
        page.evaluate("address => history.pushState({}, '', address)", other)
        page.evaluate("dispatchEvent(new PopStateEvent('popstate', {state: {}}))")
        expect(page.get_by_label("Your answer")).to_have_value("")
        page.close()


class TestUrgent:
    def test_words_of_an_emergency_stop_the_sending_and_still_let_it_go(
        self, device: BrowserContext
    ) -> None:
        page = shown(device, "/messages/new")
        subject, words = some_words(), "Since an hour I have chest pain."
        write_new(page, subject, words)
        page.get_by_role("button", name="Send message").click()
        stopped = page.get_by_role("alert").filter(has_text="This can be an emergency")
        expect(stopped).to_contain_text("has not been sent")
        expect(stopped.get_by_role("link").first).to_have_attribute("href", re.compile("^tel:"))
        expect(page.get_by_label("Your message")).to_have_value(words)
        assert page.url.endswith("/new")
        page.get_by_role("button", name="Send it anyway, as urgent").click()
        expect(page.get_by_role("heading", level=1, name=subject)).to_be_visible()
        expect(page.locator(".letter.mine")).to_contain_text("chest pain")
        page.get_by_role("button", name="Write another message").click()
        page.get_by_label("Your answer").fill("I want to die")
        page.get_by_role("button", name="Send message").click()
        expect(page.get_by_role("alert")).to_contain_text("Please talk to somebody now")
        page.get_by_label("Your answer").fill("It is better now, thank you.")
        page.get_by_role("button", name="Send it anyway, as urgent").click()
        expect(page.locator(".letter")).to_have_count(2)


class TestDraft:
    def test_is_there_after_a_reload_and_on_another_device(
        self,
        browser: Browser,
        server: running.Server,
        device: BrowserContext,
        records: Database,
    ) -> None:
        words = some_words()
        page = shown(device, "/messages/new")
        page.get_by_label("Your message").fill(words)
        expect(page.get_by_text("Saved as a draft at")).to_be_visible()
        # An older draft may have been there, and said so.
        until(page, lambda: words in drafts(records))
        page.reload()
        expect(page.get_by_label("Your message")).to_have_value(words)
        other = signed_in(browser, server, "marta")
        expect(shown(other, "/messages/new").get_by_label("Your message")).to_have_value(words)
        other.close()

    def test_does_not_come_back_once_it_was_sent(self, device: BrowserContext) -> None:
        sent = list[str]()
        device.on("page", lambda page: page.on("websocket", partial(_listen, sent)))
        page = begun(device, some_words())
        # The last stroke is saved a moment after it: it comes after the message itself.
        until(page, lambda: any(".keep" in one and "at night?" in one for one in sent))
        expect(shown(device, "/messages/new").get_by_label("Your message")).to_have_value("")


class TestLive:
    def test_an_open_conversation_moves_by_itself_and_takes_no_focus(
        self, browser: Browser, server: running.Server, device: BrowserContext
    ) -> None:
        page = begun(device, some_words())
        other = signed_in(browser, server, "marta")
        there = shown(other, page.url)
        box = there.get_by_label("Your answer")
        box.fill("Half a thou")
        page.get_by_role("button", name="Write another message").click()
        page.get_by_label("Your answer").fill("One more thing.")
        page.get_by_role("button", name="Send message").click()
        expect(there.locator(".letter").nth(1)).to_contain_text("One more thing.")
        expect(box).to_be_focused()
        expect(box).to_have_value("Half a thou")
        other.close()

    def test_opening_marks_read_on_every_device(
        self, browser: Browser, server: running.Server
    ) -> None:
        here, other = (signed_in(browser, server, "mina") for _ in range(2))
        there = shown(other, "/home")
        way = there.get_by_role("navigation", name="Main").get_by_role("link", name="Messages")
        expect(way).to_contain_text("not read")
        page = shown(here, "/messages")
        page.locator(".row", has=page.locator(".new")).first.get_by_role("link").click()
        expect(page.locator(".mark-new")).to_be_visible()
        expect(way).not_to_contain_text("not read")
        here.close()
        other.close()


class TestForEverybody:
    def test_a_stranger_finds_nothing(
        self, browser: Browser, server: running.Server, device: BrowserContext
    ) -> None:
        address = begun(device, some_words()).url
        stranger = signed_in(browser, server, "noor")
        page = shown(stranger, address)
        expect(page.get_by_role("heading", level=1)).to_have_text("We could not find that")
        expect(page.locator(".letter")).to_have_count(0)
        stranger.close()

    def test_the_whole_way_works_by_keyboard(self, device: BrowserContext) -> None:
        subject = some_words()
        page = shown(device, "/messages/new")
        page.get_by_label("What is it about?").focus()
        page.keyboard.press("Tab")
        page.keyboard.type(subject)
        page.keyboard.press("Tab")
        page.keyboard.type("By keys alone")
        page.keyboard.press("Tab")
        expect(page.locator("input[type=file]")).to_be_focused()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1, name=subject)).to_be_visible()
