"""The trace only grows: no row of it is changed or deleted, whoever asks (SECURITY AUD-04)."""

from alembic import op

revision = "0002"
down_revision = "0001"

_ACTS = ("UPDATE", "DELETE")


def upgrade() -> None:
    """Lets the database itself refuse to alter the trace."""
    if op.get_bind().dialect.name == "sqlite":
        for act in _ACTS:
            op.execute(
                f"CREATE TRIGGER audit_event_no_{act.lower()} BEFORE {act} ON audit_event "
                "BEGIN SELECT RAISE(ABORT, 'the trace only grows'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_event_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the trace only grows'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_event_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE "
        "ON audit_event FOR EACH STATEMENT EXECUTE FUNCTION audit_event_only_grows()"
    )


def downgrade() -> None:
    """Takes the refusal away."""
    if op.get_bind().dialect.name == "sqlite":
        for act in _ACTS:
            op.execute(f"DROP TRIGGER audit_event_no_{act.lower()}")
        return
    op.execute("DROP TRIGGER audit_event_only_grows ON audit_event")
    op.execute("DROP FUNCTION audit_event_only_grows()")
