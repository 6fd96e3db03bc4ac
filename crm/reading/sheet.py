"""Opens a spreadsheet file of any usual form, by what it holds and never by its name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import ngettext

from crm.reading.delimited import encoding_of, read_delimited
from crm.reading.limits import Limits
from crm.reading.refusals import refuse
from crm.reading.spool import Row, Spool
from crm.reading.workbook import read_workbook


type Kind = Literal["XLSX", "XLS", "ODS", "CSV"]

_ZIP = b"PK"
_ZIP_END, _ZIP_END_WITHIN = b"PK\5\6", 66_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "pdf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"BM", "image"),
    (b"II*\0", "image"),
    (b"MM\0*", "image"),
    (b"RIFF", "image"),
    (b"{\\rtf", "rtf"),
    (b"\x1f\x8b", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"Rar!", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ", "archive"),
    (b"MZ", "binary"),
    (b"\x7fELF", "binary"),
    (b"\x09\x00\x04\x00", "old_excel"),
    (b"\x09\x02\x06\x00", "old_excel"),
    (b"\x09\x04\x06\x00", "old_excel"),
    (b"\x09\x08\x08\x00", "old_excel"),
    (b"\x09\x08\x10\x00", "old_excel"),
)
_BINARY = frozenset(start for start, _code in _STARTS if start not in (b"BM", b"MZ"))
# What a text begins with when it is no table.
_MARKUP: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"<\?xml.*?<\?mso-application\s+progid=\"Excel\.Sheet\"|<\?xml.*?<(?:\w+:)?Workbook\b", re.DOTALL), "xml_spreadsheet"),
    (re.compile(r"<!doctype\s+html|<html|<table|<head|<meta|<style|<body", re.IGNORECASE), "html"),
    (re.compile(r"<\?xml|<\w+[\s>]"), "xml"),
    (re.compile(r"begin:vcard", re.IGNORECASE), "vcard"),
    (re.compile(r"[\[{]\s*[\[{\"]"), "json"),
    (re.compile(r"(?:From|Received|Return-Path|MIME-Version|Delivered-To): .*\n[\w-]+: ", re.IGNORECASE), "mail"),
)  # fmt: skip


@dataclass(eq=False)
class Sheet:
    """The rows of one sheet, read through once: going through them raises nothing. `remarks` are French sentences."""

    name: str
    kind: Kind
    encoding: str | None  # of a CSV
    delimiter: str | None  # of a CSV
    sheet_names: tuple[str, ...]  # of a workbook
    sheet_name: str | None  # the one read
    row_count: int  # rows that hold something
    width: int  # of the widest row
    merged: frozenset[int]  # numbers of the rows that have one cell over three columns or more
    remarks: tuple[str, ...]
    limits: Limits
    spool: Spool

    def rows(self) -> Iterator[Row]:
        """Yield the rows that hold something, from the first each time; empty ones show by their missing number."""

        return self.spool.rows()

    def close(self) -> None:
        """Let the rows go; they go too with the sheet itself."""

        self.spool.close()


def open_sheet(content: bytes, *, name: str, limits: Limits | None = None, sheet: str | None = None) -> Sheet:
    """Read a file, or raise `Unreadable` with a sentence and a way out; no other exception.

    XLSX, XLS and ODS are read by another process, within its own limits of memory and time. Of several sheets the one
    with the most rows of a table is read, unless `sheet` names another. CSV may be in UTF-8, UTF-16 (byte order mark
    or not), Windows-1252, Mac or DOS, with `;` `,` `|` or tabs. Formulas give the value that the file keeps.
    """

    limits = limits or Limits.from_settings()
    if not content.strip(b"\0 \r\n\t"):
        refuse("no_bytes", name=name, limits=limits)
    if len(content) > limits.size:
        refuse("size", name=name, limits=limits)
    if content.startswith((_ZIP, _OLE)):
        return _open_workbook(content, name=name, limits=limits, sheet=sheet)
    return _open_delimited(content, name=name, limits=limits)


def _open_workbook(content: bytes, *, name: str, limits: Limits, sheet: str | None) -> Sheet:
    if content.startswith(_ZIP) and _ZIP_END not in content[-_ZIP_END_WITHIN:]:
        refuse("damaged", name=name, limits=limits)  # cut off: its directory stands at the end
    answer, spool = read_workbook(content, sheet=sheet, limits=limits)
    if code := answer.get("refused"):
        sheets = ", ".join(f"«\xa0{found}\xa0»" for found in answer.get("sheets", ())[:20])
        refuse(code, name=name, limits=limits, sheet=sheet, sheets=sheets)
    remarks = []
    if errors := answer.get("errors"):
        remarks.append(
            ngettext(
                "%(n)s cellule en erreur (#N/A, #REF ! …) est lue comme vide.",
                "%(n)s cellules en erreur (#N/A, #REF ! …) sont lues comme vides.",
                errors,
            )
            % {"n": errors}
        )
    return Sheet(
        name=name,
        kind=answer["kind"],
        encoding=None,
        delimiter=None,
        sheet_names=tuple(answer["sheets"]),
        sheet_name=answer["sheet"],
        row_count=answer["rows"],
        width=answer["width"],
        merged=frozenset(answer["merged"]),
        remarks=tuple(remarks),
        limits=limits,
        spool=spool,
    )


def _open_delimited(content: bytes, *, name: str, limits: Limits) -> Sheet:
    for start, code in _STARTS:
        if content.startswith(start) and (start in _BINARY or b"\0" in content[:512]):
            refuse(code, name=name, limits=limits)
    encoding = encoding_of(content)
    if encoding is None:
        refuse("binary", name=name, limits=limits)
    beginning = content[:8192].decode(encoding, "replace").lstrip("\ufeff \t\r\n")
    for pattern, code in _MARKUP:
        if pattern.match(beginning):
            refuse(code, name=name, limits=limits)
    read = read_delimited(content, encoding=encoding, name=name, limits=limits)
    if not read.count:
        refuse("empty", name=name, limits=limits)
    remarks = []
    if read.replaced:
        remarks.append(
            ngettext(
                "%(n)s caractère illisible est remplacé par � : vérifiez l’encodage du fichier.",
                "%(n)s caractères illisibles sont remplacés par � : vérifiez l’encodage du fichier.",
                read.replaced,
            )
            % {"n": read.replaced}
        )
    return Sheet(
        name=name,
        kind="CSV",
        encoding=read.encoding,
        delimiter=read.delimiter,
        sheet_names=(),
        sheet_name=None,
        row_count=read.count,
        width=read.width,
        merged=frozenset(),
        remarks=tuple(remarks),
        limits=limits,
        spool=read.spool,
    )
