"""How people are told: by which way of which news, and when."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Brings the tables to this step: whoever has not chosen is told by e-mail, as before."""
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "notice_choice",
        sa.Column("user_id", text(length=64), nullable=False),
        sa.Column("kind", text(length=10), nullable=False),
        sa.Column("way", text(length=10), nullable=False),
        sa.CheckConstraint(
            "kind IN ('visits', 'messages', 'results')", name=op.f("ck_notice_choice_kind")
        ),
        sa.CheckConstraint("way IN ('email', 'sms', 'portal')", name=op.f("ck_notice_choice_way")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_notice_choice_user_id")),
        sa.PrimaryKeyConstraint("user_id", "kind", name=op.f("pk_notice_choice")),
    )
    op.create_table(
        "notice_hours",
        sa.Column("user_id", text(length=64), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=True),
        sa.Column("quiet_to", sa.Integer(), nullable=True),
        sa.Column("daily_at", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(quiet_from IS NULL) = (quiet_to IS NULL)",
            name=op.f("ck_notice_hours_quiet_has_both"),
        ),
        sa.CheckConstraint("quiet_from <> quiet_to", name=op.f("ck_notice_hours_quiet_ends")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_notice_hours_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_notice_hours")),
    )


def downgrade() -> None:
    """Takes the tables back to the step before; everybody is told by e-mail again."""
    op.drop_table("notice_hours")
    op.drop_table("notice_choice")
