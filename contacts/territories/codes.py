"""A text that is nothing but a code: « 93 », « 93200 », « 200 054 781 », « INSEE 93066 », « QN09301M »."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from contacts.territories import wording
from contacts.territories.context import departments_of_postcode, insee_places, tidy_number
from contacts.territories.gazetteer import Gazetteer, Place
from contacts.territories.matching import Asked, one_per_collectivity, proposed
from contacts.territories.names import folded
from contacts.territories.verdict import UNKNOWN, Found, Why


_QUARTER = re.compile(r"\bQN\s?(\d{5}[A-Z])\b", re.IGNORECASE)
_INSEE = re.compile(
    r"(?:code )?(?:commune )?(?:insee|cog) ?((?:\d\d|2[ab])\d{3})|code commune ((?:\d\d|2[ab])\d{3})"
)
_POSTCODE = re.compile(r"(?:code postal|cp) ?(\d{5})")
_SIREN = re.compile(r"(?:siren )?(\d{9})")
_LEVEL_AND_NUMBER = [
    (re.compile(rf"(?:{words}) ?(?:du |de |no |n |numero )?(\d{{1,3}}|2[ab])"), levels)
    for words, levels in [
        (
            "departements?|dept|dpt|dep|cd|cg|dd|dd ars|dt ars|ddars|conseil departemental|conseil general|(?:dans )?le",
            wording.DEPARTEMENT,
        ),
        ("regions?|conseil regional", wording.REGION),
    ]
]
_NUMBER = re.compile(r"\d{1,3}|2[AB]")


def read_code(gazetteer: Gazetteer, text: str, asked: Asked) -> Found | None:
    """The answer to a code; None when the text is not one."""
    if match := _QUARTER.search(text):
        return _quarter(gazetteer, text, f"QN{match[1].upper()}", asked)
    number = tidy_number(text)
    if not number[:1].isdigit() and not any(sign.isdigit() for sign in number):
        return None
    if _NUMBER.fullmatch(number):
        return _short(gazetteer, number, asked)
    if re.fullmatch(r"\d{4,5}|2[AB]\d{3}", number):
        return _five(gazetteer, number, asked)
    name = folded(number)
    if match := _SIREN.fullmatch(name):
        places = [gazetteer.by_code.get((level, match[1])) for level in ("epci", "ept")]
        return _only(Why.CODE, filter(None, places), asked)
    if match := _INSEE.fullmatch(name):
        return _only(Why.CODE, insee_places(gazetteer, match[1] or match[2]), asked)
    if match := _POSTCODE.fullmatch(name):
        return _postcode(gazetteer, match[1], asked)
    for pattern, levels in _LEVEL_AND_NUMBER:
        if match := pattern.fullmatch(name):
            allowed = levels if asked.levels is None else levels & asked.levels
            return _short(gazetteer, match[1].upper(), replace(asked, levels=allowed))
    return None


def _short(gazetteer: Gazetteer, number: str, asked: Asked) -> Found:
    """A department or a region by its number. « 1 » is 01 only where one level is asked for."""
    code = number.lstrip("0").zfill(2) if number.isdigit() else number
    if code == "20" and asked.allows("departement"):
        corsica = (gazetteer.by_code.get(("departement", c)) for c in ("2A", "2B"))
        return proposed(Why.CODE_WITHOUT_LEVEL, [place for place in corsica if place])
    places = one_per_collectivity(
        place
        for level in ("departement", "region")
        if asked.allows(level) and (place := gazetteer.by_code.get((level, code)))
    )
    if len(number) == 1 and asked.levels is None:
        return proposed(Why.CODE_WITHOUT_LEVEL, places)
    return _only(Why.CODE, places, asked)


def _five(gazetteer: Gazetteer, number: str, asked: Asked) -> Found:
    """A postcode, or an INSEE code, which a bare number does not tell apart."""
    if len(number) == 4:
        found = _five(gazetteer, "0" + number, asked)
        return found.doubted(Why.CODE_WITHOUT_LEVEL)
    if not number.isdigit():
        return _only(Why.CODE, insee_places(gazetteer, number), asked)
    today = (gazetteer.by_code.get((level, number)) for level in ("commune", "arrondissement"))
    insee = [place for place in today if place and asked.allows(place.level)]
    if insee and number not in gazetteer.by_postcode:
        return proposed(Why.CODE_WITHOUT_LEVEL, insee)
    found = _postcode(gazetteer, number, asked)
    others = [place for place in insee if place not in found.places]
    return proposed(Why.CODE_WITHOUT_LEVEL, [*found.places, *others]) if others else found


def _postcode(gazetteer: Gazetteer, code: str, asked: Asked) -> Found:
    """The only commune, or arrondissement, that a postcode serves."""
    served = gazetteer.by_postcode.get(code)
    if served is None:
        departments = sorted(departments_of_postcode(gazetteer, code))
        places = [gazetteer.by_code.get(("departement", department)) for department in departments]
        return proposed(Why.CEDEX, filter(None, places))
    if asked.allows("arrondissement"):
        cities = {gazetteer.city(place) for place in served if place.level == "arrondissement"}
        served = tuple(place for place in served if place not in cities)
    else:
        served = tuple(place for place in served if place.level != "arrondissement")
    found = _only(Why.POSTCODE, served, asked, shared=Why.POSTCODE_SHARED)
    return found.doubted(Why.CEDEX) if asked.cedex and found.territory else found


def _quarter(gazetteer: Gazetteer, text: str, code: str, asked: Asked) -> Found:
    """A priority district by its number; what else the text holds must be its label or its commune."""
    place = gazetteer.by_code.get(("qpv", code))
    if place is None:
        return UNKNOWN
    known = set(
        folded(f"{place.name} {place.context} {place.department} {code} qpv quartier prioritaire").split()
    )
    other = {word for word in folded(text).split() if len(word) > 2} - known
    found = _only(Why.CODE, [place], asked)
    return found.doubted(Why.PARTLY_READ) if other else found


def _only(why: Why, places: Iterable[Place], asked: Asked, *, shared: Why = Why.CODE_WITHOUT_LEVEL) -> Found:
    allowed = [place for place in dict.fromkeys(places) if asked.allows(place.level)]
    if len(allowed) != 1:
        return proposed(shared, allowed)
    place = allowed[0]
    if asked.departments is not None and place.department and place.department not in asked.departments:
        return proposed(Why.DISAGREES, allowed)
    return Found(why, territory=place)
