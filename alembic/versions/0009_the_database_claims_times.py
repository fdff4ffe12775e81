"""The database itself claims what a visit or a hold takes, and frees it again.

A row that overlaps another is refused whatever code wrote it, also one that is typed in by hand: the
key of `claim` (resource, step) is the judge, and these triggers are the only ones that write there.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_STANDING = "('proposed', 'pending', 'booked', 'arrived', 'checked-in')"
_COLUMNS = (
    "status, starts_at, ends_at, practitioner_id, location_id, patient_id, buffer_before, "
    "buffer_after, overbooked"
)
_HELD = (
    "id, starts_at, ends_at, practitioner_id, location_id, patient_id, buffer_before, "
    "buffer_after, moves_id"
)
# Steps of five minutes in a day; nothing that stands in the calendar is longer. Around it may lie
# the widest buffers, and what begins within a step touches one more.
_MOST_STEPS = 288
_WIDEST_STEPS = _MOST_STEPS + 2 * 240 // 5 + 1
_EPOCH = {
    "sqlite": "CAST(strftime('%s', NEW.{at}) AS INTEGER)",
    "postgresql": "FLOOR(EXTRACT(EPOCH FROM NEW.{at}))::bigint",
}
# A resource, with the minutes around the visit for which it is taken.
_RESOURCES = """
    SELECT 'patient:' || NEW.patient_id AS resource, 0 AS early, 0 AS late
    UNION ALL
    SELECT 'practitioner:' || NEW.practitioner_id, NEW.buffer_before, NEW.buffer_after
    WHERE NEW.practitioner_id IS NOT NULL
    UNION ALL
    SELECT 'location:' || NEW.location_id, NEW.buffer_before, NEW.buffer_after
    WHERE NEW.location_id IS NOT NULL
"""
# A number of our own for PostgreSQL's advisory lock.
_MOVING = 4_000_006
_LONG = "a visit must not take longer than a day"


def upgrade() -> None:
    """Lets the database claim."""
    # A table with a key, not a view: of four steps four rows are read, not all of them.
    op.create_table(
        "claim_number",
        sa.Column("i", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("i", name=op.f("pk_claim_number")),
    )
    op.execute(
        "INSERT INTO claim_number (i) WITH RECURSIVE c(i) AS "
        f"(SELECT 0 UNION ALL SELECT i + 1 FROM c WHERE i < {_WIDEST_STEPS - 1}) SELECT i FROM c"
    )
    if op.get_bind().dialect.name == "sqlite":
        _on_sqlite()
    else:
        _on_postgres()


def _steps(dialect: str, more: str = "") -> str:
    """Returns what one row claims, in the order in which everybody claims: nobody waits in a ring.

    `more` narrows it: the steps are `r.resource` and `first + n.i`.
    """
    starts, ends = (_EPOCH[dialect].format(at=at) for at in ("starts_at", "ends_at"))
    first = f"(({starts} - r.early * 60) / 300)"
    end = f"(({ends} + r.late * 60 + 299) / 300)"
    return (
        f"SELECT r.resource, {first} + n.i AS step, NEW.id FROM ({_RESOURCES}) r "
        f"JOIN claim_number n ON n.i < {end} - {first} {more.format(step=first + ' + n.i')} "
        "ORDER BY 1, 2"
    )


# A hold that moves a visit may lie over that visit: the old time is kept until the new one is won.
_NOT_OF_THE_MOVED = (
    "WHERE NEW.moves_id IS NULL OR NOT EXISTS (SELECT 1 FROM claim c WHERE c.resource = r.resource "
    "AND c.step = {step} AND c.appointment_id = NEW.moves_id)"
)


_ONLY_FREE = (
    "WHERE NOT EXISTS (SELECT 1 FROM claim c WHERE c.resource = r.resource AND c.step = {step})"
)


def _claim(column: str, steps: str, end: str = "") -> str:
    return f"INSERT INTO claim (resource, step, {column}) {steps}{end};"


def _claim_on_sqlite(column: str, more: str = "") -> str:
    """Returns what claims, or refuses by itself.

    What the statement that fires a trigger says of conflicts (`INSERT OR REPLACE`, `UPDATE OR
    IGNORE`) holds within the trigger too: it would take steps from others, or pass without any.
    """
    steps = _steps("sqlite", more)
    return (
        f"DELETE FROM claim WHERE {column} = NEW.id; "
        "SELECT RAISE(ABORT, 'UNIQUE constraint failed: claim.resource, claim.step') "
        f"FROM ({steps}) s JOIN claim c ON c.resource = s.resource AND c.step = s.step; "
        f"{_claim(column, steps)}"
    )


def _on_sqlite() -> None:
    plain = _claim_on_sqlite("appointment_id")
    what_is_free = (
        "DELETE FROM claim WHERE appointment_id = NEW.id; "
        f"{_claim('appointment_id', _steps('sqlite', _ONLY_FREE))}"
    )
    longest = (
        f"SELECT RAISE(ABORT, '{_LONG}') WHERE "
        f"{_EPOCH['sqlite'].format(at='ends_at')} - {_EPOCH['sqlite'].format(at='starts_at')} "
        f"> {_MOST_STEPS * 300};"
    )
    frees = "DELETE FROM claim WHERE appointment_id = OLD.id;"
    for name, event, first in (
        ("insert", "INSERT", ""),
        ("update", f"UPDATE OF {_COLUMNS}", frees),
    ):
        # One for each way of standing: a trigger's condition is the only one that SQLite has.
        if first:
            op.execute(
                f"CREATE TRIGGER appointment_frees_{name} BEFORE {event} ON appointment "
                f"BEGIN {first} END"
            )
        stands = f"NEW.status IN {_STANDING}"
        op.execute(
            f"CREATE TRIGGER appointment_claims_{name} AFTER {event} ON appointment "
            f"WHEN {stands} AND NEW.overbooked = '' BEGIN {longest} {plain} END"
        )
        op.execute(
            f"CREATE TRIGGER appointment_squeezes_{name} AFTER {event} ON appointment "
            f"WHEN {stands} AND NEW.overbooked <> '' BEGIN {longest} {what_is_free} END"
        )
    op.execute(
        f"CREATE TRIGGER appointment_frees_delete BEFORE DELETE ON appointment BEGIN {frees} END"
    )
    held = _claim_on_sqlite("hold_id", _NOT_OF_THE_MOVED)
    op.execute(f"CREATE TRIGGER hold_claims AFTER INSERT ON hold BEGIN {longest} {held} END")
    op.execute(
        "CREATE TRIGGER hold_frees BEFORE DELETE ON hold "
        "BEGIN DELETE FROM claim WHERE hold_id = OLD.id; END"
    )
    op.execute(
        f"CREATE TRIGGER hold_stays BEFORE UPDATE OF {_HELD} ON hold "
        "BEGIN SELECT RAISE(ABORT, 'a hold does not move'); END"
    )


def _function(name: str, body: str) -> None:
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")


def _on_postgres() -> None:
    steps = _steps("postgresql")
    longest = (
        f"IF NEW.ends_at - NEW.starts_at > interval '{_MOST_STEPS * 5} minutes' "
        f"THEN RAISE EXCEPTION '{_LONG}'; END IF;"
    )
    plain = _claim("appointment_id", steps)
    what_is_free = _claim("appointment_id", steps, " ON CONFLICT DO NOTHING")
    # Two that change places would wait for each other in a ring: who moves, moves alone.
    one_by_one = (
        "IF TG_OP = 'UPDATE' AND (OLD.starts_at, OLD.ends_at, OLD.practitioner_id, "
        "OLD.location_id) IS DISTINCT FROM (NEW.starts_at, NEW.ends_at, NEW.practitioner_id, "
        f"NEW.location_id) THEN PERFORM pg_advisory_xact_lock({_MOVING}); END IF;"
    )
    _function(
        "appointment_claims",
        f"BEGIN {one_by_one} "
        "IF TG_OP <> 'INSERT' THEN DELETE FROM claim WHERE appointment_id = OLD.id; END IF; "
        f"IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; IF NEW.status IN {_STANDING} THEN {longest} "
        f"IF NEW.overbooked = '' THEN {plain} ELSE {what_is_free} END IF; END IF; RETURN NEW; END",
    )
    op.execute(
        f"CREATE TRIGGER appointment_claims AFTER INSERT OR UPDATE OF {_COLUMNS} ON appointment "
        "FOR EACH ROW EXECUTE FUNCTION appointment_claims()"
    )
    op.execute(
        "CREATE TRIGGER appointment_frees BEFORE DELETE ON appointment "
        "FOR EACH ROW EXECUTE FUNCTION appointment_claims()"
    )
    held = _claim("hold_id", _steps("postgresql", _NOT_OF_THE_MOVED))
    _function(
        "hold_claims",
        "BEGIN IF TG_OP = 'UPDATE' THEN RAISE EXCEPTION 'a hold does not move'; END IF; "
        "IF TG_OP = 'DELETE' THEN DELETE FROM claim WHERE hold_id = OLD.id; RETURN OLD; END IF; "
        f"{longest} {held} RETURN NEW; END",
    )
    for name, when in (
        ("claims", "AFTER INSERT"),
        ("frees", "BEFORE DELETE"),
        ("stays", f"BEFORE UPDATE OF {_HELD}"),
    ):
        op.execute(
            f"CREATE TRIGGER hold_{name} {when} ON hold FOR EACH ROW EXECUTE FUNCTION hold_claims()"
        )


def downgrade() -> None:
    """Leaves claiming to the code again."""
    if op.get_bind().dialect.name == "sqlite":
        for name in (
            "appointment_frees_update",
            "appointment_frees_delete",
            "appointment_claims_insert",
            "appointment_claims_update",
            "appointment_squeezes_insert",
            "appointment_squeezes_update",
            "hold_claims",
            "hold_frees",
            "hold_stays",
        ):
            op.execute(f"DROP TRIGGER {name}")
    else:
        for table, names in (
            ("appointment", ("claims", "frees")),
            ("hold", ("claims", "frees", "stays")),
        ):
            for name in names:
                op.execute(f"DROP TRIGGER {table}_{name} ON {table}")
            op.execute(f"DROP FUNCTION {table}_claims()")
    op.drop_table("claim_number")
