"""Prevention: the clinic's rules of what is due for whom, and what was answered to them.

What is due is computed from the record each time and never stored (services/prevention).
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from portal.models.base import Table, UtcDateTime, new_id
from portal.models.people import one_of

KINDS = ("vaccine", "screening", "check-up")
SEXES = ("any", "female", "male")
# Done, but not here; not wanted; to be asked again later; an answer that was taken back.
ANSWERS = ("done", "declined", "later", "undone")
SIDES = ("patient", "helper", "staff")
NAME_MAX, TEXT_MAX, CODES_MAX = 120, 300, 2000
# 130 years: nobody is older, and no rule waits for longer.
MOST_MONTHS = 1560


class PreventiveRule(Table, table=True):
    """One rule that the clinic can read and change. Ages and intervals in months."""

    __table_args__ = (
        one_of("kind", KINDS, "kind"),
        one_of("sex", SEXES, "sex"),
        CheckConstraint("from_months >= 0", name="from_months"),
        CheckConstraint("until_months IS NULL OR until_months > from_months", name="ages"),
        CheckConstraint("every_months >= 0", name="every_months"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    # What patients read: its name, and a sentence that says what it is good for.
    name: str = Field(max_length=NAME_MAX)
    why: str = Field(default="", max_length=TEXT_MAX)
    # Where it comes from, for staff.
    source: str = Field(default="", max_length=TEXT_MAX)
    kind: str = Field(max_length=10)
    sex: str = Field(default="any", max_length=10)
    from_months: int = Field(default=0)
    # From this age on it concerns nobody any more; none where it never ends.
    until_months: int | None = Field(default=None)
    # 0: once in a life.
    every_months: int = Field(default=12)
    # What counts as done: "cvx:140 snomed:24623002 loinc:85354-9", with spaces.
    codes: str = Field(default="", max_length=CODES_MAX)
    # The type of visit that is booked for it, and whether one that took place counts as done.
    visit_type_id: str | None = Field(default=None, foreign_key="visit_type.id")
    visit_counts: bool = Field(default=False)
    # Between the patient and the clinic: no helper is shown it or told of it.
    confidential: bool = Field(default=False)
    # As it was shipped: nobody of the clinic has looked it over yet.
    is_example: bool = Field(default=False)
    active: bool = Field(default=False)
    position: int = Field(default=0)
    changed_at: datetime = Field(sa_type=UtcDateTime)
    changed_by: str = Field(default="", max_length=300)
    # Rises with each change: who writes on an old one is told.
    version: int = Field(default=1, ge=1)


class PreventiveAnswer(Table, table=True):
    """What was answered to a rule. Never altered: a later one counts, or takes one back."""

    __table_args__ = (
        one_of("answer", ANSWERS, "answer"),
        one_of("side", SIDES, "side"),
        CheckConstraint("(answer = 'undone') = (undoes IS NOT NULL)", name="undoes"),
        # Two at once, or a second tap: one of them is the next answer, the other is refused.
        UniqueConstraint("patient_id", "rule_id", "number"),
        Index("ix_preventive_answer_patient_id", "patient_id"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    patient_id: str = Field(foreign_key="patient.id")
    rule_id: str = Field(foreign_key="preventive_rule.id")
    # Counted for each patient and rule, from 1.
    number: int = Field(ge=1)
    answer: str = Field(max_length=10)
    # When it was done: a year, a month or a day, as somebody knows it.
    done_on: str = Field(default="", max_length=10)
    # From when on it is to be asked again.
    until: date | None = Field(default=None)
    # The number of the answer that this one takes back.
    undoes: int | None = Field(default=None)
    by_id: str = Field(max_length=64)
    by_name: str = Field(default="", max_length=300)
    side: str = Field(max_length=10)
    at: datetime = Field(sa_type=UtcDateTime)
