"""Signing in without the sign-in page: the cookie of a session made straight in the base."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.test import Client

from crm.models import User


if TYPE_CHECKING:
    from playwright._impl._api_structures import SetCookieParam


def cookie_of(user: User, site: str) -> SetCookieParam:
    """The cookie that signs this account in on that site, which uses the same base and the same secret key."""
    client = Client()
    client.force_login(user)
    return {
        "name": settings.SESSION_COOKIE_NAME,
        "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "url": site,
    }
