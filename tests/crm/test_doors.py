"""Deny by default: every address of the site is asked for by everybody. A new page is covered the day it is there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse

from crm.addresses import OLD_ADDRESS, Page, pages
from crm.admin.record import RecordAdmin
from crm.doors import OPEN, SIGNED_IN
from crm.models import User
from crm.roles import Role
from tests.conftest import Figure
from tests.factories import UserFactory
from tests.visiting import every_address


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
    "set_language": SIGNED_IN,
}
# They end the session.
LEAVING = {"admin:logout", "account_logout"}
# What looking at a page may write: who looked, which sessions there are.
WRITTEN_BY_LOOKING = {"crm_recentrecord", "crm_auditentry", "django_session"}


@pytest.fixture
def addresses(db: None) -> dict[Page, str]:
    """Each page with an address that leads to a record that exists."""
    return every_address()


def _status(ask: Any, address: str) -> int:
    """What the page answers; what it streams is read to the end, which closes it."""
    response = ask(address)
    if response.streaming:
        b"".join(response)
    status: int = response.status_code
    return status


def _client(user: User | None, *, enforce_csrf_checks: bool = False) -> Client:
    client = Client(raise_request_exception=False, enforce_csrf_checks=enforce_csrf_checks)
    if user is not None:
        client.force_login(user)
    return client


def _is_for_everybody(page: Page) -> bool:
    return OPEN in (page.door or ()) or SITE_PAGES.get(page.name) == OPEN


def test_the_site_has_pages():
    assert len([page for page in pages() if page.door is not None]) > 5
    assert len([page for page in pages() if isinstance(page.owner, RecordAdmin)]) > 20


def test_every_address_belongs_to_an_admin_that_denies_by_default_or_declares_its_door():
    undeclared = [
        page.route
        for page in pages()
        if not isinstance(page.owner, RecordAdmin) and not page.door and page.name not in SITE_PAGES
    ]

    assert undeclared == []


def test_every_right_that_a_door_asks_for_exists():
    asked = {
        right
        for page in pages()
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


def test_whoever_is_not_signed_in_is_sent_to_sign_in(addresses, figure: Figure):
    UserFactory()
    closed = UserFactory(role=Role.MANAGER)
    once_open = _client(closed)
    User.objects.filter(pk=closed.pk).update(is_active=False)

    elsewhere, asked = {}, 0
    for page, address in addresses.items():
        if _is_for_everybody(page):
            continue
        for client in (_client(None), once_open):
            for method in (client.get, client.post):
                response, asked = method(address), asked + 1
                if response.status_code != 302 or "?next=" not in response.headers["Location"]:
                    elsewhere[address] = response.status_code

    assert elsewhere == {}
    figure(f"doors: {asked} requests by nobody and by a closed account, 0 answered")


def test_an_account_without_a_role_finds_only_home_and_its_own_things(addresses):
    client = _client(UserFactory())

    found = {}
    for page, address in addresses.items():
        if SITE_PAGES.get(page.name) in {OPEN, SIGNED_IN} or {OPEN, SIGNED_IN} & {*(page.door or ())}:
            continue
        for method in (client.get, client.post):
            status = _status(method, address)
            if status not in {403, 404, 405}:
                found[f"{method.__name__} {address}"] = status

    assert found == {}


def test_django_s_own_short_addresses_lead_on_and_show_nothing(addresses):
    client = _client(UserFactory())
    records = {page: address for page, address in addresses.items() if page.name.endswith("_change")}

    for page, address in records.items():
        route = page.route.removesuffix("<path:object_id>/change/") + OLD_ADDRESS
        short = address.removesuffix("change/")
        response = client.get(short)

        assert response.status_code in {301, 302, 403, 404}, route


@pytest.mark.parametrize("role", [None, *Role])
def test_no_page_breaks_for_any_role(addresses, role, figure: Figure):
    user = UserFactory(role=role)
    client = _client(user)

    broken, wrong, asked = {}, {}, 0
    for page, address in addresses.items():
        if page.name in LEAVING:
            continue
        rights = [right for right in page.door or () if right not in {OPEN, SIGNED_IN}]
        allowed = user.has_perms(rights)
        status, asked = _status(client.get, address), asked + 1
        if status == 405 and not allowed:
            status = _status(client.post, address)
        if status >= 500:
            broken[address] = status
        if rights and (status == 403) is allowed:
            wrong[address] = status

    assert broken == {}
    assert wrong == {}
    figure(f"doors: {asked} addresses asked as {role or 'no role'}, 0 broken, 0 unexpected")


def test_looking_at_a_page_changes_nothing(addresses, figure: Figure):
    client = _client(UserFactory(role=Role.MANAGER))
    client.get(reverse("admin:index"))
    before = dict(_tables())

    for page, address in addresses.items():
        if page.name not in LEAVING:
            _status(client.get, address)

    after = dict(_tables())
    assert {name for name in after if after[name] != before[name]} <= WRITTEN_BY_LOOKING
    figure(f"doors: {len(addresses)} addresses looked at, {len(after)} tables as before")


def test_nothing_is_taken_without_the_site_s_own_token(addresses, figure: Figure):
    client = _client(UserFactory(role=Role.MANAGER), enforce_csrf_checks=True)
    before = dict(_tables())

    taken = {}
    for page, address in addresses.items():
        response = client.post(address, {"name": "Glissée", "_save": "1"})
        if response.status_code not in {403, 404, 405}:
            taken[page.name] = response.status_code

    assert taken == {}
    after = dict(_tables())
    assert {name for name in after if after[name] != before[name]} <= WRITTEN_BY_LOOKING
    figure(f"doors: {len(addresses)} forged POSTs, 0 taken")


def _tables() -> Iterator[tuple[str, str]]:
    """Every table with a digest of its rows."""
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)} ORDER BY 1")  # noqa: S608 -- our own tables
            yield name, hashlib.sha256(repr(cursor.fetchall()).encode()).hexdigest()
