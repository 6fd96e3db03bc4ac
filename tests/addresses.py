"""Every address of the site, as the resolver has it: a new page is known the day it is there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.admin import ModelAdmin
from django.contrib.admin.sites import AdminSite
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Page:
    """One address of the site."""

    name: str
    route: str
    view: Any
    arguments: tuple[str, ...]

    @property
    def owner(self) -> Any:
        """The admin, or the site, whose page it is."""
        view = self.view
        while view is not None:
            for owner in (getattr(view, "model_admin", None), getattr(view, "__self__", None)):
                if isinstance(owner, ModelAdmin | AdminSite):
                    return owner
            view = getattr(view, "__wrapped__", None)
        return None

    @property
    def door(self) -> tuple[str, ...] | None:
        return getattr(self.view, "door", None)

    @property
    def model(self) -> type[Model] | None:
        """The model its address begins with."""
        parts = self.route.split("/")
        return next(
            (model for model in apps.get_models() if model._meta.label_lower == ".".join(parts[:2])), None
        )


def walk(resolver: URLResolver, spaces: tuple[str, ...] = (), prefix: str = "") -> Iterator[Page]:
    """Each address below this resolver, named as `reverse` names it."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inside = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from walk(pattern, inside, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            name = ":".join([*spaces, pattern.name or ""])
            yield Page(
                name, prefix + str(pattern.pattern), pattern.callback, tuple(pattern.pattern.regex.groupindex)
            )


PAGES = list(walk(get_resolver()))
OLD_ADDRESS = "<path:object_id>/"  # Django's own: leads to the change page
