"""The day board: what the front desk keeps open all day, and what it does there."""

from portal.services.board.acting import act, block, drop, unblock
from portal.services.board.booking import OutsideHours, book, clash, find, kinds, options
from portal.services.board.detail import changed, one
from portal.services.board.newcomers import MaybeKnown, add
from portal.services.board.view import COLUMNS, MODES, view

__all__ = [
    "COLUMNS",
    "MODES",
    "MaybeKnown",
    "OutsideHours",
    "act",
    "add",
    "block",
    "book",
    "changed",
    "clash",
    "drop",
    "find",
    "kinds",
    "one",
    "options",
    "unblock",
    "view",
]
