"""Ready answers of the clinic, with fields."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from portal.models.base import UtcDateTime

revision = "0019"
down_revision = "0018"

_text = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    """Adds the table; a clinic writes its own."""
    op.create_table(
        "answer_template",
        sa.Column("id", _text(length=64), nullable=False),
        sa.Column("title", _text(length=80), nullable=False),
        sa.Column("body", _text(length=4000), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", _text(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_template")),
        sa.UniqueConstraint("title", name=op.f("uq_answer_template_title")),
    )


def downgrade() -> None:
    """Takes the table away, and the texts with it."""
    op.drop_table("answer_template")
