"""The command palette: what one may see, by its words, and nothing kept from one letter to the next."""

from __future__ import annotations

import pytest
from django.urls import reverse

from contacts.models import SchemeType
from crm.models import User
from crm.roles import Role
from tests.factories import ChannelFactory, OrganisationFactory, PersonFactory, SchemeFactory


pytestmark = [pytest.mark.django_db, pytest.mark.data]

SECRET = "intime.jamais.vue@exemple.org"


def found(client, typed: str) -> list[tuple[str, str]]:
    answer = client.get(reverse("admin:search"), {"s": typed})
    assert answer.status_code == 200
    return [(result.title, str(result.link)) for result in answer.context["results"]]


def test_people_organisations_schemes_and_places_by_their_words(client_as):
    agency = OrganisationFactory(name="Agence de Valbrune")
    person = PersonFactory(
        name="Valbrunel", first_name="Zoé", organisation=agency, organisation__title="Élue"
    )
    scheme = SchemeFactory(name="Contrat de Valbrune", type=SchemeType.objects.get(code="CLS"))

    results = found(client_as(Role.READER), "valbrune")

    assert results == [
        ("Zoé Valbrunel", reverse("admin:contacts_contact_record", args=[person.pk])),
        ("Agence de Valbrune", reverse("admin:contacts_contact_record", args=[agency.pk])),
        ("Contrat de Valbrune", reverse("admin:contacts_scheme_record", args=[scheme.pk])),
    ]


def test_a_place_opens_the_contacts_that_are_in_it(client_as):
    results = dict(found(client_as(Role.READER), "seine saint denis"))

    assert (
        results["Seine-Saint-Denis (département)"]
        == f"{reverse('admin:contacts_contact_changelist')}?in=departement:93"
    )


def test_pages_by_their_title_for_whom_they_are_open(client_as):
    assert ("Journal", reverse("admin:crm_auditentry_changelist")) in found(
        client_as(Role.MANAGER), "journal"
    )
    assert found(client_as(Role.READER), "journal") == []
    assert ("Démarches", reverse("admin:contacts_scheme_changelist")) in found(
        client_as(Role.READER), "demarch"
    )


@pytest.mark.parametrize("role", [Role.READER, Role.BOARD])
def test_a_private_address_finds_nobody_but_for_who_may_see_it(client_as, role):
    ChannelFactory(contact=PersonFactory(name="Alba", first_name="Zoé"), value=SECRET, is_private=True)

    assert found(client_as(role), "intime") == []
    assert [title for title, _link in found(client_as(Role.STAFF), "intime")] == ["Zoé Alba"]


def test_an_account_without_rights_finds_nobody(client_as):
    PersonFactory(name="Alba")

    assert found(client_as(None), "alba") == []


def test_a_right_that_is_withdrawn_is_withdrawn_at_once(client_as):
    PersonFactory(name="Alba", first_name="Zoé")
    client = client_as(Role.READER)
    assert len(found(client, "alba")) == 1

    User.objects.get(pk=client.session["_auth_user_id"]).groups.clear()

    assert found(client, "alba") == []


def test_what_is_in_the_trash_is_not_found(client_as):
    person = PersonFactory(name="Alba")
    client = client_as(Role.READER)
    assert len(found(client, "alba")) == 1

    person.put_in_trash()

    assert found(client, "alba") == []


@pytest.mark.parametrize("typed", ["***", "\x00", "é" * 4_000, "😀", "%", "'--"])
def test_nothing_to_look_for_finds_nothing(client_as, typed):
    assert found(client_as(Role.READER), typed) == []


def test_nothing_typed_answers_nothing(client_as):
    answer = client_as(Role.READER).get(reverse("admin:search"), {"s": " "})

    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("rows", [1, 30])
def test_it_costs_the_same_for_any_number_of_records(client_as, django_assert_max_num_queries, rows):
    for number in range(rows):
        PersonFactory(name=f"Alba{number}", organisation=OrganisationFactory(name=f"Alba {number}"))
    client = client_as(Role.READER)
    client.get(reverse("admin:search"), {"s": "zzz"})

    with django_assert_max_num_queries(14):
        client.get(reverse("admin:search"), {"s": "alba"})
