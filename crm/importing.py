"""What a file would do, said before it is done: the plan of an import, whatever the kind of file.

A plan reads the base and writes nothing. Every data line of the file has exactly one outcome, so that
`rows = created + updated + unchanged + merged + rejected`; lines that are no data are named apart.
The rooms make plans (`contacts/importing/`), `crm/receiving.py` keeps a batch's life, pages and command show one report.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy


class Outcome(StrEnum):
    """What becomes of one data line."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    MERGED = "merged"
    REJECTED = "rejected"

    @property
    def label(self) -> str:
        """As shown beside one line."""
        return str(_OUTCOMES[self])


_OUTCOMES = {
    Outcome.CREATED: gettext_lazy("créée"),
    Outcome.UPDATED: gettext_lazy("mise à jour"),
    Outcome.UNCHANGED: gettext_lazy("inchangée"),
    Outcome.MERGED: gettext_lazy("fusionnée"),
    Outcome.REJECTED: gettext_lazy("mise de côté"),
}


class Refused(Exception):  # noqa: N818 -- an answer, not a failure
    """An import or its undoing that cannot be done. The message is a French sentence that says why and what to do."""


class PlanOutdated(Refused):
    """Between the preview and the confirmation the base or the choices changed: the preview is to be read again."""


class CannotUndo(Refused):
    """Records of the batch were changed since. `names` says which ones, at most the first hundred."""

    def __init__(self, message: str, names: Sequence[str]) -> None:
        super().__init__(message)
        self.names = list(names)


@dataclass(frozen=True, slots=True)
class Column:
    """A column that an importer knows. `key` is what a mapping keeps, `label` what the page shows."""

    key: str
    label: str
    several: bool = False
    """Whether several headings of one file may mean it (Mail, Mail 2 …)."""
    example: str = ""
    """What a cell of it may hold, for the model file that the upload page offers."""


IGNORED = ""
"""The column key of a heading that somebody decided to leave out."""


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading of the file and what it was taken for.

    `column` is a column's key, `IGNORED`, or None while nobody has said. A heading that is `asked` was not recognised, or
    could mean each of `candidates`; until it is settled its cells are left out and a warning says so.
    """

    place: int
    text: str
    column: str | None
    candidates: tuple[str, ...] = ()
    samples: tuple[str, ...] = ()
    remembered: bool = False
    """Settled by an earlier file's answer (`ImportMapping`)."""

    @property
    def asked(self) -> bool:
        return self.column is None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to be told about one line and one column. On a rejected line it is the reason of the rejection."""

    line: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """A filled value that the line would have changed: the kept one stays unless its column is set to replace."""

    line: int
    column: str
    kept: str
    offered: str
    key: str = ""
    """The column's key, for « remplacer » on the page."""


@dataclass(frozen=True, slots=True)
class Change:
    """One value that an update brings: `before` is empty when a blank is filled."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class NotData:
    """A line that is no record: title, blank line, repeated heading, section, total."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A term that a closed list does not hold, once whatever the number of lines.

    `vocabulary` is the list's code (`theme`, `category` …), `key` the folded text by which a choice is kept, `nearest` the
    `(code, name)` of known terms that resemble it, nearest first, possibly none.
    """

    vocabulary: str
    column: str
    key: str
    text: str
    count: int
    nearest: tuple[tuple[str, str], ...] = ()
    lines: tuple[int, ...] = ()
    """The first lines that hold it."""
    choice: str | None = None
    """What was chosen: a term's code, `CREATE`, `LEAVE_OUT`, or None while nobody has said (the lines enter without)."""


CREATE = "+"
LEAVE_OUT = "-"


@dataclass(frozen=True, slots=True)
class Line:
    """One data line, its one outcome, and what the page says of it."""

    number: int
    outcome: Outcome
    label: str
    """Who or what the line names, as it would be shown: « Jean Dupont, Ville de Lille »."""
    target: int | None = None
    """The record of the base that it updates or finds unchanged."""
    into: int | None = None
    """The line of the file that it folds into."""
    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """How many lines have each outcome."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    merged: int = 0
    rejected: int = 0

    @property
    def rows(self) -> int:
        return self.created + self.updated + self.unchanged + self.merged + self.rejected

    @property
    def accepted(self) -> int:
        return self.rows - self.rejected


@dataclass(kw_only=True)
class Plan:
    """What the file would do to the base as it is now."""

    kind: str
    sheet: str
    heading_line: int
    sheets: Sequence[str] = ()
    """The names of all sheets of the file: with more than one, the page asks which (`batch.sheet`)."""
    headings: Sequence[Heading] = ()
    lines: Collection[Line] = ()
    not_data: Sequence[NotData] = ()
    conflicts: Sequence[Conflict] = ()
    warnings: Sequence[Problem] = ()
    """Everything to be told about lines that enter, in the order of the file; line 0 is about the whole file."""
    unknown: Sequence[Unknown] = ()
    objects: Mapping[str, int] = field(default_factory=dict)
    """What would be created: `{"persons": n, "organisations": n …}`."""
    digest: str = ""
    """Of everything that would be written: the confirmation compares it."""
    content: Any = None
    """What the importer itself needs in order to write; pages leave it alone."""
    _tally: Counter[Outcome] | None = None

    def counts(self) -> Counts:
        if self._tally is None:
            self._tally = Counter(line.outcome for line in self.lines)
        found = self._tally
        return Counts(**{outcome.value: found[outcome] for outcome in Outcome})

    def rejected(self) -> Iterator[Line]:
        return (line for line in self.lines if line.outcome is Outcome.REJECTED)

    def asked(self) -> list[Heading]:
        """Headings that somebody must settle before the preview says all it can."""
        return [heading for heading in self.headings if heading.asked]

    def report(self) -> dict[str, Any]:
        """The report, as the command prints it, the batch keeps it and the page shows it."""
        counts = self.counts()
        return {
            "rows": counts.rows,
            "created": counts.created,
            "updated": counts.updated,
            "unchanged": counts.unchanged,
            "merged": counts.merged,
            "rejected": [
                {"line": problem.line, "column": problem.column, "reason": problem.reason}
                for line in self.rejected()
                for problem in line.problems[:1]
            ],
            "not_data": [{"line": line.line, "reason": line.reason} for line in self.not_data],
            "conflicts": [
                {"line": found.line, "column": found.column, "kept": found.kept, "offered": found.offered}
                for found in self.conflicts
            ],
            "warnings": [
                *(
                    {"line": told.line or None, "column": told.column, "reason": told.reason}
                    for told in self.warnings
                ),
                *(_unknown_warning(unknown) for unknown in self.unknown if unknown.choice is None),
            ],
            "objects": dict(self.objects),
        }


def _unknown_warning(unknown: Unknown) -> dict[str, Any]:
    return {
        "line": unknown.lines[0] if unknown.lines else None,
        "column": unknown.column,
        "reason": _("« %(text)s » n’est pas dans la liste.") % {"text": unknown.text},
        "text": unknown.text,
        "count": unknown.count,
        "nearest": unknown.nearest[0][1] if unknown.nearest else None,
    }
