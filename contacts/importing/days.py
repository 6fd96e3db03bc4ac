"""Reads days as people and spreadsheets write them. Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from contacts.importing.cells import Cell, line, lines
from crm.folding import fold_name


_MONTHS = {
    month: number
    for number, months in enumerate(
        [
            "\n        janvier janv jan",
            "fevrier fevr fev",
            "mars mar",
            "avril avr",
            "mai",
            "juin",
            "juillet juil jul",
            "aout aou",
            "septembre sept sep",
            "\n        octobre oct",
            "novembre nov",
            "decembre dec\n        ",
        ],
        1,
    )
    for month in months.split()
}
_EPOCH = date(1899, 12, 30)
_NUMERIC = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_MONTH_YEAR = re.compile(r"(\d{1,2})[/.\-](\d{4})")
_WORDS = re.compile(r"(?:(?:le )?(\d{1,2})(?:er)? )?([a-z]+)[. ]+(\d{4}|\d{2})")
_TIME = re.compile(r"[ t]\d{1,2}[h:]\d{2}.*$|[ t]00:00.*$", re.IGNORECASE)
_DAY_NAME = re.compile(r"^(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche) ")
EARLIEST, LATEST = date(1950, 1, 1), date(2100, 12, 31)


@dataclass(frozen=True, slots=True)
class Day:
    """A day, or none with the text that could not be read as one (`rest`; empty for an empty cell)."""

    day: date | None = None
    rest: str = ""


def read_day(cell: Cell, *, last: bool = False, year_alone: bool = False) -> Day:
    """A true date, a spreadsheet's serial number, or a French date as text; a month is its first day, or its `last`.

    A year alone is read only if `year_alone`: « 2024 » in a column of days is more likely a slip.
    """
    if cell is None or cell == "":
        return Day()
    if isinstance(cell, datetime):
        return _within(cell.date(), cell)
    if isinstance(cell, date):
        return _within(cell, cell)
    if isinstance(cell, bool):
        return Day(None, lines(cell))
    if isinstance(cell, int | float):
        return _from_number(cell, last=last, year_alone=year_alone)
    return _from_text(line(cell), last=last, year_alone=year_alone)


def _within(found: date, cell: Cell) -> Day:
    return Day(found) if EARLIEST <= found <= LATEST else Day(None, lines(cell))


def _from_number(number: float, *, last: bool, year_alone: bool) -> Day:
    if year_alone and float(number).is_integer() and EARLIEST.year <= number <= LATEST.year:
        return Day(_edge(int(number), None, last=last))
    if 18_264 <= number <= 73_415:
        return _within(_EPOCH + timedelta(days=int(number)), number)
    return Day(None, lines(number))


@lru_cache(maxsize=16_384)
def _from_text(text: str, *, last: bool, year_alone: bool) -> Day:
    plain = _TIME.sub("", fold_keeping_signs(text))
    plain = _DAY_NAME.sub("", plain)
    try:
        found = _parsed(plain, last=last, year_alone=year_alone)
    except ValueError:  # the 31st of February
        found = None
    return _within(found, text) if found else Day(None, text)


def _parsed(plain: str, *, last: bool, year_alone: bool) -> date | None:
    if match := _NUMERIC.fullmatch(plain):
        return date(_year(match[3]), int(match[2]), int(match[1]))
    if match := _ISO.fullmatch(plain):
        return date(int(match[1]), int(match[2]), int(match[3]))
    if match := _MONTH_YEAR.fullmatch(plain):
        return _edge(int(match[2]), int(match[1]), last=last)
    if (match := _WORDS.fullmatch(plain)) and (month := _MONTHS.get(match[2])):
        year = _year(match[3])
        return date(year, month, int(match[1])) if match[1] else _edge(year, month, last=last)
    if re.fullmatch(r"\d{5}(?:\.0+)?", plain):
        return _from_number(int(float(plain)), last=last, year_alone=False).day
    if year_alone and re.fullmatch(r"\d{4}", plain):
        return _edge(int(plain), None, last=last)
    return None


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else (2000 if int(text) < 70 else 1900) + int(text)


def _edge(year: int, month: int | None, *, last: bool) -> date:
    if not last:
        return date(year, month or 1, 1)
    return date(year, month or 12, monthrange(year, month or 12)[1])


def fold_keeping_signs(text: str) -> str:
    """Lower case without accents; signs stay, spaces are single."""
    pieces = re.split(r"([^\w]+)", text)
    return "".join(piece if index % 2 else fold_name(piece) for index, piece in enumerate(pieces)).strip(" .")
