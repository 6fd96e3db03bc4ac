"""Matches what cells say with the closed lists. A typo is proposed with its nearest term, never put right by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F
from rapidfuzz import fuzz, process

from contacts.closed_lists import CLOSED_LISTS
from contacts.models import Synonym
from contacts.models.vocabulary import TreeTerm
from crm.folding import fold
from crm.importing import CREATE, LEAVE_OUT, Unknown


NEAR = 84.0
"""Similarity, in percent, from which a known term is proposed for an unknown one."""
SHORT = 5
"""In a text of fewer letters one letter makes another word: nothing is proposed."""
LONGEST = 150

type Term = int | str
"""A term's primary key, or the key of an unknown one that is to be created (« +sport sante »)."""


@dataclass(slots=True)
class _Told:
    text: str
    count: int = 0
    lines: list[int] = field(default_factory=list)


class Vocabulary:
    """One closed list as a file is read: what it knows, what was chosen for the rest, what is still unknown."""

    def __init__(
        self,
        code: str,
        *,
        column: str,
        choices: Mapping[str, str] | None = None,
        create_missing: bool = False,
    ) -> None:
        self.code, self.column = code, column
        self.choices = choices or {}
        self.create_missing = create_missing
        self.used = False
        self.names: dict[int, str] = {}
        self.codes: dict[str, int] = {}
        self.by_key: dict[str, int] = {}
        self.told: dict[str, _Told] = {}
        self.created: dict[str, str] = {}
        self._lists: dict[str, tuple[tuple[Term, ...], tuple[str, ...]]] = {}
        self._load()

    def _load(self) -> None:
        model: Any = CLOSED_LISTS[self.code]
        synonyms = Synonym.objects.filter(vocabulary=self.code).values_list("folded", "code")
        # Of two terms of one name, that of level 1: « Autre » is a category and the last of each category's own.
        by_level = [F("parent").asc(nulls_first=True)] if issubclass(model, TreeTerm) else []
        rows = list(
            model.objects.order_by("-is_active", *by_level, "rank", "pk").values_list(
                "pk", "code", "name", "folded"
            )
        )
        for pk, code, name, _folded in rows:
            self.names[pk] = name
            self.codes[code] = pk
        for pk, _code, name, folded in rows:
            self._learn(folded or fold(name), pk)
        for pk, code, _name, _folded in rows:
            self._learn(fold(code), pk)
        for pk, _code, name, _folded in rows:
            if match := re.fullmatch(r"(.+?)\s*\(([^()]+)\)", name):
                self._learn(fold(match[1]), pk)
                self._learn(fold(match[2]), pk)
        for folded, code in synonyms:
            if (found := self.codes.get(code)) is not None:
                self._learn(folded, found)

    def _learn(self, key: str, pk: int) -> None:
        if key:
            self.by_key.setdefault(key, pk)

    def known(self, text: str) -> int | None:
        """The term that this text is, but for case, accents, punctuation and inclusive writing."""
        return self.by_key.get(fold(text))

    def one(self, text: str, line: int) -> Term | None:
        """The term of a cell that holds one, as known or as chosen; an unknown one is told and none."""
        if not text:
            return None
        self.used = True
        found = self.known(text)
        return found if found is not None else self._unknown(text, line)

    def several(self, text: str, line: int) -> list[Term]:
        """The terms of a cell that holds several, each once, in their order."""
        if not text:
            return []
        if (read := self._lists.get(text)) is None:
            read = self._lists[text] = self._split(text)
        found: dict[Term, None] = dict.fromkeys(read[0])
        for unknown in read[1]:
            if (term := self._unknown(unknown, line)) is not None:
                found[term] = None
        return list(found)

    def _unknown(self, text: str, line: int) -> Term | None:
        key = fold(text)[:LONGEST]
        if not key:
            return None
        told = self.told.get(key)
        if told is None:
            told = self.told[key] = _Told(" ".join(text.split())[:LONGEST])
        told.count += 1
        if len(told.lines) < 10:
            told.lines.append(line)
        choice = self.choices.get(key)
        if choice is None and self.create_missing:
            choice = CREATE
        if choice == CREATE:
            self.created[key] = told.text
            return f"+{key}"
        return self.codes.get(choice) if choice and choice != LEAVE_OUT else None

    def _split(self, text: str) -> tuple[tuple[Term, ...], tuple[str, ...]]:
        found: dict[Term, None] = {}
        unknown: dict[str, str] = {}
        for part in re.split(r"[;\n|•·]\s|[;\n|]", text):
            for piece in self._pieces(part.strip()):
                if not piece:
                    continue
                term = self.known(piece)
                if term is not None:
                    found[term] = None
                elif key := fold(piece)[:LONGEST]:
                    unknown.setdefault(key, piece)
        return tuple(found), tuple(unknown.values())

    def _pieces(self, text: str) -> list[str]:
        """Cut at commas and slashes, but for the terms that hold some: the longest known run of pieces is one term."""
        if self.known(text) is not None:
            return [text]
        cut = re.split(r"(\s*[,/]\s*)", text)
        pieces, marks = cut[0::2], cut[1::2]
        found: list[str] = []
        start = 0
        while start < len(pieces):
            stop = len(pieces)
            while stop > start + 1 and self.known(_joined(pieces, marks, start, stop)) is None:
                stop -= 1
            found.append(_joined(pieces, marks, start, stop))
            start = stop
        if (
            len(found) > 1
            and _are_sigles(found)
            and not any(self.known(piece) is not None for piece in found)
        ):
            return [text]
        return found

    def unknown(self) -> list[Unknown]:
        """Each unknown text once, the most frequent first, with the known terms that resemble it."""
        found = [
            Unknown(
                vocabulary=self.code,
                column=self.column,
                key=key,
                text=told.text,
                count=told.count,
                nearest=self.nearest(key),
                lines=tuple(told.lines),
                choice=self.choices.get(key) or (CREATE if self.create_missing else None),
            )
            for key, told in self.told.items()
        ]
        return sorted(found, key=lambda unknown: (-unknown.count, unknown.key))

    def nearest(self, key: str, limit: int = 3) -> tuple[tuple[str, str], ...]:
        """`(code, name)` of the terms whose writing is nearest, if near enough."""
        code_of = {pk: code for code, pk in self.codes.items()}
        best: dict[int, float] = {}
        if len(key) < SHORT:
            return ()
        writings = [writing for writing in self.by_key if len(writing) >= SHORT]
        for writing, score, _place in process.extract(
            key, writings, scorer=fuzz.ratio, score_cutoff=NEAR, limit=12
        ):
            pk = self.by_key[writing]
            best[pk] = max(best.get(pk, 0.0), score)
        ranked = sorted(best, key=lambda pk: (-best[pk], pk))[:limit]
        return tuple((code_of[pk], self.names[pk]) for pk in ranked)


def _joined(pieces: Sequence[str], marks: Sequence[str], start: int, stop: int) -> str:
    return "".join(
        piece + (marks[place] if place < stop - 1 else "")
        for place, piece in enumerate(pieces[start:stop], start)
    ).strip()


def _are_sigles(pieces: Iterable[str]) -> bool:
    """« VIH / IST »: one subject under two sigles, not two."""
    return all(piece.isupper() and len(piece) <= 5 for piece in pieces)
