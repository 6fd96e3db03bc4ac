"""Bring a pack of closed lists into the base: at set-up, and again at each upgrade that ships new entries.

An entry comes once. What somebody has renamed, closed, moved or deleted since stays as they left it, because the entry is
known as brought (`PackEntry`), whatever became of its row.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from contacts.closed_lists import CLOSED_LISTS
from contacts.models import ActorFamily, PackEntry, Synonym
from contacts.models.vocabulary import Term
from crm.folding import fold


FOLDER: Final = Path(__file__).parent
DEFAULT_PACK: Final = "sante-territoires"
# Families before the functions that name them; synonyms last, since they name every other list.
FILES: Final = {
    "theme": "themes",
    "category": "categories",
    "family": "families",
    "function": "functions",
    "service": "services",
    "scheme_type": "scheme_types",
    "source": "sources",
}

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Pack:
    """A set of closed lists that a new base may begin with."""

    code: str
    name: str
    description: str


def packs() -> dict[str, Pack]:
    """Each pack we ship, by its code, the default one first."""
    found = {}
    for path in sorted(FOLDER.glob("*/pack.toml"), key=lambda path: (path.parent.name != DEFAULT_PACK, path)):
        about = tomllib.loads(path.read_text(encoding="utf-8"))
        found[path.parent.name] = Pack(path.parent.name, about["name"], about["description"])
    return found


def chosen_pack() -> str:
    """The pack that this base began with, else the one that the `PACK` setting asks for."""
    first = PackEntry.objects.first()
    return first.pack if first else getattr(settings, "PACK", DEFAULT_PACK)


def load_pack(name: str, *, progress: Progress | None = None) -> dict[str, int]:
    """Create the entries of this pack that were never brought, and answer how many for each list.

    Raises:
        ImproperlyConfigured: there is no such pack.
    """
    if name not in packs():
        raise ImproperlyConfigured(f"PACK is {name!r}; the packs are {', '.join(packs())}.")
    tell = progress or (lambda _step: None)
    counts = {}
    with transaction.atomic():
        load = _Load(name, set(PackEntry.objects.values_list("entry", flat=True)))
        for vocabulary in FILES:
            tell(str(CLOSED_LISTS[vocabulary]._meta.verbose_name_plural))
            counts[vocabulary] = load.terms(vocabulary)
        tell(str(Synonym._meta.verbose_name_plural))
        counts["synonym"] = load.synonyms()
        PackEntry.objects.bulk_create(load.brought, batch_size=1_000)
    return counts


def read(pack: str, file: str) -> Iterator[dict[str, str]]:
    """The lines of one file of a pack, by column."""
    with (FOLDER / pack / f"{file}.csv").open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines, delimiter=";", strict=True)


def spellings(pack: str) -> Iterator[tuple[str, str, str]]:
    """`(list, code, spelling)` for each other way of writing a term."""
    for line in read(pack, "synonyms"):
        for text in line["spellings"].split("|"):
            yield line["list"], line["code"], text.strip()


@dataclass
class _Load:
    """One run over a pack: what was brought before it, and what it brings."""

    pack: str
    known: set[str]
    brought: list[PackEntry] = field(default_factory=list)
    ids: dict[str, dict[str, int]] = field(default_factory=dict)

    def terms(self, vocabulary: str) -> int:
        model: Any = CLOSED_LISTS[vocabulary]
        ids = self.ids[vocabulary] = dict(model.objects.values_list("code", "pk"))
        taken = set(model.objects.values_list("folded", flat=True))
        lines = [
            (rank, line)
            for rank, line in enumerate(read(self.pack, FILES[vocabulary]), start=1)
            if self._is_new(f"{vocabulary}:{line['code']}")
            and line["code"] not in ids
            and fold(line["name"]) not in taken
        ]
        created: list[tuple[Term, dict[str, str]]] = []
        # A parent must have its primary key before its children are written.
        for level in (1, 2):
            batch = [
                (self._term(model, vocabulary, rank, line), line)
                for rank, line in lines
                if (level == 2) is bool(line.get("parent"))
                and (not line.get("parent") or line["parent"] in ids)
            ]
            model.objects.bulk_create([term for term, _line in batch], batch_size=500)
            ids |= {term.code: term.pk for term, _line in batch}
            created += batch
        if model is ActorFamily:
            self._give_categories(created)
        return len(created)

    def synonyms(self) -> int:
        there = set(Synonym.objects.values_list("vocabulary", "folded"))
        rows = []
        for vocabulary, code, text in spellings(self.pack):
            key = fold(text)[:150]
            if self._is_new(f"synonym:{vocabulary}:{key}") and (vocabulary, key) not in there:
                there.add((vocabulary, key))
                if code in self.ids[vocabulary]:
                    rows.append(Synonym(vocabulary=vocabulary, code=code, text=text, folded=key))
        Synonym.objects.bulk_create(rows, batch_size=500)
        return len(rows)

    def _is_new(self, entry: str) -> bool:
        """Whether this entry was never brought; from now on it was."""
        if entry in self.known:
            return False
        self.known.add(entry)
        self.brought.append(PackEntry(pack=self.pack, entry=entry))
        return True

    def _term(self, model: Any, vocabulary: str, rank: int, line: dict[str, str]) -> Any:
        more: dict[str, Any] = {}
        if line.get("parent"):
            more["parent_id"] = self.ids[vocabulary][line["parent"]]
        if line.get("family"):
            more["family_id"] = self.ids["family"].get(line["family"])
        if "dts" in line:
            more["is_dts"] = line["dts"] == "oui"
        return model(
            code=line["code"],
            name=line["name"],
            folded=fold(line["name"])[:150],
            definition=line["definition"],
            rank=rank,
            **more,
        )

    def _give_categories(self, families: list[tuple[Term, dict[str, str]]]) -> None:
        through = ActorFamily.categories.through
        through._default_manager.bulk_create(
            through(actorfamily_id=family.pk, category_id=self.ids["category"][code])
            for family, line in families
            for code in line["categories"].split()
            if code in self.ids["category"]
        )
