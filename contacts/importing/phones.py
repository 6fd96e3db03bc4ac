"""Reads the phone numbers of a cell, overseas ones by their department. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from contacts.importing.cells import Cell, is_trivial, lines
from contacts.phones import OVERSEAS_PREFIXES, normal_phone, shown_phone


@dataclass(frozen=True, slots=True)
class Phone:
    """A number in E.164, and what stood beside it (« poste 12 », « standard »)."""

    key: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Phones:
    """The numbers of a cell, each once; `rest` is what no number can be made of."""

    numbers: tuple[Phone, ...] = ()
    rest: str = ""


# What a department writes without its first four figures, and the country codes that need no plus.
_OVERSEAS_CODES = ("262", "508", "590", "594", "596", "687", "689")
_OVERSEAS_REGIONS = {"971": "GP", "972": "MQ", "973": "GF", "974": "RE", "975": "PM", "976": "YT", "977": "GP", "978": "GP", "987": "PF", "988": "NC"}  # fmt: skip
_LOCAL_CODES = {"987": "+689", "988": "+687", "975": "+508"}
_STRONG = re.compile(r"[;\n,|]|\s(?:ou|et|puis)\s|\s[-–—]\s", re.IGNORECASE)
_EXTENSION = re.compile(r"(?i)[,;(\s-]*\b(poste|p\.|ext\.?|extension)\s*(?:n[o°]\s*)?:?\s*(\d{1,6})\)?")
_BRACKETED = re.compile(r"\(\s*([^()\d+][^()]*?)\s*\)")
_LABEL = re.compile(
    r"(?i)^[\s*]*(?:t[ée]l(?:[ée]phone)?s?|port(?:able)?|mob(?:ile)?|fixe|fax|standard|ligne directe|ld|pro|perso|bureau|n[o°])\b"
    r"[\s.]*(?:(?:pro|perso|fixe|mobile|portable|bureau|standard)\b)?[\s.:]*"
)
_NOT_A_DIGIT = re.compile(r"\D")
_PLAIN = re.compile(r"0([1-9])(\d{8})")
_TWO = re.compile(r"(0[1-9](?:[\s.\-]?\d{2}){4})[\s/]*(0[1-9](?:[\s.\-]?\d{2}){4})")


def phones(cell: Cell, *, department: str = "") -> Phones:
    """Several numbers in any form; `department` is the code of where the line is, for numbers dialled locally."""
    if cell is None:
        return Phones()
    return _phones(lines(cell), department if department in _OVERSEAS_REGIONS else "")


@lru_cache(maxsize=8_192)
def _phones(text: str, department: str) -> Phones:
    if not text:
        return Phones()
    if key := _fast(text):
        return Phones((Phone(key),))
    if (whole := _number(text, department)) is not None:
        return Phones((whole,))
    found: dict[str, Phone] = {}
    rest: list[str] = []
    for part in _parts(text):
        number = _number(part, department)
        if number is not None:
            found.setdefault(number.key, number)
        elif part.strip(" .:/-–—"):
            rest.append(part.strip())
    return Phones(tuple(found.values()), " ; ".join(rest))


def _parts(text: str) -> list[str]:
    """The cell cut where one number ends: a slash or a space parts two whole numbers, never the pairs of one."""
    parts: list[str] = []
    for piece in _STRONG.split(text):
        if match := _TWO.fullmatch(piece.strip()):
            parts += [match[1], match[2]]
            continue
        halves = piece.split("/")
        counts = [len(_NOT_A_DIGIT.sub("", half)) for half in halves]
        long_enough = [count >= 9 for count in counts if count]
        if len(halves) > 1 and long_enough and all(long_enough):
            parts += halves
        elif len(words := piece.split()) > 1 and all(len(_NOT_A_DIGIT.sub("", word)) >= 9 for word in words):
            parts += words
        else:
            parts.append(piece)
    return parts


def _fast(text: str) -> str:
    """The mainland's ten figures at once: most cells hold just that."""
    digits = text.replace(" ", "").replace(".", "").replace("\u00a0", "")
    if (match := _PLAIN.fullmatch(digits)) and digits[:4] not in OVERSEAS_PREFIXES:
        return f"+33{match[1]}{match[2]}"
    return ""


def _number(text: str, department: str) -> Phone | None:
    comments: list[str] = []

    def keep(match: re.Match[str]) -> str:
        comments.append(" ".join(match[0].strip(" ,;-()").split()))
        return " "

    plain = _EXTENSION.sub(keep, text)
    plain = _BRACKETED.sub(keep, plain)
    if label := _LABEL.match(plain):
        plain = plain[label.end() :]
    plain = plain.replace("\u00a0", " ").replace("\u202f", " ").strip(" .:/-*")
    if any(character.isalpha() for character in plain):
        match = re.fullmatch(
            r"([+\d(][\d\s.()/\-+]{7,})\s+([^\d]{2,60})|([^\d+(]{2,60}?)[\s:]+([+\d(][\d\s.()/\-+]{7,})",
            plain,
        )
        if match is None:
            return None
        plain = match[1] or match[4]
        comments.append((match[2] or match[3]).strip(" :.,-"))
    key = _key(plain, department)
    return Phone(key, " ; ".join(comment for comment in comments if comment)[:100]) if key else None


def _key(text: str, department: str) -> str:
    digits = _NOT_A_DIGIT.sub("", text.replace("(0)", ""))
    if not 6 <= len(digits) <= 15:
        return ""
    if not text.startswith("+") and len(digits) == 12 and digits[:3] in _OVERSEAS_CODES:
        return normal_phone(f"+{digits}")
    if department in _LOCAL_CODES and len(digits) == 6:
        return normal_phone(_LOCAL_CODES[department] + digits)
    if len(digits) < 9:
        return ""
    return normal_phone(text)


def shown(key: str) -> str:
    """As `contacts.phones.shown_phone`; the mainland's own numbers without asking the library."""
    if len(key) == 12 and key.startswith("+33") and key[3] in "1234567":
        return f"0{key[3]} {key[4:6]} {key[6:8]} {key[8:10]} {key[10:12]}"
    return shown_phone(key)


def says_nothing(rest: str) -> bool:
    """Whether what is left of a cell is not worth keeping."""
    return is_trivial(rest)
