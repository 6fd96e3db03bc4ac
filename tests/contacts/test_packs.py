"""The closed lists we ship: exact, complete, brought once and never forced on anybody."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from contacts.closed_lists import CLOSED_LISTS
from contacts.models import (
    ActorFamily,
    Category,
    Function,
    PackEntry,
    SchemeType,
    Source,
    Synonym,
    Theme,
)
from contacts.packs.loading import FILES, chosen_pack, load_pack, packs, read, spellings
from crm.folding import fold


PACKS = sorted(packs())
TERMS = [(pack, name, line) for pack in PACKS for name, file in FILES.items() for line in read(pack, file)]


def test_the_health_pack_is_offered_first():
    assert list(packs()) == ["sante-territoires", "neutre"]


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize("name", FILES)
def test_every_entry_has_a_code_a_name_and_a_sentence_that_defines_it(pack: str, name: str):
    lines = list(read(pack, FILES[name]))
    codes = [line["code"] for line in lines]

    assert len(codes) == len(set(codes))
    assert [line for line in lines if not line["code"] or not line["name"]] == []
    assert [line["code"] for line in lines if line["definition"][-1:] not in {".", "…"}] == []
    assert [line["code"] for line in lines if len(line["definition"]) > 300 or len(line["name"]) > 150] == []


@pytest.mark.parametrize(("pack", "name"), [(pack, name) for pack in PACKS for name in ("theme", "category")])
def test_a_second_level_stands_under_a_first_one_of_the_same_code(pack: str, name: str):
    lines = list(read(pack, FILES[name]))
    first = {line["code"] for line in lines if not line["parent"]}

    assert [line for line in lines if line["parent"] and line["parent"] not in first] == []
    assert [
        line for line in lines if line["parent"] and not line["code"].startswith(f"{line['parent']}-")
    ] == []


@pytest.mark.parametrize("pack", PACKS)
def test_a_spelling_means_one_term_and_is_not_the_name_of_any(pack: str):
    names = {name: {fold(line["name"]) for line in read(pack, file)} for name, file in FILES.items()}
    codes = {name: {line["code"] for line in read(pack, file)} for name, file in FILES.items()}
    rows = [(name, fold(text)) for name, _code, text in spellings(pack)]

    assert [(name, code) for name, code, _text in spellings(pack) if code not in codes[name]] == []
    assert [(name, key) for name, key in rows if not key or key in names[name]] == []
    assert len(rows) == len(set(rows))


@pytest.mark.data
@pytest.mark.django_db
def test_the_association_s_lists_are_all_there_in_their_wording():
    assert Theme.objects.filter(parent=None).count() == 13
    assert (
        Theme.objects.get(code="T01-1").name
        == "Réduire les inégalités sociales et territoriales d’accès aux soins"
    )
    assert [term.name for term in Theme.objects.filter(parent__code="T04")] == [
        "Santé mentale et isolement social",
        "Stigmatisation",
        "Santé mentale dans les QPV",
        "Conseils locaux de santé mentale",
    ]
    assert Category.objects.filter(parent=None).count() == 10
    assert Category.objects.get(code="SAN-2").name == "ARS, délégation départementale"
    assert Function.objects.count() == 29
    assert Source.objects.count() >= 9
    assert {term.code for term in SchemeType.objects.filter(is_dts=False)} == {"CPTS", "CTS", "PTSM"}


@pytest.mark.data
@pytest.mark.django_db
def test_a_family_of_actors_takes_functions_and_categories():
    family = ActorFamily.objects.get(code="ETAT-ARS")

    assert {function.code for function in family.functions.all()} == {
        "DELEGUE-PREFET",
        "AGENT-ETAT",
        "REFERENT-ARS",
        "INSPECTION",
    }
    assert {category.code for category in family.categories.all()} == {"ETA", "SAN-1", "SAN-2"}


@pytest.mark.data
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "written", "code"),
    [
        ("theme", "SM", "T04"),
        ("theme", "ISTS", "T10-1"),
        ("category", "Mairie", "COL-1"),
        ("category", "agglo", "COL-2"),
        ("category", "CD", "COL-4"),
        ("category", "ARS DD", "SAN-2"),
        ("function", "CDPV", "PROJET-POLITIQUE-VILLE"),
        ("function", "Préfet délégué", "AGENT-ETAT"),
        ("scheme_type", "contrats locaux de santé", "CLS"),
    ],
)
def test_usual_spellings_find_their_term(name: str, written: str, code: str):
    assert Synonym.objects.get(vocabulary=name, folded=fold(written)).code == code


@pytest.mark.django_db
@pytest.mark.parametrize("written", ["coordo CLS", "Coordonnatrice CLS", "coordinateur.rice CLS"])
def test_the_forms_of_a_function_need_no_synonym(written: str):
    assert Function.objects.folded()[fold(written)] == Function.objects.get(code="COORDINATION-CLS").pk


@pytest.mark.data
@pytest.mark.django_db
def test_loading_again_brings_nothing():
    assert set(load_pack("sante-territoires").values()) == {0}


@pytest.mark.data
@pytest.mark.django_db
def test_what_somebody_changed_closed_or_deleted_stays_so():
    Theme.objects.filter(code="T05").update(name="Bien manger", definition="")
    Theme.objects.filter(code="T09-4").update(is_active=False)
    Theme.objects.filter(code="T09-5").delete()
    Synonym.objects.filter(vocabulary="theme", folded="sm").delete()

    load_pack("sante-territoires")

    assert Theme.objects.get(code="T05").name == "Bien manger"
    assert not Theme.objects.get(code="T09-4").is_active
    assert not Theme.objects.filter(code="T09-5").exists()
    assert not Synonym.objects.filter(vocabulary="theme", folded="sm").exists()


@pytest.mark.data
@pytest.mark.django_db
def test_an_entry_that_a_new_version_ships_comes_with_its_spellings():
    Theme.objects.filter(code="T11-3").delete()
    Synonym.objects.filter(code="T11-3").delete()
    PackEntry.objects.filter(entry="theme:T11-3").delete()
    PackEntry.objects.filter(entry="synonym:theme:ruralite").delete()

    counts = load_pack("sante-territoires")

    assert (counts["theme"], counts["synonym"]) == (1, 1)
    assert Theme.objects.get(code="T11-3").parent == Theme.objects.get(code="T11")
    assert Synonym.objects.get(code="T11-3").text == "Ruralité"


@pytest.mark.data
@pytest.mark.django_db
def test_the_neutral_pack_fills_a_base_of_its_own(settings):
    models: list[Any] = [Synonym, PackEntry, *CLOSED_LISTS.values()]
    for model in models:
        model._default_manager.filter(
            **({"parent__isnull": False} if model in (Theme, Category) else {})
        ).delete()
        model._default_manager.all().delete()
    settings.PACK = "neutre"

    counts = load_pack(chosen_pack())

    assert counts["theme"] == Theme.objects.count() == 39
    assert chosen_pack() == "neutre"


def test_a_pack_that_is_not_shipped_is_refused_with_the_names_of_those_that_are():
    with pytest.raises(ImproperlyConfigured, match="sante-territoires, neutre"):
        load_pack("inconnu")
