"""Every text of a small network, in every page, list, filter, search, order, export, history and box, for every role: none leaks."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from contacts.admin.filters import FILTERS
from contacts.admin.narrowing import SORTS
from contacts.export_columns import COLUMNS
from contacts.models import Contact, Scheme
from crm import seeing
from crm.addresses import pages
from crm.models.confidential import ConfidentialQuerySet
from crm.roles import Role
from tests.contacts.planting import ORDINARY, READS, Token, World, found_in, plant, unfit
from tests.contacts.taking import PAGE, form
from tests.factories import UserFactory
from tests.visiting import word_in


pytestmark = pytest.mark.django_db
# Long walks: quick for the two roles that differ most, `--deep` for the others.
ROLES = [
    Role.STAFF,
    Role.READER,
    *(pytest.param(role, marks=pytest.mark.deep) for role in (None, Role.MANAGER, Role.BOARD)),
]
TABS = ("fiche", "parcours", "activite", "diffusion", "historique")
LIST = "admin:contacts_contact_changelist"


@pytest.fixture
def world() -> World:
    return plant()


def client_of(role: Role | None) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(UserFactory(role=role))
    return client


def text_of(client: Client, address: str, data: Any = None) -> str:
    """What the page says, streams read to the end; a page that breaks is no answer."""
    response = client.get(address) if data is None else client.post(address, data)
    assert response.status_code < 500, address
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode("utf-8", "replace") + response.headers.get("Content-Disposition", "")


# --- the channels ----------------------------------------------------------------------------------------------------


def one_of_each(world: World) -> list[Token]:
    """A token of each field, confidential or of a class of its own: the others are asked for by the letters they share."""
    some = {(one.where, one.kind, one.confidential): one for one in world.tokens}
    return [one for one in some.values() if one.confidential or one.kind != ORDINARY]


def every_page(world: World) -> Iterator[str]:
    """Every address of the site that a record of ours may be put in, for each of these records."""
    records: dict[Any, Any] = {Contact: world.contacts, Scheme: world.schemes}
    for page in pages():
        if page.name in {"admin:logout", "account_logout"} or page.model not in {None, *records}:
            continue
        if not page.arguments:
            yield reverse(page.name)
        for record in records.get(page.model, ()) if page.arguments else ():
            values = [
                record.pk
                if name in {"pk", "object_id", "kept_pk"}
                else next(one.pk for one in records[page.model] if one != record)
                if name == "absorbed_pk"
                else word_in(page, name)
                for name in page.arguments
            ]
            if all(value is not None for value in values):
                yield reverse(page.name, args=values)


def contact_pages(world: World) -> Iterator[str]:
    for contact in world.contacts:
        address = reverse("admin:contacts_contact_record", args=[contact.pk])
        yield from (f"{address}?onglet={tab}" for tab in TABS)
        for row in contact.interactions.all():
            yield reverse("admin:contacts_contact_exchange_change", args=[contact.pk, row.pk])
        for file in contact.files.all():
            yield reverse("admin:contacts_contact_file", args=[contact.pk, file.pk])


def lists(world: World) -> Iterator[str]:
    address = reverse(LIST)
    yield from (address, f"{address}?kind__exact=person", f"{address}?state=active", reverse("admin:index"))
    yield reverse("admin:contacts_scheme_changelist")
    yield reverse("admin:recent")


def filters(world: World) -> Iterator[str]:
    for one in FILTERS:
        if one.lazy:
            yield reverse("admin:contacts_contact_filter", args=[one.parameter_name])
    yield f"{reverse('admin:contacts_contact_scheme_choices')}?term=zk"
    for scheme in world.schemes:
        yield f"{reverse(LIST)}?scheme={scheme.pk}"


def searches(world: World) -> Iterator[str]:
    """Each token in each box; two that are near a word, for what « Vouliez-vous dire » proposes."""
    boxes = (
        f"{reverse(LIST)}?q=",
        f"{reverse('admin:search')}?s=",
        f"{reverse('admin:contacts_scheme_changelist')}?q=",
        f"{reverse('admin:contacts_contact_suggestions')}?q=",
        f"{reverse('admin:contacts_contact_choose_other', args=[world.people[0].pk])}?q=",
        f"{reverse('admin:contacts_contact_doubles')}?kind=person&name=",
        f"{reverse('admin:contacts_contact_doubles')}?kind=organisation&name=",
        f"{reverse('admin:contacts_contact_doubles')}?kind=person&email=",
    )
    for token, box in itertools.product(one_of_each(world), boxes):
        yield box + token.text.replace(" ", "+")


def orders(world: World) -> Iterator[str]:
    yield from (f"{reverse(LIST)}?o={order}" for order in SORTS)
    yield from (f"{reverse('admin:contacts_scheme_changelist')}?o={n}" for n in range(1, 8))


def exports(world: World) -> Iterator[tuple[str, dict[str, Any]]]:
    keys = ",".join(str(one.pk) for one in world.contacts)
    for query, layout, kind in itertools.product(
        ("", f"ids={keys}"), ("records", "addresses"), ("csv", "vcf")
    ):
        data = form(columns=list(COLUMNS), layout=layout, file_format=kind, purpose="internal")
        yield f"{reverse(PAGE)}?{query}", data
    usual = form(purpose="internal")
    yield reverse(PAGE), usual | {"file_format": "csv"}


def boxes(world: World) -> Iterator[str]:
    """The boxes that propose names, for every field that has one."""
    fields = [
        ("position", "organisation"), ("link", "other"), ("contact", "parent"), ("scheme", "lead"),
        ("scheme", "elected_official"), ("coordination", "person"), ("channel", "contact"), ("doublepair", "first"),
    ]  # fmt: skip
    terms = ["zk", "", *(token.text for token in one_of_each(world))]
    for (model, name), term in itertools.product(fields[:6], terms):
        asked = f"app_label=contacts&model_name={model}&field_name={name}"
        yield f"{reverse('admin:autocomplete')}?{asked}&term={term.replace(' ', '+')}"
    for model, name in fields[6:]:
        yield f"{reverse('admin:autocomplete')}?app_label=contacts&model_name={model}&field_name={name}&term=zk"


CHANNELS = {
    "page": every_page,
    "history": contact_pages,
    "list": lists,
    "filter": filters,
    "search": searches,
    "sort": orders,
    "export": exports,
    "autocomplete": boxes,
}


def met(client: Client, world: World, channel: str) -> tuple[set[Token], int]:
    """The tokens that an account meets in a channel, and how many answers were read. What it typed itself is no find."""
    found: set[Token] = set()
    asked = 0
    for one in CHANNELS[channel](world):
        address, data = one if isinstance(one, tuple) else (one, None)
        typed = {token for token in world.tokens if token.text.replace(" ", "+") in address}
        found |= found_in(text_of(client, address, data), world.tokens) - typed
        asked += 1
    return found, asked


# --- nothing leaks ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("role", ROLES)
def test_no_text_is_met_by_who_may_not_read_it(world, role, channel, figure):
    found, asked = met(client_of(role), world, channel)

    assert unfit(found, role) == set()
    figure(
        f"sentinels: {channel} as {role or 'no role'}: {len(world.tokens)} tokens, {asked} answers, 0 leaks"
    )


@pytest.mark.parametrize("role", [pytest.param(Role.MANAGER, marks=pytest.mark.deep), *ROLES[:2]])
def test_each_text_is_met_somewhere_by_who_may_read_it(world, role):
    client = client_of(role)
    found: set[Token] = set()
    for channel in ("page", "history", "list"):
        found |= met(client, world, channel)[0]

    kinds = {(token.where, token.confidential) for token in world.tokens if token.may_be_read_by(role)}
    assert kinds - {(token.where, token.confidential) for token in found} == set()


@pytest.mark.parametrize(
    "channel",
    [
        "history",
        "list",
        "export",
        *(pytest.param(one, marks=pytest.mark.deep) for one in ("page", "search", "autocomplete")),
    ],
)
def test_without_the_scope_the_same_walk_finds_the_confidential_ones(world, channel, monkeypatch):
    monkeypatch.setattr(ConfidentialQuerySet, "in_scope", lambda rows, user: rows)

    found, _asked = met(client_of(Role.STAFF), world, channel)

    assert any(token.confidential for token in found)


@pytest.mark.parametrize("channel", ["history", "list"])
def test_without_the_rights_classes_a_reader_meets_notes_and_private_addresses(world, channel, monkeypatch):
    for rights in seeing.RIGHT_OF:
        monkeypatch.setitem(seeing.RIGHT_OF, rights, "contacts.view_contact")

    found, _asked = met(client_of(Role.READER), world, channel)

    assert unfit(found, Role.READER) != set()


# --- nor does a count answer -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.STAFF, Role.READER])
def test_a_hidden_text_counts_as_one_that_nobody_ever_wrote(world, role):
    client = client_of(role)
    forbidden = [one for one in one_of_each(world) if not one.may_be_read_by(role)]
    pages = (f"{reverse(LIST)}?q=", f"{reverse('admin:contacts_contact_count')}?q=")

    for page in pages:
        nothing = text_of(client, f"{page}zk9999qx").replace("zk9999qx", "")
        told = {
            token.where
            for token in forbidden
            if _told(text_of(client, page + token.text.replace(" ", "+")), token) != _told(nothing, token)
        }
        assert told == set()


def _told(text: str, token: Token) -> int:
    """How many records the answer shows or counts; what was typed is left out of it."""
    return text.count("/contacts/contact/") + sum(
        int(n) for n in "".join(text.split("Voir ")[1:2])[:1] if n.isdigit()
    )


LOOKUPS = (
    "exact", "iexact", "contains", "icontains", "startswith", "endswith", "gt", "lt", "in", "isnull", "regex", "range",
)  # fmt: skip


@pytest.mark.parametrize("role", [Role.STAFF, Role.READER])
def test_the_address_bar_asks_no_field_that_has_no_filter(world, role, rf):
    request = rf.get("/")
    request.user = UserFactory(role=role)
    open_doors = set()
    for model, model_admin in admin.site._registry.items():
        filters = {name for name in model_admin.get_list_filter(request) if isinstance(name, str)}
        own = {getattr(one, "parameter_name", "") for one in model_admin.get_list_filter(request)}
        for column in model._meta.get_fields():
            for lookup in LOOKUPS:
                if column.name in filters | own and lookup in {"exact", "gt", "lt", "in", "isnull"}:
                    continue
                if model_admin.lookup_allowed(f"{column.name}__{lookup}", "x", request):
                    open_doors.add(f"{model.__name__}.{column.name}__{lookup}")
                further = getattr(column, "related_model", None)
                for inner in further._meta.get_fields() if further else ():
                    if inner.name == "id" and lookup == "exact":
                        continue  # what a filter by another record sends
                    if model_admin.lookup_allowed(f"{column.name}__{inner.name}__{lookup}", "x", request):
                        open_doors.add(f"{model.__name__}.{column.name}__{inner.name}__{lookup}")

    assert open_doors == set()


@pytest.mark.parametrize("name", ["notes", "search_private", "main_email", "is_confidential", "owner"])
def test_a_list_answers_the_same_whatever_is_asked_of_a_hidden_field(world, name):
    client = client_of(Role.READER)
    plain = text_of(client, reverse(LIST)).count("/contacts/contact/")

    counts = {
        text_of(client, f"{reverse(LIST)}?{name}__{lookup}={value}").count("/contacts/contact/")
        for lookup in LOOKUPS
        for value in ("zk", "1")
    }

    assert counts == {plain}


def test_the_readers_of_each_kind_are_those_of_the_table():
    assert {role: len(kinds) for role, kinds in READS.items()} == {
        None: 0, Role.READER: 1, Role.BOARD: 1, Role.STAFF: 5, Role.MANAGER: 5,
    }  # fmt: skip
