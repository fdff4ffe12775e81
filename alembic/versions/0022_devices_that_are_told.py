"""Devices that are told: browsers that asked for push messages, and push as a way to be told."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from portal.models.base import UtcDateTime

revision = "0022"
down_revision = "0021"

# By table and rule: which ways there were, and which there are.
_RULES = {
    ("notice_choice", "way"): (
        "way IN ('email', 'sms', 'portal')",
        "way IN ('email', 'sms', 'push', 'portal')",
    ),
    ("outbox_notice", "channel"): (
        "channel IN ('email', 'sms')",
        "channel IN ('email', 'sms', 'push')",
    ),
}


def upgrade() -> None:
    """Brings the tables to this step: nobody is told on a device before they ask for it."""
    text = sqlmodel.sql.sqltypes.AutoString
    table = "push_subscription"
    op.create_table(
        table,
        sa.Column("id", text(length=64), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("endpoint_hash", sa.String(length=64), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("sign_in_id", text(length=64), nullable=False),
        sa.Column("device", text(length=200), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f(f"fk_{table}_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("endpoint_hash", name=op.f(f"uq_{table}_endpoint_hash")),
    )
    op.create_index(op.f(f"ix_{table}_user_id"), table, ["user_id"])
    for (where, name), (before, after) in _RULES.items():
        _allow(where, name, before, after)


def downgrade() -> None:
    """Takes the tables back to the step before; who was told on a device is told by e-mail."""
    # What has not gone out has no address by which it could. What has gone out keeps its end.
    op.execute(
        "UPDATE outbox_notice SET state = 'withdrawn', problem = 'no-longer' "
        "WHERE channel = 'push' AND state IN ('pending', 'claimed')"
    )
    op.execute("UPDATE outbox_notice SET channel = 'email' WHERE channel = 'push'")
    op.execute("DELETE FROM notice_choice WHERE way = 'push'")
    for (where, name), (before, after) in _RULES.items():
        _allow(where, name, after, before)
    op.drop_table("push_subscription")


def _allow(table: str, name: str, before: str, after: str) -> None:
    """Changes which ways there are; on SQLite by rewriting the definition, see step 0006."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, after)
        return
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    done = connection.exec_driver_sql(
        "UPDATE sqlite_master SET sql = replace(sql, ?, ?) "
        "WHERE type = 'table' AND name = ? AND instr(sql, ?) > 0",
        (before, after, table, before),
    )
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")
    if done.rowcount != 1:
        message = f"the table {table} does not say which ways there are"
        raise RuntimeError(message)
