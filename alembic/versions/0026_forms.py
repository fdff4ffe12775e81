"""Forms: their versions, whom they were asked, and what was answered."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from portal.models.base import UtcDateTime

revision = "0026"
down_revision = "0025"

_text = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    """Adds the five tables; no form is there until the clinic makes one."""
    _questionnaires()
    _items()
    _responses()
    _versions()
    _drafts()


def _questionnaires() -> None:
    op.create_table(
        "questionnaire",
        sa.Column("id", _text(length=64), nullable=False),
        sa.Column("form_id", _text(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", _text(length=120), nullable=False),
        sa.Column("status", _text(length=10), nullable=False),
        sa.Column("is_example", sa.Boolean(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", _text(length=300), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "status IN ('draft', 'active', 'retired')", name=op.f("ck_questionnaire_status")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaire")),
        sa.UniqueConstraint("form_id", "version", name=op.f("uq_questionnaire_form_id_version")),
    )
    for status in ("draft", "active"):
        only = sa.text(f"status = '{status}'")
        op.create_index(
            f"ix_questionnaire_{status}",
            "questionnaire",
            ["form_id"],
            unique=True,
            sqlite_where=only,
            postgresql_where=only,
        )


def _items() -> None:
    op.create_table(
        "questionnaire_item",
        sa.Column("id", _text(length=64), nullable=False),
        sa.Column("questionnaire_id", _text(), nullable=False),
        sa.Column("link_id", _text(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", _text(length=10), nullable=False),
        sa.Column("text", _text(length=500), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("options", _text(length=4000), nullable=False),
        sa.CheckConstraint(
            "kind IN ('display', 'string', 'text', 'boolean', 'choice', 'date', 'integer')",
            name=op.f("ck_questionnaire_item_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["questionnaire_id"],
            ["questionnaire.id"],
            name=op.f("fk_questionnaire_item_questionnaire_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaire_item")),
        sa.UniqueConstraint(
            "questionnaire_id",
            "link_id",
            name=op.f("uq_questionnaire_item_questionnaire_id_link_id"),
        ),
    )


def _responses() -> None:
    of = {
        "patient_id": "patient.id",
        "questionnaire_id": "questionnaire.id",
        "thread_id": "thread.id",
        "message_id": "communication.id",
        "asked_by_id": "user.id",
    }
    op.create_table(
        "questionnaire_response",
        sa.Column("id", _text(length=64), nullable=False),
        sa.Column("patient_id", _text(), nullable=False),
        sa.Column("questionnaire_id", _text(), nullable=False),
        sa.Column("thread_id", _text(), nullable=False),
        sa.Column("message_id", _text(), nullable=False),
        sa.Column("asked_by_id", _text(), nullable=True),
        sa.Column("asked_by", _text(length=300), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("status", _text(length=12), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "status IN ('in-progress', 'completed', 'amended')",
            name=op.f("ck_questionnaire_response_status"),
        ),
        sa.CheckConstraint(
            "(number = 0) = (status = 'in-progress')",
            name=op.f("ck_questionnaire_response_number"),
        ),
        *_keys("questionnaire_response", of),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaire_response")),
    )
    for one in ("patient_id", "thread_id"):
        op.create_index(f"ix_questionnaire_response_{one}", "questionnaire_response", [one])


def _versions() -> None:
    of = {
        "response_id": "questionnaire_response.id",
        "patient_id": "patient.id",
        "author_id": "user.id",
    }
    op.create_table(
        "response_version",
        sa.Column("id", _text(length=64), nullable=False),
        sa.Column("response_id", _text(), nullable=False),
        sa.Column("patient_id", _text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("answers", _text(), nullable=False),
        sa.Column("author_id", _text(), nullable=False),
        sa.Column("author_name", _text(length=300), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("client_key", _text(length=64), nullable=False),
        *_keys("response_version", of),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_version")),
        sa.UniqueConstraint(
            "response_id", "number", name=op.f("uq_response_version_response_id_number")
        ),
        sa.UniqueConstraint(
            "author_id", "client_key", name=op.f("uq_response_version_author_id_client_key")
        ),
    )
    op.create_index(op.f("ix_response_version_patient_id"), "response_version", ["patient_id"])


def _drafts() -> None:
    of = {
        "response_id": "questionnaire_response.id",
        "user_id": "user.id",
        "patient_id": "patient.id",
    }
    op.create_table(
        "response_draft",
        sa.Column("id", _text(length=64), nullable=False),
        sa.Column("response_id", _text(), nullable=False),
        sa.Column("user_id", _text(), nullable=False),
        sa.Column("patient_id", _text(), nullable=False),
        sa.Column("link_id", _text(length=64), nullable=False),
        sa.Column("value", _text(length=4000), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("tab", _text(length=64), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        *_keys("response_draft", of),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_draft")),
        sa.UniqueConstraint(
            "response_id",
            "user_id",
            "link_id",
            name=op.f("uq_response_draft_response_id_user_id_link_id"),
        ),
    )
    op.create_index(op.f("ix_response_draft_patient_id"), "response_draft", ["patient_id"])


def _keys(table: str, of: dict[str, str]) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))
        for column, target in of.items()
    ]


def downgrade() -> None:
    """Takes all of it away."""
    for one in (
        "response_draft",
        "response_version",
        "questionnaire_response",
        "questionnaire_item",
        "questionnaire",
    ):
        op.drop_table(one)
