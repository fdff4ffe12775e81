"""Axe: what a machine can find wrong with a page for people who cannot see or cannot point."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

GRAVE = {"serious", "critical"}
# What passed is neither told apart nor brought over: most of the time went into that.
_RUN = """async () => {
  const found = await axe.run({ resultTypes: ["violations"], reporter: "no-passes" });
  return found.violations;
}"""


def faults(page: Page) -> list[str]:
    """Returns what axe finds serious or critical, each with the place where it is."""
    if not page.evaluate("!!window.axe"):
        page.evaluate(AXE_SCRIPT)
    found: list[dict[str, Any]] = page.evaluate(_RUN)
    return [
        f"{fault['id']}: {node['html'][:160]}"
        for fault in found
        if fault["impact"] in GRAVE
        for node in fault["nodes"]
    ]
