"""Which places bear a name, and whether one of them is certain given what else is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from rapidfuzz import fuzz, process

from contacts.territories import wording
from contacts.territories.gazetteer import Gazetteer, Place, Places
from contacts.territories.names import folded, group_core, with_short_words_read
from contacts.territories.verdict import UNKNOWN, Found, Why


MOST_CANDIDATES = 20
NEAR_ENOUGH = 84.0
_NO_BEGINNING = frozenset({
    "le", "la", "les", "l", "saint", "sainte", "grand", "grande", "haut", "haute", "bas", "basse", "petit", "petite",
    "mont", "val", "ville", "nord", "sud", "est", "ouest", "centre", "notre", "dame", "vieux", "vieille", "neuf",
    "bois", "pont", "port",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known besides the name. None means: not said."""

    levels: frozenset[str] | None = None
    departments: frozenset[str] | None = None
    served: Places | None = None  # the places of the postcode
    insee: Places = ()  # the commune of a five-figure code that may be an INSEE one
    number: str = ""  # a short number beside the name, read as a department's
    cedex: bool = False  # the line is a CEDEX one, or its postcode serves no commune
    number_first: bool = False  # « 75 - Paris », the way of lists of departments
    unread: bool = False  # something in the text was not understood

    @property
    def located(self) -> bool:
        """Whether something says where in the country."""
        return self.departments is not None or self.served is not None

    def allows(self, level: str) -> bool:
        """Whether a territory of this level may be the answer."""
        return self.levels is None or level in self.levels


class Tier(IntEnum):
    """How a name was met; a better one wins where the place is known."""

    NAME = 0
    OTHER_NAME = 1
    WITHOUT_ARTICLE = 2


class Match(NamedTuple):
    """A place that bears the name `reading`; `department` is an older one, where the name was borne there."""

    place: Place
    tier: Tier
    reading: str
    department: str = ""


def exact_matches(gazetteer: Gazetteer, name: str, levels: frozenset[str] | None = None) -> list[Match]:
    """Each place that bears exactly this folded name, by whatever words its level is said."""
    found = list(_bearing(gazetteer, name, None))
    if levels == wording.REGION:
        found += _bearing(gazetteer, name, levels)
    if levels is not None and levels <= wording.GROUP:
        found += _groups(gazetteer, name, None)
    for levels, kinds, rest in wording.said(name) if not found else ():
        for index, reading in enumerate(wording.without_connector(rest)):
            met = list(_bearing(gazetteer, reading, levels))
            if levels is wording.GROUP:
                met += _groups(gazetteer, reading, kinds)
            found += met
            if met and index == 0:
                break
    for reading in wording.without_connector(name)[-1:]:
        if reading != name:  # « la Seine-Saint-Denis », « l'Ain »
            found += _bearing(gazetteer, reading, wording.DEPARTEMENT | wording.REGION)
    if not found:
        found += _named_groups(gazetteer, name)
    return list({(match.place, match.tier): match for match in found}.values())


def _bearing(gazetteer: Gazetteer, name: str, levels: frozenset[str] | None) -> Iterator[Match]:
    for reading in with_short_words_read(name):
        for place in gazetteer.named.get(reading, ()):
            if levels is None or place.level in levels:
                yield Match(place, Tier.NAME, reading)
        others = gazetteer.others.get(reading, ())
        if levels == wording.REGION:  # « Centre », « Sud » only mean regions where a region is meant
            others += gazetteer.others.get("region " + reading, ())
        for other in others:
            if levels is None or other.place.level in levels:
                yield Match(other.place, Tier.OTHER_NAME, reading, other.department)
        for place in gazetteer.named_without_article.get(reading, ()):
            if levels is None or place.level in levels:
                yield Match(place, Tier.WITHOUT_ARTICLE if place.level == "commune" else Tier.NAME, reading)


def _groups(gazetteer: Gazetteer, name: str, kinds: frozenset[str] | None) -> list[Match]:
    """Groups of communes by the core of their name; a *métropole* also by one of its words, since they are few."""
    core = group_core(name)
    found = gazetteer.groups.get(core, ())
    if not found and core and kinds == wording.METROPOLE_KINDS:
        words = set(core.split())
        found = tuple(
            place for place in gazetteer.metropoles if words <= set(group_core(folded(place.name)).split())
        )
    if kinds is not None:
        found = tuple(place for place in found if place.kind in kinds)
    return [Match(place, Tier.NAME, core) for place in found]


def _named_groups(gazetteer: Gazetteer, name: str) -> list[Match]:
    """« Grand Reims »: *Grand* and a city is always a group of communes, but for Paris, where it is an idea."""
    if name.startswith("grand ") and name[6:] in gazetteer.named and name != "grand paris":
        return [Match(place, Tier.NAME, name) for place in gazetteer.groups.get(name, ())]
    return []


def judge(gazetteer: Gazetteer, matches: Iterable[Match], asked: Asked) -> Found:
    """One place when it is certain, else candidates; unknown when no match may be the answer."""
    matches = [allowed for match in matches if (allowed := _allowed(gazetteer, match, asked))]
    if not matches:
        return UNKNOWN
    found = _located(gazetteer, matches, asked) if asked.located else _anywhere(gazetteer, matches)
    if found.territory is not None and asked.cedex:
        return found.doubted(Why.CEDEX)
    if found.territory is not None and asked.unread:
        return found.doubted(Why.PARTLY_READ)
    return found


def beginning(gazetteer: Gazetteer, name: str, asked: Asked) -> Found:
    """Communes whose name goes on after `name`; certain if it is the only one that the postcode serves.

    A department is not enough: a hamlet may bear the beginning of another commune's name.
    """
    words = name.split()
    if not words or not asked.allows("commune"):
        return UNKNOWN
    met = [place for reading in with_short_words_read(name) for place in gazetteer.beginning_with(reading)]
    if not asked.located:
        return proposed(Why.BEGINS_OTHERS, met) if met and len(name) > 2 else UNKNOWN
    there = [place for place in met if _is_there(gazetteer, Match(place, Tier.NAME, name), asked)]
    if not there:
        return UNKNOWN
    telling = len(words[-1]) > 3 and words[-1] not in _NO_BEGINNING
    if len(there) == 1 and telling and asked.served is not None:
        found = Found(Why.BEGINNING, territory=there[0])
        return (
            found.doubted(Why.CEDEX)
            if asked.cedex
            else found.doubted(Why.PARTLY_READ)
            if asked.unread
            else found
        )
    return proposed(Why.BEGINS_OTHERS, there)


def near_groups(gazetteer: Gazetteer, name: str, asked: Asked) -> Found | None:
    """Groups of communes that a name may mean: « Ternois » alone, or « agglo de Pau », which is only a part."""
    core = group_core(name)
    met = gazetteer.groups.get(core, ())
    if not met and any(said.levels == wording.GROUP for said in wording.said(name)):
        words = set(core.split())
        met = tuple(
            place
            for key, places in gazetteer.groups.items()
            if words and words <= set(key.split())
            for place in places
        )
    found = proposed(Why.NEAR, (place for place in met if asked.allows(place.level)))
    return None if found.unknown else found


def near(gazetteer: Gazetteer, name: str, asked: Asked) -> Found:
    """Names that look like `name`: candidates only, a typing error never gives a code."""
    if len(name) < 4:
        return UNKNOWN
    if asked.departments is not None and asked.levels is None:
        pools = [gazetteer.by_department.get(code, {}) for code in sorted(asked.departments)]
    else:
        pools = [gazetteer.by_initial.get(name[0], {})]
    met: dict[Place, float] = {}
    for pool in pools:
        for _near, score, key in process.extract(
            name, {key: key for key in pool}, scorer=fuzz.ratio, score_cutoff=NEAR_ENOUGH, limit=5
        ):
            for place in pool[key]:
                if asked.allows(place.level):
                    met[place] = score
    return proposed(Why.NEAR, sorted(met, key=lambda place: -met[place]))


def _allowed(gazetteer: Gazetteer, match: Match, asked: Asked) -> Match | None:
    """The match, or the commune of an arrondissement where only communes are asked for."""
    place = match.place
    if asked.allows(place.level):
        return match
    if place.level == "arrondissement" and asked.allows("commune") and (city := gazetteer.city(place)):
        return match._replace(place=city)
    return None


def _located(gazetteer: Gazetteer, matches: list[Match], asked: Asked) -> Found:
    there = [match for match in matches if _is_there(gazetteer, match, asked)]
    if not there:
        for match in matches:
            if match.place.level == "region" and match.place.code == asked.number:
                return Found(Why.NAME_AND_DEPARTMENT, territory=match.place)
        return proposed(Why.DISAGREES, [match.place for match in matches])
    best = min(match.tier for match in there)
    places = list(dict.fromkeys(match.place for match in there if match.tier == best))
    why = Why.NAME_AND_POSTCODE if asked.served is not None else Why.NAME_AND_DEPARTMENT
    if best is Tier.OTHER_NAME and len(places) == 1:
        why = Why.OTHER_NAME
    communes = [place for place in places if place.level in {"commune", "arrondissement"}]
    own = [place for place in places if place.level == "departement"]
    several = asked.served is None and asked.departments is not None and len(asked.departments) > 1
    if communes and own and (asked.number_first or several):
        return proposed(Why.NAMESAKES, places)
    for some in (places, communes, own):
        if len(some) == 1:
            if some[0].level == "region" and asked.number:  # « Île-de-France (93) »: which of the two?
                narrower = [gazetteer.by_code.get(("departement", code)) for code in asked.departments or ()]
                return proposed(Why.DISAGREES, [some[0], *filter(None, narrower)])
            return Found(why, territory=_narrowed(gazetteer, some[0], asked))
    return proposed(Why.NAMESAKES, places)


def _is_there(gazetteer: Gazetteer, match: Match, asked: Asked) -> bool:
    place = match.place
    departments = gazetteer.departments_of(place)
    if departments is None:
        return True
    if match.department:
        departments |= {match.department}
    if asked.departments is not None and not departments & asked.departments:
        return False
    if asked.served is None:
        return True
    if place.level in {"commune", "arrondissement"}:
        return place in asked.served
    return any(served.department in departments for served in asked.served)


def _narrowed(gazetteer: Gazetteer, place: Place, asked: Asked) -> Place:
    """The arrondissement of Paris, Lyon or Marseille that the postcode tells, where one may be the answer."""
    if asked.served and place.level == "commune" and asked.allows("arrondissement"):
        districts = [served for served in asked.served if gazetteer.city(served) == place]
        if len(districts) == 1:
            return districts[0]
    return place


def _anywhere(gazetteer: Gazetteer, matches: list[Match]) -> Found:
    best = [match for match in matches if match.tier is not Tier.WITHOUT_ARTICLE]
    if not best:
        return proposed(Why.BEGINS_OTHERS, [match.place for match in matches])
    places = one_per_collectivity(dict.fromkeys(match.place for match in best))
    if len(places) > 1:
        return proposed(Why.NAMESAKES, places)
    place = places[0]
    if place.level == "commune":
        readings = {match.reading for match in matches}
        longer = [other for name in readings for other in gazetteer.beginning_with(name) if other != place]
        longer += [match.place for match in matches if match.place != place]
        if longer or min(map(len, readings)) < 3:
            return proposed(Why.BEGINS_OTHERS, [place, *longer])
        if readings & wording.ALSO_ELSEWHERE:
            return proposed(Why.ALSO_ELSEWHERE, [place])
    why = Why.ONLY_NAME if any(match.tier is Tier.NAME for match in best) else Why.OTHER_NAME
    return Found(why, territory=place)


def one_per_collectivity(places: Iterable[Place]) -> list[Place]:
    """An overseas collectivity stands as region and as department with one code and the same people: keep one."""
    places = list(places)
    departments = {place.code for place in places if place.level == "departement" and len(place.code) == 3}
    return [place for place in places if not (place.level == "region" and place.code in departments)]


def proposed(why: Why, places: Iterable[Place]) -> Found:
    some = tuple(dict.fromkeys(places))[:MOST_CANDIDATES]
    return Found(why, candidates=some) if some else UNKNOWN
