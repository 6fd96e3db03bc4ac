"""The lists a new base begins with, chosen on its first page: set-up has brought one pack, and another may replace it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db import transaction

from contacts.closed_lists import CLOSED_LISTS
from contacts.models import Contact, PackEntry, Scheme, Synonym
from contacts.models.vocabulary import TreeTerm
from contacts.packs.loading import FILES, chosen_pack, load_pack


@transaction.atomic
def begin_with(pack: str) -> None:
    """Make this pack the base's own. What another has brought goes, unless records may hold it already.

    Raises:
        ImproperlyConfigured: there is no such pack.
    """
    if pack == chosen_pack():
        return
    if not (Contact._base_manager.exists() or Scheme._base_manager.exists()):
        _take_away()
    load_pack(pack)


def _take_away() -> None:
    """Delete what packs have brought, and that it was brought; what somebody has added by hand stays."""
    codes: dict[str, set[str]] = defaultdict(set)
    for entry in PackEntry.objects.values_list("entry", flat=True):
        vocabulary, _colon, code = entry.partition(":")
        codes[vocabulary].add(code)
    for said in codes.pop("synonym", ()):
        vocabulary, _colon, folded = said.partition(":")
        Synonym.objects.filter(vocabulary=vocabulary, folded=folded).delete()
    for vocabulary in reversed(FILES):
        model: Any = CLOSED_LISTS[vocabulary]
        rows = model._default_manager.filter(code__in=codes[vocabulary])
        if issubclass(model, TreeTerm):
            rows.filter(parent__isnull=False).delete()
        rows.delete()
    PackEntry.objects.all().delete()
