"""Proving once more who one is, before what must not be done from a computer left open: a quarter of an hour is recent.

`@again` on a view, or `ask(request)` in one, shows the question in the place of the page. What was typed goes along in it, so
that a form is not lost; files do not, so ask on the page that shows a form with a file.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, cast

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.core.internal.ratelimit import consume
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.internal import auth as webauthn
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from crm.once import ONCE
from crm.pages.frame import page_context
from crm.signing_in.forms import AgainForm, CodeAgainForm
from crm.signing_in.sessions import CONFIRMED


if TYPE_CHECKING:
    from crm.models import User

type View = Callable[..., HttpResponseBase]

SECONDS: Final = 15 * 60
METHOD: Final = "again"
"""The field that says that the question was answered, and what was asked for: `GET` or `POST`."""
PASSWORD, CODE, KEY = "again_password", "again_code", "again_credential"
OWN: Final = frozenset({METHOD, PASSWORD, CODE, KEY, ONCE, "csrfmiddlewaretoken"})


def is_recent(request: HttpRequest) -> bool:
    """Whether this session signed in, or proved it again, less than a quarter of an hour ago."""
    return request.user.is_authenticated and time.time() - request.session.get(CONFIRMED, 0) < SECONDS


def again(view: View) -> View:
    """Ask who one is before this view, unless it was proved a short while ago."""

    @wraps(view)
    def asking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return ask(request) or view(request, *args, **kwargs)

    return asking


@sensitive_post_parameters(PASSWORD, CODE)
def ask(request: HttpRequest) -> HttpResponse | None:
    """The page that asks, or nothing when the view may go on; who is not signed in is the door's affair."""
    if not request.user.is_authenticated:
        return None
    asked = request.POST.get(METHOD) if request.method == "POST" else None
    error = "" if asked is None or is_recent(request) else check(request)
    if asked == "GET" and not error:
        return redirect(request.get_full_path())
    if is_recent(request):
        return None
    return _page(request, error, asked or str(request.method))


def check(request: HttpRequest, *, factor: bool = False) -> str:
    """Judge what was given, password (unless a factor is wanted), code or key; what is wrong with it, or nothing."""
    user = cast("User", request.user)
    if not consume(request, app="allauth.account", action="reauthenticate", user=user):
        return str(get_adapter(request).error_messages["too_many_login_attempts"])
    form: Any = None
    if request.POST.get(KEY):
        form = ReauthenticateWebAuthnForm(user=user, data={"credential": request.POST[KEY]})
    elif request.POST.get(CODE):
        form = CodeAgainForm(user=user, data={"code": request.POST[CODE].strip()})
    elif request.POST.get(PASSWORD) and not factor:
        return _check_password(request, user)
    if form is None:
        return _("Répondez par l’un des moyens proposés.")
    if not form.is_valid():
        return " ".join(str(error) for errors in form.errors.values() for error in errors)
    form.save()
    _note(request)
    return ""


def ways(user: User) -> set[str]:
    """How this account may prove it: `password`, `code`, `key`."""
    types = {*Authenticator.objects.filter(user=user).values_list("type", flat=True)}
    found = {"password"} if user.has_usable_password() else set()
    found |= {"code"} if types & {Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES} else set()
    return found | ({"key"} if Authenticator.Type.WEBAUTHN in types else set())


def key_options(user: User) -> dict[str, Any]:
    """What the browser needs to ask for one of this account's keys."""
    return cast("dict[str, Any]", webauthn.begin_authentication(user))


def _check_password(request: HttpRequest, user: User) -> str:
    adapter = get_adapter(request)
    try:
        found = adapter.authenticate(request, email=user.email, password=request.POST[PASSWORD])
    except ValidationError as refused:
        return " ".join(refused.messages)
    if found is None or found.pk != user.pk:
        return str(adapter.error_messages["incorrect_password"])
    record_authentication(request, user, method="password", reauthenticated=True)
    _note(request)
    return ""


def _note(request: HttpRequest) -> None:
    request.session[CONFIRMED] = time.time()


def _page(request: HttpRequest, error: str, method: str) -> HttpResponse:
    user = cast("User", request.user)
    offered = ways(user)
    kept = [(name, value) for name, values in request.POST.lists() if name not in OWN for value in values]
    context = page_context(
        request,
        _("Confirmez que c’est bien vous"),
        error=error,
        method=method,
        kept=kept,
        ways=offered,
        question=AgainForm(),
        key_options=key_options(user) if "key" in offered else None,
    )
    return render(request, "crm/signing_in/again.html", context)
