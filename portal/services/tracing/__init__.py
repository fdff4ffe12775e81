"""Tracing: the clinic's own report of who looked at what, what of it is unusual, and its export."""

from portal.services.tracing.exporting import export
from portal.services.tracing.reading import Wanted, view
from portal.services.tracing.rows import ReportRow, TracedRow, UnusualRow

__all__ = ["ReportRow", "TracedRow", "UnusualRow", "Wanted", "export", "view"]
