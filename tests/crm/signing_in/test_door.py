"""One door: the address and the password, where it leads, what it tells an attacker, what it writes down."""

from __future__ import annotations

import time
from statistics import median
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django_tasks import default_task_backend

from crm.auditing import record_deed
from crm.models import Association, AuditEntry, Deed, User
from crm.roles import Role
from crm.signing_in.adapters import AccountAdapter
from tests.crm.signing_in.entering import SIGN_IN, is_in, sign_in, with_authenticator
from tests.factories import PASSWORD, UserFactory


pytestmark = pytest.mark.django_db


def deeds() -> list[str]:
    return [entry.deed for entry in AuditEntry.objects.order_by("pk")]


def test_an_address_and_a_password_open_home_and_are_written_down(client):
    user = UserFactory(role=Role.STAFF)

    answer = sign_in(client, user)

    assert (answer.status_code, answer.url) == (302, "/")
    assert client.get("/").status_code == 200
    assert deeds() == [Deed.SIGNED_IN]


def test_the_address_is_read_in_any_case(client):
    user = UserFactory(email="zoe@exemple.org")

    client.post(SIGN_IN, {"login": " Zoe@Exemple.ORG ", "password": PASSWORD})

    assert client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize("page", ["login", "logout", "password_change", "password_change_done"])
def test_the_pages_of_the_admin_lead_to_the_one_door(client, page):
    user = UserFactory(role=Role.STAFF)
    anonymous = Client().get(reverse(f"admin:{page}"), follow=True)
    client.force_login(user)
    inside = client.get(reverse(f"admin:{page}"), follow=True)

    assert anonymous.redirect_chain[-1][0].startswith(SIGN_IN)
    assert [address for address, _status in inside.redirect_chain if "/login" in address] == []
    assert inside.status_code == 200


def test_the_page_of_the_admin_signs_nobody_in(client):
    user = UserFactory(role=Role.STAFF)

    client.post(reverse("admin:login"), {"username": user.email, "password": PASSWORD})

    assert not is_in(client)


def test_leaving_by_the_menu_is_written_down(client):
    user = UserFactory(role=Role.STAFF)
    sign_in(client, user)

    answer = client.post(reverse("admin:logout"))

    assert answer.url == SIGN_IN
    assert not is_in(client)
    assert deeds() == [Deed.SIGNED_IN, Deed.SIGNED_OUT]


@pytest.mark.parametrize(
    "name", ["account_signup", "account_email", "account_confirm_login_code", "mfa_trust"]
)
def test_what_nobody_needs_is_not_mounted(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize(
    "address", ["/signup/", "/accounts/signup/", "/connexion/signup/", "/accounts/login/"]
)
def test_nobody_signs_up(client, address):
    UserFactory()

    answer = client.post(
        address, {"email": "intrus@exemple.org", "password1": PASSWORD, "password2": PASSWORD}, follow=True
    )

    assert not User.objects.filter(email="intrus@exemple.org").exists()
    assert answer.status_code in {200, 404}


# --- where it leads -----------------------------------------------------------------------------------------

ELSEWHERE = [
    f"{scheme}{host}{rest}"
    for scheme in (
        "https://",
        "http://",
        "//",
        "///",
        "\\\\",
        "/\\",
        "https:",
        "HTTP://",
        "javascript:",
        "data:",
    )
    for host in ("mal.example", "mal.example@testserver", "testserver.mal.example", "mal%2eexample")
    for rest in ("", "/", "/?next=/", "#", "/%2f..")
]


def led_elsewhere(payloads: list[str]) -> list[str]:
    """Which of the payloads, given to the sign-in page and to the admin's, end on another site."""
    user = UserFactory(role=Role.READER)
    client = Client(raise_request_exception=False)  # some schemes Django itself refuses to lead to
    led = []
    for asked in payloads:
        for address, method in ((SIGN_IN, client.post), (reverse("admin:login"), client.get)):
            said = {"login": user.email, "password": PASSWORD, "next": asked}
            place = method(f"{address}?{urlencode({'next': asked})}", said).headers.get("Location", "/")
            if not place.startswith("/") or place[1:2] in {"/", "\\"}:
                led.append(asked)
        client.logout()
    return led


@override_settings(ACCOUNT_RATE_LIMITS=False)
def test_two_hundred_ways_to_lead_elsewhere_lead_home(monkeypatch):
    """With the guard off most of them lead there."""
    assert len(ELSEWHERE) == 200
    assert led_elsewhere(ELSEWHERE) == []

    monkeypatch.setattr(AccountAdapter, "is_safe_url", lambda self, url: True)

    assert len(led_elsewhere(ELSEWHERE[:40])) == 40


def test_it_leads_to_the_page_that_was_asked_for(client):
    user = UserFactory(role=Role.STAFF)

    answer = client.post(
        f"{SIGN_IN}?next=/contacts/contact/",
        {"login": user.email, "password": PASSWORD, "next": "/contacts/contact/"},
    )

    assert answer.url == "/contacts/contact/"


def test_another_session_begins_at_sign_in(client):
    user = UserFactory(role=Role.STAFF)
    client.get(SIGN_IN)
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key

    sign_in(client, user)

    assert client.session.session_key != session.session_key


# --- what it tells ------------------------------------------------------------------------------------------


def shown(answer: Any, address: str) -> str:
    return str(answer.content.decode()).replace(address, "…")


def test_an_unknown_address_and_a_wrong_password_get_the_same_page():
    user = UserFactory()

    wrong = sign_in(Client(), user, "un autre mot de passe")
    unknown = Client().post(SIGN_IN, {"login": "personne@exemple.org", "password": "un autre mot de passe"})

    assert wrong.status_code == unknown.status_code == 200
    assert _plain(shown(wrong, user.email)) == _plain(shown(unknown, "personne@exemple.org"))


def _plain(page: str) -> str:
    """Without what differs from one page to the next whoever asks."""
    return "\n".join(line for line in page.splitlines() if "csrfmiddlewaretoken" not in line)


@pytest.mark.parametrize("page", ["account_reset_password", "ask_sign_in_link"])
def test_asking_for_a_message_gets_the_same_answer_for_an_unknown_address(page):
    user = UserFactory(role=Role.READER)

    known = Client().post(reverse(page), {"email": user.email}, follow=True)
    unknown = Client().post(reverse(page), {"email": "personne@exemple.org"}, follow=True)

    assert _plain(known.content.decode()) == _plain(unknown.content.decode())


@pytest.mark.parametrize("page", ["account_reset_password", "ask_sign_in_link"])
@override_settings(TASKS={"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}})
def test_asking_for_a_message_is_the_same_work_for_an_unknown_address(page):
    """Nothing is sent by the page: the worker does, so that the time says nothing either."""
    user = UserFactory(role=Role.READER)
    client = Client()
    sign_in(client, user)
    client.post(reverse("account_logout"))
    client.get(reverse("account_login"))  # which says that one is signed out, and forgets it
    done = []
    for address in (user.email, "personne@exemple.org"):
        with CaptureQueriesContext(connection) as queries:
            client.post(reverse(page), {"email": address})
        tasks = [(result.task.name, len(result.args)) for result in default_task_backend.results]
        default_task_backend.clear()
        done.append((len(queries), tasks))

    assert done[0] == done[1]
    assert len(done[0][1]) == 1


@override_settings(
    PASSWORD_HASHERS=["django.contrib.auth.hashers.PBKDF2PasswordHasher"],
    ACCOUNT_RATE_LIMITS=False,
)
def test_an_unknown_address_takes_the_time_of_a_known_one(figure):
    """The hash is by far the longest: it is computed for an unknown address too."""
    users = [UserFactory(password=make_password(PASSWORD)) for _n in range(3)]
    invited = UserFactory()
    invited.set_unusable_password()
    invited.save()
    client = Client()
    times: dict[str, list[float]] = {"known": [], "unknown": [], "invited": []}
    for n in range(4):
        for kind, address in (
            ("known", users[n % 3].email),
            ("unknown", f"personne{n}@exemple.org"),
            ("invited", invited.email),
        ):
            began = time.process_time()
            client.post(SIGN_IN, {"login": address, "password": "un autre mot de passe"})
            times[kind].append(time.process_time() - began)

    middle = {kind: median(taken) for kind, taken in times.items()}
    assert max(middle.values()) / min(middle.values()) < 1.25
    figure(
        f"sign-in: refused in {', '.join(f'{v * 1000:.0f} ms ({k})' for k, v in middle.items())} of processor"
    )


def test_a_refused_sign_in_is_written_down_without_the_address(client):
    user = UserFactory()

    sign_in(client, user, "un autre mot de passe")
    client.post(SIGN_IN, {"login": "personne@exemple.org", "password": "un autre mot de passe"})

    entries = AuditEntry.objects.order_by("pk")
    assert [(entry.deed, entry.actor, entry.record) for entry in entries] == [
        (Deed.SIGN_IN_FAILED, None, str(user.pk)),
        (Deed.SIGN_IN_FAILED, None, ""),
    ]


def test_a_closed_account_does_not_enter_even_with_its_password(client):
    user = UserFactory(role=Role.STAFF, is_active=False)

    answer = sign_in(client, user)

    assert answer.url == reverse("account_inactive")
    assert not is_in(client)


def test_a_password_alone_does_not_open_an_account_that_has_a_second_factor(client):
    user = UserFactory(role=Role.READER)
    with_authenticator(user)

    answer = sign_in(client, user)

    assert answer.url == reverse("mfa_authenticate")
    assert not is_in(client)


# --- passwords ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "kept"),
    [
        ("quinze signes !", True),
        ("quatorze signe", False),
        ("réseau des quatre rivières", False),
        ("Reseau-Quatre-Rivieres-93", False),
        ("maillagemaillage2026", False),
        ("motdepassemotdepasse", False),
        ("trois grues sur la rivière", True),
        ("x" * 64, True),
    ],
)
def test_a_password_is_long_and_not_made_of_the_house_s_own_words(client, password, kept):
    Association.objects.update_or_create(pk=1, defaults={"name": "Réseau des Quatre Rivières"})
    user = UserFactory(role=Role.READER, email="a.b@exemple.org", first_name="A", last_name="B")
    client.force_login(user)

    client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": password, "password2": password},
    )

    user.refresh_from_db()
    assert user.check_password(password) is kept


def test_a_journal_line_is_what_it_was():
    """The deeds of signing in are lines like the others."""
    user = UserFactory()

    entry = record_deed(Deed.SIGNED_IN, by=user, on=user)

    assert (entry.model, entry.record) == ("crm.user", str(user.pk))
