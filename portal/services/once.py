"""Once: rows whose unique key decides who came first, on both kinds of database."""

from functools import cache
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel


def insert(db: Session, table: type[SQLModel], rows: list[dict[str, Any]]) -> int:
    """Inserts the rows whose keys are free and returns how many; a taken key is no error.

    On PostgreSQL this waits for whoever is writing the same key, so the answer is final.
    """
    if not rows:
        return 0
    made: Any = table
    statement = _statement(made, db.get_bind().dialect.name)
    given = rows[0] if len(rows) == 1 else rows
    return len(db.connection().execute(statement, given).all())


@cache
def _statement(table: Any, dialect: str) -> Any:
    """Returns the statement, built once: building costs more than running it.

    Rows that come back are counted: the drivers' own counts are not to be trusted here.
    """
    kind: Any = sqlite if dialect == "sqlite" else postgresql
    keys: Any = inspect(table).primary_key
    return kind.insert(table).on_conflict_do_nothing().returning(*keys)
