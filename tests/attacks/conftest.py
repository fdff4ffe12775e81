"""One portal for all attacks; each test has sign-ins and tokens of its own."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.attacked import Attacked
from tests.support.bases import *  # noqa: F403

# Tabs are forgotten sooner, and one person may do in a test what takes a day elsewhere.
PACE = {
    "sockets.GRACE_S": 1.0,
    "sockets.JOIN_WITHIN_S": 5.0,
    "sockets.ACCOUNT_BURST": 1_000_000,
    "edge.BODY_SECONDS": 4.0,
}


@pytest.fixture(scope="session")
def attacked(empty_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    """Returns a running portal with the cast in it."""
    folder = tmp_path_factory.mktemp("attacked")
    portal = Attacked(folder / "data", folder / "log", pace=PACE)
    portal.fill(empty_file)
    try:
        portal.begin()
        yield portal
    finally:
        portal.close()


@pytest.fixture(autouse=True)
def _rested(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails a test that left a task running."""
    del request
    yield
    assert asyncio._get_running_loop() is None
