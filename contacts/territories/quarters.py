"""Priority districts (QPV) by label: labels repeat from town to town, so a label needs its commune."""

from __future__ import annotations

import re
from collections.abc import Iterator

from contacts.territories import wording
from contacts.territories.gazetteer import Gazetteer, Place
from contacts.territories.matching import Asked, proposed
from contacts.territories.names import folded
from contacts.territories.verdict import Found, Why


_FIRST = re.compile(r"(?:qpv|quartier prioritaire|quartiers?)(?: (?:de la ville|politique de la ville))? ")
_SMALL = frozenset(
    {"a", "de", "d", "du", "la", "le", "les", "l", "en", "commune", "ville", "quartier", "qpv"}
)


def read_quarter(gazetteer: Gazetteer, text: str, asked: Asked) -> Found | None:
    """« Franc Moisin (Saint-Denis) », « QPV Franc Moisin Saint-Denis »; None when no label is in the text."""
    if not gazetteer.quarters or not asked.allows("qpv"):
        return None
    name = _FIRST.sub("", folded(text), count=1)
    words = name.split()
    met: list[Place] = []
    for cut in range(1, len(words)):
        for label, rest in ((words[:cut], words[cut:]), (words[cut:], words[:cut])):
            for place in gazetteer.quarters.get(" ".join(label), ()):
                if _is_in(gazetteer, place, rest):
                    met.append(place)
    met = [place for place in dict.fromkeys(met) if _agrees(place, asked)]
    if len(met) == 1:
        found = Found(Why.QUARTER, territory=met[0])
        return found.doubted(Why.CEDEX) if asked.cedex else found
    if met:
        return proposed(Why.NAMESAKES, met)
    labelled = [place for place in gazetteer.quarters.get(name, ()) if _agrees(place, asked)]
    said = asked.levels == wording.QPV or _FIRST.match(folded(text))
    if said and asked.departments is not None and len(labelled) == 1:
        return Found(Why.QUARTER, territory=labelled[0])
    found = proposed(Why.NAMESAKES, labelled or _partly_named(gazetteer, words, asked))
    return None if found.unknown else found


def _partly_named(gazetteer: Gazetteer, words: list[str], asked: Asked) -> Iterator[Place]:
    """« Franc Moisin Saint-Denis »: the label is longer than what is said of it; only to choose from."""
    for cut in range(1, len(words)):
        for part, town in ((words[:cut], words[cut:]), (words[cut:], words[:cut])):
            told = " ".join(part)
            name = " ".join(word for word in town if not word.isdigit())
            if len(told) < 4:
                continue
            for commune in gazetteer.named.get(name, ()):
                for label, place in gazetteer.quarters_of_commune.get(commune.code, ()):
                    if f" {told} " in f" {label} " and _agrees(place, asked):
                        yield place


def _is_in(gazetteer: Gazetteer, place: Place, words: list[str]) -> bool:
    """Whether the words beside a label are its commune, with or without its department's number."""
    told = [word for word in words if word not in _SMALL and word != place.department.lower()]
    if not told:
        return False
    return any(
        told == [word for word in name.split() if word not in _SMALL]
        for code in gazetteer.communes_of_quarter.get(place.code, ())
        for name in gazetteer.names_of_commune(code)
    )


def _agrees(place: Place, asked: Asked) -> bool:
    return asked.departments is None or place.department in asked.departments
