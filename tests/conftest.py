"""Fixtures that every folder of tests may use; what they are made of lies in tests/support/."""

import gc
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.support import browser as browsing
from tests.support import patience, postgres, running, source
from tests.support.bases import *  # noqa: F403 - databases and the cast, for every test

# As in portal/__main__.py: most objects of a test run stay to its end.
gc.set_threshold(50_000, 20, 20)

# Those whose files take longest begin first, or one of them would go on alone at the end. Browsers
# come second: the pages are being built meanwhile.
BEGIN = ("reliability", "attacks", "journeys", "cli", "api")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Puts the folders of slow tests first; within a folder nothing moves.

    Leaves out what is marked `long` (it repeats for others what is tried once) but on request.
    """
    items.sort(key=_turn)
    if not os.environ.get("PORTAL_TEST_FULL"):
        long = [item for item in items if item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


def _turn(item: pytest.Item) -> int:
    folder = item.path.parent.name
    return BEGIN.index(folder) if folder in BEGIN else len(BEGIN)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of records that nobody here wrote; skips where this machine has none."""
    beside = [folder / "shared" / "data" for folder in source.ROOT.parents]
    named = [Path(os.environ["PORTAL_TEST_SHARED"])] if "PORTAL_TEST_SHARED" in os.environ else []
    for folder in (*named, *beside):
        if folder.is_dir():
            return folder
    pytest.skip("no folder of shared records here; name one in PORTAL_TEST_SHARED")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser of the browser tests; skips where there is none, saying how to get one."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if path := shutil.which(name):
            return path
    pytest.skip("no Chromium or Chrome on the PATH; on Debian: apt install chromium")


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """A browser without a window; ask it for a `new_context()` for each person.

    It ends with its module: while it lives an event loop runs, and no other may be started.
    """
    expect.set_options(timeout=patience.PATIENCE_MS)
    with browsing.opened(chromium) as opened:
        yield opened


@pytest.fixture(scope="session")
def site() -> Path:
    """The built pages, built now if their sources changed."""
    from portal.cli import build

    return build.site()


@pytest.fixture(scope="session")
def demo_zone() -> str:
    """A zone in which it is past ten in the morning now: the demo's day is in full swing.

    What a clinic shows depends on its hour, and no test may depend on when it runs.
    """
    offset = 10 - datetime.now(UTC).hour
    offset += 24 if offset < -12 else 0
    return f"Etc/GMT{-offset:+d}" if offset else "Etc/GMT"


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory, site: Path, demo_zone: str) -> Path:
    """A data folder with the demo clinic in it: copy it, never serve it itself."""
    del site
    folder = tmp_path_factory.mktemp("demo") / "data"
    done = running.run_forked("demo", "--only-fill", data_dir=folder, zone=demo_zone)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def server(
    demo_data: Path, demo_zone: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[running.Server]:
    """A portal with its own copy of the demo clinic, one for each module of tests."""
    folder = tmp_path_factory.mktemp("clinic") / "data"
    shutil.copytree(demo_data, folder)
    shutil.copy2(demo_data.with_name("data.key"), folder.with_name("data.key"))
    started = running.Server(
        folder, folder.with_name("log"), {"demo": "true", "zone": demo_zone}, is_forked=True
    )
    try:
        started.start()
        yield started
    finally:
        started.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server; skips where there is none, saying how to get one."""
    yield from postgres.server()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The address of an empty PostgreSQL database, dropped afterwards."""
    yield from postgres.empty_database(postgres_server)
