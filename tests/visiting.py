"""Asking for every address of the site, each with a record that exists: for what must hold on all of them."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Model
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from crm.access import arguments_of
from crm.addresses import Page, pages
from tests.factories import UserFactory


RECORD = {"object_id", "pk", "kept_pk"}
WORDS = {"name": "theme", "page": "contacts_contact"}
"""What stands in addresses where no number does."""


def every_address(records: dict[type[Model], Model] | None = None) -> dict[Page, str]:
    """Each page and an address that leads to it; about the given records where there is one, else about new ones."""
    owner, found = UserFactory(), {}
    for page in pages():
        values = arguments_of(page, owner)
        if page.model is not None and page.model in (records or {}):
            given = (records or {})[page.model].pk
            values = [
                given if name in RECORD else value for name, value in zip(page.arguments, values, strict=True)
            ]
        found[page] = reverse(page.name, args=values)
    return found


def word_in(page: Page, argument: str) -> str | None:
    """A word that this address accepts there; nothing where it asks for a number."""
    return page.word_of(argument) or WORDS.get(argument)


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
