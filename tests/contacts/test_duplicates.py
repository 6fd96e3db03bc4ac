"""Records that may be one: found while typing, compared, judged."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contacts import duplicates, merging
from contacts.duplicates import likely_doubles
from contacts.models import Contact, DoublePair, Merge
from crm.models import User
from crm.roles import Role
from tests.factories import (
    ChannelFactory,
    ContactAliasFactory,
    DoublePairFactory,
    OppositionFactory,
    OrganisationFactory,
    PersonFactory,
    ThemeFactory,
)


pytestmark = pytest.mark.django_db
PERSON, ORGANISATION = Contact.Kind.PERSON, Contact.Kind.ORGANISATION


def found(**asked: str) -> list[tuple[str, str]]:
    return [(str(one.contact), one.why) for one in likely_doubles(**{"kind": PERSON, **asked})]


@pytest.fixture
def staff(client_as) -> Client:
    return client_as(Role.STAFF)


# --- who looks alike --------------------------------------------------------------------------------------------------


@pytest.mark.data
def test_the_same_email_is_the_surest_sign():
    PersonFactory(name="Roux", first_name="Ève", email="accueil@exemple.org")
    PersonFactory(name="Durand", first_name="Zoé")

    assert found(name="Durant", first_name="Zoé", email=" Accueil@Exemple.org") == [
        ("Ève Roux", "même e-mail"),
        ("Zoé Durand", "nom proche"),
    ]


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "first_name"),
    [("LE GALL", "Maëlle"), ("Maelle", "Le Gall"), ("Le-Gall", "Maelle"), ("Le Gal", "Maëlle")],
)
def test_a_name_is_found_without_accents_in_either_order_and_with_a_slip(name, first_name):
    PersonFactory(name="Le Gall", first_name="Maëlle")

    assert [one for one, _why in found(name=name, first_name=first_name)] == ["Maëlle Le Gall"]


def test_the_same_organisation_makes_a_near_name_surer():
    organisation = OrganisationFactory(name="Maison commune")
    PersonFactory(name="Martinet", first_name="Claire", organisation=organisation)

    assert found(name="Martinez", first_name="Claire", organisation="maison commune") == [
        ("Claire Martinet", "nom proche, même structure")
    ]


@pytest.mark.data
def test_an_organisation_is_found_by_its_sigle_and_by_a_former_name():
    agency = OrganisationFactory(name="Agence régionale de santé", sigle="ARS")
    ContactAliasFactory(contact=agency, text="Agence régionale de l’hospitalisation")

    for typed in ("ars", "agence regionale de l'hospitalisation"):
        assert found(kind=ORGANISATION, name=typed) == [
            ("Agence régionale de santé", "c’est un autre de ses noms")
        ]


def test_another_kind_another_name_and_records_out_of_sight_are_not_found():
    OrganisationFactory(name="Roux")
    PersonFactory(name="Lenoir", first_name="Ève")
    PersonFactory(name="Roux", first_name="Ève", merged_into=PersonFactory(name="Tout", first_name="Autre"))

    assert found(name="Roux", first_name="Ève") == []


def test_a_private_address_is_a_sign_only_for_who_may_see_it():
    ChannelFactory(contact=PersonFactory(), value="secrete@exemple.org", is_private=True)

    assert likely_doubles(kind=PERSON, name="", email="secrete@exemple.org", private=False) == []
    assert len(likely_doubles(kind=PERSON, name="", email="secrete@exemple.org")) == 1


def test_many_names_that_begin_alike_do_not_hide_the_near_one(monkeypatch):
    monkeypatch.setattr(duplicates, "CANDIDATES", 5)
    for place in range(8):
        OrganisationFactory(name=f"Centre communal {place}")
    OrganisationFactory(name="Centre zygomatique")

    assert [name for name, _why in found(kind=ORGANISATION, name="Centre zigomatique")] == [
        "Centre zygomatique"
    ]


@pytest.mark.data
def test_looking_costs_the_same_whatever_the_number_found():
    def statements(number: int) -> int:
        for _ in range(number):
            PersonFactory(name="Roux", first_name="Ève")
        with CaptureQueriesContext(connection) as asked:
            found(name="Roux", first_name="Ève", email="a@exemple.org")
        return len(asked)

    assert statements(1) == statements(5) == 3


# --- while somebody types -------------------------------------------------------------------------------------------------


def test_what_is_being_typed_is_answered_with_a_fragment(staff):
    there = PersonFactory(
        name="Roux", first_name="Ève", organisation=OrganisationFactory(name="Maison commune")
    )

    page = staff.get(
        "/contacts/contact/proches/", {"kind": "person", "name": "roux", "first_name": "eve"}
    ).content.decode()

    assert 'role="status"' in page
    assert reverse("admin:contacts_contact_record", args=[there.pk]) in page
    assert "Maison commune" in page
    assert "<html" not in page


@pytest.mark.parametrize(
    "typed", [{"name": "r"}, {"name": ""}, {"name": "\x00"}, {"kind": "inconnue", "name": "zz"}, {}]
)
def test_too_little_to_go_by_is_answered_with_nothing(staff, typed):
    PersonFactory(name="Roux")

    answer = staff.get("/contacts/contact/proches/", typed)

    assert (answer.status_code, answer.content.decode().strip()) == (200, "")


@pytest.mark.parametrize("role", [Role.BOARD, Role.READER])
def test_only_who_may_make_a_record_is_answered(client_as, role):
    assert client_as(role).get("/contacts/contact/proches/", {"name": "roux"}).status_code == 403


# --- pairs to be judged -------------------------------------------------------------------------------------------------------


PAIRS = "/contacts/doublepair/"


def test_a_pair_is_shown_with_its_reason_until_somebody_judges_it(staff):
    pair = DoublePairFactory(why="nom proche, même structure")
    assert "nom proche, même structure" in staff.get(PAIRS).content.decode()

    staff.post(f"{PAIRS}differents/", {"first": pair.second_id, "second": pair.first_id})

    pair.refresh_from_db()
    assert (pair.verdict, pair.judged_by is not None) == ("different", True)
    assert list(staff.get(PAIRS).context["pairs"]) == []


def test_two_contacts_judged_different_are_not_proposed_again(staff):
    first, second = (PersonFactory(name="Roux", first_name="Ève") for _ in "ab")
    choose = reverse("admin:contacts_contact_choose_other", args=[first.pk])
    assert [one.contact for one in staff.get(choose).context["likely"]] == [second]

    staff.post(f"{PAIRS}differents/", {"first": first.pk, "second": second.pk})

    assert staff.get(choose).context["likely"] == []


@pytest.mark.parametrize(
    "sent",
    [{}, {"first": "1", "second": "1"}, {"first": "a", "second": "b"}, {"first": "1", "second": "999"}],
)
def test_what_is_no_pair_is_absent(staff, sent):
    assert staff.post(f"{PAIRS}differents/", sent).status_code == 404


def test_an_empty_page_says_what_comes_there(staff):
    assert "Aucune paire à examiner." in staff.get(PAIRS).content.decode()


def test_any_other_record_is_found_by_its_name(staff):
    record, other = PersonFactory(name="Roux"), PersonFactory(name="Lenoir")
    OrganisationFactory(name="Lenoir et fils")

    page = staff.get(reverse("admin:contacts_contact_choose_other", args=[record.pk]), {"q": "lenoir"})

    assert list(page.context["found"]) == [other]


# --- side by side ----------------------------------------------------------------------------------------------------------------


def compare(kept: Contact, absorbed: Contact) -> str:
    return reverse("admin:contacts_contact_merge", args=[kept.pk, absorbed.pk])


def test_the_page_says_what_differs_what_moves_and_what_is_refused(staff):
    kept = PersonFactory(name="Roux", first_name="Ève", themes=[ThemeFactory(name="Santé")])
    absorbed = PersonFactory(
        name="Roux",
        first_name="Éva",
        email="a@exemple.org",
        themes=[ThemeFactory(name="Logement"), *kept.themes.all()],
    )
    OppositionFactory(contact=absorbed)

    shown = staff.get(compare(kept, absorbed)).context

    assert [(field.label, field.kept, field.absorbed) for field in shown["fields"]] == [
        ("prénom", "Ève", "Éva")
    ]
    assert {(move.label, move.count) for move in shown["moves"]} == {("coordonnées", 1), ("oppositions", 1)}
    assert [(label, [str(term) for term in terms]) for label, terms in shown["joined"]] == [
        ("thématiques", ["Logement"])
    ]
    assert shown["refusals"] == ["Newsletter"]
    assert not Merge.objects.exists()


def test_two_records_are_merged_as_chosen_then_taken_back(staff):
    kept, absorbed = PersonFactory(first_name="Ève"), PersonFactory(first_name="Éva", email="a@exemple.org")

    answer = staff.post(compare(kept, absorbed), {"first_name": "absorbed"}, follow=True)

    kept.refresh_from_db()
    assert (kept.first_name, kept.main_email) == ("Éva", "a@exemple.org")
    assert "annuler cette fusion ici" in str([str(message) for message in answer.context["messages"]])
    made = Merge.objects.get()
    staff.post(reverse("admin:contacts_contact_unmerge", args=[kept.pk, made.pk]))
    kept.refresh_from_db()
    assert kept.first_name == "Ève"
    assert absorbed in Contact.objects.present()


def test_only_the_last_merge_is_offered_to_be_taken_back(staff):
    kept = PersonFactory()
    first, second = (merging.merge(PersonFactory(), into=kept) for _ in "ab")

    page = staff.get(f"{reverse('admin:contacts_contact_record', args=[kept.pk])}?onglet=historique")

    assert page.context["last_merge"] == second
    assert reverse("admin:contacts_contact_unmerge", args=[kept.pk, first.pk]) not in page.content.decode()


def test_records_of_two_kinds_are_not_merged_and_it_is_said(staff):
    kept, absorbed = PersonFactory(), OrganisationFactory()

    answer = staff.get(compare(kept, absorbed), follow=True)

    assert [str(message) for message in answer.context["messages"]] == [
        "Une personne et une structure ne se fusionnent pas."
    ]


def test_a_merge_that_came_too_late_is_said(staff, monkeypatch):
    kept, absorbed = PersonFactory(), PersonFactory()
    seen = merging.choices

    def somebody_is_quicker(one: Contact, other: Contact, user: User):
        monkeypatch.undo()
        merging.merge(absorbed, into=PersonFactory())
        return seen(one, other, user)

    monkeypatch.setattr(merging, "choices", somebody_is_quicker)
    answer = staff.post(compare(kept, absorbed), {}, follow=True)

    assert "vient d’être fusionnée" in str([str(message) for message in answer.context["messages"]])
    assert Merge.objects.count() == 1


@pytest.mark.parametrize("role", [Role.BOARD, Role.READER])
def test_only_the_team_compares_and_merges(client_as, role):
    kept, absorbed = PersonFactory(), PersonFactory()
    client = client_as(role)

    for url in (
        PAIRS,
        compare(kept, absorbed),
        reverse("admin:contacts_contact_choose_other", args=[kept.pk]),
    ):
        assert client.get(url).status_code == 403
    assert client.post(compare(kept, absorbed)).status_code == 403
    assert not Merge.objects.exists()


def test_pairs_cost_the_same_at_one_and_at_twenty(staff):
    def statements(number: int) -> int:
        for _ in range(number):
            DoublePairFactory(
                first=PersonFactory(organisation=OrganisationFactory()),
                second=PersonFactory(organisation=OrganisationFactory()),
            )
        with CaptureQueriesContext(connection) as asked:
            staff.get(PAIRS)
        return len(asked)

    assert statements(1) == statements(19)
    assert DoublePair.objects.count() == 20
