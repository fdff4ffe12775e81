"""How people are told: by which way of which news."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0020"
down_revision = "0017"


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


def downgrade() -> None:
    """Takes the tables back to the step before; everybody is told by e-mail again."""
    op.drop_table("notice_choice")
