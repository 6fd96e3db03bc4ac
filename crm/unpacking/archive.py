"""Tells what a workbook is, and refuses an archive that would unpack to more than it says."""

from __future__ import annotations

import copy
import zipfile
from pathlib import Path

from crm.unpacking.rows import Refused


BIG = 24 << 20  # bytes of XML beyond which a sheet is read in pieces
RATIO = 250  # more than this a part of a sheet does not shrink, however alike its rows are


def kind_of(path: Path) -> str:
    """Return XLSX, ODS or XLS by what the file holds, else refuse it."""

    with path.open("rb") as file:
        if file.read(2) == b"PK":
            with zipfile.ZipFile(file) as archive:
                return kind_of_zip(archive)
    content = path.read_bytes()

    def has_stream(name: str) -> bool:
        return name.encode("utf-16-le") + b"\0\0" in content

    if has_stream("EncryptedPackage") or has_stream("EncryptionInfo"):
        raise Refused("password")
    for name, code in (("WordDocument", "word"), ("PowerPoint Document", "slides")):
        if has_stream(name):
            raise Refused(code)
    return "XLS"


def kind_of_zip(archive: zipfile.ZipFile) -> str:
    names = set(archive.namelist())
    if "xl/workbook.xml" in names:
        return "XLSX"
    if "mimetype" in names:
        with archive.open("mimetype") as part:
            mimetype = part.read(100)
        if mimetype.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
            return "ODS"
        raise Refused("word" if b"opendocument.text" in mimetype else "archive")
    for start, code in (
        ("xl/workbook.bin", "xlsb"),
        ("word/", "word"),
        ("ppt/", "slides"),
        ("Index/", "numbers"),
    ):
        if any(name.startswith(start) for name in names):
            raise Refused(code)
    raise Refused("damaged" if "[Content_Types].xml" in names else "archive")


def inspect(archive: zipfile.ZipFile, limits: dict[str, int]) -> None:
    """Refuse an archive that is a bomb, that hides what it unpacks to, or that has a document type."""

    parts = archive.infolist()
    if len(parts) > limits["entries"] or sum(part.file_size for part in parts) > limits["unpacked"]:
        raise Refused("bomb")
    if len(archive.NameToInfo) != len(parts):
        raise Refused("damaged")
    for part in parts:
        if part.file_size > BIG and part.file_size > RATIO * part.compress_size:
            raise Refused("bomb")
        if part.flag_bits & 1:
            raise Refused("password")
        if part.filename.endswith((".xml", ".rels")):
            inspect_part(archive, part)


def inspect_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Refuse a part with a document type, a wrong sum, or a length other than it says.

    Python stops at the length that is said, the native reader at the end of what is packed: they must agree.
    """

    longer = copy.copy(part)
    longer.file_size += 1
    whole = part.file_size <= BIG or not is_sheet(part.filename)  # a bigger sheet is read by Python only
    with archive.open(longer) as stream:
        length, before = 0, b""
        while piece := stream.read(1 << 20):
            text = before + piece
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                raise Refused("entities")
            if not length and b"\0" in piece[:64]:
                raise Refused("damaged")
            length += len(piece)
            before = piece[-16:]
            if not whole:
                return
    if length != part.file_size:
        raise Refused("bomb" if length > part.file_size else "damaged")


def is_sheet(name: str) -> bool:
    return name == "content.xml" or name.startswith("xl/worksheets/")
