"""Since when the service for texts refuses a number."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Adds the moment; nobody's is known to be refused yet."""
    op.add_column("user", sa.Column("phone_refused_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Takes it away: texts are tried again."""
    op.drop_column("user", "phone_refused_at")
