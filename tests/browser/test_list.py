"""The main job in a real browser: find by theme, place and institution, take the list out, come back to the same place."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from contacts.models import Category, Contact, Territory, Theme
from crm.models import Export, SavedFilter
from crm.roles import Role
from tests.browser.conftest import PHONE, PageAs
from tests.factories import OppositionFactory, OrganisationFactory, PersonFactory


pytestmark = pytest.mark.django_db(transaction=True)

LIST = "admin:contacts_contact_changelist"


def network() -> None:
    """Four people on mental health: one matches, one refused the newsletter, one is elsewhere, one is no local authority."""
    mental = [Theme.objects.get(code="T04")]
    saint_denis = Territory.objects.get(level="commune", code="93066")
    town = OrganisationFactory(
        name="Ville de Saint-Denis", category=Category.objects.get(code="COL-1"), territories=[saint_denis]
    )
    lyon = OrganisationFactory(
        name="Ville de Lyon",
        category=Category.objects.get(code="COL-1"),
        territories=[Territory.objects.get(level="commune", code="69123")],
    )
    hospital = OrganisationFactory(
        name="Hôpital", category=Category.objects.get(code="SAN-1"), territories=[saint_denis]
    )
    PersonFactory(
        name="Durand", first_name="Léa", themes=mental, organisation=town, email="lea.durand@exemple.org"
    )
    OppositionFactory(contact=PersonFactory(name="Petit", themes=mental, organisation=town))
    PersonFactory(name="Rossi", themes=mental, organisation=lyon)
    PersonFactory(name="Weber", themes=mental, organisation=hospital)


def names(page: Page) -> list[str]:
    return page.locator(".l-name a").all_inner_texts()


def test_mental_health_in_ile_de_france_in_local_authorities_is_filtered_and_taken_out(
    page_as: PageAs, tmp_path: Path
):
    network()
    page = page_as(Role.STAFF)
    page.goto(reverse(LIST) + "?kind__exact=person")

    page.get_by_role("button", name="Filtrer").click()
    drawer = page.get_by_role("dialog", name="Filtrer la liste")
    drawer.locator("summary", has_text="Thématiques").click()
    drawer.get_by_label("Santé mentale", exact=False).first.check()
    expect(drawer.get_by_role("button", name="Voir 4 contacts")).to_be_visible()
    drawer.locator("summary", has_text="Dans le territoire").click()
    place = drawer.get_by_role("combobox", name="Dans le territoire")
    place.press_sequentially("ile de fr")
    expect(drawer.get_by_role("option", name="Île-de-France").first).to_be_visible()
    place.press("Enter")
    expect(drawer.get_by_role("button", name="Voir 3 contacts")).to_be_visible()
    drawer.locator("summary", has_text="Catégorie institutionnelle").click()
    drawer.get_by_label("Collectivité territoriale", exact=False).first.check()
    drawer.get_by_role("button", name="Voir 2 contacts").click()

    expect(page.get_by_text("2 filtrées")).to_be_visible()
    assert sorted(name.split()[-1] for name in names(page)) == ["Durand", "Petit"]
    chips = page.get_by_role("list", name="Filtres en vigueur").get_by_role("link").all_inner_texts()
    assert [" ".join(chip.removesuffix("close").split()) for chip in chips] == [
        "Thématiques : Santé mentale",
        "Dans le territoire : Île-de-France (région)",
        "Catégorie institutionnelle : Collectivité territoriale",
        "Enlever tous les filtres",
    ]

    page.get_by_role("link", name="Exporter 2 contacts").click()
    page.get_by_label("À quoi servira cette liste").select_option("newsletter")
    expect(page.get_by_text("opposition à cette finalité")).to_be_visible()
    page.get_by_label("Pourquoi, en quelques mots").fill("Lettre de novembre")
    with page.expect_download() as download:
        page.get_by_role("button", name="Exporter 1 contact").click()

    assert re.fullmatch(r"contacts-newsletter-\d{4}-\d\d-\d\d\.csv", download.value.suggested_filename)
    target = tmp_path / "export.csv"
    download.value.save_as(target)
    lines = list(csv.reader(io.StringIO(target.read_text("utf-8-sig")), delimiter=";"))
    assert [line[1] for line in lines] == ["Nom", "Durand"]
    expect(page.get_by_text("Le fichier arrive dans vos téléchargements.")).to_be_visible()
    export = Export.objects.get()
    assert (export.count, export.reason) == (1, "Lettre de novembre")
    assert export.excluded == {"opposition à cette finalité": 1}


def test_coming_back_from_a_record_leads_to_the_same_filters_page_and_height(page_as: PageAs):
    source = PersonFactory().source
    Contact.objects.bulk_create(
        Contact(kind="person", name=f"Personne {n:03}", sort_name=f"personne {n:03}", search_open=f"personne {n:03}", search_private=f"personne {n:03}", source=source)
        for n in range(120)
    )  # fmt: skip
    page = page_as(Role.STAFF)
    page.goto(reverse(LIST) + "?kind__exact=person&q=personne&p=2")
    link = page.get_by_role("link", name="Personne 090", exact=True)
    link.scroll_into_view_if_needed()
    height = page.evaluate("window.scrollY")
    assert height > 0

    link.click()
    expect(page.get_by_role("heading", name="Personne 090")).to_be_visible()
    page.get_by_role("link", name="Contacts", exact=True).click()

    expect(page).to_have_url(re.compile(r"q=personne&p=2$"))
    expect(page.locator("tr.l-seen")).to_contain_text("Personne 090")
    assert abs(page.evaluate("window.scrollY") - height) < 5


def test_a_few_lines_are_ticked_and_the_buttons_say_how_many(page_as: PageAs):
    network()
    page = page_as(Role.STAFF)
    page.goto(reverse(LIST) + "?kind__exact=person")

    page.get_by_role("checkbox", name="Léa Durand").check()
    expect(page.get_by_text("1 contact coché", exact=True)).to_be_visible()
    page.get_by_role("checkbox", name="Cocher toute la page").check()
    expect(page.get_by_text("4 contacts cochés")).to_be_visible()
    page.get_by_role("button", name="Exporter (4)").click()

    expect(page.get_by_role("heading", name="Exporter 4 contacts")).to_be_visible()
    expect(page.get_by_text("4 contacts cochés")).to_be_visible()


def test_filters_are_kept_under_a_name_and_opened_again(page_as: PageAs):
    network()
    page = page_as(Role.READER)
    page.goto(reverse(LIST) + "?q=durand")

    page.locator("summary", has_text="Filtres enregistrés").click()
    page.get_by_label("Garder les filtres en vigueur sous le nom").fill("Les Durand")
    page.get_by_role("button", name="Garder ces filtres").click()
    expect(page.get_by_text("Les filtres sont gardés sous le nom")).to_be_visible()
    page.goto(reverse(LIST))
    page.locator("summary", has_text="Filtres enregistrés").click()
    page.get_by_role("link", name="Les Durand").click()

    expect(page.get_by_text("1 filtré", exact=True)).to_be_visible()
    assert names(page) == ["Léa Durand"]
    assert SavedFilter.objects.get().query == "q=durand"


def test_on_a_phone_each_line_is_a_card_and_nothing_scrolls_sideways(page_as: PageAs):
    network()
    page = page_as(Role.READER)
    page.set_viewport_size(PHONE)
    page.goto(reverse(LIST))

    widths = page.evaluate(
        "[document.documentElement.scrollWidth, document.querySelector('.l-table tbody tr').offsetWidth]"
    )

    assert widths[0] <= PHONE["width"]
    assert widths[1] < PHONE["width"]
    assert (
        page.locator(".l-table td[data-label]").first.evaluate(
            "cell => getComputedStyle(cell, '::before').content"
        )
        == '"Catégorie"'
    )


def test_ctrl_k_finds_a_person_by_keyboard_alone(page_as: PageAs):
    network()
    page = page_as(Role.READER)
    page.goto(reverse("admin:index"))

    page.keyboard.press("Control+k")
    page.keyboard.type("durand lea", delay=20)
    expect(page.get_by_text("Léa Durand")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Léa Durand")).to_be_visible()
