"""What stands before every page for who is signed in: sessions that have lasted, and second factors not given yet."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.auditing import record_deed
from crm.models import Deed
from crm.signing_in import factors
from crm.signing_in.sessions import BEGAN, SEEN


SECONDS_BETWEEN_NOTES: Final = 60.0
"""How often at most a session writes that it is in use."""

# The pages of who has not given the second factor: the first three for who has one, all of them for who has none yet.
WAY_OUT: Final = frozenset(
    {"account_logout", "admin:logout", "set_language", "admin:jsi18n", "second_factor"}
)
ENROLMENT: Final = frozenset({"mfa_activate_totp", "mfa_add_webauthn"})


class SignInMiddleware:
    """Send whoever is only half signed in where they finish, and whoever stayed away too long to sign in again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        if not request.user.is_authenticated:
            return None
        if is_over(request):
            return _end(request)
        page = request.resolver_match.view_name if request.resolver_match else ""
        if page in WAY_OUT or not is_half(request):
            return None
        if page in ENROLMENT and not factors.has_one(request.user):
            return None
        return _lead(request, reverse("second_factor"))


def is_half(request: HttpRequest) -> bool:
    """Whether this session has shown a password, or a link, where more is asked."""
    return settings.SECOND_FACTOR and not factors.is_given(request) and factors.is_required_of(request.user)  # type: ignore[arg-type]


def is_over(request: HttpRequest) -> bool:
    """Whether the session has lasted, or slept, as long as it may; else note that it is in use."""
    now = time.time()
    session = request.session
    if now - session.get(BEGAN, now) > settings.SESSION_COOKIE_AGE:
        return True
    seen = session.get(SEEN, now)
    if now - seen > settings.SESSION_IDLE_SECONDS:
        return True
    if now - seen > SECONDS_BETWEEN_NOTES:
        session[SEEN] = now
    return False


def _end(request: HttpRequest) -> HttpResponseBase:
    record_deed(Deed.SESSION_ENDED, by=request.user, on=request.user)  # type: ignore[arg-type]
    logout(request)
    messages.info(request, _("Votre session a pris fin : connectez-vous à nouveau pour continuer."))
    if "HX-Request" in request.headers:
        return HttpResponse(headers={"HX-Redirect": reverse("account_login")})
    return redirect_to_login(request.get_full_path() if request.method == "GET" else reverse("admin:index"))


def _lead(request: HttpRequest, address: str) -> HttpResponseBase:
    """To that page, and back to the one asked for afterwards."""
    if "HX-Request" in request.headers:
        return HttpResponse(headers={"HX-Redirect": address})
    if request.method == "GET":
        return redirect_to_login(request.get_full_path(), login_url=address)
    return redirect(address)
