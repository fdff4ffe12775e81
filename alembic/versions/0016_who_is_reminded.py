"""Reminders of visits: when, the links in them, who runs late; and which addresses are refused."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from portal.models.base import UtcDateTime

revision = "0016"
down_revision = "0015"

_UNREMINDED = sa.text("status = 'booked' AND reminders_at IS NULL")
_LINKED = ("user", "patient", "appointment")


def upgrade() -> None:
    """Brings the tables to this step. What is booked already is planned by the clock."""
    text = sqlmodel.sql.sqltypes.AutoString
    # None in a batch: what claims times hangs on these, and would not let them be built anew.
    op.add_column(
        "visit_type",
        sa.Column("reminders", text(length=40), nullable=False, server_default="10080 2880 180"),
    )
    for table, name in _MOMENTS:
        op.add_column(table, sa.Column(name, UtcDateTime(), nullable=True))
    op.create_index(
        "ix_appointment_unreminded",
        "appointment",
        ["starts_at"],
        sqlite_where=_UNREMINDED,
        postgresql_where=_UNREMINDED,
    )
    op.create_index("ix_outbox_notice_record_id", "outbox_notice", ["record_id"])
    _links()


_MOMENTS = (
    ("appointment", "expected_at"),
    ("appointment", "reminders_at"),
    ("outbox_notice", "about_at"),
    ("outbox_notice", "ended_at"),
    ("user", "email_bounced_at"),
)


def _links() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "mailed_link",
        sa.Column("id", text(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("purpose", text(length=10), nullable=False),
        sa.Column("user_id", text(), nullable=False),
        sa.Column("patient_id", text(), nullable=True),
        sa.Column("appointment_id", text(), nullable=True),
        sa.Column("about_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("purpose IN ('visit', 'news')", name=op.f("ck_mailed_link_purpose")),
        sa.CheckConstraint(
            "(purpose = 'visit') = (appointment_id IS NOT NULL AND about_at IS NOT NULL)",
            name=op.f("ck_mailed_link_visit_has_time"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [f"{table}_id"], [f"{table}.id"], name=op.f(f"fk_mailed_link_{table}_id")
            )
            for table in _LINKED
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailed_link")),
        sa.UniqueConstraint("digest", name=op.f("uq_mailed_link_digest")),
    )
    for table in _LINKED:
        op.create_index(op.f(f"ix_mailed_link_{table}_id"), "mailed_link", [f"{table}_id"])


def downgrade() -> None:
    """Takes the tables back to the step before; what was to remind somebody of a visit goes."""
    op.drop_table("mailed_link")
    op.execute("DELETE FROM outbox_notice WHERE about_at IS NOT NULL")
    op.drop_index("ix_outbox_notice_record_id", "outbox_notice")
    op.drop_index("ix_appointment_unreminded", "appointment")
    for table, name in reversed(_MOMENTS):
        op.drop_column(table, name)
    op.drop_column("visit_type", "reminders")
