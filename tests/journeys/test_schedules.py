"""Settings of the schedule and series in the browser: looked at first, then saved and settled."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.support.axe import faults
from tests.support.running import Server
from tests.support.signed_in import shown, signed_in

Enter = Callable[[str, str], Page]


@pytest.fixture
def at(browser: Browser, server: Server) -> Iterator[Enter]:
    """Returns what opens a page for somebody, in a browser of their own."""
    opened: list[BrowserContext] = []

    def enter(name: str, path: str) -> Page:
        opened.append(signed_in(browser, server, name, bypass_csp=True))
        return shown(opened[-1], path)

    yield enter
    for context in opened:
        context.close()


def line(page: Page, weekday: str) -> Locator:
    """Opens the first hours of a weekday of Dr Osei."""
    page.get_by_role("button", name="Dr Amara Osei").click()
    expect(page.get_by_role("heading", name="Every week: Dr Amara Osei")).to_be_visible()
    day = page.locator(".weekdays > li", has=page.get_by_role("heading", name=weekday))
    day.locator("summary").first.click()
    return day.locator("details").first


class TestHours:
    def test_are_looked_at_saved_and_who_falls_out_is_settled(self, at: Enter) -> None:
        """Marta comes to Dr Osei in two days at 9:40; the morning is to begin at ten."""
        page, other = at("ruth", "/admin/schedules"), at("ada", "/admin/schedules")
        today = page.locator("#new-days").evaluate(
            "() => document.getElementById('first-new').value"
        )
        weekday = f"{date.fromisoformat(today) + timedelta(days=2):%A}"
        line(other, weekday)

        ours = line(page, weekday)
        ours.get_by_label("From", exact=True).fill("10:00")
        ours.get_by_role("button", name="Look what would change").click()
        plan = page.locator("#plan")
        expect(plan.get_by_role("heading", name="Not saved yet")).to_be_focused()
        expect(plan.locator(".fallen")).to_contain_text("Marta Silva")
        expect(plan.locator(".week-ahead > li")).to_have_count(7)
        assert not faults(page)
        plan.get_by_role("button", name="Save, and settle them afterwards").click()
        expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
        expect(plan).to_have_count(0)

        booking = page.locator("#outside .out", has_text="Marta Silva").first
        expect(booking).to_contain_text("Not within hours")
        booking.locator("summary", has_text="Keep it").click()
        booking.get_by_label("Why it stays").fill("She comes straight from work")
        booking.locator("form.way button", has_text="Keep").click()
        expect(page.get_by_role("status").filter(has_text="Kept.")).to_be_visible()
        expect(page.locator("#outside .out", has_text="Blood pressure review").filter(
            has_text="Marta Silva")).to_have_count(0)  # fmt: skip

        # A colleague sees it at once, and as an administrator how many lie outside, but of nobody.
        day = other.locator(".weekdays > li", has=other.get_by_role("heading", name=weekday))
        expect(day).to_contain_text("10:00 to 12:40")
        expect(other.locator("body")).not_to_contain_text("Silva")

    def test_a_type_is_tried_out_before_patients_see_it(self, at: Enter) -> None:
        page = at("ada", "/admin/visit-types")
        page.get_by_role("link", name="Vaccination").click()
        # The list has a field of this name, too.
        expect(page.get_by_role("heading", level=1)).to_have_text("Type of visit")
        page.get_by_label("Minutes", exact=True).fill("60")
        page.get_by_label("First reminder").select_option("3 days before")
        page.get_by_label("Second reminder").select_option("None")
        page.get_by_role("button", name="Look what patients would see").click()
        plan = page.locator("#plan")
        expect(plan).to_contain_text("Minutes: 10 becomes 60")
        expect(plan).to_contain_text("becomes 3 days before, 3 hours before")
        plan.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
        page.get_by_role("link", name="All types of visit").click()
        expect(page.locator("#types")).to_contain_text("60 minutes")
        assert not faults(page)


class TestSeries:
    def test_each_date_is_shown_then_booked_and_all_of_it_is_cancelled(self, at: Enter) -> None:
        page = at("kim", "/staff/schedule")
        # The board's own script gives the Tab key its one stop: from then on it listens.
        page.locator(".lane [tabindex='0']").wait_for(state="attached")
        today = page.locator(".shown-day").inner_text()
        page.keyboard.press("]")
        expect(page.locator(".shown-day")).not_to_have_text(today)
        visit = page.locator(".lane .strip:is(.is-booked, .is-confirmed)").first
        visit.focus()
        page.keyboard.press("Space")
        page.get_by_role("button", name="Repeat…").click()
        window = page.locator("#series")
        window.get_by_label("Every", exact=True).fill("5")
        window.get_by_label("So many times more").fill("3")
        window.get_by_role("button", name="Look at each date").first.click()
        dates = window.locator(".dates > li")
        expect(dates).to_have_count(3)
        assert not faults(page)
        free = window.locator(".dates input:checked").count()
        assert free > 0
        window.get_by_role("button", name="Book the ticked ones").click()
        expect(window.locator(".told", has_text="booked")).to_be_visible()
        expect(page.locator(".of-series")).to_contain_text(f"1 of {free + 1}")

        window.locator("summary", has_text="Cancel").click()
        window.get_by_label("All that are still to come").last.check(force=True)
        window.get_by_role("button", name="Look at each date").last.click()
        expect(dates).to_have_count(free + 1)
        window.get_by_role("button", name="Cancel these visits").click()
        told = window.locator(".told", has_text=f"{free + 1} visits were cancelled")
        expect(told).to_be_visible()
