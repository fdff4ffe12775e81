"""Databases for tests: made once a run with all migrations, then copied for each test (R-42)."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from portal import migrations, words
from portal.database import Database
from tests.support import clinic
from tests.support.clinic import Clinic

KEY = bytes(range(32))
words.settle("en", "America/New_York")


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns the folder of an encrypted database, migrated and empty."""
    folder = tmp_path_factory.mktemp("template")
    base = Database(folder, KEY)
    migrations.upgrade(base)
    base.close()
    return folder


@pytest.fixture(scope="session")
def empty_server(postgres_server: str) -> str:
    """Returns the name of a migrated template database on the PostgreSQL server."""
    name = f"template_{uuid.uuid4().hex}"
    _run(postgres_server, f"CREATE DATABASE {name}")
    base = Database(Path(), KEY, _url(postgres_server, name))
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
    _run(postgres_server, f"CREATE DATABASE {name} TEMPLATE {empty_server}")
    base = Database(Path(), KEY, _url(postgres_server, name))
    cast = clinic.gather(base)
    base.close()
    return name, cast


@pytest.fixture
def sqlite_base(empty_file: Path, tmp_path: Path) -> Iterator[Database]:
    """Returns a migrated encrypted database of the test's own."""
    base = _copied(empty_file, tmp_path)
    yield base
    base.close()


@pytest.fixture
def postgres_base(postgres_server: str, empty_server: str) -> Iterator[Database]:
    """Returns a migrated PostgreSQL database of the test's own."""
    with _made_from(postgres_server, empty_server) as base:
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
def postgres_clinic(postgres_server: str, cast_server: tuple[str, Clinic]) -> Iterator[Clinic]:
    """Returns the cast on PostgreSQL."""
    with _made_from(postgres_server, cast_server[0]) as base:
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
    return Database(folder, KEY)


@contextmanager
def _made_from(server: str, template: str) -> Iterator[Database]:
    name = f"test_{uuid.uuid4().hex}"
    _run(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    base = Database(Path(), KEY, _url(server, name))
    try:
        yield base
    finally:
        base.close()
        _run(server, f"DROP DATABASE {name}")


def _url(server: str, name: str) -> str:
    head, _, tail = server.partition("://")
    rest = tail.partition("?")
    return f"{head}://{rest[0].rpartition('/')[0]}/{name}" + (f"?{rest[2]}" if rest[2] else "")


def _run(server: str, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
