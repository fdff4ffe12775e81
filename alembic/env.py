"""How Alembic reaches the clinic's database: the connection that the portal hands over."""

from sqlalchemy import Connection
from sqlmodel import SQLModel

import portal.models.everything  # noqa: F401 - registers every table
from alembic import context
from portal.models.base import UtcDateTime


def _type(kind: str, thing: object, autogen: object) -> str | bool:
    """Writes our own column types by name, and imports them."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        autogen.imports.add("from portal.models.base import UtcDateTime")  # type: ignore[attr-defined]
        return "UtcDateTime()"
    return False


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        compare_type=True,
        render_as_batch=True,
        render_item=_type,
        user_module_prefix="sqlmodel.sql.sqltypes.",
    )
    context.run_migrations()


_run(context.config.attributes["connection"])
