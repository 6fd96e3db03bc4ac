"""The lines set aside, as they were, with their reason: a workbook to mend and import again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from django.utils.translation import gettext as _

from contacts.importing import cells
from contacts.importing.headings import REASON_HEADING
from crm.importing import Heading
from crm.reading import Table
from crm.writing import Column, write_xlsx


def write_rejected(
    table: Table, headings: Sequence[Heading], reasons: Mapping[int, str], target: BinaryIO
) -> int:
    """Write the rows of these lines under their own headings, and why each was set aside; answer how many.

    The column of reasons is known to the importer, which leaves it out: the mended workbook is imported as it is.
    """
    kept = [heading for heading in headings if heading.text.strip() != REASON_HEADING]
    columns = [*(Column(heading.text) for heading in kept), Column(REASON_HEADING, width=60)]

    def rows() -> Iterator[list[str]]:
        for number, row in table.data_rows():
            if number in reasons:
                yield [*(cells.lines(row[heading.place]) for heading in kept), reasons[number]]

    return write_xlsx(columns, rows(), target, sheet=_("À corriger"))
