"""Axe: what a machine can find wrong with a page for people who cannot see or cannot point."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

GRAVE = {"serious", "critical"}


def faults(page: Page) -> list[str]:
    """Returns what axe finds serious or critical, each with the place where it is."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{fault['id']}: {node['html'][:160]}"
        for fault in found
        if fault["impact"] in GRAVE
        for node in fault["nodes"]
    ]
