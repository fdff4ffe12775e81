"""What every clinical record has: a patient, a source, a state, a name, a moment and an author."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from portal.models.base import Table, UtcDateTime, new_id

ID = 16
CODE = 100
DATE = 40
TITLE = 500
NAME = 300
NOTE = 10_000
URI = 500
DIGITS = 60


class ClinicalRecord(Table):
    """One entry of a patient's record, imported or made here.

    Dates named as in FHIR (`onset`, `recorded`, …) keep the text that was given, of any precision;
    `sort_at` is the moment that lists are ordered by, `None` where no date is known. An imported
    record has the id of its `FhirResource`, so that it stays the same record when it is replaced.
    """

    id: str = Field(default_factory=new_id, primary_key=True, max_length=ID)
    patient_id: str = Field(foreign_key="patient.id", max_length=ID)
    resource_id: str | None = Field(default=None, foreign_key="fhir_resource.id", max_length=ID)
    encounter_id: str | None = Field(default=None, foreign_key="encounter.id", max_length=ID)
    practitioner_id: str | None = Field(default=None, foreign_key="practitioner.id", max_length=ID)
    source: str = Field(default="", max_length=CODE, description="Where it came from, readable.")
    status: str = Field(default="", max_length=CODE, description="FHIR status code.")
    title: str = Field(default="", max_length=TITLE, description="The medical term.")
    plain: str = Field(default="", max_length=TITLE, description="A layperson's words, if known.")
    code: str = Field(default="", max_length=CODE)
    code_system: str = Field(default="", max_length=URI)
    author: str = Field(default="", max_length=NAME, description="Who ordered, gave or wrote it.")
    note: str = Field(default="", max_length=NOTE)
    sort_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    confidential: bool = Field(default=False)


def one_of(column: str, codes: tuple[str, ...]) -> CheckConstraint:
    """Returns a rule that a column holds one of these codes (ours, so they are safe in SQL)."""
    listed = ", ".join(f"'{code}'" for code in codes)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def rules(statuses: tuple[str, ...], *more: Any) -> tuple[Any, ...]:
    """Returns the rules and indexes of a clinical table: states, order in time, search by name."""
    return (
        one_of("status", statuses),
        CheckConstraint(f"length(title) <= {TITLE}", name="title"),
        Index(None, "patient_id", "sort_at"),
        Index(None, "patient_id", "title"),
        *more,
    )
