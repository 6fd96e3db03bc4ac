"""Folding and spelling of plain text, written apart from the importer so that the truth owes it nothing."""

from __future__ import annotations

import random
import re
import unicodedata


def fold(text: str) -> str:
    """Lower case, no accents, no punctuation, `œ` as `oe`, `St`/`Ste` written out, one space between words."""
    text = text.lower().replace("œ", "oe").replace("æ", "ae")
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    words = re.sub(r"[^0-9a-z]+", " ", plain).split()
    return " ".join({"st": "saint", "ste": "sainte"}.get(word, word) for word in words)


def unaccented(text: str) -> str:
    """The same letters and signs without accents; case is kept."""
    text = text.replace("œ", "oe").replace("Œ", "OE")
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))


def slug(text: str) -> str:
    """What a mail domain or the local part of an address makes of a name."""
    return fold(text).replace(" ", "-")


def respelled(rng: random.Random, text: str) -> str:
    """The same name with another case, without accents, with `St` for `Saint`, other hyphens or stray spaces."""
    changes = [
        text.upper(),
        unaccented(text),
        unaccented(text).upper(),
        text.lower(),
        text.replace("Saint-", "St ").replace("Sainte-", "Ste "),
        text.replace("-", " "),
        text.replace("'", "’"),
        text + "  ",
        "  " + text.replace(" ", "  ", 1),
        text.replace(" ", "\u00a0", 1),
    ]
    return rng.choice(changes)
