"""Letting somebody in who has proved who they are by other means than the sign-in form: a link, an invitation, the first day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme


if TYPE_CHECKING:
    from crm.models import User


def enter(request: HttpRequest, user: User, *, method: str, to: str | None = None) -> HttpResponse:
    """Go through the same stages as every sign-in (a second factor if the account has one), and answer where it leads.

    `method` is written in the session beside the moment: `link`, `invitation` or `first day`.
    """
    if request.user.is_authenticated and request.user.pk != user.pk:
        logout(request)
    record_authentication(request, user, method=method)
    response: HttpResponse = perform_login(request, Login(user=user, redirect_url=to))
    return response


def safe_next(request: HttpRequest) -> str:
    """The page of ours that the request asks to go on to; nothing if it is elsewhere."""
    asked = get_next_redirect_url(request) or ""
    hosts = {request.get_host()}
    return asked if url_has_allowed_host_and_scheme(asked, hosts, require_https=request.is_secure()) else ""
