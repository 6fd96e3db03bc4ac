"""Reads one cell as people write it. Pure: no database, no settings; the same cell always reads the same."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from crm.folding import fold_name


Cell = Any

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\ufeff]")
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069]")
_TRIVIAL = re.compile(r"[\W_]*(?:nc|n\s*[./]?\s*[car]|neant|ras|x+|vide|inconnue?)?[\W_]*", re.IGNORECASE)


def lines(cell: Cell) -> str:
    """The text of a cell with its line breaks, without what no screen shows; numbers without a « ,0 »."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        text = _CONTROL.sub("", cell.replace("\r\n", "\n").replace("\r", "\n"))
        return "\n".join(line.strip() for line in text.split("\n")).strip()
    if isinstance(cell, bool):
        return "oui" if cell else "non"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return f"{cell:%d/%m/%Y %H:%M}" if (cell.hour or cell.minute) else f"{cell:%d/%m/%Y}"
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    return str(cell)


def line(cell: Cell) -> str:
    """The text of a cell on one line, with one space between words."""
    return _one_line(cell) if isinstance(cell, str) else " ".join(lines(cell).split())


@lru_cache(maxsize=65_536)
def _one_line(text: str) -> str:
    return " ".join(_INVISIBLE.sub("", _CONTROL.sub(" ", text)).split())


def is_trivial(text: str) -> bool:
    """Whether a text says only that there is nothing: « - », « ? », « néant », « NC »."""
    return _TRIVIAL.fullmatch(fold_name(text) or "") is not None


# --- e-mails --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Emails:
    """The addresses of a cell, in lower case, each once; `rest` is what no address can be made of."""

    addresses: tuple[str, ...] = ()
    rest: str = ""


_validate = EmailValidator()
_MAIL_SEPARATORS = re.compile(r"[\s;,|]+|/+|\\")
_NAMED = re.compile(r"(?:\"[^\"]*\"\s*|[^;,<>\n\"]*)<\s*([^<>]*?)\s*>")
_AND = re.compile(r"(?:(?<=\s)|^)(?:ou|et|and|or)(?=\s)", re.IGNORECASE)
_EDGES = " .,;:<>()[]{}\"'`«»“”‘’*"  # noqa: RUF001


@lru_cache(maxsize=16_384)
def is_email(text: str) -> bool:
    """Whether this is an address that the rest of the house accepts (at most 254 characters)."""
    if "@" not in text or len(text) > 254:
        return False
    try:
        _validate(text)
    except ValidationError:
        return False
    return True


def emails(cell: Cell) -> Emails:
    """Several addresses in any case, `mailto:`, « Nom <adresse> », stray dots and signs around them."""
    text = lines(cell)
    if not text:
        return Emails()
    plain = text.lower()
    if is_email(plain):
        return Emails((plain,))
    plain = _INVISIBLE.sub("", plain).replace("mailto:", " ")
    plain = _NAMED.sub(r" \1 ", plain)
    plain = re.sub(r"\s*@\s+|\s+@\s*", "@", plain) if plain.count("@") == 1 else plain
    found: dict[str, None] = {}
    rest: list[str] = []
    for part in _MAIL_SEPARATORS.split(_AND.sub(" ", plain)):
        address = part.strip(_EDGES).partition("?")[0]
        if is_email(address):
            found[address] = None
        elif part.strip(_EDGES):
            rest.append(part)
    if rest or not found:
        return Emails(tuple(found), " ".join(rest) if found else " ".join(text.split()))
    return Emails(tuple(found))


# Addresses that anybody can open: the person's own, not their employer's.
PERSONAL_DOMAINS = frozenset(
    [
        "gmail.com",
        "googlemail.com",
        "orange.fr",
        "wanadoo.fr",
        "free.fr",
        "laposte.net",
        "hotmail.fr",
        "hotmail.com",
        "outlook.fr",
        "outlook.com",
        "live.fr",
        "live.com",
        "msn.com",
        "yahoo.fr",
        "yahoo.com",
        "ymail.com",
        "sfr.fr",
        "neuf.fr",
        "cegetel.net",
        "club-internet.fr",
        "numericable.fr",
        "bbox.fr",
        "aol.com",
        "aol.fr",
        "icloud.com",
        "me.com",
        "mac.com",
        "gmx.fr",
        "gmx.com",
        "gmx.net",
        "protonmail.com",
        "proton.me",
        "pm.me",
        "noos.fr",
        "aliceadsl.fr",
        "libertysurf.fr",
        "tele2.fr",
        "voila.fr",
        "only.fr",
        "zaclys.com",
        "zaclys.net",
        "mailo.com",
        "mailo.fr",
        "netcourrier.com",
        "tutanota.com",
        "tuta.io",
        "riseup.net",
        "hotmail.be",
        "skynet.be",
        "bluewin.ch",
        "izi-re.com",
        "mediaserv.net",
    ]
)
_ROLES = frozenset(
    [
        "contact",
        "contacts",
        "info",
        "infos",
        "information",
        "informations",
        "accueil",
        "secretariat",
        "secretaire",
        "mairie",
        "commune",
        "ville",
        "direction",
        "courrier",
        "courriel",
        "mail",
        "sante",
        "administration",
        "admin",
        "standard",
        "bonjour",
        "hello",
        "association",
        "asso",
        "asv",
        "cls",
        "clsm",
        "cpts",
        "ccas",
        "cias",
        "dg",
        "dgs",
        "rh",
        "communication",
        "com",
        "presse",
        "mediation",
        "prevention",
        "solidarites",
        "service",
        "services",
        "equipe",
        "coordination",
        "coordo",
        "poledelaville",
        "politiqueville",
        "politiquedelaville",
        "pole",
        "newsletter",
        "webmaster",
        "support",
        "noreply",
        "no-reply",
        "cabinet",
    ]
)


def nature_of(address: str) -> str:
    """`personal`, `role` or `professional`, by its two sides alone (values of `Channel.Nature`)."""
    local, _at, domain = address.partition("@")
    if domain in PERSONAL_DOMAINS:
        return "personal"
    first = re.split(r"[.\-_+]", local, maxsplit=1)[0]
    return "role" if local in _ROLES or first in _ROLES else "professional"


# --- yes and no -----------------------------------------------------------------------------------------

_YES = frozenset(
    [
        "o",
        "oui",
        "ok",
        "x",
        "1",
        "vrai",
        "true",
        "yes",
        "y",
        "v",
        "abonne",
        "abonnee",
        "inscrit",
        "inscrite",
        "d",
        "accord",
        "accepte",
        "souhaite",
        "recoit",
        "coche",
    ]
) | {"d accord", "a jour"}
_NO = frozenset(
    [
        "n",
        "non",
        "0",
        "faux",
        "false",
        "no",
        "stop",
        "refus",
        "refuse",
        "refusee",
        "opposition",
        "oppose",
        "opposee",
        "unsubscribe",
    ]
)
_NO_BEGINNINGS = (
    "non ", "ne souhaite", "ne veut", "ne pas", "ne plus", "desinscri", "desabonn", "stop", "refus", "oppos",
    "plus de", "pas de newsletter", "a retirer", "retire", "retirer", "supprime", "unsubscri", "n en veut", "pas d envoi",
)  # fmt: skip
_NEITHER = re.compile(
    r"non (?:renseigne|connu|communique|precise|concerne|defini|applicable|demande|sollicite|pose)e?s?\b.*"
)
_YES_BEGINNINGS = ("oui ", "abonne", "inscrit", "souhaite", "accepte", "veut bien")


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes (True), no (False), or None; `unclear` when something is written that says neither."""

    value: bool | None = None
    unclear: bool = False


def answer(cell: Cell) -> Answer:
    """O, oui, x, 1 … or N, non, STOP, « ne souhaite plus », « désinscrite le … »; the rest is neither."""
    if isinstance(cell, bool):
        return Answer(cell)
    return _answer(line(cell))


@lru_cache(maxsize=4_096)
def _answer(text: str) -> Answer:
    key = fold_name(text)
    if _NEITHER.fullmatch(key):
        return Answer(None, unclear=True)
    if key in _NO or key.startswith(_NO_BEGINNINGS):
        return Answer(False)
    if key in _YES or key.startswith(_YES_BEGINNINGS) or text in {"✓", "✔", "☑", "✅"}:
        return Answer(True)
    return Answer(None, unclear=bool(text.strip("-–—_. ")))


# --- numbers --------------------------------------------------------------------------------------------


def postcode(cell: Cell) -> str:
    """A postal code with its lost zero, « F- » and spaces taken away; anything else as it is written."""
    text = line(cell)
    digits = re.sub(r"(?i)^f(?:r)?[ -]*|[\s.]", "", text.removesuffix(".0"))
    if re.fullmatch(r"\d{4,5}", digits):
        return digits.zfill(5)
    return text


def siret(cell: Cell) -> str:
    """A SIRET of 14 figures, or an empty string."""
    digits = re.sub(r"\D", "", line(cell))
    return digits if len(digits) == 14 else ""
