"""Who is one person, one organisation: within a file and with the base."""

from __future__ import annotations

from datetime import date

import pytest

from contacts.models import (
    Contact,
    DoublePair,
)
from contacts.positioning import close_position
from tests.contacts.importing.bringing import (
    brought,
    keys,
    outcomes,
    person,
    planned,
)
from tests.factories import (
    OrganisationFactory,
    PersonFactory,
)


pytestmark = pytest.mark.django_db


def test_the_same_address_in_another_case_is_the_same_person() -> None:
    _batch, report = brought(
        "NOM;Prénom;Mail\nDURAND;Jeanne;j.durand@ville.example\nDurand;Jeanne;J.Durand@Ville.example\n"
    )

    assert outcomes(report) == {"created": 1, "merged": 1}
    assert keys(person("Durand"), "email") == ["j.durand@ville.example"]


def test_the_same_name_in_the_same_organisation_is_the_same_person_whatever_the_accents() -> None:
    _batch, report = brought(
        "NOM;Prénom;Structure;Tél\nLéger;Zoé;Ville de Saint-Denis;\nLEGER;ZOE;VILLE DE ST DENIS;0199001234\n"
    )

    assert outcomes(report) == {"created": 1, "merged": 1}
    assert keys(person("Léger"), "phone") == ["+33199001234"]
    assert Contact.objects.organisations().count() == 1


def test_homonyms_elsewhere_and_shared_mailboxes_stay_apart() -> None:
    text = "NOM;Prénom;Structure;Mail\nMartin;Luc;Ville A;\nMartin;Luc;Ville B;\nRoux;Ada;Ville C;contact@c.example\nGiraud;Eve;Ville C;contact@c.example\n"

    _batch, report = brought(text)

    assert outcomes(report) == {"created": 4}
    assert DoublePair.objects.count() == 0


def test_a_near_name_enters_and_the_pair_is_proposed_once() -> None:
    text = "NOM;Prénom;Structure\nLefebvre;Anne;Ville A\nLefevre;Anne;Ville A\n"

    _batch, report = brought(text)
    brought(text)

    assert outcomes(report) == {"created": 2}
    assert [(warning["line"], "Lefebvre" in warning["reason"]) for warning in report["warnings"]] == [
        (3, True)
    ]
    pair = DoublePair.objects.get()
    assert {pair.first.name, pair.second.name} == {"Lefebvre", "Lefevre"}
    assert pair.verdict == DoublePair.Verdict.OPEN


def test_somebody_of_the_base_is_found_by_address_by_name_and_by_a_former_post() -> None:
    house = OrganisationFactory(name="Ville A")
    first = PersonFactory(name="Durand", first_name="Jeanne", email="jeanne@a.example")
    second = PersonFactory(name="Roux", first_name="Ada", organisation=house)
    third = PersonFactory(name="Petit", first_name="Luc", organisation=house)
    close_position(third.positions.get(), on=date(2024, 1, 31))

    plan = planned(
        "NOM;Prénom;Structure;Mail\nDurand;J.;;JEANNE@a.example\nROUX;Ada;VILLE A;\nPetit;Luc;Ville A;\n"
    )

    assert [line.target for line in plan.lines] == [first.pk, second.pk, third.pk]


def test_an_address_alone_is_whoever_has_it_if_only_one_has() -> None:
    known = PersonFactory(name="Durand", first_name="Jeanne", email="jeanne@a.example")
    for name in ("Roux", "Giraud"):
        PersonFactory(name=name, email="accueil@b.example")

    plan = planned("Mail;Tél\njeanne@a.example;0199001234\naccueil@b.example;0199005678\n")

    assert [(line.outcome.value, line.target) for line in plan.lines] == [
        ("updated", known.pk),
        ("created", None),
    ]


def test_a_record_folded_into_another_leads_to_that_one() -> None:
    kept = PersonFactory(name="Durand", first_name="Jeanne", email="jeanne@a.example")
    PersonFactory(name="Durant", first_name="Jeanne", merged_into=kept)

    plan = planned("NOM;Prénom\nDurant;Jeanne\n")

    assert [line.target for line in plan.lines] == [kept.pk]


def test_an_organisation_is_found_by_its_sigle_and_its_former_name() -> None:
    house = OrganisationFactory(name="Agence régionale de santé Bretagne", sigle="ARS Bretagne")
    house.aliases.create(text="DRASS Bretagne")

    brought("NOM;Structure\nDurand;ARS BRETAGNE\nRoux;D.R.A.S.S. Bretagne\n")

    assert {person(name).main_organisation for name in ("Durand", "Roux")} == {house}


def test_a_name_that_many_organisations_bear_is_one_in_one_town_only() -> None:
    _batch, report = brought(
        "NOM;Structure;Ville\nDurand;Mairie;Stains\nRoux;Mairie;Pantin\nPetit;MAIRIE;STAINS\n"
    )

    assert report["objects"] == {"persons": 3, "organisations": 2}
    assert person("Durand").main_organisation == person("Petit").main_organisation
    assert person("Durand").main_organisation != person("Roux").main_organisation


def test_a_new_organisation_has_its_best_writing_of_the_file() -> None:
    brought("NOM;Structure\nA;VILLE D'EVRY\nB;ville d'evry\nC;Ville d’Évry\n")

    assert Contact.objects.organisations().get().name == "Ville d’Évry"
