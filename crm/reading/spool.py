"""The rows of a sheet, read once and kept in a temporary file: they can be gone through again in little memory.

The file is a row of frames, each eight bytes of length (little-endian) and a list of tuples in marshal form: the
row's number, then its cells, a date as a tuple of its ordinal, a moment as one of ordinal and seconds. An empty frame
ends them; what is said of the sheet follows, in JSON. Only our own processes write this file.
Plans keep what they say of each line in the same way (`tuples`).
"""

from __future__ import annotations

import json
import marshal
import os
import struct
import tempfile
import weakref
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, BinaryIO, NamedTuple


type Cell = str | int | float | bool | date | datetime | None

FRAME = 512  # rows written at once
NOT_COUNTED = 100  # titles, headings and totals that the limit of rows lets pass


class Row(NamedTuple):
    """A row that holds something: its number as the person sees it (from 1), its cells up to the last filled one.

    A cell is None when it is empty, holds only spaces, or is an error such as #N/A.
    """

    number: int
    cells: tuple[Cell, ...]


class Spool:
    """Rows in a temporary file that goes with the object."""

    def __init__(self) -> None:
        self.file: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115
        self.close = weakref.finalize(self, self.file.close)

    def write(self, rows: list[tuple[Any, ...]]) -> None:
        """Add a frame of rows, each its number and its cells; none is a date."""

        frame = marshal.dumps(rows, 2)
        self.file.write(struct.pack("<Q", len(frame)))
        self.file.write(frame)

    def end(self) -> None:
        self.file.write(struct.pack("<Q", 0))
        self.file.flush()

    def answer(self) -> dict[str, Any] | None:
        """Return what another process wrote after its rows, None when it did not come so far."""

        offset = 0
        while len(head := os.pread(self.file.fileno(), 8, offset)) == 8:
            offset += 8 + (length := struct.unpack("<Q", head)[0])
            if not length:
                said = os.pread(self.file.fileno(), 1 << 24, offset)
                found: dict[str, Any] = json.loads(said)
                return found
        return None

    def rows(self) -> Iterator[Row]:
        """Yield the rows from the first, as often as asked and by several at a time."""

        for row in self.tuples():
            cells = row[1:]
            if tuple in map(type, cells):
                cells = tuple([_date(*cell) if type(cell) is tuple else cell for cell in cells])
            yield Row(row[0], cells)

    def tuples(self) -> Iterator[tuple[Any, ...]]:
        """Yield what was written, as it was written."""

        offset = 0
        while length := struct.unpack("<Q", os.pread(self.file.fileno(), 8, offset))[0]:
            frame = os.pread(self.file.fileno(), length, offset + 8)
            offset += 8 + length
            yield from marshal.loads(frame)  # noqa: S302


def _date(ordinal: int, seconds: int | None = None) -> date | datetime:
    """Return the date, or the moment when it has seconds of the day."""

    if seconds is None:
        return date.fromordinal(ordinal)
    return datetime.fromordinal(ordinal) + timedelta(seconds=seconds)
