"""Asking for every address of the site, each with a record that exists: for what must hold on all of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Model
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from factory.django import DjangoModelFactory

from crm.models import Association
from tests import factories
from tests.addresses import OLD_ADDRESS, PAGES, Page


RECORD = {"object_id", "pk", "kept_pk", "absorbed_pk"}
WORDS: dict[str, Any] = {
    "answer": "refus",
    "app_label": "contacts",
    "kind": "contacts",
    "name": "theme",
    "page": "contacts_contact",
    "purpose": "newsletter",
    "url": "pas-de-page",
}
"""Values for what addresses ask besides numbers."""


def every_address(records: dict[type[Model], Model] | None = None) -> dict[Page, str]:
    """Each page and an address that leads to it; about the given records where there is one, else about new ones."""
    made = {Association: Association.own(), **(records or {})}
    found: dict[Page, str] = {}
    for page in PAGES:
        values = [_value(page, name, made) for name in page.arguments]
        if page.name in {"admin:", ""}:
            if page.route.endswith(OLD_ADDRESS):
                found[page] = f"/{page.route.replace('<path:object_id>', str(values[0]))}"
            continue
        found[page] = reverse(page.name, args=values)
    return found


def _value(page: Page, name: str, made: dict[type[Model], Model]) -> Any:
    if name in RECORD and page.model is not None:
        if page.model not in made:
            made[page.model] = _factory(page.model)()
        return made[page.model].pk
    return WORDS.get(name, 1)


def _factory(model: type[Model]) -> Any:
    for item in vars(factories).values():
        if isinstance(item, type) and issubclass(item, DjangoModelFactory) and item._meta.model is model:
            return item
    raise AssertionError(f"write a factory for {model}")


def answers(
    client: Client, found: dict[Page, str], *, posting: bool = False
) -> Iterator[tuple[str, HttpResponseBase]]:
    """`GET /address/` and what it answered, read to its end; POSTs too if asked for. Nobody is signed out on the way."""
    for page, address in found.items():
        if page.name == "admin:logout" or "logout" in page.name:
            continue
        for verb in ("get", "post") if posting else ("get",):
            answer = getattr(client, verb)(address)
            if answer.streaming:
                b"".join(answer)
            yield f"{verb.upper()} {address}", answer
