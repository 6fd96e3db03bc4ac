"""One line of the sheet, with what must be read from it, made together so that the truth is never read back."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from tests.messy import cells, words
from tests.messy.cast import Organisation, Person
from tests.messy.places import REGIONS, Place, region_of
from tests.messy.text import fold, respelled, unaccented


@dataclass(frozen=True)
class Formula:
    """A cell that Excel computes; `value` is what it shows. `{row}` in the text is its line, `{department}` a column's letter."""

    text: str
    value: Any


@dataclass(eq=False)
class Row:
    """A data line. Rows of one `group` are one person (or one organisation): the first makes it, the rest fold in."""

    kind: str
    section: str
    cells: dict[str, Any] = field(default_factory=dict)
    reading: dict[str, Any] = field(default_factory=dict)
    group: object = None
    rejected: str = ""
    problems: list[dict[str, str]] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    line: int = 0

    def problem(self, column: str, kind: str) -> None:
        self.problems.append({"column": column, "kind": kind})


class Scribe:
    """Writes people and organisations down as a busy association does."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def person(self, person: Person, *, tidy: bool = False) -> Row:
        """A line for this person. `tidy` keeps the identifying cells free of defects that would hide the case at hand."""
        section = person.organisation.section if person.organisation else "AUT"
        row = Row("person", section, group=person)
        row.reading = {"last_name": person.last_name, "first_name": person.first_name}
        self._names(row, person, tidy=tidy)
        if person.organisation is not None:
            self.organisation_cell(row, person.organisation, tidy=tidy)
            self._category(row, person.organisation)
        self._post(row, person)
        self._emails(row, person, tidy=tidy)
        self._phones(row, person, tidy=tidy)
        self._themes(row, person)
        if person.place is not None:
            self.place(row, person.place)
        self.newsletter(row, person.newsletter, tidy=tidy)
        self._dates_and_notes(row)
        return row

    def _names(self, row: Row, person: Person, *, tidy: bool) -> None:
        rng = self.rng
        last, first = person.last_name, person.first_name
        if tidy:
            row.cells |= {"last_name": last.upper(), "first_name": first}
        else:
            row.cells["last_name"] = rng.choices(
                [last.upper(), last, unaccented(last).upper(), last + " ", last.lower()], [52, 30, 10, 5, 3]
            )[0]
            row.cells["first_name"] = rng.choices(
                [first, first.upper(), unaccented(first), first.lower(), " " + first], [70, 8, 12, 6, 4]
            )[0]
        if rng.random() < 0.6:
            row.cells["civility"] = rng.choice(
                ["Mme", "Mme", "Madame", "MME", "Mme."]
                if person.madam
                else ["M.", "M.", "Monsieur", "M", "Mr"]
            )
            row.reading["civility"] = "mme" if person.madam else "m"

    def organisation_cell(self, row: Row, organisation: Organisation, *, tidy: bool = False) -> None:
        name = organisation.name
        if not tidy and self.rng.random() < 0.3:
            name = respelled(self.rng, name)
        row.cells["organisation"] = name
        row.reading["organisation"] = organisation.key

    def _category(self, row: Row, organisation: Organisation) -> None:
        roll = self.rng.random()
        if roll < 0.62:
            row.cells["category"] = self.rng.choice(words.CATEGORY_SPELLINGS[organisation.category])
            row.reading["category"] = organisation.category

    def _post(self, row: Row, person: Person) -> None:
        rng = self.rng
        if not person.title:
            return
        others, function, sure = next(
            entry[2:]
            for entry in words.TITLES.values()
            if person.title in entry[:2] or person.title in entry[2]
        )
        title = person.title
        if rng.random() < 0.3:
            title = rng.choice(others)
        if rng.random() < 0.1:
            title = rng.choice([title.upper(), title.lower(), title + " "])
        row.cells["title"] = title
        row.reading["title"] = " ".join(title.split())
        if function:
            row.reading["function" if sure else "function_likely"] = function
        if rng.random() < 0.22:
            row.cells["service"], service = rng.choice(words.SERVICES)
            if service:
                row.reading["service"] = service
        scheme = {"asv": "ASV", "cls": "CLS", "clsm": "CLSM", "cpts": "CPTS"}.get(title.split()[-1].lower())
        if scheme and rng.random() < 0.5:
            row.cells["scheme"], types = rng.choice([entry for entry in words.SCHEMES if scheme in entry[1]])
            row.reading["schemes"] = types

    def _emails(self, row: Row, person: Person, *, tidy: bool) -> None:
        rng = self.rng
        if person.emails:
            row.cells["email"] = (
                cells.emails_cell(rng, person.emails, name=person.full_name) if not tidy else person.emails[0]
            )
            row.reading["emails"] = person.emails[: 1 if tidy else None]
        elif not tidy and rng.random() < 0.24:
            row.cells["email"] = rng.choice(cells.BAD_EMAILS)
            row.problem("Mail", "bad_email")

    def _phones(self, row: Row, person: Person, *, tidy: bool) -> None:
        rng = self.rng
        fixed, mobile = list(person.phones), list(person.mobiles)
        if fixed and mobile and not tidy and rng.random() < 0.18:
            row.cells["phone"] = cells.phones_cell(rng, [*fixed, *mobile])
        else:
            if mobile and not fixed and rng.random() < 0.3:
                fixed, mobile = mobile, fixed
            if fixed:
                row.cells["phone"] = cells.phones_cell(rng, fixed)
            if mobile:
                row.cells["mobile"] = cells.phones_cell(rng, mobile)
        if person.phones or person.mobiles:
            row.reading["phones"] = [cells.e164(number) for number in [*person.phones, *person.mobiles]]
        elif not tidy and rng.random() < 0.08:
            row.cells["phone"] = rng.choice(cells.BAD_PHONES)
            row.problem("Tél", "bad_phone")

    def _themes(self, row: Row, person: Person) -> None:
        rng = self.rng
        parts: list[str] = []
        if person.themes:
            parts = [cells.theme_cell(rng, [key]) for key in person.themes]
            row.reading["themes"] = list(person.themes)
        roll = rng.random()
        if roll < 0.055:
            text, nearest = rng.choice(words.THEME_TYPOS)
            parts.append(text)
            row.reading["unknown_themes"] = [{"text": text, "nearest": nearest}]
        elif roll < 0.085:
            text = rng.choice(words.UNKNOWN_THEMES)
            parts.append(text)
            row.reading["unknown_themes"] = [{"text": text, "nearest": None}]
        elif roll < 0.105:
            text, key = rng.choice(
                [entry for entry in words.THEME_ABBREVIATIONS if entry[1] not in person.themes]
                or [("EIS", "x")]
            )
            if key != "x":
                parts.append(text)
                row.reading["either_themes"] = [{"text": text, "theme": key}]
        if row.reading.get("unknown_themes"):
            row.problem("Thématiques", "unknown_theme")
        if parts:
            rng.shuffle(parts)
            row.cells["themes"] = cells.join_themes(rng, parts)

    def place(self, row: Row, place: Place) -> None:
        """Address, postal code, town, department and region: all, some or none, and what department that proves."""
        rng = self.rng
        shape = rng.choices(
            ["full", "town+dept", "postcode", "dept", "region", "cedex", "none"], [44, 15, 14, 12, 4, 4, 7]
        )[0]
        region = region_of(place.department)
        if shape in {"full", "cedex"} and rng.random() < 0.6:
            row.cells["address"] = rng.choice(
                [
                    "12 rue des Lilas",
                    "1 place de l'Hôtel-de-Ville",
                    "4 bis, av. Jean-Jaurès",
                    "BP 120",
                    "Hôtel de ville\n2 place du Marché",
                    "8 boulevard de la République",
                ]
            )
        if shape in {"full", "postcode"}:
            row.cells["postcode"] = cells.postcode_cell(rng, place.postcode)
        if shape in {"full", "town+dept"} or (shape == "postcode" and rng.random() < 0.5):
            row.cells["city"] = cells.city_cell(rng, place)
        if shape == "cedex":
            row.cells["postcode"] = place.postcode[:-1] + "9" if place.postcode[-1] != "9" else place.postcode
            row.cells["city"] = f"{unaccented(place.name).upper().replace('-', ' ')} CEDEX" + rng.choice(
                ["", "", " 1", " 09"]
            )
        if shape in {"town+dept", "dept", "cedex"} or (shape == "full" and rng.random() < 0.75):
            row.cells["department"] = cells.department_cell(rng, place.department)
        if shape == "region":
            row.cells["region"] = cells.region_cell(rng, region)
            row.reading["region"] = region
        elif shape != "none":
            row.reading["department"] = place.department
            if shape in {"full", "town+dept"}:
                row.reading["commune"] = place.code
            roll = rng.random()
            if row.cells.get("department") == place.department and roll < 0.75:
                row.cells["region"] = Formula(
                    '=IFERROR(VLOOKUP({department}{row},Listes!$A$2:$B$80,2,FALSE),"")', REGIONS[region]
                )
            elif roll < 0.3:
                row.cells["region"] = cells.region_cell(rng, region)

    def newsletter(self, row: Row, state: str | None, *, tidy: bool = False) -> None:
        if state is not None:
            row.cells["newsletter"] = cells.newsletter_cell(self.rng, state)
            row.reading["newsletter"] = state
        elif not tidy and self.rng.random() < 0.025:
            row.cells["newsletter"] = self.rng.choice(cells.UNCLEAR_NEWSLETTER)
            row.problem("Newsletter O/N", "unclear_newsletter")

    def _dates_and_notes(self, row: Row) -> None:
        rng = self.rng
        if rng.random() < 0.7:
            row.cells["updated"], row.reading["verified_on"] = cells.date_cell(rng, cells.random_day(rng))
        elif rng.random() < 0.05:
            row.cells["updated"] = rng.choice(cells.BAD_DATES)
            row.problem("Maj le", "bad_date")
        if rng.random() < 0.2:
            row.cells["notes"] = rng.choice(words.COMMENTS)

    def organisation(self, organisation: Organisation, *, email: str = "", phone: str = "") -> Row:
        """A line that names a structure and nobody."""
        rng = self.rng
        row = Row("organisation", organisation.section, group=organisation)
        self.organisation_cell(row, organisation)
        self._category(row, organisation)
        if email:
            row.cells["email"] = cells.emails_cell(rng, [email], name=organisation.name)
            row.reading["emails"] = [email]
        if phone:
            row.cells["phone"] = cells.phone_cell(rng, phone)
            row.reading["phones"] = [cells.e164(phone)]
        self.place(row, organisation.place)
        self._dates_and_notes(row)
        return row


def differs(one: str, other: str) -> bool:
    """Whether two filled cells say two things: gender, inclusive writing and case of a title do not count."""
    return _title_key(one) != _title_key(other)


def _title_key(title: str) -> str:
    for feminine, masculine, others, _, sure in words.TITLES.values():
        alike = [feminine, masculine, *others] if sure else [feminine, masculine]
        if fold(title) in {fold(writing) for writing in alike}:
            return fold(masculine)
    return fold(title)
