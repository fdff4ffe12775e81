"""An address for a person's own calendar, and why a visit was cancelled, as a code."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from portal.models.base import UtcDateTime

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Brings the tables to this step."""
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "calendar_feed",
        sa.Column("id", text(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("user_id", text(), nullable=False),
        sa.Column("patient_id", text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_calendar_feed_patient_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_calendar_feed_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("digest", name=op.f("uq_calendar_feed_digest")),
    )
    with op.batch_alter_table("calendar_feed", schema=None) as batch_op:
        for name in ("patient_id", "user_id"):
            batch_op.create_index(batch_op.f(f"ix_calendar_feed_{name}"), [name], unique=False)
    # Not in a batch: what claims times hangs on this table, and would not let it be built anew.
    op.add_column(
        "appointment",
        sa.Column("cancel_code", text(length=20), nullable=False, server_default=""),
    )


def downgrade() -> None:
    """Takes the tables back to the step before."""
    op.drop_column("appointment", "cancel_code")
    with op.batch_alter_table("calendar_feed", schema=None) as batch_op:
        for name in ("user_id", "patient_id"):
            batch_op.drop_index(batch_op.f(f"ix_calendar_feed_{name}"))
    op.drop_table("calendar_feed")
