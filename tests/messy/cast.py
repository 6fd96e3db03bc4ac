"""The invented people and the organisations they work for, before anything is misspelt."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from faker import Faker

from tests.messy import words
from tests.messy.cells import Phones
from tests.messy.places import DEPARTMENTS, PLACES, REGIONS, Place, region_of
from tests.messy.text import fold, slug


@dataclass(eq=False)
class Organisation:
    """A structure, the heading of the sheet it stands under, and the titles its people hold."""

    name: str
    section: str
    category: str
    place: Place
    domain: str
    titles: list[str]
    size: float = 1.0
    spellings: list[str] = field(default_factory=list)
    last_names: set[str] = field(default_factory=set)

    @property
    def key(self) -> str:
        return fold(self.name)


@dataclass(eq=False)
class Person:
    """Someone as they are; the sheet shows it less clearly."""

    last_name: str
    first_name: str
    madam: bool
    organisation: Organisation | None
    title: str = ""
    emails: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    mobiles: list[str] = field(default_factory=list)
    themes: list[str] = field(default_factory=list)
    place: Place | None = None
    newsletter: str | None = None

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"


SECTIONS = {
    "COL": "COLLECTIVITÉS TERRITORIALES",
    "ETA": "ÉTAT ET AGENCES",
    "APP": "APPUI EN RÉGION",
    "ASS": "ASSOCIATIONS",
    "SOI": "OFFRE DE SOINS",
    "REC": "RECHERCHE ET FORMATION",
    "HAB": "HABITAT",
    "AUT": "DIVERS",
}

_TOWN = [
    "asv",
    "asv",
    "cls",
    "cls",
    "clsm",
    "coord",
    "pv",
    "mission",
    "resp",
    "directrice",
    "maire",
    "adjointe",
    "mediatrice",
]
_STATE = ["mission", "dp", "directrice", "inspectrice", "ars"]
_SUPPORT = ["directrice", "mission", "region", "formatrice", "presidente"]
_LOCAL = ["directrice", "presidente", "mediatrice", "mission", "habitante"]
_CARE = ["cpts", "soin", "medecin", "directrice", "mediatrice"]
_RESEARCH = ["chercheuse", "mcf", "directrice", "formatrice"]

_INVENTED = [
    "Les Deux Rives Santé", "Passerelles & Santé", "La Case Solidaire", "Collectif Mieux Vivre au Pile", "Association L'Escale",
    "@lternatives Santé", "Réseau Soins & Quartiers", "La Maison des Voisin·es", "Association Trait d'Union", "Femmes du Grand Mail",
    "Atelier des Possibles", "Les Jardins de la Cité", "Association Oxygène 59", "Mots & Mieux-être", "Santé pour Toutes",
    "Relais Médiation Océan Indien", "Habitat et Lien", "Les Pieds dans l'Herbe", "Association Cœur de Ville", "Le Fil d'Ariane Santé",
    "Collectif Œuvrons Ensemble", "Association Ti Kaz Santé", "La Bulle d'Air", "Espace Santé Jeunes du Littoral", "Union des Habitants du Plateau",
]  # fmt: skip


def organisations(rng: random.Random) -> list[Organisation]:
    """Some 230 structures: towns, councils, State services, agencies, associations, care, research, housing."""
    return [*_towns(), *_authorities(), *_regional(), *_associations(rng), *_others(rng)]


def of_place(name: str) -> str:
    """`de` before a name: « d'Angers », « du Mans », « de Lyon »."""
    if name.startswith("Le "):
        return "du " + name[3:]
    return ("d'" if fold(name)[0] in "aeiouy" else "de ") + name


def _towns() -> Iterator[Organisation]:
    for place in PLACES:
        name = f"Ville {of_place(place.name)}"
        domain = f"ville-{slug(place.name)}.example"
        if place.code == "97411":
            # Four communes are called Saint-Denis: the overseas one says so, as people do.
            name, domain = "Mairie de Saint-Denis (974)", "ville-saint-denis-reunion.example"
        size = 3.4 if place.department in {"93", "59", "69", "13"} else 2.2
        yield Organisation(name, "COL", "Commune", place, domain, _TOWN, size)
    for place in PLACES[:30:2]:
        suffix = " (974)" if place.code == "97411" else ""
        yield Organisation(
            f"CCAS {of_place(place.name)}{suffix}",
            "COL",
            "CCAS ou CIAS",
            place,
            f"ccas-{slug(place.name)}{place.department}.example",
            ["directrice", "mediatrice", "mission"],
            0.8,
        )
    for name, code in [
        ("Grenoble-Alpes Métropole", "38185"),
        ("Nantes Métropole", "44109"),
        ("Brest Métropole", "29019"),
        ("Métropole Européenne de Lille", "59350"),
    ]:
        place = next(place for place in PLACES if place.code == code)
        yield Organisation(
            name,
            "COL",
            "Métropole",
            place,
            f"{slug(name)}.example",
            ["cls", "mission", "directrice", "pv", "dga"],
            1.5,
        )
    for name, code in [
        ("Plaine Commune", "93066"),
        ("Communauté d'agglomération du Grand Annecy", "74010"),
        ("Saint-Étienne Agglo Sud", "42218"),
        ("Haut-Bugey Agglomération", "01283"),
    ]:
        place = next(place for place in PLACES if place.code == code)
        yield Organisation(
            name, "COL", "EPCI", place, f"{slug(name)}.example", ["cls", "clsm", "mission", "directrice"], 1.8
        )


def _authorities() -> Iterator[Organisation]:
    seen = set()
    for place in PLACES:
        if place.department in seen:
            continue
        seen.add(place.department)
        department = DEPARTMENTS[place.department][0]
        if len(seen) % 3 == 0:
            yield Organisation(
                f"Conseil départemental - {department}",
                "COL",
                "Département",
                place,
                f"departement{place.department.lower()}.example",
                ["mission", "medecin", "directrice", "dga"],
                1.1,
            )
        if len(seen) % 4 == 1:
            yield Organisation(
                f"Préfecture - {department}",
                "ETA",
                "Préfecture",
                place,
                f"prefecture{place.department.lower()}.example",
                _STATE,
                1.3,
            )
        if len(seen) % 5 == 2:
            yield Organisation(
                f"DDETS {place.department}",
                "ETA",
                "ETA",
                place,
                f"ddets{place.department.lower()}.example",
                _STATE,
                0.9,
            )


def _regional() -> Iterator[Organisation]:
    seen = set()
    for place in PLACES:
        region = region_of(place.department)
        if region in seen:
            continue
        seen.add(region)
        name = REGIONS[region]
        yield Organisation(
            f"ARS {name}",
            "ETA",
            "ARS, siège",
            place,
            f"ars-{slug(name)}.example",
            ["ars", "mission", "medecin", "inspectrice"],
            3.0,
        )
        yield Organisation(
            f"Promotion Santé {name}",
            "APP",
            "APP",
            place,
            f"promotion-sante-{slug(name)}.example",
            _SUPPORT,
            2.0,
        )
        if len(seen) % 2:
            yield Organisation(
                f"Centre de ressources politique de la ville {name}",
                "APP",
                "APP",
                place,
                f"crpv-{slug(name)}.example",
                _SUPPORT,
                1.2,
            )
    paris = next(place for place in PLACES if place.code == "75056")
    for name in [
        "Réseau national des villes en santé",
        "Fédération des médiations en santé",
        "Plateforme nationale promotion santé",
    ]:
        yield Organisation(name, "APP", "TET", paris, f"{slug(name)}.example", _SUPPORT, 2.5)


def _associations(rng: random.Random) -> Iterator[Organisation]:
    for name in _INVENTED:
        place = rng.choice(PLACES[:60])
        yield Organisation(name, "ASS", "ASS", place, f"{slug(name)}.example", _LOCAL, 1.2)
    for name in [
        "Les Tilleuls",
        "Jean-Moulin",
        "Belle Étoile",
        "Les Acacias",
        "Sainte-Marthe",
        "La Fontaine",
    ]:
        yield Organisation(
            f"Centre social {name}",
            "ASS",
            "Centre social",
            rng.choice(PLACES),
            f"cs-{slug(name)}.example",
            _LOCAL,
            0.9,
        )


def _others(rng: random.Random) -> Iterator[Organisation]:
    for place in PLACES[4:64:4]:
        yield Organisation(
            f"CPTS {place.name}", "SOI", "CPTS", place, f"cpts-{slug(place.name)}.example", _CARE, 1.0
        )
    for place in PLACES[5:45:8]:
        yield Organisation(
            f"Maison de santé pluriprofessionnelle {of_place(place.name)}",
            "SOI",
            "Maison ou centre de santé",
            place,
            f"msp-{slug(place.name)}.example",
            _CARE,
            0.8,
        )
    for place in PLACES[7:55:12]:
        yield Organisation(
            f"Centre hospitalier {of_place(place.name)}",
            "SOI",
            "Établissement hospitalier",
            place,
            f"ch-{slug(place.name)}.example",
            _CARE,
            1.2,
        )
    for name in [
        "Université du Bocage",
        "Laboratoire Territoires & Santé",
        "École des hautes études du quartier",
        "Institut des inégalités de santé",
        "Université des Deux Mers",
        "Observatoire local Est",
    ]:
        yield Organisation(
            name, "REC", "REC", rng.choice(PLACES[9:60]), f"{slug(name)}.example", _RESEARCH, 1.6
        )
    for name in ["Habitat du Canal", "Logis Solidaire", "Foyer des Terrasses", "Toit & Moi"]:
        yield Organisation(
            name,
            "HAB",
            "Bailleur social",
            rng.choice(PLACES[:40]),
            f"{slug(name)}.example",
            ["directrice", "mission"],
            0.9,
        )
    for name in ["Fondation Les Horizons", "Cabinet Conseil & Cités", "Gazette des Quartiers"]:
        yield Organisation(
            name,
            "AUT",
            "AUT",
            rng.choice(PLACES[:40]),
            f"{slug(name)}.example",
            ["directrice", "mission"],
            0.8,
        )


class Cast:
    """Makes people whose full names are all different, and in one organisation whose last names are."""

    def __init__(self, rng: random.Random, seed: int) -> None:
        self.rng = rng
        self.faker = Faker("fr_FR")
        self.faker.seed_instance(seed)
        self.names: set[str] = set()
        self.phones = Phones(rng)

    def person(self, organisation: Organisation | None, *, place: Place | None = None) -> Person:
        madam = self.rng.random() < 0.68
        while True:
            first = self.faker.first_name_female() if madam else self.faker.first_name_male()
            last = self.faker.last_name()
            key = fold(f"{last} {first}")
            taken = organisation is not None and any(
                _alike(fold(last), other) for other in organisation.last_names
            )
            if key not in self.names and not taken:
                break
        self.names.add(key)
        if organisation is not None:
            organisation.last_names.add(fold(last))
        home = place or (organisation.place if organisation else self.rng.choice(PLACES))
        person = Person(last, first, madam, organisation, place=home)
        self._fill(person, home)
        return person

    def _fill(self, person: Person, home: Place) -> None:
        rng, organisation = self.rng, person.organisation
        if organisation is not None:
            kind = rng.choice(organisation.titles)
            feminine, masculine, _, _, _ = words.TITLES[kind]
            person.title = feminine if person.madam else masculine
        if organisation is None or rng.random() < 0.86:
            person.emails = [self.email(person)]
        if rng.random() < 0.07 and person.emails:
            person.emails.append(f"{slug(person.first_name)}.{slug(person.last_name)}@perso.example")
        if rng.random() < 0.62:
            person.phones = [self.phones.take(home.department, mobile=False)]
        if rng.random() < 0.38:
            person.mobiles = [self.phones.take(home.department, mobile=True)]
        count = rng.choices([0, 1, 2, 3, 4, 6], [22, 30, 24, 14, 8, 2])[0]
        pool = words.FREQUENT_THEMES if rng.random() < 0.6 else [key for key, _ in words.THEME_LABELS]
        person.themes = rng.sample(pool, count)
        person.newsletter = rng.choices([None, "consent", "opposed"], [63, 30, 7])[0]

    def fits(self, last_name: str, organisation: Organisation | None) -> bool:
        """Whether nobody there has a last name that could be taken for this one."""
        return organisation is None or not any(
            _alike(fold(last_name), other) for other in organisation.last_names
        )

    def email(self, person: Person) -> str:
        domain = person.organisation.domain if person.organisation else "courriel.example"
        return f"{slug(person.first_name)}.{slug(person.last_name)}@{domain}"


def _alike(one: str, other: str) -> bool:
    """Whether two last names of one organisation could be taken for one: same beginning, or one within the other."""
    return one[:3] == other[:3] or one in other or other in one
