"""Writes lists out: CSV for Excel in French, typed XLSX, vCard 4.0. Each is streamed; none ever holds a live formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import batched
from typing import Any, BinaryIO, Literal

import xlsxwriter
from django.utils.translation import gettext as _


type Kind = Literal["text", "int", "date", "decimal", "bool"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list that goes out: what its cells are, and its width in characters (XLSX only).

    A cell is a str, an int, a date or a datetime (shown without its time), a Decimal or float, a bool, each or None.
    """

    heading: str
    kind: Kind = "text"
    width: int | None = None


# --- cells ----------------------------------------------------------------------------------------------

_ROWS = 1_000  # written at once
# What begins a formula in one spreadsheet or another; the apostrophe, so that taking one off is exact.
_GUARDED = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20'")
_FORMULA = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def guard(cell: str) -> str:
    """Return the text with an apostrophe before it when a spreadsheet could take it for a formula."""

    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguard(cell: str) -> str:
    """Return the text without the one apostrophe that `guard` puts: unguard(guard(text)) is text."""

    return cell[1:] if cell[:1] == "'" and _FORMULA.match(cell, 1) else cell


@lru_cache(maxsize=65_536)
def _french_date(value: date) -> str:
    return f"{value.day:02}/{value.month:02}/{value.year:04}"


def _texts(cells: Iterable[Any]) -> list[str | None]:
    return [guard(cell) if cell and cell[0] in _GUARDED else cell for cell in cells]


def _dates(cells: Iterable[Any]) -> list[str]:
    return ["" if cell is None else _french_date(cell) for cell in cells]


def _decimals(cells: Iterable[Any]) -> list[str]:
    return ["" if cell is None else f"{cell:f}".replace(".", ",") for cell in cells]


def _booleans(cells: Iterable[Any]) -> list[str]:
    words = {None: "", True: _("oui"), False: _("non")}
    return [words[cell] for cell in cells]


def _integers(cells: Iterable[Any]) -> Iterable[Any]:
    return cells


_TO_TEXT: dict[str, Callable[[Iterable[Any]], Iterable[Any]]] = {
    "text": _texts,
    "int": _integers,
    "date": _dates,
    "decimal": _decimals,
    "bool": _booleans,
}


# --- CSV ------------------------------------------------------------------------------------------------


class ExcelFrench(csv.excel):
    """What Excel in French opens by a double click: UTF-8 with a byte order mark, semicolons, CRLF."""

    delimiter = ";"


def stream_csv(
    columns: Sequence[Column], rows: Iterable[Sequence[Any]], *, dialect: type[csv.Dialect] = ExcelFrench
) -> Iterator[bytes]:
    """Yield a CSV by pieces of a thousand rows: dates dd/mm/yyyy, decimal commas, oui/non, texts guarded."""

    buffer = io.StringIO()
    writer = csv.writer(buffer, dialect)
    writer.writerow([guard(column.heading) for column in columns])
    yield "\ufeff".encode() + buffer.getvalue().encode()
    to_text = [_TO_TEXT[column.kind] for column in columns]
    for batch in batched(rows, _ROWS):
        buffer.seek(0)
        buffer.truncate()
        # By columns: one call for a thousand cells of one kind, and none for a cell.
        cells = zip(*batch, strict=True)
        writer.writerows(
            zip(*[convert(column) for convert, column in zip(to_text, cells, strict=True)], strict=True)
        )
        yield buffer.getvalue().encode()


# --- XLSX -----------------------------------------------------------------------------------------------

_WIDTHS: dict[str, int] = {"text": 24, "int": 10, "date": 12, "decimal": 12, "bool": 8}
_LONGEST_CELL = 32_767  # characters, by the format
_MOST_ROWS = 1_048_575  # under the heading, by the format
_EXACT = 10**15  # integers from here on lose digits in a spreadsheet
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\]")


def write_xlsx(
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    target: BinaryIO,
    *,
    sheet: str,
    about: Mapping[str, str] | None = None,
) -> int:
    """Write a workbook and return its number of rows: real dates and numbers, texts that stay texts.

    The heading is frozen and has filters. `about` makes a second sheet, « À propos », of two columns. Memory does not
    grow with the rows. Raises ValueError beyond 1,048,575 rows: nothing is cut off unsaid.
    """

    book = xlsxwriter.Workbook(
        target,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    bold = book.add_format({"bold": True, "bottom": 1})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    money = book.add_format({"num_format": "#,##0.00"})
    page = book.add_worksheet(_sheet_name(sheet))
    page.freeze_panes(1, 0)
    for index, column in enumerate(columns):
        page.set_column(index, index, column.width or _WIDTHS[column.kind])
        page.write_string(0, index, column.heading, bold)

    def text(row: int, index: int, value: object) -> None:
        page.write_string(row, index, str(value)[:_LONGEST_CELL])

    def integer(row: int, index: int, value: int) -> None:
        text(row, index, value) if abs(value) >= _EXACT else page.write_number(row, index, value)

    def calendar_day(row: int, index: int, value: date) -> None:
        plain = date(value.year, value.month, value.day)
        text(row, index, _french_date(plain)) if plain.year < 1900 else page.write_datetime(
            row, index, plain, day
        )

    def decimal(row: int, index: int, value: Decimal | float) -> None:
        page.write_number(row, index, float(value), money)

    def boolean(row: int, index: int, value: bool) -> None:
        page.write_string(row, index, yes if value else no)

    yes, no = _("oui"), _("non")
    write: dict[str, Callable[[int, int, Any], None]] = {
        "text": text,
        "int": integer,
        "date": calendar_day,
        "decimal": decimal,
        "bool": boolean,
    }
    cells = [(index, write[column.kind]) for index, column in enumerate(columns)]
    number = 0
    for number, row in enumerate(rows, 1):
        if number > _MOST_ROWS:
            raise ValueError(f"a sheet holds {_MOST_ROWS} rows")
        for (index, put), value in zip(cells, row, strict=True):
            if value is not None and value != "":
                put(number, index, value)
    if columns:
        page.autofilter(0, 0, number, len(columns) - 1)
    if about:
        _about(book, about, bold)
    book.close()
    return number


def _about(book: Any, about: Mapping[str, str], bold: Any) -> None:
    page = book.add_worksheet(_("À propos"))
    page.set_column(0, 0, 28)
    page.set_column(1, 1, 80)
    for number, (label, said) in enumerate(about.items()):
        page.write_string(number, 0, label, bold)
        page.write_string(number, 1, said[:_LONGEST_CELL])


def _sheet_name(name: str) -> str:
    """Return a name that the format takes: 31 characters, none of the forbidden ones, no apostrophe at an end."""

    return _NOT_IN_A_NAME.sub(" ", name)[:31].strip("' ") or _("Liste")


# --- vCard ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address by its parts, any of them empty."""

    street: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A person or an organisation as an address book takes it; the first e-mail and the first phone are the main ones.

    `fn` is the name shown. Phones in E.164 become links. `rev` is when the record last changed, with its time zone.
    """

    fn: str
    kind: Literal["individual", "org"] = "individual"
    family: str = ""
    given: str = ""
    org: str = ""
    unit: str = ""
    title: str = ""
    emails: Sequence[str] = ()
    phones: Sequence[str] = ()
    address: Address | None = None
    categories: Sequence[str] = ()
    note: str = ""
    uid: str = ""
    rev: datetime | None = None


_ESCAPED = str.maketrans({"\\": "\\\\", ",": "\\,", ";": "\\;", "\n": "\\n"})
_LINE_ENDS = re.compile("\r\n|[\r\u2028\u2029\x85\x0b\x0c]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_E164 = re.compile(r"\+\d{4,15}")
_LINE = 75  # octets, without the line end


def stream_vcard(cards: Iterable[Card]) -> Iterator[bytes]:
    """Yield each card in vCard 4.0 (RFC 6350)."""

    for card in cards:
        yield b"".join(_folded(line) for line in _lines(card))


def _lines(card: Card) -> Iterator[str]:
    yield "BEGIN:VCARD"
    yield "VERSION:4.0"
    yield f"KIND:{card.kind}"
    yield f"FN:{_value(card.fn)}"
    if card.family or card.given:
        yield f"N:{_value(card.family)};{_value(card.given)};;;"
    if card.org:
        yield f"ORG:{_value(card.org)}" + (f";{_value(card.unit)}" if card.unit else "")
    if card.title:
        yield f"TITLE:{_value(card.title)}"
    for rank, email in enumerate(card.emails, 1):
        yield f"EMAIL;PREF={min(rank, 100)}:{_value(email)}"
    for rank, phone in enumerate(card.phones, 1):
        pref = f"TEL;PREF={min(rank, 100)}"
        yield f"{pref};VALUE=uri:tel:{phone}" if _E164.fullmatch(phone) else f"{pref}:{_value(phone)}"
    if card.address is not None:
        at = card.address
        parts = ("", "", at.street, at.city, at.region, at.postcode, at.country)
        if any(parts):
            yield "ADR:" + ";".join(map(_value, parts))
    if card.categories:
        yield "CATEGORIES:" + ",".join(map(_value, card.categories))
    if card.note:
        yield f"NOTE:{_value(card.note)}"
    if card.uid:
        yield (
            f"UID:{_value(card.uid)}" if card.uid.startswith("urn:") else f"UID;VALUE=text:{_value(card.uid)}"
        )
    if card.rev is not None:
        yield f"REV:{card.rev.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield "END:VCARD"


def _value(text: str) -> str:
    """Return a text as the value of a property: its marks escaped, no control character."""

    return _CONTROL.sub("", _LINE_ENDS.sub("\n", text)).translate(_ESCAPED)


def _folded(line: str) -> bytes:
    """Return the line by pieces of at most 75 octets, never cutting a character."""

    octets = line.encode()
    if len(octets) <= _LINE:
        return octets + b"\r\n"
    pieces, start, room = [], 0, _LINE
    while start < len(octets):
        end = min(start + room, len(octets))
        while end < len(octets) and octets[end] & 0xC0 == 0x80:  # inside a character
            end -= 1
        pieces.append(octets[start:end])
        start, room = end, _LINE - 1  # a continued line begins with a space
    return b"\r\n ".join(pieces) + b"\r\n"
