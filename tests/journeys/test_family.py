"""The family in the browser: who helps, a record switched with one press, a help that ends live."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support import axe, running
from tests.support.signed_in import shown, signed_in

WIDTHS = (320, 768, 1280)


def looked_at(page: Page, name: str) -> None:
    """Checks a page at every width; keeps pictures where PORTAL_TEST_SHOTS names a folder."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0, (name, width, over)
        if folder := os.environ.get("PORTAL_TEST_SHOTS"):
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
    assert axe.faults(page) == []


@pytest.mark.parametrize(
    ("who", "path", "words"),
    [
        ("marta", "/family", "Sofia Silva"),
        ("tess", "/family", "What your parents see at your age"),
        ("marta", "/messages/new", "Only between me and the clinic"),
        ("kim", "/staff/requests", "Luc Moreau"),
    ],
)
def test_pages_can_be_read_by_everybody(
    browser: Browser, server: running.Server, who: str, path: str, words: str
) -> None:
    context = signed_in(browser, server, who)
    page = shown(context, path)
    expect(page.get_by_text(words).first).to_be_visible()
    looked_at(page, f"{who}{path.replace('/', '-')}")
    context.close()


def test_a_help_that_the_patient_ends_closes_the_helpers_page_by_itself(
    browser: Browser, server: running.Server
) -> None:
    """AUTHZ-09, AUTHZ-11: one press switches, a banner says whose record it is."""
    helper, patient = signed_in(browser, server, "marta"), signed_in(browser, server, "joaquim")
    hers = shown(helper, "/home")
    hers.get_by_role("navigation", name="Other records").get_by_role(
        "button", name="Open the record of Joaquim"
    ).click()
    expect(hers.get_by_label("Whose record this is")).to_contain_text("Joaquim")
    his = shown(patient, "/family")
    his.get_by_role("button", name=re.compile("End at once.*Marta")).first.click()
    his.get_by_role("dialog").get_by_role("button", name="End at once").click()
    expect(his.get_by_text("Ended. This person sees nothing").first).to_be_visible()
    expect(hers.get_by_role("heading", name="This record was closed")).to_be_visible()
    expect(hers.get_by_text("You can no longer see the record of").first).to_be_visible()
    assert axe.faults(hers) == []
    hers.get_by_role("main").get_by_role("button", name="Marta Silva").click()
    expect(hers.get_by_label("Whose record this is")).to_have_count(0)
    helper.close()
    patient.close()
