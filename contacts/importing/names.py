"""Names of people as files write them: in capitals, both in one cell, swapped, by an initial. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from crm.folding import fold_name


LONGEST_NAME, LONGEST_FIRST_NAME = 200, 100

_CIVILITIES = {
    **dict.fromkeys(["mme", "madame", "mlle", "mademoiselle", "mmes", "mesdames", "mrs", "ms", "f", "femme", "feminin"], "mme"),
    **dict.fromkeys(["m", "mr", "monsieur", "messieurs", "mm", "mister", "h", "homme", "masculin"], "m"),
}  # fmt: skip
_LEADING = re.compile(r"(?i)^(mme|madame|mlle|mademoiselle|mrs|ms|m|mr|monsieur)\b\.?\s+(?=\S)")
_TITLES = re.compile(r"(?i)^((?:dr|docteure?|pr|professeure?|ma[îi]tre|me)\b\.?)\s+(?=\S)")
_PARTICLES = frozenset(
    {"de", "du", "des", "d", "la", "le", "les", "van", "von", "der", "den", "da", "dos", "di", "el", "ben"}
)
_LOWER_PARTICLES = frozenset({"de", "du", "des", "von", "van", "der", "den"})
_WORD = re.compile(r"[^\s\-'’]+")


@lru_cache(maxsize=1_024)
def civility(text: str) -> str:
    """`mme`, `m`, or an empty string for anything else (« Dr », « M. et Mme »)."""
    return _CIVILITIES.get(fold_name(text), "")


def has_letter(text: str) -> bool:
    return any(character.isalpha() for character in text)


def without_civility(text: str) -> tuple[str, str]:
    """`(civility, rest)` of « Mme Dupont Jeanne »; a doctor's or professor's title is left out."""
    if match := _LEADING.match(text):
        rest = text[match.end() :].strip()
        if has_letter(rest):
            return civility(match[1]), rest
    if match := _TITLES.match(text):
        rest = text[match.end() :].strip()
        if len(rest.split()) > 1:
            return "", rest
    return "", text


@lru_cache(maxsize=65_536)
def proper(text: str) -> str:
    """« DUPONT-LE GOFF » as « Dupont-Le Goff »; a name that has both cases is left as it is written."""
    if not (text.isupper() or text.islower()) or not has_letter(text):
        return text
    if text.isupper() and len(text) <= 2:
        return text  # initials
    if "." in text and all(len(part) <= 1 for part in re.split(r"[.\s-]+", text)):
        return text.upper()
    parts = text.lower().split(" ")
    last = len(parts) - 1
    return " ".join(
        part
        if part in _LOWER_PARTICLES and number < last
        else _WORD.sub(lambda word: word[0].capitalize(), part)
        for number, part in enumerate(parts)
    )


@dataclass(frozen=True, slots=True)
class Name:
    """A person's last and first name, and the civility that stood before them."""

    last: str = ""
    first: str = ""
    civility: str = ""


NOBODY = Name()


def name_of(last: str, first: str) -> Name:
    """The name in two cells; when the first name's cell is empty and capitals part the other, it holds both."""
    found, last = without_civility(last)
    more, first = without_civility(first)
    if not has_letter(first) and has_letter(last) and (both := _by_capitals(last)):
        last, first = both
    last, first = (last if has_letter(last) else ""), (first if has_letter(first) else "")
    return Name(proper(last), proper(first), found or more)


def full_name(text: str, *, first_name_first: bool = False) -> Name:
    """Both names in one cell. Capitals tell the last name; else the order does, and particles stay with the last name."""
    found, text = without_civility(text)
    text = text.strip(" ,")
    if not has_letter(text):
        return Name()
    if "," in text:
        last, _comma, first = (part.strip() for part in text.partition(","))
        if has_letter(first) and len(first.split()) <= 3:
            return Name(proper(last), proper(first), found)
    if both := _by_capitals(text):
        return Name(proper(both[0]), proper(both[1]), found)
    words = text.split()
    if len(words) == 1:
        return Name(proper(text), "", found)
    if first_name_first:
        return Name(proper(" ".join(words[1:])), proper(words[0]), found)
    head = 1
    while head < len(words) - 1 and words[head - 1].lower().rstrip("'’") in _PARTICLES:
        head += 1
    return Name(proper(" ".join(words[:head])), proper(" ".join(words[head:])), found)


def _by_capitals(text: str) -> tuple[str, str] | None:
    """`(last, first)` when the words in capitals, all at one end, are the last name and the others the first."""
    words = text.split()
    upper = [_is_upper(word) for word in words]
    count = sum(upper)
    if not 0 < count < len(words):
        return None
    if all(upper[:count]):
        last, first = words[:count], words[count:]
    elif all(upper[-count:]):
        first, last = words[:-count], words[-count:]
        while len(first) > 1 and first[-1].lower() in _LOWER_PARTICLES | {"d'", "la"}:
            last = [first.pop(), *last]
    else:
        return None
    if all(len(word.strip(".")) <= 1 for word in last) or not has_letter(" ".join(first)):
        return None
    if all(word.lower() in _PARTICLES for word in first):
        return None
    return " ".join(last), " ".join(first)


def _is_upper(word: str) -> bool:
    letters = [character for character in word if character.isalpha()]
    return len(letters) > 1 and all(character.isupper() for character in letters)


# --- comparing ------------------------------------------------------------------------------------------


def compatible(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two folded `(last, first)` may be one person who shares an e-mail with themselves.

    Equal, swapped, an initial for the first name, all in one cell, or one side that lacks a part and agrees on the rest.
    """
    if one == other or one == (other[1], other[0]):
        return True
    (last, first), (other_last, other_first) = one, other
    if not (last or first) or not (other_last or other_first):
        return True
    if (
        last
        and last == other_last
        and (is_initial_of(first, other_first) or is_initial_of(other_first, first))
    ):
        return True
    if sorted(f"{last} {first}".split()) == sorted(f"{other_last} {other_first}".split()):
        return True
    alone, whole = (one, other) if bool(last) != bool(first) else (other, one)
    if bool(alone[0]) == bool(alone[1]):
        return False
    return (alone[0] or alone[1]) in whole


def is_initial_of(short: str, name: str) -> bool:
    """« j » or « j p » for « jean pierre »: folded."""
    if not short or not name:
        return False
    initials = [part[0] for part in name.split()]
    return short.split() in (initials, initials[:1]) or short == "".join(initials)
