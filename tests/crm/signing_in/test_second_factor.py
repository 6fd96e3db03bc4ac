"""The second factor: who must give it, and what is closed until they have."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.test import Client
from django.urls import reverse

from crm.models import User
from crm.roles import Role
from crm.signing_in import factors, middleware
from tests.crm.signing_in.entering import (
    SECOND_FACTOR,
    half,
    sign_in,
)
from tests.factories import ChannelFactory, InteractionFactory, PersonFactory, UserFactory
from tests.visiting import every_address


pytestmark = pytest.mark.django_db
NEW_AUTHENTICATOR, NEW_KEY = reverse("mfa_activate_totp"), reverse("mfa_add_webauthn")
SECRET_WORDS = ("Quintessence", "Farfadet", "Hippocampe")


# --- who ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "asked"),
    [(Role.MANAGER, True), (Role.STAFF, True), (Role.BOARD, False), (Role.READER, False), (None, False)],
)
def test_whoever_edits_exports_or_reads_notes_must_have_one(required, role, asked):
    assert factors.is_required_of(UserFactory(role=role)) is asked


def test_every_right_that_asks_for_one_exists():
    everything = User(is_active=True, is_superuser=True).get_all_permissions()

    assert {*factors.RIGHTS} <= everything


def test_nothing_is_asked_where_the_setting_says_so(client):
    user = UserFactory(role=Role.MANAGER)

    sign_in(client, user)

    assert client.get("/").status_code == 200


@pytest.mark.parametrize(("site", "asked"), [("http://localhost:8000", False), ("https://crm.example", True)])
def test_it_is_asked_for_by_default_where_the_site_is_public(site, asked):
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "from django.conf import settings as s; print(s.SECOND_FACTOR, s.SESSION_COOKIE_SECURE)",
        ],
        env={**os.environ, "SITE_URL": site, "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert said.split() == [str(asked), str(asked)]


# --- half signed in -----------------------------------------------------------------------------------------


def private_data() -> None:
    """A person whom no page may show to somebody half signed in."""
    person = PersonFactory(name=SECRET_WORDS[0], first_name=SECRET_WORDS[1])
    ChannelFactory(contact=person)
    InteractionFactory(contact=person, summary=SECRET_WORDS[2])


def named_addresses() -> list[tuple[str, str]]:
    return [(page.name, address) for page, address in every_address().items()]


def leaks(client: Client, addresses: list[tuple[str, str]]) -> dict[str, int]:
    """The addresses that answer with anything but the way to finish signing in."""
    allowed = middleware.WAY_OUT | middleware.ENROLMENT
    shown = {}
    for name, address in addresses:
        for method in (client.get, client.post):
            if method == client.post and name in {"account_logout", "admin:logout"}:
                continue
            answer = method(address)
            said = b"".join(answer) if answer.streaming else answer.content
            told = any(word.encode() in said for word in SECRET_WORDS)
            led = answer.status_code == 302 and answer.headers["Location"].startswith(SECOND_FACTOR)
            if told or (not led and name not in allowed):
                shown[f"{method.__name__} {address}"] = answer.status_code
    return shown


@pytest.mark.parametrize("enrolled", [False, True])
@pytest.mark.parametrize("role", [Role.STAFF, Role.MANAGER])
def test_no_address_shows_anything_to_who_is_half_signed_in(required, role, enrolled, figure):
    private_data()
    _user, client = half(role, enrolled=enrolled)

    addresses = named_addresses()
    shown = leaks(client, addresses)

    assert shown == {}
    figure(f"sign-in: {len(addresses)} addresses, GET and POST, half signed in as {role}: 0 show anything")


def test_with_the_guard_off_the_same_addresses_tell_everything(required, monkeypatch):
    private_data()
    _user, client = half(Role.STAFF)
    monkeypatch.setattr(middleware, "is_half", lambda request: False)

    assert len(leaks(client, named_addresses()[::5])) > 20


@pytest.mark.parametrize("page", [NEW_AUTHENTICATOR, NEW_KEY])
def test_who_has_one_adds_no_other_before_giving_it(required, page):
    """Or a stolen password would be enough: the thief would add a factor of theirs."""
    _user, client = half(Role.STAFF, enrolled=True)

    assert client.get(page).url.startswith(SECOND_FACTOR)
    assert client.get("/mon-compte/codes/").url.startswith(SECOND_FACTOR)


def test_the_password_given_again_does_not_count_for_it(required):
    _user, client = half(Role.STAFF, enrolled=True)

    client.post(SECOND_FACTOR, {"again_password": "un mot de passe assez long"})

    assert client.get("/").url.startswith(SECOND_FACTOR)


def test_who_is_promoted_while_signed_in_is_asked_for_it_at_the_next_page(required):
    user, client = half(Role.READER)
    before = client.get("/").status_code

    user.groups.set(UserFactory(role=Role.STAFF).groups.all())

    assert before == 200
    assert client.get("/").url.startswith(SECOND_FACTOR)


def test_a_part_of_a_page_leads_the_whole_of_it_there(required):
    _user, client = half(Role.STAFF)

    answer = client.get("/contacts/contact/", headers={"HX-Request": "true"})

    assert answer.headers["HX-Redirect"] == SECOND_FACTOR
    assert answer.content == b""
