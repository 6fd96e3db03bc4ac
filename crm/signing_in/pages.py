"""The pages of signing in that are ours from end to end: links, invitations, the second factor, one's own account."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from allauth.core.internal.ratelimit import consume
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from crm.auditing import record_deed
from crm.models import Deed, User
from crm.pages.errors import too_many
from crm.pages.frame import page_context
from crm.signing_in import again, devices, factors, inviting, links, listing
from crm.signing_in.entering import enter, safe_next
from crm.signing_in.forms import AgainForm, InvitationForm, LinkForm
from crm.signing_in.tasks import send


if TYPE_CHECKING:
    from allauth.core.internal.ratelimit import RateLimitUsage


def _count(request: HttpRequest, action: str, key: str = "") -> RateLimitUsage | None:
    return consume(request, app="allauth.account", action=action, key=key)


# --- a link by e-mail ---------------------------------------------------------------------------------------


@never_cache
def ask_link(request: HttpRequest) -> HttpResponseBase:
    """Send a link; the page says the same, in the same time, whoever asks for whatever address."""
    form = LinkForm(request.POST or None)
    sent = request.method == "POST" and form.is_valid()
    if sent:
        address = form.cleaned_data["email"].strip().lower()
        if not _count(request, "sign_in_link", address):
            return too_many(request)
        user = User.objects.filter(email=address, is_active=True).first()
        known = devices.is_known(request, user or User())
        send.enqueue("link", user.pk if user is not None and known else 0)
    context = page_context(request, _("Recevoir un lien de connexion"), form=form, sent=sent)
    return render(request, "crm/signing_in/ask_link.html", context)


@never_cache
def sign_in_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Reading the link changes nothing: a mail filter follows it too. The button enters."""
    user = links.whose(token)
    known = user is not None and devices.is_known(request, user)
    if user is not None and known and request.method == "POST" and links.use(token):
        return enter(request, user, method="link")
    context = page_context(
        request, _("Lien de connexion"), known=known, user_of_link=user if known else None, minutes=15
    )
    return render(request, "crm/signing_in/link.html", context, status=200 if known else 404)


# --- an invitation ------------------------------------------------------------------------------------------


@never_cache
@sensitive_post_parameters("password1", "password2")
def invitation(request: HttpRequest, token: str) -> HttpResponseBase:
    """Choose a password, or a passkey, and enter."""
    if not _count(request, "invitation"):
        return too_many(request)
    user = inviting.invited(token)
    if user is None:
        context = page_context(request, _("Invitation"))
        return render(request, "crm/signing_in/invitation_over.html", context, status=404)
    if request.method == "POST" and request.POST.get("choice") == "key":
        return enter(request, user, method="invitation", to=reverse("mfa_add_webauthn"))
    form = InvitationForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        user.set_password(form.cleaned_data["password1"])
        user.save(update_fields=["password"])
        record_deed(Deed.FACTOR_CHANGED, by=user, on=user, fields=["password"])
        messages.success(request, _("Bienvenue\u202f! Votre mot de passe est enregistré."))
        return enter(request, user, method="password")
    context = page_context(request, _("Bienvenue"), form=form, invited=user)
    return render(request, "crm/signing_in/invitation.html", context)


# --- the second factor --------------------------------------------------------------------------------------


@never_cache
@sensitive_post_parameters(again.CODE)
def second_factor(request: HttpRequest) -> HttpResponseBase:
    """Give the second factor that the account's role asks for, or choose one first."""
    user = cast("User", request.user)
    if factors.is_given(request):
        return redirect("admin:index")
    if not factors.has_one(user):
        context = page_context(request, _("Protéger votre compte"), required=factors.is_required_of(user))
        return render(request, "crm/signing_in/choose_factor.html", context)
    error = ""
    if request.method == "POST":
        error = again.check(request, factor=True)
        if not error:
            return redirect(safe_next(request) or "admin:index")
    ways = again.ways(user) - {"password"}
    context = page_context(
        request,
        _("Second moyen de connexion"),
        error=error,
        ways=ways,
        question=AgainForm(),
        key_options=again.key_options(user) if "key" in ways else None,
    )
    return render(request, "crm/signing_in/second_factor.html", context)


# --- one's own account --------------------------------------------------------------------------------------


def own_account(request: HttpRequest) -> HttpResponse:
    """How one signs in: the password, the second factors, the devices."""
    user = cast("User", request.user)
    held = [*Authenticator.objects.filter(user=user).order_by("created_at")]
    by_type = {item.type: item for item in held}
    codes = by_type.get(Authenticator.Type.RECOVERY_CODES)
    context = page_context(
        request,
        _("Ma connexion"),
        authenticator=by_type.get(Authenticator.Type.TOTP),
        keys=[item for item in held if item.type == Authenticator.Type.WEBAUTHN],
        codes_left=len(codes.wrap().get_unused_codes()) if codes else None,
        required=factors.is_required_of(user),
        sessions=len(listing.sessions_of(user, request)),
        has_password=user.has_usable_password(),
    )
    return render(request, "crm/signing_in/own_account.html", context)


def own_devices(request: HttpRequest) -> HttpResponse:
    """Where this account is signed in; end one of these sessions, or all the others."""
    user = cast("User", request.user)
    if request.method == "POST":
        if request.POST.get("session", "").isdigit():
            listing.end_one(user, int(request.POST["session"]), request)
            messages.success(request, _("La session est fermée."))
        else:
            listing.end_others(user, request)
            messages.success(request, _("Toutes les autres sessions sont fermées."))
        return redirect("own_devices")
    context = page_context(
        request,
        _("Mes appareils"),
        sessions=listing.sessions_of(user, request),
        hours=settings.SESSION_COOKIE_AGE // 3600,
        idle=settings.SESSION_IDLE_SECONDS // 60,
    )
    return render(request, "crm/signing_in/own_devices.html", context)
