"""The day board: what the front desk keeps open all day, and what it does there."""

from portal.services.board.acting import act, block, unblock
from portal.services.board.booking import OutsideHours, book, find, kinds, people
from portal.services.board.detail import changed, one
from portal.services.board.fitting import clash, next_free, options
from portal.services.board.moving import copy, drop
from portal.services.board.newcomers import MaybeKnown, add
from portal.services.board.rows import NO_ROOM
from portal.services.board.sheet import SheetRow, sheet
from portal.services.board.view import COLUMNS, MODES, view

__all__ = [
    "COLUMNS",
    "MODES",
    "NO_ROOM",
    "MaybeKnown",
    "OutsideHours",
    "SheetRow",
    "act",
    "add",
    "block",
    "book",
    "changed",
    "clash",
    "copy",
    "drop",
    "find",
    "kinds",
    "next_free",
    "one",
    "options",
    "people",
    "sheet",
    "unblock",
    "view",
]
