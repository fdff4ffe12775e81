"""Very many rows at once, past SQLAlchemy's care for each single one."""

from collections.abc import Callable
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Date, Table
from sqlalchemy.engine import Dialect

from portal.models.base import UtcDateTime

Rows = list[dict[str, Any]]
Change = Callable[[Any], Any]
FEW = 8


def insert(connection: Connection, table: Table, rows: Rows) -> None:
    """Inserts rows that all have the same columns."""
    if not rows:
        return
    if len(rows) < FEW:
        connection.execute(table.insert(), rows)
        return
    names = tuple(rows[0])
    for name, change in _changes(table, connection.dialect):
        if name in rows[0]:
            for row in rows:
                value = row[name]
                if value is not None:
                    row[name] = change(value)
    of_row = itemgetter(*names)
    connection.exec_driver_sql(
        _statement(table, names, connection.dialect.paramstyle), [of_row(row) for row in rows]
    )


@lru_cache(maxsize=256)
def _statement(table: Table, names: tuple[str, ...], style: str) -> str:
    columns = ", ".join(f'"{table.c[name].name}"' for name in names)
    mark = "?" if style == "qmark" else "%s"
    marks = ", ".join(mark for _name in names)
    return f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks})'  # noqa: S608 - our names


@lru_cache(maxsize=256)
def _changes(table: Table, dialect: Dialect) -> tuple[tuple[str, Change], ...]:
    """Returns the columns of dates and moments that the database takes in a form of its own."""
    found: list[tuple[str, Change]] = []
    for column in table.c:
        process = column.type.dialect_impl(dialect).bind_processor(dialect)
        if process is not None and isinstance(column.type, UtcDateTime | Date):
            found.append((column.key, lru_cache(maxsize=4096)(process)))
    return tuple(found)
