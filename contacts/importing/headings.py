"""Finds which column a heading means, in any order, case or accent. Pure.

What is not known surely is asked, not guessed: a heading that could mean several columns keeps its candidates, and the
answer is kept for the files to come (`crm.models.ImportMapping`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext, override

from crm.folding import fold
from crm.importing import IGNORED, Column, Heading, Problem


REASON_HEADING = "Motif de mise de côté"
"""Of the column that a file of lines set aside has more: known, and left out."""


@dataclass(frozen=True)
class Known:
    """A column with its label and the headings that surely mean it, written as people write them."""

    key: str
    label: str | Promise
    headings: str
    several: bool = False
    example: str = ""

    def column(self) -> Column:
        return Column(self.key, str(self.label), self.several, self.example)


def _labels(column: Known) -> list[str]:
    """As the site writes it in each of its languages, French first: a template taken in English comes back."""
    labels = []
    for language, _name in settings.LANGUAGES:
        with override(language):
            labels.append(str(column.label))
    return labels


class Columns:
    """The columns of one kind of file, found by their headings."""

    def __init__(
        self,
        known: Sequence[Known],
        *,
        ambiguous: Mapping[str, str] | None = None,
        ignored: Iterable[str] = (),
        fillers: str = "",
    ) -> None:
        self.known = {column.key: column for column in known}
        self.ambiguous = {fold(heading): tuple(keys.split()) for heading, keys in (ambiguous or {}).items()}
        self.ignored = {fold(heading) for heading in ignored}
        self.fillers = frozenset(fold(word) for word in fillers.split())
        self.by_heading: dict[str, str] = {}
        for column in known:
            for heading in [_labels(column)[0], *re.split(r"[|\n]", column.headings)]:
                if key := fold(heading):
                    self.by_heading.setdefault(key, column.key)
        for column in known:
            for label in _labels(column):
                self.by_heading.setdefault(fold(label), column.key)

    def choices(self) -> list[Column]:
        """What a mapping may choose from, in the order of a record."""
        return [column.column() for column in self.known.values()]

    def knows(self, folded: str) -> bool:
        """Whether a folded heading says something here: how the line of headings is found."""
        return self._meaning(folded) is not None or self._bare(folded) in self.ambiguous

    def read(
        self,
        headings: Iterable[tuple[int, str]],
        *,
        chosen: Mapping[int, str] | None = None,
        remembered: Mapping[str, str] | None = None,
        samples: Mapping[int, Sequence[str]] | None = None,
    ) -> list[Heading]:
        """Each `(place, text)` with its column: what was `chosen` for this file first, then what the association has
        taught (`remembered`, by folded heading), then what everybody writes."""
        chosen, remembered, samples = chosen or {}, remembered or {}, samples or {}
        found: list[Heading] = []
        taken: set[str] = {
            key for key in chosen.values() if key in self.known and not self.known[key].several
        }
        for place, text in headings:
            folded = fold(text)
            column: str | None = None
            candidates: tuple[str, ...] = ()
            known_before = False
            if place in chosen and (chosen[place] in self.known or chosen[place] == IGNORED):
                column = chosen[place]
            elif folded in remembered and (remembered[folded] in self.known or remembered[folded] == IGNORED):
                column, known_before = remembered[folded], True
            else:
                column = self._meaning(folded)
                candidates = self.ambiguous.get(self._bare(folded), ())
            if column and place not in chosen and not self.known[column].several:
                if column in taken:
                    candidates, column, known_before = (column,), None, False
                else:
                    taken.add(column)
            found.append(
                Heading(place, text, column, candidates, tuple(samples.get(place, ())), known_before)
            )
        return found

    def _bare(self, folded: str) -> str:
        """Without the number of « Mail 2 » and the « (O/N) » of a yes-or-no column."""
        bare = re.sub(r" (?:o n|oui non|o/n|\d{1,2}|n \d)$|^(?:n|no|numero) \d+ ", "", folded)
        return bare or folded

    def _meaning(self, folded: str) -> str | None:
        bare = self._bare(folded)
        for text in (folded, bare):
            if text in self.ignored:
                return IGNORED
            if key := self.by_heading.get(text):
                return key
        if bare in self.ambiguous:
            return None
        words = [word for word in bare.split() if word not in self.fillers]
        return self.by_heading.get(" ".join(words)) if words else None


class Labels:
    """What each column is called in this file: its own heading, else the usual one."""

    def __init__(self, headings: Sequence[Heading], columns: Columns) -> None:
        self.columns = columns
        self.own: dict[str, str] = {}
        for heading in headings:
            if heading.column:
                self.own.setdefault(heading.column, heading.text.strip())

    def __call__(self, key: str) -> str:
        if key in self.own:
            return self.own[key]
        for other in {"last_name": ("full_name", "full_name_first"), "phone": ("mobile",)}.get(key, ()):
            if other in self.own:
                return self.own[other]
        known = self.columns.known.get(key)
        return str(known.label) if known else key


def unread(heading: Heading) -> Problem:
    """What is told of a heading that nobody has settled."""
    told = gettext(
        "Colonne non reconnue : son contenu n’est pas repris. Dites ce qu’elle contient, ou laissez-la de côté."
    )
    return Problem(0, heading.text.strip(), told)
