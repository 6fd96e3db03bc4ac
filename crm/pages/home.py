"""The home page: what awaits me first, figures after, each a link."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from crm.registry import home_panels


def fill(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add each panel that the account may see to the context of the admin's index page."""
    user = request.user
    panels = [panel for panel in home_panels if user.has_perm(panel.permission)]
    context["panels"] = [{"template": panel.template, **panel.fill(user)} for panel in panels]  # type: ignore[arg-type]
    return context
