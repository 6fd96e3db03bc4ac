"""French typography in templates: `{% load french %}`."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language


register = template.Library()


@register.filter
def grouped(number: int | None) -> str:
    """« 1 150 », with a narrow no-break space; a comma in English; a dash for a number that cannot be told."""
    if number is None:
        return "–"
    separator = "," if (get_language() or "").startswith("en") else "\u202f"
    return f"{number:,}".replace(",", separator)
