"""Columns: one var for each, so that a change sends that column and nothing else."""

from dataclasses import replace

import reflex as rx

from portal.services import board
from portal.services.board.rows import BoardRow, ColumnRow, HeadRow, SideRow, UndoRow
from portal.state.staff.schedule.glowing import lit


class Columns(rx.State, mixin=True):
    """What of a day is on the page."""

    head: HeadRow = HeadRow()
    side: SideRow = SideRow()
    undo_row: UndoRow = UndoRow()
    column_0: ColumnRow = ColumnRow()
    column_1: ColumnRow = ColumnRow()
    column_2: ColumnRow = ColumnRow()
    column_3: ColumnRow = ColumnRow()
    column_4: ColumnRow = ColumnRow()
    column_5: ColumnRow = ColumnRow()
    column_6: ColumnRow = ColumnRow()
    column_7: ColumnRow = ColumnRow()
    column_8: ColumnRow = ColumnRow()
    column_9: ColumnRow = ColumnRow()
    column_10: ColumnRow = ColumnRow()
    column_11: ColumnRow = ColumnRow()
    column_12: ColumnRow = ColumnRow()
    column_13: ColumnRow = ColumnRow()
    column_14: ColumnRow = ColumnRow()
    column_15: ColumnRow = ColumnRow()
    column_16: ColumnRow = ColumnRow()
    column_17: ColumnRow = ColumnRow()
    column_18: ColumnRow = ColumnRow()
    column_19: ColumnRow = ColumnRow()
    column_20: ColumnRow = ColumnRow()
    column_21: ColumnRow = ColumnRow()
    column_22: ColumnRow = ColumnRow()
    column_23: ColumnRow = ColumnRow()
    column_24: ColumnRow = ColumnRow()
    column_25: ColumnRow = ColumnRow()
    column_26: ColumnRow = ColumnRow()
    column_27: ColumnRow = ColumnRow()
    column_28: ColumnRow = ColumnRow()
    column_29: ColumnRow = ColumnRow()

    def _put(self, row: BoardRow, *, by_itself: bool) -> None:
        """Takes over what has changed, and no more: an equal var is not sent."""
        was = {column.key: column for column in self._columns()}
        for at in range(board.COLUMNS):
            new = row.columns[at] if at < len(row.columns) else ColumnRow()
            new = lit(was.get(new.key), new, glows=by_itself)
            if new != getattr(self, f"column_{at}"):
                setattr(self, f"column_{at}", new)
        # The moment of printing is of no use to anybody while nothing is printed anew.
        head = row.head
        if replace(head, printed="") != replace(self.head, printed=""):
            self.head = head
        if row.side != self.side:
            self.side = row.side
        if replace(row.undo, left=0) != replace(self.undo_row, left=0):
            self.undo_row = row.undo

    def _columns(self) -> list[ColumnRow]:
        return [getattr(self, f"column_{at}") for at in range(board.COLUMNS)]
