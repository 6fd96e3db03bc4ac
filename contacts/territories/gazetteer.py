"""All names and codes in memory, so that a file of 200,000 rows asks the database nothing per row."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from contacts.models.territory import Territory, TerritoryAlias, TerritoryAncestor, TerritoryPostcode
from contacts.territories import shipped
from contacts.territories.names import folded, group_core, without_article


CITIES = {"paris": ("75056", "751", 20), "lyon": ("69123", "6938", 9), "marseille": ("13055", "132", 16)}


class Place(NamedTuple):
    """A territory as finding needs it; `pk` is 0 when it was read from the shipped files."""

    pk: int
    level: str
    code: str
    name: str
    context: str
    department: str
    kind: str

    def __str__(self) -> str:
        """As the territory is shown everywhere else."""
        return str(
            Territory(level=self.level, code=self.code, name=self.name, context=self.context, kind=self.kind)
        )


Places = tuple[Place, ...]
NONE: Places = ()


class Other(NamedTuple):
    """Another name of a place; `department` is where the commune was before it was merged."""

    place: Place
    kind: str
    department: str


@dataclass(slots=True)
class _Sources:
    places: Iterable[tuple[int, str, str, str, str, str, str, str]]  # pk … kind, then the folded name
    aliases: Iterable[tuple[str, str, str, str, str]]  # level, code, kind, folded, old code
    postcodes: Iterable[tuple[str, str, str]]  # postcode, level, code
    regions: Iterable[tuple[str, str]]  # department, region
    quarters: Iterable[tuple[str, str]] = field(default_factory=list)  # code of the QPV, of a commune


class Gazetteer:
    """Places by folded name, by other name, by code and by postcode; codes are by level, never alone."""

    def __init__(self, sources: _Sources) -> None:
        self.by_code: dict[tuple[str, str], Place] = {}
        named: dict[str, Places] = {}
        self.named_without_article: dict[str, Places] = {}
        self.groups: dict[str, Places] = {}
        self.quarters: dict[str, Places] = {}
        for *values, name in sources.places:
            place = Place._make(values)
            self.by_code[place.level, place.code] = place
            if place.level == "qpv":
                self.quarters[name] = (*self.quarters.get(name, NONE), place)
                continue
            named[name] = (*named.get(name, NONE), place)
            if place.level in {"epci", "ept"}:
                for core in {group_core(name), group_core(folded(place.name.partition("(")[0]))}:
                    self.groups[core] = (*self.groups.get(core, NONE), place)
            elif (bare := without_article(name)) != name:
                self.named_without_article[bare] = (*self.named_without_article.get(bare, NONE), place)
        self.named = named
        self.others: dict[str, tuple[Other, ...]] = {}
        self.old_codes: dict[str, Places] = {}
        for level, code, kind, name, old_code in sources.aliases:
            if (found := self.by_code.get((level, code))) is None:
                continue
            if kind != "old_code":
                before = department_of_code(old_code) or found.department
                self.others[name] = (*self.others.get(name, ()), Other(found, kind, before))
            if old_code:
                self.old_codes[old_code] = (*self.old_codes.get(old_code, NONE), found)
        self.by_postcode: dict[str, Places] = {}
        for postcode, level, code in sources.postcodes:
            if found := self.by_code.get((level, code)):
                self.by_postcode[postcode] = (*self.by_postcode.get(postcode, NONE), found)
        self.region_of = dict(sources.regions)
        self.communes_of_quarter: dict[str, set[str]] = defaultdict(set)
        for quarter, commune in sources.quarters:
            self.communes_of_quarter[quarter].add(commune)

    @classmethod
    def from_database(cls) -> Gazetteer:
        """What is in force in the database; a closed territory is another name of what replaced it."""
        places = Territory.objects.selectable().values_list(
            "pk", "level", "code", "name", "context", "department_code", "kind", "folded"
        )
        replaced = Territory.objects.filter(successor__isnull=False).values_list(
            "successor__level", "successor__code", "folded", "code"
        )
        aliases = TerritoryAlias.objects.values_list(
            "territory__level", "territory__code", "kind", "folded", "code"
        )
        links = TerritoryAncestor.objects
        return cls(
            _Sources(
                places.order_by().iterator(chunk_size=5_000),
                [
                    *aliases.order_by(),
                    *((lev, code, "merged_commune", name, old) for lev, code, name, old in replaced),
                ],
                TerritoryPostcode.objects.order_by()
                .values_list("code", "territory__level", "territory__code")
                .iterator(chunk_size=5_000),
                links.filter(ancestor__level="region", descendant__level="departement").values_list(
                    "descendant__code", "ancestor__code"
                ),
                _communes_of_quarters(),
            )
        )

    @classmethod
    def from_shipped_files(cls) -> Gazetteer:
        """The same without a database (and so without QPV)."""
        rows = list(shipped.territories())
        contexts = shipped.contexts(rows)
        return cls(
            _Sources(
                (
                    (
                        0,
                        row.level,
                        row.code,
                        row.name,
                        contexts[row.key],
                        row.department,
                        row.kind,
                        folded(row.name),
                    )
                    for row in rows
                ),
                ((a.level, a.code, a.kind, folded(a.text), a.old_code) for a in shipped.aliases()),
                ((code, row.level, row.code) for row in rows for code in row.postcodes.split()),
                ((row.code, row.region) for row in rows if row.level == "departement"),
            )
        )

    @cached_property
    def france(self) -> Places:
        """The whole country."""
        return tuple(filter(None, [self.by_code.get(("france", "FR"))]))

    @cached_property
    def metropoles(self) -> Places:
        """The 22 groups of communes that the law calls *métropole*."""
        return tuple(place for place in self.by_code.values() if place.kind in {"METRO", "MET69"})

    @cached_property
    def _commune_names(self) -> list[str]:
        return sorted(
            name for name, places in self.named.items() if any(place.level == "commune" for place in places)
        )

    def beginning_with(self, name: str) -> Iterator[Place]:
        """Communes whose name goes on after the words of `name`: Clichy-sous-Bois for `clichy`."""
        names = self._commune_names
        start = name + " "
        for index in range(bisect_left(names, start), len(names)):
            if not names[index].startswith(start):
                return
            yield from (place for place in self.named[names[index]] if place.level == "commune")

    @cached_property
    def by_department(self) -> dict[str, dict[str, Places]]:
        """Names of communes and other names, department by department."""
        found: dict[str, dict[str, Places]] = defaultdict(dict)
        for name, places in self.named.items():
            for place in places:
                if place.level == "commune":
                    names = found[place.department]
                    names[name] = (*names.get(name, NONE), place)
        return dict(found)

    @cached_property
    def by_initial(self) -> dict[str, dict[str, Places]]:
        """All names by first letter, for near names."""
        found: dict[str, dict[str, Places]] = defaultdict(dict)
        for name, places in self.named.items():
            if name:
                found[name[0]][name] = places
        return dict(found)

    def names_of_commune(self, code: str) -> list[str]:
        """The folded names of a commune, former ones included."""
        place = self.by_code.get(("commune", code))
        return [] if place is None else [folded(place.name), *self._former_names.get(place, ())]

    @cached_property
    def quarters_of_commune(self) -> dict[str, list[tuple[str, Place]]]:
        """The QPV of each commune, by its code, with their folded labels."""
        found: dict[str, list[tuple[str, Place]]] = defaultdict(list)
        for label, places in self.quarters.items():
            for place in places:
                for commune in self.communes_of_quarter.get(place.code, ()):
                    found[commune].append((label, place))
        return dict(found)

    @cached_property
    def _former_names(self) -> dict[Place, list[str]]:
        found: dict[Place, list[str]] = defaultdict(list)
        for name, others in self.others.items():
            for other in others:
                found[other.place].append(name)
        return dict(found)

    def departments_of(self, place: Place) -> frozenset[str] | None:
        """Codes of the departments where `place` lies, at least in part; None for the whole country."""
        if place.level == "france":
            return None
        if place.level == "region":
            return frozenset(
                department for department, region in self.region_of.items() if region == place.code
            )
        if place.level in {"epci", "ept"}:
            return frozenset(place.context.split(", "))
        return frozenset({place.department})

    def district(self, city: str, number: int) -> Place | None:
        """The municipal arrondissement `number` of Paris, Lyon or Marseille."""
        _code, start, last = CITIES[city]
        return (
            self.by_code.get(("arrondissement", start + str(number).zfill(5 - len(start))))
            if 1 <= number <= last
            else None
        )

    def city(self, district: Place) -> Place | None:
        """The commune of a municipal arrondissement."""
        return next(
            (
                self.by_code.get(("commune", code))
                for code, start, _last in CITIES.values()
                if district.code.startswith(start)
            ),
            None,
        )


def _communes_of_quarters() -> Iterator[tuple[str, str]]:
    """Code of each QPV with that of each of its communes."""
    quarters = dict(Territory.objects.at("qpv").values_list("pk", "code"))
    if quarters:
        communes = dict(Territory.objects.at("commune").values_list("pk", "code"))
        # Joined here: SQLite would begin with the 35,000 communes.
        links = TerritoryAncestor.objects.filter(descendant__in=Territory.objects.at("qpv").values("pk"))
        for quarter, place in links.values_list("descendant_id", "ancestor_id"):
            if place in communes:
                yield quarters[quarter], communes[place]


def department_of_code(code: str) -> str:
    """The department that an INSEE code begins with: 974 of 97411, 2A of 2A004."""
    return code[:3] if code.startswith(("97", "98")) else code[:2]
