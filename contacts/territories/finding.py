"""Reads a territory in what people type. It never guesses: a wrong code is worse than none.

A code is given only when one reading is left and nothing contradicts it. A name alone is no proof when other
communes' names begin with it, since a hamlet may own the name by which everyone calls a city. Everything else
gives candidates for a person to choose from, or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from django.db.models import Count, Max

from contacts.models.territory import Territory, TerritoryAlias, TerritoryPostcode
from contacts.territories import wording
from contacts.territories.codes import read_code
from contacts.territories.context import departments_named, read_context, tidy_number, with_postcode
from contacts.territories.gazetteer import CITIES, Gazetteer, Place
from contacts.territories.matching import (
    Asked,
    Match,
    Tier,
    beginning,
    exact_matches,
    judge,
    near,
    near_groups,
    proposed,
)
from contacts.territories.names import folded
from contacts.territories.quarters import read_quarter
from contacts.territories.verdict import NOTHING, UNKNOWN, Found, Why


_TIGHT_SLASH = re.compile(r"(?<=[^\W\d])/(?=[^\W\d])")
_SHORT = re.compile(r"\d{1,3}|2[ABab]")
_IN_FRANCE = re.compile(r"(?:\s*,\s*|\s*\(\s*|\s+[-–—]\s+)france\s*\)?$", re.IGNORECASE)
LONGEST = 300  # signs of a text that can name a territory; a longer one is prose


class Finder:
    """Finds territories without asking the database: made once for a file, it answers in microseconds."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        self._remembered: dict[tuple[object, ...], Found] = {}

    @classmethod
    def load(cls) -> Finder:
        """A finder of what is in the database now; takes about a second."""
        return cls(Gazetteer.from_database())

    def find(
        self,
        text: object,
        *,
        department: object = None,
        postcode: object = None,
        levels: Collection[str] | None = None,
    ) -> Found:
        """The territory that `text` names, or candidates, or nothing. Cells may be text or numbers.

        `department` (number or name, or the name of a region) and `postcode` are what other columns say of the
        same place; `levels` restricts the answer to some levels, as the heading of a column does: in « Dept », 93
        is a department.
        """
        key = (text, department, postcode, frozenset(levels) if levels is not None else None)
        if (found := self._remembered.get(key)) is None:
            if len(self._remembered) > 50_000:
                self._remembered.clear()
            found = self._find(_text(text), _text(department), _text(postcode), key[3])
            self._remembered[key] = found
        return found

    def knows_department(self, text: str) -> bool:
        """Whether `text` says a department or a region, so that it can tell namesakes apart."""
        return departments_named(self.gazetteer, text) is not None

    def by_code(self, level: str, code: str) -> Place | None:
        """The territory of this level and code, for columns that hold nothing but codes."""
        return self.gazetteer.by_code.get((level, tidy_number(code)))

    def _find(self, text: str, department: str, postcode: str, levels: frozenset[str] | None) -> Found:
        asked = Asked(levels=levels)
        if len(text) > LONGEST:
            return UNKNOWN
        if department.strip():
            asked = replace(asked, departments=departments_named(self.gazetteer, department))
        text = re.sub(r"\s*[\r\n]+\s*", " ; ", text.strip())
        text = " ".join(text.split()).strip(" .;,:!?*\"'-–—")
        text = _IN_FRANCE.sub("", text)
        number = tidy_number(postcode)
        if re.fullmatch(r"\d{4}", number):
            number = "0" + number  # all postcodes have five figures: a spreadsheet took the zero
        if re.fullmatch(r"\d{5}.*", number) and not text:
            text = number
        elif re.fullmatch(r"\d{5}.*", number):
            asked = with_postcode(self.gazetteer, number[:5], asked)
        found = self._read(text, asked) if text else NOTHING
        return found.doubted(Why.CEDEX) if len(number) > 5 else found

    def _read(self, text: str, asked: Asked, *, whole: bool = True) -> Found:
        """The answer to one cell; `whole` when it may be a list or be misspelt."""
        if (shorter := wording.without_cedex(text)) is not None:
            return self._read(shorter, replace(asked, cedex=True), whole=whole).doubted(Why.CEDEX)
        name = folded(text)
        if not name or (name in wording.NOTHING and not asked.located):
            return NOTHING
        if name in wording.WHOLE_COUNTRY and asked.allows("france"):
            return Found(Why.WHOLE_COUNTRY, territory=next(iter(self.gazetteer.france), None))
        if not asked.located and (codes := wording.SETS_OF_DEPARTMENTS.get(name)):
            places = (self.gazetteer.by_code.get(("departement", code)) for code in codes)
            return proposed(Why.GROUP, filter(None, places))
        if (found := read_code(self.gazetteer, text, asked)) is not None:
            return found
        if whole and (numbers := wording.split_numbers(text)):
            return self._read_list(numbers, asked)
        found = self._read_name(text, name, asked)
        if not found.unknown or not whole:
            return found
        parts = wording.split(text)
        joined = len(parts) > 1 or len(wording.split_joined(text)) > 1
        if joined and not (listed := self._read_list(parts, asked)).unknown:
            return listed
        return near_groups(self.gazetteer, name, asked) or near(self.gazetteer, name, asked)

    def _read_name(self, text: str, name: str, asked: Asked) -> Found:
        """One name and what stands beside it."""
        bracketed = "(" in text or "[" in text
        found = self._named(name, asked, districts=not bracketed)
        if found.territory is not None or (not bracketed and wording.district(name)):
            return found
        if (longer := _TIGHT_SLASH.sub(" s/ ", text)) != text:
            river = self._read_name(longer, folded(longer), asked)
            if river.territory is not None:
                return river  # « Vitry/Seine »
        best = found
        if (context := read_context(self.gazetteer, text, asked)) is not None:
            rest, wider = context
            if bracketed or folded(rest) != name or wider != asked:
                placed = self._own_number(rest, wider) or self._named(folded(rest), wider)
                if placed.unknown:
                    placed = self._placed_only(rest, wider)
                if placed.territory is not None or found.unknown:
                    best = placed
        if best.territory is None and (quarter := read_quarter(self.gazetteer, text, asked)) is not None:
            return quarter
        return best

    def _named(self, name: str, asked: Asked, *, districts: bool = True) -> Found:
        """The answer to a folded name with nothing beside it."""
        matches = exact_matches(self.gazetteer, name, asked.levels)
        if districts:
            matches += self._districts(name, asked)
        if asked.insee and (found := self._same_as_code(matches, asked)) is not None:
            return found
        found = judge(self.gazetteer, matches, asked)
        settled = found.territory is not None or (bool(matches) and asked.served is None)
        if settled and found.why is not Why.DISAGREES:
            return found
        longer = beginning(self.gazetteer, self._stripped(name), asked)
        if longer.territory is not None or found.unknown:
            return longer
        return proposed(found.why, [*longer.places, *found.candidates, *(asked.served or ())])

    def _same_as_code(self, matches: Iterable[Match], asked: Asked) -> Found | None:
        """« 93066 Saint-Denis »: the number is the INSEE code of what the name says."""
        for match in matches:
            if match.place in asked.insee and asked.allows(match.place.level):
                return Found(Why.CODE, territory=match.place)
        return None

    def _own_number(self, rest: str, asked: Asked) -> Found | None:
        """« 93 (Seine-Saint-Denis) »: the number of what is in brackets."""
        place = self.gazetteer.by_code.get(("departement", tidy_number(rest)))
        if place is None or not asked.allows("departement") or asked.departments != frozenset({place.code}):
            return None
        return Found(Why.CODE, territory=place)

    def _placed_only(self, rest: str, asked: Asked) -> Found:
        """What the postcode alone proposes for a name that is not known: a quarter, a misspelt name."""
        if asked.served:
            return proposed(Why.PARTLY_READ, [place for place in asked.served if asked.allows(place.level)])
        close = near(self.gazetteer, folded(rest), asked)
        if not close.unknown or not asked.number_first or len(wording.split(rest)) > 1:
            return close
        own = self.gazetteer.by_code.get(("departement", asked.number))
        return proposed(Why.PARTLY_READ, [own] if own and asked.allows("departement") else [])

    def _stripped(self, name: str) -> str:
        """The name without its « Mairie de »."""
        for levels, _kinds, rest in wording.said(name):
            if levels == wording.COMMUNE and rest:
                return wording.without_connector(rest)[0]
        return name

    def _districts(self, name: str, asked: Asked) -> list[Match]:
        """Municipal arrondissements: « Paris 13e », « mairie du 3e arrondissement de Lyon »."""
        said = wording.district(name)
        for _levels, _kinds, rest in wording.said(name):
            said = said or wording.district(rest)
        if said is None or not (said.city or said.worded or asked.located):
            return []
        cities = [said.city] if said.city else list(CITIES)
        places = [place for city in cities if (place := self.gazetteer.district(city, said.number))]
        city = self.gazetteer.by_code.get(("commune", CITIES[said.city][0])) if said.city else None
        if city and not said.marked and (not places or said.number == int(city.department)):
            # « Marseille 13 » is the arrondissement or the department.
            places = [city, *places] if places else []
        return [Match(place, Tier.NAME, name) for place in places]

    def _read_list(self, parts: list[str], asked: Asked) -> Found:
        """Several places in one cell: all of them to choose from, and the answer to each in `parts`."""
        level = next((word for word in ("departement", "region") if folded(parts[0]).startswith(word)), "")
        if all(_SHORT.fullmatch(part) for part in parts):
            level = "departement"
        answers = [answer for part in parts for answer in self._read_joined(part, asked, level)]
        places = [place for answer in answers for place in answer.places]
        understood = [answer for answer in answers if not answer.unknown]
        if len(set(places)) == 1 and all(answer.territory for answer in answers):
            return answers[0]  # « Île-de-France / IDF »
        found = proposed(Why.SEVERAL if len(understood) > 1 else Why.PARTLY_READ, places)
        return replace(found, parts=tuple(answers)) if len(understood) > 1 else found

    def _read_joined(self, text: str, asked: Asked, level: str) -> list[Found]:
        """One place, or several joined by *et*: the longest first, since *et* is in names (Ille-et-Vilaine).

        A bare number is one of `level`, when the list began by saying so.
        """
        words = wording.split_joined(text)
        for end in range(len(words), 0, -1):
            name = " et ".join(words[:end])
            found = self._read(
                f"{level} {name}" if level and _SHORT.fullmatch(name) else name, asked, whole=False
            )
            if not found.unknown or end == 1:
                rest = words[end:]
                return [found, *(self._read_joined(" et ".join(rest), asked, level) if rest else [])]
        return []


def _text(cell: object) -> str:
    return "" if cell is None else str(cell)


@dataclass(slots=True)
class _Kept:
    """The finder of this process, as long as the tables it was made from say the same."""

    finder: Finder | None = None
    stamp: tuple[object, ...] = ()


_kept = _Kept()


def find(
    text: str | None,
    *,
    department: str | None = None,
    postcode: str | None = None,
    levels: Collection[str] | None = None,
) -> Found:
    """The territory that `text` names, or candidates, or nothing; see `Finder.find`."""
    return current_finder().find(text, department=department, postcode=postcode, levels=levels)


def current_finder() -> Finder:
    """The finder of this process, made again (about a second) when the tables have changed."""
    stamp = (
        *Territory.objects.aggregate(n=Count("pk"), last=Max("pk"), vintage=Max("vintage")).values(),
        *TerritoryAlias.objects.aggregate(n=Count("pk"), last=Max("pk")).values(),
        *TerritoryPostcode.objects.aggregate(n=Count("pk"), last=Max("pk")).values(),
    )
    if _kept.finder is None or _kept.stamp != stamp:
        _kept.finder, _kept.stamp = Finder.load(), stamp
    return _kept.finder


def forget() -> None:
    """Drop the kept finder: territories have changed."""
    _kept.finder, _kept.stamp = None, ()
