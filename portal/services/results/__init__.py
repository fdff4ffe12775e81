"""Results: released at once, and said so that a layperson understands them."""

from portal.services.results.release import NotReady, release
from portal.services.results.rows import (
    LineRow,
    ReportRow,
    ResultRow,
    ResultsRow,
    ValueRow,
)
from portal.services.results.view import nothing, read, report_row, view, waiting

__all__ = [
    "LineRow",
    "NotReady",
    "ReportRow",
    "ResultRow",
    "ResultsRow",
    "ValueRow",
    "nothing",
    "read",
    "release",
    "report_row",
    "view",
    "waiting",
]
