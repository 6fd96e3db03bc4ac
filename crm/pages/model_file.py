"""The model file: the headings an importer understands, and one example line."""

from __future__ import annotations

from typing import BinaryIO

import xlsxwriter

from crm.registry import Importer


def write_model(importer: Importer, target: BinaryIO) -> None:
    """Write an XLSX of two lines; every cell is text, so that a postcode keeps its first zero.

    A column without an example is another way of writing what its neighbours say: it is understood, not recommended.
    """
    book = xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(str(importer.label)[:31])
    heading, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
    for place, column in enumerate(column for column in importer.columns if column.example):
        label, example = str(column.label), str(column.example)
        sheet.set_column(place, place, max(len(label), len(example), 8) + 2, text)
        sheet.write_string(0, place, label, heading)
        sheet.write_string(1, place, example, text)
    sheet.freeze_panes(1, 0)
    book.close()
