"""Schemes as a cell names them in a file of contacts: « CLS », « ASV-CLS », « CLS de Saint-Denis »."""

from __future__ import annotations

import re
from dataclasses import dataclass

from contacts.importing.places import Atlas
from contacts.importing.terms import Vocabulary
from contacts.territories.gazetteer import Place
from crm.folding import fold


@dataclass(frozen=True, slots=True)
class Mention:
    """A type of scheme in a place that is sure."""

    type: int
    place: Place


@dataclass(frozen=True, slots=True)
class Mentions:
    """What a cell says of schemes. `types` are the codes of the types it names, `says_more` that it holds other words."""

    mentions: tuple[Mention, ...] = ()
    types: tuple[str, ...] = ()
    says_more: bool = False


_CONNECTOR = re.compile(r"^(?:du|de la|de l['’]|des|de|d['’]|à|a|sur|:|-|–)\s*", re.IGNORECASE)
_NOTHING_MORE = re.compile(r"[\W\d_]*")


def mentions(text: str, types: Vocabulary, atlas: Atlas, *, department: str = "") -> Mentions:
    """The schemes of one cell; a place that is not sure makes no mention."""
    found: list[Mention] = []
    named: dict[str, None] = {}
    more = False
    code_of = {pk: code for code, pk in types.codes.items()}
    for part in re.split(r"[;\n,/+&]|\s+et\s+(?=[A-Z]{2,5}\b)", text):
        if not (part := part.strip()):
            continue
        read = _types_of(part, types)
        if read is None:
            more = True
            continue
        kinds, rest = read
        named.update(dict.fromkeys(code_of[kind] for kind in kinds))
        if _NOTHING_MORE.fullmatch(rest):
            more = more or bool(rest.strip(" .-"))
            continue
        more = True
        where = atlas.where(territory=_CONNECTOR.sub("", rest), department=department)
        if len(kinds) == 1:
            found += [Mention(kinds[0], place) for place in where.territories]
    return Mentions(tuple(found), tuple(named), more)


def _types_of(text: str, types: Vocabulary) -> tuple[list[int], str] | None:
    """The types at the beginning of a text, and what follows; the longest writing of a type is taken."""
    if (whole := types.known(text)) is not None:
        return [whole], ""
    words = text.split()
    for stop in range(len(words) - 1, 0, -1):
        head = " ".join(words[:stop])
        if (kind := types.known(head)) is not None:
            return [kind], " ".join(words[stop:])
    pieces = [piece for piece in re.split(r"[-–]", words[0]) if piece]
    kinds = [types.known(piece) for piece in pieces]
    if len(pieces) > 1 and all(kind is not None for kind in kinds):
        return [kind for kind in kinds if kind is not None], " ".join(words[1:])
    return None


def type_of(text: str, types: Vocabulary) -> int | None:
    """The type that a cell of types names, whole or by its first words."""
    return types.known(text) if fold(text) else None
