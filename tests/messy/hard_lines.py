"""Lines that name less than a person, places and themes that are hard to read, and lines that cannot enter."""

from __future__ import annotations

from functools import partial
from typing import Any

from tests.messy import cells, words
from tests.messy.cast import Organisation
from tests.messy.contacts import Composer
from tests.messy.places import MERGED_COMMUNES, PLACE_BY_CODE, PLACES
from tests.messy.rows import Formula, Row
from tests.messy.text import slug


def add_difficulties(composer: Composer) -> None:
    """Every case of this page, each in its share."""
    organisation_lines(composer)
    half_named(composer)
    hard_places(composer)
    hard_themes(composer)
    oddities(composer)
    rejected(composer)


def organisation_lines(composer: Composer) -> None:
    made = [
        Organisation(
            f"{kind} {place.name}", "ASS", "ASS", place, f"{slug(kind)}-{slug(place.name)}.example", []
        )
        for kind, start in [("Mission locale", 8), ("Maison des associations", 31), ("Point santé", 50)]
        for place in PLACES[start : start + 9]
    ]
    for number, organisation in enumerate(made):
        email = f"contact@{organisation.domain}" if number % 4 else ""
        phone = composer.cast.phones.take(organisation.place.department, mobile=False) if number % 3 else ""
        row = composer.scribe.organisation(organisation, email=email, phone=phone)
        row.tags.append("organisation_line")
        if number % 9 == 0:
            composer.scribe.newsletter(row, "opposed")
        composer.book.rows.append(row)
    for organisation in [*made[3:5], *composer.rng.sample(composer.organisations[:90], 8)]:
        row = composer.scribe.organisation(organisation)
        row.tags.append("organisation_line")
        composer.book.rows.append(row)


def half_named(composer: Composer) -> None:
    for _ in range(6):
        person = composer.cast.person(None)
        email = f"{slug(person.last_name)}{composer.rng.randrange(10, 99)}@courriel.example"
        row = Row("person", "AUT", group=person, tags=["email_only"])
        row.cells = {"email": email}
        row.reading = {"last_name": "", "first_name": "", "emails": [email]}
        composer.scribe.newsletter(row, "consent")
        composer.book.rows.append(row)
    for _ in range(4):
        person = composer.someone(email=True)
        composer.add(person, tag="first_name_only", edit=_without_last_name)
    for _ in range(7):
        person = composer.someone(email=True)
        composer.add(person, tag="names_in_one_cell", tidy=True, edit=_one_cell)


def _without_last_name(row: Row) -> None:
    del row.cells["last_name"]
    row.reading["last_name"] = ""


def _one_cell(row: Row) -> None:
    row.cells["last_name"] = f"{row.cells['last_name']} {row.cells.pop('first_name')}"


def hard_places(composer: Composer) -> None:
    for name, postcode, code in [*MERGED_COMMUNES, *MERGED_COMMUNES[:2]]:
        place = PLACE_BY_CODE[code]
        _placed(
            composer,
            "merged_commune",
            {"city": name, "postcode": postcode},
            {"department": place.department, "commune": code},
        )
    for city in ["Saint-Denis", "ST PIERRE", "Sainte-Colombe", "Saint-Denis"]:
        _placed(composer, "ambiguous_town", {"city": city}, {}, problem="ambiguous_place")
    contradictions: list[tuple[Any, Any]] = [("93200", "75"), ("69001", "13"), (59000, 62)]
    for postcode, department in contradictions:
        _placed(
            composer,
            "contradiction",
            {"postcode": postcode, "department": department},
            {},
            problem="contradictory_place",
        )
    for old in ("20", 20):
        _placed(composer, "old_code", {"department": old}, {}, problem="ambiguous_place")
    for cell in ["National", "France entière", "DROM", "?"]:
        _placed(composer, "no_department", {"department": cell}, {}, problem="unknown_place")
    for _ in range(4):
        _placed(
            composer,
            "formula_error",
            {"region": Formula("=VLOOKUP({department}{row},Listes!$A$2:$B$80,2,FALSE)", "#N/A")},
            {},
        )


def _placed(
    composer: Composer, tag: str, cell: dict[str, Any], reading: dict[str, Any], *, problem: str = ""
) -> None:
    def edit(row: Row) -> None:
        for column in ["address", "postcode", "city", "department", "region"]:
            row.cells.pop(column, None)
        for name in ["department", "commune", "region"]:
            row.reading.pop(name, None)
        row.cells |= cell
        row.reading |= reading
        if problem:
            row.problem("Dépt" if "department" in cell else "Ville", problem)

    composer.add(composer.someone(), tag=tag, edit=edit)


def hard_themes(composer: Composer) -> None:
    """A label that holds commas among comma-parted themes; the same theme twice in two spellings."""
    cases = [
        (["T08", "T04"], "École, jeunesse et parentalité, Santé mentale"),
        (["T03", "T01"], "Aller-vers, médiation et santé communautaire, Accès aux soins"),
        (
            ["T02", "Habitant·es, transformations urbaines et santé"],
            "Accès aux droits, habitants, transformations urbaines et santé",
        ),
        (["Articulation ASV, CLS, CLSM, CPTS"], "Articulation ASV, CLS, CLSM, CPTS"),
        (["T13", "Formation"], "Capitalisation, recherche et formation, Formation"),
        (["T04"], "Santé mentale ; SANTE MENTALE"),
        (["T04", "T01"], "Santé mentale,, Accès aux soins ,"),
        (["T04", "T06"], "T04 ; T06"),
    ]
    for keys, text in cases:

        def edit(row: Row, keys: list[str] = keys, text: str = text) -> None:
            row.cells["themes"] = text
            for name in ["unknown_themes", "either_themes"]:
                row.reading.pop(name, None)
            row.problems = [problem for problem in row.problems if problem["kind"] != "unknown_theme"]
            row.reading["themes"] = keys

        composer.add(composer.someone(), tag="commas_in_labels", edit=edit)


def oddities(composer: Composer) -> None:
    long = "Historique des échanges : " + "appel, courriel, rencontre ; " * 280
    for note in [long, "Famille 👩‍👩‍👧, très impliquée\u200b dans le collectif 🚀", *words.COMMENTS[10:20]]:
        composer.add(composer.someone(), tag="odd_note", edit=partial(_note, note))
    for number in range(14):
        category = words.UNKNOWN_CATEGORIES[number % len(words.UNKNOWN_CATEGORIES)]
        composer.add(
            composer.someone(),
            tag="unknown_category",
            edit=partial(_unknown_category, category),
        )
    for email in ["v.lambert@", "p.roche@@asso.example"]:
        person = composer.someone(email=True)
        good = person.emails[0]
        composer.add(
            person,
            tag="good_and_bad_email",
            edit=partial(_bad_beside_good, f"{good} ; {email}"),
        )
    for text, phone in [("+32 2 555 12 34", "+3225551234"), ("0041 22 555 12 34", "+41225551234")]:
        person = composer.someone()
        person.phones, person.mobiles = [], []
        composer.add(
            person,
            tag="foreign_phone",
            tidy=True,
            edit=partial(_phone, text, phone),
        )


def _note(text: str, row: Row) -> None:
    row.cells["notes"] = text


def _unknown_category(text: str, row: Row) -> None:
    row.cells["category"] = text
    row.reading.pop("category", None)
    row.reading["unknown_category"] = text
    row.problem("Catégorie", "unknown_category")


def _bad_beside_good(text: str, row: Row) -> None:
    row.cells["email"] = text
    row.problem("Mail", "bad_email")


def _phone(text: str, number: str, row: Row) -> None:
    row.cells["phone"] = text
    row.reading["phones"] = [number]


def rejected(composer: Composer) -> None:
    """Lines that hold something and name nobody: no usable last or first name, structure or e-mail."""
    phone = composer.cast.phones.take
    hollow: list[dict[str, Any]] = [
        *({"phone": cells.phone_cell(composer.rng, phone("93", mobile=False)), "notes": note} for note in ["à identifier", "rappeler lundi", "croisée au salon", "?", "contact ARS"]),
        *({"postcode": place.postcode, "city": place.name} for place in PLACES[10:13]),
        *({"email": text, "mobile": cells.phone_cell(composer.rng, phone("69", mobile=True))} for text in ["?", "à compléter", "jean.dupont@"]),
        {"themes": "Santé mentale", "newsletter": "O"},
        {"themes": "Aller-vers ; Alimentation", "department": 93},
        {"category": "Association locale", "updated": "12/03/2024"},
        {"civility": "Mme", "title": "Directrice", "city": "Lille", "postcode": 59000},
        {"civility": "M.", "title": "coordonnateur ASV", "department": "93"},
        {"last_name": "-", "first_name": "-", "phone": "01 99 00 12 12"},
        {"last_name": "???", "notes": "nom illisible sur la feuille d'émargement", "newsletter": "O"},
        {"civility": "Mme", "last_name": " ", "email": "pas de mail", "service": "Santé"},
    ]  # fmt: skip
    for cell in hollow:
        composer.book.rows.append(Row("rejected", "AUT", dict(cell), rejected="NOM", tags=["hollow"]))
    too_long = {"last_name": "Martin " * 60, "first_name": "Paul", "notes": "collage accidentel"}
    composer.book.rows.append(Row("rejected", "ASS", too_long, rejected="NOM", tags=["too_long"]))
