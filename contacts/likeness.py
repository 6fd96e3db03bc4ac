"""Whether two names may be one person's or one organisation's. Pure; says why, never decides."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator

from django.utils.translation import gettext as _
from rapidfuzz.distance import OSA


_HALLS = re.compile(
    r"(?:(?:la )?(?:ville|mairie|commune|municipalite|hotel de ville)) (?:de la |de l |de |du |des |d )?(.+)"
)
# « Jean » and « Jeanne », « Michel » and « Michèle » are two people.
_FEMININES = frozenset({"e", "ne", "le", "te", "ine", "ette", "a"})
_PARTICLES = frozenset({"de", "du", "des", "la", "le", "les", "d", "l"})
type FoldedName = tuple[str, str]


def near_people(one: FoldedName, other: FoldedName) -> str:
    """Why two folded `(last, first)` that are not equal may be one person of one organisation, or an empty string.

    One letter of the last name, a nickname or an initial, a part of a compound name, the two names swapped.
    """
    (last, first), (other_last, other_first) = one, other
    if one == other:
        return _("même nom")
    if not last or not other_last:
        return ""
    if one == (other_first, other_last):
        return _("nom et prénom inversés")
    if last == other_last:
        return _("prénom proche") if near_first_names(first, other_first) else ""
    if first == other_first and first:
        if near_words(last, other_last):
            return _("nom proche")
        if _part_of(last, other_last) or _part_of(other_last, last):
            return _("nom composé")
    return ""


def near_first_names(one: str, other: str) -> bool:
    """« cathy » and « catherine », « j p » and « jean pierre », one letter apart, or one of the two missing."""
    if not one or not other:
        return True
    short, long = sorted((one, other), key=len)
    if short.replace(" ", "") == "".join(word[0] for word in long.split()) or (
        len(short) == 1 and long.startswith(short)
    ):
        return True
    if short in long.split():
        return True
    if long.removeprefix(short) in _FEMININES:
        return False
    same = next((place for place, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if same >= 3 and len(short) <= 6 and len(long) - len(short) >= 1 and same >= len(short) - 2:
        return True
    return min(len(one), len(other)) >= 5 and OSA.distance(one, other, score_cutoff=1) <= 1


def near_words(one: str, other: str) -> bool:
    """One letter more, less, other, or two swapped: in words of five letters or more, and in no figure."""
    if min(len(one), len(other)) < 5 or re.findall(r"\d+", one) != re.findall(r"\d+", other):
        return False
    return OSA.distance(one, other, score_cutoff=1) <= 1


def _part_of(part: str, whole: str) -> bool:
    """« martin » in « martin duval »: a whole word, at either end."""
    words, parts = whole.split(), part.split()
    return (
        len(words) > len(parts)
        and parts in (words[: len(parts)], words[-len(parts) :])
        and not _PARTICLES.issuperset(parts)
    )


def town_of(name: str) -> str:
    """The town of « ville de X », « mairie de X », « commune de X » (folded), or an empty string."""
    match = _HALLS.fullmatch(name)
    return match[1] if match else ""


class NearOrganisations[K: Hashable]:
    """Finds the organisations whose folded names are near, without comparing each with each.

    One letter changes one word: two near names share all the others, and a beginning or an end of that one.
    """

    def __init__(self) -> None:
        self._known: list[tuple[str, K]] = []
        self._halls: dict[str, list[int]] = defaultdict(list)
        self._blocks: dict[int, int | list[int]] = {}

    def add(self, name: str, key: K) -> None:
        """Know this organisation from now on."""
        number = len(self._known)
        self._known.append((name, key))
        if town := town_of(name):
            self._halls[town].append(number)
        for block in _blocks(name):
            held = self._blocks.get(block)
            if held is None:
                self._blocks[block] = number
            elif isinstance(held, list):
                held.append(number)
            else:
                self._blocks[block] = [held, number]

    def like(self, name: str) -> Iterator[tuple[K, str]]:
        """The known organisations near this folded name, each once, with the reason."""
        seen: set[K] = set()
        if town := town_of(name):
            for number in self._halls.get(town, ()):
                other, key = self._known[number]
                if other != name and key not in seen:
                    seen.add(key)
                    yield key, _("ville, mairie ou commune du même nom")
        for block in _blocks(name):
            held = self._blocks.get(block, ())
            for number in (held,) if isinstance(held, int) else held:
                other, key = self._known[number]
                if key not in seen and other != name and near_words(name, other):
                    seen.add(key)
                    yield key, _("nom proche")


def _blocks(name: str) -> Iterable[int]:
    """What near names share, as a number: of a base of organisations these are the most of what is held."""
    words = name.split()
    for place, word in enumerate(words):
        others = (*words[:place], "*", *words[place + 1 :])
        if len(word) >= 4:
            yield hash((*others, "<", word[:2]))
            yield hash((*others, ">", word[-2:]))
