"""How long tests wait for what happens at once: a machine may be busy, so they judge no speed.

Speed is measured in `benchmarks/`, beside a baseline of the same run. PORTAL_TEST_SLOW makes the
browsers so many times slower, to find what a test presses too early; patience grows along with it.
"""

import os
import time
from collections.abc import Callable

from playwright.sync_api import Page

SLOW = float(os.environ.get("PORTAL_TEST_SLOW") or 1)
PATIENCE_S = 30.0 * SLOW
PATIENCE_MS = PATIENCE_S * 1000


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Waits until something holds that no page shows; its events are taken in meanwhile."""
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end, "it never came"
        page.wait_for_timeout(50)
