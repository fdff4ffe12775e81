"""What is due, in a browser: answered with a tap or a key, taken back, and ruled by the clinic."""

from datetime import date

from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlmodel import col

from portal.database import Database
from portal.models.people import Patient, Practitioner
from tests.journeys.conftest import SignIn
from tests.support.axe import faults
from tests.support.running import Server


def sideways(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


def test_what_is_due_is_answered_on_home_and_taken_back_on_its_page(
    sign_in: SignIn, server: Server
) -> None:
    page = sign_in("marta", width=320)
    due = page.locator("#due > .list > li")
    expect(due.first).to_be_visible()
    assert sideways(page) <= 0
    names = due.locator("h3").all_inner_texts()
    # By keyboard alone: when it was done elsewhere, a year is enough.
    first = due.filter(has_text=names[0])
    first.locator("summary").focus()
    page.keyboard.press("Enter")
    first.get_by_label("Year").focus()
    page.keyboard.press("ArrowDown")
    expect(first.get_by_label("Year")).not_to_have_value("")
    assert not faults(page)
    first.get_by_role("button", name="Save").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Noted. We count from then.")).to_be_visible()
    expect(due.filter(has_text=names[0])).to_have_count(0)
    due.filter(has_text=names[1]).get_by_role("button", name="Not for me").click()
    expect(due.filter(has_text=names[1])).to_have_count(0)

    page.goto(f"{server.url}/check-ups")
    rest = page.locator("#rest > .list > li")
    expect(rest.filter(has_text=names[0])).to_contain_text("“Done elsewhere”, said by Marta")
    declined = rest.filter(has_text=names[1])
    expect(declined).to_contain_text("Not for me")
    assert sideways(page) <= 0
    assert not faults(page)
    declined.get_by_role("button", name="Take it back").click()
    expect(page.locator("#due")).to_contain_text(names[1])


def treated(records: Database) -> str:
    """Returns somebody whom Dr Okafor treats, and for whom something is due."""
    with records.reading() as db:
        query = (
            select(col(Patient.id))
            .join(Practitioner, col(Practitioner.id) == col(Patient.general_practitioner_id))
            .where(col(Practitioner.name).contains("Okafor"), col(Patient.gender) == "female")
            .where(col(Patient.born_on) < date(1976, 1, 1), col(Patient.born_on) > date(1962, 1, 1))
            .where(col(Patient.deceased).is_(False), col(Patient.care_team_only).is_(False))
        )
        return db.connection().execute(query.order_by(col(Patient.id))).scalars().first() or ""


def test_the_clinic_answers_on_the_chart_and_changes_its_rules(
    sign_in: SignIn, records: Database, server: Server
) -> None:
    doctor = sign_in("okafor", width=1280)
    doctor.goto(f"{server.url}/staff/patients/{treated(records)}")
    panel = doctor.locator("#chart-check-ups")
    expect(panel).to_be_visible()
    one = panel.locator("> ul > li").first
    name = one.locator("h3").inner_text()
    one.get_by_role("button", name="Declined").click()
    expect(panel.locator("> ul > li", has_text=name)).to_have_count(0)
    panel.locator("summary").last.click()
    expect(panel.locator("details li", has_text=name)).to_contain_text("“Not for me”")
    assert not faults(doctor)

    manager = sign_in("ruth", width=1280)
    manager.goto(f"{server.url}/admin/check-ups")
    rule = manager.locator("section.panel", has_text="Flu vaccine")
    expect(rule).to_contain_text("Everybody from 65 years on, every year")
    rule.locator("summary").click()
    rule.get_by_label("From age").fill("60")
    rule.get_by_role("button", name="Keep").click()
    expect(rule).to_contain_text("Everybody from 60 years on, every year")
    expect(rule).not_to_contain_text("Example")
    rule.get_by_role("button", name="Switch off").click()
    expect(rule.get_by_role("button", name="Switch on")).to_be_visible()
    assert not faults(manager)
