"""Two browsers on one record: nothing that either typed is lost unseen; a button pressed twice acts once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from contacts.models import Contact, Interaction
from crm.models import User
from crm.roles import Role
from tests.browser.conftest import PHONE, WIDE
from tests.factories import ChannelFactory, PersonFactory, ThemeFactory, UserFactory
from tests.signing import cookie_of


if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer

type PageOf = Callable[..., Page]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page_of(browser: Browser, live_server: LiveServer) -> Iterator[PageOf]:
    """A browser of one's own for each account."""
    opened = []

    def sign_in(user: User, *, phone: bool = False) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            locale="fr-FR",
            timezone_id="Europe/Paris",
            viewport=PHONE if phone else WIDE,
        )
        context.set_default_timeout(10_000)
        context.add_cookies([cookie_of(user, live_server.url)])
        opened.append(context)
        return context.new_page()

    yield sign_in
    for context in opened:
        context.close()


def change_of(contact: Contact) -> str:
    return reverse("admin:contacts_contact_change", args=[contact.pk])


def unfold_more(page: Page) -> None:
    """Show what the form keeps folded."""
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_two_browsers_on_one_record_lose_nothing_and_choose_by_keyboard(page_of: PageOf, phone: bool):
    kept, taken = ThemeFactory(name="Eau"), ThemeFactory(name="Sport")
    person = PersonFactory(name="Roux", first_name="Ève", city="Arras", notes="", themes=[kept])
    first = ChannelFactory(contact=person, value="a@exemple.org")
    second = ChannelFactory(contact=person, value="b@exemple.org")
    claire = page_of(UserFactory(role=Role.MANAGER, first_name="Claire", last_name="Roux"))
    mine = page_of(UserFactory(role=Role.STAFF, first_name="Ali", last_name="Petit"), phone=phone)
    for page in (claire, mine):
        page.goto(change_of(person))
        unfold_more(page)
    rows = {
        channel: mine.locator(f"input[value='{channel.value}']").get_attribute("id") or ""
        for channel in (first, second)
    }

    claire.locator("#id_city").fill("Lens")
    claire.locator("#id_notes").fill("Vue en mai.")
    claire.locator(f"#{rows[first].replace('value', 'comment')}").fill("standard")
    claire.get_by_role("button", name="Enregistrer la fiche").click()
    expect(claire.get_by_role("heading", level=1)).to_have_text("Ève Roux")
    mine.locator("#id_city").fill("Liévin")
    mine.locator("#id_street").fill("2 rue B")
    mine.locator(f"#{rows[first].replace('value', 'comment')}").fill("le matin")
    mine.locator(f"#{rows[second].replace('value', 'comment')}").fill("secrétariat")
    mine.locator("#id_themes").evaluate(
        "(box, key) => { box.add(new Option('Sport', key, true, true)) }", str(taken.pk)
    )
    mine.get_by_role("button", name="Enregistrer la fiche").click()

    expect(mine.get_by_role("heading", level=1)).to_have_text("Deux personnes ont modifié cette fiche")
    assert mine.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    expect(mine.get_by_role("group", name="Ville")).to_contain_text("Claire Roux")
    expect(mine.get_by_role("radio").first).to_be_focused()
    mine.keyboard.press("ArrowDown")  # the city: mine
    mine.keyboard.press("Tab")
    mine.keyboard.press("Space")  # the row: hers
    mine.keyboard.press("Enter")

    expect(mine.get_by_role("heading", level=1)).to_have_text("Ève Roux")
    person.refresh_from_db()
    assert (person.city, person.street, person.notes) == ("Liévin", "2 rue B", "Vue en mai.")
    assert set(person.channels.values_list("value", "comment")) == {
        ("a@exemple.org", "standard"),
        ("b@exemple.org", "secrétariat"),
    }
    assert set(person.themes.all()) == {kept, taken}


def test_a_double_click_notes_one_exchange(page_of: PageOf):
    person = PersonFactory()
    page = page_of(UserFactory(role=Role.STAFF))
    page.goto(reverse("admin:contacts_contact_exchange", args=[person.pk]))
    page.locator("#id_summary").fill("Parlé du bilan")

    page.get_by_role("button", name="Enregistrer l’échange").dblclick()

    expect(page.get_by_text("Parlé du bilan", exact=True)).to_be_visible()
    assert Interaction.objects.count() == 1


def test_the_back_button_and_the_same_press_again_note_one_exchange(page_of: PageOf):
    person = PersonFactory()
    page = page_of(UserFactory(role=Role.STAFF))
    page.goto(reverse("admin:contacts_contact_exchange", args=[person.pk]))
    page.locator("#id_summary").fill("Parlé du bilan")
    page.get_by_role("button", name="Enregistrer l’échange").click()
    expect(page.get_by_text("Parlé du bilan", exact=True)).to_be_visible()

    page.go_back()
    expect(page.locator("#id_summary")).to_have_value("Parlé du bilan")
    page.get_by_role("button", name="Enregistrer l’échange").click()

    expect(page.get_by_text("rien n’a été fait deux fois")).to_be_visible()
    assert Interaction.objects.count() == 1
