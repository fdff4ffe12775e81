"""The database: one engine, and `transaction()`, the only way to it.

SQLite is encrypted (SQLCipher), in WAL mode with FULL synchronisation, so that what was
acknowledged survives a power cut. Every writer starts with BEGIN IMMEDIATE: a deferred one would
be refused when it turns from reading to writing (docs/decisions/0002-one-writer.md).
"""

import hashlib
import hmac
import logging
import os
import secrets
import stat
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import sqlcipher3.dbapi2
from psycopg import sql
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool
from sqlmodel import Session

from portal.errors import Busy, Refusal
from portal.settings import Settings
from portal.words import _

log = logging.getLogger("portal.database")

# The driver has no types of its own.
sqlcipher: Any = sqlcipher3.dbapi2

KEY_BYTES = 32
FILE_NAME = "portal.db"
FILES = "files"
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

    sentence = _(
        "The key file does not fit this database: use the key that was made with it. If it is that "
        "key, the database is damaged: restore the newest backup."
    )


class DiskFull(Refusal):
    """The disk has no room; nothing was saved."""

    sentence = _("The clinic's disk is full. Nothing was saved. Please tell the clinic.")
    status = 507


class Unwritable(Refusal):
    """The disk cannot be written to, or reads with errors."""

    sentence = _("The clinic's disk does not work. Nothing was saved. Please tell the clinic.")
    status = 503


class Damaged(Refusal):
    """What is stored is not what was written; it is never shown as if it were."""

    sentence = _("The clinic's records are damaged and cannot be opened. Please tell the clinic.")
    status = 503


class Unreachable(Refusal):
    """The database server does not answer."""

    sentence = _("The clinic's database does not answer. Nothing was saved: try again in a moment.")
    status = 503


class Unsure(Refusal):
    """The answer to a commit never came: it may stand or not."""

    sentence = _(
        "The connection to the clinic's database broke while saving. Look whether it was saved "
        "before you do it again."
    )
    status = 503


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
            "field_key": derive(key, "fields"),
            "code_key": derive(key, "codes"),
            "witness_key": derive(key, "witness"),
            "file_key": derive(key, "files"),
            "push_key": derive(key, "push"),
            # The same folder with either kind of database: files never lie in it.
            "files": folder / FILES,
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
            pool_timeout=TURN_SECONDS,
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
            pool_timeout=TURN_SECONDS,
            pool_pre_ping=True,
            connect_args=_line(url),
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
            # What it has to say is an error, and comes to us; it would fill the log line by line.
            "cipher_log_level = NONE",
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

        Raises `Busy` when the turn does not come, `DiskFull` when there is no room, and what else
        `told` knows.
        """
        if self.is_sqlite and not self._turn.acquire(timeout=TURN_SECONDS):
            raise Busy
        try:
            with told(), Session(self.engine, expire_on_commit=False, info=dict(self.info)) as db:
                yield db
                with told(_when_committing):
                    db.commit()
        finally:
            if self.is_sqlite:
                self._turn.release()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Yields a session that only reads and leaves no trace: never for a patient's data.

        It sees one moment from beginning to end, whatever is written meanwhile.
        """
        one_moment = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        engine = self.engine.execution_options(portal_reading=True, **one_moment)
        with told(), Session(engine, expire_on_commit=False, info=dict(self.info)) as db:
            yield db

    def peek(self, query: str, **values: str) -> Any:
        """Returns the first row of a short look-up, or None. On SQLite it takes some 20 µs.

        Reads the newest commit on a connection of its own; never for a patient's data. Times come
        as the database keeps them. `query` names its values like `:this`.
        """
        if self.is_sqlite:
            with told(), self._peeking:
                if self._peeker is None:
                    self._peeker = self.connect()
                return self._peeker.execute(query, values).fetchone()
        with told(), self.engine.connect() as connection:
            return connection.execute(text(query), values).first()

    def peek_all(self, query: str, **values: Any) -> list[Any]:
        """Returns every row of a short look-up on the embedded file, as `peek` does the first."""
        with told(), self._peeking:
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


def _line(url: str) -> dict[str, str | int]:
    """Returns how long PostgreSQL may let us wait, unless its address says so itself."""
    said = make_url(url).query
    wait: dict[str, str | int] = {"connect_timeout": int(TURN_SECONDS)}
    if "options" not in said:
        wait["options"] = f"-c lock_timeout={BUSY_MS}"
    return {name: value for name, value in wait.items() if name not in said}


# What SQLite and SQLCipher say, in parts of their sentences.
_SAID: tuple[tuple[str, type[Refusal]], ...] = (
    ("is locked", Busy),
    ("is full", DiskFull),
    ("readonly database", Unwritable),
    ("unable to open", Unwritable),
    ("disk I/O error", Unwritable),
    ("malformed", Damaged),
    ("not a database", KeyWrong),
)
# What PostgreSQL says, by the beginning of its SQLSTATE.
_STATES: tuple[tuple[str, type[Refusal]], ...] = (
    ("40", Busy),  # a deadlock, or work that got in each other's way
    ("55P03", Busy),  # a lock that did not come in time
    ("57014", Busy),  # took too long
    ("53100", DiskFull),
    ("53", Busy),  # too many connections, no memory
    ("25006", Unwritable),  # a server that only reads
    ("58", Unwritable),  # its disk fails
    ("XX001", Damaged),
    ("XX002", Damaged),
    ("08", Unreachable),
    ("57P", Unreachable),  # it is being stopped or started
)

Reading = Callable[[Exception], type[Refusal] | None]


def refusal_of(error: Exception) -> type[Refusal] | None:
    """Returns what an error of a driver means for people; None where it is a bug of ours."""
    state = getattr(error, "sqlstate", "")
    if isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError)) and not state:
        # The server never came to say a word.
        return Unreachable
    if state:
        return next((kind for start, kind in _STATES if state.startswith(start)), None)
    return next((kind for part, kind in _SAID if part in str(error)), None)


def _when_committing(error: Exception) -> type[Refusal] | None:
    kind = refusal_of(error)
    return Unsure if kind is Unreachable else kind


@contextmanager
def told(reading: Reading = refusal_of) -> Iterator[None]:
    """Turns what a driver says about locks, disks, damage and lines into a refusal."""
    try:
        yield
    except PoolTimeout as error:
        raise Busy from error
    except (DBAPIError, sqlcipher.Error) as error:
        kind = reading(getattr(error, "orig", error))
        if kind is None:
            raise
        if kind not in {Busy, DiskFull}:
            # The kind says it all; what a driver says may hold what was to be written.
            log.error("the database: %s", kind.__name__)  # noqa: TRY400
        raise kind from error
