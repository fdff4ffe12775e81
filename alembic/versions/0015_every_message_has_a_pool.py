"""Every conversation lies in a pool and has a clock; what staff do and note there; who covers."""

from collections.abc import Iterator

import sqlalchemy as sa
import sqlmodel
from alembic import op

from portal.models.base import UtcDateTime

revision = "0015"
down_revision = "0014"

_TOPICS = "topic IN ('health', 'medicine', 'appointment', 'bill', 'form', 'technical', 'privacy')"
_CLOCK = "waiting_for <> 'clinic' OR due_at IS NOT NULL"
_EVENTS = "kind IN ('claimed', 'given-back', 'assigned', 'escalated', 'closed', 'reopened')"
_POOLS = (
    ("care", "Care team", "", 0, ("health", "medicine")),
    ("desk", "Front desk", "", 1, ("appointment", "bill", "form", "technical")),
    ("privacy", "Privacy officer", "", 2, ("privacy",)),
    ("doctors", "Doctors", "practitioner", 3, ()),
    ("management", "Management", "manager", 4, ()),
)
# What stands as it was written: by table, the columns that never change.
_STANDS = {
    "communication": "id, thread_id, patient_id, sender_id, sender_name, from_clinic, body, sent_at",
    "thread_event": "id, thread_id, kind, by_id, by_name, to_name, reason, at",
    "thread_note": "id, thread_id, author_id, author_name, body, at",
}
_text = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    """Gives every topic its pool, every conversation that waits its clock."""
    _pools()
    _threads()
    _beside()
    _planned()
    op.execute("UPDATE thread SET due_at = last_at WHERE waiting_for = 'clinic' AND due_at IS NULL")
    for rule in _rules():
        _add_rule(*rule)
    for name, act, table, why in _triggers():
        _refuse(name, act, table, why)


def _pools() -> None:
    op.create_table(
        "pool",
        sa.Column("id", _text(length=64), nullable=False),
        sa.Column("name", _text(length=60), nullable=False),
        sa.Column("role", _text(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("role IN ('', 'practitioner', 'manager')", name=op.f("ck_pool_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pool")),
        sa.UniqueConstraint("name", name=op.f("uq_pool_name")),
    )
    op.create_table(
        "pool_topic",
        sa.Column("topic", _text(length=20), nullable=False),
        sa.Column("pool_id", _text(), nullable=False),
        sa.CheckConstraint(_TOPICS, name=op.f("ck_pool_topic_topic")),
        _key("pool_topic", "pool_id", "pool"),
        sa.PrimaryKeyConstraint("topic", name=op.f("pk_pool_topic")),
    )
    op.create_index(op.f("ix_pool_topic_pool_id"), "pool_topic", ["pool_id"])
    for key, name, role, position, topics in _POOLS:
        op.execute(f"INSERT INTO pool VALUES ('{key}', '{name}', '{role}', {position})")
        for topic in topics:
            op.execute(f"INSERT INTO pool_topic VALUES ('{topic}', '{key}')")


def _threads() -> None:
    op.create_table(
        "thread_desk",
        sa.Column("thread_id", _text(), nullable=False),
        sa.Column("owner_id", _text(), nullable=True),
        sa.Column("pool_id", _text(), nullable=True),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        _key("thread_desk", "thread_id", "thread"),
        _key("thread_desk", "owner_id", "user"),
        _key("thread_desk", "pool_id", "pool"),
        sa.PrimaryKeyConstraint("thread_id", name=op.f("pk_thread_desk")),
    )
    op.create_index("ix_thread_desk_owner_id", "thread_desk", ["owner_id"])


def _beside() -> None:
    op.create_table(
        "thread_event",
        sa.Column("id", _text(length=64), nullable=False),
        sa.Column("thread_id", _text(), nullable=False),
        sa.Column("kind", _text(length=20), nullable=False),
        sa.Column("by_id", _text(), nullable=True),
        sa.Column("by_name", _text(length=300), nullable=False),
        sa.Column("to_name", _text(length=300), nullable=False),
        sa.Column("reason", _text(length=200), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(_EVENTS, name=op.f("ck_thread_event_kind")),
        _key("thread_event", "thread_id", "thread"),
        _key("thread_event", "by_id", "user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread_event")),
    )
    op.create_index("ix_thread_event_thread_id_at", "thread_event", ["thread_id", "at"])
    op.create_table(
        "thread_note",
        sa.Column("id", _text(length=64), nullable=False),
        sa.Column("thread_id", _text(), nullable=False),
        sa.Column("author_id", _text(), nullable=False),
        sa.Column("author_name", _text(length=300), nullable=False),
        sa.Column("body", _text(length=2000), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("client_key", _text(length=64), nullable=False),
        _key("thread_note", "thread_id", "thread"),
        _key("thread_note", "author_id", "user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread_note")),
        sa.UniqueConstraint(
            "author_id", "client_key", name=op.f("uq_thread_note_author_id_client_key")
        ),
    )
    op.create_index("ix_thread_note_thread_id_at", "thread_note", ["thread_id", "at"])


def _planned() -> None:
    op.create_table(
        "cover",
        sa.Column("id", _text(length=64), nullable=False),
        sa.Column("user_id", _text(), nullable=False),
        sa.Column("cover_id", _text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_cover_days")),
        sa.CheckConstraint("user_id <> cover_id", name=op.f("ck_cover_somebody_else")),
        _key("cover", "user_id", "user"),
        _key("cover", "cover_id", "user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cover")),
    )
    op.create_index("ix_cover_cover_id_until_on", "cover", ["cover_id", "until_on"])
    op.create_index("ix_cover_user_id_until_on", "cover", ["user_id", "until_on"])


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def _rules() -> Iterator[tuple[str, str]]:
    """Yields the two rules that `thread` gets: their names, and how SQLite writes them."""
    yield "ck_thread_clock", f"CHECK ({_CLOCK})"
    yield "fk_thread_topic", "FOREIGN KEY(topic) REFERENCES pool_topic (topic)"


def _add_rule(name: str, words: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rewrite(f"CHECK ({_TOPICS})", f"CHECK ({_TOPICS}), \n\tCONSTRAINT {name} {words}")
    elif name.startswith("ck_"):
        op.create_check_constraint(op.f(name), "thread", _CLOCK)
    else:
        op.create_foreign_key(op.f(name), "thread", "pool_topic", ["topic"], ["topic"])


def _drop_rule(name: str, words: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rewrite(f", \n\tCONSTRAINT {name} {words}", "")
    else:
        kind = "check" if name.startswith("ck_") else "foreignkey"
        op.drop_constraint(op.f(name), "thread", type_=kind)


def _rewrite(before: str, after: str) -> None:
    """Rewrites the definition of `thread` on SQLite, to which others point: see step 0006."""
    connection = op.get_bind()
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
        message = "the table of conversations is not as this step expects it"
        raise RuntimeError(message)


def _triggers() -> Iterator[tuple[str, str, str, str]]:
    yield "pool_topic_stays", "DELETE", "pool_topic", "a topic always has a pool"
    for table, columns in _STANDS.items():
        yield f"{table}_stands", f"UPDATE OF {columns}", table, "what was written stands"


def _refuse(name: str, act: str, table: str, why: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, '{why}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{why}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
    )


def downgrade() -> None:
    """Takes the tables back to the step before."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for name, _act, table, _why in _triggers():
        op.execute(f"DROP TRIGGER {name}" + ("" if is_sqlite else f" ON {table}"))
        if not is_sqlite:
            op.execute(f"DROP FUNCTION {name}()")
    for rule in _rules():
        _drop_rule(*rule)
    for table in (
        "cover",
        "thread_note",
        "thread_event",
        "thread_desk",
        "pool_topic",
        "pool",
    ):
        op.drop_table(table)
