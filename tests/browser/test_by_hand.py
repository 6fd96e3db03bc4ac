"""A contact made by keyboard alone, its likely doubles and its new organisation included."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from contacts.models import Contact
from crm.roles import Role
from tests.browser.conftest import PageAs
from tests.factories import PersonFactory


pytestmark = pytest.mark.django_db(transaction=True)
ADD = "/contacts/contact/add/"


def test_a_person_and_a_new_organisation_are_made_by_keyboard_alone(page_as: PageAs):
    page = page_as(Role.STAFF)
    page.goto(ADD)
    expect(page.locator("#id_name")).to_be_focused()

    for typed in ("Roux", "Ève", "eve.roux@exemple.org"):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.type("Maison du clavier")
    expect(page.get_by_role("option", name="Créer la structure « Maison du clavier »")).to_be_visible()
    expect(page.locator(".loading-results")).to_have_count(0)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Directrice")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Ève Roux")
    person = Contact.objects.get(name="Roux")
    assert (str(person.main_organisation), person.main_title) == ("Maison du clavier", "Directrice")


def test_likely_doubles_show_while_somebody_types_and_the_switch_keeps_the_name(page_as: PageAs):
    PersonFactory(name="Benali", first_name="Nadia")
    page = page_as(Role.STAFF)
    page.goto(ADD)

    expect(page.locator("#id_name")).to_be_focused()
    page.keyboard.type("Benali")
    page.keyboard.press("Tab")
    page.keyboard.type("Nadia")
    expect(page.get_by_role("status")).to_contain_text("Nadia Benali")

    page.get_by_role("link", name="Structure", exact=True).click()
    expect(page.locator("#id_name")).to_have_value("Benali")


def test_the_first_field_has_the_keyboard_even_when_scripts_come_late(page_as: PageAs):
    """A browser that met the field while the page was still hidden gives it up; and no key leads away meanwhile."""
    page = page_as(Role.STAFF)

    def late(route: Route) -> None:
        page.wait_for_timeout(1_500)
        route.continue_()

    page.route("**/alpine/*.js", late)
    page.goto(ADD, wait_until="commit")
    page.wait_for_selector("#id_name", state="attached")
    page.wait_for_timeout(500)
    page.keyboard.type("ai")

    expect(page.locator("#id_name")).to_be_focused()
    assert page.url.endswith(ADD)
