"""Finds the table in a sheet: its line of headings, its rows of data, and what is neither.

A heading stands on one line; of headings on two lines the one that names most columns is taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from django.utils.translation import gettext as _

from crm.folding import fold
from crm.reading.refusals import refuse
from crm.reading.sheet import Sheet
from crm.reading.spool import Cell, Row


SOUGHT_IN = 60  # rows from the top in which the headings are looked for
LOOKED_AT = 1_000  # rows from the top in which a column without heading shows that it holds something
EMPTY_LINES_MOST = 200  # of one gap, said one by one; beyond, together


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a column: `text` is unique in the table (« Mail », « Mail (2) »), `folded` is its key and is not."""

    index: int
    text: str
    folded: str


class NotData(NamedTuple):
    """A line that is no data, with the reason in a few words."""

    line: int
    reason: str


class Table:
    """A line of headings and what stands under it."""

    def __init__(self, sheet: Sheet, header: Row, headings: list[Heading]) -> None:
        self.sheet = sheet
        self.header = header
        self.header_line = header.number
        self.headings = headings
        self._not_data: list[NotData] | None = None

    @property
    def not_data(self) -> list[NotData]:
        """The lines that are no data, in order: titles, empty lines, repeated headings, totals, titles of groups."""

        if self._not_data is None:
            for _row in self.data_rows():
                pass
        return self._not_data or []

    def data_rows(self) -> Iterator[Row]:
        """Yield the rows of data in order, each at least as wide as the headings. Each call reads from the first."""

        passage = _Passage(self)
        yield from passage.data_rows()
        self._not_data = sorted(passage.not_data)


def find_table(sheet: Sheet, known: Callable[[str], bool]) -> Table:
    """Return the table of the sheet; `known` tells whether a folded heading names something to the importer.

    The heading is the row, among the first, with most known cells. If none is known it is the first that can be one:
    two texts or more, all different, no address and no number among them. Raises `Unreadable` when there is none.
    """

    first = list(islice(sheet.rows(), LOOKED_AT))
    candidates = first[:SOUGHT_IN]
    scores = [len({key for key in map(_key, row.cells) if key and known(key)}) for row in candidates]
    best = max(scores, default=0)
    header = None
    if best > 1:
        header = candidates[scores.index(best)]
    elif best == 1:
        header = max(
            (
                row
                for row, score in zip(candidates, scores, strict=True)
                if score and _may_be_headings(row, least=1)
            ),
            key=lambda row: _filled(row.cells),
            default=None,
        )
    if header is None:
        header = next((row for row in candidates if _may_be_headings(row, least=2)), None)
    if header is None:
        refuse("heading", name=sheet.name, limits=sheet.limits)
    return Table(sheet, header, _headings(header, [row for row in first if row.number > header.number]))


def _headings(header: Row, below: list[Row]) -> list[Heading]:
    """Return the headings; a column with none that holds something has its letter as a name."""

    held = {index for row in below for index, cell in enumerate(row.cells) if cell is not None}
    headings: list[Heading] = []
    times: dict[str, int] = {}
    for index in range(max(len(header.cells), max(held, default=0) + 1)):
        cell = header.cells[index] if index < len(header.cells) else None
        if cell is None:
            if index not in held:
                continue
            text = _("Colonne %(letter)s") % {"letter": column_letter(index)}
        else:
            text = " ".join(str(cell).split())
        key = fold(text)
        times[key] = times.get(key, 0) + 1
        headings.append(Heading(index, text if times[key] == 1 else f"{text} ({times[key]})", key))
    return headings


def column_letter(index: int) -> str:
    """Return the letters of a column as a spreadsheet shows them: 0 is A, 26 is AA."""

    letters = ""
    index += 1
    while index:
        index, letter = divmod(index - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def _key(cell: Cell) -> str:
    return fold(cell) if isinstance(cell, str) and len(cell) < 200 else ""


def _filled(cells: tuple[Cell, ...]) -> int:
    return len(cells) - cells.count(None)


def _may_be_headings(row: Row, *, least: int) -> bool:
    cells = [cell for cell in row.cells if cell is not None]
    texts = [cell for cell in cells if isinstance(cell, str) and "@" not in cell and len(cell) < 100]
    keys = {key for key in map(fold, texts) if key and not key.replace(" ", "").isdigit()}
    return len(keys) >= least and len(keys) == len(cells)


# --- data or not ----------------------------------------------------------------------------------------

_WHOM = r"(?: (?:des |de |du |d )?\w+)?"
_TOTAL = re.compile(
    rf"(?:sous |grand )?tota(?:l|ux)(?: general| cumule)?(?: (?:des |de |du )\w+| contacts| lignes)?(?: \d[\d ]*)?"
    rf"|(?:nombre|nb|effectif)(?: total)?{_WHOM} \d[\d ]*|(?:nombre|nb|effectif) total{_WHOM}"
)
_TOTAL_BEGINS = ("tot", "sous", "grand", "nombre", "nb", "effectif")
_NOTE = re.compile(
    r"(?:sources?|nb|notes?|legende|mise? a jour|derniere mise a jour|maj|edite|imprime|extrait|document|"
    r"confidentiel|page \d|fichier|liste)\b.*"
)
# A cell that stands alone on its line in one of these columns is a contact, not the title of a group of lines.
_NAMES = re.compile(
    r"(?:noms?|prenoms?|structures?|organismes?|organisation|association|institution|employeur|raison sociale|"
    r"(?:adresse )?(?:e )?mails?|(?:adresse )?email|courriels?|contacts?|intitule|type|nom (?:et )?prenom|prenom (?:et )?nom|"
    r"nom de famille|nom d usage|nom de (?:la )?structure)"
)


class _Passage:
    """One passage over the sheet, which tells data from the rest.

    A cell alone on its line, after a line that is no data, waits: what follows tells whether it was the title of a
    group of lines.
    """

    def __init__(self, table: Table) -> None:
        self.table = table
        self.width = max(heading.index for heading in table.headings) + 1
        self.names = {heading.index for heading in table.headings if _NAMES.fullmatch(heading.folded)}
        self.surnames = {heading.index for heading in table.headings if heading.folded in ("nom", "noms")}
        if not any(heading.folded.startswith("prenom") for heading in table.headings):
            self.surnames = set()
        written = {index: cell for index, cell in enumerate(table.header.cells) if isinstance(cell, str)}
        self.keys = {index: fold(cell) for index, cell in written.items()}
        self.writings = frozenset(
            writing
            for cell in written.values()
            for text in (cell, cell.strip(), fold(cell))
            for writing in (text, text.upper(), text.lower(), text.capitalize())
        ) | frozenset(
            fold(cell).upper() + " " * (len(cell) - len(cell.rstrip())) for cell in written.values()
        )
        self.titles: set[str] = set()
        self.not_data: list[NotData] = []
        self.waiting: list[Row] = []

    def data_rows(self) -> Iterator[Row]:
        last = 0
        fresh = True  # the line before is no data
        padding: tuple[Cell, ...] = (None,) * self.width
        for row in self.table.sheet.rows():
            number, cells = row
            if number > last + 1:
                self._empty(last + 1, number - 1)
                fresh = True
            last = number
            if number <= self.table.header_line:
                self._before(row)
                continue
            filled = len(cells) - cells.count(None)
            if reason := self._reason(number, cells, filled):
                self._settle()
                self.not_data.append(NotData(number, reason))
                fresh = True
            elif filled == 1 and fresh and self._may_be_title(number, cells):
                self.waiting.append(row)
            else:
                self._settle()
                yield row if len(cells) >= self.width else Row(number, cells + padding[len(cells) :])
                fresh = False
        for row in self.waiting:
            yield Row(row.number, row.cells + padding[len(row.cells) :])

    def _before(self, row: Row) -> None:
        """Note a line above the headings; the line of headings itself is not said."""

        if row.number < self.table.header_line:
            self.not_data.append(NotData(row.number, _("Titre au-dessus du tableau")))
            self.titles.update(_key(cell) for cell in row.cells if isinstance(cell, str))

    def _empty(self, first: int, last: int) -> None:
        if last - first < EMPTY_LINES_MOST:
            self.not_data += [NotData(line, _("Ligne vide")) for line in range(first, last + 1)]
        else:
            words = {"first": first, "last": last}
            self.not_data.append(NotData(first, _("Lignes vides, de %(first)s à %(last)s") % words))

    def _settle(self) -> None:
        """Say the cells that waited to be titles: a line of several cells follows them."""

        self.not_data += [NotData(row.number, _("Titre d’un groupe de lignes")) for row in self.waiting]
        self.waiting.clear()

    def _reason(self, number: int, cells: tuple[Cell, ...], filled: int) -> str:
        """Return why a line is no data by what it says, empty when it may be data."""

        if not self.writings.isdisjoint(cells) and self._repeats_headings(cells, filled):
            return _("Titres de colonnes répétés")
        first = next(cell for cell in cells if cell is not None)
        if not isinstance(first, str):
            return ""
        if first[:8].lstrip().lower().startswith(_TOTAL_BEGINS) and self._is_total(cells, first):
            return _("Ligne de total")
        if not first[0].isalnum() and not any(
            c.isalnum() for cell in cells if cell is not None for c in str(cell)
        ):
            return _("Ligne sans texte")
        if filled == 1:
            key = _key(first)
            if key and key in self.titles:
                return _("Titre répété")
            named = cells.index(first) in self.names and number not in self.table.sheet.merged
            if _NOTE.fullmatch(key) and (not named or ":" in first or any(c.isdigit() for c in first)):
                return _("Note au bord du tableau")
        return ""

    def _repeats_headings(self, cells: tuple[Cell, ...], filled: int) -> bool:
        alike = sum(
            1 for index, key in self.keys.items() if index < len(cells) and key and _key(cells[index]) == key
        )
        return alike >= min(2, len(self.keys)) and alike >= 0.6 * filled

    def _is_total(self, cells: tuple[Cell, ...], first: str) -> bool:
        others = [cell for cell in cells if cell is not None and cell is not first]
        return _TOTAL.fullmatch(_key(first)) is not None and all(
            not isinstance(cell, str) or not any(c.isalpha() for c in cell) for cell in others
        )

    def _may_be_title(self, number: int, cells: tuple[Cell, ...]) -> bool:
        index, text = next((index, cell) for index, cell in enumerate(cells) if cell is not None)
        if not isinstance(text, str) or len(self.table.headings) < 3 or "@" in text:
            return False
        # A surname may stand alone; three words in its column, with no first name beside them, are a title.
        named = index in self.names and not (index in self.surnames and len(text.split()) > 2)
        if named and number not in self.table.sheet.merged:
            return False
        return sum(1 for c in text if c.isalpha()) > 2
