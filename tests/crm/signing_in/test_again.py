"""Proving again who one is: asked after a quarter of an hour, before what counts, and nothing typed is lost."""

from __future__ import annotations

import html
import re
import time
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from contacts.models import Contact
from crm.models import AuditEntry, Deed, Export, User
from crm.roles import Role
from crm.signing_in import again
from crm.signing_in.sessions import CONFIRMED
from tests.crm.signing_in.entering import code_of, with_authenticator
from tests.factories import PASSWORD, PersonFactory, UserFactory


pytestmark = pytest.mark.django_db
EXPORT = reverse("admin:contacts_contact_export")
ASKED = "Confirmez que c’est bien vous"


def signed_in_a_while_ago(user: User, minutes: float = 16) -> Client:
    client = Client()
    client.force_login(user)
    session = client.session
    session[CONFIRMED] = time.time() - minutes * 60
    session.save()
    return client


def kept_by(page: Any) -> dict[str, list[str]]:
    """The fields that the page of the question carries along."""
    found: dict[str, list[str]] = {}
    for form in page.content.decode().split("<form")[1:]:
        if "again_password" in form or "again_code" in form:
            for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form):
                found.setdefault(html.unescape(name), []).append(html.unescape(value))
            break
    found.pop("csrfmiddlewaretoken", None)
    found.pop("once", None)
    return found


@pytest.fixture
def manager() -> User:
    return UserFactory(role=Role.MANAGER)


def role_of(user: User, role: Role) -> dict[str, Any]:
    return {
        "email": user.email,
        "first_name": "Ève & <Adam>",
        "last_name": user.last_name,
        "is_active": "on",
        "role": Group.objects.get(name=role.value).pk,
    }


# --- accounts -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "asked"), [(1, False), (14.5, False), (15.5, True), (300, True)])
def test_a_change_of_role_asks_again_after_a_quarter_of_an_hour(manager, minutes, asked):
    user = UserFactory(role=Role.READER)
    client = signed_in_a_while_ago(manager, minutes)

    answer = client.post(f"/crm/user/{user.pk}/change/", role_of(user, Role.STAFF))

    assert (answer.status_code == 200 and ASKED in answer.content.decode()) is asked
    assert [group.name for group in user.groups.all()] == [Role.READER if asked else Role.STAFF]


def test_the_answer_carries_what_was_typed_and_the_change_is_made(manager):
    user = UserFactory(role=Role.READER)
    client = signed_in_a_while_ago(manager)
    page = client.post(f"/crm/user/{user.pk}/change/", role_of(user, Role.STAFF))

    kept = kept_by(page)
    answer = client.post(f"/crm/user/{user.pk}/change/", {**kept, "again_password": PASSWORD})

    assert kept["first_name"] == ["Ève & <Adam>"]
    assert answer.status_code == 302
    user.refresh_from_db()
    assert user.first_name == "Ève & <Adam>"
    assert [group.name for group in user.groups.all()] == [Role.STAFF]
    assert AuditEntry.objects.filter(deed=Deed.ROLE_CHANGED, actor=manager).count() == 1


def test_with_the_guard_off_a_session_left_open_changes_roles(manager, monkeypatch):
    monkeypatch.setattr(again, "is_recent", lambda request: True)
    user = UserFactory(role=Role.READER)

    signed_in_a_while_ago(manager).post(f"/crm/user/{user.pk}/change/", role_of(user, Role.MANAGER))

    assert [group.name for group in user.groups.all()] == [Role.MANAGER]


def test_a_wrong_answer_asks_again_keeps_everything_and_is_written_down(manager):
    user = UserFactory(role=Role.READER)
    client = signed_in_a_while_ago(manager)
    address = f"/crm/user/{user.pk}/change/"
    kept = kept_by(client.post(address, role_of(user, Role.STAFF)))

    page = client.post(address, {**kept, "again_password": "un autre mot de passe"})

    assert "Ce n’est pas votre mot de passe." in page.content.decode()
    assert kept_by(page) == kept
    assert [group.name for group in user.groups.all()] == [Role.READER]
    assert AuditEntry.objects.filter(deed=Deed.SIGN_IN_FAILED, record=str(manager.pk)).count() == 1


def test_answers_are_guessed_five_times_at_most(manager):
    user = UserFactory(role=Role.READER)
    client = signed_in_a_while_ago(manager)
    address = f"/crm/user/{user.pk}/change/"
    for n in range(8):
        client.post(address, {**role_of(user, Role.STAFF), "again": "POST", "again_password": f"pas ça {n}"})

    client.post(address, {**role_of(user, Role.STAFF), "again": "POST", "again_password": PASSWORD})

    assert [group.name for group in user.groups.all()] == [Role.READER]


def test_a_code_answers_too_and_serves_once(manager):
    user = UserFactory(role=Role.READER)
    code = code_of(with_authenticator(manager))
    said = {**role_of(user, Role.STAFF), "again": "POST", "again_code": code}
    address = f"/crm/user/{user.pk}/change/"

    first = signed_in_a_while_ago(manager).post(address, said)
    second = signed_in_a_while_ago(manager).post(address, said)

    assert (first.status_code, second.status_code) == (302, 200)
    assert "Ce code ne convient pas" in second.content.decode()


def test_the_password_of_somebody_else_does_not_answer(manager):
    other = UserFactory(role=Role.READER)
    other.set_password("trois grues sur la rivière")
    other.save()

    page = signed_in_a_while_ago(manager).post(
        f"/crm/user/{other.pk}/change/",
        {**role_of(other, Role.STAFF), "again": "POST", "again_password": "trois grues sur la rivière"},
    )

    assert ASKED in page.content.decode()


@pytest.mark.parametrize("deed", ["crm_user_invite", "crm_user_end_sessions", "crm_user_remove_factors"])
def test_the_deeds_of_an_account_ask_too(manager, deed, mailoutbox):
    user = UserFactory(role=Role.STAFF)

    page = signed_in_a_while_ago(manager).post(reverse(f"admin:{deed}", args=[user.pk]))

    assert ASKED in page.content.decode()
    assert AuditEntry.objects.count() == 0


# --- exports ------------------------------------------------------------------------------------------------


@pytest.fixture
def five_people(settings: Any) -> None:
    settings.EXPORT_REAUTH_ROWS = 4
    PersonFactory.create_batch(5)


FILE = {"purpose": "internal", "reason": "vérification du fichier", "layout": "records", "file_format": "csv"}


def test_a_large_export_asks_before_its_form_and_leads_to_it(five_people):
    client = signed_in_a_while_ago(UserFactory(role=Role.STAFF))

    page = client.get(f"{EXPORT}?kind__exact=person")
    kept = kept_by(page)
    answer = client.post(f"{EXPORT}?kind__exact=person", {**kept, "again_password": PASSWORD})

    assert kept == {"again": ["GET"]}
    assert (answer.status_code, answer.url) == (302, f"{EXPORT}?kind__exact=person")
    assert ASKED not in client.get(answer.url).content.decode()
    assert Export.objects.count() == 0


def test_a_large_export_whose_form_was_left_open_asks_and_then_gives_the_file(five_people):
    client = signed_in_a_while_ago(UserFactory(role=Role.STAFF))
    said = {**FILE, "columns": ["name", "first_name"]}

    page = client.post(EXPORT, said)
    kept = kept_by(page)
    file = client.post(EXPORT, {**kept, "again_password": PASSWORD})

    assert kept["columns"] == ["name", "first_name"]
    assert "attachment" in file.headers["Content-Disposition"]
    assert len(b"".join(file).splitlines()) == 6


def test_a_small_export_asks_nothing(settings):
    PersonFactory.create_batch(3)
    client = signed_in_a_while_ago(UserFactory(role=Role.STAFF))

    file = client.post(EXPORT, {**FILE, "columns": ["name"]})

    assert "attachment" in file.headers["Content-Disposition"]
    assert settings.EXPORT_REAUTH_ROWS == 200


def test_with_the_guard_off_a_session_left_open_takes_everything(five_people, monkeypatch):
    monkeypatch.setattr(again, "is_recent", lambda request: True)
    client = signed_in_a_while_ago(UserFactory(role=Role.STAFF))

    file = client.post(EXPORT, {**FILE, "columns": ["name"]})

    assert len(b"".join(file).splitlines()) == Contact.objects.count() + 1


# --- the means of signing in --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "page",
    ["mfa_activate_totp", "mfa_add_webauthn", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"],
)
def test_what_opens_the_account_is_not_shown_nor_added_from_a_session_left_open(page):
    user = UserFactory(role=Role.STAFF)
    if "recovery" in page:
        with_authenticator(user)

    answer = signed_in_a_while_ago(user).get(reverse(page))

    assert ASKED in answer.content.decode()


def test_erasing_the_demonstration_asks(manager):
    assert ASKED in signed_in_a_while_ago(manager).post(reverse("remove_demonstration")).content.decode()


def test_an_answer_given_twice_does_not_make_a_form_of_nothing(manager):
    """The second press of the button finds a session that has just proved itself: it leads to the page all the same."""
    client = signed_in_a_while_ago(manager, 1)

    answer = client.post(f"{EXPORT}?q=x", {"again": "GET", "again_password": PASSWORD})

    assert answer.status_code in {200, 302}
    assert Export.objects.count() == 0


def test_who_has_neither_password_nor_key_is_told_what_to_do():
    user = UserFactory(role=Role.MANAGER)
    user.set_unusable_password()
    user.save()

    page = signed_in_a_while_ago(user).get(reverse("remove_demonstration"))

    assert "demandez un nouveau lien de connexion" in page.content.decode()
