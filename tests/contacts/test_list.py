"""The list of contacts: what it shows, to whom, in what order, at what cost."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from contacts.admin import listing
from contacts.models import Category, Contact, ContactTerritory, Territory, Theme
from crm.models import RecentRecord
from crm.roles import Role
from tests.factories import (
    ChannelFactory,
    ContactAliasFactory,
    OppositionFactory,
    OrganisationFactory,
    PersonFactory,
    SavedFilterFactory,
    SourceFactory,
)


pytestmark = [pytest.mark.django_db, pytest.mark.data]

LIST = "admin:contacts_contact_changelist"
SECRET = "intime.jamais.vue@exemple.org"


def names(response) -> list[str]:
    return [line.name for line in response.context["cl"].result_list]


def shown(client, **query) -> list[str]:
    return names(client.get(reverse(LIST), query))


def full_person(number: int = 0) -> Contact:
    agency = OrganisationFactory(
        name="Agence de santé",
        category=Category.objects.get(code="COL-1"),
        territories=[Territory.objects.get(level="region", code="11")],
    )
    return PersonFactory(
        name=f"Durand{number or ''}",
        first_name="Léa",
        themes=list(Theme.objects.filter(code__in=["T01", "T02", "T03", "T04"])),
        organisation=agency,
        organisation__title="Directrice",
        email=f"lea{number}@exemple.org",
        phone="01 86 65 00 01",
    )


def test_a_line_says_who_where_on_what_how_to_reach_and_in_what_state(client_as):
    person = full_person()
    OppositionFactory(contact=person)

    line = client_as(Role.READER).get(reverse(LIST), {"q": "durand"}).context["cl"].result_list[0]

    assert (line.name, line.under, line.category) == ("Léa Durand", "Directrice, Agence de santé", "Commune")
    assert (line.territories.names, line.territories.more) == (["Île-de-France (région)"], 0)
    assert (len(line.themes.names), line.themes.more) == (2, 2)
    assert (line.email, line.phone) == ("lea0@exemple.org", "01 86 65 00 01")
    assert [badge.text for badge in line.badges] == ["Refuse\u00a0: Newsletter", "À vérifier"]


def test_a_record_that_was_verified_is_up_to_date_and_one_that_left_says_so(client_as):
    PersonFactory(name="Alba", verified_on=date.today())  # noqa: DTZ011
    PersonFactory(name="Bruno", state=Contact.State.LEFT)

    lines = client_as(Role.READER).get(reverse(LIST)).context["cl"].result_list

    assert [[badge.text for badge in line.badges] for line in lines] == [["À jour"], ["A quitté le champ"]]


@pytest.mark.parametrize(
    "words",
    [
        "durand lea",
        "DURAND",
        "directrice agence",
        "directeur agence",
        "sante agence",
        "lea0@exemple",
        "0186650001",
        "direct·rice",
    ],
)
def test_any_words_in_any_order_whatever_the_accents_and_the_gender(client_as, words):
    full_person()
    PersonFactory(name="Martin", first_name="Paul")

    assert "Léa Durand" in shown(client_as(Role.READER), q=words)
    assert "Paul Martin" not in shown(client_as(Role.READER), q=words)


def test_a_former_name_finds_the_organisation(client_as):
    ContactAliasFactory(contact=OrganisationFactory(name="Promotion Santé"), text="Ireps")

    assert shown(client_as(Role.READER), q="ireps") == ["Promotion Santé"]


def test_the_trash_and_what_was_merged_are_not_listed(client_as):
    PersonFactory(name="Alba").put_in_trash()
    kept = PersonFactory(name="Bruno", first_name="Max")
    PersonFactory(name="Bruno", merged_into=kept)

    assert shown(client_as(Role.STAFF)) == ["Max Bruno"]


def test_people_and_organisations_by_the_preset_of_the_sidebar(client_as):
    PersonFactory(name="Alba", first_name="Zoé")
    OrganisationFactory(name="Mairie")
    client = client_as(Role.READER)

    assert shown(client, kind__exact="person") == ["Zoé Alba"]
    assert shown(client, kind__exact="organisation") == ["Mairie"]
    assert "1\u00a0personne" in client.get(reverse(LIST), {"kind__exact": "person"}).content.decode().replace(
        " ", "\u00a0"
    )


def test_how_many_there_are_and_how_many_are_filtered(client_as):
    full_person()
    PersonFactory(name="Martin")

    page = client_as(Role.READER).get(reverse(LIST), {"q": "martin"})

    assert (page.context["cl"].total, page.context["cl"].result_count) == (3, 1)
    assert "1 filtré" in page.content.decode()


def test_sorted_by_name_organisation_verification_and_creation(client_as):
    first = OrganisationFactory(name="Zénith")
    second = OrganisationFactory(name="Abri")
    PersonFactory(name="Émile", first_name="A", organisation=first, verified_on=date(2026, 1, 2))
    PersonFactory(name="Eluard", first_name="B", organisation=second)
    PersonFactory(name="Faure", first_name="C", verified_on=date(2025, 1, 2))
    client = client_as(Role.READER)

    assert shown(client, kind__exact="person") == ["B Eluard", "A Émile", "C Faure"]
    assert shown(client, kind__exact="person", o="-name") == ["C Faure", "A Émile", "B Eluard"]
    assert shown(client, kind__exact="person", o="organisation") == ["B Eluard", "A Émile", "C Faure"]
    assert shown(client, kind__exact="person", o="verified") == ["B Eluard", "C Faure", "A Émile"]
    assert shown(client, kind__exact="person", o="-verified") == ["A Émile", "C Faure", "B Eluard"]
    assert shown(client, kind__exact="person", o="-created") == ["C Faure", "B Eluard", "A Émile"]


def test_pages_follow_one_another_without_a_gap_and_the_last_one_stands_for_those_beyond(client_as):
    source = SourceFactory()
    Contact.objects.bulk_create(
        Contact(kind="organisation", name=f"S{n:02}", sort_name=f"s{n // 2:02}", source=source)
        for n in range(60)
    )
    client = client_as(Role.READER)

    every = [name for page in (1, 2, 3) for name in shown(client, n=25, p=page)]

    assert every == [f"S{n:02}" for n in range(60)]
    assert shown(client, n=25, p=99_999) == every[50:]
    assert shown(client, n=7, p="zzz") == every[:50]


def test_a_private_address_is_on_the_list_of_those_who_may_see_it_only(client_as):
    person = PersonFactory(name="Alba")
    ChannelFactory(contact=person, value=SECRET, is_private=True, is_main=True)

    assert SECRET in client_as(Role.STAFF).get(reverse(LIST)).content.decode()
    assert SECRET not in client_as(Role.READER).get(reverse(LIST)).content.decode()


@pytest.mark.parametrize("role", [Role.READER, Role.BOARD])
@pytest.mark.parametrize("asked", [SECRET, "intime", "jamais vue", "intime.jamais", "vue@exemple.org"])
def test_no_search_tells_a_private_address(client_as, role, asked):
    person = PersonFactory(name="Alba", first_name="Zoé")
    ChannelFactory(contact=person, value=SECRET, is_private=True, is_main=True)

    assert shown(client_as(role), q=asked) == []
    assert shown(client_as(Role.STAFF), q=asked) == ["Zoé Alba"]


@pytest.mark.parametrize("role", [Role.READER, Role.BOARD])
def test_no_part_of_the_list_tells_a_private_address(client_as, role):
    person = PersonFactory(name="Alba", first_name="Zoé")
    ChannelFactory(contact=person, value=SECRET, is_private=True, is_main=True)
    client = client_as(role)
    asked = [
        reverse(LIST) + "?o=verified&email=no&n=200",
        reverse("admin:contacts_contact_suggestions") + f"?q={SECRET}",
        reverse("admin:contacts_contact_filter", args=["email"]),
        reverse("admin:contacts_contact_count") + f"?q={SECRET}",
        reverse("admin:search") + "?s=alba",
        reverse("admin:search") + "?s=intime",
        reverse("admin:recent"),
    ]

    said = [client.get(address).content.decode() for address in asked]

    assert [
        address
        for address, text in zip(asked, said, strict=True)
        if SECRET in text.replace(f"?q={SECRET}", "")
    ] == []
    assert (
        client.get(reverse("admin:contacts_contact_count"), {"q": SECRET}).content.decode()
        == "Voir 0 contact"
    )


def test_without_the_right_to_see_contacts_there_is_no_list(client_as):
    assert client_as(None).get(reverse(LIST)).status_code == 403


def many_full_people(number: int) -> None:
    """As `full_person`, many at once."""
    model = full_person()
    people = Contact.objects.bulk_create(
        Contact(
            name=f"Durand-Lapeyronie{n}", first_name="Marie-Françoise", sort_name=f"durand lapeyronie{n}",
            search_open=f"durand lapeyronie{n}", search_private=f"durand lapeyronie{n}", kind=model.kind,
            source_id=model.source_id, main_organisation=model.main_organisation, main_title="Coordinatrice du contrat local de santé",
            shown_category_id=model.shown_category_id, main_email=f"marie-francoise.durand{n}@exemple.org", main_phone="01 86 65 00 01",
        )
        for n in range(number - 1)
    )  # fmt: skip
    themes, reach = list(model.themes.all()), model.reach.get()
    Contact.themes.through.objects.bulk_create(
        Contact.themes.through(contact=person, theme=theme) for person in people for theme in themes
    )
    ContactTerritory.objects.bulk_create(
        ContactTerritory(contact=person, territory_id=reach.territory_id, origin=reach.origin)
        for person in people
    )


@pytest.mark.parametrize(("rows", "statements"), [(1, 13), (30, 13)])
def test_the_list_costs_the_same_for_one_line_as_for_thirty(
    client_as, django_assert_num_queries, rows, statements
):
    many_full_people(rows)
    client = client_as(Role.STAFF)
    client.get(reverse(LIST))

    with django_assert_num_queries(statements):
        page = client.get(reverse(LIST), {"kind__exact": "person"})

    assert len(names(page)) == rows


def test_fifty_full_lines_weigh_less_than_200_kilobytes(client_as):
    many_full_people(50)

    page = client_as(Role.MANAGER).get(reverse(LIST), {"kind__exact": "person"})

    assert len(names(page)) == 50
    assert len(page.content) < 200_000


def test_an_empty_base_says_what_belongs_here_and_how_to_begin(client_as):
    text = client_as(Role.STAFF).get(reverse(LIST)).content.decode()

    assert "Importer un fichier" in text
    assert "Ajouter une personne" in text
    assert "Importer un fichier" not in client_as(Role.READER).get(reverse(LIST)).content.decode()


def test_a_search_that_finds_nobody_offers_to_take_the_filters_away(client_as):
    full_person()

    page = client_as(Role.READER).get(reverse(LIST), {"kind__exact": "person", "q": "zzz"})

    assert "Aucune personne ne correspond." in page.content.decode()
    assert 'href="?kind__exact=person"' in page.content.decode()


@pytest.mark.parametrize(
    ("typed", "meant"), [("durnad", "durand"), ("lea durrand", "lea durand"), ("agense", "agence")]
)
def test_a_misspelt_name_brings_the_nearest_that_is_known(client_as, typed, meant):
    full_person()

    answer = client_as(Role.READER).get(reverse("admin:contacts_contact_suggestions"), {"q": typed})

    assert answer.context["meant"] == meant
    assert f"?q={meant.replace(' ', '+')}" in answer.context["address"]


def test_nothing_near_offers_no_word(client_as):
    full_person()

    answer = client_as(Role.READER).get(reverse("admin:contacts_contact_suggestions"), {"q": "xyzxyzxyz"})

    assert answer.context["meant"] == ""


@pytest.mark.parametrize(
    "query",
    ["p=zzz", "p=-4", "p=" + "9" * 400, "n=1000000", "o=zzz", "o=1.-2", "e=1", "q=" + "mot " * 3_000, "q=%F0%9F%98%80", "q='\"%00;--",
     "_facets=1", "_popup=1", "all=", "kind__exact=zzz", "kind__exact=person&kind__exact=organisation", "in=%00:%00", "theme=%ED%A0%80",
     "id__in=1,2", "q[]=a", "verified_since=99999-01-01"],
)  # fmt: skip
def test_no_address_breaks_the_list(client_as, query):
    full_person()
    client = client_as(Role.READER)

    assert client.get(f"{reverse(LIST)}?{query}").status_code == 200
    assert client.get(f"{reverse('admin:contacts_contact_count')}?{query}").status_code == 200
    assert client.get(f"{reverse('admin:contacts_contact_suggestions')}?{query}").status_code == 200


def test_ticked_lines_go_to_the_export_page(client_as):
    person, _other = full_person(), PersonFactory(name="Martin")
    client = client_as(Role.STAFF)

    ticked = client.post(
        f"{reverse(LIST)}?q=durand",
        {"action": "export_selected", "index": "0", "select_across": "0", "_selected_action": [person.pk]},
    )
    across = client.post(
        f"{reverse(LIST)}?q=durand",
        {"action": "export_selected", "index": "0", "select_across": "1", "_selected_action": [person.pk]},
    )

    assert (
        ticked.headers["Location"] == f"{reverse('admin:contacts_contact_export')}?q=durand&ids={person.pk}"
    )
    assert across.headers["Location"] == f"{reverse('admin:contacts_contact_export')}?q=durand"


def test_who_may_not_export_sees_neither_box_nor_button(client_as):
    person = full_person()
    client = client_as(Role.READER)

    text = client.get(reverse(LIST)).content.decode()
    refused = client.post(
        reverse(LIST), {"action": "export_selected", "index": "0", "_selected_action": [person.pk]}
    )

    assert "_selected_action" not in text
    assert "Exporter" not in text
    assert refused.status_code == 200 or "exporter" not in refused.headers.get("Location", "")


def test_the_records_seen_last_are_at_hand_as_long_as_they_may_be_seen(client_as):
    first, second, gone = full_person(1), full_person(2), full_person(3)
    client = client_as(Role.READER)
    for person in (first, second, gone):
        client.get(reverse("admin:contacts_contact_record", args=[person.pk]))
    gone.put_in_trash()

    records = client.get(reverse("admin:recent")).context["records"]

    assert [record["title"] for record in records] == ["Léa Durand2", "Léa Durand1"]
    assert RecentRecord.objects.count() == 3


def test_filters_kept_under_a_name_are_in_the_menu_of_their_owner_and_those_shared_in_all(client_as):
    SavedFilterFactory(name="Les miens à moi", query="theme=T04")
    SavedFilterFactory(name="Pour tout le monde", shared=True, query="theme=T01")

    kept = client_as(Role.READER).get(reverse(LIST)).context["saved_filters"]

    assert [one.name for one in kept] == ["Pour tout le monde"]


def test_words_that_very_many_hold_are_counted_no_further_than_needed(client_as, monkeypatch):
    monkeypatch.setattr(listing, "MOST_COUNTED", 5)
    monkeypatch.setattr(listing, "COMMON", 3)
    many_full_people(8)

    page = client_as(Role.STAFF).get(reverse(LIST), {"q": "durand", "kind__exact": "person"})
    text = page.content.decode()

    assert (page.context["cl"].result_count, page.context["cl"].more) == (5, True)
    assert "plus de 5 filtrées" in text
    assert "Exporter ces contacts" in text
