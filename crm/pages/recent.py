"""« Vus récemment » : the records an account opened last, as far as it may still see them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from crm.doors import SIGNED_IN, door
from crm.models import RecentRecord
from crm.registry import record_models


if TYPE_CHECKING:
    from crm.models import User

SHOWN = 10


@require_GET
@door(SIGNED_IN)
def recent(request: HttpRequest) -> HttpResponse:
    """The list itself, to be put where a page asks for it."""
    return render(request, "crm/recent.html", {"records": seen_last(request.user)})


def seen_last(user: User | Any, limit: int = SHOWN) -> list[dict[str, str]]:
    """`title` and `url` of the last records seen, the latest first: one statement for each kind of record."""
    seen = list(RecentRecord.objects.filter(user=user).order_by("-seen_at").values_list("model", "record"))
    wanted: dict[str, list[str]] = defaultdict(list)
    for model, record in seen:
        wanted[model].append(record)
    found = {
        (kind.model, str(row.pk)): {"title": str(row), "url": reverse(kind.url_name, args=[row.pk])}
        for kind in record_models
        if wanted[kind.model]
        for row in kind.rows(user).filter(pk__in=wanted[kind.model])
    }
    return [found[key] for key in seen if key in found][:limit]
