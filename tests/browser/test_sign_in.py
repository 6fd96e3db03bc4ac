"""Signing in, in a real browser: a passkey from a virtual authenticator, the code of a telephone, the question asked again."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import BrowserContext, Page, expect

from crm.roles import Role
from crm.signing_in.sessions import CONFIRMED, SessionStore
from tests.crm.signing_in.entering import code_of, factors_of
from tests.factories import PASSWORD, UserFactory


if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer


@pytest.fixture
def site(live_server: LiveServer, settings: Any) -> str:
    """Passkeys belong to a name, and this machine's is the one that browsers take for safe."""
    settings.SECOND_FACTOR = True
    return live_server.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def keys(browser: Any, site: str) -> Any:
    """A page whose browser has a passkey store of its own, which says yes at once."""
    context: BrowserContext = browser.new_context(base_url=site, locale="fr-FR", timezone_id="Europe/Paris")
    context.set_default_timeout(10_000)
    failures: list[str] = []
    context.on("weberror", lambda error: failures.append(str(error.error)))
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    yield page
    context.close()
    assert failures == []


def enter(page: Page, email: str) -> None:
    page.goto("/connexion/")
    page.get_by_label("Adresse e-mail").fill(email)
    page.get_by_label("Mot de passe", exact=False).fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()


def leave(page: Page) -> None:
    page.goto("/deconnexion/")
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page).to_have_url(re.compile("/connexion/"))


def test_a_passkey_is_made_gives_the_second_factor_and_then_opens_alone(keys, transactional_db):
    user = UserFactory(role=Role.STAFF)
    enter(keys, user.email)
    expect(keys.get_by_role("heading", name="Protéger votre compte")).to_be_visible()
    keys.get_by_role("link", name="Ajouter une clé d’accès").click()
    keys.get_by_role("button", name="Ajouter cette clé d’accès").click()
    expect(keys.get_by_role("heading", name="Codes de secours")).to_be_visible()
    assert factors_of(user) == {"webauthn", "recovery_codes"}
    keys.get_by_role("link", name="C’est noté, continuer").click()
    expect(keys).to_have_title(re.compile("Accueil"))

    leave(keys)
    keys.get_by_role("button", name="Entrer avec une clé d’accès").click()
    expect(keys).to_have_title(re.compile("Accueil"))

    leave(keys)
    enter(keys, user.email)
    expect(keys.get_by_role("heading", name="Second moyen de connexion")).to_be_visible()
    keys.get_by_role("button", name="Entrer avec une clé d’accès").click()
    expect(keys).to_have_title(re.compile("Accueil"))


def test_an_authenticator_is_added_by_its_key_and_its_code_opens(keys, transactional_db):
    user = UserFactory(role=Role.STAFF)
    enter(keys, user.email)
    keys.get_by_role("link", name="Ajouter une application").click()
    keys.get_by_text("Je ne peux pas le viser").click()
    secret = keys.locator("#secret").inner_text().replace(" ", "")
    keys.get_by_label("Code à six chiffres").fill(code_of(secret))
    keys.get_by_role("button", name="Ajouter cette application").click()
    expect(keys.locator(".m-codes li")).to_have_count(10)

    leave(keys)
    enter(keys, user.email)
    keys.get_by_label("Code à six chiffres", exact=False).fill(code_of(secret, steps=1))
    keys.get_by_role("button", name="Entrer", exact=True).click()

    expect(keys).to_have_title(re.compile("Accueil"))


def test_a_key_that_does_not_answer_says_so(browser, site, transactional_db):
    UserFactory(role=Role.STAFF)
    context = browser.new_context(base_url=site, locale="fr-FR")
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")  # and no authenticator: nothing can answer
    page.goto("/connexion/")
    page.get_by_role("button", name="Entrer avec une clé d’accès").click()

    devtools.send("WebAuthn.disable")
    expect(page.get_by_role("heading", name="Se connecter")).to_be_visible()
    context.close()


def test_the_question_keeps_what_was_typed(page_as, live_server, transactional_db):
    user = UserFactory(role=Role.READER, first_name="Ancien")
    page = page_as(Role.MANAGER)
    page.goto(f"/crm/user/{user.pk}/change/")
    page.locator("input[name=first_name]").fill("Ève-Œdipe")
    for row in Session.objects.all():
        store = SessionStore(row.session_key)
        store[CONFIRMED] = time.time() - 3600
        store.save()
    page.get_by_role("button", name="Enregistrer le compte").click()
    expect(page.get_by_role("heading", name="Confirmez que c’est bien vous")).to_be_visible()
    page.get_by_label("Votre mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Continuer", exact=True).click()

    expect(page.get_by_text("est enregistré")).to_be_visible()
    user.refresh_from_db()
    assert user.first_name == "Ève-Œdipe"
