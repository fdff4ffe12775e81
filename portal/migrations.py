"""Migrations: brings the database to the tables that this version of the portal knows."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from portal.database import Database, told
from portal.security import audit

SCRIPTS = Path(__file__).resolve().parent.parent / "alembic"


def _config(connection: Connection | None = None, base: Database | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    # For a step that seals what was in clear, or opens it again.
    config.attributes["field_key"] = base.info["field_key"] if base else b""
    return config


def head() -> str | None:
    """Returns the newest step that this version knows."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def current(base: Database) -> str | None:
    """Returns the step at which the database stands; None when it is empty."""
    with told(), base.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(base: Database, revision: str = "head") -> None:
    """Takes the database up to a step, all in one transaction, and lays the trace's anchor."""
    if base.is_sqlite:
        base.create_file()
    with base.engine.begin() as connection:
        command.upgrade(_config(connection, base), revision)
        if revision == "head":
            audit.begin(connection)


def downgrade(base: Database, revision: str) -> None:
    """Takes the database down to a step."""
    with base.engine.begin() as connection:
        command.downgrade(_config(connection, base), revision)


def write(base: Database, message: str) -> None:
    """Writes the next step from the difference between the tables and the models."""
    with base.engine.begin() as connection:
        command.revision(_config(connection), message=message, autogenerate=True, rev_id=_next())


def difference(base: Database) -> list[object]:
    """Returns what the models have and the migrated tables lack, or the other way round."""
    from alembic.autogenerate import compare_metadata

    from portal.models.everything import TABLES

    with base.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, TABLES)


def _next() -> str:
    steps = list(ScriptDirectory.from_config(_config()).walk_revisions())
    return f"{len(steps) + 1:04d}"
