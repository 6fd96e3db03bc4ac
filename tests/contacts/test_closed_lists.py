"""The closed lists as somebody keeps them: sorting what imports brought, joining, adding, closing."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from contacts.closed_lists import CLOSED_LISTS, add_unsorted
from contacts.joining import join_term, uses
from contacts.models import (
    Category,
    Contact,
    Function,
    Position,
    Synonym,
    Theme,
)
from crm.roles import Role
from tests.factories import OrganisationFactory, PersonFactory, PositionFactory, ThemeFactory


pytestmark = pytest.mark.django_db


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
