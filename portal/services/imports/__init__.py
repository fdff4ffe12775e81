"""Imports: records from elsewhere, taken file by file, all or nothing."""

from portal.services.imports.report import FileReport, Report
from portal.services.imports.running import DEFAULT_SOURCE, run

__all__ = ["DEFAULT_SOURCE", "FileReport", "Report", "run"]
