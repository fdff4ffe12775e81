"""One PostgreSQL database that many tests use in turn, each finding it as its template is.

To make a database and drop it takes longer than most tests. So what a test wrote is found and put
back instead. PostgreSQL notes in each row which transaction wrote it (`xmin`): a table holds what
it held when no row is newer than the loan and none is missing. That goes for its own catalogues
too, and where a test changed the layout (a trigger that it dropped), the database is made anew.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

import psycopg
from psycopg import sql

from tests.support import postgres

# What was deleted stays in the files: a fresh copy now and then keeps them small.
LOANS = 60
ROWS = 5_000
GONE_WITHIN_S = 30.0
LAYOUT = (
    "pg_attrdef",
    "pg_attribute",
    "pg_class",
    "pg_constraint",
    "pg_index",
    "pg_namespace",
    "pg_proc",
    "pg_rewrite",
    "pg_sequence",
    "pg_trigger",
    "pg_type",
)

Line = psycopg.Connection[Any]
# By table: how many rows there are, and how many a transaction wrote since the loan began.
Counted = dict[str, tuple[int, int]]


class InUse(Exception):
    """A test has left a connection open: it may write into what the next one finds."""


@dataclass
class Lent:
    """Lends a copy of a template; `address()`, then `give_back()`, one test after the other."""

    server: str
    template: str
    name: str = ""
    loans: int = 0
    began: int = 0
    counted: Counted = field(default_factory=dict)
    rows: dict[str, bytes] = field(default_factory=dict)
    sequences: list[tuple[str, int, bool]] = field(default_factory=list)

    def __enter__(self) -> Self:
        """Nothing is made before it is asked for."""
        return self

    def __exit__(self, *_: object) -> None:
        """Drops the copy."""
        self._drop()

    def address(self) -> str:
        """Returns the address of a database that is as its template."""
        if not self.name:
            self.name = f"lent_{uuid.uuid4().hex}"
            postgres.run(self.server, f"CREATE DATABASE {self.name} TEMPLATE {self.template}")
            self._learn()
        return postgres.address(self.server, self.name)

    def give_back(self) -> None:
        """Puts back what the test changed, or drops the copy where that is more than rows."""
        self.loans += 1
        kept = False
        try:
            with self._line() as line:
                self._wait_until_left(line)
                kept = self.loans < LOANS and self._put_back(line)
        finally:
            if not kept:
                self._drop()

    def _drop(self) -> None:
        if self.name:
            postgres.run(self.server, f"DROP DATABASE {self.name} WITH (FORCE)")
        self.name, self.loans = "", 0

    @contextmanager
    def _line(self) -> Iterator[Line]:
        with psycopg.connect(postgres.plain(postgres.address(self.server, self.name))) as line:
            yield line

    def _learn(self) -> None:
        """Notes what the copy holds."""
        with self._line() as line:
            tables = [name for (name,) in line.execute(_TABLES)]
            self.began = _now(line)
            self.counted = dict.fromkeys((*LAYOUT, *tables), (0, 0))
            self.counted = self._count(line)
            self.rows = {name: _read(line, name) for name in tables}
            self.sequences = [
                (name, *_one(line, _said("SELECT last_value, is_called FROM {}", name)))
                for (name,) in line.execute(_SEQUENCES)
            ]

    def _count(self, line: Line) -> Counted:
        """Counts in every table all rows, and those written since the loan began."""
        parts = [
            _said(
                "SELECT {name}, count(*), count(*) FILTER (WHERE xmin::text::bigint >= {began})"
                " FROM {table}",
                table,
                name=sql.Literal(table),
                began=sql.Literal(self.began),
            )
            for table in self.counted
        ]
        found = line.execute(sql.SQL(" UNION ALL ").join(parts)).fetchall()
        return {name: (rows, new) for name, rows, new in found}

    def _put_back(self, line: Line) -> bool:
        """Puts the rows back that were there; says whether that was all there was to do."""
        found = self._count(line)
        changed = [name for name, now in found.items() if now != self.counted[name]]
        if any(name in LAYOUT or found[name][0] > ROWS for name in changed):
            return False
        try:
            # Whoever may do this needs no key or trigger switched off one by one.
            line.execute("SET LOCAL session_replication_role = replica")
        except psycopg.errors.InsufficientPrivilege:
            return False
        for name in changed:
            line.execute(_said("DELETE FROM {}", name))
            if self.rows[name]:
                with line.cursor().copy(_said("COPY {} FROM STDIN", name)) as copy:
                    copy.write(self.rows[name])
        for name, last, called in self.sequences:
            line.execute("SELECT setval(%s::regclass, %s, %s)", (f'"{name}"', last, called))
        line.commit()
        self.began = _now(line)
        return True

    def _wait_until_left(self, line: Line) -> None:
        """Waits for the test's connections to end, as dropping the database would."""
        for _ in range(int(GONE_WITHIN_S * 100)):
            if not _one(line, sql.SQL(_OTHERS))[0]:
                return
            # The server says what it sees once in a transaction.
            line.rollback()
            line.execute("SELECT pg_sleep(0.01)")
        raise InUse


_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
_SEQUENCES = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1"
_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
)


def _said(statement: str, table: str, **more: sql.Composable) -> sql.Composed:
    named = sql.Identifier(table)
    return sql.SQL(statement).format(named, table=named, **more)  # pyright: ignore[reportArgumentType]


def _one(line: Line, query: sql.SQL | sql.Composed) -> Any:
    return line.execute(query).fetchone()


def _now(line: Line) -> int:
    """Returns the number of the next transaction that writes; nobody else writes here."""
    with line.transaction():
        return int(_one(line, sql.SQL("SELECT pg_snapshot_xmax(pg_current_snapshot())::text"))[0])


def _read(line: Line, table: str) -> bytes:
    with line.cursor().copy(_said("COPY {} TO STDOUT", table)) as copy:
        return b"".join(bytes(part) for part in copy)
