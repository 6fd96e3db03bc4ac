"""A link by e-mail: on a known device, for who may only read, once, for a quarter of an hour."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from django.core import signing
from django.db import connections
from django.test import Client
from django.urls import reverse

from crm.models import AuditEntry, Deed, User
from crm.roles import Role
from crm.signing_in import devices, links
from tests.crm.signing_in.entering import SECOND_STEP, is_in, link_in, sign_in, with_authenticator
from tests.factories import UserFactory


pytestmark = pytest.mark.django_db
ASK = reverse("ask_sign_in_link")


def known_device(user: User) -> Client:
    """A browser in which this account has signed in, and left."""
    client = Client()
    client.force_login(user)
    response = client.get("/deconnexion/")
    devices.remember(response.wsgi_request, response, user)
    client.logout()
    client.cookies.load(response.cookies)
    return client


@pytest.fixture
def reader() -> User:
    return UserFactory(role=Role.READER)


def asked(client: Client, user: User, mailoutbox: Any) -> str:
    client.post(ASK, {"email": user.email})
    return link_in(mailoutbox[-1])


@pytest.mark.parametrize("role", [Role.READER, Role.BOARD])
def test_a_link_opens_on_a_known_device(role, mailoutbox):
    user = UserFactory(role=role)
    client = known_device(user)

    link = asked(client, user, mailoutbox)
    read = client.get(link)
    before = is_in(client)
    entered = client.post(link)

    assert (read.status_code, before) == (200, False)  # a mail filter that follows the link uses nothing up
    assert entered.url == "/"
    assert client.get("/").status_code == 200
    assert [entry.deed for entry in AuditEntry.objects.all()] == [Deed.SIGNED_IN]


def test_a_full_sign_in_is_what_makes_a_device_known(reader, mailoutbox):
    client = Client()
    sign_in(client, reader)
    client.post(reverse("account_logout"))

    page = client.get(reverse("account_login")).content.decode()
    client.post(ASK, {"email": reader.email})

    assert ASK in page
    assert len(mailoutbox) == 1


def test_nothing_is_sent_from_a_device_that_is_not_known(reader, mailoutbox):
    Client().post(ASK, {"email": reader.email})
    known_device(UserFactory(role=Role.READER)).post(ASK, {"email": reader.email})

    assert mailoutbox == []


@pytest.mark.parametrize("role", [Role.MANAGER, Role.STAFF])
def test_nothing_is_sent_to_who_edits_exports_or_manages(role, mailoutbox):
    user = UserFactory(role=role)

    known_device(user).post(ASK, {"email": user.email})

    assert mailoutbox == []


def test_a_link_opens_nothing_elsewhere(reader, mailoutbox):
    link = asked(known_device(reader), reader, mailoutbox)
    thief = Client()

    assert thief.get(link).status_code == 404
    assert thief.post(link).status_code == 404
    assert not is_in(thief)


def test_with_the_guard_off_it_would(reader, mailoutbox, monkeypatch):
    link = asked(known_device(reader), reader, mailoutbox)
    monkeypatch.setattr(devices, "is_known", lambda request, user: True)
    thief = Client()

    thief.post(link)

    assert is_in(thief)


def test_a_cookie_that_somebody_wrote_makes_no_device_known(reader, mailoutbox):
    client = Client()
    client.cookies[devices.COOKIE] = f"{reader.pk}.{devices._stamp(reader)}:signature"

    client.post(ASK, {"email": reader.email})

    assert mailoutbox == []


def test_a_link_serves_once(reader, mailoutbox):
    client = known_device(reader)
    link = asked(client, reader, mailoutbox)
    client.post(link)
    client.logout()
    again = known_device(reader)

    answer = again.post(link)

    assert answer.status_code == 404
    assert not is_in(again)


def test_a_link_serves_for_a_quarter_of_an_hour(reader, mailoutbox, monkeypatch):
    client = known_device(reader)
    link = asked(client, reader, mailoutbox)
    now = time.time()

    monkeypatch.setattr(signing.time, "time", lambda: now + 14 * 60)
    in_time = client.get(link).status_code
    monkeypatch.setattr(signing.time, "time", lambda: now + 16 * 60)
    late = client.get(link).status_code

    assert (in_time, late) == (200, 404)


@pytest.mark.parametrize("change", ["password", "closed", "promoted", "sessions ended"])
def test_a_link_dies_when_the_account_changes(reader, mailoutbox, change):
    client = known_device(reader)
    link = asked(client, reader, mailoutbox)
    if change == "password":
        reader.set_password("trois grues sur la rivière")
    elif change == "closed":
        reader.is_active = False
    elif change == "promoted":
        reader.groups.set(UserFactory(role=Role.STAFF).groups.all())
    else:
        reader.end_sessions()
    reader.save()

    client.post(link)

    assert not is_in(client)


def test_a_link_still_asks_for_the_code_of_who_has_one(reader, mailoutbox):
    with_authenticator(reader)
    client = known_device(reader)

    answer = client.post(asked(client, reader, mailoutbox))

    assert answer.url == SECOND_STEP
    assert not is_in(client)


@pytest.mark.data
def test_a_link_followed_twenty_times_at_the_same_moment_opens_once(transactional_db):
    user = UserFactory(role=Role.READER)
    token = links.sign_in_link(user).rstrip("/").rsplit("/", 1)[1]
    together = threading.Barrier(20)
    used: list[bool] = []

    def follow() -> None:
        try:
            together.wait(20)
            used.append(links.use(token))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=follow) for _n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert len(used) == 20
    assert sum(used) == 1
