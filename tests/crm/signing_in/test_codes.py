"""Authenticators, codes and keys: added, given once, not gone round, taken away."""

from __future__ import annotations

import threading

import pytest
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.db import connections
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse

from crm.models import AuditEntry, Deed, User
from crm.roles import Role
from crm.signing_in.forms import CodeForm
from tests.crm.signing_in.entering import (
    SECOND_STEP,
    code_of,
    factors_of,
    half,
    is_in,
    link_in,
    secret_shown,
    sign_in,
    with_authenticator,
)
from tests.factories import UserFactory


pytestmark = pytest.mark.django_db
NEW_AUTHENTICATOR = reverse("mfa_activate_totp")


# --- an authenticator ---------------------------------------------------------------------------------------


def enrol(client: Client) -> str:
    page = client.get(NEW_AUTHENTICATOR)
    secret = secret_shown(page)
    answer = client.post(NEW_AUTHENTICATOR, {"code": code_of(secret)})
    assert answer.status_code == 302, answer.context["form"].errors
    return secret


def test_adding_an_authenticator_opens_the_house_and_gives_recovery_codes(required):
    user, client = half(Role.STAFF)

    enrol(client)

    assert client.get("/").status_code == 200
    assert factors_of(user) == {"totp", "recovery_codes"}
    codes = client.get("/mon-compte/codes/").content.decode()
    assert codes.count("<code>") == 10
    changed = AuditEntry.objects.get(deed=Deed.FACTOR_CHANGED)
    assert (changed.actor, changed.fields) == (user, ["totp"])


def test_the_secret_is_not_readable_in_the_base(required):
    user, client = half(Role.STAFF)

    secret = enrol(client)

    kept = Authenticator.objects.get(user=user, type="totp").data
    assert secret not in str(kept)
    with override_settings(SECRET_KEY="x" * 50, SECRET_KEY_FALLBACKS=[]):
        assert get_adapter().decrypt(kept["secret"]) != secret


def test_then_the_password_and_the_code_open(required):
    user = UserFactory(role=Role.STAFF)
    secret = with_authenticator(user)
    client = Client()

    first = sign_in(client, user)
    wrong = client.post(SECOND_STEP, {"code": "000000"})
    right = client.post(SECOND_STEP, {"code": code_of(secret)})

    assert first.url == SECOND_STEP
    assert wrong.status_code == 200
    assert right.url == "/"
    assert client.get("/").status_code == 200
    assert [entry.deed for entry in AuditEntry.objects.order_by("pk")] == [
        Deed.SIGN_IN_FAILED,
        Deed.SIGNED_IN,
    ]


def give(user: User, code: str) -> bool:
    client = Client()
    sign_in(client, user)
    client.post(SECOND_STEP, {"code": code})
    return is_in(client)


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_code_serves_once(steps, monkeypatch):
    user = UserFactory(role=Role.STAFF)
    code = code_of(with_authenticator(user), steps=steps)

    assert [give(user, code), give(user, code)] == [True, False]


def test_with_the_guard_off_a_code_of_the_last_half_minute_serves_again(monkeypatch):
    """allauth forgets a code after thirty seconds, though it accepts it for ninety."""
    monkeypatch.setattr("crm.signing_in.forms.spend", lambda user, code: True)
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.TOTP._mark_code_used", lambda self, code: True)
    user = UserFactory(role=Role.STAFF)
    code = code_of(with_authenticator(user))

    assert [give(user, code), give(user, code)] == [True, True]


def test_the_code_that_enrolled_does_not_sign_in(required):
    user, client = half(Role.STAFF)
    secret = enrol(client)

    assert give(user, code_of(secret)) is False


def test_a_code_older_or_later_than_a_minute_is_refused():
    user = UserFactory(role=Role.STAFF)
    secret = with_authenticator(user)

    assert [give(user, code_of(secret, steps=steps)) for steps in (-4, 4)] == [False, False]


def test_a_code_is_guessed_five_times_at_most():
    user = UserFactory(role=Role.STAFF)
    secret = with_authenticator(user)
    client = Client()
    sign_in(client, user)
    right = code_of(secret)
    for n in range(8):
        client.post(SECOND_STEP, {"code": f"{n:06}"})

    client.post(SECOND_STEP, {"code": right})

    assert not is_in(client)


@pytest.mark.parametrize("kind", ["totp", "recovery_codes"])
@pytest.mark.data
def test_one_code_is_one_use_under_twenty_threads(transactional_db, kind):
    user = UserFactory(role=Role.STAFF)
    code = code_of(with_authenticator(user))
    if kind == "recovery_codes":
        code = RecoveryCodes.activate(user).generate_codes()[0]
    together = threading.Barrier(20)
    taken: list[bool] = []

    def take() -> None:
        try:
            together.wait(20)
            form = CodeForm(user=user, data={"code": code})
            taken.append(_valid(form))
        finally:
            connections.close_all()

    with override_settings(ACCOUNT_RATE_LIMITS=False):
        threads = [threading.Thread(target=take) for _n in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)

    assert len(taken) == 20
    assert sum(taken) == 1


def _valid(form: CodeForm) -> bool:
    with context.request_context(RequestFactory().post("/")):
        return form.is_valid()


def test_a_recovery_code_opens_once():
    user = UserFactory(role=Role.STAFF)
    with_authenticator(user)
    code = RecoveryCodes.activate(user).generate_codes()[3]

    assert [give(user, code), give(user, code)] == [True, False]


# --- another password does not go round it ------------------------------------------------------------------


def test_another_password_by_a_link_still_asks_for_the_code(mailoutbox):
    user = UserFactory(role=Role.STAFF)
    with_authenticator(user)
    client = Client()
    client.post(reverse("account_reset_password"), {"email": user.email})
    page = client.get(link_in(mailoutbox[0]), follow=True)
    new = "trois grues sur la rivière"
    done = client.post(page.redirect_chain[-1][0], {"password1": new, "password2": new})

    entered = sign_in(client, user, new)

    assert done.url == reverse("account_reset_password_from_key_done")
    assert entered.url == SECOND_STEP
    assert not is_in(client)


# --- removing -----------------------------------------------------------------------------------------------


def test_who_must_have_one_does_not_remove_the_last(required):
    user, client = half(Role.STAFF)
    enrol(client)

    client.post(reverse("mfa_deactivate_totp"))

    assert "totp" in factors_of(user)


def test_who_need_not_have_one_removes_it_and_its_codes(client):
    user = UserFactory(role=Role.READER)
    client.force_login(user)
    with_authenticator(user)

    client.post(reverse("mfa_deactivate_totp"))

    assert factors_of(user) == set()
    assert AuditEntry.objects.filter(deed=Deed.FACTOR_CHANGED).count() == 1


def test_nobody_removes_the_key_of_somebody_else(client):
    other = Authenticator.objects.create(
        user=UserFactory(), type="webauthn", data={"name": "Clé", "credential": {}}
    )
    client.force_login(UserFactory(role=Role.MANAGER))

    assert client.post(reverse("mfa_remove_webauthn", args=[other.pk])).status_code == 404
    assert Authenticator.objects.filter(pk=other.pk).exists()


def test_the_manager_takes_away_the_factors_of_who_lost_a_telephone():
    user = UserFactory(role=Role.STAFF)
    with_authenticator(user)
    manager = Client()
    manager.force_login(UserFactory(role=Role.MANAGER))
    own = Client()
    own.force_login(user)

    manager.post(reverse("admin:crm_user_remove_factors", args=[user.pk]))

    assert factors_of(user) == set()
    assert own.get("/").status_code == 302
