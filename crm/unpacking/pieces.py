"""Reads a big sheet piece by piece: the native reader would hold all of it twice."""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any
from xml.etree import ElementTree

import python_calamine

from crm.unpacking.archive import BIG
from crm.unpacking.rows import Refused, Rows


RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
ERROR_CELL = re.compile(rb"<c [^>]*\bt=\"e\"")
PIECE = 8 << 20  # bytes of XML; BIG when each piece means to read many shared strings again


def whole_rows(stream: IO[bytes], *, row: bytes, end: bytes, size: int) -> Iterator[bytes]:
    """Yield the XML of the rows, cut between two rows about every `size` bytes."""

    rest, begun = b"", False
    while piece := stream.read(size):
        rest += piece
        if not begun:
            first = min((at for at in (rest.find(row + b" "), rest.find(row + b">")) if at >= 0), default=-1)
            if first < 0:
                rest = rest[-len(row) :]
                continue
            rest, begun = rest[first:], True
        stop = rest.find(end)
        cut = stop if stop >= 0 else max(rest.rfind(row + b" "), rest.rfind(row + b">"))
        if cut > 0:
            yield rest[:cut]
            rest = rest[cut:]
        if stop >= 0:
            return
    raise Refused("damaged" if begun else "memory")


# --- big XLSX -------------------------------------------------------------------------------------------


def xlsx_sheets(archive: zipfile.ZipFile) -> list[tuple[str, str, bool]]:
    """Return the name of each sheet, its part, and whether it is shown."""

    # `inspect` has refused any document type: these two hold no entity.
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    sheets = []
    for sheet in book.iter():
        if sheet.tag.endswith("}sheet"):
            target = targets.get(sheet.get(RELATION), "")
            part = target[1:] if target.startswith("/") else f"xl/{target}"
            if part in archive.NameToInfo and part.startswith("xl/worksheets/"):
                sheets.append((sheet.get("name", ""), part, sheet.get("state", "visible") == "visible"))
    return sheets


def read_big_xlsx(path: Path, part: str, sheet: str, rows: Rows) -> dict[str, Any]:
    """Read a sheet piece by piece: the native reader would hold all of it twice.

    Each piece takes the place of the sheet in our copy of the file, behind the other parts.
    """

    errors = base = 0
    with zipfile.ZipFile(path) as archive:
        start = archive.start_dir
        strings = archive.NameToInfo.get("xl/sharedStrings.xml")
        size = BIG if strings and strings.file_size > PIECE else PIECE
        with archive.open(part) as stream:
            head = stream.read(4096)
        head = head[: head.index(b"<sheetData")] + b"<sheetData>"
        with archive.open(part) as stream:
            for piece in whole_rows(stream, row=b"<row", end=b"</sheetData", size=size):
                errors += len(ERROR_CELL.findall(piece))
                put_in_place(path, part, head + piece + b"</sheetData></worksheet>", start)
                numbered = re.search(rb'\sr="', piece[: piece.index(b">")]) is not None
                with python_calamine.CalamineWorkbook.from_path(str(path)) as book:
                    rows.add_all(book.get_sheet_by_name(sheet), 0 if numbered else base)
                base = max(base + piece.count(b"<row"), rows.last)
    return {"sheet": sheet, "merged": [], "errors": errors}


def put_in_place(path: Path, part: str, xml: bytes, start: int) -> None:
    """Give the archive this part instead of the one it had, written over its directory, which begins at `start`."""

    with zipfile.ZipFile(path, "a") as archive:
        archive.filelist.remove(archive.NameToInfo.pop(part))
        archive.start_dir = start
        archive.writestr(part, xml, zipfile.ZIP_STORED)


# --- big ODS --------------------------------------------------------------------------------------------

TABLE = re.compile(rb"<table:table\s[^>]*>")
TABLE_NAME = re.compile(rb"table:name=\"([^\"]*)\"")
TABLE_ROW = re.compile(rb"<table:table-row(?:\s[^>]*)?>")
REPEATED = re.compile(rb"number-rows-repeated=\"(\d{1,7})\"")
ODS_HEAD = b'<?xml version="1.0" encoding="UTF-8"?><office:document-content><office:body><office:spreadsheet><table:table table:name="T">'
ODS_END = b"</table:table></office:spreadsheet></office:body></office:document-content>"


def ods_tables(archive: zipfile.ZipFile) -> dict[str, tuple[int, int]]:
    """Return where the rows of each table begin in the content, and how many there are, by its name."""

    tables: dict[str, tuple[int, int]] = {}
    name, offset, rest = "", 0, b""
    with archive.open("content.xml") as stream:
        while piece := stream.read(1 << 20):
            text = rest + piece
            cut = text.rfind(b"<")
            text, rest = (text[:cut], text[cut:]) if cut > 0 else (b"", text)
            at = 0
            for found in TABLE.finditer(text):
                if name:
                    tables[name] = (
                        tables[name][0],
                        tables[name][1] + text.count(b"<table:table-row", at, found.start()),
                    )
                named = TABLE_NAME.search(found[0])
                name = html.unescape(named[1].decode("utf-8", "replace")) if named else ""
                at = found.end()
                tables[name] = (offset + at, 0)
            if name:
                tables[name] = (tables[name][0], tables[name][1] + text.count(b"<table:table-row", at))
            offset += len(text)
    return tables


def read_big_ods(path: Path, sheet: str | None, rows: Rows) -> dict[str, Any]:
    """Read one table piece by piece, each a small document of its own."""

    with zipfile.ZipFile(path) as archive:
        tables = ods_tables(archive)
        if not tables:
            raise Refused("empty")
        chosen = max(tables, key=lambda name: tables[name][1]) if sheet is None else sheet
        if chosen not in tables:
            raise Refused("no_sheet", sheets=list(tables))
        base = 0
        with archive.open("content.xml") as stream:
            left = tables[chosen][0]
            while left:
                left -= len(stream.read(min(left, 1 << 20)))
            for piece in whole_rows(stream, row=b"<table:table-row", end=b"</table:table>", size=PIECE):
                part = path.with_name("piece.ods")
                with zipfile.ZipFile(part, "w") as one:
                    one.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
                    one.writestr("META-INF/manifest.xml", "<manifest:manifest/>")
                    one.writestr("content.xml", ODS_HEAD + piece + ODS_END)
                with python_calamine.CalamineWorkbook.from_path(str(part)) as book:
                    rows.add_all(book.get_sheet_by_index(0), base)
                for found in TABLE_ROW.finditer(piece):
                    repeated = REPEATED.search(found[0])
                    base += int(repeated[1]) if repeated else 1
    return {"sheets": list(tables), "sheet": chosen, "merged": []}
