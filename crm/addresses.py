"""Every address of the site, as the resolver has it: a new page is known the day it is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.apps import apps
from django.contrib.admin import ModelAdmin
from django.contrib.admin.sites import AdminSite
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver


OLD_ADDRESS: Final = "<path:object_id>/"  # Django's own: leads to the change page
CATCH_ALL: Final = "(?P<url>.*)$"  # says that there is no such page


@dataclass(frozen=True)
class Page:
    """One address of the site: its name as `reverse` has it, its route, its view and what it asks for."""

    name: str
    route: str
    view: Any
    pattern: str

    @property
    def arguments(self) -> list[str]:
        return re.findall(r"\(\?P<(\w+)>", self.pattern)

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
        return _models().get(".".join(self.route.split("/")[:2]))

    @property
    def is_a_form_of_the_site(self) -> bool:
        """A stock form, which a page may show closed: what counts then is whether it takes what is sent."""
        return isinstance(self.owner, ModelAdmin) and self.name.endswith(("_add", "_change", "_delete"))

    def word_of(self, argument: str) -> str | None:
        """The first of the words that the address accepts here, if it lists them."""
        words = re.search(rf"\(\?P<{argument}>([\w|-]+)\)", self.pattern)
        return words[1].split("|")[0] if words else None


def pages() -> list[Page]:
    """All of them, in the resolver's order; not the two by which Django answers for what is not there."""
    return [
        page
        for page in walk(get_resolver())
        if not page.route.endswith(OLD_ADDRESS) and not page.route.endswith(CATCH_ALL)
    ]


def walk(resolver: URLResolver, spaces: tuple[str, ...] = (), prefix: str = "") -> Iterator[Page]:
    """Each address below this resolver, whatever it answers."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inside = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from walk(pattern, inside, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            name = ":".join([*spaces, pattern.name or ""])
            route = prefix + str(pattern.pattern)
            yield Page(name, route, pattern.callback, pattern.pattern.regex.pattern)


@cache
def _models() -> dict[str, type[Model]]:
    return {model._meta.label_lower: model for model in apps.get_models()}
