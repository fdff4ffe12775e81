"""Who pays: the insurance that the desk enters and checks, and what a patient still owes."""

from portal.services.coverage.insurance import Changed, end, enter, verify
from portal.services.coverage.rows import CoverageRow
from portal.services.coverage.settling import settle
from portal.services.coverage.view import view

__all__ = ["Changed", "CoverageRow", "end", "enter", "settle", "verify", "view"]
