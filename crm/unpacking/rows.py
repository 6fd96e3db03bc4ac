"""Writes the rows out, in the form that `crm.reading.spool` describes, and refuses the first one too many."""

from __future__ import annotations

import json
import marshal
import re
import struct
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from math import isfinite
from typing import Any, BinaryIO

import python_calamine


FRAME = 512  # rows written at once
NOT_COUNTED = 100  # titles, headings and totals that the limit of rows lets pass
LAST_ROW = 1 << 20  # of a spreadsheet
TEXT_MOST = 1 << 29  # characters of all cells together
NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


class Refused(Exception):  # noqa: N818
    """The workbook is not read. The code says why; the process that asked has the sentence."""

    def __init__(self, code: str, **more: Any) -> None:
        super().__init__(code)
        self.answer = {"refused": code, **more}


def _text(value: str) -> str | None:
    value = NOT_TEXT.sub("", value)
    return None if not value or value.isspace() else value


def _number(value: float) -> int | float | None:
    if not isfinite(value):
        return None
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def _moment(value: datetime) -> tuple[int, int]:
    return value.toordinal(), value.hour * 3600 + value.minute * 60 + value.second


def _duration(value: timedelta) -> str:
    minutes = int(value.total_seconds() // 60)
    return f"{minutes // 60}:{minutes % 60:02}"


def _same(value: Any) -> Any:
    return value


# A date goes as a tuple: marshal has no dates.
CONVERT: dict[type, Callable[[Any], Any]] = {
    float: _number,
    int: _same,
    bool: _same,
    date: lambda value: (value.toordinal(),),
    datetime: _moment,
    time: lambda value: value.strftime("%H:%M"),
    timedelta: _duration,
}


class Rows:
    """Writes the rows that hold something, and refuses the first one too many."""

    def __init__(self, file: BinaryIO, limits: dict[str, int]) -> None:
        self.file = file
        self.limits = limits
        self.frame: list[tuple[Any, ...]] = []
        self.count = self.width = self.characters = self.last = 0

    def add(self, number: int, row: list[Any]) -> None:
        if row.count("") == len(row):
            return
        cells = [
            (None if not cell or cell.isspace() else cell) if type(cell) is str else CONVERT[type(cell)](cell)
            for cell in row
        ]
        text = "".join([cell for cell in cells if type(cell) is str])
        self.characters += len(text)
        if NOT_TEXT.search(text):
            cells = [_text(cell) if type(cell) is str else cell for cell in cells]
        while cells and cells[-1] is None:
            cells.pop()
        if not cells:
            return
        self.count += 1
        self.last = number
        if len(cells) > self.width:
            self.width = len(cells)
            if self.width > self.limits["columns"]:
                raise Refused("columns")
        if self.count > self.limits["rows"] + NOT_COUNTED:
            raise Refused("rows")
        if self.characters > TEXT_MOST:
            raise Refused("text")
        self.frame.append((number, *cells))
        if len(self.frame) == FRAME:
            self.flush()

    def add_all(self, sheet: python_calamine.CalamineSheet, before: int = 0) -> None:
        """Add the rows of a sheet, or of a piece of one of which so many rows came before its first."""

        for number, row in numbered_rows(sheet, before):
            self.add(number, row)

    def flush(self) -> None:
        frame = marshal.dumps(self.frame, 2)
        self.file.write(struct.pack("<Q", len(frame)))
        self.file.write(frame)
        self.frame = []

    def close(self, answer: dict[str, Any]) -> None:
        """End the rows: an empty frame, then the answer in JSON."""

        if self.frame:
            self.flush()
        self.file.write(struct.pack("<Q", 0))
        self.file.write(json.dumps(answer).encode())
        self.file.flush()


def numbered_rows(sheet: python_calamine.CalamineSheet, before: int = 0) -> Iterator[tuple[int, list[Any]]]:
    """Yield the rows with their number, but the empty ones above the first that holds something."""

    if sheet.start is None:
        return
    top, left = sheet.start
    if before + top + sheet.height > LAST_ROW:
        raise Refused("damaged")
    if top < FRAME:
        yield from enumerate(sheet.iter_rows(), before + 1)  # one at a time
    else:
        for number, row in enumerate(sheet.to_python(skip_empty_area=True), before + top + 1):
            yield number, [""] * left + row
