"""Where a line is: the finest territory that its columns prove together, never a guess.

An explicit « Territoire d’intervention » speaks alone. Else the town, with its department or postal code; else the
department, or the one of the postal code; else the region. A CEDEX address says no commune.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy

from contacts.territories.finding import Finder
from contacts.territories.gazetteer import CITIES, Place
from contacts.territories.verdict import Found, Why


TOWNS = frozenset({"commune", "arrondissement"})
DEPARTMENTS = frozenset({"departement"})
REGIONS = frozenset({"region"})
_DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_DISAGREE = gettext_lazy("Le code postal et le département ne vont pas ensemble.")


@dataclass(frozen=True, slots=True)
class Where:
    """The territories of a line, with the column that gave them; or what to be told, of which column, and the text."""

    territories: tuple[Place, ...] = ()
    department: str = ""
    column: str = ""
    reason: str = ""
    text: str = ""


NOWHERE = Where()


class Atlas:
    """Reads the place of lines; what was read once is remembered, for files repeat their towns."""

    def __init__(self, finder: Finder) -> None:
        self.finder = finder
        self._read: dict[tuple[str, str, str, str, str], Where] = {}

    def where(
        self,
        *,
        city: str = "",
        postcode: str = "",
        department: str = "",
        region: str = "",
        territory: str = "",
    ) -> Where:
        """What these columns of one line say together."""
        key = (city, postcode, undotted(department), undotted(region), undotted(territory))
        if key == ("", "", "", "", ""):
            return NOWHERE
        if (found := self._read.get(key)) is None:
            found = self._read[key] = self._where(*key)
        return found

    def _where(self, city: str, postcode: str, department: str, region: str, territory: str) -> Where:
        if territory:
            return self._explicit(territory, department or region, postcode)
        stated = self.finder.find(department, levels=DEPARTMENTS) if department else None
        of_postcode = self._department_of(postcode)
        if stated and stated.territory and of_postcode and stated.territory.code not in of_postcode:
            return Where(column="department", reason=str(_DISAGREE), text=f"{postcode} {department}")
        if city:
            found = self.finder.find(
                city, department=department or region or None, postcode=postcode or None, levels=TOWNS
            )
            if found.territory and (department or postcode or region or found.why is not Why.BEGINNING):
                place = self._whole_town(found.territory, city)
                return Where((place,), place.department, "city")
            fallback = self._without_town(department, stated, of_postcode, region)
            if found.why is Why.CEDEX or fallback.territories:
                return fallback
            return Where(column="city", reason=sentence(found), text=" ".join(filter(None, [postcode, city])))
        return self._without_town(department, stated, of_postcode, region)

    def _whole_town(self, place: Place, city: str) -> Place:
        """« Lyon » with 69001 is the town: only a cell that names an arrondissement is one."""
        if place.level != "arrondissement" or any(sign.isdigit() for sign in city):
            return place
        towns = (self.finder.by_code("commune", code) for code, _stem, _count in CITIES.values())
        return next((town for town in towns if town and town.department == place.department), place)

    def _without_town(
        self, department: str, stated: Found | None, of_postcode: frozenset[str], region: str
    ) -> Where:
        if stated and stated.territory:
            return Where((stated.territory,), stated.territory.code, "department")
        if stated and stated.parts and all(part.territory for part in stated.parts):
            return Where(tuple(part.territory for part in stated.parts if part.territory), "", "department")
        if len(of_postcode) == 1:
            (code,) = of_postcode
            if place := self.finder.by_code("departement", code):
                return Where((place,), code, "postcode")
        if stated and stated.why is not Why.NOTHING:
            return Where(column="department", reason=sentence(stated), text=department)
        if region:
            found = self.finder.find(region, levels=REGIONS)
            if found.territory:
                return Where((found.territory,), "", "region")
            if found.parts and all(part.territory for part in found.parts):
                return Where(tuple(part.territory for part in found.parts if part.territory), "", "region")
            if found.why is not Why.NOTHING:
                return Where(column="region", reason=sentence(found), text=region)
        if department and stated is not None:
            return Where(column="department", reason=sentence(stated), text=department)
        return NOWHERE

    def _explicit(self, text: str, department: str, postcode: str) -> Where:
        found = self.finder.find(text)
        if found.territory is None and not found.parts and (department or postcode):
            found = self.finder.find(text, department=department or None, postcode=postcode or None)
        places = [found.territory] if found.territory else [part.territory for part in found.parts]
        sure = tuple(dict.fromkeys(place for place in places if place is not None))
        if sure and len(sure) == len(places):
            departments = {place.department for place in sure}
            return Where(sure, departments.pop() if len(departments) == 1 else "", "territory")
        return Where(column="territory", reason=sentence(found), text=text)

    def _department_of(self, postcode: str) -> frozenset[str]:
        """The departments that a postal code may be in: of the communes that it serves, else by its first figures."""
        if len(postcode) != 5 or not postcode.isdigit():
            return frozenset()
        if served := self.finder.gazetteer.by_postcode.get(postcode):
            return frozenset(place.department for place in served)
        if postcode.startswith("20"):
            return frozenset({"2A"} if postcode[2] in "01" else {"2B"})
        return frozenset({postcode[:3] if postcode.startswith(("97", "98")) else postcode[:2]})


def undotted(text: str) -> str:
    """« I.D.F. » as « IDF »: abbreviations are known without their points."""
    return _DOTTED.sub(lambda found: found[0].replace(".", ""), text) if "." in text else text


def sentence(found: Found) -> str:
    """Why there is no territory, with the candidates to choose from."""
    why: str | Promise = found.why.label
    if found.unknown:
        return str(why) if found.why is not Why.NOTHING else _("Ce texte ne désigne aucun territoire.")
    shown = ", ".join(str(place) for place in found.candidates[:5])
    more = "…" if len(found.candidates) > 5 else "."
    return _("%(why)s Possibles : %(places)s%(more)s") % {"why": why, "places": shown, "more": more}
