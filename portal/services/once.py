"""Once: rows whose unique key decides who came first, on both kinds of database."""

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
    dialect = sqlite if db.get_bind().dialect.name == "sqlite" else postgresql
    keys = inspect(table).primary_key
    # Rows that come back are counted: the drivers' own counts are not to be trusted here.
    statement = dialect.insert(table).values(rows).on_conflict_do_nothing().returning(*keys)
    return len(db.connection().execute(statement).all())
