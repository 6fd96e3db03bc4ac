"""Closed lists: a typo is proposed, never put right. Places: sure, or told with their candidates."""

from __future__ import annotations

import pytest

from contacts.models import (
    Synonym,
    Territory,
    Theme,
)
from crm.importing import CREATE, LEAVE_OUT
from tests.contacts.importing.bringing import (
    brought,
    organisation,
    outcomes,
    person,
    plain,
    planned,
)
from tests.factories import (
    PersonFactory,
    SchemeFactory,
    SchemeTypeFactory,
    TerritoryFactory,
)


pytestmark = pytest.mark.django_db


def test_a_misspelt_theme_is_proposed_and_never_put_by_itself() -> None:
    plan = planned("NOM;Thématiques\nDurand;Santé mantale, Accès aux soins\nRoux;santé mantale\n")

    (unknown,) = plan.unknown
    assert (unknown.vocabulary, unknown.text, unknown.count, unknown.nearest[0]) == (
        "theme", "Santé mantale", 2, ("T04", "Santé mentale"),
    )  # fmt: skip
    assert [len(draft.themes) for draft in plan.content.people] == [1, 0]


def test_a_chosen_theme_is_put_and_remembered_for_the_next_file() -> None:
    text = "NOM;Thématiques\n{};Santé mantale\n"

    brought(text.format("Durand"), terms={"theme": {"sante mantale": "T04"}})
    _batch, report = brought(text.format("Roux"))

    assert [theme.code for name in ("Durand", "Roux") for theme in person(name).themes.all()] == [
        "T04",
        "T04",
    ]
    assert Synonym.objects.get(text="Santé mantale").code == "T04"
    assert report["warnings"] == []


def test_an_unknown_term_is_created_to_be_sorted_when_asked() -> None:
    text = "NOM;Structure;Thématiques;Catégorie\nDurand;Ville A;Sport-santé;Partenaire historique\nRoux;;Sommeil;\n"

    brought(text, create_missing=True, terms={"theme": {"sommeil": LEAVE_OUT}})

    theme = person("Durand").themes.get()
    assert (theme.name, theme.is_unsorted, str(theme.parent)) == ("Sport-santé", True, "À classer")
    assert str(organisation("Ville A").category) == "Partenaire historique"
    assert person("Roux").themes.count() == 0
    assert not Theme.objects.filter(name="Sommeil").exists()


def test_one_unknown_term_may_be_created_and_the_others_left() -> None:
    brought("NOM;Thématiques\nDurand;Sport-santé ; Sommeil\n", terms={"theme": {"sport sante": CREATE}})

    assert [theme.name for theme in person("Durand").themes.all()] == ["Sport-santé"]


def test_a_theme_that_holds_a_comma_is_one_theme() -> None:
    brought("NOM;Thématiques\nDurand;École, jeunesse et parentalité, Santé mentale\n")

    assert {theme.code for theme in person("Durand").themes.all()} == {"T08", "T04"}


def test_people_who_all_say_one_place_place_their_new_organisation_and_inherit() -> None:
    brought("NOM;Structure;CP;Ville\nDurand;Maison A;93200;Saint-Denis\nRoux;Maison A;93200;SAINT DENIS\n")

    house = organisation("Maison A")
    assert [place.code for place in house.territories.all()] == ["93066"]
    assert (house.city, person("Durand").city) == ("Saint-Denis", "")
    assert [row.origin for row in person("Roux").reach.all()] == ["organisation"]


def test_people_who_say_two_places_have_their_own() -> None:
    brought("NOM;Structure;Dept\nDurand;Agence A;93\nRoux;Agence A;75\n")

    assert organisation("Agence A").territories.count() == 0
    assert [place.code for place in person("Durand").territories.all()] == ["93"]
    assert [place.code for place in person("Roux").territories.all()] == ["75"]


def test_a_finer_place_fills_and_another_is_a_conflict() -> None:
    known = PersonFactory(
        name="Durand",
        email="d@a.example",
        territories=[Territory.objects.get(level="departement", code="93")],
    )

    _batch, finer = brought("NOM;Mail;CP;Ville\nDurand;d@a.example;93200;Saint-Denis\n")
    _batch, wider = brought("NOM;Mail;Dept\nDurand;d@a.example;93\n")
    _batch, other = brought("NOM;Mail;Dept\nDurand;d@a.example;75\n")

    assert [outcomes(report) for report in (finer, wider, other)] == [
        {"updated": 1},
        {"unchanged": 1},
        {"unchanged": 1},
    ]
    assert [(found["column"], found["kept"]) for found in other["conflicts"]] == [
        ("Dept", "Saint-Denis (93)")
    ]
    assert [place.code for place in known.territories.all()] == ["93066"]


def test_a_place_that_is_not_sure_gives_its_candidates_and_no_code() -> None:
    TerritoryFactory(
        level="commune",
        code="30247",
        name="Saint-Denis",
        folded="saint denis",
        context="30",
        department_code="30",
    )

    _batch, report = brought("NOM;Ville;Dept\nDurand;;National\n")

    assert person("Durand").territories.count() == 0
    assert plain(person("Durand").notes) == "Dept : National"
    assert [warning["column"] for warning in report["warnings"]] == ["Dept"]


def test_a_stated_territory_of_intervention_is_the_person_s_own() -> None:
    brought(
        "NOM;Structure;Dept;Territoire d’intervention\nDurand;Agence A;75;Saint-Denis (93)\nRoux;Agence A;75;\n"
    )

    assert [place.code for place in person("Durand").territories.all()] == ["93066"]
    assert [row.origin for row in person("Roux").reach.all()] == ["organisation"]


def test_who_coordinates_is_tied_to_the_known_scheme_that_the_line_names() -> None:
    place = Territory.objects.get(level="commune", code="93066")
    kind = SchemeTypeFactory(code="CLS")
    scheme = SchemeFactory(type=kind, name="CLS de Saint-Denis", territories=[place])

    brought(
        "NOM;Fonction;Démarche\nDurand;Coordinatrice CLS;CLS de Saint-Denis (93)\nRoux;Maire;CLS de Saint-Denis (93)\nPetit;;ASV\n"
    )

    assert [one.person.name for one in scheme.coordinations.all()] == ["Durand"]
    assert [row.origin for row in person("Durand").reach.all()] == ["scheme"]
    assert plain(person("Roux").notes) == "Démarche : CLS de Saint-Denis (93)"
    assert [label.name for label in person("Petit").labels.all()] == ["ASV"]
