"""What stands beside a name and says where it is: « (93) », « 93200 », « , Seine-Saint-Denis », « Le » after it."""

from __future__ import annotations

import re
from dataclasses import replace

from contacts.territories import wording
from contacts.territories.gazetteer import Gazetteer, Places, department_of_code
from contacts.territories.matching import Asked, exact_matches
from contacts.territories.names import folded


_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_DEPARTMENT = r"(?:0?\d{2}|2[ABab]|9[78]\d)"
_SEPARATOR = r"[\s,;:/–—-]"
_FIVE = r"(?:[Ff][Rr]?-?)?(\d{2} ?\d{3}|2[ABab]\d{3})"
_FIVE_FIRST = re.compile(rf"{_FIVE}(?!\d){_SEPARATOR}*(\D.*)", re.DOTALL)
_FIVE_LAST = re.compile(rf"(.*\D.*?){_SEPARATOR}+{_FIVE}", re.DOTALL)
_ADDRESS = re.compile(r"(.+?)[\s,]+(\d{5})\s+(\D+)", re.DOTALL)
_NUMBER_FIRST = re.compile(rf"({_DEPARTMENT})(?:\s*[-–—:/.,]\s*|\s+)(\D.*)", re.DOTALL)
_NUMBER_LAST = re.compile(
    rf"(\D.*?){_SEPARATOR}+(?:(?:dans )?le |d[ée]p(?:artemen)?t?\.? ?)?({_DEPARTMENT})", re.DOTALL
)
_COMMA = re.compile(r"(.+?)\s*,\s*([^,]+)", re.DOTALL)
_DASH = re.compile(r"(.+?)\s+[-–—]\s+(.+?)", re.DOTALL)
_IN = re.compile(r"(.+?)\s+(?:en|dans|dans\s+le|dans\s+la|dans\s+les)\s+(.+)", re.IGNORECASE | re.DOTALL)
_OVERSEAS = re.compile(
    r"(.+?)\s+(?:de\s+|à\s+)?(?:la\s+)?(r[ée]union|mayotte|guadeloupe|martinique|guyane)",
    re.IGNORECASE | re.DOTALL,
)  # no river nor town bears these names, so that they need no comma
_NUMBERED = re.compile(rf"({_DEPARTMENT})\s*[-–—:]?\s+(\D+)|(\D+)[\s(]({_DEPARTMENT})\)?")
_POINT_ZERO = re.compile(r"(\d+)[.,]0+")


def read_context(gazetteer: Gazetteer, text: str, asked: Asked) -> tuple[str, Asked] | None:
    """The name alone, and what its surroundings add to what is known; None when there is nothing around it."""
    found: tuple[str, Asked] | None = None
    for _turn in range(3):
        step = (
            _read_five(gazetteer, text, asked)
            or _read_number(text, asked)
            or _read_brackets(gazetteer, text, asked)
            or _read_after_sign(gazetteer, text, asked)
        )
        if step is None:
            return found
        found = text, asked = step
        if exact_matches(gazetteer, folded(text), asked.levels):
            return found
    return found


def with_postcode(gazetteer: Gazetteer, code: str, asked: Asked) -> Asked:
    """What a postcode, or an INSEE code in its place, adds to what is known."""
    served = gazetteer.by_postcode.get(code)
    insee = insee_places(gazetteer, code)
    departments = departments_of_postcode(gazetteer, code)
    if asked.departments is not None:
        departments &= asked.departments
    if served is not None:
        return replace(asked, served=served, insee=insee)
    if insee:
        return replace(asked, insee=insee, departments=departments, cedex=True)
    return replace(asked, departments=departments, cedex=asked.cedex or not code.endswith("000"))


def insee_places(gazetteer: Gazetteer, code: str) -> Places:
    """The commune or arrondissement of an INSEE code, the present one or one that it had."""
    code = code.upper()
    for level in ("commune", "arrondissement"):
        if place := gazetteer.by_code.get((level, code)):
            return (place,)
    return gazetteer.old_codes.get(code, ())


def departments_of_postcode(gazetteer: Gazetteer, code: str) -> frozenset[str]:
    """The departments that a postcode may belong to, by its first figures, or by the communes that it serves."""
    if code in gazetteer.by_postcode:
        return frozenset(place.department for place in gazetteer.by_postcode[code])
    if code.startswith("20"):
        return frozenset({"2A"} if code[2] in "01" else {"2B"})
    return frozenset({department_of_code(code)})


def tidy_number(text: str) -> str:
    """A code as a spreadsheet may have spoilt it: « 93.0 », « '93 », « 93 200 », « 200 054 781 »."""
    text = text.strip().strip("'\"’ ")
    if match := _POINT_ZERO.fullmatch(text):
        text = match[1]
    if re.fullmatch(r"\d{2}[ .]\d{3}|\d{3}[ .]\d{3}[ .]\d{3}", text):
        text = text.replace(" ", "").replace(".", "")
    return text.upper()


def departments_named(gazetteer: Gazetteer, text: str) -> frozenset[str] | None:
    """The departments of a text that names a department or a region, by number or by name; None if it does not."""
    number = tidy_number(text)
    if re.fullmatch(r"0?\d{1,3}|2[AB]", number):
        code = number.lstrip("0").zfill(2)
        if code == "20":
            return frozenset({"2A", "2B"})
        return frozenset({code}) if ("departement", code) in gazetteer.by_code else None
    if len(numbers := wording.split_numbers(number)) > 1:
        return frozenset().union(*(departments_named(gazetteer, some) or () for some in numbers)) or None
    if match := _NUMBERED.fullmatch(text.strip()):
        code, name = (match[1], match[2]) if match[1] else (match[4], match[3])
        numbered = departments_named(gazetteer, code)
        return numbered if numbered == departments_named(gazetteer, name) else None
    met: set[str] = set()
    for level, rest in [(item.levels, item.rest) for item in wording.said(folded(text))]:
        if level == wording.DEPARTEMENT and rest.isdigit():
            return departments_named(gazetteer, rest)
    for match_ in exact_matches(gazetteer, folded(text)):
        if match_.place.level in {"departement", "region"}:
            met |= gazetteer.departments_of(match_.place) or frozenset()
    return frozenset(met) or None


def _narrow(asked: Asked, departments: frozenset[str]) -> Asked:
    return replace(
        asked, departments=departments if asked.departments is None else departments & asked.departments
    )


def _read_brackets(gazetteer: Gazetteer, text: str, asked: Asked) -> tuple[str, Asked] | None:
    contents = list(_BRACKETS.finditer(text))
    if not contents or (len(contents) > 1 and contents[-1].end() < len(text)):
        return None
    content = contents[-1][1]
    rest = " ".join((text[: contents[-1].start()] + " " + text[contents[-1].end() :]).split())
    name = folded(content)
    if not rest or not name:
        return (rest, asked) if rest else None
    if f"{name} " in {"le ", "la ", "les ", "l "}:
        return f"{name} {rest}", asked
    if wording.district(folded(f"{rest} {content}")):
        return f"{rest} {content}", asked  # « Paris (13e) »
    if levels := wording.level_word(name):
        return rest, replace(asked, levels=levels if asked.levels is None else levels & asked.levels)
    number = tidy_number(content)
    if re.fullmatch(r"\d{5}|2[AB]\d{3}", number):
        return rest, with_postcode(gazetteer, number, asked)
    if departments := departments_named(gazetteer, content):
        return rest, replace(_narrow(asked, departments), number=number)
    return rest, replace(asked, unread=True)


def _read_five(gazetteer: Gazetteer, text: str, asked: Asked) -> tuple[str, Asked] | None:
    if match := _FIVE_FIRST.fullmatch(text):
        return match[2], with_postcode(gazetteer, tidy_number(match[1]), asked)
    if match := _FIVE_LAST.fullmatch(text):
        return match[1], with_postcode(gazetteer, tidy_number(match[2]), asked)
    if (match := _ADDRESS.fullmatch(text)) and wording.STREET.search(match[1]):
        return match[3], with_postcode(gazetteer, match[2], asked)
    return None


def _read_number(text: str, asked: Asked) -> tuple[str, Asked] | None:
    first = _NUMBER_FIRST.fullmatch(text)
    match = first or _NUMBER_LAST.fullmatch(text)
    if not match:
        return None
    number, rest = (match[1], match[2]) if first else (match[2], match[1])
    code = number.upper().removeprefix("0") if len(number) == 3 and number.startswith("0") else number.upper()
    departments = frozenset({"2A", "2B"}) if code == "20" else frozenset({code})
    return rest, replace(
        _narrow(asked, departments), number=code, number_first=asked.number_first or bool(first)
    )


def _read_after_sign(gazetteer: Gazetteer, text: str, asked: Asked) -> tuple[str, Asked] | None:
    """« Havre, Le », « Lyon, Rhône », « Saint-Denis - Seine-Saint-Denis », « Saint-Denis en Seine-Saint-Denis »."""
    if (match := _COMMA.fullmatch(text) or _DASH.fullmatch(text)) and wording.district(folded(text)):
        return f"{match[1]} {match[2]}", asked
    if match := _COMMA.fullmatch(text):
        if f"{folded(match[2])} " in {"le ", "la ", "les ", "l "}:
            return f"{match[2]} {match[1]}", asked
        if not _is_river(gazetteer, match[1], match[2]):
            return _read_wider(gazetteer, match[1], match[2], asked)
        return None
    if match := _DASH.fullmatch(text):
        return (
            None
            if _is_river(gazetteer, match[1], match[2])
            else _read_wider(gazetteer, match[1], match[2], asked)
        )
    if match := _OVERSEAS.fullmatch(text) or _IN.fullmatch(text):
        return _read_wider(gazetteer, match[1], match[2], asked)
    return None


def _is_river(gazetteer: Gazetteer, name: str, place: str) -> bool:
    """« Champigny, Marne » may be Champigny-sur-Marne."""
    end = folded(place)
    return any(folded(longer.name).endswith(f" {end}") for longer in gazetteer.beginning_with(folded(name)))


def _read_wider(gazetteer: Gazetteer, name: str, place: str, asked: Asked) -> tuple[str, Asked] | None:
    """The name within a department or a region, but not a department within another: that is a list."""
    levels = {match.place.level for match in exact_matches(gazetteer, folded(name))}
    if levels & {"departement", "region", "france"} and "commune" not in levels:
        return None
    departments = departments_named(gazetteer, place)
    return None if departments is None else (name, _narrow(asked, departments))
