"""Portals of the test's own, on both kinds of database: they are killed, starved and stopped."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reliability.working import Portal


@pytest.fixture
def embedded(empty_file: Path, tmp_path: Path) -> Iterator[Portal]:
    """Returns a portal on the encrypted file, not yet started."""
    made = Portal(tmp_path / "clinic" / "data", tmp_path / "log")
    made.fill(empty_file)
    yield made
    made.close()


@pytest.fixture
def on_postgres(postgres_url: str, tmp_path: Path) -> Iterator[Portal]:
    """Returns a portal on PostgreSQL, not yet started."""
    made = Portal(tmp_path / "clinic" / "data", tmp_path / "log", database_url=postgres_url)
    made.fill(tmp_path)
    yield made
    made.close()


@pytest.fixture(params=["embedded", pytest.param("on_postgres", marks=pytest.mark.long)])
def portal(request: pytest.FixtureRequest) -> Portal:
    """Returns a portal, not yet started: the test runs on both kinds of database."""
    return request.getfixturevalue(request.param)
