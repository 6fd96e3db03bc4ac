"""Opens the stored file of a batch: its table, and what each of its headings is taken for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

from contacts.importing import cells
from contacts.importing.headings import Columns
from crm.importing import Heading, Refused
from crm.models import ImportBatch, ImportMapping
from crm.reading import Sheet, Table, Unreadable, find_table, open_sheet


SAMPLED, SAMPLES = 200, 3


@dataclass(frozen=True)
class Opened:
    """The table of a file, its settled headings, and remarks about the whole file."""

    sheet: Sheet
    table: Table
    headings: Sequence[Heading]
    remarks: tuple[str, ...]


@contextmanager
def opened(batch: ImportBatch, columns: Columns) -> Iterator[Opened]:
    """The file of this batch, closed afterwards.

    Raises:
        Refused: the file cannot be read; the sentence says why and what to do.
    """
    try:
        with batch.file.open("rb") as file:
            content = file.read()
    except OSError as gone:
        raise Refused(f"{batch.name} : {gone.strerror or gone}") from gone
    try:
        sheet = open_sheet(content, name=batch.name, sheet=batch.sheet or None)
        del content
        table = find_table(sheet, columns.knows)
    except Unreadable as refusal:
        raise Refused(str(refusal)) from refusal
    try:
        yield Opened(sheet, table, _headings(batch, columns, table), tuple(sheet.remarks))
    finally:
        sheet.close()


def _headings(batch: ImportBatch, columns: Columns, table: Table) -> list[Heading]:
    remembered = dict(ImportMapping.objects.filter(kind=batch.kind).values_list("heading", "column"))
    chosen = {int(place): key for place, key in batch.columns.items() if place.isdigit()}
    return columns.read(
        [(heading.index, heading.text) for heading in table.headings],
        chosen=chosen,
        remembered=remembered,
        samples=_samples(table),
    )


def _samples(table: Table) -> dict[int, list[str]]:
    """The first different values of each column."""
    found: dict[int, list[str]] = {heading.index: [] for heading in table.headings}
    for _number, row in islice(table.data_rows(), SAMPLED):
        for place, values in found.items():
            if len(values) < SAMPLES and (text := cells.line(row[place])) and text not in values:
                values.append(text[:60])
    return found
