"""The figures B1 to B6, each against what a person counts by hand on a base of a few records."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from contacts.models import (
    Category,
    Channel,
    Contact,
    Function,
    SuppressedAddress,
    Territory,
    Theme,
)
from crm.models import Association, Purpose
from crm.registry import figures
from tests.contacts.counting import (
    LAST,
    THIS,
    by,
    latest_on,
    place,
    qualified_person,
    value,
    written_on,
    year_of,
)
from tests.factories import (
    ChannelFactory,
    ConsentFactory,
    OppositionFactory,
    OrganisationFactory,
    PersonFactory,
    PositionFactory,
)


pytestmark = pytest.mark.django_db


# --- B: the base ------------------------------------------------------------------------------------------


@pytest.mark.data
def test_b1_counts_the_active_today(town: Contact):
    PersonFactory.create_batch(2)
    PersonFactory(state=Contact.State.LEFT)
    PersonFactory().put_in_trash()
    merged = PersonFactory()
    merged.merged_into = town
    merged.save()

    assert value("B1") == 3
    assert by("B1") == {"Personnes": 2, "Structures": 1}


@pytest.mark.data
def test_b1_of_last_year_is_what_the_base_held_on_31_december(town: Contact):
    stayed, left_since, trashed_since, died_before = PersonFactory.create_batch(4)
    for record in (stayed, left_since, trashed_since, died_before):
        written_on(record, year_of(LAST, 3))
    left_since.state = Contact.State.LEFT
    left_since.save()
    trashed_since.put_in_trash()
    died_before.state = Contact.State.DECEASED
    died_before.save()
    latest_on(died_before, year_of(LAST, 12, 31))
    PersonFactory(collected_on=year_of(LAST, 5))  # collected then, but imported this year

    assert by("B1", LAST) == {"Personnes": 3, "Structures": 1}
    assert by("B1", THIS) == {"Personnes": 2, "Structures": 1}


@pytest.mark.data
def test_b1_keeps_in_the_past_a_record_deleted_for_good_since(town: Contact):
    gone = PersonFactory()
    written_on(gone, year_of(LAST, 3))
    gone.delete()

    assert (value("B1", LAST), value("B1", THIS)) == (2, 1)


@pytest.mark.data
@pytest.mark.parametrize(
    ("lacking", "reason"),
    [
        ({"email": None}, "Non qualifiées : sans e-mail ni téléphone en service"),
        ({"themes": None}, "Non qualifiées : sans thématique"),
        ({"verified_on": None}, "Non qualifiées : non vérifiées dans le délai"),
    ],
)
def test_b2_asks_for_everything_and_says_what_lacks(town: Contact, lacking: dict[str, Any], reason: str):
    qualified_person(town, email="lea.1@exemple.org")
    qualified_person(town, **lacking)

    told = by("B2")

    assert value("B2") == 1
    assert told.pop("Personnes actives") == 2
    assert {name for name, count in told.items() if count} == {reason}


@pytest.mark.data
def test_b2_without_an_organisation_asks_for_a_category_and_a_place_of_one_s_own(town: Contact):
    alone = qualified_person(town, organisation=None)

    assert value("B2") == 0
    assert by("B2")["Non qualifiées : sans catégorie"] == by("B2")["Non qualifiées : sans territoire"] == 1

    alone.category = Category.objects.get(code="AUT-5")
    alone.territories.set([place("departement", "93")])
    alone.save()

    assert value("B2") == 1


@pytest.mark.data
def test_b2_counts_the_months_that_the_association_set_back_from_the_day(town: Contact):
    person = qualified_person(
        town, verified_on=year_of(LAST - 1, 1, 10), collected_on=year_of(LAST - 1, 1, 10)
    )
    written_on(person, year_of(LAST, 2))
    association = Association.own()

    assert value("B2", LAST) == 1

    association.verification_months = 12
    association.save()

    assert value("B2", LAST) == 0


@pytest.mark.data
def test_b2_of_today_is_the_list_s_own_question(town: Contact):
    qualified_person(town)
    qualified_person(town, email="autre@exemple.org", themes=None)
    retired = qualified_person(town, email="parti@exemple.org")
    Channel.objects.filter(contact=retired).get().delete()

    assert value("B2") == Contact.objects.qualified().count() == 1


@pytest.mark.data
def test_b3_counts_who_came_who_was_verified_and_who_went_out(town: Contact):
    PersonFactory(collected_on=year_of(LAST, 2), verified_on=year_of(LAST, 9))
    late = PersonFactory(collected_on=year_of(LAST, 11))  # typed this year: collected last year all the same
    PersonFactory(collected_on=year_of(LAST - 1, 11))
    for record in Contact.objects.people().exclude(pk=late.pk):
        written_on(record, year_of(LAST, 12, 1))
    gone = PersonFactory(collected_on=year_of(LAST - 1))
    written_on(gone, year_of(LAST - 1, 12))
    gone.state = Contact.State.LEFT
    gone.save()
    latest_on(gone, year_of(LAST, 4))

    assert value("B3", LAST) == 2
    assert by("B3", LAST) == {"Nouveaux": 2, "Vérifiés": 1, "Sortis": 1}
    assert by("B3", THIS) == {"Nouveaux": 0, "Vérifiés": 0, "Sortis": 0}


@pytest.mark.data
def test_b3_of_a_past_year_does_not_forget_who_was_put_in_the_trash_since(town: Contact):
    person = PersonFactory(collected_on=year_of(LAST, 2))
    written_on(person, year_of(LAST, 2))
    person.put_in_trash()

    assert by("B3", LAST) == {"Nouveaux": 1, "Vérifiés": 0, "Sortis": 0}
    assert by("B3", THIS) == {"Nouveaux": 0, "Vérifiés": 0, "Sortis": 1}


@pytest.mark.data
def test_b3_takes_no_account_of_an_import_that_was_taken_back(town: Contact):
    PersonFactory(collected_on=year_of(THIS, 1, 1)).delete()

    assert by("B3") == {"Nouveaux": 0, "Vérifiés": 0, "Sortis": 0}


@pytest.mark.data
def test_b4_shares_out_by_category_theme_function_and_region(town: Contact):
    coordinator = PersonFactory(
        organisation=town,
        organisation__title="",
        organisation__function=Function.objects.get(code="COORDINATION-ASV"),
        themes=[
            Theme.objects.get(code="T01"),
            Theme.objects.get(code="T01-2"),
            Theme.objects.get(code="T04-1"),
        ],
    )
    PersonFactory(territories=[place("commune", "97411"), place("commune", "38185")])

    told = by("B4")

    assert value("B4") == 3
    assert coordinator.shown_category.code == "COL-1"
    assert {name: count for name, count in told.items() if name.startswith("Catégorie")} == {
        "Catégorie : Collectivité territoriale": 2,
        "Catégorie : non renseigné": 1,
    }
    assert {name: count for name, count in told.items() if name.startswith("Thématique")} == {
        "Thématique : Accès aux soins": 2,
        "Thématique : Santé mentale": 1,
        "Thématique : non renseigné": 1,
    }
    assert {name: count for name, count in told.items() if name.startswith("Fonction")} == {
        "Fonction : Coordinateur·rice ASV": 1,
        "Fonction : non renseigné": 1,
    }
    assert {name: count for name, count in told.items() if name.startswith(("Région", "Outre"))} == {
        "Région : Île-de-France": 2,
        "Région : Auvergne-Rhône-Alpes": 1,
        "Région : La Réunion": 1,
        "Région : non renseigné": 0,
        "Outre-mer : ensemble": 1,
    }


@pytest.mark.data
def test_b4_of_last_year_follows_the_post_held_that_day(town: Contact):
    other = OrganisationFactory(
        category=Category.objects.get(code="ETA-3"), territories=[place("region", "44")]
    )
    person = PersonFactory()
    PositionFactory(person=person, organisation=other, ends_on=year_of(LAST, 10), is_main=False)
    PositionFactory(person=person, organisation=town, starts_on=year_of(LAST, 10, 16), is_main=True)
    PositionFactory(person=person, organisation=other, starts_on=year_of(THIS, 1, 1), is_main=False)
    for record in (other, person):
        written_on(record, year_of(LAST, 1, 2))

    told = by("B4", LAST)

    assert told["Catégorie : Collectivité territoriale"] == 2
    assert told["Catégorie : État"] == 1
    assert told["Région : Île-de-France"] == 2


@pytest.mark.data
def test_b5_writes_to_functions_on_legitimate_interest_and_to_people_on_consent(town: Contact):
    ChannelFactory(contact=town, value="accueil@ville.exemple.org", nature=Channel.Nature.ROLE)
    PersonFactory(email="pro@exemple.org")
    PersonFactory(state=Contact.State.LEFT, email="parti@exemple.org")
    for address, agreed in (("avec@courriel.example", True), ("sans@courriel.example", False)):
        person = PersonFactory()
        ChannelFactory(contact=person, value=address, nature=Channel.Nature.PERSONAL)
        if agreed:
            ConsentFactory(contact=person)
    OppositionFactory(contact=PersonFactory(email="non@exemple.org"))
    PersonFactory(email="NON@exemple.org")  # the same address on another record

    assert value("B5") == 3
    assert by("B5") == {
        "Adresses professionnelles": 1,
        "Boîtes partagées ou génériques": 1,
        "Adresses personnelles, avec consentement": 1,
        "Contacts sans adresse utilisable : non renseigné": 3,
    }


@pytest.mark.data
def test_b5_counts_an_address_once_and_falls_back_on_the_one_it_may_use(town: Contact):
    person = PersonFactory()
    ChannelFactory(contact=person, value="lea@courriel.example", nature=Channel.Nature.PERSONAL, is_main=True)
    ChannelFactory(contact=person, value="commun@exemple.org")
    PersonFactory(email="commun@exemple.org")

    assert value("B5") == 1


@pytest.mark.data
def test_b5_heeds_an_address_that_said_no_before_its_record_was_erased(town: Contact):
    SuppressedAddress.remember([("revenu@exemple.org", Purpose.NEWSLETTER)])
    PersonFactory(email="revenu@exemple.org")

    assert value("B5") == 0


@pytest.mark.data
def test_b5_of_last_year_knows_oppositions_and_consents_by_their_dates(town: Contact):
    refused_since = PersonFactory(email="un@exemple.org")
    written_on(refused_since, year_of(LAST, 2))
    OppositionFactory(contact=refused_since)
    agreed = PersonFactory()
    ChannelFactory(contact=agreed, value="deux@courriel.example", nature=Channel.Nature.PERSONAL)
    ConsentFactory(contact=agreed, since=year_of(LAST, 3), withdrawn_on=year_of(LAST, 11))
    written_on(agreed, year_of(LAST, 2))

    SuppressedAddress.objects.update(since=timezone.localdate())
    assert (value("B5", LAST), value("B5", THIS)) == (1, 0)


@pytest.mark.data
def test_b6_names_the_departments_without_anybody(town: Contact):
    PersonFactory(territories=[place("region", "84")])  # a region is nobody's department

    told = figures["B6"].count(THIS)
    departments = Territory.objects.at("departement").count()

    assert told.value == departments - 1
    assert "Seine-Saint-Denis (93)" not in told.by
    assert told.by["Isère (38)"] == 0

    PersonFactory(territories=[place("commune", "38185")])

    assert value("B6") == departments - 2


@pytest.mark.data
def test_b6_takes_a_region_of_one_department_for_it(town: Contact):
    PersonFactory(territories=[place("region", "04")])

    assert "La Réunion (974)" not in by("B6")
