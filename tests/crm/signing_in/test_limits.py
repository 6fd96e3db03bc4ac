"""Limits: a guesser is stopped, an office behind one address is not, nobody is shut out for long, and processes share the count."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client, override_settings

from crm.expiring import forget_tries
from crm.models import AuditEntry, Deed, User
from crm.roles import Role
from tests.crm.signing_in.entering import SIGN_IN, is_in, sign_in
from tests.factories import PASSWORD, UserFactory


WRONG = "un autre mot de passe"
A_QUARTER_OF_AN_HOUR = 15 * 60


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Make the limits' clock go on by so many seconds."""
    now = [time.time()]
    monkeypatch.setattr("allauth.core.internal.ratelimit.time.time", lambda: now[0])
    return lambda seconds: now.__setitem__(0, now[0] + seconds)


def guesses(user: User, number: int, **from_where: Any) -> int:
    """How many of so many wrong passwords were looked at."""
    before = AuditEntry.objects.filter(deed=Deed.SIGN_IN_FAILED).count()
    for n in range(number):
        place = {name: value(n) if callable(value) else value for name, value in from_where.items()}
        Client(**place).post(SIGN_IN, {"login": user.email, "password": f"{WRONG} {n}"})
    return AuditEntry.objects.filter(deed=Deed.SIGN_IN_FAILED).count() - before


@pytest.mark.django_db
def test_five_hundred_passwords_on_one_account_are_stopped_at_the_fifth(figure):
    user = UserFactory()

    with override_settings(ACCOUNT_RATE_LIMITS=False):
        assert guesses(user, 20) == 20  # the attack, with the guard off
    looked_at = guesses(user, 500)

    assert looked_at == 5
    figure(f"sign-in: 500 passwords on one account from one address, {looked_at} looked at")


@pytest.mark.django_db
def test_passwords_from_a_hundred_addresses_are_stopped_too():
    user = UserFactory()

    looked_at = guesses(user, 150, REMOTE_ADDR=lambda n: f"203.0.113.{n % 100}")

    assert looked_at == 50


@pytest.mark.django_db
def test_one_password_on_five_hundred_accounts_from_one_address_is_stopped():
    UserFactory()
    client = Client()

    for n in range(500):
        client.post(SIGN_IN, {"login": f"compte{n}@ailleurs.example", "password": WRONG})

    assert AuditEntry.objects.filter(deed=Deed.SIGN_IN_FAILED).count() == 60


@pytest.mark.django_db
def test_an_address_written_by_the_guesser_changes_nothing():
    user = UserFactory()

    forged = {
        "HTTP_X_FORWARDED_FOR": lambda n: f"198.51.100.{n}",
        "HTTP_X_REAL_IP": lambda n: f"198.51.100.{n}",
        "HTTP_FORWARDED": lambda n: f"for=198.51.100.{n}",
    }

    assert guesses(user, 30, **forged) == 5


@pytest.mark.django_db
@override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=1)
def test_behind_one_proxy_of_ours_only_what_it_adds_is_believed():
    user, other = UserFactory(), UserFactory()

    forged = guesses(user, 30, HTTP_X_FORWARDED_FOR=lambda n: f"198.51.100.{n}, 192.0.2.7")
    real = guesses(other, 30, HTTP_X_FORWARDED_FOR=lambda n: f"1.1.1.1, 192.0.2.{n}")

    assert (forged, real) == (5, 30)


@pytest.mark.django_db
def test_twenty_colleagues_behind_one_address_sign_in_at_nine():
    """Each mistypes twice; one tries three times more. Nobody is held back by the others."""
    colleagues = [UserFactory(role=Role.STAFF) for _n in range(20)]
    entered = 0
    for user in colleagues:
        client = Client(REMOTE_ADDR="192.0.2.10")
        for _mistake in range(2):
            sign_in(client, user, WRONG)
        sign_in(client, user)
        entered += is_in(client)

    assert entered == 20


@pytest.mark.django_db
def test_nobody_is_shut_out_for_more_than_a_quarter_of_an_hour(clock):
    """An attacker who goes on from many places keeps the holder out of a new device, never longer than the limit's term."""
    user = UserFactory()
    guesses(user, 60, REMOTE_ADDR=lambda n: f"203.0.113.{n}")
    client = Client(REMOTE_ADDR="192.0.2.10")

    sign_in(client, user)
    at_once = is_in(client)
    clock(A_QUARTER_OF_AN_HOUR + 1)
    sign_in(client, user)

    assert (at_once, is_in(client)) == (False, True)
    durations = [
        rate.split("/")[1]
        for rates in settings.ACCOUNT_RATE_LIMITS.values()
        for rate in rates.split(",")
        if rate
    ]
    assert {*durations} <= {"m", "5m", "15m"}


@pytest.mark.django_db
def test_a_device_that_knows_the_account_is_not_shut_out_by_a_guesser_elsewhere():
    user = UserFactory()
    own = Client(REMOTE_ADDR="192.0.2.10")
    sign_in(own, user)
    own.post("/deconnexion/")
    guesses(user, 60, REMOTE_ADDR=lambda n: f"203.0.113.{n}")
    guesses(user, 10, REMOTE_ADDR="192.0.2.10")

    sign_in(own, user)

    assert is_in(own)


@pytest.mark.django_db
def test_a_known_device_guesses_no_more_than_another():
    user = UserFactory()
    own = Client()
    sign_in(own, user)
    own.post("/deconnexion/")

    for n in range(30):
        own.post(SIGN_IN, {"login": user.email, "password": f"{WRONG} {n}"})

    assert AuditEntry.objects.filter(deed=Deed.SIGN_IN_FAILED).count() == 5


@pytest.mark.django_db
def test_messages_are_asked_for_three_times_in_five_minutes_at_most(mailoutbox):
    user = UserFactory()

    answers = [Client().post("/connexion/oubli/", {"email": user.email}).status_code for _n in range(5)]

    assert answers == [302, 302, 302, 429, 429]
    assert len(mailoutbox) == 3


@pytest.mark.django_db
def test_a_page_says_so_when_too_much_was_tried():
    UserFactory()
    client = Client()
    with override_settings(ACCOUNT_RATE_LIMITS={"login": "1/m/ip"}):
        client.post(SIGN_IN, {})
        answer = client.post(SIGN_IN, {})

    assert answer.status_code == 429
    assert "Patientez quelques minutes" in answer.content.decode()


# --- several processes --------------------------------------------------------------------------------------

GUESSING = """
import django
django.setup()
from django.conf import settings
settings.ALLOWED_HOSTS.append("testserver")
settings.PASSWORD_HASHERS[:] = ["django.contrib.auth.hashers.MD5PasswordHasher"]
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
from django.test import Client
for n in range(20):
    Client().post("/connexion/", {"login": "zoe@exemple.org", "password": f"pas le bon %s {n}"})
"""


@pytest.mark.data
@pytest.mark.parametrize(("cache_of", "looked_at"), [("locmemcache://", 20), ("dbcache://crm_cache", 5)])
def test_four_processes_share_one_limit(transactional_db, database_url, tmp_path, cache_of, looked_at):
    """With a cache of its own in each process, the guard is off: each lets five through."""
    UserFactory(email="zoe@exemple.org")
    connection.close()
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "CACHE_URL": cache_of,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": settings.SECRET_KEY,
        "VAR_DIR": str(tmp_path),
    }
    running = [
        subprocess.Popen([sys.executable, "-c", GUESSING % n], cwd=settings.BASE_DIR, env=environment)
        for n in range(4)
    ]
    ended = [process.wait(120) for process in running]

    assert ended == [0, 0, 0, 0]
    assert AuditEntry.objects.filter(deed=Deed.SIGN_IN_FAILED).count() == looked_at


@pytest.mark.django_db
@pytest.mark.data
def test_the_shared_cache_is_there_once_the_base_is_migrated():
    cache.set("essai", [1, 2])

    assert cache.get("essai") == [1, 2]
    assert cache.add("essai", 3) is False
    assert "crm_cache" in connection.introspection.table_names()


@pytest.mark.django_db
def test_a_right_password_is_not_counted_as_a_try():
    user = UserFactory()

    entered = []
    for _n in range(12):
        client = Client()
        sign_in(client, user, PASSWORD)
        entered.append(is_in(client))

    assert entered == [True] * 12


@pytest.mark.django_db
@pytest.mark.data
def test_what_was_counted_is_forgotten_in_the_morning():
    cache.set("hier", 1, timeout=-1)
    cache.set("ce-matin", 1, timeout=600)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO crm_cache (cache_key, value, expires) VALUES ('essai', 'x', '2020-01-01 00:00:00')"
        )

    forgotten = forget_tries()

    assert forgotten >= 1
    assert cache.get("ce-matin") == 1
