"""Makes every file of `tests/messy/files/` anew: `python -m tests.messy.generator` (`--own` leaves LibreOffice out)."""

from __future__ import annotations

import argparse
import random
from pathlib import Path
from typing import Any

from tests.messy.book import Workbook, arranged, folded_in, save_truth, truth_of
from tests.messy.cast import SECTIONS
from tests.messy.contacts import Composer
from tests.messy.hard_lines import add_difficulties
from tests.messy.next_year import write_next_year
from tests.messy.rows import Formula, Row
from tests.messy.saving import save_by_libreoffice
from tests.messy.schemes import write_schemes


FILES = Path(__file__).parent / "files"
SEED = 20250106
ROWS = 1_150

HEADINGS = {
    "updated": "Maj le", "last_name": "NOM", "first_name": "Prenom", "civility": "Civilité", "title": "Fonction ",
    "organisation": "STRUCTURE", "service": "service", "category": "Catégorie", "email": "Mail", "phone": "Tél.",
    "mobile": "Tel portable", "themes": "Thématiques", "scheme": "Dispositif", "newsletter": "Newsletter O/N",
    "notes": "Commentaires", "address": "Adresse", "postcode": "CP", "city": "Ville", "department": "Dépt",
    "region": "REGION", "label": "Libellé publipostage",
}  # fmt: skip
TITLES = [
    "Fichier contacts – mise à jour 2025",
    "Document interne, ne pas diffuser (dernier point en réunion d'équipe)",
    "",
]


def _label(row: Row) -> Formula | None:
    """The mail-merge column: a formula over other cells, with the value that Excel keeps beside it."""
    if row.kind != "person" or not row.cells.get("last_name"):
        return None
    parts = " ".join(str(row.cells.get(name, "")) for name in ["civility", "first_name", "last_name"])
    shown = " ".join(
        part for part in parts.split(" ") if part
    )  # what Excel's TRIM leaves: it knows no other space
    return Formula('=TRIM(CONCATENATE({civility}{row}," ",{first_name}{row}," ",{last_name}{row}))', shown)


def write_contacts(
    path: Path, *, seed: int = SEED, rows: int = ROWS
) -> tuple[dict[str, Any], Composer, list[Row]]:
    """Write the workbook; return its truth, the composer that knows its people, and its lines in order."""
    composer = Composer(seed)
    composer.add_people()
    add_difficulties(composer)
    composer.fill(rows)
    book = composer.book
    rng = random.Random(seed + 1)
    workbook = Workbook(path, sheet="Contacts 2025", headings=HEADINGS, titles=TITLES)
    not_data = [{"line": line, "kind": "title" if text else "blank"} for line, text in enumerate(TITLES, 1)]
    order: list[Row] = []
    for item in arranged(rng, book.rows, sections=SECTIONS):
        if isinstance(item, Row):
            label = _label(item) if rng.random() < 0.3 else None
            item.line = workbook.row(item.cells | ({"label": label} if label else {}))
            order.append(item)
        else:
            not_data.append({"line": workbook.not_data(item), "kind": item["kind"]})
    workbook.close(lists=True)
    return (
        {
            "seed": seed,
            "sheet": "Contacts 2025",
            "heading_line": workbook.heading_line,
            "not_data": not_data,
            "uncertain_pairs": sorted(sorted([one.line, other.line]) for one, other in book.uncertain),
            "uncertain_organisations": book.uncertain_organisations,
            "homonyms": sorted(sorted([one.line, other.line]) for one, other in book.homonyms),
            "shared_mailboxes": {
                email: sorted(row.line for row in lines) for email, lines in book.shared.items()
            },
        }
        | truth_of(order),
        composer,
        order,
    )


def write_all(into: Path) -> None:
    """Write our own three workbooks, each with its truth."""
    truth, composer, rows = write_contacts(into / "contacts.xlsx")
    save_truth(into / "truth.json", truth)
    known = [(first, record) for first, record, _ in folded_in(rows).values()]
    opposed = truth["totals"]["opposed"]
    after = write_next_year(into / "contacts_next.xlsx", composer, known, seed=SEED + 2, opposed=opposed)
    save_truth(into / "truth_next.json", after)
    save_truth(into / "truth_schemes.json", write_schemes(into / "schemes.xlsx", seed=SEED + 3))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--own", action="store_true", help="write our own files only, without LibreOffice")
    parser.add_argument("--into", type=Path, default=FILES)
    chosen = parser.parse_args()
    chosen.into.mkdir(parents=True, exist_ok=True)
    write_all(chosen.into)
    if not chosen.own:
        save_by_libreoffice(chosen.into / "contacts.xlsx", chosen.into)


if __name__ == "__main__":
    main()
