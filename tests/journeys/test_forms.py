"""A form in a browser: made by the clinic, asked in an answer, filled in on a phone, read."""

import re

from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlmodel import col

from portal.database import Database
from portal.models.messages import Thread
from tests.journeys.conftest import SignIn
from tests.support.axe import faults
from tests.support.running import Server

TITLE = "About your knee"


def made(page: Page, server: Server) -> None:
    """Makes a form of two questions and publishes it."""
    page.goto(f"{server.url}/admin/forms")
    new = page.locator("#new-form")
    new.get_by_label("Title").fill(TITLE)
    new.get_by_role("button", name="Begin").click()
    form = page.locator("section.panel", has=page.get_by_role("heading", name=TITLE))
    expect(form).to_contain_text("Being written")
    for text, kind, options in (
        ("Since when does it hurt?", "string", ""),
        ("Which knee is it?", "choice", "Left\nRight"),
    ):
        add = form.locator("details", has_text="Add a question").last
        add.locator("summary").click()
        add.get_by_label("The question").fill(text)
        add.get_by_label("How it is answered").select_option(kind)
        add.get_by_label("Answers to choose from").fill(options)
        add.get_by_label("We need an answer").check()
        add.get_by_role("button", name="Keep").click()
        expect(form.locator("ol")).to_contain_text(text)
    form.get_by_text("As patients see it").click()
    expect(form.get_by_role("radio", name="Left")).to_be_disabled()
    assert not faults(page)
    form.get_by_role("button", name="Publish").click()
    expect(form).to_contain_text("Asked now")


def talk(records: Database) -> str:
    """Returns the conversation in which the demo asks Marta: no other test writes there."""
    with records.reading() as db:
        wanted = col(Thread.subject) == "Before your first visit"
        return db.scalars(select(col(Thread.id)).where(wanted)).one()


def test_is_asked_in_an_answer_filled_in_on_a_phone_and_read(
    sign_in: SignIn, records: Database, server: Server
) -> None:
    made(sign_in("ruth", width=1280), server)
    doctor = sign_in("osei", width=1280)
    doctor.goto(f"{server.url}/staff/messages?thread={talk(records)}")
    doctor.get_by_role("button", name="Ready answers and links").click()
    doctor.get_by_role("button", name=f"Link to the form {TITLE}").click()
    expect(doctor.get_by_label("Your answer")).to_have_value(re.compile("/forms/"))
    doctor.get_by_role("button", name="Send answer").click()
    expect(doctor.get_by_text("Your answer is sent.")).to_be_visible()

    phone = sign_in("marta", width=320)
    phone.locator("#waiting").get_by_role("link", name=f"A form to fill in: {TITLE}").click()
    since = phone.get_by_label("Since when does it hurt?")
    since.press_sequentially("Monday")
    expect(phone.get_by_role("status").filter(has_text="Saved as a draft")).to_be_visible()
    phone.reload()
    expect(since).to_have_value("Monday")
    send = phone.get_by_role("button", name="Send the form")
    send.click()
    missing = phone.locator("#error-summary")
    expect(missing).to_be_focused()
    expect(missing).to_contain_text("Which knee is it? Choose an answer.")
    assert not faults(phone)
    # On another device the same question was answered unseen: it is told, and nothing is lost.
    other = phone.context.new_page()
    other.goto(phone.url)
    other.get_by_label("Since when does it hurt?").fill("Tuesday")
    expect(other.get_by_role("status").filter(has_text="Saved as a draft")).to_be_visible()
    expect(other.get_by_label("Since when does it hurt?")).to_have_value("Tuesday")
    other.get_by_label("Right").check()
    other.reload()
    expect(other.get_by_label("Since when does it hurt?")).to_have_value("Tuesday")
    since.fill("Since Monday")
    expect(phone.get_by_text("On another device you answered: “Tuesday”")).to_be_visible()
    expect(since).to_have_value("Since Monday")
    phone.get_by_label("Left").check()
    send.click()
    expect(phone.get_by_text("Your answers are sent.")).to_be_visible()
    expect(phone.locator("main")).to_contain_text("Since Monday")
    expect(other.locator("main")).to_contain_text("Since Monday")
    assert phone.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert not faults(phone)

    came = doctor.get_by_role("link", name=f"Marta Silva filled in the form “{TITLE}”")
    came.click()
    expect(doctor.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(doctor.locator("main")).to_contain_text("Left")
    assert not faults(doctor)
