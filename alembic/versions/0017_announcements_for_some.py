"""Announcements for some: a practitioner's patients, an age band."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Brings the tables to this step: what was published before is everybody's."""
    with op.batch_alter_table("announcement") as batch_op:
        batch_op.add_column(
            sa.Column("practitioner_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True)
        )
        batch_op.add_column(sa.Column("age_from", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("age_to", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_announcement_practitioner_id"), "practitioner", ["practitioner_id"], ["id"]
        )
    op.create_index("ix_patient_general_practitioner_id", "patient", ["general_practitioner_id"])


def downgrade() -> None:
    """Takes the tables back to the step before; what was for some is taken back with it."""
    op.drop_index("ix_patient_general_practitioner_id", "patient")
    op.execute(
        "DELETE FROM announcement WHERE practitioner_id IS NOT NULL"
        " OR age_from IS NOT NULL OR age_to IS NOT NULL"
    )
    with op.batch_alter_table("announcement") as batch_op:
        batch_op.drop_constraint(op.f("fk_announcement_practitioner_id"), type_="foreignkey")
        batch_op.drop_column("age_to")
        batch_op.drop_column("age_from")
        batch_op.drop_column("practitioner_id")
