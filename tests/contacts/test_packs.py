"""The closed lists we ship: exact, complete, brought once and never forced on anybody."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.urls import reverse

from contacts.closed_lists import CLOSED_LISTS, add_unsorted
from contacts.joining import join_term, uses
from contacts.models import (
    ActorFamily,
    Category,
    Contact,
    Function,
    PackEntry,
    Position,
    SchemeType,
    Source,
    Synonym,
    Theme,
)
from contacts.packs.loading import FILES, chosen_pack, load_pack, packs, read, spellings
from crm.folding import fold
from crm.roles import Role
from tests.factories import OrganisationFactory, PersonFactory, PositionFactory, ThemeFactory


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


@pytest.mark.data
@pytest.mark.django_db
def test_unknown_terms_go_under_to_sort_once_each():
    found = add_unsorted("theme", ["Addictions", "addictions ", "santé mentale"])
    again = add_unsorted("theme", ["Addictions", "Sommeil"])

    new = Theme.objects.get(name="Addictions")
    assert found == {
        "Addictions": new.pk,
        "addictions ": new.pk,
        "santé mentale": Theme.objects.get(code="T04").pk,
    }
    assert (new.code, str(new.parent), new.is_unsorted) == ("A-CLASSER-1", "À classer", True)
    assert again == {"Addictions": new.pk, "Sommeil": Theme.objects.get(code="A-CLASSER-2").pk}


@pytest.mark.data
@pytest.mark.django_db
def test_joining_a_theme_moves_who_holds_it_and_teaches_its_spelling():
    into = Theme.objects.get(code="T04")
    wrong = Theme.objects.get(pk=add_unsorted("theme", ["Santé mantale"])["Santé mantale"])
    one = PersonFactory(themes=[wrong])
    both = PersonFactory(themes=[wrong, into])
    version = one.version

    moved = join_term(wrong, into=into, by=None)

    one.refresh_from_db()
    assert moved == 2
    assert list(one.themes.all()) == list(both.themes.all()) == [into]
    assert one.version == version + 1
    assert [row.theme_id for row in one.history.latest().themes.all()] == [into.pk]
    assert Synonym.objects.get(vocabulary="theme", folded="sante mantale").code == "T04"
    wrong.refresh_from_db()
    assert (wrong.is_active, wrong.is_unsorted, uses(wrong)) == (False, False, 0)
    assert "sante mantale" not in Theme.objects.folded()


@pytest.mark.data
@pytest.mark.django_db
def test_joining_a_category_or_a_function_reaches_the_derived_columns():
    category = Category.objects.get(pk=add_unsorted("category", ["Ville"])["Ville"])
    function = Function.objects.get(
        pk=add_unsorted("function", ["Directrice des rêves"])["Directrice des rêves"]
    )
    organisation = OrganisationFactory(category=category)
    person = PositionFactory(organisation=organisation, title="", function=function, is_main=True).person

    join_term(category, into=Category.objects.get(code="COL-1"), by=None)
    join_term(function, into=Function.objects.get(code="DIRECTION"), by=None)

    person = Contact.objects.get(pk=person.pk)
    assert str(person.shown_category) == "Commune"
    assert person.main_title == "Directeur·rice"
    assert Position.history.filter(id=person.positions.get().pk).latest().function.code == "DIRECTION"


@pytest.mark.django_db
def test_a_term_joins_neither_itself_nor_another_list():
    theme = ThemeFactory()

    with pytest.raises(ValidationError):
        join_term(theme, into=theme, by=None)
    with pytest.raises(ValidationError):
        join_term(theme, into=Category.objects.get(code="COL"), by=None)
    with pytest.raises(ValidationError):
        join_term(Theme.objects.get(code="T01"), into=theme, by=None)


@pytest.mark.django_db
def test_the_page_shows_every_list_with_what_awaits_sorting_first(client_as):
    PersonFactory(themes=[Theme.objects.get(pk=add_unsorted("theme", ["Addictions"])["Addictions"])])

    page = client_as(Role.MANAGER).get(reverse("admin:vocabularies"))
    text = page.content.decode()

    assert page.status_code == 200
    assert [shown["name"] for shown in page.context["lists"]] == list(CLOSED_LISTS)
    assert [(row["term"].name, row["uses"]) for _shown, row in page.context["unsorted"]] == [
        ("Addictions", 1)
    ]
    assert text.index("Addictions") < text.index("Accès aux soins")
    assert "Joindre à un terme" in text


@pytest.mark.django_db
def test_who_may_only_read_finds_no_button_on_the_page(client_as):
    page = client_as(Role.READER).get(reverse("admin:vocabularies"))

    assert page.status_code == 200
    assert [shown["add_url"] for shown in page.context["lists"]] == [""] * len(CLOSED_LISTS)
    assert "Ajouter un terme" not in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("extra", [0, 30])
def test_the_page_asks_as_many_queries_whatever_the_lists_hold(
    client_as, extra: int, django_assert_max_num_queries
):
    client = client_as(Role.MANAGER)
    ThemeFactory.create_batch(extra)
    client.get(reverse("admin:vocabularies"))

    with django_assert_max_num_queries(27):
        client.get(reverse("admin:vocabularies"))


@pytest.mark.django_db
def test_a_new_theme_is_given_the_next_code_of_its_level(client_as):
    parent = Theme.objects.get(code="T05")

    answer = client_as(Role.MANAGER).post(
        reverse("admin:contacts_theme_add"),
        {"name": "Cantines", "parent": parent.pk, "definition": "", "code": "", "rank": 0, "is_active": "on"},
    )

    assert (answer.status_code, answer["Location"]) == (302, reverse("admin:vocabularies"))
    assert Theme.objects.get(name="Cantines").code == "T05-4"


@pytest.mark.django_db
def test_giving_an_unsorted_theme_its_place_sorts_it(client_as):
    theme = Theme.objects.get(pk=add_unsorted("theme", ["Addictions"])["Addictions"])

    client_as(Role.MANAGER).post(
        reverse("admin:contacts_theme_change", args=[theme.pk]),
        {
            "name": "Addictions",
            "parent": Theme.objects.get(code="T10").pk,
            "definition": "",
            "rank": 0,
            "is_active": "on",
            "is_unsorted": "on",
        },
    )

    theme.refresh_from_db()
    assert (str(theme.parent), theme.code, theme.is_unsorted) == (
        "Déterminants et inégalités",
        "A-CLASSER-1",
        False,
    )


@pytest.mark.django_db
def test_saving_an_unsorted_term_of_a_flat_list_sorts_it(client_as):
    function = Function.objects.get(pk=add_unsorted("function", ["Écrivaine publique"])["Écrivaine publique"])

    client_as(Role.MANAGER).post(
        reverse("admin:contacts_function_change", args=[function.pk]),
        {"name": "Écrivain·e public·que", "definition": "Aide à écrire.", "rank": 0, "is_active": "on"},
    )

    function.refresh_from_db()
    assert (function.name, function.is_unsorted) == ("Écrivain·e public·que", False)


@pytest.mark.django_db
def test_a_third_level_is_refused(client_as):
    answer = client_as(Role.MANAGER).post(
        reverse("admin:contacts_theme_change", args=[Theme.objects.get(code="T10").pk]),
        {"name": "Déterminants", "parent": Theme.objects.get(code="T11").pk, "definition": "", "rank": 0},
    )

    assert answer.status_code == 200
    assert answer.context["adminform"].errors == {
        "parent": ["Des termes sont rangés sous celui-ci : déplacez-les d’abord."]
    }


@pytest.mark.django_db
def test_a_term_in_use_is_joined_by_its_page_and_never_deleted(client_as):
    theme = ThemeFactory(name="Nutrition")
    PersonFactory(themes=[theme])
    client = client_as(Role.MANAGER)
    into = Theme.objects.get(code="T05")

    refused = client.post(reverse("admin:contacts_theme_delete", args=[theme.pk]), {"post": "yes"})
    form = client.get(reverse("admin:contacts_theme_change", args=[theme.pk])).content.decode()
    shown = client.get(reverse("admin:contacts_theme_join", args=[theme.pk]))
    joined = client.post(
        reverse("admin:contacts_theme_join", args=[theme.pk]), {"into": into.pk}, follow=True
    )

    assert refused.status_code == 403
    assert "Joindre à un autre terme" in form
    assert shown.context["uses"] == 1
    assert [str(message) for message in joined.context["messages"]] == [
        "« Nutrition » est joint à « Alimentation » : 1 fiche a suivi."
    ]


@pytest.mark.django_db
def test_only_who_manages_lists_may_join_terms(client_as):
    theme = ThemeFactory()

    assert client_as(Role.STAFF).get(reverse("admin:contacts_theme_join", args=[theme.pk])).status_code == 403


@pytest.mark.django_db
def test_a_box_proposes_open_terms_found_without_accents(client_as):
    ThemeFactory(name="Santé mentale d’hier", is_active=False)

    answer = client_as(Role.STAFF).get(
        reverse("admin:autocomplete"),
        {"app_label": "contacts", "model_name": "contact", "field_name": "themes", "term": "sante ment isol"},
    )

    assert [row["text"] for row in answer.json()["results"]] == ["Santé mentale et isolement social"]
