"""The record: what the clinic knows of somebody's health, section by section, in plain words."""

from portal.services.record.reading import RecordRow, view
from portal.services.record.rows import EntryRow, GroupRow
from portal.services.record.searching import search
from portal.services.record.sections import SECTION_KEYS, SectionRow, is_section

__all__ = [
    "SECTION_KEYS",
    "EntryRow",
    "GroupRow",
    "RecordRow",
    "SectionRow",
    "is_section",
    "search",
    "view",
]
