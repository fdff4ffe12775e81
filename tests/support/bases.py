"""Databases for tests: made once a run with all migrations, then copied for each test (R-42)."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Dialect

from portal import migrations, words
from portal.database import Database
from tests.support import clinic, postgres
from tests.support.clinic import Clinic
from tests.support.lent import Lent

KEY = bytes(range(32))
words.settle("en", "America/New_York")


# By kind of database: what knows its language, and the statements put into it so far.
_SPOKEN: dict[bool, tuple[Dialect, dict[Any, Any]]] = {}


class Quick(Database):
    """A database of one test, which writes no statement that another test has written before.

    To put a statement into words takes much longer than to run it on a few rows.
    """

    def __init__(self, folder: Path, key: bytes, url: str = "") -> None:
        """Opens lazily, with the words of the first database of its kind."""
        super().__init__(folder, key, url)
        spoken, written = _SPOKEN.setdefault(self.is_sqlite, (self.engine.dialect, {}))
        self.engine.dialect = spoken
        self.engine.update_execution_options(compiled_cache=written)


class Hurried(Quick):
    """One on a file, spared what only a power cut would need, as PostgreSQL's is."""

    def connect(self) -> Any:
        """Returns a connection that does not wait for the disk."""
        raw = super().connect()
        raw.execute("PRAGMA synchronous = OFF")
        return raw


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns the folder of an encrypted database, migrated and empty."""
    folder = tmp_path_factory.mktemp("template")
    base = Hurried(folder, KEY)
    migrations.upgrade(base)
    base.close()
    return folder


@pytest.fixture(scope="session")
def empty_server(postgres_server: str) -> str:
    """Returns the name of a migrated template database on the PostgreSQL server."""
    name = f"template_{uuid.uuid4().hex}"
    postgres.run(postgres_server, f"CREATE DATABASE {name}")
    base = Quick(Path(), KEY, postgres.address(postgres_server, name))
    migrations.upgrade(base)
    base.close()
    return name


@pytest.fixture(scope="session")
def cast_file(empty_file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Clinic]:
    """Returns the folder of an encrypted database with the cast in it, and the cast."""
    folder = tmp_path_factory.mktemp("cast")
    base = _copied(empty_file, folder)
    cast = clinic.gather(base)
    base.close()
    return folder, cast


@pytest.fixture(scope="session")
def cast_server(postgres_server: str, empty_server: str) -> tuple[str, Clinic]:
    """Returns the name of a template database with the cast in it, and the cast."""
    name = f"cast_{uuid.uuid4().hex}"
    postgres.run(postgres_server, f"CREATE DATABASE {name} TEMPLATE {empty_server}")
    base = Quick(Path(), KEY, postgres.address(postgres_server, name))
    cast = clinic.gather(base)
    base.close()
    return name, cast


@pytest.fixture(scope="session")
def empty_lent(postgres_server: str, empty_server: str) -> Iterator[Lent]:
    """Returns what lends a migrated PostgreSQL database to one test after the other."""
    with Lent(postgres_server, empty_server) as lent:
        yield lent


@pytest.fixture(scope="session")
def cast_lent(postgres_server: str, cast_server: tuple[str, Clinic]) -> Iterator[Lent]:
    """Returns what lends the cast's PostgreSQL database to one test after the other."""
    with Lent(postgres_server, cast_server[0]) as lent:
        yield lent


@pytest.fixture
def sqlite_base(empty_file: Path, tmp_path: Path) -> Iterator[Database]:
    """Returns a migrated encrypted database of the test's own."""
    base = _copied(empty_file, tmp_path)
    yield base
    base.close()


@pytest.fixture
def postgres_base(empty_lent: Lent, tmp_path: Path) -> Iterator[Database]:
    """Returns a migrated PostgreSQL database of the test's own."""
    with _opened(empty_lent, tmp_path) as base:
        yield base


@pytest.fixture(params=["sqlite", "postgres"])
def base(request: pytest.FixtureRequest) -> Database:
    """Returns a migrated database: the test runs on both kinds."""
    return request.getfixturevalue(f"{request.param}_base")


@pytest.fixture
def sqlite_clinic(cast_file: tuple[Path, Clinic], tmp_path: Path) -> Iterator[Clinic]:
    """Returns the cast on the encrypted file."""
    base = _copied(cast_file[0], tmp_path)
    yield cast_file[1].on(base)
    base.close()


@pytest.fixture
def postgres_clinic(
    cast_lent: Lent, cast_server: tuple[str, Clinic], tmp_path: Path
) -> Iterator[Clinic]:
    """Returns the cast on PostgreSQL."""
    with _opened(cast_lent, tmp_path) as base:
        yield cast_server[1].on(base)


@pytest.fixture(params=["sqlite", "postgres"])
def the_clinic(request: pytest.FixtureRequest) -> Clinic:
    """Returns the cast, on both kinds of database."""
    return request.getfixturevalue(f"{request.param}_clinic")


@pytest.fixture
def small_clinic(sqlite_clinic: Clinic) -> Clinic:
    """Returns the cast on the encrypted file alone, where the kind of database cannot matter."""
    return sqlite_clinic


def _copied(source: Path, folder: Path) -> Database:
    for file in source.iterdir():
        shutil.copy(file, folder / file.name)
    return Hurried(folder, KEY)


@contextmanager
def _opened(lent: Lent, folder: Path) -> Iterator[Database]:
    base = Quick(folder, KEY, lent.address())
    try:
        yield base
    finally:
        base.close()
        lent.give_back()
