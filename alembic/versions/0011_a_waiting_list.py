"""A waiting list: who would come earlier, and which freed times they were offered."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from portal.models.base import UtcDateTime

revision = "0011"
down_revision = "0010"

_IS_OPEN = sa.text("status IN ('waiting', 'offered')")
_IS_OUT = sa.text("state = 'offered'")


def upgrade() -> None:
    """Brings the tables to this step."""
    _entries()
    _offers()


def _entries() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "waitlist_entry",
        sa.Column("id", text(length=64), nullable=False),
        sa.Column("patient_id", text(), nullable=False),
        sa.Column("visit_type_id", text(), nullable=False),
        sa.Column("practitioners", text(length=2000), nullable=False),
        sa.Column("appointment_id", text(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("weekdays", text(length=20), nullable=False),
        sa.Column("windows", text(length=200), nullable=False),
        sa.Column("notice_minutes", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("channel", text(length=20), nullable=False),
        sa.Column("status", text(length=20), nullable=False),
        sa.Column("by_clinic", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status IN ('waiting', 'offered', 'booked', 'expired', 'cancelled')",
            name=op.f("ck_waitlist_entry_status"),
        ),
        sa.CheckConstraint(
            "channel IN ('in-person', 'phone', 'video')", name=op.f("ck_waitlist_entry_channel")
        ),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_waitlist_entry_days")),
        sa.CheckConstraint("priority BETWEEN 0 AND 2", name=op.f("ck_waitlist_entry_priority")),
        sa.CheckConstraint(
            "notice_minutes BETWEEN 0 AND 20160", name=op.f("ck_waitlist_entry_notice")
        ),
        _key("waitlist_entry", "patient_id", "patient"),
        _key("waitlist_entry", "visit_type_id", "visit_type"),
        _key("waitlist_entry", "appointment_id", "appointment"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waitlist_entry")),
    )
    _index("waitlist_entry", "patient_id")
    _index("waitlist_entry", "appointment_id")
    op.create_index(
        "ix_waitlist_entry_status_priority",
        "waitlist_entry",
        ["status", "priority", "created_at"],
    )
    op.create_index(
        "uq_waitlist_entry_open",
        "waitlist_entry",
        ["patient_id", "visit_type_id"],
        unique=True,
        sqlite_where=_IS_OPEN,
        postgresql_where=_IS_OPEN,
    )


def _offers() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "waitlist_offer",
        sa.Column("id", text(length=64), nullable=False),
        sa.Column("entry_id", text(), nullable=False),
        sa.Column("patient_id", text(), nullable=False),
        sa.Column("hold_id", text(length=64), nullable=False),
        sa.Column("practitioner_id", text(), nullable=False),
        sa.Column("location_id", text(), nullable=True),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("offered_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("state", text(length=20), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("appointment_id", text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('offered', 'accepted', 'declined', 'expired', 'withdrawn')",
            name=op.f("ck_waitlist_offer_state"),
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_waitlist_offer_ends_after_start")),
        _key("waitlist_offer", "entry_id", "waitlist_entry"),
        _key("waitlist_offer", "patient_id", "patient"),
        _key("waitlist_offer", "practitioner_id", "practitioner"),
        _key("waitlist_offer", "location_id", "location"),
        _key("waitlist_offer", "appointment_id", "appointment"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waitlist_offer")),
        sa.UniqueConstraint("hold_id", name=op.f("uq_waitlist_offer_hold_id")),
    )
    _index("waitlist_offer", "entry_id")
    _index("waitlist_offer", "patient_id")
    op.create_index("ix_waitlist_offer_state_expires_at", "waitlist_offer", ["state", "expires_at"])
    op.create_index(
        "uq_waitlist_offer_open",
        "waitlist_offer",
        ["entry_id"],
        unique=True,
        sqlite_where=_IS_OUT,
        postgresql_where=_IS_OUT,
    )


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def _index(table: str, column: str) -> None:
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)


def downgrade() -> None:
    """Takes the tables back to the step before."""
    op.drop_table("waitlist_offer")
    op.drop_table("waitlist_entry")
