"""The workbook of territorial schemes (ASV, CLS, CLSM …) and its truth."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from tests.messy.book import Workbook
from tests.messy.cast import Cast, Organisation, Person, of_place, organisations
from tests.messy.cells import MONTHS, date_cell
from tests.messy.places import DEPARTMENTS, PLACE_BY_CODE
from tests.messy.rows import Row
from tests.messy.text import fold, respelled, slug, unaccented


HEADINGS = {
    "type": "Type", "name": "Intitulé", "territories": "Territoire(s)", "lead": "Structure porteuse", "service": "Service",
    "coordination": "Coordination (NOM Prénom)", "email": "Mail", "share": "Temps", "state": "État", "starts": "Début",
    "ends": "Fin", "elected": "Élu.e référent.e",
}  # fmt: skip
TITLES = ["Démarches territoriales de santé – recensement", ""]

TYPES = {
    "Atelier santé ville (ASV)": ("ASV", ["ASV", "asv", "Atelier santé ville", "Atelier Santé Ville (ASV)", "atelier santé-ville", "A.S.V."]),
    "Contrat local de santé (CLS)": ("CLS", ["CLS", "cls", "Contrat local de santé", "CONTRAT LOCAL DE SANTE", "C.L.S."]),
    "Conseil local de santé mentale (CLSM)": ("CLSM", ["CLSM", "Conseil local de santé mentale", "clsm "]),
    "CPTS": ("CPTS", ["CPTS", "cpts"]),
    "Volet santé de contrat de ville": ("Volet santé", ["Volet santé de contrat de ville", "volet santé de contrat de ville"]),
}  # fmt: skip
SHARES: dict[str, list[Any]] = {
    "full": ["temps plein", "Temps plein", "100%", "1 ETP", 1, "100 %", "TP"],
    "half_or_more": ["mi-temps", "50%", "0,5 ETP", 0.5, "80 %", 0.8, "0.6", "Mi-temps et plus"],
    "under_half": ["20%", 0.2, "0,3 ETP", "10 %", "Moins d'un mi-temps", 0.4],
    "unknown": ["?", "", "", "non connu"],
}
STATES = {
    "planned": ["En projet", "projet", "en projet"],
    "running": ["En activité", "en cours", "EN COURS", "actif", "active", ""],
    "renewing": ["En renouvellement", "renouvellement"],
    "suspended": ["Suspendue", "suspendu", "en pause"],
    "ended": ["Terminée", "terminé", "clos"],
}
GROUPS = [
    ("epci", "200040715", "Grenoble-Alpes-Métropole", "Grenoble-Alpes Métropole"),
    ("epci", "244400404", "Nantes Métropole", "Nantes Métropole"),
    ("epci", "242900314", "Brest Métropole", "Brest Métropole"),
    ("epci", "200093201", "MEL", "Métropole Européenne de Lille"),
    ("ept", "200057867", "Plaine Commune", "Plaine Commune"),
    ("epci", "200066793", "CA du Grand Annecy", "Communauté d'agglomération du Grand Annecy"),
    ("epci", "200042935", "Haut-Bugey Agglomération", "Haut-Bugey Agglomération"),
]
TOWNS = ["93001", "93008", "93055", "93072", "59512", "59599", "59392", "69256", "69259", "38185", "35238", "67482", "13055", "31555", "2A004", "2B033", "97416", "97411", "97302", "97611", "01053", "08105", "63113", "94041", "92036"]  # fmt: skip


class Census:
    """Writes one line a scheme, sometimes two, with what it must become."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.cast = Cast(self.rng, seed)
        self.leads = {organisation.name: organisation for organisation in organisations(self.rng)}
        self.towns = {
            organisation.place.code: organisation
            for organisation in self.leads.values()
            if organisation.category == "Commune"
        }
        self.lines: list[tuple[Row, dict[str, Any]]] = []

    def scheme(
        self, kind: str, where: str, territories: list[list[str]], written: str, lead: Organisation | None,
        *, tag: str = "", coordinators: int = 1, **values: Any,
    ) -> Row:  # fmt: skip
        """One line: `where` goes into the title, `written` is the territory cell, `values` replace cells."""
        rng = self.rng
        sigle, spellings = TYPES[kind]
        row = Row("scheme", "", group=object(), tags=[tag] if tag else [])
        title = f"{sigle} {of_place(where)}"
        state = rng.choices(list(STATES), [8, 60, 12, 6, 14])[0]
        share = rng.choices(list(SHARES), [25, 30, 20, 25])[0]
        people = [self.cast.person(lead) for _ in range(coordinators)]
        truth: dict[str, Any] = {"type": kind, "name": title, "territories": territories, "state": state}
        row.cells = {
            "type": rng.choice(spellings),
            "name": title,
            "territories": written,
            "state": rng.choice(STATES[state]),
            "share": rng.choice(SHARES[share]),
        }
        if lead is not None:
            row.cells["lead"] = respelled(rng, lead.name) if rng.random() < 0.3 else lead.name
            truth["lead"] = lead.key
        if people:
            row.cells["coordination"] = rng.choice([" / ", " ; ", "\n", " et "]).join(
                self.named(person) for person in people
            )
            truth["coordinators"] = [
                {"last_name": person.last_name, "first_name": person.first_name} for person in people
            ]
            truth["share"] = share
        if rng.random() < 0.6:
            # Most schemes have an address of their own; others give that of whoever coordinates.
            own = lead is not None and rng.random() < 0.6
            email = (
                f"{slug(sigle)}@{lead.domain}"
                if own and lead
                else self.cast.email(people[0])
                if people
                else ""
            )
            if email:
                row.cells["email"] = rng.choice([email, email.upper(), email + " ", f"mailto:{email}"])
                truth["email"] = email
        if rng.random() < 0.3:
            row.cells["service"] = rng.choice(["Santé", "santé", "Politique de la ville"])
            truth["service"] = "Politique de la ville" if "ville" in row.cells["service"] else "Santé"
        self.dates(row, truth, ended=state == "ended")
        self.elected(row, truth)
        row.cells |= values
        self.lines.append((row, {"outcome": "created", "scheme": truth}))
        return row

    def named(self, person: Person) -> str:
        last, first = person.last_name.upper(), person.first_name
        return self.rng.choice(
            [
                f"{last} {first}",
                f"{last} {first}",
                f"{first} {last}",
                f"{'Mme' if person.madam else 'M.'} {last} {first}",
                f"{unaccented(last)} {first}",
            ]
        )

    def dates(self, row: Row, truth: dict[str, Any], *, ended: bool) -> None:
        """A year alone begins on 1 January and ends on 31 December; so a month, on its own first and last day."""
        rng = self.rng
        start = date(rng.randrange(2005, 2024), rng.randrange(1, 13), rng.randrange(1, 28))
        if rng.random() < 0.8:
            roll = rng.random()
            if roll < 0.35:
                row.cells["starts"], truth["starts_on"] = start.year, f"{start.year}-01-01"
            elif roll < 0.5:
                row.cells["starts"], truth["starts_on"] = f"{start:%m/%Y}", start.replace(day=1).isoformat()
            elif roll < 0.6:
                row.cells["starts"], truth["starts_on"] = (
                    f"{MONTHS[start.month - 1]} {start.year}",
                    start.replace(day=1).isoformat(),
                )
            else:
                cell, iso = date_cell(rng, start)
                if (
                    isinstance(cell, str) and len(cell) == 8
                ):  # two digits for the year: the century is not at stake here
                    cell, iso = start, start.isoformat()
                row.cells["starts"], truth["starts_on"] = cell, iso
        if ended or rng.random() < 0.3:
            year = start.year + rng.randrange(1, 4)
            if rng.random() < 0.5:
                row.cells["ends"], truth["ends_on"] = year, f"{year}-12-31"
            else:
                row.cells["ends"], truth["ends_on"] = date(year, 12, 15), f"{year}-12-15"

    def elected(self, row: Row, truth: dict[str, Any]) -> None:
        rng = self.rng
        roll = rng.random()
        if roll < 0.35:
            person = self.cast.person(None)
            title = "Mme" if person.madam else "M."
            row.cells["elected"] = rng.choice(
                [
                    f"{title} {person.last_name.upper()} {person.first_name}",
                    f"{person.first_name} {person.last_name.upper()}",
                    f"{title} {person.last_name.upper()} {person.first_name}, adjoint·e à la santé",
                ]
            )
            truth["elected"] = {"last_name": person.last_name, "first_name": person.first_name}
        elif roll < 0.42:
            row.cells["elected"] = rng.choice(["M. le Maire", "à désigner", "?"])
            row.problem("Élu.e référent.e", "nobody_named")

    # -- the lines --------------------------------------------------------------------------------------

    def compose(self) -> None:
        kinds = list(TYPES)
        for number, code in enumerate(TOWNS):
            place = PLACE_BY_CODE[code]
            forms = [
                f"{place.name} ({place.department})",
                code,
                f"{place.name.upper()} ({place.department})",
                f"{place.name}, {DEPARTMENTS[place.department][0]}",
            ]
            self.scheme(
                kinds[number % 3], place.name, [["commune", code]], self.rng.choice(forms), self.towns[code]
            )
        for number, (level, code, written, lead) in enumerate(GROUPS):
            self.scheme(
                kinds[1 + number % 2],
                lead,
                [[level, code]],
                written,
                self.leads[lead],
                coordinators=1 + number % 2,
            )
        for one, other in [("59512", "59599"), ("93001", "93055"), ("69256", "69259"), ("97416", "97411")]:
            places = [PLACE_BY_CODE[code] for code in (one, other)]
            written = self.rng.choice([" ; ", "\n", " / "]).join(
                f"{place.name} ({place.department})" for place in places
            )
            self.scheme(
                kinds[1],
                f"{places[0].name} et {places[1].name}",
                [["commune", one], ["commune", other]],
                written,
                self.towns[one],
                tag="two_territories",
                coordinators=2,
            )
        for department in ["07", "09", "974", "2B"]:
            name = DEPARTMENTS[department][0]
            self.scheme(
                kinds[3],
                name,
                [["departement", department]],
                f"{department} - {name}",
                None,
                tag="department",
            )
        for place in [PLACE_BY_CODE[code] for code in ("44184", "22278", "73065")]:
            self.scheme(
                kinds[4],
                place.name,
                [["commune", place.code]],
                f"{place.name} ({place.department})",
                self.towns[place.code],
                coordinators=0,
                tag="no_coordinator",
            )
        self.second_lines()
        self.hard_lines()

    def second_lines(self) -> None:
        """The same scheme again, for its second coordinator: it folds into the first line."""
        for row, entry in self.lines[3:23:5]:
            truth = entry["scheme"]
            person = self.cast.person(None)
            twin = Row("scheme", "", group=row.group, tags=["second_coordinator"])
            twin.cells = {
                "type": truth["type"],
                "name": respelled(self.rng, truth["name"]).replace("’", "'"),
                "territories": row.cells["territories"],
                "coordination": self.named(person),
            }
            truth["coordinators"] = [
                *truth.get("coordinators", []),
                {"last_name": person.last_name, "first_name": person.first_name},
            ]
            self.lines.append((twin, {"outcome": "merged"}))

    def hard_lines(self) -> None:
        kinds = list(TYPES)
        towns = self.towns
        row = self.scheme(
            kinds[0], "Saint-Denis", [], "Saint-Denis", towns["93066"], tag="ambiguous_territory"
        )
        row.problem("Territoire(s)", "ambiguous_place")
        row = self.scheme(kinds[1], "Sainte-Colombe", [], "Sainte-Colombe", None, tag="ambiguous_territory")
        row.problem("Territoire(s)", "ambiguous_place")
        row = self.scheme(
            kinds[2], "Nulle-Part", [], "Nulle-Part-les-Oies (99)", None, tag="unknown_territory"
        )
        row.problem("Territoire(s)", "unknown_place")
        for text, code in [("poste vacant", "21231"), ("en cours de recrutement", "76540"), ("?", "80021")]:
            town = towns[code]
            row = self.scheme(
                kinds[1],
                town.place.name,
                [["commune", code]],
                f"{town.place.name} ({town.place.department})",
                town,
                coordinators=0,
                coordination=text,
                tag="nobody",
            )
            row.problem("Coordination (NOM Prénom)", "nobody_named")
        town = towns["26362"]
        row = self.scheme(
            kinds[0],
            town.place.name,
            [["commune", "26362"]],
            "Valence (26)",
            town,
            tag="ends_before_it_starts",
            starts="01/09/2022",
            ends="31/12/2019",
        )
        self.lines[-1][1]["scheme"] |= {"starts_on": "2022-09-01"}
        self.lines[-1][1]["scheme"].pop("ends_on", None)
        row.problem("Fin", "ends_before_it_starts")
        for cell, column in [
            ({"territories": "Lyon (69)", "lead": "Ville de Lyon"}, "Type"),
            (
                {
                    "type": "Projet alimentaire territorial",
                    "name": "PAT du Bocage",
                    "territories": "Rennes (35)",
                },
                "Type",
            ),
            ({"type": "?", "coordination": "DUVAL Anne"}, "Type"),
        ]:
            self.lines.append(
                (Row("scheme", "", dict(cell), tags=["rejected"]), {"outcome": "rejected", "column": column})
            )


def write_schemes(path: Path, *, seed: int) -> dict[str, Any]:
    """Write the workbook and return its truth."""
    census = Census(seed)
    census.compose()
    order = list(census.lines)
    census.rng.shuffle(order)
    order.sort(key=lambda line: line[1]["outcome"] == "merged")
    workbook = Workbook(path, sheet="Démarches", headings=HEADINGS, titles=TITLES)
    not_data: list[dict[str, Any]] = [{"line": 1, "kind": "title"}, {"line": 2, "kind": "blank"}]
    first: dict[int, int] = {}
    lines = {}
    for number, (row, entry) in enumerate(order):
        if number in {18, 40}:
            kind = "blank" if number == 18 else "repeated_heading"
            not_data.append({"line": workbook.not_data({"kind": kind, "upper": True}), "kind": kind})
        row.line = workbook.row({name: value for name, value in row.cells.items() if value != ""})
        if row.group is not None:
            first.setdefault(id(row.group), row.line)
        if entry["outcome"] == "merged":
            entry = {"outcome": "merged", "into": first[id(row.group)]}
        lines[str(row.line)] = entry | {
            name: value for name, value in [("problems", row.problems), ("tags", row.tags)] if value
        }
    not_data.append(
        {"line": workbook.not_data({"kind": "total", "text": "Total", "count": len(lines)}), "kind": "total"}
    )
    workbook.close()
    outcomes = Counter(entry["outcome"] for entry in lines.values())
    made = [entry["scheme"] for entry in lines.values() if "scheme" in entry]
    people = {
        (fold(person["last_name"]), fold(person["first_name"]))
        for scheme in made
        for person in [*scheme.get("coordinators", []), *([scheme["elected"]] if "elected" in scheme else [])]
    }
    return {
        "seed": seed,
        "sheet": "Démarches",
        "heading_line": workbook.heading_line,
        "rows": len(lines),
        "counts": {
            name: outcomes.get(name, 0) for name in ["created", "updated", "unchanged", "merged", "rejected"]
        },
        "not_data": not_data,
        "totals": {
            "schemes": len(made),
            "persons": len(people),
            "organisations": len({scheme["lead"] for scheme in made if "lead" in scheme}),
            "by_type": dict(sorted(Counter(scheme["type"] for scheme in made).items())),
        },
        "lines": lines,
    }
