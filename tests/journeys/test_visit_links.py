"""Answering for a visit from a mail: without a sign-in on a phone, and the desk sees it at once."""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlmodel import col

from portal.database import Database
from portal.models.appointments import Appointment
from portal.models.people import Patient, User
from portal.security import mailed_links
from portal.security.actor import system
from portal.services import acting, appointments
from tests.support.axe import faults
from tests.support.running import Server
from tests.support.signed_in import shown, signed_in

SMALL = {"width": 320, "height": 640}


def visit(records: Database) -> tuple[str, str, Patient]:
    """Gives Marta one more visit in a while, and a link to it; returns both, and her."""
    now = acting.now()
    # Soon: the hour before midnight has room for it, too.
    starts = now + timedelta(minutes=10)
    with records.transaction() as db:
        user = db.scalars(select(User).where(col(User.sign_in_name) == "marta")).one()
        marta = db.get_one(Patient, user.patient_id or "")
        doctor = select(col(Appointment.practitioner_id)).where(
            col(Appointment.patient_id) == marta.id,
            col(Appointment.practitioner_id).is_not(None),
        )
        made = appointments.book(
            db,
            system("journey"),
            patient_id=marta.id,
            practitioner_id=db.scalars(doctor).first(),
            location_id=None,
            title="Review of the knee",
            starts_at=starts,
            minutes=20,
            overbooked="for this journey",
            now=now,
        )
        token = mailed_links.to_visit(
            db,
            user.id,
            patient_id=marta.id,
            appointment_id=made,
            about_at=starts,
            now=now,
        )
        return made, token, marta


def birth_date(page: Page, born: datetime, year: int) -> None:
    page.get_by_label("Day").fill(str(born.day))
    page.get_by_label("Month").select_option(str(born.month))
    page.get_by_label("Year").fill(str(year))


def test_one_runs_late_then_gives_the_visit_up_and_the_desk_sees_both(
    browser: Browser, server: Server, records: Database
) -> None:
    made, token, marta = visit(records)
    assert marta.born_on
    born = datetime.combine(marta.born_on, datetime.min.time(), UTC)
    with ExitStack() as opened:
        context = signed_in(browser, server, "kim", bypass_csp=True)
        opened.callback(context.close)
        desk = shown(context, "/staff/schedule")
        strip = desk.locator(f'.lane .strip[data-visit="{made}"]')
        expect(strip).to_be_attached()

        phone = browser.new_context(viewport=SMALL, bypass_csp=True)  # pyright: ignore[reportArgumentType]
        opened.callback(phone.close)
        page = phone.new_page()
        page.goto(f"{server.url}/reminder/{token}")
        expect(page.get_by_role("heading", level=1)).to_have_text("Your visit")
        expect(page.locator("main")).not_to_contain_text("knee")
        assert not faults(page)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0

        page.get_by_label("I am running late, by").select_option("15")
        page.get_by_role("button", name="Tell the front desk").click()
        expect(page.locator(".note.ok")).to_contain_text("The front desk sees it now")
        expect(strip).to_contain_text("15 min late")

        page.locator("summary", has_text="I cannot come").click()
        birth_date(page, born, born.year - 1)
        page.get_by_role("button", name="Go on").click()
        expect(page.get_by_role("alert")).to_contain_text("not the birth date")
        assert not faults(page)
        birth_date(page, born, born.year)
        page.get_by_role("button", name="Go on").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Give this visit up?")
        expect(page.locator(".note.warn")).to_contain_text("less than")
        assert not faults(page)
        page.get_by_role("button", name="Give this visit up").click()
        expect(page.locator(".note.ok")).to_contain_text("Your visit is cancelled")
        expect(strip).to_have_count(0)
