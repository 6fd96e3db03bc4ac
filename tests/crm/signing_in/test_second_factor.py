"""The second factor: who must give it, what is closed until they have, and that no code serves twice."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import Any

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
from crm.signing_in import factors, middleware
from crm.signing_in.forms import CodeForm
from tests.crm.signing_in.entering import (
    SECOND_FACTOR,
    SECOND_STEP,
    code_of,
    factors_of,
    is_in,
    link_in,
    secret_shown,
    sign_in,
    with_authenticator,
)
from tests.crm.test_doors import OLD_ADDRESS, PAGES, RECORD
from tests.factories import ChannelFactory, InteractionFactory, PersonFactory, UserFactory


pytestmark = pytest.mark.django_db
NEW_AUTHENTICATOR, NEW_KEY = reverse("mfa_activate_totp"), reverse("mfa_add_webauthn")
SECRET_WORDS = ("Quintessence", "Farfadet", "Hippocampe")


@pytest.fixture
def required(settings: Any) -> None:
    settings.SECOND_FACTOR = True


def half(role: Role, *, enrolled: bool = False) -> tuple[User, Client]:
    """Somebody who has given a password only."""
    user = UserFactory(role=role)
    client = Client(raise_request_exception=False)
    sign_in(client, user)
    if enrolled:
        with_authenticator(user)
    assert is_in(client)
    return user, client


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


def every_address() -> list[tuple[str, str]]:
    """Each page with an address, whatever it asks for filled with what exists or with 1."""
    person = PersonFactory()
    found = []
    for page in PAGES:
        if page.name in {"admin:", ""} or page.route.endswith(OLD_ADDRESS):
            continue
        values = [person.pk if name in RECORD else page.value_of(name) or 1 for name in page.arguments]
        found.append((page.name, reverse(page.name, args=values)))
    return found


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
def test_no_address_shows_anything_to_who_is_half_signed_in(required, role, enrolled):
    private_data()
    _user, client = half(role, enrolled=enrolled)

    addresses = every_address()
    shown = leaks(client, addresses)

    print(
        f"\n{len(addresses)} addresses, GET and POST, half signed in as {role}: {len(shown)} show something"
    )
    assert shown == {}


def test_with_the_guard_off_the_same_addresses_tell_everything(required, monkeypatch):
    private_data()
    _user, client = half(Role.STAFF)
    monkeypatch.setattr(middleware, "is_half", lambda request: False)

    assert len(leaks(client, every_address()[::5])) > 20


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
