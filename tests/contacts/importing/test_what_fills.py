"""What fills, what stays, what is replaced; what no column can hold is never lost."""

from __future__ import annotations

import pytest

from contacts.models import (
    Category,
    Contact,
)
from tests.contacts.importing.bringing import (
    brought,
    keys,
    organisation,
    outcomes,
    person,
    plain,
)
from tests.factories import (
    ChannelFactory,
    OrganisationFactory,
    PersonFactory,
)


pytestmark = pytest.mark.django_db


def test_a_blank_is_filled_and_a_blank_cell_erases_nothing() -> None:
    known = PersonFactory(name="Durand", first_name="Jeanne", email="jeanne@a.example", city="Stains")

    _batch, report = brought(
        "NOM;Prénom;Mail;Civilité;Ville;Tél\nDurand;Jeanne;jeanne@a.example;Mme;;0199001234\n"
    )

    known.refresh_from_db()
    assert outcomes(report) == {"updated": 1}
    assert (known.civility, known.city, known.main_phone) == ("mme", "Stains", "01 99 00 12 34")
    assert known.history.count() == 2


def test_a_filled_value_that_differs_is_shown_and_stays() -> None:
    house = OrganisationFactory(name="Ville A")
    known = PersonFactory(name="Durand", first_name="Jeanne", email="jeanne@a.example", organisation=house)

    _batch, report = brought(
        "NOM;Prénom;Structure;Fonction;Mail;Tél\nDurand;Jeanne;Ville B;Maire;jeanne@a.example;\n"
    )

    known.refresh_from_db()
    assert outcomes(report) == {"unchanged": 1}
    assert report["conflicts"] == [
        {"line": 2, "column": "Structure", "kept": "Ville A", "offered": "Ville B"},
        {"line": 2, "column": "Fonction", "kept": "Chargée de mission", "offered": "Maire"},
    ]
    assert known.main_organisation == house
    assert not Contact.objects.filter(name="Ville B").exists()


def test_a_column_set_to_replace_replaces() -> None:
    house = OrganisationFactory(name="Ville A")
    known = PersonFactory(
        name="Durand", first_name="Jeanne", email="jeanne@a.example", organisation=house, civility="m"
    )

    _batch, report = brought(
        "NOM;Prénom;Civilité;Fonction;Mail\nDurand;Jeanne;Mme;Maire;jeanne@a.example\n",
        replace=["title", "civility"],
    )

    known.refresh_from_db()
    assert (outcomes(report), report["conflicts"]) == ({"updated": 1}, [])
    assert (known.civility, known.main_title) == ("mme", "Maire")


def test_an_organisation_set_to_replace_is_a_change_of_post() -> None:
    house = OrganisationFactory(name="Ville A")
    known = PersonFactory(name="Durand", first_name="Jeanne", organisation=house)
    old = known.positions.get()
    ChannelFactory(contact=known, position=old, value="jeanne@a.example", is_main=True)

    brought(
        "NOM;Prénom;Structure;Fonction;Mail\nDurand;Jeanne;Ville B;Maire;jeanne@a.example\n",
        replace=["organisation"],
    )

    known.refresh_from_db()
    old.refresh_from_db()
    assert (known.main_organisation.name, known.main_title) == ("Ville B", "Maire")
    assert not old.is_current
    assert not old.is_main
    assert known.positions.count() == 2


def test_addresses_add_up_when_the_file_has_ours_and_are_a_conflict_when_it_has_others() -> None:
    known = PersonFactory(
        name="Durand",
        first_name="Jeanne",
        organisation=OrganisationFactory(name="Ville A"),
        email="un@a.example",
    )

    _batch, more = brought("NOM;Prénom;Structure;Mail\nDurand;Jeanne;Ville A;un@a.example, deux@a.example\n")
    _batch, other = brought("NOM;Prénom;Structure;Mail\nDurand;Jeanne;Ville A;trois@a.example\n")

    assert outcomes(more) == {"updated": 1}
    assert outcomes(other) == {"unchanged": 1}
    assert other["conflicts"] == [
        {"line": 2, "column": "Mail", "kept": "deux@a.example ; un@a.example", "offered": "trois@a.example"}
    ]
    assert keys(known, "email") == ["un@a.example", "deux@a.example"]


def test_a_replaced_address_is_kept_as_a_former_one() -> None:
    known = PersonFactory(
        name="Durand",
        first_name="Jeanne",
        organisation=OrganisationFactory(name="Ville A"),
        email="un@a.example",
    )

    brought("NOM;Prénom;Structure;Mail\nDurand;Jeanne;Ville A;trois@a.example\n", replace=["email"])

    known.refresh_from_db()
    assert list(known.channels.order_by("pk").values_list("key", "state")) == [
        ("un@a.example", "retired"),
        ("trois@a.example", "active"),
    ]
    assert known.main_email == "trois@a.example"


def test_the_category_of_a_person_s_line_is_the_organisation_s() -> None:
    brought("NOM;Structure;Catégorie\nDurand;Ville A;Commune\nRoux;;Commune\n")

    commune = Category.objects.get(name="Commune")
    assert organisation("Ville A").category == commune
    assert (person("Durand").category, person("Durand").shown_category) == (None, commune)
    assert person("Roux").category == commune


def test_what_no_column_can_hold_is_in_the_notes() -> None:
    _batch, report = brought(
        "NOM;Civilité;Mail;Service;Maj le;Commentaires\nDurand;Dr;durand(at)ville.example;Pôle des possibles;été 2023;Vue au colloque\n"
    )

    assert plain(person("Durand").notes).split("\n") == [
        "Vue au colloque",
        "Civilité : Dr",
        "Mail : durand(at)ville.example",
        "Service : Pôle des possibles",
        "Maj le : été 2023",
    ]
    assert {warning["column"] for warning in report["warnings"]} == {"Mail", "Maj le", "Service"}


def test_a_comment_is_added_once() -> None:
    text = "NOM;Mail;Commentaires\nDurand;d@a.example;{}\n"

    brought(text.format("Vue au colloque"))
    brought(text.format("vue  au colloque"))
    brought(text.format("À rappeler"))

    assert person("Durand").notes == "Vue au colloque\nÀ rappeler"


def test_a_name_too_long_or_nobody_named_is_set_aside_with_its_reason() -> None:
    _batch, report = brought(f"NOM;Prénom;Structure;Tél\n{'x' * 201};A;;\n;;;0199001234\n-;?;Ville A;\n")

    assert outcomes(report) == {"created": 1, "rejected": 2}
    assert [(found["line"], found["column"]) for found in report["rejected"]] == [(2, "NOM"), (3, "NOM")]


def test_invisible_characters_go_and_formulas_enter_as_plain_text() -> None:
    brought("NOM;Prénom;Commentaires\nDu\u200brand;\ufeffJeanne\u00a0;=1+1\n")

    assert (person("Durand").first_name, person("Durand").notes) == ("Jeanne", "=1+1")
