"""How a person types one value into a spreadsheet: each function gives the cell and what it must be read as."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from tests.messy import words
from tests.messy.places import DEPARTMENTS, REGION_SPELLINGS, REGIONS, Place
from tests.messy.text import respelled, unaccented


MONTHS = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]
EXCEL_EPOCH = date(1899, 12, 30)

#: Country code of the numbers that are written with these first digits; anything else is France's own plan.
OVERSEAS = {"0262": "262", "0692": "262", "0269": "262", "0639": "262", "0590": "590", "0690": "590", "0594": "594", "0694": "594", "0596": "596", "0696": "596"}  # fmt: skip

#: Numbers that the French regulator keeps for fiction; overseas has none, so those begin with 00 after the prefix.
FICTION_FIXED = {"1": "019900", "2": "026191", "3": "035301", "4": "046571", "5": "053649"}
FICTION_MOBILE = "063998"
OVERSEAS_FIXED = {"974": "0262001", "971": "0590271", "972": "0596501", "973": "0594251", "976": "0269601"}
OVERSEAS_MOBILE = {"974": "0692001", "971": "0690001", "972": "0696001", "973": "0694001", "976": "0639001"}


class Phones:
    """Gives out invented national numbers of ten digits, each once."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.given: set[str] = set()

    def take(self, department: str, *, mobile: bool) -> str:
        if department in OVERSEAS_FIXED:
            start = (OVERSEAS_MOBILE if mobile else OVERSEAS_FIXED)[department]
        elif mobile:
            start = FICTION_MOBILE
        else:
            start = FICTION_FIXED[_zone(department)]
        while True:
            number = start + "".join(self.rng.choices("0123456789", k=10 - len(start)))
            if number not in self.given:
                self.given.add(number)
                return number


def _zone(department: str) -> str:
    """The first digit after the zero of a fixed number: 1 Île-de-France, 2 north-west, 3 north-east, 4 and 5 south."""
    region = DEPARTMENTS[department][1] if department in DEPARTMENTS else "11"
    return {
        "11": "1",
        "28": "2",
        "53": "2",
        "52": "2",
        "24": "2",
        "32": "3",
        "44": "3",
        "27": "3",
        "84": "4",
        "93": "4",
        "94": "4",
    }.get(region, "5")


def e164(number: str) -> str:
    """A national number of ten digits as ITU-T E.164."""
    fiction = number[:6] in {*FICTION_FIXED.values(), FICTION_MOBILE}
    return "+" + ("33" if fiction else OVERSEAS.get(number[:4], "33")) + number[1:]


def phone_cell(rng: random.Random, number: str) -> Any:
    """One number as people and Excel write it; an integer has lost its zero."""
    pairs = [number[i : i + 2] for i in range(0, 10, 2)]
    country = e164(number)[1:-9]
    rest = number[1:]
    spaced = f"{rest[0]} {rest[1:3]} {rest[3:5]} {rest[5:7]} {rest[7:9]}"
    if country != "33":
        spaced = f"{rest[:3]} {rest[3:5]} {rest[5:7]} {rest[7:9]}"
    forms: list[tuple[Any, int]] = [
        (" ".join(pairs), 34),
        (".".join(pairs), 13),
        (number, 10),
        ("-".join(pairs), 4),
        (f"+{country} {spaced}", 8),
        (f"+{country} (0){spaced}", 6),
        (f"00{country}{rest}", 4),
        (f"00 {country} {spaced}", 2),
        (int(rest), 9),
        (rest, 2),
        ("\u00a0".join(pairs), 3),
        (f"(+{country}) {spaced}", 1),
        ("/".join(pairs), 1),
        (f" {' '.join(pairs)} ", 2),
        (f"Tél. : {' '.join(pairs)}", 1),
        (f"{number[:4]} {number[4:6]} {number[6:8]} {number[8:]}", 3),
        (int(country + rest), 1),
    ]
    if number[1] not in "67":
        forms += [(f"{' '.join(pairs)} poste 12", 2), (f"{' '.join(pairs)} (standard)", 1)]
    return rng.choices([form for form, _ in forms], [weight for _, weight in forms])[0]


def phones_cell(rng: random.Random, numbers: Sequence[str]) -> Any:
    """One number or several in one cell."""
    if len(numbers) == 1:
        return phone_cell(rng, numbers[0])
    pairs = [" ".join(number[i : i + 2] for i in range(0, 10, 2)) for number in numbers]
    if rng.random() < 0.2:
        pairs = [".".join(number.split(" ")) for number in pairs]
    return rng.choice([" / ", " ; ", "\n", ", ", " ou "]).join(pairs)


BAD_PHONES = ["01 42 33", "voir secrétariat", "06 39 98 12", "à demander", "?", "-", "liste rouge"]
BAD_EMAILS = [
    "jean.dupont@",
    "à compléter",
    "?",
    "pas de mail",
    "prenom.nom(at)ville.example",
    "@ville.example",
    "contact ville.example",
    "marie@@asso.example",
    "xx",
    "s.martin@asso,example",
]


def emails_cell(rng: random.Random, emails: Sequence[str], *, name: str) -> str:
    """One or several addresses, in any case, with what mail programs and hands add around them."""
    if len(emails) > 1:
        written = [email.upper() if rng.random() < 0.15 else email for email in emails]
        return rng.choice([" ; ", ";", ", ", " / ", "\n", " "]).join(written)
    email = emails[0]
    local, _, domain = email.partition("@")
    forms = [
        (email, 52),
        (email.upper(), 6),
        (f"{local.title()}@{domain}", 8),
        (f"{local}@{domain.upper()}", 2),
        (email + " ", 8),
        ("\u00a0" + email, 2),
        (f"mailto:{email}", 4),
        (f"{name} <{email}>", 5),
        (f'"{name}" <{email}>', 1),
        (email + ";", 2),
        (f"<{email}>", 1),
        (email + "\n", 1),
    ]
    return rng.choices([form for form, _ in forms], [weight for _, weight in forms])[0]


def date_cell(rng: random.Random, day: date) -> tuple[Any, str]:
    """A day as a true date, a serial number or text; with the ISO date that it must be read as."""
    kind = rng.choices(["date", "serial", "text", "short", "dots", "iso", "month"], [58, 12, 14, 5, 3, 3, 5])[
        0
    ]
    written: dict[str, Any] = {
        "date": day,
        "serial": (day - EXCEL_EPOCH).days,
        "text": f"{day:%d/%m/%Y}",
        "short": f"{day:%d/%m/%y}",
        "dots": f"{day:%d.%m.%Y}",
        "iso": day.isoformat(),
        "month": f"{MONTHS[day.month - 1]} {day.year}",
    }
    return written[kind], (day.replace(day=1) if kind == "month" else day).isoformat()


BAD_DATES = ["été 2023", "31/02/2024", "?", "non daté"]


def random_day(rng: random.Random, start: date = date(2019, 1, 7), end: date = date(2025, 11, 28)) -> date:
    return start + timedelta(days=rng.randrange((end - start).days))


def theme_cell(rng: random.Random, keys: Sequence[str]) -> str:
    """Themes under their labels, spelt in ways that fold to them; a comma parts only labels that hold none."""
    labels = dict(words.THEME_LABELS)
    written = []
    for key in keys:
        label = labels[key]
        variants = words.THEME_VARIANTS.get(key, [])
        roll = rng.random()
        if roll < 0.45:
            written.append(label)
        elif roll < 0.65 and variants:
            written.append(rng.choice(variants))
        else:
            written.append(
                rng.choice(
                    [label.upper(), label.lower(), unaccented(label), label.replace("'", "’"), label + " "]
                )
            )
    return join_themes(rng, written)


def join_themes(rng: random.Random, written: Sequence[str]) -> str:
    separators = [" ; ", ";", "\n", " / "]
    if not any("," in part for part in written):
        separators += [", ", ", ", ","]
    if any("/" in part for part in written):
        separators = [" ; ", "\n"]
    return rng.choice(separators).join(written)


def department_cell(rng: random.Random, code: str) -> Any:
    """A department by its code, its number or its name."""
    name = DEPARTMENTS[code][0]
    forms: list[tuple[Any, int]] = [(code, 40), (f"{code} - {name}", 8), (name, 10), (name.upper(), 4), (unaccented(name).replace("-", " "), 4), (f"{code} ", 3), (f"({code})", 1)]  # fmt: skip
    if code.isdigit():
        forms += [(int(code), 28), (f"{code}.0" if not code.startswith("0") else str(int(code)), 3)]
    else:
        forms += [(code.lower(), 8)]
    if code == "974":
        forms += [("Réunion", 6)]
    return rng.choices([form for form, _ in forms], [weight for _, weight in forms])[0]


def postcode_cell(rng: random.Random, postcode: str) -> Any:
    """A postal code as text, as a number (its first zero is lost) or with a space."""
    forms: list[tuple[Any, int]] = [
        (postcode, 45),
        (int(postcode), 45),
        (f"{postcode[:2]} {postcode[2:]}", 4),
        (f"F-{postcode}", 1),
    ]
    if postcode.startswith("0"):
        forms.append((str(int(postcode)), 10))
    return rng.choices([form for form, _ in forms], [weight for _, weight in forms])[0]


def city_cell(rng: random.Random, place: Place) -> str:
    return place.name if rng.random() < 0.55 else respelled(rng, place.name)


def region_cell(rng: random.Random, code: str) -> str:
    if rng.random() < 0.5 or code not in REGION_SPELLINGS:
        return REGIONS[code]
    return rng.choice(REGION_SPELLINGS[code])


NEWSLETTER = {
    "consent": (["O", "o", "Oui", "oui", "OUI", "O "], [60, 5, 15, 12, 5, 3]),
    "opposed": (
        ["N", "Non", "NON", "n", "ne souhaite plus", "désinscrit", "désinscrite le 12/03/2024", "Ne souhaite plus recevoir la lettre", "STOP", "refus", "N "],
        [38, 18, 6, 4, 10, 8, 4, 5, 3, 3, 3],
    ),
}  # fmt: skip
#: Neither consent nor refusal: nothing is written, the person who imports is told.
UNCLEAR_NEWSLETTER = ["N/A", "?", "à voir", "NR", "non renseigné"]


def newsletter_cell(rng: random.Random, state: str) -> str:
    forms, weights = NEWSLETTER[state]
    return rng.choices(forms, weights)[0]
