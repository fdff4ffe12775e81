"""What free times are computed from: types of visit, hours, holds."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from portal.models.base import UtcDateTime

revision = "0008"
down_revision = "0007"

_RULES = {
    "stage": "stage IN ('', 'in-room', 'with-practitioner', 'left')",
    "channel": "channel IN ('in-person', 'phone', 'video')",
    "buffers": "buffer_before BETWEEN 0 AND 240 AND buffer_after BETWEEN 0 AND 240",
}


def _set_claims_aside() -> None:
    """Frees the table of visits from what points at it: SQLite builds it anew."""
    op.execute(
        "CREATE TABLE claim_kept AS SELECT resource, step, appointment_id FROM claim "
        "WHERE appointment_id IS NOT NULL"
    )
    op.execute("DELETE FROM claim")


def _put_claims_back() -> None:
    op.execute(
        "INSERT INTO claim (resource, step, appointment_id) "
        "SELECT resource, step, appointment_id FROM claim_kept"
    )
    op.execute("DROP TABLE claim_kept")


def upgrade() -> None:
    """Brings the tables to this step."""
    op.create_table(
        "visit_type",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("board_name", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("description", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("urgent", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("preparation", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("buffer_before", sa.Integer(), nullable=False),
        sa.Column("buffer_after", sa.Integer(), nullable=False),
        sa.Column("grid", sa.Integer(), nullable=False),
        sa.Column("channels", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("who_books", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("how_booked", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("needs_room", sa.Boolean(), nullable=False),
        sa.Column("needs_equipment", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("form", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("asks_reason", sa.Boolean(), nullable=False),
        sa.Column("reason_prompt", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("new_patients", sa.Boolean(), nullable=False),
        sa.Column("notice_minutes", sa.Integer(), nullable=False),
        sa.Column("ahead_days", sa.Integer(), nullable=False),
        sa.Column("cancel_hours", sa.Integer(), nullable=False),
        sa.Column("open_limit", sa.Integer(), nullable=False),
        sa.Column("colour", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "colour IN ('blue', 'green', 'sand', 'plum', 'clay', 'sky', 'moss', 'slate')",
            name=op.f("ck_visit_type_colour"),
        ),
        sa.CheckConstraint(
            "how_booked IN ('direct', 'approval', 'view-only')",
            name=op.f("ck_visit_type_how_booked"),
        ),
        sa.CheckConstraint(
            "who_books IN ('public', 'established', 'staff')", name=op.f("ck_visit_type_who_books")
        ),
        sa.CheckConstraint(
            "buffer_before BETWEEN 0 AND 240 AND buffer_after BETWEEN 0 AND 240",
            name=op.f("ck_visit_type_buffers"),
        ),
        sa.CheckConstraint(
            "cancel_hours BETWEEN 0 AND 720", name=op.f("ck_visit_type_cancel_hours")
        ),
        sa.CheckConstraint("grid IN (5, 10, 15, 20, 30, 60)", name=op.f("ck_visit_type_grid")),
        sa.CheckConstraint(
            "minutes BETWEEN 5 AND 600 AND minutes % 5 = 0", name=op.f("ck_visit_type_minutes")
        ),
        sa.CheckConstraint(
            "notice_minutes >= 0 AND ahead_days BETWEEN 1 AND 730",
            name=op.f("ck_visit_type_window"),
        ),
        sa.CheckConstraint("open_limit BETWEEN 0 AND 50", name=op.f("ck_visit_type_open_limit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_type")),
    )
    op.create_table(
        "schedule",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("practitioner_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("location_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("from_minute", sa.Integer(), nullable=False),
        sa.Column("to_minute", sa.Integer(), nullable=False),
        sa.Column("visit_types", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "from_minute >= 0 AND to_minute <= 1440 AND from_minute < to_minute",
            name=op.f("ck_schedule_minutes"),
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_schedule_validity")
        ),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_schedule_weekday")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_schedule_location_id")
        ),
        sa.ForeignKeyConstraint(
            ["practitioner_id"], ["practitioner.id"], name=op.f("fk_schedule_practitioner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule")),
    )
    with op.batch_alter_table("schedule", schema=None) as batch_op:
        batch_op.create_index("ix_schedule_practitioner_id", ["practitioner_id"], unique=False)

    op.create_table(
        "schedule_exception",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("practitioner_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("location_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('off', 'closure', 'block', 'extra')", name=op.f("ck_schedule_exception_kind")
        ),
        sa.CheckConstraint(
            "ends_at > starts_at", name=op.f("ck_schedule_exception_ends_after_start")
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_schedule_exception_location_id")
        ),
        sa.ForeignKeyConstraint(
            ["practitioner_id"],
            ["practitioner.id"],
            name=op.f("fk_schedule_exception_practitioner_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_exception")),
    )
    with op.batch_alter_table("schedule_exception", schema=None) as batch_op:
        batch_op.create_index("ix_schedule_exception_starts_at", ["starts_at"], unique=False)

    op.create_table(
        "appointment_change",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("appointment_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("user_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("by", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("what", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("before", sqlmodel.sql.sqltypes.AutoString(length=4000), nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointment.id"],
            name=op.f("fk_appointment_change_appointment_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment_change")),
    )
    with op.batch_alter_table("appointment_change", schema=None) as batch_op:
        batch_op.create_index(
            "ix_appointment_change_appointment_id_at", ["appointment_id", "at"], unique=False
        )

    op.create_table(
        "hold",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("patient_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("user_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("visit_type_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("practitioner_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("location_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("channel", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("buffer_before", sa.Integer(), nullable=False),
        sa.Column("buffer_after", sa.Integer(), nullable=False),
        sa.Column("moves_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_hold_ends_after_start")),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_hold_location_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_hold_patient_id")),
        sa.ForeignKeyConstraint(
            ["practitioner_id"], ["practitioner.id"], name=op.f("fk_hold_practitioner_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_hold_user_id")),
        sa.ForeignKeyConstraint(
            ["visit_type_id"], ["visit_type.id"], name=op.f("fk_hold_visit_type_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.create_index("ix_hold_expires_at", ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_hold_patient_id"), ["patient_id"], unique=False)
        batch_op.create_index(
            "ix_hold_practitioner_id_starts_at", ["practitioner_id", "starts_at"], unique=False
        )

    _set_claims_aside()
    with op.batch_alter_table("appointment", schema=None) as batch_op:
        text = sqlmodel.sql.sqltypes.AutoString
        batch_op.add_column(sa.Column("visit_type_id", text(), nullable=True))
        batch_op.add_column(
            sa.Column("channel", text(length=20), nullable=False, server_default="in-person")
        )
        for name in ("buffer_before", "buffer_after"):
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("stage", text(length=20), nullable=False, server_default=""))
        for name in ("roomed_at", "seen_at", "finished_at"):
            batch_op.add_column(sa.Column(name, UtcDateTime(), nullable=True))
        batch_op.add_column(
            sa.Column("overbooked", text(length=200), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("series_id", text(length=64), nullable=True))
        batch_op.create_index(batch_op.f("ix_appointment_series_id"), ["series_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_appointment_visit_type_id"), "visit_type", ["visit_type_id"], ["id"]
        )
        for name, rule in _RULES.items():
            batch_op.create_check_constraint(batch_op.f(f"ck_appointment_{name}"), rule)

    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.add_column(sa.Column("hold_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.alter_column("appointment_id", existing_type=sa.VARCHAR(), nullable=True)
        batch_op.create_index(batch_op.f("ix_claim_hold_id"), ["hold_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_claim_hold_id"), "hold", ["hold_id"], ["id"])

    with op.batch_alter_table("location", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("is_room", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(
            sa.Column(
                "equipment",
                sqlmodel.sql.sqltypes.AutoString(length=200),
                nullable=False,
                server_default="",
            )
        )
        batch_op.add_column(
            sa.Column(
                "directions",
                sqlmodel.sql.sqltypes.AutoString(length=1000),
                nullable=False,
                server_default="",
            )
        )
        batch_op.add_column(
            sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true())
        )

    _put_claims_back()


def downgrade() -> None:
    """Takes the tables back to the step before."""
    _set_claims_aside()
    for name in ("active", "directions", "equipment", "is_room"):
        # Not in a batch: what points at places would not let them be built anew.
        op.drop_column("location", name)

    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_claim_hold_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_claim_hold_id"))
        batch_op.alter_column("appointment_id", existing_type=sa.VARCHAR(), nullable=False)
        batch_op.drop_column("hold_id")

    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.drop_index("ix_hold_practitioner_id_starts_at")
        batch_op.drop_index(batch_op.f("ix_hold_patient_id"))
        batch_op.drop_index("ix_hold_expires_at")

    op.drop_table("hold")
    with op.batch_alter_table("appointment_change", schema=None) as batch_op:
        batch_op.drop_index("ix_appointment_change_appointment_id_at")

    op.drop_table("appointment_change")
    with op.batch_alter_table("appointment", schema=None) as batch_op:
        for name in _RULES:
            batch_op.drop_constraint(batch_op.f(f"ck_appointment_{name}"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_appointment_visit_type_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_appointment_series_id"))
        batch_op.drop_column("series_id")
        batch_op.drop_column("overbooked")
        batch_op.drop_column("finished_at")
        batch_op.drop_column("seen_at")
        batch_op.drop_column("roomed_at")
        batch_op.drop_column("stage")
        batch_op.drop_column("buffer_after")
        batch_op.drop_column("buffer_before")
        batch_op.drop_column("channel")
        batch_op.drop_column("visit_type_id")

    with op.batch_alter_table("schedule_exception", schema=None) as batch_op:
        batch_op.drop_index("ix_schedule_exception_starts_at")

    op.drop_table("schedule_exception")
    with op.batch_alter_table("schedule", schema=None) as batch_op:
        batch_op.drop_index("ix_schedule_practitioner_id")

    op.drop_table("schedule")
    op.drop_table("visit_type")
    _put_claims_back()
