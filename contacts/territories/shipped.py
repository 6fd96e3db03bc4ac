"""The files we ship: what the official code says, one row a territory. Pure reading, without database."""

from __future__ import annotations

import csv
import json
import lzma
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple


DATA = Path(__file__).parent / "data"
TERRITORIES = DATA / "territories.csv.xz"
FORMER = DATA / "former_communes.csv.xz"
USUAL = DATA / "usual_names.csv"
COUNTS = DATA / "counts.json"
VINTAGE = 2026  # of the official geographic code, on 1 January


class Row(NamedTuple):
    """One territory. `department` to `commune` are the codes of what contains it, empty where nothing does."""

    level: str
    code: str
    name: str
    kind: str
    zone: str
    department: str
    region: str
    epci: str
    ept: str
    commune: str
    population: str
    postcodes: str

    @property
    def key(self) -> str:
        """`level:code`, for instance `commune:93066`."""
        return f"{self.level}:{self.code}"


class Alias(NamedTuple):
    """Another name (or only an old code) of the territory known by `level` and `code`."""

    level: str
    code: str
    kind: str
    text: str
    old_code: str


def territories() -> Iterator[Row]:
    """Each territory, containing ones before contained ones, but QPV, which an import brings."""
    with lzma.open(TERRITORIES, "rt", encoding="utf-8", newline="") as file:
        lines = csv.reader(file, delimiter=";")
        next(lines)
        for line in lines:
            yield Row._make(line)


def aliases() -> Iterator[Alias]:
    """Each former commune and old code, then the usual names written by hand."""
    with lzma.open(FORMER, "rt", encoding="utf-8", newline="") as file:
        lines = csv.reader(file, delimiter=";")
        next(lines)
        yield from map(Alias._make, lines)
    yield from usual_names()


def usual_names() -> Iterator[Alias]:
    """Former regions, renamed departments, abbreviations: written by hand."""
    with USUAL.open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file, delimiter=";")
        next(lines)
        for level, code, kind, text in lines:
            yield Alias(level, code, kind, text, "")


def counts() -> dict[str, int]:
    """How many rows each table holds once the files are loaded, usual names apart."""
    found: dict[str, int] = json.loads(COUNTS.read_text(encoding="utf-8"))
    return found


def contexts(rows: Collection[Row]) -> dict[str, str]:
    """What tells each territory from its namesakes, by key: its department, or those of a group of communes."""
    found = {row.key: "" if row.level == "departement" else row.department for row in rows}
    departments: dict[str, set[str]] = {}
    for row in rows:
        if row.level == "commune":
            for level, code in (("epci", row.epci), ("ept", row.ept)):
                departments.setdefault(f"{level}:{code}", set()).add(row.department)
    return found | {key: ", ".join(sorted(codes)) for key, codes in departments.items() if key in found}
