"""Two of the staff at the same message: each sees what the other does, as it happens."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.running import Server
from tests.support.signed_in import shown, signed_in

At = Callable[[str, str], Page]


@pytest.fixture
def at(browser: Browser, server: Server) -> Iterator[At]:
    """Returns what signs somebody in, in a browser of their own, and opens a page."""
    with ExitStack() as opened:

        def enter(name: str, path: str) -> Page:
            context = signed_in(browser, server, name)
            opened.callback(context.close)
            return shown(context, path)

        yield enter


def choose(page: Page, subject: str) -> None:
    page.locator("#waiting .item", has_text=subject).locator("[data-stop]").click()
    expect(page.locator("#conversation h2").first).to_have_text(subject)


class TestTwoAtOneMessage:
    def test_see_who_has_it_who_writes_what_is_noted_and_that_it_is_closed(self, at: At) -> None:
        subject = "Why was I billed twice?"
        kim, frank = at("kim", "/staff/messages"), at("frank", "/staff/messages")
        for page in (kim, frank):
            choose(page, subject)
        take = frank.locator("#conversation").get_by_role("button", name="Take on")
        expect(take).to_be_visible()
        kim.locator("#conversation").get_by_role("button", name="Take on").click()
        expect(frank.locator("#whose")).to_contain_text("Kim")
        expect(kim.locator("#whose")).to_contain_text("You have this")
        expect(take).to_have_count(0)
        kim.locator("#conversation textarea[name=body]").fill("We look")
        expect(frank.locator("#writers")).to_contain_text("is writing")
        frank.get_by_text("Note among staff").first.click()
        frank.locator("textarea[name=note]").fill("She called about it as well.")
        frank.get_by_role("button", name="Add the note").click()
        aside = kim.locator("#conversation .aside")
        expect(aside).to_contain_text("She called about it as well.")
        # What was being written stays through all of it.
        expect(kim.locator("#conversation textarea[name=body]")).to_have_value("We look")
        kim.get_by_role("button", name="Close", exact=True).click()
        expect(frank.locator("#conversation")).to_contain_text("closed this")
        expect(frank.locator("#waiting")).not_to_contain_text(subject)
        frank.get_by_role("button", name="Closed", exact=True).click()
        expect(frank.locator("#waiting")).to_contain_text(subject)
        frank.get_by_role("button", name="Open again").click()
        expect(kim.locator("#waiting")).to_contain_text(subject)

    def test_the_second_answer_is_asked_and_not_lost(self, at: At) -> None:
        subject = "Letter for my employer"
        kim, frank = at("kim", "/staff/messages"), at("frank", "/staff/messages")
        for page in (kim, frank):
            choose(page, subject)
        mine = frank.locator("#conversation textarea[name=body]")
        mine.fill("It lies at the desk.")
        kim.locator("#conversation textarea[name=body]").fill("We send it today.")
        kim.get_by_role("button", name="Send answer").click()
        talk = frank.locator("#conversation")
        expect(talk).to_contain_text("We send it today.")
        frank.get_by_role("button", name="Send answer").click()
        asked = frank.get_by_text("has just answered. Send yours too?")
        expect(asked).to_be_visible()
        expect(mine).to_have_value("It lies at the desk.")
        frank.get_by_role("button", name="Send answer").click()
        expect(talk.locator(".letter", has_text="It lies at the desk.")).to_be_visible()

    def test_what_was_answered_is_put_right_by_another_letter_and_stands(self, at: At) -> None:
        subject = "Letter for my employer"
        kim = at("kim", "/staff/messages")
        kim.get_by_role("button", name="Answered", exact=True).click()
        choose(kim, subject)
        talk = kim.locator("#conversation")
        wrong = talk.locator(".letter.mine", has_text="We send it today.")
        wrong.get_by_role("button", name="Put this right").click()
        field = talk.locator("textarea[name=body]")
        expect(field).to_be_focused()
        expect(talk.get_by_text("Puts right what was written: Today,")).to_be_visible()
        field.fill("We send it tomorrow.")
        kim.get_by_role("button", name="Send answer").click()
        right = talk.locator(".letter.mine", has_text="We send it tomorrow.")
        expect(right).to_contain_text("Puts right what was written: Today,")
        expect(wrong).to_contain_text("Put right in a later message.")
        expect(talk.get_by_role("button", name="It puts nothing right")).to_have_count(0)
        wrong.get_by_text("Who was told").click()
        expect(wrong.get_by_role("listitem").first).to_be_visible()
