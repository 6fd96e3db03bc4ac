"""A deed on a record, asked on a page of its own: what the page rests on may change before the button is pressed.

The page carries a digest of that (`rests_on`); the deed locks the record and compares. When somebody wrote meanwhile the
page is shown once more, with what was typed and what was changed, and nothing is done until the button is pressed again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate

from django.db import connection, transaction
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.writers import last_written


if TYPE_CHECKING:
    from django.db.models import Model

FIELD = "rests_on"


def rests_on(*facts: Any) -> str:
    """The digest of what a page shows and its deed relies on: versions, or rows by `values_list`."""
    said = [list(fact) if hasattr(fact, "values_list") else fact for fact in facts]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:32]


def sent_whole[**P, R](
    view: Callable[Concatenate[HttpRequest, P], R],
) -> Callable[Concatenate[HttpRequest, P], R]:
    """What the view does with what is sent is one transaction; showing the page is none, and keeps nobody waiting."""

    @wraps(view)
    def whole(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> R:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with transaction.atomic():
            return view(request, *args, **kwargs)

    return whole  # type: ignore[return-value]


def lock(*records: Model) -> None:
    """Hold these records until the transaction ends, always in the same order; nothing outside any."""
    if not connection.in_atomic_block:
        return
    by_model: dict[type[Model], set[Any]] = {}
    for record in records:
        by_model.setdefault(type(record), set()).add(record.pk)
    for model in sorted(by_model, key=lambda model: model._meta.label):
        rows = model._base_manager.select_for_update().filter(pk__in=by_model[model])
        list(rows.order_by("pk").values_list("pk"))


def written_meanwhile(request: HttpRequest, record: Model, now: str) -> str:
    """Who wrote what the page rests on since it was shown, as a sentence; empty when nobody did.

    `now` is the digest of the same facts, read after `lock`. A page that carries none is not judged.
    """
    carried = request.POST.get(FIELD, "")
    if not carried or carried == now:
        return ""
    written = last_written(record)
    if written is None:
        return _("Cette fiche a changé entre-temps. Relisez, puis confirmez à nouveau.")
    text = _(
        "%(who)s a modifié cette fiche %(when)s, pendant que cette page était ouverte. Relisez, puis confirmez à nouveau."
    )
    return text % {"who": capfirst(written.by), "when": written.when}
