"""Only rooms are claimed: two who both work in the same building are in nobody's way.

The triggers of migration 0009 claimed every place. They are read as they stand, narrowed in one
line, and written again: what they do besides stays theirs. Where a place becomes a room, or ceases
to be one, the visits that stand there claim anew; two that would have it at once refuse the change.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_STANDING = "('proposed', 'pending', 'booked', 'arrived', 'checked-in')"
_ANY = "WHERE NEW.location_id IS NOT NULL"
_ROOM = "WHERE EXISTS (SELECT 1 FROM location l WHERE l.id = NEW.location_id AND l.is_room)"
_SQLITE = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
_POSTGRES = (
    "SELECT pg_get_functiondef(p.oid) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
    "WHERE p.proname IN ('appointment_claims', 'hold_claims') AND n.nspname = current_schema()"
)
# A visit is updated to what it is: its own triggers claim again.
_CLAIM_ANEW = (
    "DELETE FROM claim WHERE resource = 'location:' || NEW.id AND NOT NEW.is_room; "
    "UPDATE appointment SET location_id = location_id "
    f"WHERE location_id = NEW.id AND status IN {_STANDING};"
)
_TRIGGER = "CREATE TRIGGER location_claims AFTER UPDATE OF is_room ON location"


def upgrade() -> None:
    """Claims rooms, and no other place."""
    _rewrite(_ANY, _ROOM)
    op.execute(
        "DELETE FROM claim WHERE EXISTS (SELECT 1 FROM location l "
        "WHERE NOT l.is_room AND claim.resource = 'location:' || l.id)"
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"{_TRIGGER} WHEN NEW.is_room <> OLD.is_room BEGIN {_CLAIM_ANEW} END")
        return
    op.execute(
        "CREATE FUNCTION location_claims() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {_CLAIM_ANEW} RETURN NEW; END $$"
    )
    op.execute(
        f"{_TRIGGER} FOR EACH ROW WHEN (NEW.is_room <> OLD.is_room) "
        "EXECUTE FUNCTION location_claims()"
    )


def downgrade() -> None:
    """Claims every place again; what overlaps by now keeps what it can have."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER location_claims")
    else:
        op.execute("DROP TRIGGER location_claims ON location")
        op.execute("DROP FUNCTION location_claims()")
    _rewrite(_ROOM, _ANY)


def _rewrite(before: str, after: str) -> None:
    """Writes the triggers again with one line changed; refuses to go on where it is not there."""
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        found = [row for row in bind.execute(sa.text(_SQLITE)).all() if before in row.sql]
        for row in found:
            bind.execute(sa.text(f"DROP TRIGGER {row.name}"))
            bind.exec_driver_sql(row.sql.replace(before, after))
    else:
        found = [row for row in bind.execute(sa.text(_POSTGRES)).all() if before in row[0]]
        for row in found:
            bind.exec_driver_sql(row[0].replace(before, after))
    if not found:
        msg = "the triggers that claim are not those of migration 0009"
        raise RuntimeError(msg)
