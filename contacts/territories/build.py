"""Make the shipped files from the official code: `python -m contacts.territories.build PATH_TO_PACKAGE`.

The source is the npm package `@etalab/decoupage-administratif`, unpacked (`npm pack`, then `tar xzf`). The same
package gives the same bytes. `usual_names.csv` is written by hand and is not touched.
"""

from __future__ import annotations

import csv
import io
import json
import lzma
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from contacts.territories.closure import pairs
from contacts.territories.names import folded
from contacts.territories.shipped import COUNTS, FORMER, TERRITORIES, Alias, Row


Source = dict[str, Any]


def build(package: Path, *, into: Path | None = None) -> dict[str, int]:
    """Write the files, in `into` or where they are shipped; how many rows they give each table."""
    source = {
        path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (package / "data").glob("*.json")
    }
    rows = _territories(source)
    former = _former(source["communes"])
    counts = {
        "territories": len(rows),
        "former": len(former),
        "postcodes": sum(len(set(row.postcodes.split())) for row in rows),
        "pairs": sum(1 for _pair in pairs(rows)),
    }
    folder = into or TERRITORIES.parent
    _write(folder / TERRITORIES.name, Row._fields, rows)
    _write(folder / FORMER.name, Alias._fields, former)
    (folder / COUNTS.name).write_text(json.dumps(counts) + "\n", encoding="utf-8")
    return counts


def _territories(source: dict[str, list[Source]]) -> list[Row]:
    region_of = {row["code"]: row["region"] for row in source["departements"]}
    epci_of = {member["code"]: row["code"] for row in source["epci"] for member in row["membres"]}
    ept_of = {member["code"]: row["code"] for row in source["ept"] for member in row["membres"]}
    rows = [_row("france", "FR", "France")]
    rows += [_row("region", row["code"], row["nom"], zone=row["zone"]) for row in _by_code(source["regions"])]
    rows += [
        _row(
            "departement",
            row["code"],
            row["nom"],
            zone=row["zone"],
            department=row["code"],
            region=row["region"],
        )
        for row in _by_code(source["departements"])
    ]
    rows += [
        _row(
            level,
            row["code"],
            " ".join(row["nom"].split()),
            kind=row["type"],
            population=str(row.get("populationMunicipale", "")),
            epci=epci_of[row["membres"][0]["code"]] if level == "ept" else "",
        )
        for level in ("epci", "ept")
        for row in _by_code(source[level])
    ]
    rows += [
        _row(
            "commune" if row["type"] == "commune-actuelle" else "arrondissement",
            row["code"],
            row["nom"].replace(" Arrondissement", " arrondissement"),
            zone=row["zone"],
            department=row["departement"],
            region=region_of[row["departement"]],
            epci=epci_of.get(row.get("commune", row["code"]), ""),
            ept=ept_of.get(row.get("commune", row["code"]), ""),
            commune=row.get("commune", ""),
            population=str(row.get("population", "")),
            postcodes=" ".join(row.get("codesPostaux", ())),
        )
        for row in sorted(source["communes"], key=lambda row: ("commune" in row, row["code"]))
        if row["type"] in {"commune-actuelle", "arrondissement-municipal"}
    ]
    return rows


def _former(communes: list[Source]) -> list[Alias]:
    """Each commune that is no longer one, with the commune that took its place, and codes that have no name."""
    today = {row["code"]: row for row in communes if row["type"] == "commune-actuelle"}
    former = [row for row in communes if row["type"] in {"commune-deleguee", "commune-associee"}]
    named = [
        Alias("commune", row["chefLieu"], "merged_commune", row["nom"], row["code"])
        for row in former
        if folded(row["nom"]) != folded(today[row["chefLieu"]]["nom"])
    ]
    known = {(alias.code, alias.old_code) for alias in named}
    codes = [(code, old) for code, row in today.items() for old in row.get("anciensCodes", ())]
    codes += [(row["chefLieu"], row["code"]) for row in former if row["code"] != row["chefLieu"]]
    bare = [
        Alias("commune", code, "old_code", old, old)
        for code, old in dict.fromkeys(codes)
        if (code, old) not in known and old not in today
    ]
    return sorted([*named, *bare], key=lambda alias: (alias.code, alias.old_code))


def _row(level: str, code: str, name: str, **more: str) -> Row:
    return Row(level, code, name, **(dict.fromkeys(Row._fields[3:], "") | more))


def _by_code(rows: Iterable[Source]) -> list[Source]:
    return sorted(rows, key=lambda row: str(row["code"]))


def _write(path: Path, heading: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    text = io.StringIO()
    lines = csv.writer(text, delimiter=";", lineterminator="\n")
    lines.writerow(heading)
    lines.writerows(rows)
    path.write_bytes(lzma.compress(text.getvalue().encode(), preset=9 | lzma.PRESET_EXTREME))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m contacts.territories.build PATH_TO_PACKAGE")
    for table, count in build(Path(sys.argv[1])).items():
        sys.stdout.write(f"{table}: {count} rows\n")
