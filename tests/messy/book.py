"""Puts the lines in order under titles, headings and totals, writes the workbook, and states its truth."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from tests.messy.places import DEPARTMENTS, REGIONS
from tests.messy.rows import Formula, Row, differs
from tests.messy.text import fold, unaccented


#: Fields that hold one value: the first line that fills one keeps it, another value later is a conflict.
SINGLE = {
    "organisation": "Structure", "title": "Fonction", "service": "Service", "civility": "Civilité",
    "category": "Catégorie", "department": "Dépt", "commune": "Ville", "region": "Région",
}  # fmt: skip
#: Fields that hold several: lines of one person add up.
SEVERAL = ["emails", "phones", "themes", "schemes", "unknown_themes", "either_themes"]

NotData = dict[str, Any]


def arranged(rng: random.Random, rows: list[Row], *, sections: dict[str, str]) -> list[Row | NotData]:
    """Lines shuffled under their section's title, with repeated headings, blanks, subtotals and a total at the end.

    Of lines that are one person the richest, made first, stays first.
    """
    made = {id(row): number for number, row in enumerate(rows)}
    by_section: dict[str, list[Row]] = {code: [] for code in sections}
    for row in rows:
        by_section[row.section].append(row)
    for lines in by_section.values():
        rng.shuffle(lines)
    order = [row for lines in by_section.values() for row in lines]
    places: dict[int, list[int]] = {}
    for index, row in enumerate(order):
        if row.group is not None:
            places.setdefault(id(row.group), []).append(index)
    for indexes in places.values():
        group = sorted((order[index] for index in indexes), key=lambda row: made[id(row)])
        for index, row in zip(indexes, group, strict=True):
            order[index] = row

    sheet: list[Row | NotData] = []
    at = 0
    for number, (code, lines) in enumerate(by_section.items()):
        if number:
            sheet.append({"kind": "blank"})
        if number in {2, 4, 5}:
            sheet.append({"kind": "repeated_heading", "upper": number == 4})
        sheet.append({"kind": "section", "text": sections[code]})
        for position, _ in enumerate(lines):
            sheet.append(order[at])
            at += 1
            if position and position % 97 == 0:
                sheet.append({"kind": "blank", "spaces": position % 2 == 1})
            if position == 210:
                sheet.append({"kind": "repeated_heading", "upper": False})
        if number in {0, 3}:
            sheet.append({"kind": "total", "text": "Sous-total", "count": len(lines)})
    sheet += [{"kind": "blank"}, {"kind": "total", "text": "TOTAL", "count": len(rows)}]
    return sheet


class Workbook:
    """One sheet of data with its headings, written cell by cell so that text stays text, and a sheet of lists."""

    def __init__(self, path: Path, *, sheet: str, headings: dict[str, str], titles: Sequence[str]) -> None:
        self.headings = headings
        self.columns = {key: number for number, key in enumerate(headings)}
        self.book = xlsxwriter.Workbook(
            str(path), {"strings_to_urls": False, "strings_to_formulas": False, "strings_to_numbers": False}
        )
        self.book.set_properties(
            {
                "title": titles[0] if titles else sheet,
                "author": "Équipe",
                "created": datetime(2025, 1, 6, 9, 0),  # noqa: DTZ001  a workbook knows no zone
            }
        )
        self.sheet = self.book.add_worksheet(sheet)
        self.day = self.book.add_format({"num_format": "dd/mm/yyyy"})
        self.bold = self.book.add_format({"bold": True, "bg_color": "#D9E7F5"})
        self.big = self.book.add_format({"bold": True, "font_size": 14})
        self.line = 0
        for title in titles:
            self.line += 1
            if title:
                self.sheet.write_string(self.line - 1, 0, title, self.big)
        self.heading()
        self.heading_line = self.line
        self.sheet.freeze_panes(self.line, 0)

    def heading(self, *, upper: bool = False) -> int:
        self.line += 1
        for key, number in self.columns.items():
            text = self.headings[key]
            self.sheet.write_string(
                self.line - 1, number, unaccented(text).upper() if upper else text, self.bold
            )
        return self.line

    def not_data(self, what: NotData) -> int:
        if what["kind"] == "repeated_heading":
            return self.heading(upper=what["upper"])
        self.line += 1
        if what["kind"] == "blank" and what.get("spaces"):
            self.sheet.write_string(self.line - 1, 1, "   ")
        elif what["kind"] == "section":
            self.sheet.write_string(self.line - 1, 0, what["text"], self.bold)
        elif what["kind"] == "total":
            self.sheet.write_string(self.line - 1, 0, what["text"], self.bold)
            self.sheet.write_number(self.line - 1, 1, what["count"])
        return self.line

    def row(self, values: dict[str, Any]) -> int:
        self.line += 1
        for key, value in values.items():
            self._write(self.line - 1, self.columns[key], value)
        return self.line

    def _write(self, row: int, column: int, value: Any) -> None:
        if isinstance(value, Formula):
            letters = {key: xl_col_to_name(number) for key, number in self.columns.items()}
            self.sheet.write_formula(
                row, column, value.text.format(row=row + 1, **letters), None, value.value
            )
        elif isinstance(value, date):
            self.sheet.write_datetime(row, column, value, self.day)
        elif isinstance(value, int | float):
            self.sheet.write_number(row, column, value)
        else:
            self.sheet.write_string(row, column, value)

    def close(self, *, lists: bool = False) -> None:
        if lists:
            sheet = self.book.add_worksheet("Listes")
            sheet.write_row(0, 0, ["Code", "Région", "Département"], self.bold)
            for line, (code, (name, region)) in enumerate(DEPARTMENTS.items(), 1):
                for column, text in enumerate([code, REGIONS[region], name]):
                    sheet.write_string(line, column, text)
        self.book.close()


def folded_in(rows: Iterable[Row]) -> dict[int, tuple[Row, dict[str, Any], list[dict[str, Any]]]]:
    """For each line that makes a record: the line, the record after every line of its group, and the conflicts."""
    made: dict[int, tuple[Row, dict[str, Any], list[dict[str, Any]]]] = {}
    for row in rows:
        if row.group is None:
            continue
        if id(row.group) not in made:
            made[id(row.group)] = (
                row,
                {
                    name: list(value) if isinstance(value, list) else value
                    for name, value in row.reading.items()
                },
                [],
            )
            continue
        _, record, conflicts = made[id(row.group)]
        conflicts += fold_line(record, row)
    return made


def fold_line(record: dict[str, Any], row: Row) -> list[dict[str, Any]]:
    """Fold one more line into a record: lists add up, blanks are filled, the first value of a single field holds."""
    conflicts = []
    for name, column in SINGLE.items():
        offered = row.reading.get(name)
        if not offered:
            continue
        kept = record.get(name)
        if not kept:
            record[name] = offered
            if name == "title":
                record |= {
                    key: row.reading[key] for key in ("function", "function_likely") if key in row.reading
                }
        elif differs(kept, offered):
            conflicts.append({"line": row.line, "column": column, "kept": kept, "offered": offered})
    for name in SEVERAL:
        extra = [value for value in row.reading.get(name, []) if value not in record.get(name, [])]
        if extra:
            record[name] = [*record.get(name, []), *extra]
    states = {record.get("newsletter"), row.reading.get("newsletter")} - {None}
    if states:
        record["newsletter"] = "opposed" if "opposed" in states else "consent"
    days = [day for day in (record.get("verified_on"), row.reading.get("verified_on")) if day]
    if days:
        record["verified_on"] = max(days)
    return conflicts


def truth_of(rows: Sequence[Row]) -> dict[str, Any]:
    """What an importer must make of these lines when the base is empty."""
    made = folded_in(rows)
    lines: dict[str, Any] = {}
    conflicts: list[dict[str, Any]] = []
    for row in rows:
        entry: dict[str, Any]
        if row.rejected:
            entry = {"outcome": "rejected", "column": row.rejected}
        else:
            first, record, found = made[id(row.group)]
            if first is row:
                entry = {"outcome": "created", row.kind: record}
                conflicts += found
            else:
                entry = {"outcome": "merged", "into": first.line, "says": row.reading}
        entry |= {name: value for name, value in [("problems", row.problems), ("tags", row.tags)] if value}
        lines[str(row.line)] = entry
    records = [(first.kind, record) for first, record, _ in made.values()]
    people = [record for kind, record in records if kind == "person"]
    outcomes = Counter(entry["outcome"] for entry in lines.values())
    return {
        "rows": len(rows),
        "counts": {
            name: outcomes.get(name, 0) for name in ["created", "updated", "unchanged", "merged", "rejected"]
        },
        "lines": lines,
        "conflicts": sorted(conflicts, key=lambda conflict: conflict["line"]),
        "totals": {
            "persons": len(people),
            "organisations": len(
                {record["organisation"] for _, record in records if record.get("organisation")}
            ),
            "opposed": sum(record.get("newsletter") == "opposed" for _, record in records),
            "consents": sum(record.get("newsletter") == "consent" for _, record in records),
            "person_emails": sum(len(record.get("emails", [])) for record in people),
            "person_phones": sum(len(record.get("phones", [])) for record in people),
            "person_themes": sum(len(record.get("themes", [])) for record in people),
            "persons_by_department": dict(
                sorted(Counter(record["department"] for record in people if record.get("department")).items())
            ),
        },
        "unknown_themes": _tally(record for _, record in records),
    }


def _tally(records: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Each unknown theme by its folded text: on how many records, and the label nearest to it (none: unlike any)."""
    tally: dict[str, Any] = {}
    for record in records:
        for unknown in record.get("unknown_themes", []):
            entry = tally.setdefault(fold(unknown["text"]), {"count": 0, "nearest": unknown["nearest"]})
            entry["count"] += 1
    return dict(sorted(tally.items()))


def save_truth(path: Path, truth: dict[str, Any]) -> None:
    """JSON with one line of text for each line of the sheet, so that a difference can be read."""
    parts = []
    for name, value in truth.items():
        if name == "lines":
            inside = ",\n".join(f'  "{line}": {_compact(entry)}' for line, entry in value.items())
            parts.append(f'"lines": {{\n{inside}\n }}')
        else:
            parts.append(f'"{name}": {_compact(value)}')
    path.write_text("{\n " + ",\n ".join(parts) + "\n}\n", encoding="utf-8")


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
