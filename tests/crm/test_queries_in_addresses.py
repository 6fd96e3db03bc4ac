"""What somebody writes into the address bar: nothing breaks a page, and no question gets an answer about what is hidden."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from contacts.models import Channel, Contact, Interaction
from crm.admin.record import RecordAdmin
from crm.roles import Role
from tests.conftest import Figure
from tests.factories import (
    ChannelFactory,
    CoordinationFactory,
    InteractionFactory,
    OrganisationFactory,
    PersonFactory,
    UserFactory,
)


LISTS = (
    "contacts_contact", "contacts_scheme", "contacts_territory", "contacts_theme", "contacts_label",
    "contacts_synonym", "crm_user", "crm_export", "crm_importbatch", "crm_auditentry",
)  # fmt: skip
FRAGMENTS = (
    "search", "autocomplete", "contacts_contact_count", "contacts_contact_suggestions", "contacts_contact_doubles",
    "contacts_contact_territory_choices", "contacts_contact_scheme_choices", "contacts_doublepair_changelist",
    "contacts_contact_export_preview", "recent",
)  # fmt: skip
LOOKUPS = (
    "exact", "iexact", "contains", "icontains", "in", "gt", "gte", "lt", "lte", "startswith", "regex", "isnull", "range",
    "year", "date", "has_key", "unaccent", "",
)  # fmt: skip
OURS = (
    "q", "s", "o", "p", "e", "all", "term", "page", "_facets", "_popup", "_to_field", "_changelist_filters", "theme",
    "dans", "pour", "categorie", "fonction", "demarche", "etat", "verifie", "source", "lot", "par", "kind", "app_label",
    "model_name", "field_name", "a", "query", "next", "vue", "filtre",
)  # fmt: skip
VALUES = (
    "", "1", "0", "-1", "1.5", "1,2,3", "999999999999999999999", "é", "a" * 3000, "%", "_", "\\", "'", '"', "';--", "\x00",
    "\ud800", "‮", "🦋", "True", "None", "null", "[]", "{}", "{{ 7 }}", "%(x)s", "<script>", "../../etc", "2026-02-31",
    "2026-11-22", "0000-00-00", "..", ".1.-2.99", "a b c d e f", "maladie", " ", "\n", "NaN", "1e400", "id__in",
)  # fmt: skip
SEEDS = 8
EACH = 250
HIDDEN = "maladie"


def _fields() -> list[str]:
    return sorted(
        {
            field.name
            for model in apps.get_app_config("contacts").get_models()
            for field in model._meta.get_fields()
        }
        | {
            field.name
            for model in apps.get_app_config("crm").get_models()
            for field in model._meta.get_fields()
        }
    )


def _questions(chance: random.Random) -> Iterator[tuple[str, str]]:
    """A page and a query string, without end."""
    fields, choose = _fields(), chance.choice
    while True:
        page = choose([f"{name}_changelist" for name in LISTS] + list(FRAGMENTS))
        asked = []
        for _turn in range(chance.randint(1, 4)):
            name = choose(OURS) if chance.random() < 0.5 else choose(fields)
            for _deeper in range(chance.randint(0, 2)):
                name += f"__{choose((*fields, *LOOKUPS))}" if chance.random() < 0.7 else ""
            asked.append((name, choose(VALUES).encode("utf-8", "surrogatepass")))
        yield reverse(f"admin:{page}"), urlencode(asked)


@pytest.mark.data
@pytest.mark.parametrize("seed", range(SEEDS))
def test_no_query_string_breaks_a_page(db, seed, figure: Figure):
    chance = random.Random(seed)
    ChannelFactory(contact=PersonFactory(organisation=OrganisationFactory()))
    clients = [Client(raise_request_exception=False) for _role in Role]
    for client, role in zip(clients, Role, strict=True):
        client.force_login(UserFactory(role=role))

    broken = {}
    questions = _questions(chance)
    for _turn in range(EACH):
        address, query = next(questions)
        status = chance.choice(clients).get(f"{address}?{query}").status_code
        if status >= 500:
            broken[f"{address}?{query}"] = status

    assert broken == {}
    figure(f"addresses: {EACH} made-up query strings (seed {seed}), 0 5xx")


# --- no oracle --------------------------------------------------------------------------------------------


def _hide(word: str) -> None:
    """What a reader may not see says this word, everywhere."""
    Contact.objects.update(notes=f"note sur {word}")
    Interaction.objects.update(summary=f"échange sur {word}")
    Channel.objects.filter(is_private=True).update(value=f"{word}@exemple.org")
    for contact in Contact.objects.all():
        contact.after_write()


def _probes() -> list[str]:
    """Every way to ask about what is hidden: each field that holds it, each lookup, each place where one types."""
    paths = [
        "notes", "interactions__summary", "channels__value", "search_private", "parts__notes",
        "positions__person__notes", "coordinations__person__notes", "main_organisation__notes", "history__notes",
    ]  # fmt: skip
    asked = [f"{path}__{lookup}".rstrip("_") for path in paths for lookup in LOOKUPS]
    typed = ["q", "s", "term", "o", "e", "nom", "name", "first_name", "email", "phone"]
    return [urlencode({name: HIDDEN}) for name in (*asked, *typed)] + [
        "o=1",
        "o=-9",
        "o=9.8.7",
        "o=search_private",
    ]


def _plain(content: bytes) -> bytes:
    """The page without what changes at each request."""
    return re.sub(
        rb'(csrfmiddlewaretoken" value="|name="once" value="|data-csrf="|"X-CSRFToken": ")[^"]+',
        rb"\1",
        content,
    )


def _answers(client: Client) -> dict[str, tuple[int, bytes]]:
    pages = ["contacts_contact_changelist", "contacts_scheme_changelist", "search", "contacts_contact_count"]
    found = {}
    for page in pages:
        for probe in _probes():
            address = f"{reverse(f'admin:{page}')}?{probe}"
            response = client.get(address)
            found[address] = (response.status_code, _plain(response.content))
    return found


@pytest.fixture
def reader(db: None) -> Client:
    """Somebody who may see no private address and no note, before a person who has both."""
    person = PersonFactory(name="Martin", organisation=OrganisationFactory())
    ChannelFactory(contact=person, is_private=True, value="secret@exemple.org")
    InteractionFactory(contact=person)
    CoordinationFactory(person=person)
    client = Client()
    client.force_login(UserFactory(role=Role.READER))
    return client


def test_no_question_tells_what_is_hidden(reader, figure: Figure):
    _hide(HIDDEN)
    with_word = _answers(reader)

    _hide("autre")

    without = _answers(reader)
    assert [address for address in without if without[address] != with_word[address]] == []
    figure(f"addresses: {len(without)} questions about hidden values, 0 answered")


def test_the_questions_would_be_answered_without_the_guard(reader, monkeypatch):
    monkeypatch.setattr(RecordAdmin, "lookup_allowed", lambda self, lookup, value, request=None: True)
    address = f"{reverse('admin:contacts_scheme_changelist')}?coordinations__person__notes__contains={HIDDEN}"
    _hide(HIDDEN)
    with_word = _plain(reader.get(address).content)

    _hide("autre")

    assert _plain(reader.get(address).content) != with_word


def test_every_model_s_fields_are_among_the_questions():
    def names(model: type[Model]) -> set[str]:
        return {field.name for field in model._meta.get_fields()}

    assert names(Contact) | names(Channel) <= set(_fields())
