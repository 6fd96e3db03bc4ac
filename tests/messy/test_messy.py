"""The messy files are what the generator makes, LibreOffice's copies hold the same cells, and each truth adds up."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from tests.messy.generator import FILES, write_all
from tests.messy.saving import FORMS
from tests.messy.scale import HEADINGS, contact_lines, write_contacts_csv
from tests.messy.text import fold


TRUTHS = {
    "contacts.xlsx": "truth.json",
    "contacts_next.xlsx": "truth_next.json",
    "schemes.xlsx": "truth_schemes.json",
}


def cells_of(path: Path) -> list[list[str]]:
    """Each cell of the first sheet as plain text: whole numbers without a point, days as in France."""
    if path.suffix == ".csv":
        encoding, delimiter = ("utf-16", "\t") if "utf-16" in path.name else ("cp1252", ";")
        return list(csv.reader(io.StringIO(path.read_bytes().decode(encoding)), delimiter=delimiter))
    sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    return [[shown(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]


def shown(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return f"{value:%d/%m/%Y}" if isinstance(value, date | datetime) else str(value)


def truth(name: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((FILES / name).read_text(encoding="utf-8"))
    return told


@pytest.fixture(scope="module")
def made_anew(tmp_path_factory: pytest.TempPathFactory) -> Path:
    into = tmp_path_factory.mktemp("messy")
    write_all(into)
    return into


@pytest.mark.parametrize("workbook", TRUTHS)
def test_the_committed_workbook_is_what_the_generator_makes(made_anew: Path, workbook: str) -> None:
    assert cells_of(made_anew / workbook) == cells_of(FILES / workbook)
    assert (made_anew / TRUTHS[workbook]).read_text() == (FILES / TRUTHS[workbook]).read_text()


@pytest.mark.parametrize("ending", FORMS)
def test_libreoffice_saved_the_same_cells(ending: str) -> None:
    ours = cells_of(FILES / "contacts.xlsx")

    theirs = cells_of(FILES / f"contacts{ending}")

    if ending.endswith(".csv"):  # an error has no value in a workbook, and a text in a CSV
        theirs = [["" if cell == "#N/A" else cell for cell in row] for row in theirs]
    if "1252" in ending:
        ours = [[cell.encode("cp1252", "replace").decode("cp1252") for cell in row] for row in ours]
    assert theirs == ours


@pytest.mark.parametrize("workbook", TRUTHS)
def test_every_line_is_the_heading_or_not_data_or_has_one_outcome(workbook: str) -> None:
    told = truth(TRUTHS[workbook])
    not_data = [entry["line"] for entry in told["not_data"]]

    lines = sorted([told["heading_line"], *not_data, *map(int, told["lines"])])

    assert lines == list(range(1, len(cells_of(FILES / workbook)) + 1))
    assert told["rows"] == len(told["lines"]) == sum(told["counts"].values())


def test_each_line_folds_into_an_earlier_one_that_makes_a_record() -> None:
    for name in TRUTHS.values():
        lines = truth(name)["lines"]

        folds = {
            int(line): lines[str(entry["into"])]["outcome"]
            for line, entry in lines.items()
            if entry["outcome"] == "merged"
        }

        assert set(folds.values()) <= {"created", "unchanged"}
        assert all(lines[str(line)]["into"] < line for line in folds)


def test_what_the_truth_says_of_a_person_stands_in_their_lines() -> None:
    sheet = cells_of(FILES / "contacts.xlsx")
    lines = truth("truth.json")["lines"]
    written: dict[int, str] = {}
    for line, entry in lines.items():
        written[entry.get("into", int(line))] = (
            written.get(entry.get("into", int(line)), "") + " ".join(sheet[int(line) - 1]).lower()
        )

    people = {int(line): entry["person"] for line, entry in lines.items() if "person" in entry}

    for line, person in people.items():
        digits = "".join(sign for sign in written[line] if sign.isdigit())
        assert [email for email in person.get("emails", []) if email not in written[line]] == []
        assert [phone for phone in person.get("phones", []) if phone[-9:] not in digits] == []
        assert [
            unknown
            for unknown in person.get("unknown_themes", [])
            if unknown["text"].lower() not in written[line]
        ] == []


@pytest.mark.parametrize("workbook", ["contacts.xlsx", "contacts_next.xlsx"])
def test_what_a_conflict_offers_stands_in_its_line_and_what_it_keeps_does_not(workbook: str) -> None:
    sheet = cells_of(FILES / workbook)
    conflicts = truth(TRUTHS[workbook])["conflicts"]

    written = {
        conflict["line"]: [bare(cell) for cell in sheet[conflict["line"] - 1]] for conflict in conflicts
    }

    assert len(conflicts) > 5
    assert [
        conflict for conflict in conflicts if not stands(conflict["offered"], written[conflict["line"]])
    ] == []
    assert [conflict for conflict in conflicts if stands(conflict["kept"], written[conflict["line"]])] == []


def bare(text: str) -> str:
    return fold(text).replace(" ", "")


def stands(value: str | list[str], cells: list[str]) -> bool:
    """Whether a text ends one of these cells, or the last nine digits of a number are in one."""
    values = [value] if isinstance(value, str) else value
    return any(
        one[-9:] in cell if one.startswith("+") else cell.endswith(bare(one))
        for one in values
        for cell in cells
    )


def test_a_clean_file_of_any_size_is_full_and_repeats_itself(tmp_path: Path) -> None:
    write_contacts_csv(tmp_path / "contacts.csv", 300, seed=7)

    with (tmp_path / "contacts.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))

    assert rows == [HEADINGS, *contact_lines(300, seed=7)]
    assert len({(row[1], row[2], row[3]) for row in rows[1:]}) == 300
