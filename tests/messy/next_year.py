"""The file of the year after: the same people, fewer cells, some of them changed, and a few new people."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.messy import cells, words
from tests.messy.book import Workbook
from tests.messy.cast import Organisation, Person
from tests.messy.contacts import Composer
from tests.messy.places import PLACES
from tests.messy.rows import Row, differs
from tests.messy.text import respelled, slug, unaccented


HEADINGS = {
    "organisation": "Organisme", "last_name": "Nom de famille", "first_name": "PRÉNOM", "title": "Fonction", "email": "Courriel",
    "phone": "Téléphone", "themes": "Thématique(s)", "postcode": "Code postal", "city": "Commune", "department": "Département",
    "newsletter": "Newsletter", "notes": "Remarques",
}  # fmt: skip
TITLES = ["Contacts 2026 (retours des coordinations)", ""]

Known = tuple[Row, dict[str, Any]]


class NextYear:
    """Takes people of the first file, each once, and writes what this year's file says of them."""

    def __init__(self, composer: Composer, known: Sequence[Known], *, seed: int) -> None:
        self.rng = random.Random(seed)
        self.composer = composer
        self.lines: list[tuple[Row, dict[str, Any]]] = []
        self.spelling = {organisation.key: organisation for organisation in composer.organisations}
        self.named = {record["organisation"] for _, record in known if record.get("organisation")}
        self.pool = [(row, record) for row, record in known if self._plain(row, record)]
        self.rng.shuffle(self.pool)

    def _plain(self, row: Row, record: dict[str, Any]) -> bool:
        """Whether this person stands alone: no case of the first file hangs on them."""
        return row.kind == "person" and not row.tags and record.get("organisation") in self.spelling

    def take(self, **wanted: bool) -> Known:
        """The next person whose record holds, or lacks, these fields."""
        for index, (_, record) in enumerate(self.pool):
            if all(bool(record.get(name)) == held for name, held in wanted.items()):
                return self.pool.pop(index)
        raise LookupError(wanted)

    def says(self, known: Known, outcome: str, *, tag: str, addressed: bool = True, **values: Any) -> Row:
        """A line about a known person: name, organisation, the e-mail we have if `addressed`, and the cells given."""
        base, record = known
        rng = self.rng
        row = Row("person", "", group=base, tags=[tag])
        last, first = record["last_name"], record["first_name"]
        row.cells = {
            "last_name": rng.choice([last, last.upper(), unaccented(last).upper()]),
            "first_name": rng.choice([first, first, unaccented(first)]),
            "organisation": respelled(rng, self.spelling[record["organisation"]].name),
        }
        if addressed and record.get("emails"):
            row.cells["email"] = rng.choice(
                [record["emails"][0], record["emails"][0].upper(), record["emails"][0] + " "]
            )
        row.cells |= values
        self.lines.append((row, {"outcome": outcome, "base": base.line, "person": dict(record)}))
        return row

    def conflict(self, column: str, kept: Any, offered: Any) -> None:
        self.lines[-1][1]["conflict"] = {"column": column, "kept": kept, "offered": offered}

    # -- nothing new ------------------------------------------------------------------------------------

    def unchanged(self, count: int) -> None:
        for number in range(count):
            known = self.take(emails=True)
            record = known[1]
            values: dict[str, Any] = {}
            if record.get("phones"):
                values["phone"] = self.international(record["phones"][0])
            if record.get("themes") and number % 2:
                values["themes"] = cells.theme_cell(self.rng, record["themes"][:2])
            if record.get("newsletter"):
                values["newsletter"] = cells.newsletter_cell(self.rng, record["newsletter"])
            if record.get("department") and number % 3 == 0:
                values["department"] = cells.department_cell(self.rng, record["department"])
            if record.get("title") and number % 4 == 0:
                values["title"] = record["title"].upper()
            self.says(known, "unchanged", tag="unchanged", **values)
        for _ in range(20):
            self.says(self.take(), "unchanged", tag="blank_cells", addressed=False)
        for _ in range(6):
            known = self.take(emails=True)
            self.says(known, "unchanged", tag="email_only").cells = {"email": known[1]["emails"][0].upper()}
        for _ in range(8):
            self.says(self.take(newsletter=True, phones=True), "unchanged", tag="blank_cells")

    def international(self, number: str) -> str:
        """An E.164 number written in some other way; France's own lose the country."""
        if number.startswith("+33") and self.rng.random() < 0.7:
            return "0" + number[3:]
        return f"{number[:-9]} {number[-9:-6]} {number[-6:-3]} {number[-3:]}"

    # -- something else -----------------------------------------------------------------------------------

    def conflicting(self) -> None:
        for _ in range(15):
            known = self.take(emails=True, phones=True)
            number = self.fresh_phone(known)
            self.says(known, "unchanged", tag="other_phone", phone=cells.phone_cell(self.rng, number))
            self.conflict("Téléphone", known[1]["phones"], [cells.e164(number)])
        for _ in range(10):
            known = self.take(emails=True, title=True)
            title = next(
                text
                for text in ["Directrice", "Chargée de mission santé", "Formatrice"]
                if differs(text, known[1]["title"])
            )
            self.says(known, "unchanged", tag="other_title", title=title)
            self.conflict("Fonction", known[1]["title"], title)
        for _ in range(5):
            known = self.take(emails=True)
            other = self.rng.choice(
                [
                    organisation
                    for key, organisation in self.spelling.items()
                    if key in self.named - {known[1]["organisation"]}
                ]
            )
            self.says(known, "unchanged", tag="other_organisation", organisation=other.name)
            self.conflict("Organisme", known[1]["organisation"], other.key)
        for _ in range(5):
            known = self.take(emails=True)
            email = f"{slug(known[1]['first_name'])[0]}.{slug(known[1]['last_name'])}@nouveau.example"
            self.says(known, "unchanged", tag="other_email", email=email)
            self.conflict("Courriel", known[1]["emails"], [email])

    def fresh_phone(self, known: Known) -> str:
        department = known[1].get("department") or self.spelling[known[1]["organisation"]].place.department
        return self.composer.cast.phones.take(department, mobile=self.rng.random() < 0.5)

    def updated(self) -> None:
        for _ in range(12):
            known = self.take(emails=True, phones=False)
            number = self.fresh_phone(known)
            self.says(known, "updated", tag="first_phone", phone=cells.phone_cell(self.rng, number))
            self.now(phones=[cells.e164(number)])
        for _ in range(10):
            known = self.take(emails=False)
            email = f"{slug(known[1]['first_name'])}.{slug(known[1]['last_name'])}@{self.spelling[known[1]['organisation']].domain}"
            self.says(known, "updated", tag="first_email", email=email)
            self.now(emails=[email])
        for _ in range(8):
            known = self.take(emails=True, themes=True)
            themes = known[1]["themes"]
            key = next(key for key in words.FREQUENT_THEMES if key not in themes)
            self.says(
                known,
                "updated",
                tag="one_more_theme",
                themes=" ; ".join(dict(words.THEME_LABELS)[name] for name in [*themes, key]),
            )
            self.now(themes=[*themes, key])
        for _ in range(5):
            known = self.take(emails=True, phones=True)
            number = self.fresh_phone(known)
            written = " / ".join([*(self.international(phone) for phone in known[1]["phones"]), number])
            self.says(known, "updated", tag="one_more_phone", phone=written)
            self.now(phones=[*known[1]["phones"], cells.e164(number)])

    def now(self, **values: Any) -> None:
        self.lines[-1][1]["person"] |= values

    def newsletters(self) -> None:
        for _ in range(8):
            known = next(
                known
                for known in self.pool
                if known[1].get("newsletter") == "opposed" and known[1].get("emails")
            )
            self.pool.remove(known)
            row = self.says(
                known, "unchanged", tag="refusal_stays", newsletter=self.rng.choice(["O", "Oui", "oui"])
            )
            row.problem("Newsletter", "refusal_kept")
        for number in range(6):
            wanted = None if number % 2 else "consent"
            known = next(
                known
                for known in self.pool
                if known[1].get("newsletter") == wanted and known[1].get("emails")
            )
            self.pool.remove(known)
            self.says(
                known, "updated", tag="refuses_now", newsletter=cells.newsletter_cell(self.rng, "opposed")
            )
            self.now(newsletter="opposed")
        for _ in range(4):
            self.says(self.take(emails=True, newsletter=False), "updated", tag="consents_now", newsletter="O")
            self.now(newsletter="consent")

    # -- new lines -----------------------------------------------------------------------------------------

    def newcomers(self) -> None:
        places = self.rng.sample(PLACES[:40], 6)
        houses = [
            Organisation(
                f"Maison sport-santé {place.name}",
                "ASS",
                "ASS",
                place,
                f"mss-{slug(place.name)}{place.department}.example",
                ["directrice"],
            )
            for place in places
        ]
        for number in range(30):
            organisation = houses[number % 6] if number < 8 else self.composer.somewhere()
            person = self.composer.someone(organisation=organisation, email=True)
            person.emails = person.emails[: number % 6]  # one in six comes without
            row = self._newcomer(person)
            if number < 3:
                self._twin(row, person)
        for known in [self.take(emails=True), self.take(emails=True)]:
            near = self.says(known, "created", tag="near_name", addressed=False)
            near.cells["last_name"] += "t" if not known[1]["last_name"].endswith("t") else "s"
            near.group = object()
            entry = self.lines[-1][1]
            entry["person"] = {
                "last_name": near.cells["last_name"],
                "first_name": known[1]["first_name"],
                "organisation": known[1]["organisation"],
            }
            entry["near"] = entry.pop("base")
        for known in [self.take(emails=True), self.take(emails=True)]:
            self.says(known, "unchanged", tag="twice")
            self.says(known, "merged", tag="twice")
        hollow: list[dict[str, Any]] = [
            {"phone": "01 99 00 00 01", "notes": "numéro relevé sur une feuille"},
            {"postcode": 93200, "city": "Saint-Denis", "newsletter": "O"},
        ]
        for cell in hollow:
            self.lines.append(
                (
                    Row("rejected", "", cell, rejected="Nom de famille"),
                    {"outcome": "rejected", "column": "Nom de famille"},
                )
            )

    def _newcomer(self, person: Person) -> Row:
        written = self.composer.scribe.person(person, tidy=True)
        row = Row("person", "", group=person, tags=["newcomer"])
        keep = {
            "last_name",
            "first_name",
            "organisation",
            "title",
            "email",
            "newsletter",
            "department",
            "postcode",
            "city",
        }
        row.cells = {name: value for name, value in written.cells.items() if name in keep}
        record = {
            name: value
            for name, value in written.reading.items()
            if name
            in {
                "last_name",
                "first_name",
                "organisation",
                "title",
                "function",
                "function_likely",
                "emails",
                "newsletter",
            }
        }
        if {"department", "postcode", "city"} & set(row.cells):
            record |= {
                name: written.reading[name] for name in ["department", "commune"] if name in written.reading
            }
        self.lines.append((row, {"outcome": "created", "person": record}))
        return row

    def _twin(self, row: Row, person: Person) -> None:
        organisation = person.organisation
        twin = Row("person", "", group=row.group, tags=["newcomer_twice"])
        twin.cells = {
            "last_name": unaccented(person.last_name).upper(),
            "first_name": person.first_name,
            "organisation": respelled(self.rng, organisation.name) if organisation else "",
        }
        self.lines.append((twin, {"outcome": "merged"}))


def write_next_year(
    path: Path, composer: Composer, known: Sequence[Known], *, seed: int, opposed: int, rows: int = 200
) -> dict[str, Any]:
    """Write the file and return its truth. `opposed` is how many the first file left opposed."""
    year = NextYear(composer, known, seed=seed)
    year.newsletters()
    year.updated()
    year.conflicting()
    year.newcomers()
    year.unchanged(rows - len(year.lines) - 34)
    workbook = Workbook(path, sheet="Feuil1", headings=HEADINGS, titles=TITLES)
    not_data = [{"line": 1, "kind": "title"}, {"line": 2, "kind": "blank"}]
    lines: dict[str, dict[str, Any]] = {}
    conflicts: list[dict[str, Any]] = []
    near: list[list[int]] = []
    first: dict[int, int] = {}
    for row, entry in _shuffled(year.rng, year.lines):
        if len(lines) == rows // 2:
            not_data.append({"line": workbook.not_data({"kind": "blank"}), "kind": "blank"})
        row.line = workbook.row(row.cells)
        if entry["outcome"] == "merged":
            entry = {"outcome": "merged", "into": first[id(row.group)]}
        first.setdefault(id(row.group), row.line)
        if "conflict" in entry:
            conflicts.append({"line": row.line, **entry.pop("conflict")})
        if "near" in entry:
            near.append([row.line, entry["near"]])
        lines[str(row.line)] = entry | {
            name: value for name, value in [("problems", row.problems), ("tags", row.tags)] if value
        }
    workbook.close()
    outcomes = Counter(entry["outcome"] for entry in lines.values())
    created = [entry["person"] for entry in lines.values() if entry["outcome"] == "created"]
    before = {record.get("organisation") for _, record in known}
    tags = Counter(tag for entry in lines.values() for tag in entry.get("tags", []))
    return {
        "seed": seed,
        "sheet": "Feuil1",
        "heading_line": workbook.heading_line,
        "rows": len(lines),
        "counts": {
            name: outcomes.get(name, 0) for name in ["created", "updated", "unchanged", "merged", "rejected"]
        },
        "not_data": not_data,
        "uncertain_with_base": near,
        "conflicts": conflicts,
        "totals": {
            "persons": len(created),
            "organisations": len(
                {record["organisation"] for record in created if record.get("organisation")} - before
            ),
            "opposed_after": opposed
            + tags["refuses_now"]
            + sum(record.get("newsletter") == "opposed" for record in created),
        },
        "lines": lines,
    }


def _shuffled(
    rng: random.Random, lines: list[tuple[Row, dict[str, Any]]]
) -> list[tuple[Row, dict[str, Any]]]:
    """Any order in which the first of two lines about one person stays first."""
    order = list(lines)
    rng.shuffle(order)
    order.sort(key=lambda line: line[1]["outcome"] == "merged")
    return order
