"""The rules of an import, one small file at a time: who is one, what fills, what stays, what is never lost."""

from __future__ import annotations

import io
from datetime import date

import pytest

from contacts.importing.columns import CONTACTS
from contacts.models import (
    Category,
    Consent,
    Contact,
    DoublePair,
    Opposition,
    SuppressedAddress,
    Synonym,
    Territory,
    Theme,
)
from contacts.positioning import close_position
from crm import receiving
from crm.importing import CREATE, LEAVE_OUT, PlanOutdated
from crm.models import AuditEntry, Deed, ImportBatch, ImportMapping
from crm.reading import find_table, open_sheet
from crm.writing import Column, write_xlsx
from tests.contacts.importing.bringing import brought, keys, organisation, outcomes, person, planned, received
from tests.factories import (
    ChannelFactory,
    ConsentFactory,
    OppositionFactory,
    OrganisationFactory,
    PersonFactory,
    SchemeFactory,
    SchemeTypeFactory,
    TerritoryFactory,
)


pytestmark = pytest.mark.django_db


# --- who is one person ----------------------------------------------------------------------------------


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


# --- what fills, what stays -----------------------------------------------------------------------------


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

    assert person("Durand").notes.split("\n") == [
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


# --- yes and no -----------------------------------------------------------------------------------------


def test_a_refusal_is_an_opposition_that_no_file_lifts() -> None:
    text = "NOM;Mail;Newsletter O/N\nDurand;d@a.example;{}\n"

    brought(text.format("N"))
    _batch, report = brought(text.format("O"))

    assert [one.purpose for one in Opposition.objects.all()] == ["newsletter"]
    assert Consent.objects.count() == 0
    assert outcomes(report) == {"unchanged": 1}
    assert [warning["column"] for warning in report["warnings"]] == ["Newsletter O/N"]
    assert SuppressedAddress.refused_by(["d@a.example"]) == {"d@a.example": {"newsletter"}}


@pytest.mark.parametrize("answers", [("O", "N"), ("N", "O")])
def test_a_refusal_wins_over_a_yes_of_the_same_file(answers: tuple[str, str]) -> None:
    rows = "".join(f"Durand;d@a.example;{answer}\n" for answer in answers)

    brought(f"NOM;Mail;Newsletter\n{rows}")

    assert (Opposition.objects.count(), Consent.objects.count()) == (1, 0)


def test_a_yes_is_a_consent_that_says_where_it_comes_from() -> None:
    brought(
        "NOM;Mail;Newsletter;Mise en relation\nDurand;d@a.example;O;à demander\n", name="fichier 2026.csv"
    )

    consent = Consent.objects.get()
    assert (consent.purpose, consent.source) == ("newsletter", "Fichier « fichier 2026.csv », ligne 2")


def test_a_consent_that_was_withdrawn_is_not_given_again() -> None:
    known = PersonFactory(name="Durand", email="d@a.example")
    ConsentFactory(contact=known, withdrawn_on=date(2025, 1, 1))

    _batch, report = brought("NOM;Mail;Newsletter\nDurand;d@a.example;O\n")

    assert Consent.objects.filter(withdrawn_on=None).count() == 0
    assert outcomes(report) == {"unchanged": 1}


def test_an_address_that_had_refused_brings_its_refusal_back() -> None:
    SuppressedAddress.remember([("d@a.example", "invitations")])

    _batch, report = brought("NOM;Mail;Invitations\nDurand;D@a.example;O\n")

    opposition = Opposition.objects.get()
    assert (opposition.contact.name, opposition.purpose) == ("Durand", "invitations")
    assert Consent.objects.count() == 0
    assert [warning["column"] for warning in report["warnings"]] == ["Invitations"]


def test_the_refusal_of_one_is_not_that_of_a_mailbox_they_share() -> None:
    brought(
        "NOM;Structure;Mail;Newsletter\nDurand;Ville A;contact@a.example;N\nRoux;Ville A;contact@a.example;O\n"
    )

    assert SuppressedAddress.refused_by(["contact@a.example"]) == {}
    assert [one.contact.name for one in Consent.objects.all()] == ["Roux"]


def test_a_yes_does_not_revive_who_opposed_by_hand() -> None:
    known = PersonFactory(name="Durand", email="d@a.example")
    OppositionFactory(contact=known)

    brought("NOM;Mail;Newsletter\nDurand;d@a.example;oui\n")

    assert Consent.objects.count() == 0


# --- terms ----------------------------------------------------------------------------------------------


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


# --- places ---------------------------------------------------------------------------------------------


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
    assert person("Durand").notes == "Dept : National"
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
    assert person("Roux").notes == "Démarche : CLS de Saint-Denis (93)"
    assert [label.name for label in person("Petit").labels.all()] == ["ASV"]


# --- the life of a file ---------------------------------------------------------------------------------


def test_every_record_says_where_it_comes_from() -> None:
    batch, _report = brought(
        "NOM;Structure;Date de collecte;Maj le;Mail\nDurand;Ville A;04/11/2024;12/03/2025;d@gmail.com\n"
    )

    contact = person("Durand")
    assert (contact.batch, contact.source.code, contact.legal_basis) == (
        batch,
        "REPRISE",
        "legitimate_interest",
    )
    assert (contact.collected_on, contact.verified_on) == (date(2024, 11, 4), date(2025, 3, 12))
    assert contact.channels.get().nature == "personal"
    assert contact.history.get().history_change_reason == "Import « contacts.csv »"
    assert AuditEntry.objects.filter(deed=Deed.IMPORTED, record=str(batch.pk), count=1).exists()
    assert batch.state == ImportBatch.State.APPLIED


def test_exactly_the_same_file_says_so() -> None:
    text = "NOM;Mail\nDurand;d@a.example\n"
    brought(text)

    plan = planned(text)

    assert "déjà été importé" in plan.warnings[0].reason


def test_an_unknown_heading_is_asked_once_and_remembered() -> None:
    text = "NOM;Surnom;Bureau\n{};Jojo;B12\n"
    batch = received(text.format("Durand"))
    asked = receiving.preview(batch).asked()

    receiving.settle_columns(batch, {1: "notes", 2: ""})
    receiving.preview(batch)
    receiving.confirm(batch, by=None)
    _batch, report = brought(text.format("Roux"))

    assert [(heading.text, heading.samples) for heading in asked] == [
        ("Surnom", ("Jojo",)),
        ("Bureau", ("B12",)),
    ]
    assert [person(name).notes for name in ("Durand", "Roux")] == ["Surnom : Jojo", "Surnom : Jojo"]
    assert report["warnings"] == []
    assert set(ImportMapping.objects.values_list("heading", "column")) == {
        ("surnom", "notes"),
        ("bureau", ""),
    }


def test_a_preview_that_no_longer_holds_is_refused_and_nothing_enters() -> None:
    known = PersonFactory(name="Durand", email="d@a.example")
    batch = received("NOM;Mail;Tél\nDurand;d@a.example;0199001234\nRoux;r@a.example;\n")
    receiving.preview(batch)
    known.city = "Stains"
    known.save()

    with pytest.raises(PlanOutdated):
        receiving.confirm(batch, by=None)

    assert batch.state == ImportBatch.State.PLANNED
    assert not Contact.objects.filter(name="Roux").exists()


def test_an_error_in_the_middle_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = received("NOM;Mail;Newsletter\nDurand;d@a.example;N\n")
    receiving.preview(batch)
    counts = _counts()

    def fails(*args: object, **options: object) -> None:
        raise RuntimeError("out of disk")

    monkeypatch.setattr(SuppressedAddress, "remember", fails)
    with pytest.raises(RuntimeError):
        receiving.confirm(batch, by=None)

    assert _counts() == counts
    assert (batch.state, batch.message != "") == (ImportBatch.State.FAILED, True)


def _counts() -> tuple[int, ...]:
    return (
        Contact.objects.count(),
        Contact.history.count(),
        Opposition.objects.count(),
        AuditEntry.objects.count(),
    )


def test_the_lines_set_aside_come_back_with_their_reason_and_enter_once_mended() -> None:
    batch, _report = brought("NOM;Prénom;Tél\nDurand;Jeanne;\n;;0199001234\n")
    target = io.BytesIO()
    receiving.importer_of(batch).write_rejected(batch, target)

    table = find_table(open_sheet(target.getvalue(), name="a-corriger.xlsx"), CONTACTS.knows)
    rows = [row.cells for row in table.data_rows()]
    mended = io.BytesIO()
    columns = [Column(heading.text) for heading in table.headings]
    write_xlsx(columns, [("Roux", *row[1:]) for row in rows], mended, sheet="À corriger")
    _batch, report = brought(mended.getvalue(), name="a-corriger.xlsx")

    assert [heading.text for heading in table.headings] == ["NOM", "Prénom", "Tél", "Motif de mise de côté"]
    assert rows == [
        (None, None, "0199001234", "Rien ne dit qui c’est : ni nom, ni structure, ni e-mail lisible.")
    ]
    assert (outcomes(report), report["warnings"]) == ({"created": 1}, [])
    assert keys(person("Roux"), "phone") == ["+33199001234"]
