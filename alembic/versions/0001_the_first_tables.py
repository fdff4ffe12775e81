"""The first tables."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from portal.models.base import UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Brings the tables to this step."""
    op.create_table(
        "audit_event",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("actor_name", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("acting_for", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("patient_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("action", sqlmodel.sql.sqltypes.AutoString(length=1), nullable=False),
        sa.Column("category", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("entity", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("outcome", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("sign_in", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.CheckConstraint(
            "action IN ('C', 'R', 'U', 'D', 'E')", name=op.f("ck_audit_event_action")
        ),
        sa.CheckConstraint(
            "outcome IN ('success', 'refused', 'failed')", name=op.f("ck_audit_event_outcome")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_event")),
    )
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.create_index("ix_audit_event_actor_id_at", ["actor_id", "at"], unique=False)
        batch_op.create_index("ix_audit_event_patient_id_at", ["patient_id", "at"], unique=False)

    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "import_run",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("strict", sa.Boolean(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    op.create_table(
        "live_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("patient_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_change")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "name_variant",
        sa.Column(
            "variant",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "word",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("variant", "word", name=op.f("pk_name_variant")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "organization",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("fhir_source", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=True),
        sa.Column("fhir_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("phone", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("email", sqlmodel.sql.sqltypes.AutoString(length=254), nullable=False),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("hours", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("is_clinic", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization")),
        sa.UniqueConstraint(
            "fhir_source", "fhir_id", name=op.f("uq_organization_fhir_source_fhir_id")
        ),
    )
    op.create_table(
        "patient_changed",
        sa.Column("patient_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.PrimaryKeyConstraint("patient_id", name=op.f("pk_patient_changed")),
    )
    op.create_table(
        "patient_findable",
        sa.Column("patient_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("body", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("heads", sqlmodel.sql.sqltypes.AutoString(length=4000), nullable=False),
        sa.PrimaryKeyConstraint("patient_id", name=op.f("pk_patient_findable")),
    )
    op.create_table(
        "patient_key",
        sa.Column(
            "key",
            sa.String(length=300).with_variant(sa.String(length=300, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("patient_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.PrimaryKeyConstraint("key", "patient_id", name=op.f("pk_patient_key")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "practitioner",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("fhir_source", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=True),
        sa.Column("fhir_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("prefix", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("gender", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=True),
        sa.Column("phone", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("email", sqlmodel.sql.sqltypes.AutoString(length=254), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practitioner")),
        sa.UniqueConstraint(
            "fhir_source", "fhir_id", name=op.f("uq_practitioner_fhir_source_fhir_id")
        ),
    )
    op.create_table(
        "tries",
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.Column("wait_until", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_tries")),
    )
    op.create_table(
        "import_file",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("import_run_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("same", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_run_id"], ["import_run.id"], name=op.f("fk_import_file_import_run_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_file")),
    )
    with op.batch_alter_table("import_file", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_import_file_import_run_id"), ["import_run_id"], unique=False
        )

    op.create_table(
        "location",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("fhir_source", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=True),
        sa.Column("fhir_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("organization_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_location_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_location")),
        sa.UniqueConstraint("fhir_source", "fhir_id", name=op.f("uq_location_fhir_source_fhir_id")),
    )
    op.create_table(
        "patient",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("fhir_source", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=True),
        sa.Column("fhir_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("record_number", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("family", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("given", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("family_key", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("given_key", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("birth_date", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("gender", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("phone", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("email", sqlmodel.sql.sqltypes.AutoString(length=254), nullable=False),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(length=35), nullable=False),
        sa.Column("deceased", sa.Boolean(), nullable=False),
        sa.Column("deceased_at", sqlmodel.sql.sqltypes.AutoString(length=35), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("general_practitioner_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.CheckConstraint(
            "gender IN ('male', 'female', 'other', 'unknown')", name=op.f("ck_patient_gender")
        ),
        sa.ForeignKeyConstraint(
            ["general_practitioner_id"],
            ["practitioner.id"],
            name=op.f("fk_patient_general_practitioner_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient")),
        sa.UniqueConstraint("fhir_source", "fhir_id", name=op.f("uq_patient_fhir_source_fhir_id")),
    )
    with op.batch_alter_table("patient", schema=None) as batch_op:
        batch_op.create_index("ix_patient_born_on", ["born_on"], unique=False)
        batch_op.create_index("ix_patient_family_key", ["family_key", "given_key"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_patient_record_number"), ["record_number"], unique=False
        )

    op.create_table(
        "practitioner_role",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("fhir_source", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=True),
        sa.Column("fhir_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("practitioner_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("organization_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_practitioner_role_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["practitioner_id"],
            ["practitioner.id"],
            name=op.f("fk_practitioner_role_practitioner_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practitioner_role")),
    )
    with op.batch_alter_table("practitioner_role", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_practitioner_role_practitioner_id"), ["practitioner_id"], unique=False
        )

    op.create_table(
        "appointment",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("patient_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("practitioner_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("location_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("preparation", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("arrived_at", UtcDateTime(), nullable=True),
        sa.Column("cancelled_at", UtcDateTime(), nullable=True),
        sa.Column("cancelled_by", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("cancel_reason", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status IN ('proposed', 'pending', 'booked', 'arrived', 'fulfilled', 'cancelled', 'noshow', 'entered-in-error', 'checked-in', 'waitlist')",
            name=op.f("ck_appointment_status"),
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_appointment_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_appointment_location_id")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_appointment_patient_id")
        ),
        sa.ForeignKeyConstraint(
            ["practitioner_id"], ["practitioner.id"], name=op.f("fk_appointment_practitioner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
    )
    with op.batch_alter_table("appointment", schema=None) as batch_op:
        batch_op.create_index(
            "ix_appointment_patient_id_starts_at", ["patient_id", "starts_at"], unique=False
        )
        batch_op.create_index(
            "ix_appointment_practitioner_id_starts_at",
            ["practitioner_id", "starts_at"],
            unique=False,
        )
        batch_op.create_index("ix_appointment_starts_at", ["starts_at"], unique=False)

    op.create_table(
        "fhir_resource",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("type", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("fhir_id", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("version_id", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("last_updated", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("full_url", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("patient_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("has_record", sa.Boolean(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("imported_at", UtcDateTime(), nullable=False),
        sa.Column("import_file_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.CheckConstraint("length(fhir_id) > 0", name=op.f("ck_fhir_resource_fhir_id")),
        sa.ForeignKeyConstraint(
            ["import_file_id"], ["import_file.id"], name=op.f("fk_fhir_resource_import_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_fhir_resource_patient_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fhir_resource")),
        sa.UniqueConstraint(
            "source", "type", "fhir_id", name=op.f("uq_fhir_resource_source_type_fhir_id")
        ),
    )
    with op.batch_alter_table("fhir_resource", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_fhir_resource_patient_id_type"), ["patient_id", "type"], unique=False
        )

    op.create_table(
        "outbox_notice",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("patient_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("record_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('pending', 'claimed', 'sent', 'dead', 'withdrawn')",
            name=op.f("ck_outbox_notice_state"),
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_outbox_notice_patient_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_notice")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_notice_key")),
    )
    with op.batch_alter_table("outbox_notice", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_outbox_notice_patient_id"), ["patient_id"], unique=False
        )
        batch_op.create_index("ix_outbox_notice_state_due_at", ["state", "due_at"], unique=False)

    op.create_table(
        "thread",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("patient_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("topic", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("waiting_for", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "topic IN ('health', 'medicine', 'appointment', 'bill', 'form', 'technical')",
            name=op.f("ck_thread_topic"),
        ),
        sa.CheckConstraint(
            "waiting_for IN ('clinic', 'patient', 'nobody')", name=op.f("ck_thread_waiting_for")
        ),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_thread_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread")),
    )
    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.create_index(
            "ix_thread_patient_id_last_at", ["patient_id", "last_at"], unique=False
        )
        batch_op.create_index(
            "ix_thread_waiting_for_last_at", ["waiting_for", "last_at"], unique=False
        )

    op.create_table(
        "user",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("sign_in_name", sqlmodel.sql.sqltypes.AutoString(length=254), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("patient_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("practitioner_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("password_hash", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "(role = 'patient') = (patient_id IS NOT NULL)", name=op.f("ck_user_patient_has_record")
        ),
        sa.CheckConstraint(
            "role IN ('patient', 'helper', 'practitioner', 'nurse', 'front_desk', 'billing', 'manager', 'administrator', 'auditor')",
            name=op.f("ck_user_role"),
        ),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_user_patient_id")),
        sa.ForeignKeyConstraint(
            ["practitioner_id"], ["practitioner.id"], name=op.f("fk_user_practitioner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("patient_id", name=op.f("uq_user_patient_id")),
        sa.UniqueConstraint("sign_in_name", name=op.f("uq_user_sign_in_name")),
    )
    op.create_table(
        "announcement",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("body", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=True),
        sa.Column("author_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_announcement_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
    )
    with op.batch_alter_table("announcement", schema=None) as batch_op:
        batch_op.create_index("ix_announcement_published_at", ["published_at"], unique=False)

    op.create_table(
        "claim",
        sa.Column("resource", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("appointment_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_claim_appointment_id")
        ),
        sa.PrimaryKeyConstraint("resource", "step", name=op.f("pk_claim")),
    )
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_claim_appointment_id"), ["appointment_id"], unique=False
        )

    op.create_table(
        "communication",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("thread_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("patient_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sender_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("sender_name", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("from_clinic", sa.Boolean(), nullable=False),
        sa.Column("body", sqlmodel.sql.sqltypes.AutoString(length=8000), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("client_key", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_communication_patient_id")
        ),
        sa.ForeignKeyConstraint(
            ["sender_id"], ["user.id"], name=op.f("fk_communication_sender_id")
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("fk_communication_thread_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_communication")),
        sa.UniqueConstraint(
            "sender_id", "client_key", name=op.f("uq_communication_sender_id_client_key")
        ),
    )
    with op.batch_alter_table("communication", schema=None) as batch_op:
        batch_op.create_index(
            "ix_communication_patient_id_sent_at", ["patient_id", "sent_at"], unique=False
        )
        batch_op.create_index(
            "ix_communication_thread_id_sent_at", ["thread_id", "sent_at"], unique=False
        )

    op.create_table(
        "draft",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("user_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("patient_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("place", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("topic", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("body", sqlmodel.sql.sqltypes.AutoString(length=8000), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_draft_patient_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_draft_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint(
            "user_id", "patient_id", "place", name=op.f("uq_draft_user_id_patient_id_place")
        ),
    )
    op.create_table(
        "encounter",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("patient_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("resource_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("encounter_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("practitioner_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("plain", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("code_system", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("author", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=10000), nullable=False),
        sa.Column("sort_at", UtcDateTime(), nullable=True),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("encounter_class", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("period_start", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("period_end", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("location_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("place", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.CheckConstraint(
            "status IN ('planned', 'arrived', 'triaged', 'in-progress', 'onleave', 'finished', 'cancelled', 'entered-in-error', 'unknown')",
            name=op.f("ck_encounter_status"),
        ),
        sa.CheckConstraint("length(title) <= 500", name=op.f("ck_encounter_title")),
        sa.ForeignKeyConstraint(
            ["encounter_id"], ["encounter.id"], name=op.f("fk_encounter_encounter_id")
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_encounter_location_id")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_encounter_patient_id")
        ),
        sa.ForeignKeyConstraint(
            ["practitioner_id"], ["practitioner.id"], name=op.f("fk_encounter_practitioner_id")
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["fhir_resource.id"], name=op.f("fk_encounter_resource_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_encounter")),
    )
    with op.batch_alter_table("encounter", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_encounter_patient_id_sort_at"), ["patient_id", "sort_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_encounter_patient_id_title"), ["patient_id", "title"], unique=False
        )

    op.create_table(
        "fhir_identifier",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("resource_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("type", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("system", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("value", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["fhir_resource.id"], name=op.f("fk_fhir_identifier_resource_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fhir_identifier")),
    )
    with op.batch_alter_table("fhir_identifier", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_fhir_identifier_resource_id"), ["resource_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_fhir_identifier_source_type_value"),
            ["source", "type", "value"],
            unique=False,
        )

    op.create_table(
        "fhir_resource_version",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("resource_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("version_id", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("last_updated", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("imported_at", UtcDateTime(), nullable=False),
        sa.Column("replaced_at", UtcDateTime(), nullable=False),
        sa.Column("import_file_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_file_id"],
            ["import_file.id"],
            name=op.f("fk_fhir_resource_version_import_file_id"),
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["fhir_resource.id"], name=op.f("fk_fhir_resource_version_resource_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fhir_resource_version")),
    )
    with op.batch_alter_table("fhir_resource_version", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_fhir_resource_version_resource_id_replaced_at"),
            ["resource_id", "replaced_at"],
            unique=False,
        )

    op.create_table(
        "one_time_link",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("purpose", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("user_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_one_time_link_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_link")),
        sa.UniqueConstraint("digest", name=op.f("uq_one_time_link_digest")),
    )
    with op.batch_alter_table("one_time_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_one_time_link_user_id"), ["user_id"], unique=False)

    op.create_table(
        "read_mark",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("user_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("record_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_read_mark_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_read_mark")),
        sa.UniqueConstraint(
            "user_id", "kind", "record_id", name=op.f("uq_read_mark_user_id_kind_record_id")
        ),
    )
    op.create_table(
        "related_person",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("fhir_source", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=True),
        sa.Column("fhir_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("patient_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("relationship", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("phone", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("user_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_related_person_patient_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_related_person_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_related_person")),
    )
    with op.batch_alter_table("related_person", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_related_person_patient_id"), ["patient_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_related_person_user_id"), ["user_id"], unique=False)

    op.create_table(
        "sign_in",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("user_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("patient_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("end_reason", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("device", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_sign_in_patient_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_sign_in_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("digest", name=op.f("uq_sign_in_digest")),
    )
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_user_id"), ["user_id"], unique=False)

    op.create_table(
        "unresolved_reference",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("resource_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["fhir_resource.id"], name=op.f("fk_unresolved_reference_resource_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unresolved_reference")),
    )
    with op.batch_alter_table("unresolved_reference", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_unresolved_reference_resource_id"), ["resource_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_unresolved_reference_source_reference"),
            ["source", "reference"],
            unique=False,
        )

    op.create_table(
        "allergy_intolerance",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("patient_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("resource_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("encounter_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("practitioner_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("plain", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("code_system", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("author", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=10000), nullable=False),
        sa.Column("sort_at", UtcDateTime(), nullable=True),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column(
            "verification_status", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False
        ),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("category", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("criticality", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("reaction", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("severity", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("onset", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("last_occurrence", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("recorded", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.CheckConstraint(
            "criticality IN ('', 'low', 'high', 'unable-to-assess')",
            name=op.f("ck_allergy_intolerance_criticality"),
        ),
        sa.CheckConstraint(
            "status IN ('', 'active', 'inactive', 'resolved')",
            name=op.f("ck_allergy_intolerance_status"),
        ),
        sa.CheckConstraint(
            "verification_status IN ('', 'unconfirmed', 'confirmed', 'refuted', 'entered-in-error')",
            name=op.f("ck_allergy_intolerance_verification_status"),
        ),
        sa.CheckConstraint("length(title) <= 500", name=op.f("ck_allergy_intolerance_title")),
        sa.ForeignKeyConstraint(
            ["encounter_id"], ["encounter.id"], name=op.f("fk_allergy_intolerance_encounter_id")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_allergy_intolerance_patient_id")
        ),
        sa.ForeignKeyConstraint(
            ["practitioner_id"],
            ["practitioner.id"],
            name=op.f("fk_allergy_intolerance_practitioner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["fhir_resource.id"], name=op.f("fk_allergy_intolerance_resource_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allergy_intolerance")),
    )
    with op.batch_alter_table("allergy_intolerance", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_allergy_intolerance_patient_id_sort_at"),
            ["patient_id", "sort_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_allergy_intolerance_patient_id_title"),
            ["patient_id", "title"],
            unique=False,
        )

    op.create_table(
        "care_plan",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("patient_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("resource_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("encounter_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("practitioner_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("plain", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("code_system", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("author", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=10000), nullable=False),
        sa.Column("sort_at", UtcDateTime(), nullable=True),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("intent", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("category", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("period_start", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("period_end", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("addresses", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.CheckConstraint(
            "status IN ('draft', 'active', 'on-hold', 'revoked', 'completed', 'entered-in-error', 'unknown')",
            name=op.f("ck_care_plan_status"),
        ),
        sa.CheckConstraint("length(title) <= 500", name=op.f("ck_care_plan_title")),
        sa.ForeignKeyConstraint(
            ["encounter_id"], ["encounter.id"], name=op.f("fk_care_plan_encounter_id")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_care_plan_patient_id")
        ),
        sa.ForeignKeyConstraint(
            ["practitioner_id"], ["practitioner.id"], name=op.f("fk_care_plan_practitioner_id")
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["fhir_resource.id"], name=op.f("fk_care_plan_resource_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_plan")),
    )
    with op.batch_alter_table("care_plan", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_care_plan_patient_id_sort_at"), ["patient_id", "sort_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_care_plan_patient_id_title"), ["patient_id", "title"], unique=False
        )

    op.create_table(
        "care_team",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("patient_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("resource_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("encounter_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("practitioner_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("plain", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("code_system", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("author", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=10000), nullable=False),
        sa.Column("sort_at", UtcDateTime(), nullable=True),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("category", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("period_start", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("period_end", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.CheckConstraint(
            "status IN ('', 'proposed', 'active', 'suspended', 'inactive', 'entered-in-error')",
            name=op.f("ck_care_team_status"),
        ),
        sa.CheckConstraint("length(title) <= 500", name=op.f("ck_care_team_title")),
        sa.ForeignKeyConstraint(
            ["encounter_id"], ["encounter.id"], name=op.f("fk_care_team_encounter_id")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_care_team_patient_id")
        ),
        sa.ForeignKeyConstraint(
            ["practitioner_id"], ["practitioner.id"], name=op.f("fk_care_team_practitioner_id")
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["fhir_resource.id"], name=op.f("fk_care_team_resource_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_team")),
    )
    with op.batch_alter_table("care_team", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_care_team_patient_id_sort_at"), ["patient_id", "sort_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_care_team_patient_id_title"), ["patient_id", "title"], unique=False
        )

    op.create_table(
        "condition",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("patient_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("resource_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("encounter_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("practitioner_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("plain", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("code_system", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("author", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=10000), nullable=False),
        sa.Column("sort_at", UtcDateTime(), nullable=True),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column(
            "verification_status", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False
        ),
        sa.Column("category", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("severity", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("body_site", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("onset", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("abatement", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("recorded", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.CheckConstraint(
            "status IN ('', 'active', 'recurrence', 'relapse', 'inactive', 'remission', 'resolved')",
            name=op.f("ck_condition_status"),
        ),
        sa.CheckConstraint(
            "verification_status IN ('', 'unconfirmed', 'provisional', 'differential', 'confirmed', 'refuted', 'entered-in-error')",
            name=op.f("ck_condition_verification_status"),
        ),
        sa.CheckConstraint("length(title) <= 500", name=op.f("ck_condition_title")),
        sa.ForeignKeyConstraint(
            ["encounter_id"], ["encounter.id"], name=op.f("fk_condition_encounter_id")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_condition_patient_id")
        ),
        sa.ForeignKeyConstraint(
            ["practitioner_id"], ["practitioner.id"], name=op.f("fk_condition_practitioner_id")
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["fhir_resource.id"], name=op.f("fk_condition_resource_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_condition")),
    )
    with op.batch_alter_table("condition", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_condition_patient_id_sort_at"), ["patient_id", "sort_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_condition_patient_id_title"), ["patient_id", "title"], unique=False
        )

    op.create_table(
        "diagnostic_report",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("patient_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("resource_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("encounter_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("practitioner_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("plain", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("code_system", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("author", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=10000), nullable=False),
        sa.Column("sort_at", UtcDateTime(), nullable=True),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("category", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("effective", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("issued", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("ordered_by", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("laboratory", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("specimen", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("conclusion", sqlmodel.sql.sqltypes.AutoString(length=10000), nullable=False),
        sa.Column("has_attachment", sa.Boolean(), nullable=False),
        sa.Column("released_at", UtcDateTime(), nullable=True),
        sa.Column("is_history", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "status IN ('registered', 'partial', 'preliminary', 'final', 'amended', 'corrected', 'appended', 'cancelled', 'entered-in-error', 'unknown')",
            name=op.f("ck_diagnostic_report_status"),
        ),
        sa.CheckConstraint("length(title) <= 500", name=op.f("ck_diagnostic_report_title")),
        sa.ForeignKeyConstraint(
            ["encounter_id"], ["encounter.id"], name=op.f("fk_diagnostic_report_encounter_id")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_diagnostic_report_patient_id")
        ),
        sa.ForeignKeyConstraint(
            ["practitioner_id"],
            ["practitioner.id"],
            name=op.f("fk_diagnostic_report_practitioner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["fhir_resource.id"], name=op.f("fk_diagnostic_report_resource_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_diagnostic_report")),
    )
    with op.batch_alter_table("diagnostic_report", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_diagnostic_report_patient_id_released_at"),
            ["patient_id", "released_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_diagnostic_report_patient_id_sort_at"),
            ["patient_id", "sort_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_diagnostic_report_patient_id_title"),
            ["patient_id", "title"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_diagnostic_report_released_at"), ["released_at"], unique=False
        )

    op.create_table(
        "document_reference",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("patient_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("resource_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("encounter_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("practitioner_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("plain", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("code_system", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("author", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=10000), nullable=False),
        sa.Column("sort_at", UtcDateTime(), nullable=True),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("category", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("date", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("description", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("content_type", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("has_content", sa.Boolean(), nullable=False),
        sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.CheckConstraint(
            "status IN ('current', 'superseded', 'entered-in-error')",
            name=op.f("ck_document_reference_status"),
        ),
        sa.CheckConstraint("length(title) <= 500", name=op.f("ck_document_reference_title")),
        sa.ForeignKeyConstraint(
            ["encounter_id"], ["encounter.id"], name=op.f("fk_document_reference_encounter_id")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_document_reference_patient_id")
        ),
        sa.ForeignKeyConstraint(
            ["practitioner_id"],
            ["practitioner.id"],
            name=op.f("fk_document_reference_practitioner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["fhir_resource.id"], name=op.f("fk_document_reference_resource_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_reference")),
    )
    with op.batch_alter_table("document_reference", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_document_reference_patient_id_sort_at"),
            ["patient_id", "sort_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_document_reference_patient_id_title"),
            ["patient_id", "title"],
            unique=False,
        )

    op.create_table(
        "goal",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("patient_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("resource_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("encounter_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("practitioner_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("plain", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("code_system", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("author", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=10000), nullable=False),
        sa.Column("sort_at", UtcDateTime(), nullable=True),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("achievement", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("category", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("start", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("due", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("target", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("addresses", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.CheckConstraint(
            "status IN ('proposed', 'planned', 'accepted', 'active', 'on-hold', 'completed', 'cancelled', 'entered-in-error', 'rejected')",
            name=op.f("ck_goal_status"),
        ),
        sa.CheckConstraint("length(title) <= 500", name=op.f("ck_goal_title")),
        sa.ForeignKeyConstraint(
            ["encounter_id"], ["encounter.id"], name=op.f("fk_goal_encounter_id")
        ),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_goal_patient_id")),
        sa.ForeignKeyConstraint(
            ["practitioner_id"], ["practitioner.id"], name=op.f("fk_goal_practitioner_id")
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["fhir_resource.id"], name=op.f("fk_goal_resource_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal")),
    )
    with op.batch_alter_table("goal", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_goal_patient_id_sort_at"), ["patient_id", "sort_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_goal_patient_id_title"), ["patient_id", "title"], unique=False
        )

    op.create_table(
        "immunization",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("patient_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("resource_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("encounter_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("practitioner_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("plain", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("code_system", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("author", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=10000), nullable=False),
        sa.Column("sort_at", UtcDateTime(), nullable=True),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("occurrence", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("dose", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("lot_number", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("site", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("status_reason", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.CheckConstraint(
            "status IN ('completed', 'entered-in-error', 'not-done')",
            name=op.f("ck_immunization_status"),
        ),
        sa.CheckConstraint("length(title) <= 500", name=op.f("ck_immunization_title")),
        sa.ForeignKeyConstraint(
            ["encounter_id"], ["encounter.id"], name=op.f("fk_immunization_encounter_id")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_immunization_patient_id")
        ),
        sa.ForeignKeyConstraint(
            ["practitioner_id"], ["practitioner.id"], name=op.f("fk_immunization_practitioner_id")
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["fhir_resource.id"], name=op.f("fk_immunization_resource_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_immunization")),
    )
    with op.batch_alter_table("immunization", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_immunization_patient_id_sort_at"),
            ["patient_id", "sort_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_immunization_patient_id_title"), ["patient_id", "title"], unique=False
        )

    op.create_table(
        "medication_request",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("patient_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("resource_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("encounter_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("practitioner_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("plain", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("code_system", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("author", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=10000), nullable=False),
        sa.Column("sort_at", UtcDateTime(), nullable=True),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("intent", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("dosage", sqlmodel.sql.sqltypes.AutoString(length=10000), nullable=False),
        sa.Column("as_needed", sa.Boolean(), nullable=False),
        sa.Column("reported", sa.Boolean(), nullable=False),
        sa.Column("authored_on", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("ends", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("refills", sa.Integer(), nullable=True),
        sa.Column("quantity", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("status_reason", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.CheckConstraint(
            "intent IN ('proposal', 'plan', 'order', 'original-order', 'reflex-order', 'filler-order', 'instance-order', 'option')",
            name=op.f("ck_medication_request_intent"),
        ),
        sa.CheckConstraint(
            "status IN ('active', 'on-hold', 'cancelled', 'completed', 'entered-in-error', 'stopped', 'draft', 'unknown')",
            name=op.f("ck_medication_request_status"),
        ),
        sa.CheckConstraint("length(title) <= 500", name=op.f("ck_medication_request_title")),
        sa.ForeignKeyConstraint(
            ["encounter_id"], ["encounter.id"], name=op.f("fk_medication_request_encounter_id")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_medication_request_patient_id")
        ),
        sa.ForeignKeyConstraint(
            ["practitioner_id"],
            ["practitioner.id"],
            name=op.f("fk_medication_request_practitioner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["fhir_resource.id"], name=op.f("fk_medication_request_resource_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_medication_request")),
    )
    with op.batch_alter_table("medication_request", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_medication_request_patient_id_sort_at"),
            ["patient_id", "sort_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_medication_request_patient_id_title"),
            ["patient_id", "title"],
            unique=False,
        )

    op.create_table(
        "procedure",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("patient_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("resource_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("encounter_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("practitioner_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("plain", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("code_system", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("author", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=10000), nullable=False),
        sa.Column("sort_at", UtcDateTime(), nullable=True),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("category", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("performed", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("performed_end", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("body_site", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("outcome", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.CheckConstraint(
            "status IN ('preparation', 'in-progress', 'not-done', 'on-hold', 'stopped', 'completed', 'entered-in-error', 'unknown')",
            name=op.f("ck_procedure_status"),
        ),
        sa.CheckConstraint("length(title) <= 500", name=op.f("ck_procedure_title")),
        sa.ForeignKeyConstraint(
            ["encounter_id"], ["encounter.id"], name=op.f("fk_procedure_encounter_id")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_procedure_patient_id")
        ),
        sa.ForeignKeyConstraint(
            ["practitioner_id"], ["practitioner.id"], name=op.f("fk_procedure_practitioner_id")
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["fhir_resource.id"], name=op.f("fk_procedure_resource_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure")),
    )
    with op.batch_alter_table("procedure", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_procedure_patient_id_sort_at"), ["patient_id", "sort_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_procedure_patient_id_title"), ["patient_id", "title"], unique=False
        )

    op.create_table(
        "care_plan_activity",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("care_plan_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("plain", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("place", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=10000), nullable=False),
        sa.ForeignKeyConstraint(
            ["care_plan_id"],
            ["care_plan.id"],
            name=op.f("fk_care_plan_activity_care_plan_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_plan_activity")),
    )
    with op.batch_alter_table("care_plan_activity", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_care_plan_activity_care_plan_id_position"),
            ["care_plan_id", "position"],
            unique=False,
        )

    op.create_table(
        "care_team_participant",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("care_team_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("practitioner_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["care_team_id"],
            ["care_team.id"],
            name=op.f("fk_care_team_participant_care_team_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["practitioner_id"],
            ["practitioner.id"],
            name=op.f("fk_care_team_participant_practitioner_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_team_participant")),
    )
    with op.batch_alter_table("care_team_participant", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_care_team_participant_care_team_id_position"),
            ["care_team_id", "position"],
            unique=False,
        )

    op.create_table(
        "observation",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("patient_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("resource_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("encounter_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("practitioner_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("plain", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("code_system", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("author", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=10000), nullable=False),
        sa.Column("sort_at", UtcDateTime(), nullable=True),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("category", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("effective", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("issued", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("report_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("component_of", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("panel_id", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value_text", sqlmodel.sql.sqltypes.AutoString(length=10000), nullable=False),
        sa.Column("value_number", sa.Float(), nullable=True),
        sa.Column("comparator", sqlmodel.sql.sqltypes.AutoString(length=2), nullable=False),
        sa.Column("unit", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("unit_code", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("range_low_text", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("range_low", sa.Float(), nullable=True),
        sa.Column("range_high_text", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("range_high", sa.Float(), nullable=True),
        sa.Column("range_text", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("interpretation", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("absent_reason", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("specimen", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("method", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("body_site", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("earlier_value", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("released_at", UtcDateTime(), nullable=True),
        sa.Column("is_history", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "comparator IN ('', '<', '<=', '>=', '>')", name=op.f("ck_observation_comparator")
        ),
        sa.CheckConstraint(
            "status IN ('registered', 'preliminary', 'final', 'amended', 'corrected', 'cancelled', 'entered-in-error', 'unknown')",
            name=op.f("ck_observation_status"),
        ),
        sa.CheckConstraint("length(title) <= 500", name=op.f("ck_observation_title")),
        sa.ForeignKeyConstraint(
            ["component_of"], ["observation.id"], name=op.f("fk_observation_component_of")
        ),
        sa.ForeignKeyConstraint(
            ["encounter_id"], ["encounter.id"], name=op.f("fk_observation_encounter_id")
        ),
        sa.ForeignKeyConstraint(
            ["panel_id"], ["observation.id"], name=op.f("fk_observation_panel_id")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_observation_patient_id")
        ),
        sa.ForeignKeyConstraint(
            ["practitioner_id"], ["practitioner.id"], name=op.f("fk_observation_practitioner_id")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["diagnostic_report.id"], name=op.f("fk_observation_report_id")
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["fhir_resource.id"], name=op.f("fk_observation_resource_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observation")),
    )
    with op.batch_alter_table("observation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_observation_component_of"), ["component_of"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_observation_patient_id_category_sort_at"),
            ["patient_id", "category", "sort_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_observation_patient_id_code_sort_at"),
            ["patient_id", "code", "sort_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_observation_patient_id_sort_at"), ["patient_id", "sort_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_observation_patient_id_title"), ["patient_id", "title"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_observation_report_id"), ["report_id"], unique=False)


def downgrade() -> None:
    """Takes the tables back to the step before."""
    with op.batch_alter_table("observation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_observation_report_id"))
        batch_op.drop_index(batch_op.f("ix_observation_patient_id_title"))
        batch_op.drop_index(batch_op.f("ix_observation_patient_id_sort_at"))
        batch_op.drop_index(batch_op.f("ix_observation_patient_id_code_sort_at"))
        batch_op.drop_index(batch_op.f("ix_observation_patient_id_category_sort_at"))
        batch_op.drop_index(batch_op.f("ix_observation_component_of"))

    op.drop_table("observation")
    with op.batch_alter_table("care_team_participant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_care_team_participant_care_team_id_position"))

    op.drop_table("care_team_participant")
    with op.batch_alter_table("care_plan_activity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_care_plan_activity_care_plan_id_position"))

    op.drop_table("care_plan_activity")
    with op.batch_alter_table("procedure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_procedure_patient_id_title"))
        batch_op.drop_index(batch_op.f("ix_procedure_patient_id_sort_at"))

    op.drop_table("procedure")
    with op.batch_alter_table("medication_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_medication_request_patient_id_title"))
        batch_op.drop_index(batch_op.f("ix_medication_request_patient_id_sort_at"))

    op.drop_table("medication_request")
    with op.batch_alter_table("immunization", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_immunization_patient_id_title"))
        batch_op.drop_index(batch_op.f("ix_immunization_patient_id_sort_at"))

    op.drop_table("immunization")
    with op.batch_alter_table("goal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_goal_patient_id_title"))
        batch_op.drop_index(batch_op.f("ix_goal_patient_id_sort_at"))

    op.drop_table("goal")
    with op.batch_alter_table("document_reference", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_reference_patient_id_title"))
        batch_op.drop_index(batch_op.f("ix_document_reference_patient_id_sort_at"))

    op.drop_table("document_reference")
    with op.batch_alter_table("diagnostic_report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_diagnostic_report_released_at"))
        batch_op.drop_index(batch_op.f("ix_diagnostic_report_patient_id_title"))
        batch_op.drop_index(batch_op.f("ix_diagnostic_report_patient_id_sort_at"))
        batch_op.drop_index(batch_op.f("ix_diagnostic_report_patient_id_released_at"))

    op.drop_table("diagnostic_report")
    with op.batch_alter_table("condition", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_condition_patient_id_title"))
        batch_op.drop_index(batch_op.f("ix_condition_patient_id_sort_at"))

    op.drop_table("condition")
    with op.batch_alter_table("care_team", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_care_team_patient_id_title"))
        batch_op.drop_index(batch_op.f("ix_care_team_patient_id_sort_at"))

    op.drop_table("care_team")
    with op.batch_alter_table("care_plan", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_care_plan_patient_id_title"))
        batch_op.drop_index(batch_op.f("ix_care_plan_patient_id_sort_at"))

    op.drop_table("care_plan")
    with op.batch_alter_table("allergy_intolerance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_allergy_intolerance_patient_id_title"))
        batch_op.drop_index(batch_op.f("ix_allergy_intolerance_patient_id_sort_at"))

    op.drop_table("allergy_intolerance")
    with op.batch_alter_table("unresolved_reference", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unresolved_reference_source_reference"))
        batch_op.drop_index(batch_op.f("ix_unresolved_reference_resource_id"))

    op.drop_table("unresolved_reference")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_user_id"))

    op.drop_table("sign_in")
    with op.batch_alter_table("related_person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_related_person_user_id"))
        batch_op.drop_index(batch_op.f("ix_related_person_patient_id"))

    op.drop_table("related_person")
    op.drop_table("read_mark")
    with op.batch_alter_table("one_time_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_one_time_link_user_id"))

    op.drop_table("one_time_link")
    with op.batch_alter_table("fhir_resource_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fhir_resource_version_resource_id_replaced_at"))

    op.drop_table("fhir_resource_version")
    with op.batch_alter_table("fhir_identifier", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fhir_identifier_source_type_value"))
        batch_op.drop_index(batch_op.f("ix_fhir_identifier_resource_id"))

    op.drop_table("fhir_identifier")
    with op.batch_alter_table("encounter", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_encounter_patient_id_title"))
        batch_op.drop_index(batch_op.f("ix_encounter_patient_id_sort_at"))

    op.drop_table("encounter")
    op.drop_table("draft")
    with op.batch_alter_table("communication", schema=None) as batch_op:
        batch_op.drop_index("ix_communication_thread_id_sent_at")
        batch_op.drop_index("ix_communication_patient_id_sent_at")

    op.drop_table("communication")
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_claim_appointment_id"))

    op.drop_table("claim")
    with op.batch_alter_table("announcement", schema=None) as batch_op:
        batch_op.drop_index("ix_announcement_published_at")

    op.drop_table("announcement")
    op.drop_table("user")
    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.drop_index("ix_thread_waiting_for_last_at")
        batch_op.drop_index("ix_thread_patient_id_last_at")

    op.drop_table("thread")
    with op.batch_alter_table("outbox_notice", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_notice_state_due_at")
        batch_op.drop_index(batch_op.f("ix_outbox_notice_patient_id"))

    op.drop_table("outbox_notice")
    with op.batch_alter_table("fhir_resource", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fhir_resource_patient_id_type"))

    op.drop_table("fhir_resource")
    with op.batch_alter_table("appointment", schema=None) as batch_op:
        batch_op.drop_index("ix_appointment_starts_at")
        batch_op.drop_index("ix_appointment_practitioner_id_starts_at")
        batch_op.drop_index("ix_appointment_patient_id_starts_at")

    op.drop_table("appointment")
    with op.batch_alter_table("practitioner_role", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_practitioner_role_practitioner_id"))

    op.drop_table("practitioner_role")
    with op.batch_alter_table("patient", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_patient_record_number"))
        batch_op.drop_index("ix_patient_family_key")
        batch_op.drop_index("ix_patient_born_on")

    op.drop_table("patient")
    op.drop_table("location")
    with op.batch_alter_table("import_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_import_file_import_run_id"))

    op.drop_table("import_file")
    op.drop_table("tries")
    op.drop_table("practitioner")
    op.drop_table("patient_key")
    op.drop_table("patient_findable")
    op.drop_table("patient_changed")
    op.drop_table("organization")
    op.drop_table("name_variant")
    op.drop_table("live_change")
    op.drop_table("import_run")
    op.drop_table("audit_head")
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_event_patient_id_at")
        batch_op.drop_index("ix_audit_event_actor_id_at")

    op.drop_table("audit_event")
