"""Questions to the privacy officer have a topic of their own, which the front desk does not read."""

from alembic import op

revision = "0006"
down_revision = "0005"

_BEFORE = "topic IN ('health', 'medicine', 'appointment', 'bill', 'form', 'technical')"
_AFTER = "topic IN ('health', 'medicine', 'appointment', 'bill', 'form', 'technical', 'privacy')"
# So the portal itself began every question about a line of the access log.
_ASKED = (
    "UPDATE thread SET topic = 'privacy' WHERE topic = 'technical' AND EXISTS ("
    "SELECT 1 FROM communication WHERE communication.thread_id = thread.id "
    "AND communication.body LIKE 'To the privacy officer. About this line of my access log%')"
)


def upgrade() -> None:
    """Takes what was asked about the access log out of the front desk's inbox."""
    _allow(_BEFORE, _AFTER)
    op.execute(_ASKED)


def downgrade() -> None:
    """Puts these questions back among those about the website."""
    op.execute("UPDATE thread SET topic = 'technical' WHERE topic = 'privacy'")
    _allow(_AFTER, _BEFORE)


def _allow(before: str, after: str) -> None:
    """Changes which topics there are.

    SQLite cannot do that to a table to which others point while it watches over them, as it does
    in every transaction of ours: a table made anew would have to be dropped first. So its
    definition is rewritten, in the way that SQLite describes for rules that no row has to be
    looked at for ("Making Other Kinds Of Table Schema Changes").
    """
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_thread_topic"), "thread", type_="check")
        op.create_check_constraint(op.f("ck_thread_topic"), "thread", after)
        return
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    done = connection.exec_driver_sql(
        "UPDATE sqlite_master SET sql = replace(sql, ?, ?) "
        "WHERE type = 'table' AND name = 'thread' AND instr(sql, ?) > 0",
        (before, after, before),
    )
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")
    if done.rowcount != 1:
        message = "the table of conversations does not say which topics there are"
        raise RuntimeError(message)
