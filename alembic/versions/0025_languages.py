"""In which language somebody is written to."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Adds the column: whoever has an account is written to as before, in the clinic's language."""
    text = sqlmodel.sql.sqltypes.AutoString(length=10)
    op.add_column("user", sa.Column("language", text, nullable=False, server_default=""))


def downgrade() -> None:
    """Takes the choices away, in place: many rows point at the table."""
    op.drop_column("user", "language")
