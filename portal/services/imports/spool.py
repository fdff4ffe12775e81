"""Rows that wait to be written: in memory, and packed where there are very many."""

import zlib
from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import Date, Table

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder().decode
CHUNK = 1000
PACKED_AFTER = 4 * CHUNK


class Spool:
    """Rows by table, in the order in which they were added. Packed rows take a tenth of the room.

    Nothing is written to a disk: the rows are people's records.
    """

    def __init__(self) -> None:
        """Starts empty."""
        self._open: dict[Table, list[dict[str, Any]]] = {}
        self._packed: dict[Table, list[bytes]] = {}
        self._count = 0

    @property
    def is_empty(self) -> bool:
        """Whether no row waits."""
        return not self._count

    def add(self, table: Table, row: dict[str, Any]) -> None:
        """Lays a row aside."""
        rows = self._open.get(table)
        if rows is None:
            rows = self._open[table] = []
        rows.append(row)
        self._count += 1
        if len(rows) >= CHUNK and self._count > PACKED_AFTER and _may_pack(table):
            self._pack(table)

    def _pack(self, table: Table) -> None:
        packed = zlib.compress(_encode(self._open.pop(table)), 1)
        self._packed.setdefault(table, []).append(packed)

    def batches(self, table: Table) -> Iterator[list[dict[str, Any]]]:
        """Yields a table's rows, some at a time."""
        for packed in self._packed.get(table, ()):
            yield _decode(zlib.decompress(packed))
        if table in self._open:
            yield self._open[table]

    def tables(self) -> list[Table]:
        """Returns the tables that rows wait for."""
        return list({**self._packed, **self._open})


def _may_pack(table: Table) -> bool:
    """Whether a table's rows come out of a pack as they went in: days would come out as text."""
    return not any(isinstance(column.type, Date) for column in table.c)
