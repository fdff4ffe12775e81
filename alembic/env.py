"""How Alembic reaches the clinic's database: the connection that the portal hands over."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection

from portal.models.base import UtcDateTime
from portal.models.everything import TABLES


def _type(kind: str, thing: object, autogen: AutogenContext) -> str | Literal[False]:
    """Writes our own column types by name, and imports them."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        autogen.imports.add("from portal.models.base import UtcDateTime")
        return "UtcDateTime()"
    return False


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=TABLES,
        compare_type=True,
        render_as_batch=True,
        render_item=_type,
        user_module_prefix="sqlmodel.sql.sqltypes.",
    )
    context.run_migrations()


_run(context.config.attributes["connection"])
