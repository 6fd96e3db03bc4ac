"""« Vouliez-vous dire … » : the nearest words that records do hold, when a search has found nothing."""

from __future__ import annotations

from itertools import chain

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from contacts.models import Category, Function, Theme
from contacts.models.contact_queries import ContactQuerySet
from crm.folding import fold_name


NEAR_ENOUGH = 0.65  # of a word's letters: « matrin » is « martin » (0.83), « dupont » is not « dumas » (0.5)
SHORTEST = 3


def nearest(rows: ContactQuerySet, text: str) -> str:
    """What was probably meant: each word that no record of `rows` holds, replaced by the nearest that one does.

    Empty when nothing is near. Only names, which anybody who sees the list sees, and the closed lists are known words.
    """
    words = fold_name(text).split()
    known = _known_words(rows)
    meant, changed = [], False
    for word in words:
        if len(word) < SHORTEST or word.isdecimal() or word in known or rows.matching(word).exists():
            meant.append(word)
            continue
        found = process.extractOne(
            word, known, scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=NEAR_ENOUGH
        )
        if found is None:
            return ""
        meant.append(found[0])
        changed = True
    return " ".join(meant) if changed else ""


def _known_words(rows: ContactQuerySet) -> list[str]:
    names = rows.order_by().values_list("sort_name", flat=True).distinct()
    terms = chain.from_iterable(
        terms.objects.values_list("folded", flat=True) for terms in (Theme, Category, Function)
    )
    words = set(chain.from_iterable(text.split() for text in chain(names.iterator(chunk_size=10_000), terms)))
    return sorted(word for word in words if len(word) >= SHORTEST and not word.isdecimal())
