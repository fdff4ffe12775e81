"""More than a help covers is proposed by one member of staff, and decided by a second one."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from portal.models.base import UtcDateTime

revision = "0007"
down_revision = "0006"

_text = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    """Brings the tables to this step."""
    with op.batch_alter_table("related_person", schema=None) as batch_op:
        for name, length in (("more_scopes", 400), ("more_by", 64)):
            column = sa.Column(name, _text(length=length), nullable=False, server_default="")
            batch_op.add_column(column)
        batch_op.add_column(sa.Column("more_until", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("more_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    """Takes the tables back to the step before."""
    for name in ("more_scopes", "more_by", "more_until", "more_at"):
        op.drop_column("related_person", name)
