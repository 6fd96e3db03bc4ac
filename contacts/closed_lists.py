"""The closed lists by name, and the terms that files bring and nobody has sorted yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext

from contacts.models import (
    ActorFamily,
    Category,
    Function,
    Label,
    SchemeType,
    Service,
    Source,
    Theme,
)
from contacts.models.vocabulary import Term, TreeTerm
from crm.folding import fold


CLOSED_LISTS: Final[Mapping[str, type[Term]]] = {
    "theme": Theme,
    "category": Category,
    "function": Function,
    "service": Service,
    "family": ActorFamily,
    "scheme_type": SchemeType,
    "source": Source,
    "label": Label,
}
UNSORTED_CODE: Final = "A-CLASSER"
UNSORTED_RANK: Final = 30_000


@transaction.atomic
def add_unsorted(list_name: str, names: Iterable[str]) -> dict[str, int]:
    """Create these terms under « À classer » of a list, and answer the primary key of each name.

    A name that folds to a term of the list is that term. In a list of two levels the new terms stand below a level-1
    term « À classer »; in a flat one they stand last. Whoever sorts them finds them first on the page of the closed lists.
    """
    model: Any = CLOSED_LISTS[list_name]
    known: dict[str, int] = model.objects.folded()
    parent: dict[str, Any] = {}
    found: dict[str, int] = {}
    count = model.objects.filter(code__startswith=f"{UNSORTED_CODE}-").count()
    taken = set(model.objects.filter(code__startswith=UNSORTED_CODE).values_list("code", flat=True))
    for name in names:
        key = fold(name)[:150]
        if key not in known:
            if issubclass(model, TreeTerm) and not parent:
                parent = {"parent": _unsorted_parent(model)}
            while (code := f"{UNSORTED_CODE}-{count + 1}") in taken:
                count += 1
            taken.add(code)
            term = model.objects.create(
                code=code, name=name.strip()[:150], rank=UNSORTED_RANK, is_unsorted=True, **parent
            )
            known[key] = term.pk
        found[name] = known[key]
    return found


def next_code(model: type[Term], name: str, parent: Term | None = None) -> str:
    """A code that no term of the list has: the next number below its level 1 (T04-5), else the name in capitals."""
    manager: Any = model._default_manager
    taken = set(manager.values_list("code", flat=True))
    stem = parent.code if parent else fold(name).upper().replace(" ", "-")[:24].strip("-") or "TERME"
    if not parent and stem not in taken:
        return stem
    number = 1
    while f"{stem}-{number}" in taken:
        number += 1
    return f"{stem}-{number}"


def _unsorted_parent(model: Any) -> Any:
    return model.objects.get_or_create(
        code=UNSORTED_CODE,
        defaults={
            "name": gettext("À classer"),
            "definition": gettext("Les termes venus d’un import, en attente d’une place dans la liste."),
            "rank": UNSORTED_RANK,
        },
    )[0]
