"""What is attached to messages: files, which lie sealed beside the database."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from portal.models.base import UtcDateTime

revision = "0018"
down_revision = "0017"

_WHY = "what was sent stands"
_text = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    """Brings the tables to this step; the database itself refuses to touch what was sent."""
    op.create_table(
        "attachment",
        sa.Column("id", _text(length=64), nullable=False),
        sa.Column("patient_id", _text(), nullable=False),
        sa.Column("uploader_id", _text(), nullable=False),
        sa.Column("place", _text(length=64), nullable=False),
        sa.Column("state", _text(length=10), nullable=False),
        sa.Column("message_id", _text(), nullable=True),
        sa.Column("name", _text(length=120), nullable=False),
        sa.Column("content_type", _text(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", _text(length=64), nullable=False),
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'sent')", name=op.f("ck_attachment_state")),
        sa.CheckConstraint(
            "(state = 'sent') = (message_id IS NOT NULL)",
            name=op.f("ck_attachment_goes_with_a_message"),
        ),
        _key("patient_id", "patient"),
        _key("uploader_id", "user"),
        _key("message_id", "communication"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index("ix_attachment_message_id", "attachment", ["message_id"])
    op.create_index("ix_attachment_patient_id", "attachment", ["patient_id"])
    op.create_index("ix_attachment_uploader_id_place", "attachment", ["uploader_id", "place"])
    op.create_index("ix_attachment_state_created_at", "attachment", ["state", "created_at"])
    _let_stand()


def _key(column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_attachment_{column}"))


def _let_stand() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER attachment_stands_{act.lower()} BEFORE {act} ON attachment "
                f"WHEN OLD.state = 'sent' BEGIN SELECT RAISE(ABORT, '{_WHY}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION attachment_stands() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_WHY}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER attachment_stands BEFORE UPDATE OR DELETE ON attachment FOR EACH ROW "
        "WHEN (OLD.state = 'sent') EXECUTE FUNCTION attachment_stands()"
    )


def downgrade() -> None:
    """Takes the table away; its files are then nobody's, and are swept."""
    op.drop_table("attachment")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION attachment_stands()")
