"""`{% csrf_token %}`, for every form of the site and of its libraries: the usual guard, and the number of this very form."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context

from crm.once import ONCE, new_number


register = template.Library()


@register.inclusion_tag("crm/form_token.html", takes_context=True, name="csrf_token")
def form_token(context: Context) -> dict[str, Any]:
    """Two hidden fields; nothing where a page is rendered without a request."""
    token = context.get("csrf_token")
    has_token = bool(token) and str(token) != "NOTPROVIDED"
    return {"token": token if has_token else "", "name": ONCE, "number": new_number()}
