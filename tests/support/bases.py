"""Databases for tests: made once a run with all migrations, then copied for each test (R-42)."""

import shutil
import uuid
from collections.abc import Iterator
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
    """Returns the folder of an encrypted database with the cast in it."""
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


@pytest.fixture
def sqlite_base(empty_file: Path, tmp_path: Path) -> Iterator[Database]:
    """Returns a migrated encrypted database of the test's own."""
    for file in empty_file.iterdir():
        shutil.copy(file, tmp_path / file.name)
    base = Database(tmp_path, KEY)
    yield base
    base.close()


@pytest.fixture
def postgres_base(postgres_server: str, empty_server: str) -> Iterator[Database]:
    """Returns a migrated PostgreSQL database of the test's own."""
    name = f"test_{uuid.uuid4().hex}"
    _run(postgres_server, f"CREATE DATABASE {name} TEMPLATE {empty_server}")
    base = Database(Path(), KEY, _url(postgres_server, name))
    yield base
    base.close()
    _run(postgres_server, f"DROP DATABASE {name}")


@pytest.fixture(params=["sqlite", "postgres"])
def base(request: pytest.FixtureRequest) -> Database:
    """Returns a migrated database: the test runs on both kinds."""
    return request.getfixturevalue(f"{request.param}_base")


@pytest.fixture
def the_clinic(base: Database) -> Clinic:
    """Returns the cast, on both kinds of database."""
    return clinic.gather(base)


@pytest.fixture
def small_clinic(sqlite_base: Database) -> Clinic:
    """Returns the cast on the encrypted file alone, where the kind of database cannot matter."""
    return clinic.gather(sqlite_base)


def _url(server: str, name: str) -> str:
    head, _, tail = server.partition("://")
    rest = tail.partition("?")
    return f"{head}://{rest[0].rpartition('/')[0]}/{name}" + (f"?{rest[2]}" if rest[2] else "")


def _run(server: str, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
