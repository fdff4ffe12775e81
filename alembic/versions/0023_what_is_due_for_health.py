"""What is due for whose health: the clinic's rules, what was answered, and how people are told."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from portal.models.base import UtcDateTime

revision = "0023"
down_revision = "0022"

_text = sqlmodel.sql.sqltypes.AutoString
_KIND = "ck_notice_choice_kind"
_KINDS = "'visits', 'messages', 'results'"


def upgrade() -> None:
    """Adds both tables; who has not chosen is told of what is due by e-mail."""
    _rules()
    _answers()
    _kinds(f"{_KINDS}, 'check-ups'")


def _rules() -> None:
    op.create_table(
        "preventive_rule",
        sa.Column("id", _text(length=64), nullable=False),
        sa.Column("name", _text(length=120), nullable=False),
        sa.Column("why", _text(length=300), nullable=False),
        sa.Column("source", _text(length=300), nullable=False),
        sa.Column("kind", _text(length=10), nullable=False),
        sa.Column("sex", _text(length=10), nullable=False),
        sa.Column("from_months", sa.Integer(), nullable=False),
        sa.Column("until_months", sa.Integer(), nullable=True),
        sa.Column("every_months", sa.Integer(), nullable=False),
        sa.Column("codes", _text(length=2000), nullable=False),
        sa.Column("visit_type_id", _text(), nullable=True),
        sa.Column("visit_counts", sa.Boolean(), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("is_example", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", _text(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('vaccine', 'screening', 'check-up')", name=op.f("ck_preventive_rule_kind")
        ),
        sa.CheckConstraint("sex IN ('any', 'female', 'male')", name=op.f("ck_preventive_rule_sex")),
        sa.CheckConstraint("from_months >= 0", name=op.f("ck_preventive_rule_from_months")),
        sa.CheckConstraint(
            "until_months IS NULL OR until_months > from_months",
            name=op.f("ck_preventive_rule_ages"),
        ),
        sa.CheckConstraint("every_months >= 0", name=op.f("ck_preventive_rule_every_months")),
        sa.ForeignKeyConstraint(
            ["visit_type_id"], ["visit_type.id"], name=op.f("fk_preventive_rule_visit_type_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preventive_rule")),
    )


def _answers() -> None:
    op.create_table(
        "preventive_answer",
        sa.Column("id", _text(length=64), nullable=False),
        sa.Column("patient_id", _text(), nullable=False),
        sa.Column("rule_id", _text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("answer", _text(length=10), nullable=False),
        sa.Column("done_on", _text(length=10), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.Column("by_id", _text(length=64), nullable=False),
        sa.Column("by_name", _text(length=300), nullable=False),
        sa.Column("side", _text(length=10), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "answer IN ('done', 'declined', 'later', 'undone')",
            name=op.f("ck_preventive_answer_answer"),
        ),
        sa.CheckConstraint(
            "side IN ('patient', 'helper', 'staff')", name=op.f("ck_preventive_answer_side")
        ),
        sa.CheckConstraint(
            "(answer = 'undone') = (undoes IS NOT NULL)", name=op.f("ck_preventive_answer_undoes")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_preventive_answer_patient_id")
        ),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["preventive_rule.id"], name=op.f("fk_preventive_answer_rule_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preventive_answer")),
        sa.UniqueConstraint(
            "patient_id", "rule_id", "number",
            name=op.f("uq_preventive_answer_patient_id_rule_id_number"),
        ),
    )  # fmt: skip
    op.create_index("ix_preventive_answer_patient_id", "preventive_answer", ["patient_id"])


def downgrade() -> None:
    """Takes both tables away; nobody is told of what is due, so nobody has chosen how."""
    op.execute("DELETE FROM notice_choice WHERE kind = 'check-ups'")
    _kinds(_KINDS)
    op.drop_table("preventive_answer")
    op.drop_table("preventive_rule")


def _kinds(codes: str) -> None:
    """Lets the choices be of these kinds of news."""
    with op.batch_alter_table("notice_choice") as batch_op:
        batch_op.drop_constraint(op.f(_KIND), type_="check")
        batch_op.create_check_constraint(op.f(_KIND), f"kind IN ({codes})")
