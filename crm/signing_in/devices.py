"""The devices an account has signed in on: a signed cookie, long-lived, that opens nothing by itself.

It is asked for before a sign-in link is sent, and it keeps an attacker elsewhere from shutting somebody out of their account.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import constant_time_compare, salted_hmac


if TYPE_CHECKING:
    from crm.models import User

COOKIE: Final = "__Host-appareil" if settings.SECURE else "appareil"
SALT: Final = "crm.signing_in.devices"
DAYS: Final = 180
ACCOUNTS: Final = 10
"""How many accounts one device remembers: a shared computer has several."""


def remember(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    """Note that this account has signed in here; another password, or ended sessions, make every device forget it."""
    known = {**_known(request)}
    known.pop(str(user.pk), None)
    kept = [*[*known.items()][-(ACCOUNTS - 1) :], (str(user.pk), _stamp(user))]
    response.set_signed_cookie(
        COOKIE,
        " ".join(f"{number}.{stamp}" for number, stamp in kept),
        salt=SALT,
        max_age=DAYS * 24 * 3600,
        httponly=True,
        secure=settings.SECURE,
        samesite="Lax",
    )


def is_any_known(request: HttpRequest) -> bool:
    """Whether somebody has signed in here before."""
    return bool(_known(request))


def is_known(request: HttpRequest, user: User) -> bool:
    """Whether this account has signed in here before, with the password it has now."""
    return constant_time_compare(_known(request).get(str(user.pk), ""), _stamp(user))


def _known(request: HttpRequest) -> dict[str, str]:
    kept = request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=DAYS * 24 * 3600) or ""
    return dict(item.split(".", 1) for item in kept.split() if "." in item)


def _stamp(user: User) -> str:
    return salted_hmac(SALT, user.get_session_auth_hash(), algorithm="sha256").hexdigest()[:20]
