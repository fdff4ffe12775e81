"""Insurance and balance in browsers: the desk enters them, the board flags them, live."""

import re

from playwright.sync_api import Browser, expect

from tests.support.axe import faults
from tests.support.running import Server
from tests.support.signed_in import shown, signed_in


def test_what_the_desk_enters_the_board_flags_until_it_is_seen_to(
    browser: Browser, server: Server
) -> None:
    context = signed_in(browser, server, "kim", bypass_csp=True)
    board = shown(context, "/staff/schedule")
    strip = board.locator(".strip", has_text="Gus").first
    expect(strip.get_by_title("Balance")).to_be_visible()
    expect(strip.get_by_title("Insurance")).to_have_count(0)

    chart = shown(context, f"/staff/patients/{strip.get_attribute('data-patient')}")
    panel = chart.locator("#coverage")
    expect(panel).to_contain_text("$45.00")
    panel.get_by_role("button", name="Enter insurance").click()
    chart.get_by_label("Insured with").fill("Larkspur Mutual")
    chart.get_by_label("Member number").fill("LM 0099 1")
    chart.get_by_role("dialog").get_by_role("button", name="Enter insurance").click()
    expect(panel).to_contain_text("LM 0099 1")
    expect(strip.get_by_title("Insurance")).to_be_visible()
    assert not faults(chart)

    panel.get_by_role("button", name="Checked today").click()
    expect(panel).to_contain_text("Kim Doyle")
    expect(strip.get_by_title("Insurance")).to_have_count(0)
    panel.get_by_role("button", name="Enter balance").click()
    chart.get_by_label("Amount").fill("0")
    chart.get_by_role("dialog").get_by_role("button", name="Enter balance").click()
    expect(panel).to_contain_text(re.compile(r"\$0\.00"))
    expect(strip.get_by_title("Balance")).to_have_count(0)
    context.close()
