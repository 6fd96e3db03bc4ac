"""How a place name is compared: without accents, case, hyphens or the usual abbreviations."""

from __future__ import annotations

import re
import unicodedata


_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"})
_SHORT_UNDER = re.compile(r"\bs\s?/\s?s\b[/.]?")
_SHORT_ON = re.compile(r"\bs\s?/")
_NOT_A_LETTER = re.compile(r"[^0-9a-z]+")

_WRITTEN_OUT = {
    "st": "saint",
    "ste": "sainte",
    "sts": "saints",
    "stes": "saintes",
    "hte": "haute",
    "htes": "hautes",
    "ht": "haut",
    "hts": "hauts",
    "mt": "mont",
    "mts": "monts",
    "gd": "grand",
    "gde": "grande",
    "nd": "notre dame",
    "ss": "sous",
}
ARTICLES = ("le ", "la ", "les ", "l ")
_GROUP_WORDS = frozenset({
    "cc", "ca", "cu", "epci", "ept", "communaute", "communautes", "communes", "agglomeration", "agglo", "urbaine",
    "metropole", "eurometropole", "intercommunalite", "interco", "intercommunale", "territoire", "etablissement",
    "public", "territorial", "de", "du", "des", "d", "la", "le", "les", "l",
})  # fmt: skip


def folded(text: str) -> str:
    """`text` in lower-case ASCII words with one space between: « St-Ouen s/Seine » gives `saint ouen s seine`.

    A lone `s` is kept: it stands for *sur* as for *sous* (Aulnay s/ Bois), and only a reader who knows the
    existing names can tell.
    """
    plain = (text if text.isascii() else _to_ascii(text)).lower()
    if "/" in plain:
        plain = _SHORT_ON.sub(" s ", _SHORT_UNDER.sub(" sous ", plain))
    words = _NOT_A_LETTER.sub(" ", plain).split()
    return " ".join(_WRITTEN_OUT.get(word, word) for word in words)


def without_article(name: str) -> str:
    """A folded name without its first article: `havre` for `le havre`."""
    for article in ARTICLES:
        if name.startswith(article):
            return name[len(article) :]
    return name


def group_core(name: str) -> str:
    """What is left of the folded name of a group of communes without the words that say what it is.

    `nantes` for *Nantes Métropole* as for *métropole de Nantes*.
    """
    return " ".join(word for word in name.split() if word not in _GROUP_WORDS)


def with_short_words_read(name: str) -> list[str]:
    """`name`, and where it holds a lone `s`, the names that it may stand for."""
    words = name.split()
    if "s" not in words:
        return [name]
    read = [" ".join(full if word == "s" else word for word in words) for full in ("sur", "sous")]
    return [name, *read]


def _to_ascii(text: str) -> str:
    """Letters without their accents; any other sign (curly apostrophe, dash, no-break space) becomes a space."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    return "".join(sign if sign.isascii() else " " for sign in decomposed if not unicodedata.combining(sign))
