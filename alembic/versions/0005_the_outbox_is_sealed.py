"""What notices are filled with is sealed, row by row, also what waits at this moment.

Going down opens it again: whoever goes back to the version before must still be able to send it.
"""

from collections.abc import Callable

import sqlalchemy as sa
import sqlmodel
from alembic import context, op

from portal.security import sealed

revision = "0005"
down_revision = "0004"

_TABLE, _COLUMN = "outbox_notice", "given"
_TEXT = sqlmodel.sql.sqltypes.AutoString(length=4000)


def upgrade() -> None:
    """Seals what stands in clear."""
    _change(
        sa.Column(_COLUMN, _TEXT),
        sa.Column(_COLUMN, sa.LargeBinary(), nullable=False, server_default=sa.text("''")),
        lambda key, value, row_id: (
            b""
            if value in {"", "{}"}
            else sealed.seal_with(key, value.encode(), table=_TABLE, column=_COLUMN, row_id=row_id)
        ),
    )


def downgrade() -> None:
    """Opens what is sealed; what does not open is gone."""
    _change(
        sa.Column(_COLUMN, sa.LargeBinary()),
        sa.Column(_COLUMN, _TEXT, nullable=False, server_default=""),
        _opened,
    )


def _opened(key: bytes, value: bytes, row_id: str) -> str:
    if not value:
        return ""
    try:
        return sealed.unseal_with(key, value, table=_TABLE, column=_COLUMN, row_id=row_id).decode()
    except sealed.Unsealable:
        return ""


def _change(old: sa.Column, new: sa.Column, turned: Callable) -> None:
    """Puts a column in the place of one of another type, each value turned on the way."""
    connection, key = op.get_bind(), context.config.attributes["field_key"]
    before = sa.table(_TABLE, sa.column("id", sa.String()), old)
    kept = connection.execute(sa.select(before.c.id, before.c[_COLUMN])).all()
    with op.batch_alter_table(_TABLE, schema=None) as batch_op:
        batch_op.drop_column(_COLUMN)
    with op.batch_alter_table(_TABLE, schema=None) as batch_op:
        batch_op.add_column(new)
    after = sa.table(_TABLE, sa.column("id", sa.String()), sa.column(_COLUMN, new.type))
    for row_id, value in kept:
        changed = turned(key, value, row_id)
        if changed:
            connection.execute(
                after.update().where(after.c.id == row_id).values({_COLUMN: changed})
            )
