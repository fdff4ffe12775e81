"""Who never answers offers of the waiting list: how many in a row they left unanswered."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Brings the tables to this step: whoever waits begins with none."""
    with op.batch_alter_table("waitlist_entry") as batch_op:
        batch_op.add_column(
            sa.Column("unanswered", sa.Integer(), nullable=False, server_default="0")
        )
    with op.batch_alter_table("waitlist_entry") as batch_op:
        batch_op.alter_column("unanswered", server_default=None)


def downgrade() -> None:
    """Takes the tables back to the step before."""
    with op.batch_alter_table("waitlist_entry") as batch_op:
        batch_op.drop_column("unanswered")
