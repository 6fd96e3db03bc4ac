"""Clean contacts files of any size for the bench: quick to write, spread as a real base is, without a truth."""

from __future__ import annotations

import argparse
import csv
import lzma
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path

import xlsxwriter
from faker import Faker

from tests.messy import words
from tests.messy.cast import of_place
from tests.messy.cells import FICTION_FIXED, FICTION_MOBILE
from tests.messy.places import DEPARTMENTS, PLACES, REGIONS
from tests.messy.text import slug


SHIPPED_TERRITORIES = Path(__file__).parents[2] / "contacts" / "territories" / "data" / "territories.csv.xz"
PEOPLE_PER_ORGANISATION = 5
THEMES_PER_PERSON = 2
HEADINGS = [
    "Civilité", "NOM", "Prénom", "Structure", "Fonction", "Service", "Mail", "Tél", "Tel portable", "Adresse", "CP", "Ville",
    "Dept", "Région", "Thématiques", "Catégorie", "Commentaires", "Newsletter O/N", "Maj le",
]  # fmt: skip
KINDS = [
    ("Ville {de}", "Commune"), ("CCAS {de}", "CCAS ou CIAS"), ("Centre social {de}", "Centre social"), ("CPTS {de}", "CPTS"),
    ("Maison de santé {de}", "Maison ou centre de santé"), ("Association santé {name}", "Association locale"), ("Mission locale {de}", "Association locale"),
    ("Centre hospitalier {de}", "Établissement hospitalier"), ("Habitat {name}", "Bailleur social"), ("Université {de}", "Recherche et formation"),
]  # fmt: skip
EPOCH = date(2019, 1, 1)


@dataclass(frozen=True)
class Town:
    """What a line says of a commune; `weight` is its population."""

    name: str
    postcode: str
    department: str
    region: str
    weight: int


def towns() -> list[Town]:
    """Every commune of the shipped territories, else the few that the messy files know."""
    if not SHIPPED_TERRITORIES.exists():
        return [
            Town(
                place.name,
                place.postcode,
                place.department,
                REGIONS[DEPARTMENTS[place.department][1]],
                50_000,
            )
            for place in PLACES
        ]
    with lzma.open(SHIPPED_TERRITORIES, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    regions = {row["code"]: row["name"] for row in rows if row["level"] == "region"}
    return [
        Town(
            row["name"],
            row["postcodes"].split()[0].split(",")[0],
            row["department"],
            regions[row["region"]],
            int(row["population"]),
        )
        for row in rows
        if row["level"] == "commune"
        and row["postcodes"]
        and row["population"] not in {"", "0"}
        and row["region"] in regions
    ]


def contact_lines(n: int, seed: int) -> Iterator[list[str]]:
    """`n` lines in the order of HEADINGS: an organisation for about five people, each known once."""
    rng = random.Random(seed)
    faker = Faker("fr_FR")
    faker.seed_instance(seed)
    last_names = sorted({faker.last_name() for _ in range(4_000)})
    first_names = [(faker.first_name_female(), "Mme") for _ in range(600)] + [
        (faker.first_name_male(), "M.") for _ in range(300)
    ]
    slugs = {name: slug(name) for name in {*last_names, *(name for name, _ in first_names)}}
    places = towns()
    heap = list(accumulate(town.weight for town in places))
    titles = [(entry[0], entry[1]) for entry in words.TITLES.values()]
    labels = [label for _, label in words.THEME_LABELS]
    used: set[tuple[str, str]] = set()
    made = 0
    while made < n:
        town = rng.choices(places, cum_weights=heap)[0]
        pattern, category = rng.choice(KINDS)
        if (pattern, town.name + town.department) in used:
            continue
        used.add((pattern, town.name + town.department))
        organisation = f"{pattern.format(de=of_place(town.name), name=town.name)} ({town.department})"
        domain = slug(organisation) + ".example"
        zone = rng.choice(list(FICTION_FIXED.values()))
        people: set[tuple[str, str]] = set()
        for _ in range(min(n - made, max(1, round(rng.expovariate(1 / PEOPLE_PER_ORGANISATION))))):
            first, civility = rng.choice(first_names)
            last = rng.choice(last_names)
            if (last, first) in people:
                continue
            people.add((last, first))
            made += 1
            feminine, masculine = rng.choice(titles)
            roll = rng.random
            themes = rng.sample(labels, min(rng.randrange(2 * THEMES_PER_PERSON + 1), len(labels)))
            yield [
                civility, last.upper(), first, organisation, feminine if civility == "Mme" else masculine,
                rng.choice(["", "", "Santé", "Politique de la ville"]),
                f"{slugs[first]}.{slugs[last]}.{made}@{domain}" if roll() < 0.85 else "",
                f"{zone}{rng.randrange(10_000):04d}" if roll() < 0.6 else "",
                f"{FICTION_MOBILE}{rng.randrange(10_000):04d}" if roll() < 0.35 else "",
                "1 place de la Mairie" if roll() < 0.4 else "", town.postcode, town.name, town.department, town.region,
                " ; ".join(themes), category, "rencontré·e aux journées" if roll() < 0.1 else "",
                rng.choices(["", "O", "N"], [63, 30, 7])[0],
                (EPOCH + timedelta(days=rng.randrange(2_500))).strftime("%d/%m/%Y") if roll() < 0.7 else "",
            ]  # fmt: skip


def write_contacts_csv(path: Path, n: int, seed: int = 1) -> None:
    """`n` contacts as UTF-8 CSV with `;`, as Excel writes it in French."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADINGS)
        writer.writerows(contact_lines(n, seed))


def write_contacts_xlsx(path: Path, n: int, seed: int = 1) -> None:
    """The same contacts as a workbook, written in constant memory."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("Contacts")
    sheet.write_row(0, 0, HEADINGS)
    for line, values in enumerate(contact_lines(n, seed), 1):
        for column, value in enumerate(values):
            if value:
                sheet.write_string(line, column, value)
    book.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path, help="…csv or …xlsx")
    parser.add_argument("-n", type=int, default=1_150)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    write = write_contacts_xlsx if chosen.path.suffix == ".xlsx" else write_contacts_csv
    write(chosen.path, chosen.n, chosen.seed)


if __name__ == "__main__":
    main()
