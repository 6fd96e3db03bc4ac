"""Signing in as people do, and the codes that their telephones show."""

from __future__ import annotations

import re
import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse

from crm.models import User
from crm.roles import Role
from tests.factories import PASSWORD, UserFactory


SIGN_IN = reverse("account_login")
SECOND_STEP = reverse("mfa_authenticate")
SECOND_FACTOR = reverse("second_factor")


def sign_in(client: Client, user: User, password: str = PASSWORD, **more: Any) -> Any:
    """What the sign-in page answers to this address and password."""
    return client.post(SIGN_IN, {"login": user.email, "password": password}, **more)


def with_authenticator(user: User) -> str:
    """Give the account an authenticator; its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def code_of(secret: str, *, steps: int = 0) -> str:
    """What an authenticator shows now, or some half minutes from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def secret_shown(page: Any) -> str:
    """The secret that the page of enrolment asks one to copy."""
    return str(page.context["form"].secret)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def link_in(message: EmailMessage) -> str:
    """The path of the one link of a message."""
    found = re.search(r"https?://[^/\s]+(/\S+)", str(message.body))
    assert found is not None
    return found[1]


def factors_of(user: User) -> set[str]:
    return {*Authenticator.objects.filter(user=user).values_list("type", flat=True)}


def half(role: Role, *, enrolled: bool = False) -> tuple[User, Client]:
    """Somebody who has given a password only."""
    user = UserFactory(role=role)
    client = Client(raise_request_exception=False)
    sign_in(client, user)
    if enrolled:
        with_authenticator(user)
    assert is_in(client)
    return user, client
