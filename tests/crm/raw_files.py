"""Spreadsheet files made byte by byte: what no honest writer would write can be written too."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr


type Value = str | float | None

MEGABYTE = 1 << 20
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"

CONTACTS: list[list[Value]] = [
    ["Nom", "Prénom", "Mail", "CP", "Thématiques"],
    ["Lefèbvre", "Zoé", "zoe@exemple.fr", 75011, "Santé mentale ; Alimentation"],
    ["D’Almeida", "Éric", "eric@exemple.fr", 13001, None],
    ["Nguyễn", "Thị", None, "01000", "Accès aux soins"],
]


def archive(parts: Mapping[str, str | bytes], *, stored: Sequence[str] = ()) -> bytes:
    """Return a zip of these parts, always the same bytes."""

    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as out:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            out.writestr(entry, content)
    return target.getvalue()


# --- XLSX -----------------------------------------------------------------------------------------------


def column(index: int) -> str:
    letters = ""
    index += 1
    while index:
        index, letter = divmod(index - 1, 26)
        letters = chr(65 + letter) + letters
    return letters


def xlsx_rows(rows: Sequence[Sequence[Value]]) -> str:
    lines = []
    for number, row in enumerate(rows, 1):
        cells = []
        for index, value in enumerate(row):
            place = f"{column(index)}{number}"
            if isinstance(value, str):
                cells.append(f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>')
            elif value is not None:
                cells.append(f'<c r="{place}"><v>{value}</v></c>')
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    return "".join(lines)


def xlsx_parts(rows: str | Mapping[str, str]) -> dict[str, str | bytes]:
    """Return the parts of a workbook: the XML of the rows of its one sheet, or of each sheet by its name."""

    sheets = {"Feuil1": rows} if isinstance(rows, str) else rows
    numbers = range(1, len(sheets) + 1)
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(sheets, 1)
    )
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return {
        "[Content_Types].xml": f'{XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="{types}.worksheet+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{types}.sheet.main+xml"/></Types>',
        "_rels/.rels": f'{XML}<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{OFFICE}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{XML}<Relationships xmlns="{PACKAGE}">{related}</Relationships>',
        **{
            f"xl/worksheets/sheet{n}.xml": f'{XML}<worksheet xmlns="{MAIN}"><sheetData>{of}</sheetData></worksheet>'
            for n, of in zip(numbers, sheets.values(), strict=True)
        },
    }


def xlsx(rows: Sequence[Sequence[Value]]) -> bytes:
    return archive(xlsx_parts(xlsx_rows(rows)))


# --- ODS ------------------------------------------------------------------------------------------------

ODS = "application/vnd.oasis.opendocument.spreadsheet"
URN = "urn:oasis:names:tc:opendocument:xmlns"


def ods_rows(rows: Sequence[Sequence[Value]]) -> str:
    lines = []
    for row in rows:
        cells = []
        for value in row:
            if value is None:
                cells.append("<table:table-cell/>")
            elif isinstance(value, str):
                cells.append(
                    f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'
                )
            else:
                cells.append(
                    f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'
                )
        lines.append(f"<table:table-row>{''.join(cells)}</table:table-row>")
    return "".join(lines)


def ods_parts(rows: str | Mapping[str, str]) -> dict[str, str | bytes]:
    """Return the parts of an OpenDocument workbook: the XML of its rows, or of each table by its name."""

    tables = {"Feuille1": rows} if isinstance(rows, str) else rows
    body = "".join(
        f"<table:table table:name={quoteattr(name)}>{of}</table:table>" for name, of in tables.items()
    )
    return {
        "mimetype": ODS,
        "META-INF/manifest.xml": f'{XML}<manifest:manifest xmlns:manifest="{URN}:manifest:1.0"/>',
        "content.xml": f'{XML}<office:document-content xmlns:office="{URN}:office:1.0" xmlns:table="{URN}:table:1.0"'
        f' xmlns:text="{URN}:text:1.0"><office:body><office:spreadsheet>{body}</office:spreadsheet></office:body>'
        "</office:document-content>",
    }


def ods(rows: Sequence[Sequence[Value]]) -> bytes:
    return archive(ods_parts(ods_rows(rows)), stored=["mimetype"])


# --- XLS ------------------------------------------------------------------------------------------------

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def ole(streams: Mapping[str, bytes], *, fat: Mapping[int, int] | None = None) -> bytes:
    """Return an OLE container of streams; `fat` overrides where a sector says that the next one is."""

    padded = [
        content.ljust(max(4096, -(-len(content) // SECTOR) * SECTOR), b"\0") for content in streams.values()
    ]
    chain = [FAT, END]  # the table itself, then the directory
    entries = [_entry("Root Entry", 5, END, 0, child=1 if streams else FREE)]
    for number, (name, content) in enumerate(zip(streams, padded, strict=True), 1):
        start = len(chain)
        count = len(content) // SECTOR
        chain += [*range(start + 1, start + count), END]
        entries.append(
            _entry(name, 2, start, len(content), right=number + 1 if number < len(streams) else FREE)
        )
    for sector, following in (fat or {}).items():
        chain[sector] = following
    directory = b"".join(entries).ljust(SECTOR, b"\0")[:SECTOR]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    header += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, END, 0, END, 0)
    header += struct.pack("<109I", 0, *[FREE] * 108)
    table = struct.pack(f"<{len(chain)}I", *chain).ljust(SECTOR, b"\xff")
    return header + table[:SECTOR] + directory + b"".join(padded)


def _entry(name: str, kind: int, start: int, size: int, *, child: int = FREE, right: int = FREE) -> bytes:
    encoded = name.encode("utf-16-le") + b"\0\0"
    head = encoded.ljust(64, b"\0") + struct.pack("<HBBIII", len(encoded), kind, 1, FREE, right, child)
    return head + b"\0" * 36 + struct.pack("<IQ", start, size)


def record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _label(row: int, index: int, text: str) -> bytes:
    encoded = text.encode("utf-16-le")
    return record(0x0204, struct.pack("<HHHHB", row, index, 0, len(text), 1) + encoded)


def biff(cells: bytes, *, before: bytes = b"", name: str = "Feuil1") -> bytes:
    """Return the stream of a workbook of one sheet: the records of its cells, those before the list of sheets."""

    start = (
        record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 0)) + record(0x0042, b"\xb0\x04") + before
    )
    encoded = name.encode("utf-16-le")
    listed = len(start) + 4 + 8 + len(encoded) + 4
    bound = record(0x0085, struct.pack("<IBBBB", listed, 0, 0, len(name), 1) + encoded)
    sheet = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x10, 0, 0, 0, 0)) + cells + record(0x000A)
    return start + bound + record(0x000A) + sheet


def xls_cells(rows: Sequence[Sequence[Value]]) -> bytes:
    cells = b""
    for number, row in enumerate(rows):
        for index, value in enumerate(row):
            if isinstance(value, str):
                cells += _label(number, index, value)
            elif value is not None:
                cells += record(0x0203, struct.pack("<HHHd", number, index, 0, value))
    return cells


def xls(rows: Sequence[Sequence[Value]]) -> bytes:
    return ole({"Workbook": biff(xls_cells(rows))})


# --- CSV ------------------------------------------------------------------------------------------------


def delimited(rows: Sequence[Sequence[Value]], delimiter: str = ";") -> str:
    return "".join(delimiter.join("" if cell is None else str(cell) for cell in row) + "\r\n" for row in rows)


# --- archives that lie ----------------------------------------------------------------------------------------------


def bomb(parts: Mapping[str, str | bytes], name: str, megabytes: int, said: int | None) -> bytes:
    """Return an archive with a part of so many megabytes of spaces, which says so or says less.

    The same flushed block of deflate stands there again and again: making it unpacks nothing.
    """

    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = deflater.compress(b" " * MEGABYTE) + deflater.flush(zlib.Z_FULL_FLUSH)
    packed = block * megabytes + deflater.flush()
    honest = archive({**parts, name: "?" * 40}, stored=["mimetype", name])
    with zipfile.ZipFile(io.BytesIO(honest)) as opened:
        entry = opened.getinfo(name)
    start = entry.header_offset + 30 + len(name)
    sizes = struct.pack("<III", 0, len(packed), said or megabytes * MEGABYTE)
    local = (
        honest[: entry.header_offset + 8]
        + struct.pack("<H", 8)
        + honest[entry.header_offset + 10 : entry.header_offset + 14]
    )
    grown = local + sizes + honest[entry.header_offset + 26 : start] + packed + honest[start + 40 :]
    shift = len(packed) - 40
    at = grown.index(b"PK\1\2", start + len(packed))
    out = bytearray(grown)
    end = grown.rindex(b"PK\5\6")
    struct.pack_into("<I", out, end + 16, struct.unpack_from("<I", out, end + 16)[0] + shift)
    while out[at : at + 4] == b"PK\1\2":
        length, extra, comment = struct.unpack_from("<HHH", out, at + 28)
        (offset,) = struct.unpack_from("<I", out, at + 42)
        if offset > entry.header_offset:
            struct.pack_into("<I", out, at + 42, offset + shift)
        if offset == entry.header_offset:
            struct.pack_into("<H", out, at + 10, 8)
            out[at + 16 : at + 28] = sizes
        at += 46 + length + extra + comment
    return bytes(out)


def flagged(content: bytes, flag: int) -> bytes:
    out = bytearray(content)
    at = content.index(b"PK\1\2")
    while out[at : at + 4] == b"PK\1\2":
        out[at + 8] |= flag
        length, extra, comment = struct.unpack_from("<HHH", out, at + 28)
        at += 46 + length + extra + comment
    return bytes(out)


def patched_directory(content: bytes, name: str, *, crc: int) -> bytes:
    at = content.rindex(name.encode()) - 46
    return content[: at + 16] + struct.pack("<I", crc) + content[at + 20 :]


def recompressed(parts: dict[str, str | bytes], method: int) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as out:
        for name, content in parts.items():
            out.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, method)
    return target.getvalue()


def twice(parts: dict[str, str | bytes], name: str) -> bytes:
    other = name[:-1] + "~"
    return archive(parts | {other: parts[name]}).replace(other.encode(), name.encode())
