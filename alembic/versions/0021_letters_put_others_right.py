"""Which letter puts which one right, and an order of all conversations by their newest letter."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0021"
down_revision = "0020"

_text = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    """Adds the table, and the note in a draft."""
    op.create_table(
        "correction",
        sa.Column("message_id", _text(), nullable=False),
        sa.Column("corrects_id", _text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["communication.id"],
            name=op.f("fk_correction_message_id_communication"),
        ),
        sa.ForeignKeyConstraint(
            ["corrects_id"],
            ["communication.id"],
            name=op.f("fk_correction_corrects_id_communication"),
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_correction")),
    )
    op.create_index("ix_correction_corrects_id", "correction", ["corrects_id"])
    op.create_index("ix_thread_last_at", "thread", ["last_at"])
    op.create_index("ix_user_role", "user", ["role"])
    op.add_column(
        "draft", sa.Column("corrects_id", _text(length=64), nullable=False, server_default="")
    )


def downgrade() -> None:
    """Takes both away: letters stay, and say no longer which one they put right."""
    op.drop_column("draft", "corrects_id")
    op.drop_index("ix_user_role", table_name="user")
    op.drop_index("ix_thread_last_at", table_name="thread")
    op.drop_index("ix_correction_corrects_id", table_name="correction")
    op.drop_table("correction")
