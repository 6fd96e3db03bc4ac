"""An invitation: an account without a password, a link that serves once and for a week."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from crm.models import AuditEntry, Deed, User
from crm.roles import Role
from crm.signing_in.inviting import invite, link_of
from tests.crm.signing_in.entering import is_in, link_in, sign_in
from tests.factories import UserFactory


pytestmark = pytest.mark.django_db
ADD = "/crm/user/add/"
NEW = "trois grues sur la rivière"
CHOSEN = {"password1": NEW, "password2": NEW}
CONSOLE = override_settings(EMAIL_BACKEND="django.core.mail.backends.console.EmailBackend")


@pytest.fixture
def manager() -> Client:
    client = Client()
    client.force_login(UserFactory(role=Role.MANAGER, first_name="Camille", last_name="Aubry"))
    return client


def add(manager: Client, role: Role = Role.STAFF) -> Any:
    said = {
        "email": "zoe@exemple.org",
        "first_name": "Zoé",
        "last_name": "Durand",
        "is_active": "on",
        "role": Group.objects.get(name=role.value).pk,
    }
    return manager.post(ADD, said, follow=True)


@pytest.fixture
def invited(manager: Client, mailoutbox: Any) -> User:
    add(manager)
    return User.objects.get(email="zoe@exemple.org")


def test_an_address_and_a_role_make_an_account_that_waits_for_its_holder(manager, mailoutbox):
    page = add(manager)

    user = User.objects.get(email="zoe@exemple.org")
    assert not user.has_usable_password()
    assert [group.name for group in user.groups.all()] == [Role.STAFF]
    assert [message.to for message in mailoutbox] == [["zoe@exemple.org"]]
    assert "Camille Aubry vous ouvre un compte" in mailoutbox[0].body
    assert "L’invitation est partie" in page.content.decode()
    assert AuditEntry.objects.filter(deed=Deed.INVITED, record=str(user.pk)).count() == 1


def test_the_holder_chooses_a_password_and_is_in(invited, mailoutbox):
    client = Client()
    link = link_in(mailoutbox[0])

    asked = client.get(link)
    entered = client.post(link, CHOSEN)

    assert asked.status_code == 200
    assert entered.url == "/"
    assert client.get("/").status_code == 200
    other = Client()
    sign_in(other, invited, NEW)
    assert is_in(other)


def test_the_holder_chooses_a_passkey_and_is_led_to_make_it(invited, mailoutbox):
    client = Client()

    entered = client.post(link_in(mailoutbox[0]), {"choice": "key"})

    assert entered.url == reverse("mfa_add_webauthn")
    assert client.get(entered.url).status_code == 200


@override_settings(SECOND_FACTOR=True)
def test_the_holder_finds_nothing_before_the_second_factor_that_the_role_asks_for(invited, mailoutbox):
    client = Client()

    client.post(link_in(mailoutbox[0]), CHOSEN)

    assert client.get("/").url.startswith(reverse("second_factor"))


@pytest.mark.parametrize(
    ("first", "second"), [(NEW, "une autre phrase assez longue"), ("court", "court"), ("", "")]
)
def test_a_password_that_does_not_hold_is_refused_and_nothing_is_used_up(invited, mailoutbox, first, second):
    client = Client()
    link = link_in(mailoutbox[0])

    answer = client.post(link, {"password1": first, "password2": second})

    assert answer.context["form"].errors
    assert not is_in(client)
    assert client.get(link).status_code == 200


@pytest.mark.parametrize("choice", [CHOSEN, {"choice": "key"}])
def test_an_invitation_serves_once(invited, mailoutbox, choice):
    link = link_in(mailoutbox[0])
    Client().post(link, choice)
    thief = Client()

    answer = thief.post(
        link, {"password1": "une phrase de voleur pressé", "password2": "une phrase de voleur pressé"}
    )

    assert answer.status_code == 404
    assert not is_in(thief)


def test_an_invitation_holds_for_a_week(invited, mailoutbox):
    link = link_in(mailoutbox[0])
    statuses = []
    for age in (timedelta(days=6, hours=23), timedelta(days=7, minutes=1)):
        User.objects.filter(pk=invited.pk).update(invited_at=timezone.now() - age)
        invited.refresh_from_db()
        statuses.append(Client().get(link_of(invited).removeprefix("http://localhost:8000")).status_code)

    assert statuses == [200, 404]
    assert Client().get(link).status_code == 404


def test_a_second_invitation_makes_the_first_void(manager, invited, mailoutbox):
    manager.post(reverse("admin:crm_user_invite", args=[invited.pk]))

    first, second = (link_in(message) for message in mailoutbox)
    assert first != second
    assert [Client().get(link).status_code for link in (first, second)] == [404, 200]


@pytest.mark.parametrize("token", ["x", "1:2:3", "WzEsInh4Il0:abc", "%00", "a" * 500])
def test_a_link_that_somebody_made_up_opens_nothing(invited, token):
    assert Client().post(f"/connexion/invitation/{token}/", CHOSEN).status_code == 404


def test_a_closed_account_s_invitation_opens_nothing(invited, mailoutbox):
    User.objects.filter(pk=invited.pk).update(is_active=False)

    assert Client().get(link_in(mailoutbox[0])).status_code == 404


def test_who_has_entered_is_not_invited_again(manager, mailoutbox):
    user = UserFactory(role=Role.STAFF)

    answer = manager.post(reverse("admin:crm_user_invite", args=[user.pk]), follow=True)

    assert mailoutbox == []
    assert "n’a plus besoin d’invitation" in answer.content.decode()


# --- when nothing can be sent -------------------------------------------------------------------------------


@CONSOLE
def test_without_a_server_the_page_shows_the_link_and_does_not_claim_it_was_sent(manager, capsys):
    page = add(manager).content.decode()

    user = User.objects.get(email="zoe@exemple.org")
    assert link_of(user) in page
    assert "Aucun serveur d’envoi n’est réglé" in page
    assert "L’invitation est partie" not in page
    assert Client().get(link_of(user).removeprefix("http://localhost:8000")).status_code == 200
    assert "connexion/invitation" not in capsys.readouterr().out


def test_a_server_that_does_not_answer_is_said(manager, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    page = add(manager).content.decode()

    assert "L’invitation n’a pas pu partir" in page
    assert User.objects.filter(email="zoe@exemple.org").exists()


def test_who_may_not_manage_accounts_invites_nobody(invited, mailoutbox):
    client = Client()
    client.force_login(UserFactory(role=Role.STAFF))

    for name in ("crm_user_invite", "crm_user_end_sessions", "crm_user_remove_factors"):
        assert client.post(reverse(f"admin:{name}", args=[invited.pk])).status_code == 403
        assert client.get(reverse(f"admin:{name}", args=[invited.pk])).status_code in {403, 405}
    assert len(mailoutbox) == 1


def test_inviting_says_whether_the_message_left(mailoutbox):
    user = UserFactory()

    assert invite(user, by=UserFactory()) is True
    with CONSOLE:
        assert invite(user, by=UserFactory()) is False
    assert len(mailoutbox) == 1
