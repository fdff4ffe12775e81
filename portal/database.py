"""The database: one engine, and `transaction()`, the only way to it.

SQLite is encrypted (SQLCipher), in WAL mode with FULL synchronisation, so that what was
acknowledged survives a power cut. Every writer starts with BEGIN IMMEDIATE: a deferred one would
be refused when it turns from reading to writing (docs/decisions/0002-one-writer.md).
"""

import hashlib
import hmac
import os
import secrets
import stat
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import sqlcipher3.dbapi2
from psycopg import sql
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import QueuePool
from sqlmodel import Session

from portal.errors import Busy, Refusal
from portal.settings import Settings
from portal.words import _

# The driver has no types of its own.
sqlcipher: Any = sqlcipher3.dbapi2

KEY_BYTES = 32
FILE_NAME = "portal.db"
BUSY_MS = 8000
# Longer than any transaction of a page takes; an import of a large file may make a page wait.
TURN_SECONDS = 10.0
POOL = 8
LEAST_SQLITE = (3, 51, 3)


class KeyMissing(Refusal):
    """There is no usable key file."""

    sentence = _("The key file is missing. Run `python -m portal init`, or set PORTAL_KEY_FILE.")


class KeyExposed(Refusal):
    """Others than the owner may read the key file."""

    sentence = _("The key file can be read by others. Run `chmod 600` on it.")


class KeyWrong(Refusal):
    """The key does not open the database."""

    sentence = _("The key file does not fit this database. Use the key that was made with it.")


class DiskFull(Refusal):
    """The disk has no room; nothing was saved."""

    sentence = _("The clinic's disk is full. Nothing was saved. Please tell the clinic.")
    status = 507


def make_key(path: Path) -> None:
    """Writes a new key that only the owner may read; an existing one stays."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_key(path: Path) -> bytes:
    """Returns the key's 32 bytes; refuses a missing, short or readable-by-others file."""
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise KeyMissing from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyExposed
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyMissing(_("The key file does not hold a key: 64 hexadecimal digits."))
    return key


def derive(key: bytes, purpose: str) -> bytes:
    """Returns a 32-byte key for one purpose, so that no key serves two (HKDF-Expand, RFC 5869)."""
    return hmac.digest(key, purpose.encode() + b"\x01", hashlib.sha256)


class Database:
    """One open database. `url` empty means the encrypted file in `folder`."""

    def __init__(self, folder: Path, key: bytes, url: str = "") -> None:
        """Opens lazily: the first transaction connects."""
        self.path = folder / FILE_NAME
        self.is_sqlite = not url
        self._key = key
        self._turn = threading.Lock()
        self._peeking = threading.Lock()
        self._peeker: Any = None
        self.info: dict[str, Any] = {
            "audit_key": derive(key, "audit"),
            "throttle_key": derive(key, "throttle"),
        }
        self.engine = self._sqlite() if self.is_sqlite else self._postgres(url)

    def key_for(self, purpose: str) -> bytes:
        """Returns a key derived for one purpose."""
        return derive(self._key, purpose)

    def _sqlite(self) -> Engine:
        engine = create_engine(
            "sqlite://",
            module=sqlcipher,
            creator=self.connect,
            poolclass=QueuePool,
            pool_size=POOL,
            max_overflow=0,
            hide_parameters=True,
        )
        event.listen(engine, "begin", _begin)
        return engine

    @staticmethod
    def _postgres(url: str) -> Engine:
        return create_engine(
            url,
            pool_size=POOL,
            max_overflow=POOL,
            pool_pre_ping=True,
            hide_parameters=True,
        )

    def connect(self) -> Any:
        """Returns a raw SQLCipher connection with every promise switched on."""
        raw = sqlcipher.connect(
            str(self.path),
            check_same_thread=False,
            isolation_level=None,
            timeout=BUSY_MS / 1000,
        )
        raw.execute(f"PRAGMA key = \"x'{self._key.hex()}'\"")
        for pragma in (
            f"busy_timeout = {BUSY_MS}",
            "foreign_keys = ON",
            "synchronous = FULL",
            "trusted_schema = OFF",
            "temp_store = MEMORY",
            "secure_delete = ON",
            "cache_size = -32000",
        ):
            raw.execute(f"PRAGMA {pragma}")
        return raw

    def create_file(self) -> None:
        """Makes the encrypted file if there is none, and sets WAL once and for all."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path.touch(mode=0o600, exist_ok=True)
        raw = self.connect()
        try:
            raw.execute("PRAGMA journal_mode = WAL")
        except sqlcipher.DatabaseError as error:
            raise KeyWrong from error
        finally:
            raw.close()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Yields a session for one use case: commits when it ends well, else nothing stands.

        Raises `Busy` when the turn does not come, `DiskFull` when there is no room.
        """
        if self.is_sqlite and not self._turn.acquire(timeout=TURN_SECONDS):
            raise Busy
        try:
            with Session(self.engine, expire_on_commit=False, info=dict(self.info)) as db:
                yield db
                db.commit()
        except OperationalError as error:
            raise _refusal_of(error) from error
        finally:
            if self.is_sqlite:
                self._turn.release()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Yields a session that only reads and leaves no trace: never for a patient's data."""
        engine = self.engine.execution_options(portal_reading=True)
        with Session(engine, expire_on_commit=False, info=dict(self.info)) as db:
            yield db

    def peek(self, query: str, **values: str) -> Any:
        """Returns the first row of a short look-up, or None. On SQLite it takes some 20 µs.

        Reads the newest commit on a connection of its own; never for a patient's data. Times come
        as the database keeps them. `query` names its values like `:this`.
        """
        if self.is_sqlite:
            with self._peeking:
                if self._peeker is None:
                    self._peeker = self.connect()
                return self._peeker.execute(query, values).fetchone()
        with self.engine.connect() as connection:
            return connection.execute(text(query), values).first()

    def peek_all(self, query: str, **values: Any) -> list[Any]:
        """Returns every row of a short look-up on the embedded file, as `peek` does the first."""
        with self._peeking:
            if self._peeker is None:
                self._peeker = self.connect()
            return self._peeker.execute(query, values).fetchall()

    async def notices(self, channel: str) -> AsyncIterator[str]:
        """Yields what is told on a channel of PostgreSQL, on a connection of its own."""
        where = self.engine.url.set(drivername="postgresql")
        address = where.render_as_string(hide_password=False)
        async with await psycopg.AsyncConnection.connect(address, autocommit=True) as line:
            await line.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
            async for notice in line.notifies():
                yield notice.payload

    def close(self) -> None:
        """Closes every connection."""
        with self._peeking:
            if self._peeker is not None:
                self._peeker.close()
                self._peeker = None
        self.engine.dispose()


def open_from(settings: Settings) -> Database:
    """Opens the clinic's database as the settings say; the key must be there."""
    return Database(settings.data_dir, read_key(settings.key_file), settings.database_url)


def _begin(connection: Connection) -> None:
    reading = connection.get_execution_options().get("portal_reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _refusal_of(error: DBAPIError) -> Exception:
    said = str(error.orig)
    if "locked" in said or "lock timeout" in said or "deadlock" in said:
        return Busy()
    if "disk is full" in said or "No space left" in said:
        return DiskFull()
    return error
