"""One organisation, one person, drawn from a seed: plain values, before any table is touched."""

from __future__ import annotations

import datetime
import random
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from contacts.demo.names import of, of_department, person, slug
from contacts.demo.organisations import FUNCTIONS, INCLUSIVE, KINDS, WORDS, Kind, weighted
from contacts.demo.places import Place, Places, phone
from contacts.models import Contact


YEARS_OF_BASE = 3
_THEMES = (
    "T01:5 T02:3 T03:4 T04:6 T05:3 T06:3 T07:2 T08:3 T09:3 T10:5 T11:3 T12:4 T13:2 T01-2:2 T01-5:2 T02-2:2 T03-1:3 T03-2:3 "
    "T03-3:2 T04-1:2 T04-4:3 T05-3:2 T06-3:1 T08-2:2 T09-2:1 T09-3:1 T10-1:3 T10-4:3 T11-1:3 T11-3:1 T12-1:2 T12-2:2 T12-5:2"
)
_STREETS = """
rue des Lilas
avenue de la République
place de l’Hôtel-de-Ville
rue Jean-Jaurès
boulevard de la Paix
rue des Écoles
place du Marché
rue Pasteur
avenue du Général-Leclerc
rue de la Gare
"""
STREETS = _STREETS.strip().splitlines()


@dataclass(slots=True)
class Organisation:
    """An invented organisation: the kind says who works there."""

    kind: Kind
    place: Place
    name: str
    domain: str
    themes: list[str]
    record: Contact | None = None
    staff: dict[str, list[int]] = field(default_factory=dict)

    @property
    def pk(self) -> int:
        return self.record.pk if self.record else 0


@dataclass(slots=True)
class Person:
    """An invented person and what hangs on them."""

    name: str
    first_name: str
    woman: bool
    organisation: Organisation | None
    function: str
    title: str
    service: str
    email: str
    personal: bool
    phones: list[tuple[str, str]]
    themes: list[str]
    collected_on: datetime.date
    verified_on: datetime.date | None
    former: tuple[Organisation, str, str] | None
    double_of: int | None = None


class Inventor:
    """Draws everything from one seed: the same seed and territories draw the same, dates moving with today.

    How much is drawn never depends on a date, or the same seed would give another network tomorrow.
    """

    def __init__(self, *, seed: int, places: Places, today: datetime.date) -> None:
        self.rng = random.Random(seed)  # noqa: S311 -- invented data, not a secret
        self.places, self.today = places, today
        self.opened_on = datetime.date(today.year - YEARS_OF_BASE, 1, 15)
        self._kinds = [kind for kind in KINDS if places.has(kind.at)]
        if not self._kinds:
            raise ValidationError(
                _("Les territoires ne sont pas chargés : lancez d’abord « manage.py setup ».")
            )
        self._kind_weights = [kind.weight for kind in self._kinds]
        self._fallback = next((kind for kind in self._kinds if kind.code == "ASS-7"), self._kinds[0])
        self._functions = {kind.code: weighted(kind.functions) for kind in KINDS}
        self._services = {kind.code: weighted(kind.services) for kind in KINDS if kind.services}
        self._themes = weighted(_THEMES)
        self._names: set[str] = set()
        self._addresses: set[str] = set()

    def organisation(self) -> Organisation:
        for attempt in range(8):
            kind = self.rng.choices(self._kinds, self._kind_weights)[0] if attempt < 4 else self._fallback
            made = self._organisation(kind)
            if made.name not in self._names:
                break
        else:
            made.name = f"{made.name} ({len(self._names)})"
        self._names.add(made.name)
        return made

    def _organisation(self, kind: Kind) -> Organisation:
        place = self.places.draw(self.rng, kind.at)
        word = self.rng.choice(WORDS)
        phrase = of_department(place.name, place.code) if kind.at == "departement" else of(place.name)
        name = kind.names.format(of=phrase, place=place.name, word=word)
        domain = f"{kind.domain.format(slug=place.slug, word=slug(word))[:80]}.example"
        return Organisation(kind, place, name, domain, self._some_themes(0, 3))

    def person(self, organisation: Organisation | None, others: list[Organisation]) -> Person:
        rng = self.rng
        name, first_name, woman = person(rng)
        personal = organisation is None or rng.random() < 0.05
        function, title, service = self._post(organisation, woman=woman)
        collected = self._long_ago()
        former = None
        if others and rng.random() < 0.15:
            before = rng.choice(others)
            if before is not organisation:
                former = (before, *self._post(before, woman=woman)[:2])
        zone = organisation.place.zone if organisation else "mobile"
        numbers = [phone(rng, zone)] if rng.random() < 0.7 else []
        if rng.random() < 0.3:
            numbers.append(phone(rng, "mobile"))
        domain = "courriel.example" if personal else organisation.domain  # type: ignore[union-attr]
        return Person(
            name,
            first_name,
            woman,
            organisation,
            function,
            title,
            service,
            self.email(first_name, name, domain) if rng.random() < 0.93 else "",
            personal,
            numbers,
            self._some_themes(1, 4) if rng.random() < 0.92 else [],
            collected,
            self.verified(collected),
            former,
        )

    def _post(self, organisation: Organisation | None, *, woman: bool) -> tuple[str, str, str]:
        if organisation is None:
            return self.rng.choice(
                [("SANS-FONCTION", "", ""), ("HABITANT", "Habitante" if woman else "Habitant", "")]
            )
        codes, weights = self._functions[organisation.kind.code]
        function = self.rng.choices(codes, weights)[0]
        if function in INCLUSIVE and self.rng.random() < 0.2:
            title = INCLUSIVE[function]
        else:
            title = self.rng.choice(FUNCTIONS[function])[0 if woman else 1]
        services = self._services.get(organisation.kind.code)
        service = self.rng.choices(*services)[0] if services and self.rng.random() < 0.6 else ""
        return function, title, service

    def email(self, first_name: str, name: str, domain: str) -> str:
        stem = f"{slug(first_name)}.{slug(name)}"[:60]
        address, number = f"{stem}@{domain}", 1
        while address in self._addresses:
            number += 1
            address = f"{stem}{number}@{domain}"
        self._addresses.add(address)
        return address

    def shared_mailbox(self, organisation: Organisation) -> str:
        """`contact@…`, unless another organisation of that domain has it."""
        address = f"{self.rng.choice(['contact', 'accueil', 'sante'])}@{organisation.domain}"
        if address in self._addresses:
            return ""
        self._addresses.add(address)
        return address

    def _some_themes(self, least: int, most: int) -> list[str]:
        return [*dict.fromkeys(self.rng.choices(*self._themes, k=self.rng.randint(least, most)))]

    def _long_ago(self) -> datetime.date:
        """Within ten years, half of it within the last three."""
        years = 3 if self.rng.random() < 0.5 else 10
        return self.today - datetime.timedelta(days=self.rng.randint(3, years * 365))

    def verified(self, collected: datetime.date) -> datetime.date | None:
        if self.rng.random() < 0.06:
            return None
        return max(collected, self.today - datetime.timedelta(days=self.rng.randint(1, YEARS_OF_BASE * 365)))

    def entered_at(self, collected: datetime.date) -> datetime.datetime:
        """When the record was typed: the day it was collected, not before the base was opened."""
        day = max(collected, self.opened_on)
        return datetime.datetime.combine(
            day, datetime.time(9 + self.rng.randrange(8), self.rng.randrange(60))
        )

    def address(self, place: Place) -> dict[str, Any]:
        """A street, and the town where there is one."""
        if not place.postcode:
            return {}
        return {
            "street": f"{self.rng.randint(1, 120)} {self.rng.choice(STREETS)}",
            "postcode": place.postcode,
            "city": place.name,
        }
