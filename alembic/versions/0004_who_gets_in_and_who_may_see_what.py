"""Who gets in and who may see what."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from portal.models.base import UtcDateTime

revision = "0004"
down_revision = "0003"

_ALL = (
    "appointments:act messages:act results:act notes:act medicines:act bills:act documents:act "
    "profile:act"
)
_PARENTS = "'mother', 'father', 'parent'"
_KINDS = "kind IN ('parent', 'guardian', 'foster', 'agent', 'adult', 'care-worker', '')"
_STATES = (
    "status IN ('known', 'applied', 'identity-checked', 'active', 'suspended', 'rejected', 'ended')"
)


def upgrade() -> None:
    """Brings the tables to this step."""
    with op.batch_alter_table("related_person", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "email",
                sqlmodel.sql.sqltypes.AutoString(length=254),
                nullable=False,
                server_default="",
            )
        )
        batch_op.add_column(
            sa.Column(
                "kind",
                sqlmodel.sql.sqltypes.AutoString(length=20),
                nullable=False,
                server_default="",
            )
        )
        batch_op.add_column(
            sa.Column(
                "status",
                sqlmodel.sql.sqltypes.AutoString(length=20),
                nullable=False,
                server_default="known",
            )
        )
        batch_op.add_column(
            sa.Column(
                "reason",
                sqlmodel.sql.sqltypes.AutoString(length=40),
                nullable=False,
                server_default="",
            )
        )
        batch_op.add_column(
            sa.Column(
                "scopes",
                sqlmodel.sql.sqltypes.AutoString(length=400),
                nullable=False,
                server_default="",
            )
        )
        batch_op.add_column(
            sa.Column(
                "proof",
                sqlmodel.sql.sqltypes.AutoString(length=40),
                nullable=False,
                server_default="",
            )
        )
        batch_op.add_column(
            sa.Column(
                "basis",
                sqlmodel.sql.sqltypes.AutoString(length=40),
                nullable=False,
                server_default="",
            )
        )
        batch_op.add_column(
            sa.Column(
                "granted_by",
                sqlmodel.sql.sqltypes.AutoString(length=300),
                nullable=False,
                server_default="",
            )
        )
        batch_op.add_column(sa.Column("granted_at", UtcDateTime(), nullable=True))
    op.execute("UPDATE related_person SET status = 'active' WHERE active AND user_id IS NOT NULL")
    op.execute(f"UPDATE related_person SET scopes = '{_ALL}' WHERE status = 'active'")
    op.execute(
        f"UPDATE related_person SET kind = 'parent' WHERE lower(relationship) IN ({_PARENTS})"
    )
    op.execute("UPDATE related_person SET kind = 'adult' WHERE kind = '' AND status = 'active'")
    with op.batch_alter_table("related_person", schema=None) as batch_op:
        batch_op.drop_column("active")
        batch_op.create_check_constraint(op.f("ck_related_person_kind"), _KINDS)
        batch_op.create_check_constraint(op.f("ck_related_person_status"), _STATES)
    op.create_table(
        "legal_text",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sqlmodel.sql.sqltypes.AutoString(length=50000), nullable=False),
        sa.Column("changed", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.Column("published_by", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.CheckConstraint(
            "kind IN ('terms', 'privacy', 'electronic')", name=op.f("ck_legal_text_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_text")),
        sa.UniqueConstraint("kind", "version", name=op.f("uq_legal_text_kind_version")),
    )
    op.create_table(
        "policy_value",
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("value", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_policy_value")),
    )
    op.create_table(
        "restriction_request",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("patient_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("asked_by", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("asked_by_name", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("what", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("care_team_only", sa.Boolean(), nullable=False),
        sa.Column("answer", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("answered_by", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "status IN ('requested', 'accepted', 'rejected', 'ended')",
            name=op.f("ck_restriction_request_status"),
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_restriction_request_patient_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restriction_request")),
    )
    with op.batch_alter_table("restriction_request", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_restriction_request_patient_id"), ["patient_id"], unique=False
        )
        batch_op.create_index(
            "ix_restriction_request_status_created_at", ["status", "created_at"], unique=False
        )

    op.create_table(
        "agreement",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("user_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('terms', 'privacy', 'electronic')", name=op.f("ck_agreement_kind")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_agreement_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
    )
    with op.batch_alter_table("agreement", schema=None) as batch_op:
        batch_op.create_index(
            "ix_agreement_user_id_kind_version", ["user_id", "kind", "version"], unique=False
        )

    op.create_table(
        "challenge",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("ceremony", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("user_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "ceremony IN ('register', 'sign-in', 'second', 'confirm')",
            name=op.f("ck_challenge_ceremony"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_challenge_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge")),
        sa.UniqueConstraint("digest", name=op.f("uq_challenge_digest")),
    )
    op.create_table(
        "factor",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("user_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("credential_id", sqlmodel.sql.sqltypes.AutoString(length=1400), nullable=True),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("transports", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('totp', 'passkey')", name=op.f("ck_factor_kind")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_factor_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factor")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_factor_credential_id")),
    )
    with op.batch_alter_table("factor", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_factor_user_id"), ["user_id"], unique=False)

    op.create_table(
        "record_opening",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("user_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("patient_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("is_emergency", sa.Boolean(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_record_opening_patient_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_record_opening_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_opening")),
    )
    with op.batch_alter_table("record_opening", schema=None) as batch_op:
        batch_op.create_index(
            "ix_record_opening_patient_id_opened_at", ["patient_id", "opened_at"], unique=False
        )
        batch_op.create_index(
            "ix_record_opening_user_id_patient_id", ["user_id", "patient_id"], unique=False
        )

    op.create_table(
        "recovery_code",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("user_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_recovery_code_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("user_id", "number", name=op.f("uq_recovery_code_user_id_number")),
    )
    op.create_table(
        "registration",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("given", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("family", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("birth_date", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("email", sqlmodel.sql.sqltypes.AutoString(length=254), nullable=False),
        sa.Column("phone", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("record_number", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("patient_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("user_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("decided_by", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.CheckConstraint(
            "status IN ('started', 'code-sent', 'waiting', 'accepted', 'rejected', 'activated', 'expired')",
            name=op.f("ck_registration_status"),
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_registration_patient_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_registration_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration")),
    )
    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_registration_digest"), ["digest"], unique=False)
        batch_op.create_index(
            "ix_registration_status_created_at", ["status", "created_at"], unique=False
        )

    op.create_table(
        "short_code",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("subject_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("user_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("purpose", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('sign-in', 'address', 'registration')", name=op.f("ck_short_code_purpose")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_short_code_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_short_code")),
    )
    with op.batch_alter_table("short_code", schema=None) as batch_op:
        batch_op.create_index(
            "ix_short_code_subject_id_purpose", ["subject_id", "purpose"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_short_code_user_id"), ["user_id"], unique=False)

    op.create_table(
        "trusted_device",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("user_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("device", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_trusted_device_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trusted_device")),
        sa.UniqueConstraint("digest", name=op.f("uq_trusted_device_digest")),
    )
    with op.batch_alter_table("trusted_device", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trusted_device_user_id"), ["user_id"], unique=False)

    op.create_table(
        "way_back",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("user_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("proof", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("drops_factors", sa.Boolean(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("created_by", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("created_by_name", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("holds_from", UtcDateTime(), nullable=False),
        sa.Column("approved_by", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("approved_by_name", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("approved_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "status IN ('waiting', 'approved', 'used', 'refused', 'expired')",
            name=op.f("ck_way_back_status"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_way_back_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_way_back")),
    )
    with op.batch_alter_table("way_back", schema=None) as batch_op:
        batch_op.create_index(
            "ix_way_back_status_created_at", ["status", "created_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_way_back_user_id"), ["user_id"], unique=False)

    op.create_table(
        "help_change",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("related_person_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("by_name", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("side", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("from_status", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("to_status", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["related_person_id"],
            ["related_person.id"],
            name=op.f("fk_help_change_related_person_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_change")),
    )
    with op.batch_alter_table("help_change", schema=None) as batch_op:
        batch_op.create_index(
            "ix_help_change_related_person_id_at", ["related_person_id", "at"], unique=False
        )

    op.add_column(
        "one_time_link",
        sa.Column(
            "code", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False, server_default=""
        ),
    )
    op.add_column(
        "one_time_link",
        sa.Column(
            "sent_to",
            sqlmodel.sql.sqltypes.AutoString(length=254),
            nullable=False,
            server_default="",
        ),
    )
    op.add_column("one_time_link", sa.Column("holds_from", UtcDateTime(), nullable=True))
    op.add_column(
        "one_time_link",
        sa.Column(
            "subject_id",
            sqlmodel.sql.sqltypes.AutoString(length=64),
            nullable=False,
            server_default="",
        ),
    )
    op.add_column(
        "one_time_link",
        sa.Column(
            "created_by",
            sqlmodel.sql.sqltypes.AutoString(length=64),
            nullable=False,
            server_default="",
        ),
    )
    op.add_column("one_time_link", sa.Column("revoked_at", UtcDateTime(), nullable=True))

    with op.batch_alter_table("outbox_notice", schema=None) as batch_op:
        batch_op.add_column(sa.Column("user_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "channel",
                sqlmodel.sql.sqltypes.AutoString(length=10),
                nullable=False,
                server_default="email",
            )
        )
        batch_op.add_column(
            sa.Column(
                "address",
                sqlmodel.sql.sqltypes.AutoString(length=254),
                nullable=False,
                server_default="",
            )
        )
        batch_op.add_column(
            sa.Column(
                "given",
                sqlmodel.sql.sqltypes.AutoString(length=4000),
                nullable=False,
                server_default="",
            )
        )
        batch_op.add_column(sa.Column("useful_until", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(
            sa.Column(
                "claimed_by",
                sqlmodel.sql.sqltypes.AutoString(length=64),
                nullable=False,
                server_default="",
            )
        )
        batch_op.add_column(sa.Column("claimed_until", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("sent_at", UtcDateTime(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "problem",
                sqlmodel.sql.sqltypes.AutoString(length=200),
                nullable=False,
                server_default="",
            )
        )
        batch_op.alter_column("patient_id", existing_type=sa.VARCHAR(), nullable=True)
        batch_op.create_index(batch_op.f("ix_outbox_notice_user_id"), ["user_id"], unique=False)
        batch_op.create_check_constraint(
            op.f("ck_outbox_notice_channel"), "channel IN ('email', 'sms')"
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_outbox_notice_user_id"), "user", ["user_id"], ["id"]
        )

    op.add_column(
        "patient",
        sa.Column("merged_into_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
    )
    op.add_column(
        "patient",
        sa.Column("care_team_only", sa.Boolean(), nullable=False, server_default=sa.false()),
    )

    op.add_column(
        "sign_in",
        sa.Column(
            "stage",
            sqlmodel.sql.sqltypes.AutoString(length=10),
            nullable=False,
            server_default="full",
        ),
    )
    op.add_column(
        "sign_in",
        sa.Column(
            "factor",
            sqlmodel.sql.sqltypes.AutoString(length=10),
            nullable=False,
            server_default="password",
        ),
    )
    op.add_column("sign_in", sa.Column("confirmed_at", UtcDateTime(), nullable=True))
    op.add_column(
        "sign_in", sa.Column("is_shared", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("sign_in", sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))

    op.add_column(
        "user",
        sa.Column(
            "email", sqlmodel.sql.sqltypes.AutoString(length=254), nullable=False, server_default=""
        ),
    )
    op.add_column("user", sa.Column("email_verified_at", UtcDateTime(), nullable=True))
    op.add_column(
        "user",
        sa.Column(
            "phone", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False, server_default=""
        ),
    )
    op.add_column("user", sa.Column("phone_verified_at", UtcDateTime(), nullable=True))
    op.add_column(
        "user",
        sa.Column(
            "notices_carry",
            sqlmodel.sql.sqltypes.AutoString(length=10),
            nullable=False,
            server_default="clinic",
        ),
    )
    op.add_column(
        "user", sa.Column("factor_failures", sa.Integer(), nullable=False, server_default="0")
    )
    op.create_index("ix_user_email", "user", ["email"], unique=False)


def downgrade() -> None:
    """Takes the tables back to the step before."""
    op.drop_index("ix_user_email", "user")
    op.drop_column("user", "factor_failures")
    op.drop_column("user", "notices_carry")
    op.drop_column("user", "phone_verified_at")
    op.drop_column("user", "phone")
    op.drop_column("user", "email_verified_at")
    op.drop_column("user", "email")

    op.drop_column("sign_in", "tries")
    op.drop_column("sign_in", "is_shared")
    op.drop_column("sign_in", "confirmed_at")
    op.drop_column("sign_in", "factor")
    op.drop_column("sign_in", "stage")

    op.add_column(
        "related_person",
        sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.execute("UPDATE related_person SET active = true WHERE status = 'active'")
    with op.batch_alter_table("related_person", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_related_person_kind"), type_="check")
        batch_op.drop_constraint(op.f("ck_related_person_status"), type_="check")
        batch_op.drop_column("granted_at")
        batch_op.drop_column("granted_by")
        batch_op.drop_column("basis")
        batch_op.drop_column("proof")
        batch_op.drop_column("scopes")
        batch_op.drop_column("reason")
        batch_op.drop_column("status")
        batch_op.drop_column("kind")
        batch_op.drop_column("email")

    op.drop_column("patient", "care_team_only")
    op.drop_column("patient", "merged_into_id")

    op.execute("DELETE FROM outbox_notice WHERE patient_id IS NULL")
    with op.batch_alter_table("outbox_notice", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_outbox_notice_channel"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_outbox_notice_user_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_outbox_notice_user_id"))
        batch_op.alter_column("patient_id", existing_type=sa.VARCHAR(), nullable=False)
        batch_op.drop_column("problem")
        batch_op.drop_column("sent_at")
        batch_op.drop_column("claimed_until")
        batch_op.drop_column("claimed_by")
        batch_op.drop_column("tries")
        batch_op.drop_column("useful_until")
        batch_op.drop_column("given")
        batch_op.drop_column("address")
        batch_op.drop_column("channel")
        batch_op.drop_column("user_id")

    op.drop_column("one_time_link", "revoked_at")
    op.drop_column("one_time_link", "created_by")
    op.drop_column("one_time_link", "subject_id")
    op.drop_column("one_time_link", "holds_from")
    op.drop_column("one_time_link", "sent_to")
    op.drop_column("one_time_link", "code")

    with op.batch_alter_table("help_change", schema=None) as batch_op:
        batch_op.drop_index("ix_help_change_related_person_id_at")

    op.drop_table("help_change")
    with op.batch_alter_table("way_back", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_way_back_user_id"))
        batch_op.drop_index("ix_way_back_status_created_at")

    op.drop_table("way_back")
    with op.batch_alter_table("trusted_device", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_trusted_device_user_id"))

    op.drop_table("trusted_device")
    with op.batch_alter_table("short_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_short_code_user_id"))
        batch_op.drop_index("ix_short_code_subject_id_purpose")

    op.drop_table("short_code")
    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.drop_index("ix_registration_status_created_at")
        batch_op.drop_index(batch_op.f("ix_registration_digest"))

    op.drop_table("registration")
    op.drop_table("recovery_code")
    with op.batch_alter_table("record_opening", schema=None) as batch_op:
        batch_op.drop_index("ix_record_opening_user_id_patient_id")
        batch_op.drop_index("ix_record_opening_patient_id_opened_at")

    op.drop_table("record_opening")
    with op.batch_alter_table("factor", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_factor_user_id"))

    op.drop_table("factor")
    op.drop_table("challenge")
    with op.batch_alter_table("agreement", schema=None) as batch_op:
        batch_op.drop_index("ix_agreement_user_id_kind_version")

    op.drop_table("agreement")
    with op.batch_alter_table("restriction_request", schema=None) as batch_op:
        batch_op.drop_index("ix_restriction_request_status_created_at")
        batch_op.drop_index(batch_op.f("ix_restriction_request_patient_id"))

    op.drop_table("restriction_request")
    op.drop_table("policy_value")
    op.drop_table("legal_text")
