"""Sessions: listed, ended, worn out by time, and gone at once when the account changes."""

from __future__ import annotations

import time
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from crm.models import AuditEntry, Deed, User
from crm.roles import Role
from crm.signing_in.sessions import BEGAN, SEEN
from tests.crm.signing_in.entering import is_in, sign_in, with_authenticator
from tests.factories import PASSWORD, UserFactory


pytestmark = pytest.mark.django_db
DEVICES = reverse("own_devices")
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"
NEW = "trois grues sur la rivière"


def three_sessions(user: User) -> list[Client]:
    clients = [Client(HTTP_USER_AGENT=FIREFOX) for _n in range(3)]
    for client in clients:
        sign_in(client, user)
    return clients


def opens(client: Client) -> bool:
    """Whether the home page shows itself."""
    return client.get("/").status_code == 200


@pytest.fixture
def manager() -> Client:
    client = Client()
    client.force_login(UserFactory(role=Role.MANAGER))
    return client


def form_of(user: User, role: Role = Role.STAFF, **said: Any) -> dict[str, Any]:
    return {
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "is_active": "on",
        "role": Group.objects.get(name=role.value).pk,
        **said,
    }


# --- gone at once -------------------------------------------------------------------------------------------


def test_three_sessions_of_a_closed_account_are_over_at_their_next_page(manager):
    user = UserFactory(role=Role.STAFF)
    clients = three_sessions(user)
    before = [opens(client) for client in clients]

    manager.post(f"/crm/user/{user.pk}/change/", form_of(user, is_active=""))

    assert before == [True] * 3
    assert [opens(client) for client in clients] == [False] * 3


def test_three_sessions_are_over_when_the_manager_sets_another_password(manager):
    user = UserFactory(role=Role.STAFF)
    clients = three_sessions(user)

    manager.post(f"/crm/user/{user.pk}/change/", form_of(user, password1=NEW, password2=NEW))

    assert [opens(client) for client in clients] == [False] * 3


def test_who_changes_their_own_password_keeps_the_session_that_did_it_and_no_other():
    user = UserFactory(role=Role.STAFF)
    clients = three_sessions(user)

    clients[0].post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    )

    assert [opens(client) for client in clients] == [True, False, False]
    assert AuditEntry.objects.get(deed=Deed.FACTOR_CHANGED).fields == ["password"]


def test_a_demotion_takes_its_rights_at_the_next_page(manager):
    user = UserFactory(role=Role.STAFF)
    client = Client()
    sign_in(client, user)
    before = client.get("/contacts/contact/add/?kind=person").status_code

    manager.post(f"/crm/user/{user.pk}/change/", form_of(user, Role.READER))

    assert before == 200
    assert client.get("/contacts/contact/add/?kind=person").status_code == 403
    assert client.get("/contacts/contact/").status_code == 200


# --- ended --------------------------------------------------------------------------------------------------


def test_one_s_own_sessions_are_listed_with_what_one_knows_them_by():
    user = UserFactory(role=Role.READER)
    clients = three_sessions(user)

    page = clients[0].get(DEVICES).content.decode()

    assert page.count("Firefox, Windows") == 3 + 2  # and in the names of the two buttons
    assert page.count("cet appareil") == 1


def test_one_ends_one_of_one_s_sessions():
    user = UserFactory(role=Role.READER)
    clients = three_sessions(user)
    key = clients[1].session.session_key

    clients[0].post(DEVICES, {"session": UserSession.objects.get(session_key=key).pk})

    assert [opens(client) for client in clients] == [True, False, True]
    assert AuditEntry.objects.filter(deed=Deed.SESSION_ENDED, actor=user).count() == 1


def test_nobody_ends_the_session_of_somebody_else():
    victim, thief = UserFactory(role=Role.READER), UserFactory(role=Role.READER)
    theirs = three_sessions(victim)
    own = Client()
    sign_in(own, thief)
    number = UserSession.objects.filter(user=victim).first().pk

    own.post(DEVICES, {"session": number})

    assert [opens(client) for client in theirs] == [True] * 3


def test_one_ends_all_the_others_even_those_the_list_does_not_have():
    user = UserFactory(role=Role.READER)
    clients = three_sessions(user)
    unlisted = Client()
    unlisted.force_login(user)

    clients[0].post(DEVICES, {"others": "1"})

    assert [opens(client) for client in [*clients, unlisted]] == [True, False, False, False]
    assert clients[0].get(DEVICES).content.decode().count("cet appareil") == 1


def test_the_manager_ends_every_session_of_an_account(manager):
    user = UserFactory(role=Role.STAFF)
    clients = three_sessions(user)

    answer = manager.post(reverse("admin:crm_user_end_sessions", args=[user.pk]))

    assert answer.status_code == 302
    assert [opens(client) for client in clients] == [False] * 3
    sign_in(clients[0], user)
    assert opens(clients[0])


def test_the_manager_who_ends_their_own_keeps_the_one_in_use():
    user = UserFactory(role=Role.MANAGER)
    clients = three_sessions(user)

    clients[0].post(reverse("admin:crm_user_end_sessions", args=[user.pk]))

    assert [opens(client) for client in clients] == [True, False, False]


# --- worn out -----------------------------------------------------------------------------------------------


def aged(client: Client, clock: str, seconds: float) -> Client:
    session = client.session
    session[clock] = time.time() - seconds
    session.save()
    return client


@pytest.mark.parametrize(
    ("clock", "minutes", "open_still"),
    [(SEEN, 119, True), (SEEN, 121, False), (BEGAN, 12 * 60 - 1, True), (BEGAN, 12 * 60 + 1, False)],
)
def test_a_session_ends_after_two_hours_of_sleep_or_twelve_in_all(client_as, clock, minutes, open_still):
    client = aged(client_as(Role.STAFF), clock, minutes * 60)

    assert opens(client) is open_still
    assert is_in(client) is open_still


def test_a_session_that_ended_leads_back_to_the_page_that_was_asked_for(client_as):
    client = aged(client_as(Role.STAFF), SEEN, 3 * 3600)

    answer = client.get("/contacts/contact/?q=x")

    assert answer.url == f"{reverse('account_login')}?next=/contacts/contact/%3Fq%3Dx"
    assert "Votre session a pris fin" in client.get(answer.url).content.decode()


def test_a_session_in_use_does_not_sleep(client_as):
    client = aged(client_as(Role.STAFF), SEEN, 60 * 60)

    opens(client)

    assert time.time() - client.session[SEEN] < 10


def test_pages_do_not_write_the_session_each_time(client_as, django_assert_num_queries):
    """A page costs no query more for all this: the clocks were set when the session began."""
    client = client_as(Role.READER)
    address = reverse("set_language")

    with django_assert_num_queries(2):  # the session, the account
        client.get(address)


@pytest.mark.parametrize("clock", [SEEN, BEGAN])
def test_with_the_guard_off_a_session_lasts(client_as, clock, monkeypatch):
    monkeypatch.setattr("crm.signing_in.middleware.is_over", lambda request: False)

    assert opens(aged(client_as(Role.STAFF), clock, 13 * 3600))


def test_the_way_back_in_is_on_the_machine_that_holds_the_base(capsys):
    user = UserFactory(role=Role.MANAGER)
    with_authenticator(user)
    clients = three_sessions(UserFactory(role=Role.READER))
    own = Client()
    own.force_login(user)

    call_command("open_account", f" {user.email.upper()} ")

    link = capsys.readouterr().out.strip().removeprefix("http://localhost:8000")
    page = own.get(link, follow=True)
    own.post(page.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})
    sign_in(own, user, NEW)
    assert is_in(own)
    assert [opens(client) for client in clients] == [True] * 3
    with pytest.raises(CommandError, match="Aucun compte"):
        call_command("open_account", "personne@exemple.org")
