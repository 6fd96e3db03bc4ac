"""The page one reads: its tabs, what each role finds there, and what it costs."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contacts import merging
from contacts.deciding import decide
from contacts.models import Contact, ContactFile, Merge
from contacts.pages.record import TABS
from crm.models import Purpose, RecentRecord, User
from crm.records import one_act
from crm.roles import Role
from tests.factories import (
    CategoryFactory,
    ChannelFactory,
    ContactAliasFactory,
    ContactFactory,
    CoordinationFactory,
    InteractionFactory,
    LabelFactory,
    LinkFactory,
    OrganisationFactory,
    PersonFactory,
    PositionFactory,
    SchemeFactory,
    TerritoryFactory,
    ThemeFactory,
    UserFactory,
)


pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
READERS = [Role.BOARD, Role.READER]


def page_of(contact: Contact, tab: str = "") -> str:
    url = reverse("admin:contacts_contact_record", args=[contact.pk])
    return f"{url}?onglet={tab}" if tab else url


def read(client: Client, contact: Contact, tab: str = "") -> str:
    answer = client.get(page_of(contact, tab))
    assert answer.status_code == 200
    return answer.content.decode()


# --- what it costs ---------------------------------------------------------------------------------------------------


def crowded(kind: str, rows: int) -> Contact:
    """A contact with `rows` rows of each kind that may hang on it, and a history as long."""
    user = UserFactory()
    make = PersonFactory if kind == "person" else OrganisationFactory
    contact = make(themes=[ThemeFactory() for _ in range(rows)], labels=[LabelFactory() for _ in range(rows)])
    contact.territories.set([TerritoryFactory() for _ in range(rows)])
    with one_act(by=user):
        for place in range(rows):
            hang_one_of_each(contact, place, make, user)
        for purpose, _label in Purpose.refusable()[: min(rows, 4)]:
            decide(
                contact, purpose=purpose, agrees=purpose == Purpose.SURVEYS, source="Par téléphone", by=user
            )
    for place in range(rows):
        contact.city = f"Ville {place}"
        with one_act(by=user, reason=f"Raison {place}"):
            contact.save()
    return contact


def hang_one_of_each(contact: Contact, place: int, make: type[ContactFactory], user: User) -> None:
    ChannelFactory(
        contact=contact, value=f"adresse{contact.pk}.{place}@exemple.org", is_private=place % 2 == 1
    )
    ContactAliasFactory(contact=contact)
    LinkFactory(contact=contact, other=make())
    LinkFactory(contact=make(), other=contact)
    InteractionFactory(contact=contact, by=user, follow_up_on=TODAY)
    ContactFile.objects.create(contact=contact, name="a.txt", file=ContentFile(b"a", "a.txt"), added_by=user)
    Merge.objects.create(kept=contact, absorbed=make(merged_into=contact), by=user)
    if contact.is_person:
        PositionFactory(person=contact, function=None)
        PositionFactory(person=contact, ends_on=date(2020, 1, 1))
        CoordinationFactory(person=contact, scheme=SchemeFactory(territories=[TerritoryFactory()]))
    else:
        PositionFactory(organisation=contact)
        PositionFactory(organisation=contact, ends_on=date(2020, 1, 1))
        OrganisationFactory(parent=contact)
        SchemeFactory(lead=contact)


def statements(client: Client, contact: Contact, tab: str) -> int:
    client.get(page_of(contact, tab))
    with CaptureQueriesContext(connection) as asked:
        assert client.get(page_of(contact, tab)).status_code == 200
    return len(asked)


@pytest.mark.data
@pytest.mark.parametrize("kind", ["person", "organisation"])
def test_each_tab_costs_the_same_at_one_row_and_at_thirty(client_as, kind):
    client = client_as(Role.STAFF)
    few, many = crowded(kind, 1), crowded(kind, 30)

    asked = {tab: (statements(client, few, tab), statements(client, many, tab)) for tab in TABS}

    assert {tab: counts for tab, counts in asked.items() if len(set(counts)) > 1} == {}
    assert {tab: counts[0] for tab, counts in asked.items() if counts[0] > MOST[tab]} == {}


MOST = {"fiche": 25, "parcours": 17, "activite": 21, "diffusion": 15, "historique": 33}
"""Statements a tab may ask, the frame of the page and the session included; one says who the record was given to, or which it may not name."""


# --- what each role finds ------------------------------------------------------------------------------------------------


SECRETS = (
    "secrete",
    "06 39 98",
    "mot-de-la-note",
    "mot-de-l-echange",
    "mot-du-refus",
    "mot-de-la-piece",
    "ancienne-secrete",
)


def guarded() -> Contact:
    """A person with something behind each right, now and in the past."""
    user = UserFactory(first_name="Ana", last_name="Équipe")
    person = PersonFactory(notes="mot-de-la-note", email="ouverte@exemple.org")
    ChannelFactory(contact=person, value="secrete@exemple.org", is_private=True)
    ChannelFactory(contact=person, kind="phone", value="06 39 98 12 34", is_private=True)
    once_open = ChannelFactory(contact=person, value="ancienne-secrete@exemple.org")
    once_open.is_private = True
    once_open.save()
    gone = ChannelFactory(contact=person, value="secrete-et-partie@exemple.org", is_private=True)
    gone.delete()
    exchange = InteractionFactory(contact=person, by=user, summary="mot-de-l-echange", follow_up_on=TODAY)
    exchange.summary = "mot-de-l-echange, corrigé"
    exchange.save()
    person.notes = "mot-de-la-note, corrigée"
    person.save()
    decide(person, purpose=Purpose.NEWSLETTER, agrees=False, source="mot-du-refus", by=user)
    ContactFile.objects.create(contact=person, name="mot-de-la-piece.pdf", file=ContentFile(b"a", "a.pdf"))
    person.refresh_from_db()
    return person


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("role", READERS)
def test_a_reader_finds_no_private_channel_no_note_no_exchange_and_no_trace_of_them(client_as, role, tab):
    page = read(client_as(role), guarded(), tab)

    assert [secret for secret in SECRETS if secret in page] == []
    assert "ouverte@exemple.org" in page or tab != "fiche"


def test_the_team_finds_all_of_it(client_as):
    client, person = client_as(Role.STAFF), guarded()

    pages = "".join(read(client, person, tab) for tab in TABS)

    assert [secret for secret in SECRETS if secret not in pages] == []


def test_a_reader_is_not_offered_to_write_to_a_private_address(client_as):
    person = PersonFactory()
    ChannelFactory(contact=person, value="secrete@exemple.org", is_private=True, is_main=True)

    assert "mailto:" not in read(client_as(Role.BOARD), person)
    assert "mailto:secrete@exemple.org" in read(client_as(Role.STAFF), person)


@pytest.mark.parametrize("tab", TABS)
def test_a_reader_is_offered_no_deed(client_as, tab):
    page = read(client_as(Role.READER), guarded(), tab)

    assert "/change/" not in page
    assert 'method="post"' not in page.split('class="m-page')[1]


# --- what is shown ----------------------------------------------------------------------------------------------------------


def test_inherited_territories_and_category_say_where_they_come_from(client_as):
    category, town = CategoryFactory(name="Ville moyenne"), TerritoryFactory(name="Ville-Haute")
    organisation = OrganisationFactory(name="Maison commune", category=category, territories=[town])
    person = PersonFactory(organisation=organisation)

    shown = client_as(Role.READER).get(page_of(person)).context

    assert [territory.name for territory in shown["reach"]] == ["Ville-Haute"]
    assert (shown["reach_origin"], shown["category_is_inherited"]) == ("Maison commune", True)

    scheme = SchemeFactory(name="Contrat local de santé", territories=[TerritoryFactory(name="Ville-Basse")])
    CoordinationFactory(scheme=scheme, person=person)
    assert client_as(Role.READER).get(page_of(person)).context["reach_origin"] == "Contrat local de santé"


def test_former_posts_stand_apart(client_as):
    person = PersonFactory(organisation=OrganisationFactory())
    former = PositionFactory(person=person, ends_on=TODAY - timedelta(days=1))
    last_day = PositionFactory(person=person, ends_on=TODAY)

    shown = client_as(Role.READER).get(page_of(person, "parcours")).context

    assert shown["former"] == [former]
    assert last_day in shown["current"]


def test_badges_say_the_state_and_what_is_refused(client_as):
    person = PersonFactory(verified_on=TODAY)
    decide(person, purpose=Purpose.SURVEYS, agrees=False, source="Par téléphone")
    page = read(client_as(Role.READER), person)
    assert f"vérifiée le {TODAY:%d/%m/%Y}" in page
    assert "refuse\xa0: Appels et enquêtes" in page

    person.needs_check = True
    person.save()
    assert "à vérifier" in read(client_as(Role.READER), person)


def test_people_of_an_organisation_are_shown_page_by_page(client_as):
    organisation = OrganisationFactory()
    for _ in range(51):
        PersonFactory(organisation=organisation)
    client = client_as(Role.READER)

    first, second = (
        client.get(page_of(organisation), {"page": number}).context["people"] for number in (1, 2)
    )

    assert (len(first), len(second), first.paginator.count) == (50, 1, 51)


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("make", [PersonFactory, OrganisationFactory])
def test_an_empty_record_says_what_to_do_next(client_as, make, tab):
    page = read(client_as(Role.STAFF), make(), tab)

    assert "m-card" in page
    expected = {
        "fiche": "Ajouter une coordonnée",
        "parcours": "Voir les démarches",
        "activite": "Une date de relance se pose en notant un échange",
        "diffusion": "Noter un refus",
        "historique": "Ajout",
    }
    assert expected[tab] in page


def test_links_to_records_out_of_sight_are_not_shown(client_as):
    person = PersonFactory()
    LinkFactory(contact=person, other=OrganisationFactory(name="Absente", trashed_at=timezone.now()))

    assert "Absente" not in read(client_as(Role.STAFF), person)


def test_the_page_is_remembered_as_seen(client_as):
    person, client = PersonFactory(), client_as(Role.READER)

    read(client, person)

    assert list(RecentRecord.objects.values_list("model", "record")) == [("contacts.contact", str(person.pk))]


# --- records out of sight ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", [{"trashed_at": timezone.now()}, {"state": Contact.State.ERASED}])
@pytest.mark.parametrize("role", [Role.MANAGER, Role.READER])
def test_a_trashed_or_erased_record_is_absent(client_as, role, said):
    assert client_as(role).get(page_of(PersonFactory(**said))).status_code == 404


def test_a_folded_record_leads_to_the_one_that_was_kept(client_as):
    kept, middle, first = PersonFactory(), PersonFactory(), PersonFactory()
    merging.merge(first, into=middle)
    merging.merge(middle, into=kept)

    assert client_as(Role.READER).get(page_of(first)).url == page_of(kept)
    assert client_as(None).get(page_of(first)).status_code == 404


def test_a_record_folded_into_a_trashed_one_is_absent(client_as):
    kept, first = PersonFactory(), PersonFactory()
    merging.merge(first, into=kept)
    kept.put_in_trash()

    assert client_as(Role.MANAGER).get(page_of(first)).status_code == 404


def test_without_any_right_there_is_no_record(client_as):
    assert client_as(None).get(page_of(PersonFactory())).status_code == 404
