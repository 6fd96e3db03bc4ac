"""Deny by default: every address of the site is asked for by everybody. A new page is covered the day it is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin import ModelAdmin
from django.contrib.admin.sites import AdminSite
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from crm.admin.record import RecordAdmin
from crm.doors import OPEN, SIGNED_IN
from crm.models import Association, User
from crm.roles import Role
from tests import factories
from tests.factories import UserFactory


# What the site itself offers, and to whom. A page of ours is not named here: it declares its door.
SITE_PAGES = {
    "admin:index": SIGNED_IN,
    "admin:login": OPEN,
    "admin:logout": SIGNED_IN,
    "admin:password_change": SIGNED_IN,
    "admin:password_change_done": SIGNED_IN,
    "admin:autocomplete": "asks the admin of the field",
    "admin:jsi18n": SIGNED_IN,
    "admin:view_on_site": "no record of ours has an address of its own",
    "admin:app_list": "asks each admin of the room",
    "admin:": "answers that there is no such page",
    "set_language": SIGNED_IN,
}
# Values for what addresses ask besides the number of the record they are about.
ARGUMENTS: dict[str, Any] = {
    "app_label": "contacts",
    "content_type_id": 1,
    "exchange": 1,
    "file": 1,
    "key": "pas-une-cle",
    "kind": "contacts",
    "merge": 1,
    "name": "theme",
    "page": "contacts_contact",
    "token": "pas-un-jeton",
    "uidb36": "1",
    "url": "pas-de-page",
}
RECORD = {"object_id", "pk", "kept_pk", "absorbed_pk"}


@dataclass(frozen=True)
class Page:
    """One address of the site."""

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

    def value_of(self, name: str) -> Any:
        """What to ask for: the first of the words that the address accepts, else the value written above."""
        words = re.search(rf"\(\?P<{name}>([\w|-]+)\)", self.pattern)
        return words[1].split("|")[0] if words else ARGUMENTS.get(name)

    @property
    def model(self) -> type[Model] | None:
        """The model its address begins with."""
        parts = self.route.split("/")
        return next(
            (model for model in apps.get_models() if model._meta.label_lower == ".".join(parts[:2])), None
        )


def _walk(resolver: URLResolver, spaces: tuple[str, ...] = (), prefix: str = "") -> Iterator[Page]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inside = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from _walk(pattern, inside, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            name = ":".join([*spaces, pattern.name or ""])
            yield Page(name, prefix + str(pattern.pattern), pattern.callback, pattern.pattern.regex.pattern)


PAGES = list(_walk(get_resolver()))
OLD_ADDRESS = "<path:object_id>/"  # Django's own: leads to the change page


def _factories() -> dict[type[Model], Any]:
    made = [item for item in vars(factories).values() if isinstance(item, type) and hasattr(item, "_meta")]
    return {item._meta.model: item for item in made if getattr(item._meta, "model", None)}


@pytest.fixture
def addresses(db: None) -> dict[Page, str]:
    """Each page with an address that leads to a record that exists."""
    records: dict[type[Model], Model] = {Association: Association.own()}
    known = _factories()
    found: dict[Page, str] = {}
    for page in PAGES:
        values = []
        for name in page.arguments:
            if name not in RECORD or page.model is None:
                values.append(page.value_of(name) or 1)
                continue
            assert page.model in known or page.model in records, f"write a factory for {page.model}"
            if page.model not in records:
                records[page.model] = known[page.model]()
            values.append(records[page.model].pk)
        if page.name in {"admin:", ""}:
            if page.route.endswith(OLD_ADDRESS):
                found[page] = f"/{page.route.replace('<path:object_id>', str(values[0]))}"
            continue
        found[page] = reverse(page.name, args=values)
    return found


def _status(ask: Any, address: str) -> int:
    """What the page answers; what it streams is read to the end, which closes it."""
    response = ask(address)
    if response.streaming:
        b"".join(response)
    status: int = response.status_code
    return status


def _client(user: User | None) -> Client:
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    return client


def test_the_site_has_pages():
    assert len([page for page in PAGES if page.door is not None]) > 5
    assert len([page for page in PAGES if isinstance(page.owner, RecordAdmin)]) > 20


def test_every_address_belongs_to_an_admin_that_denies_by_default_or_declares_its_door():
    undeclared = [
        page.route
        for page in PAGES
        if not isinstance(page.owner, RecordAdmin)
        and not page.door
        and not page.route.endswith(OLD_ADDRESS)
        and page.name not in SITE_PAGES
    ]

    assert undeclared == []


def test_every_argument_of_an_address_has_a_value():
    unknown = {
        name
        for page in PAGES
        for name in page.arguments
        if name not in RECORD and page.value_of(name) is None
    }

    assert unknown == set()


def test_every_right_that_a_door_asks_for_exists():
    asked = {
        right
        for page in PAGES
        for right in (page.door or ())
        if right not in {OPEN, SIGNED_IN} and "." in right
    }
    there = {
        f"{model._meta.app_label}.{codename}"
        for model in apps.get_models()
        for codename in (
            *(f"{verb}_{model._meta.model_name}" for verb in model._meta.default_permissions),
            *(codename for codename, _label in model._meta.permissions),
        )
    }

    assert asked - there == set()


def test_whoever_is_not_signed_in_is_sent_to_sign_in(addresses):
    UserFactory()
    client = _client(None)
    doors = tuple(f"{reverse(name)}?next=" for name in ("account_login", "admin:login"))

    elsewhere = {}
    for page, address in addresses.items():
        if OPEN in (page.door or ()) or SITE_PAGES.get(page.name) == OPEN:
            continue
        for method in (client.get, client.post):
            response = method(address)
            if response.status_code != 302 or not response.headers["Location"].startswith(doors):
                elsewhere[address] = response.status_code

    assert elsewhere == {}


def test_an_account_without_a_role_finds_only_home_and_its_own_things(addresses):
    client = _client(UserFactory())

    found = {}
    for page, address in addresses.items():
        if SITE_PAGES.get(page.name) in {OPEN, SIGNED_IN} or {OPEN, SIGNED_IN} & {*(page.door or ())}:
            continue
        for method in (client.get, client.post):
            status = _status(method, address)
            leads_on = status in {301, 302} and page.route.endswith(OLD_ADDRESS)
            if status not in {403, 404, 405} and not leads_on:
                found[f"{method.__name__} {address}"] = status

    assert found == {}


@pytest.mark.parametrize("role", [None, *Role])
def test_no_page_breaks_for_any_role(addresses, role):
    user = UserFactory(role=role)
    client = _client(user)

    broken, wrong = {}, {}
    for page, address in addresses.items():
        if page.name == "admin:logout":
            continue
        rights = [right for right in page.door or () if right not in {OPEN, SIGNED_IN}]
        allowed = user.has_perms(rights)
        status = _status(client.get, address)
        if status == 405 and not allowed:
            status = _status(client.post, address)
        if status >= 500:
            broken[address] = status
        if rights and (status == 403) is allowed:
            wrong[address] = status

    assert broken == {}
    assert wrong == {}
