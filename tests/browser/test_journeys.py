"""What people come to do, from end to end, in a browser that asks no other host; and what they print."""

from __future__ import annotations

import re

from django.urls import reverse
from playwright.sync_api import Page, expect

from contacts.models import Contact
from crm.roles import Role
from tests.browser.conftest import PHONE, PageAs
from tests.factories import OrganisationFactory, PersonFactory
from tests.looking import Watch, too_wide


LIST = "admin:contacts_contact_changelist"
RECORD = "admin:contacts_contact_record"


def hidden(page: Page, selector: str) -> bool:
    """Whether nothing of this is to be seen."""
    return all(not one.is_visible() for one in page.locator(selector).all())


def test_a_treasurer_finds_somebody_on_a_phone(page_as: PageAs):
    town = OrganisationFactory(name="Ville de Pantin")
    PersonFactory(name="Évrard", first_name="Fatima", organisation=town)
    page = page_as(Role.BOARD)
    watch = Watch.over(page.context, "http://localhost")
    page.set_viewport_size(PHONE)
    page.goto(reverse(LIST) + "?kind__exact=person")

    page.get_by_role("searchbox", name="Chercher dans cette liste").fill("evrard")
    page.get_by_role("button", name="Chercher", exact=True).click()
    page.get_by_role("link", name="Fatima Évrard").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Fatima Évrard")
    assert too_wide(page) == 0
    assert watch.take() == []


def test_somebody_is_added_then_found_again(page_as: PageAs):
    page = page_as(Role.STAFF)
    page.goto(reverse("admin:contacts_contact_add") + "?kind=person")

    page.locator("#id_name").fill("Péri")
    page.locator("#id_first_name").fill("Ana")
    page.get_by_role("button", name="Enregistrer la fiche").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ana Péri")
    page.goto(reverse(LIST) + "?q=peri")

    expect(page.get_by_role("link", name="Ana Péri")).to_be_visible()
    assert [one.name for one in Contact.objects.all()] == ["Péri"]


def test_a_record_is_printed_without_the_menu_nor_the_buttons(page_as: PageAs):
    person = PersonFactory(name="Évrard", first_name="Fatima")
    page = page_as(Role.STAFF)
    page.goto(reverse(RECORD, args=[person.pk]))

    page.emulate_media(media="print")

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert hidden(page, "#nav-sidebar, .m-deeds, .m-tabs")


def test_a_list_is_printed_without_its_tools(page_as: PageAs):
    PersonFactory(name="Évrard", first_name="Fatima")
    page = page_as(Role.STAFF)
    page.goto(reverse(LIST) + "?kind__exact=person")

    page.emulate_media(media="print")

    expect(page.get_by_role("link", name="Fatima Évrard")).to_be_visible()
    assert hidden(page, "#nav-sidebar, .l-tools, .l-pages, .m-deeds")


def test_a_page_that_is_not_there_leads_back_home(page_as: PageAs):
    page = page_as(Role.READER)
    page.goto("/nulle-part/")

    expect(page.get_by_role("heading", level=1)).to_have_text("Cette page n’existe pas")
    page.get_by_role("link", name="Revenir à l’accueil").click()

    expect(page).to_have_url(re.compile(r"/$"))
