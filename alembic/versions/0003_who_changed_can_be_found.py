"""Whose name, birth date, record number or phone came or changed is noted, however it is written.

So the index by which patients are found cannot be forgotten (services/patients/index.py).
"""

from alembic import op

revision = "0003"
down_revision = "0002"

_COLUMNS = "name, family, given, birth_date, record_number, phone"
_WHEN = {
    "came": ("INSERT", "NEW"),
    "changed": (f"UPDATE OF {_COLUMNS}", "NEW"),
    "went": ("DELETE", "OLD"),
}
_SQLITE = (
    "BEGIN INSERT INTO patient_changed (patient_id) SELECT ROW.id "
    "WHERE NOT EXISTS (SELECT 1 FROM patient_changed WHERE patient_id = ROW.id); END"
)
# An update, not DO NOTHING: it waits for whoever takes this note away just now.
_POSTGRES = (
    "CREATE FUNCTION patient_note_ROW() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN INSERT INTO patient_changed (patient_id) VALUES (ROW.id) "
    "ON CONFLICT (patient_id) DO UPDATE SET patient_id = EXCLUDED.patient_id; "
    "RETURN NULL; END $$"
)


def upgrade() -> None:
    """Lets the database itself note who changed."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if not is_sqlite:
        for row in ("NEW", "OLD"):
            op.execute(_POSTGRES.replace("ROW", row))
    for name, (act, row) in _WHEN.items():
        note = _SQLITE if is_sqlite else "EXECUTE FUNCTION patient_note_ROW()"
        does = note.replace("ROW", row)
        op.execute(f"CREATE TRIGGER patient_{name} AFTER {act} ON patient FOR EACH ROW {does}")


def downgrade() -> None:
    """Takes the notes away."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for name in _WHEN:
        op.execute(f"DROP TRIGGER patient_{name}" + ("" if is_sqlite else " ON patient"))
    if not is_sqlite:
        for row in ("new", "old"):
            op.execute(f"DROP FUNCTION patient_note_{row}()")
