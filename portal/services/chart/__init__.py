"""The chart: one patient as the staff see them, each role no more than it may."""

from portal.services.chart.rows import (
    ChartRow,
    ClinicalPart,
    EntryRow,
    RelatedRow,
    ReportRow,
    VitalRow,
)
from portal.services.chart.view import view

__all__ = [
    "ChartRow",
    "ClinicalPart",
    "EntryRow",
    "RelatedRow",
    "ReportRow",
    "VitalRow",
    "view",
]
