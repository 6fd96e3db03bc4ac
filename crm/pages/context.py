"""What every page knows: the association's name and logo, and the keys that lead somewhere."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest

from crm.models import Association
from crm.shortcuts import allowed_to


def house(request: HttpRequest) -> dict[str, Any]:
    return {
        "association": Association.objects.filter(pk=1).first,
        "shortcuts": partial(allowed_to, getattr(request, "user", None)),
    }


def association_name(request: HttpRequest) -> str:
    row = Association.objects.filter(pk=1).first()
    return str(row) if row and row.name else ""
