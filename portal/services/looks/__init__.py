"""Looks: who looked at a record, as the patient reads it, and their questions about it."""

from portal.services.looks.asking import ask
from portal.services.looks.reading import view
from portal.services.looks.rows import LookRow, LooksRow

__all__ = ["LookRow", "LooksRow", "ask", "view"]
