"""${message}."""

import sqlalchemy as sa
import sqlmodel

from alembic import op
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Brings the tables to this step."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Takes the tables back to the step before."""
    ${downgrades if downgrades else "pass"}
