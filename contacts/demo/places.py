"""The real places that invented people live and work in, drawn by population."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from itertools import accumulate

from django.db.models import Min

from contacts.models import Territory, TerritoryAncestor, TerritoryPostcode
from crm.folding import fold_name


# Fewest inhabitants: below, such a service seldom exists.
SIZES = {"commune": 3_000, "town": 20_000, "city": 80_000}
# ARCEP keeps these beginnings for works of fiction: nobody ever answers there.
FICTION = {"01": "019900", "02": "026191", "03": "035301", "04": "046571", "05": "053649", "mobile": "063998"}
_ZONE = {
    "11": "01", "24": "02", "28": "02", "52": "02", "53": "02", "27": "03", "32": "03", "44": "03", "84": "04",
    "93": "04", "94": "04", "75": "05", "76": "05",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """A territory as an organisation needs it."""

    pk: int
    name: str
    code: str
    level: str
    department: str
    zone: str
    postcode: str = ""

    @property
    def slug(self) -> str:
        return fold_name(self.name).replace(" ", "-")[:60]


class Places:
    """Territories by what stands there: `draw(rng, "commune")`."""

    def __init__(self) -> None:
        regions = dict(
            TerritoryAncestor.objects.filter(
                descendant__level=Territory.Level.DEPARTEMENT, ancestor__level=Territory.Level.REGION
            ).values_list("descendant__code", "ancestor__code")
        )
        people: dict[str, int] = defaultdict(int)
        rows: dict[str, list[tuple[Place, float]]] = defaultdict(list)
        postcodes = dict(
            TerritoryPostcode.objects.values_list("territory_id")
            .annotate(first=Min("code"))
            .values_list("territory_id", "first")
        )
        found = Territory.objects.selectable().exclude(zone=Territory.Zone.COM).order_by("pk")
        columns = ("pk", "name", "code", "level", "department_code", "population", "kind", "context")
        for pk, name, code, level, department, population, kind, context in found.values_list(
            *columns
        ).iterator():
            department = department or context.split(",")[0].strip()
            region = code if level == Territory.Level.REGION else regions.get(department, "")
            place = Place(
                pk, name, code, level, department, _ZONE.get(region, "mobile"), postcodes.get(pk, "")
            )
            if level == Territory.Level.COMMUNE:
                people[f"departement {department}"] += population or 0
                people[f"region {region}"] += population or 0
            at = "metropole" if kind.startswith("MET") else level
            # Big towns have more services, but not in proportion.
            weight = float(population or 0) ** 0.75
            if level != Territory.Level.COMMUNE:
                rows[at].append((place, weight))
                continue
            for size, fewest in SIZES.items():
                if (population or 0) >= fewest:
                    rows[size].append((place, weight))
        for level in (Territory.Level.DEPARTEMENT, Territory.Level.REGION):
            rows[level] = [
                (place, people[f"{level} {place.code}"] ** 0.5 or 1.0) for place, _weight in rows[level]
            ]
        self._places = {at: [place for place, _weight in found] for at, found in rows.items() if found}
        self._weights = {
            at: [*accumulate(weight or 1.0 for _place, weight in found)]
            for at, found in rows.items()
            if found
        }

    def has(self, at: str) -> bool:
        return at in self._places

    def draw(self, rng: random.Random, at: str) -> Place:
        return rng.choices(self._places[at], cum_weights=self._weights[at])[0]


def phone(rng: random.Random, zone: str) -> tuple[str, str]:
    """A number for fiction as `(E.164, as people read it)`."""
    digits = f"{FICTION[zone]}{rng.randrange(10_000):04}"
    return f"+33{digits[1:]}", " ".join(digits[start : start + 2] for start in range(0, 10, 2))
