"""The main jobs by keyboard alone, and the keys that lead to each."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from contacts.models import Category, Contact, Theme
from crm.models import Export
from crm.roles import Role
from tests.browser.conftest import PageAs
from tests.factories import OrganisationFactory, PersonFactory


LIST = "admin:contacts_contact_changelist"
RECORD = re.compile(r"/contacts/contact/\d+/$")


@pytest.fixture(autouse=True)
def no_mouse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever takes the mouse here fails."""

    def refuse(*arguments: object, **options: object) -> None:
        raise AssertionError("this is done by keyboard alone")

    for name in ("click", "check", "fill", "tap", "hover", "select_option"):
        monkeypatch.setattr(f"playwright.sync_api.Locator.{name}", refuse)


def tab_to(page: Page, name: str | re.Pattern[str], *, role: str, within: int = 60) -> None:
    """Press Tab until the element of this name has the focus."""
    wanted = page.get_by_role(role, name=name).first
    for _press in range(within):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {role} {name!r}")


def test_finding_somebody_from_anywhere(page_as: PageAs):
    person = PersonFactory(name="Évrard", first_name="Fatima")
    PersonFactory(name="Bernard", first_name="Luc")
    page = page_as(Role.READER)
    page.goto("/")

    page.keyboard.press("Control+k")
    page.keyboard.type("evrard fat")
    expect(page.locator("#command-results-list a")).to_have_count(1)
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(f"/contacts/contact/{person.pk}/$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Fatima Évrard")


def test_finding_somebody_in_the_list(page_as: PageAs):
    PersonFactory(name="Évrard", first_name="Fatima")
    PersonFactory(name="Bernard", first_name="Luc")
    page = page_as(Role.READER)
    page.goto("/")

    page.keyboard.press("p")
    expect(page.get_by_role("heading", level=1)).to_have_text("Personnes")
    page.keyboard.press("/")
    page.keyboard.type("evrard")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=evrard"))
    tab_to(page, "Fatima Évrard", role="link")
    page.keyboard.press("Enter")
    expect(page).to_have_url(RECORD)
    page.keyboard.press("l")

    expect(page).to_have_url(re.compile("q=evrard"))


def test_filtering_and_exporting(page_as: PageAs, tmp_path: Path):
    theme = Theme.objects.get(name="Santé mentale")
    town = OrganisationFactory(name="Mairie", category=Category.objects.get(code="COL-1"))
    PersonFactory(name="Durand", first_name="Léa", themes=[theme], organisation=town)
    PersonFactory(name="Rossi", first_name="Ugo", organisation=town)
    page = page_as(Role.STAFF)
    page.goto(reverse(LIST) + "?kind__exact=person")

    page.keyboard.press("f")
    drawer = page.get_by_role("dialog", name="Filtrer la liste")
    expect(drawer).to_be_visible()
    summary = drawer.locator("summary", has_text="Thématiques").first
    for _press in range(10):
        if summary.evaluate("element => element === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    tab_to(page, re.compile("^Santé mentale"), role="checkbox")
    page.keyboard.press("Space")
    expect(drawer.get_by_role("button", name="Voir 1 contact", exact=True)).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 filtrée")).to_be_visible()

    tab_to(page, re.compile("^Exporter 1 contact"), role="link")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Exporter 1 contact")
    tab_to(page, re.compile("À quoi servira cette liste"), role="combobox")
    page.keyboard.type("Newsletter")
    tab_to(page, re.compile("Pourquoi, en quelques mots"), role="textbox")
    page.keyboard.type("Lettre de novembre")
    with page.expect_download() as download:
        page.keyboard.press("Enter")

    target = tmp_path / "export.csv"
    download.value.save_as(target)
    lines = list(csv.reader(io.StringIO(target.read_text("utf-8-sig")), delimiter=";"))
    assert [line[1] for line in lines] == ["Nom", "Durand"]
    assert [(export.purpose, export.reason) for export in Export.objects.all()] == [
        ("newsletter", "Lettre de novembre")
    ]


def test_adding_a_contact(page_as: PageAs):
    page = page_as(Role.STAFF)
    page.goto("/")

    page.keyboard.press("n")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nouvelle personne")
    tab_to(page, re.compile("^Nom"), role="textbox")
    page.keyboard.type("Péri")
    page.keyboard.press("Tab")
    page.keyboard.type("Ana")
    page.keyboard.press("Tab")
    page.keyboard.type("ana.peri@exemple.example")
    tab_to(page, re.compile("^Fonction"), role="textbox")
    page.keyboard.type("Médiatrice en santé")
    page.keyboard.press("Enter")

    expect(page).to_have_url(RECORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("Ana Péri")
    assert [(one.name, one.main_email, one.main_title) for one in Contact.objects.all()] == [
        ("Péri", "ana.peri@exemple.example", "Médiatrice en santé")
    ]


@pytest.mark.parametrize(
    ("key", "heading"),
    [
        ("a", "Bonjour"),
        ("p", "Personnes"),
        ("o", "Structures"),
        ("n", "Nouvelle personne"),
        ("s", "Nouvelle structure"),
        ("i", "Importer un fichier"),
    ],
)
def test_one_key_leads_to_each_main_page(page_as: PageAs, key: str, heading: str):
    page = page_as(Role.STAFF)
    page.goto(reverse(LIST))

    page.keyboard.press(key)

    expect(page.get_by_role("heading", level=1)).to_contain_text(heading)


def test_the_question_mark_shows_the_keys_of_who_asks_and_escape_closes_them(page_as: PageAs):
    page = page_as(Role.READER)
    page.goto("/")

    page.keyboard.press("?")
    help_ = page.get_by_role("dialog", name="Raccourcis clavier")
    expect(help_).to_be_visible()

    assert help_.locator("[data-key]").all_inner_texts() == [
        "Aller à l’accueil",
        "Ouvrir la liste des personnes",
        "Ouvrir la liste des structures",
    ]
    page.keyboard.press("Escape")
    expect(help_).not_to_be_visible()


def test_a_key_writes_where_one_types_and_can_be_switched_off(page_as: PageAs):
    page = page_as(Role.STAFF)
    page.goto("/contacts/contact/?kind__exact=person")

    page.keyboard.press("?")
    tab_to(page, re.compile("Une seule touche suffit"), role="checkbox")
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.wait_for_timeout(200)

    expect(page.get_by_role("heading", level=1)).to_have_text("Personnes")
    page.goto("/contacts/contact/add/?kind=person")
    tab_to(page, re.compile("^Nom"), role="textbox")
    page.keyboard.type("nip?")
    expect(page.get_by_role("textbox", name=re.compile("^Nom")).first).to_have_value("nip?")


def test_the_first_tab_leads_past_the_menu(page_as: PageAs):
    page = page_as(Role.READER)
    page.goto("/")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("#content")).to_be_focused()


def test_the_account_menu_opens_and_signs_out(page_as: PageAs):
    page = page_as(Role.READER)
    page.goto("/")

    tab_to(page, re.compile("@exemple.org"), role="button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Déconnexion")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Déconnexion")).not_to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Déconnexion")).to_be_visible()
    for _press in range(20):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.textContent.includes('Déconnexion')"):
            break
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/connexion/"))
