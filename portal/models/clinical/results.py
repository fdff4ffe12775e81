"""Results: reports, and the values in them."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from portal.models.base import UtcDateTime
from portal.models.clinical import codes
from portal.models.clinical.base import (
    CODE,
    DATE,
    DIGITS,
    ID,
    NAME,
    NOTE,
    TITLE,
    ClinicalRecord,
    one_of,
    rules,
)


class DiagnosticReport(ClinicalRecord, table=True):
    """A report of tests; `released_at` empty: the patient does not see it yet.

    `is_history`: it was already old when it was imported, so it is nobody's news.
    """

    __table_args__ = rules(
        codes.DIAGNOSTIC_REPORT,
        Index(None, "patient_id", "released_at"),
        Index(None, "released_at"),
    )

    category: str = Field(default="", max_length=CODE, description="LAB, RAD, …, as coded.")
    effective: str = Field(default="", max_length=DATE)
    issued: str = Field(default="", max_length=DATE)
    ordered_by: str = Field(default="", max_length=NAME, description="The ordering clinician.")
    laboratory: str = Field(default="", max_length=NAME)
    specimen: str = Field(default="", max_length=TITLE)
    conclusion: str = Field(default="", max_length=NOTE)
    has_attachment: bool = Field(default=False)
    released_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    is_history: bool = Field(default=False)


class Observation(ClinicalRecord, table=True):
    """One value, or a panel that others point to by `panel_id`, its own parts by `component_of`.

    `value_text` is the value as it was given, every digit kept, or its words; `value_number` is
    for order and trends alone, empty where there is no number. Ranges likewise.
    """

    __table_args__ = rules(
        codes.OBSERVATION,
        one_of("comparator", codes.COMPARATOR),
        Index(None, "patient_id", "category", "sort_at"),
        Index(None, "patient_id", "code", "sort_at"),
        Index(None, "report_id"),
        Index(None, "component_of"),
    )

    category: str = Field(default="", max_length=CODE, description="laboratory, vital-signs, …")
    effective: str = Field(default="", max_length=DATE)
    issued: str = Field(default="", max_length=DATE)
    report_id: str | None = Field(default=None, foreign_key="diagnostic_report.id", max_length=ID)
    component_of: str | None = Field(default=None, foreign_key="observation.id", max_length=ID)
    panel_id: str | None = Field(default=None, foreign_key="observation.id", max_length=ID)
    position: int = Field(default=0, description="Place within its report or panel.")
    value_text: str = Field(default="", max_length=NOTE)
    value_number: float | None = Field(default=None)
    comparator: str = Field(default="", max_length=2)
    unit: str = Field(default="", max_length=CODE)
    unit_code: str = Field(default="", max_length=CODE, description="UCUM code.")
    range_low_text: str = Field(default="", max_length=DIGITS)
    range_low: float | None = Field(default=None)
    range_high_text: str = Field(default="", max_length=DIGITS)
    range_high: float | None = Field(default=None)
    range_text: str = Field(default="", max_length=TITLE)
    interpretation: str = Field(default="", max_length=CODE, description="N, H, L, HH, LL, A, …")
    absent_reason: str = Field(default="", max_length=TITLE)
    specimen: str = Field(default="", max_length=TITLE)
    method: str = Field(default="", max_length=TITLE)
    body_site: str = Field(default="", max_length=TITLE)
    earlier_value: str = Field(
        default="", max_length=TITLE, description="Value and unit before a correction."
    )
    released_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    is_history: bool = Field(default=False)
