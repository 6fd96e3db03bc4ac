"""Reads CSV: the encoding and the delimiter are found by what the file holds."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from crm.reading.limits import Limits
from crm.reading.refusals import refuse
from crm.reading.spool import FRAME, NOT_COUNTED, Spool
from crm.writing import unguard


SAMPLE = 1 << 18  # bytes looked at to tell an encoding
LONGEST_LINE = 1 << 20  # characters
DELIMITERS = ";\t|,"  # of two that fit alike the first is taken: commas stand inside cells too

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The one-byte encodings that Excel writes in France: the usual one, « CSV (Macintosh) », « CSV (MS-DOS) ».
_ONE_BYTE = ("cp1252", "mac_roman", "cp850")
_FRENCH = dict.fromkeys("éèêëàâçîïôöûùüœ", 2) | dict.fromkeys("ÉÈÊÀÂÇÎÔŒ’«»–…°€·\u00a0", 1)
_CONTROL_BYTES = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_SEPARATOR_LINE = re.compile(r"\"?sep=([;,|\t])\"?[\r\n]*", re.IGNORECASE)
_END = "\ue000"


@dataclass(frozen=True, slots=True)
class Delimited:
    """A delimited file once read."""

    encoding: str
    delimiter: str
    count: int
    width: int
    replaced: int  # characters that the encoding could not read
    spool: Spool


# --- encoding -------------------------------------------------------------------------------------------


def encoding_of(content: bytes) -> str | None:
    """Return the encoding of a text, None when these bytes are no text."""

    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return encoding if _decodes(content, encoding) else None
    start = content[:4096]
    if (zeros := start.count(0)) > len(start) / 100:
        for offset, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
            mostly = zeros > len(start) / 5 and start[offset::2].count(0) > 0.9 * zeros
            if mostly and _decodes(content, encoding):
                return encoding
        return None
    sample = content[:SAMPLE]
    if len(_CONTROL_BYTES.findall(sample)) > len(sample) / 100:
        return None
    return "utf-8" if _decodes(content, "utf-8") else _one_byte_encoding(sample)


def _decodes(content: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    view = memoryview(content)
    try:
        for start in range(0, len(view), 1 << 20):
            decoder.decode(view[start : start + (1 << 20)])
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _one_byte_encoding(sample: bytes) -> str:
    """Return the encoding in which the bytes beyond ASCII are most often French; broken UTF-8 stays UTF-8."""

    decoded = sample.decode("utf-8", "replace")
    if sum(1 for c in decoded if c in _FRENCH) > 3 * decoded.count("\ufffd"):
        return "utf-8"
    high = Counter(byte for byte in sample if byte > 127)

    def french(encoding: str) -> int:
        return sum(n * _FRENCH.get(bytes([byte]).decode(encoding, "replace"), 0) for byte, n in high.items())

    return max(_ONE_BYTE, key=french)


# --- lines and records ----------------------------------------------------------------------------------


def delimiter_of(lines: list[str]) -> str:
    """Return the delimiter under which the lines have most often the same number of cells, at least two."""

    def evenness(delimiter: str) -> float:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        except csv.Error:
            return 0
        return max(Counter(width for width in widths if width > 1).values(), default=0) / max(len(widths), 1)

    return max(DELIMITERS, key=evenness)


class _Lines:
    """The lines of a text, their ends kept, without control characters; counts what could not be read."""

    def __init__(self, content: bytes, encoding: str, *, name: str, limits: Limits) -> None:
        self.file = io.TextIOWrapper(io.BytesIO(content), encoding=encoding, errors="replace", newline="")
        # In one byte or UTF-8 a control character is a byte like any other: mostly there is none to look for.
        self.clean = not encoding.startswith(("utf-16", "utf-32")) and not _CONTROL_BYTES.search(content)
        self.replaced = 0
        self.name = name
        self.limits = limits

    def __iter__(self) -> Iterator[str]:
        while line := self.file.readline(LONGEST_LINE):
            if len(line) == LONGEST_LINE:
                refuse("text", name=self.name, limits=self.limits)
            if "\ufffd" in line:
                self.replaced += line.count("\ufffd")
            yield line if self.clean else _NOT_TEXT.sub("", line)


def read_delimited(content: bytes, *, encoding: str, name: str, limits: Limits) -> Delimited:
    """Read the file through, or refuse it.

    A row is one record, as a spreadsheet numbers it: line ends inside quotes do not count. One guarding apostrophe
    before a sign that would begin a formula is taken off, as `crm.writing` puts it there.
    """

    text = _Lines(content, encoding, name=name, limits=limits)
    lines = iter(text)
    head = list(islice(lines, 500))
    if head and (separator := _SEPARATOR_LINE.fullmatch(head[0])):
        delimiter = separator[1]
        del head[0]
    else:
        delimiter = delimiter_of(head)

    guarded = not text.clean or b"'" in content
    spool = Spool()
    frame: list[tuple[object, ...]] = []
    number = count = width = 0
    ended = False
    try:
        for number, row in enumerate(csv.reader(chain(head, lines, [_END]), delimiter=delimiter), 1):
            if len(row) == 1 and row[0] == _END:
                ended = True
                break
            cells: list[str | None] = [None if not cell or cell.isspace() else cell for cell in row]
            while cells and cells[-1] is None:
                cells.pop()
            if not cells:
                continue
            if guarded:
                cells = [unguard(cell) if cell and cell[0] == "'" else cell for cell in cells]
            width = max(width, len(cells))
            frame.append((number, *cells))
            if len(frame) >= FRAME:
                count += len(frame)
                spool.write(frame)
                frame = []
                _check(count, width, name=name, limits=limits)
    except csv.Error:
        refuse("quote", name=name, limits=limits, line=number + 1)
    if not ended:
        # The record that an open quote began holds all that follows it, the mark of the end too.
        refuse("quote", name=name, limits=limits, line=number)
    spool.write(frame)
    spool.end()
    _check(count + len(frame), width, name=name, limits=limits)
    return Delimited(encoding, delimiter, count + len(frame), width, text.replaced, spool)


def _check(count: int, width: int, *, name: str, limits: Limits) -> None:
    if count > limits.rows + NOT_COUNTED:
        refuse("rows", name=name, limits=limits)
    if width > limits.columns:
        refuse("columns", name=name, limits=limits)
