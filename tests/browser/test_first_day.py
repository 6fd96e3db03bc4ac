"""The first day, as a person lives it: choose, fill, enter."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from crm.demonstrating import LOGINS
from crm.models import User
from crm.registry import DemoData, demo_data
from tests.browser.conftest import PHONE


def test_somebody_begins_with_their_own_data(page: Page):
    page.goto("/")
    page.get_by_role("link", name="Commencer avec mes données").click()
    page.get_by_label("Nom de l’association").fill("Réseau des Quatre Rivières")
    page.get_by_label("Votre prénom").fill("Zoé")
    page.get_by_label(re.compile(r"^\s*Votre nom")).fill("Œdipe")
    page.get_by_label("Votre adresse e-mail").fill("zoe@quatre-rivieres.example")
    page.get_by_label(re.compile(r"^\s*Mot de passe")).fill("quatre rivières et un pont")
    page.get_by_label("Le même mot de passe").fill("quatre rivières et un pont")
    page.get_by_role("button", name="Créer mon compte et entrer").click()

    expect(page).to_have_url(re.compile(r"/$"))
    expect(page.get_by_text("Votre compte est créé.")).to_be_visible()
    assert [user.get_full_name() for user in User.objects.all()] == ["Zoé Œdipe"]


def test_a_mistake_in_the_form_is_said_and_nothing_typed_is_lost(page: Page):
    page.goto("/bienvenue/?choix=donnees")
    page.get_by_label("Nom de l’association").fill("Réseau des Quatre Rivières")
    page.get_by_label(re.compile(r"^\s*Mot de passe")).fill("court")
    page.get_by_role("button", name="Créer mon compte et entrer").click()

    expect(page.get_by_label("Nom de l’association")).to_have_value("Réseau des Quatre Rivières")
    expect(page.get_by_text("Ce champ est obligatoire.").first).to_be_visible()
    assert User.objects.count() == 0


def test_somebody_looks_at_the_demonstration_on_a_phone(page: Page, monkeypatch: pytest.MonkeyPatch):
    part = DemoData(name="essai", rank=1, make=lambda **asked: {"contacts": 1}, remove=lambda: 1)
    monkeypatch.setattr(demo_data, "_parts", {"essai": part})
    page.set_viewport_size(PHONE)

    page.goto("/")
    page.get_by_role("button", name="Voir la démonstration").click()
    expect(page.get_by_text(LOGINS[1].email)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="Entrer comme Équipe").click()

    expect(page).to_have_url(re.compile(r"/$"))
    assert {cookie["name"] for cookie in page.context.cookies()} <= {"sessionid", "csrftoken", "appareil"}
