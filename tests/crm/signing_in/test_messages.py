"""Messages about an account: from the association, in French, with links to the address people type and to no other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from email.message import EmailMessage
from typing import Any

import pytest
from allauth.core import context
from django.contrib.auth.models import Group
from django.core import mail
from django.test import Client, override_settings
from django.urls import reverse

from crm.check_ups import _sign_in
from crm.models import Association, User
from crm.roles import Role
from crm.signing_in import mails
from tests.crm.signing_in.entering import is_in, link_in, sign_in
from tests.crm.signing_in.post_office import post_office
from tests.crm.signing_in.test_links import known_device
from tests.factories import PASSWORD, UserFactory


pytestmark = pytest.mark.django_db
SITE = "http://localhost:8000"
NEW = "trois grues sur la rivière"


@pytest.fixture
def delivered(settings: Any) -> Iterator[list[EmailMessage]]:
    """What a real server was given over the network."""
    with post_office() as (port, kept):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        yield kept


@pytest.fixture
def association() -> Association:
    row = Association.own()
    row.name, row.sender_name, row.sender_email = "Réseau Œuvre", "Le réseau", "contact@reseau.example"
    row.save()
    return row


def test_the_three_messages_reach_a_real_server_in_french_from_the_association(delivered, association):
    reader = UserFactory(role=Role.READER, email="lu@exemple.org")
    manager = Client()
    manager.force_login(UserFactory(role=Role.MANAGER, first_name="Camille", last_name="Aubry"))
    manager.post(
        "/crm/user/add/",
        {
            "email": "zoe@exemple.org",
            "first_name": "Zoé",
            "last_name": "D",
            "is_active": "on",
            "role": Group.objects.get(name=Role.READER.value).pk,
        },
    )
    Client().post(reverse("account_reset_password"), {"email": reader.email})
    known_device(reader).post(reverse("ask_sign_in_link"), {"email": reader.email})

    assert [message["Subject"].strip() for message in delivered] == [
        "Votre accès à l’outil de Réseau Œuvre",
        "Choisir un nouveau mot de passe",
        "Votre lien de connexion",
    ]
    assert {message["From"] for message in delivered} == {"Le réseau <contact@reseau.example>"}
    assert [message["To"] for message in delivered] == ["zoe@exemple.org", "lu@exemple.org", "lu@exemple.org"]
    for message in delivered:
        text = message.get_content()
        assert text.startswith("Bonjour,")
        assert text.count(SITE) == 1


def test_the_links_that_a_real_server_delivered_open(delivered):
    user = UserFactory(role=Role.STAFF)
    client = Client()
    client.post(reverse("account_reset_password"), {"email": user.email})
    text = delivered[0].get_content()
    link = next(word for word in text.split() if word.startswith(SITE)).removeprefix(SITE)

    page = client.get(link, follow=True)
    client.post(page.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})

    entered = Client()
    sign_in(entered, user, NEW)
    assert is_in(entered)


HOSTS = [
    f"{name}{port}"
    for name in (
        "mal.example", "localhost.mal.example", "mal.example#localhost", "mal.example/localhost", "127.0.0.1.mal.example",
        "[::1].mal.example", "localhost@mal.example", "mal%2eexample", "xn--mal.example", "LOCALHOST.mal.example",
    )
    for port in ("", ":80", ":8000", ":443", ":99999")
]  # fmt: skip
HEADERS = ("HTTP_HOST", "HTTP_X_FORWARDED_HOST", "HTTP_X_HOST", "HTTP_X_FORWARDED_SERVER", "HTTP_FORWARDED")


def links_for(host: str) -> set[str]:
    """The hosts of the links of messages asked for under that name."""
    mail.outbox.clear()
    user = UserFactory(role=Role.READER)
    client = known_device(user)
    client.raise_request_exception = False
    forged = dict.fromkeys(HEADERS, host)
    client.post(reverse("account_reset_password"), {"email": user.email}, **forged)
    client.post(reverse("ask_sign_in_link"), {"email": user.email}, **forged)
    return {word.split("/")[2] for sent in mail.outbox for word in sent.body.split() if "://" in word}


@override_settings(ALLOWED_HOSTS=["*"], ACCOUNT_RATE_LIMITS=False)
def test_fifty_forged_hosts_change_no_link(monkeypatch):
    """Even where every host were let in; Django itself refuses them otherwise."""
    found = {host: links_for(host) for host in HOSTS}

    assert len(HOSTS) == 50
    assert {link for links in found.values() for link in links} == {"localhost:8000"}
    assert sum(bool(links) for links in found.values()) >= 25  # the others are no host at all, and got 400


@override_settings(ALLOWED_HOSTS=["*"], ACCOUNT_RATE_LIMITS=False)
def test_with_the_guard_off_a_forged_host_is_in_the_link(monkeypatch):
    monkeypatch.setattr(
        "crm.signing_in.links.address_of", lambda path: context.request.build_absolute_uri(path)
    )

    assert links_for("mal.example") == {"mal.example"}


@override_settings(ACCOUNT_RATE_LIMITS=False)
def test_a_forged_host_is_refused_before_anything_is_sent():
    assert links_for("mal.example") == set()


def test_a_change_in_how_an_account_is_entered_is_told_to_its_holder(mailoutbox):
    user = UserFactory(role=Role.READER)
    client = Client()
    client.force_login(user)

    client.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    )

    assert [(message.to, message.subject) for message in mailoutbox] == [
        ([user.email], "Un moyen de connexion de votre compte a changé")
    ]
    assert NEW not in mailoutbox[0].body


def test_a_reset_link_serves_once_and_ends_what_was_open(mailoutbox):
    user = UserFactory(role=Role.READER)
    open_elsewhere = Client()
    sign_in(open_elsewhere, user)
    client = Client()
    client.post(reverse("account_reset_password"), {"email": user.email})
    link = link_in(mailoutbox[0])
    page = client.get(link, follow=True)
    client.post(page.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})

    second = Client().get(link, follow=True)

    assert "Ce lien a déjà servi" in second.content.decode()
    assert open_elsewhere.get("/").status_code == 302


@pytest.mark.parametrize("name", ["Le réseau\r\nBcc: mal@mal.example", "Reseau\nBcc: mal@mal.example"])
def test_a_name_with_a_line_break_writes_no_header(delivered, name):
    Association.objects.update_or_create(
        pk=1, defaults={"sender_name": name, "sender_email": "contact@reseau.example"}
    )
    user = UserFactory()

    with suppress(ValueError):  # Django refuses the second; the first is encoded whole
        mails.send_mail("changed", user)

    assert [(message["To"], message["Bcc"]) for message in delivered] in ([], [(user.email, None)])


def test_nothing_is_sent_to_a_closed_account(mailoutbox):
    user = UserFactory(is_active=False)

    Client().post(reverse("account_reset_password"), {"email": user.email})

    assert mailoutbox == []
    assert User.objects.filter(pk=user.pk).exists()


def test_the_doctor_says_what_a_public_address_wants(settings):
    assert [*_sign_in()] == []  # a private machine wants nothing

    settings.SECURE, settings.SECOND_FACTOR = True, False
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

    assert [
        ("SECOND_FACTOR" in a.cure, "EMAIL_URL" in a.cure, "CACHE_URL" in a.cure) for a in _sign_in()
    ] == [
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ]
