"""Who pays: the insurance of a patient, and what they still owe."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from portal.models.base import UtcDateTime

revision = "0013"
down_revision = "0012"

_IS_ACTIVE = sa.text("status = 'active'")


def upgrade() -> None:
    """Brings the tables to this step."""
    _coverage()
    _account()


def _coverage() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "coverage",
        sa.Column("id", text(length=64), nullable=False),
        sa.Column("patient_id", text(), nullable=False),
        sa.Column("status", text(length=20), nullable=False),
        sa.Column("self_pay", sa.Boolean(), nullable=False),
        sa.Column("payer", text(length=200), nullable=False),
        sa.Column("member_number", sa.LargeBinary(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("verified_at", UtcDateTime(), nullable=True),
        sa.Column("verified_by", text(length=300), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("entered_by", text(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status IN ('active', 'cancelled', 'draft', 'entered-in-error')",
            name=op.f("ck_coverage_status"),
        ),
        sa.CheckConstraint("self_pay OR payer <> ''", name=op.f("ck_coverage_payer")),
        sa.CheckConstraint(
            "starts_on IS NULL OR ends_on IS NULL OR ends_on >= starts_on",
            name=op.f("ck_coverage_period"),
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_coverage_patient_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coverage")),
    )
    op.create_index(op.f("ix_coverage_patient_id"), "coverage", ["patient_id"], unique=False)
    op.create_index(
        "uq_coverage_active",
        "coverage",
        ["patient_id"],
        unique=True,
        sqlite_where=_IS_ACTIVE,
        postgresql_where=_IS_ACTIVE,
    )


def _account() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "account",
        sa.Column("id", text(length=64), nullable=False),
        sa.Column("patient_id", text(), nullable=False),
        sa.Column("balance", sa.Integer(), nullable=False),
        sa.Column("currency", text(length=3), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("entered_by", text(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("balance BETWEEN 0 AND 1000000000", name=op.f("ck_account_balance")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_account_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("patient_id", name=op.f("uq_account_patient_id")),
    )


def downgrade() -> None:
    """Takes the tables back to the step before."""
    op.drop_table("account")
    op.drop_table("coverage")
