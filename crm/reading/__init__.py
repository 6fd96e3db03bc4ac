"""Reads a spreadsheet that others made: opened within limits, its table found, every line accounted for."""

from crm.reading.limits import Limits as Limits, Unreadable as Unreadable
from crm.reading.sheet import Sheet as Sheet, open_sheet as open_sheet
from crm.reading.spool import Cell as Cell, Row as Row
from crm.reading.table import Heading as Heading, NotData as NotData, Table as Table, find_table as find_table


__all__ = [
    "Cell",
    "Heading",
    "Limits",
    "NotData",
    "Row",
    "Sheet",
    "Table",
    "Unreadable",
    "find_table",
    "open_sheet",
]
