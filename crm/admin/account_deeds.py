"""What the manager does for an account besides its form: invite again, end its sessions, take away lost second factors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.auditing import record_deed
from crm.doors import door
from crm.models import Deed, User
from crm.signing_in import inviting, listing
from crm.signing_in.again import again
from crm.signing_in.mails import are_sent


if TYPE_CHECKING:
    from crm.admin.accounts import UserAdmin


def account_deeds(model_admin: UserAdmin) -> list[URLPattern]:
    wrap = model_admin.admin_site.admin_view
    return [
        path("<int:pk>/inviter/", wrap(invite_again), name="crm_user_invite"),
        path("<int:pk>/sessions/", wrap(end_sessions), name="crm_user_end_sessions"),
        path("<int:pk>/moyens/", wrap(remove_factors), name="crm_user_remove_factors"),
    ]


def panel(user: User) -> dict[str, Any]:
    """How this account is entered, for its page."""
    awaited = inviting.is_awaited(user)
    return {
        "account": user,
        "awaited": awaited,
        "invited_until": inviting.until(user) if user.invited_at else None,
        "link": inviting.link_of(user) if awaited and user.invited_at and not are_sent() else "",
        "factors": [*Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES)],
        "sessions": listing.sessions_of(user),
    }


def tell_invitation(request: HttpRequest, user: User) -> None:
    """Invite, and say whether the message left; never that it did when it did not."""
    if inviting.invite(user, by=cast("User", request.user)):
        messages.success(request, _("L’invitation est partie à l’adresse %(email)s.") % {"email": user.email})
    elif are_sent():
        messages.warning(
            request,
            _("L’invitation n’a pas pu partir\u00a0: vérifiez le serveur d’envoi, puis renvoyez-la."),
        )
    else:
        messages.warning(
            request,
            _(
                "Aucun serveur d’envoi n’est réglé\u00a0: transmettez vous-même le lien d’invitation ci-dessous."
            ),
        )


@require_POST
@door("crm.change_user")
@again
def invite_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a new link; the one before opens nothing any more."""
    user = get_object_or_404(User, pk=pk)
    if inviting.is_awaited(user):
        tell_invitation(request, user)
    else:
        messages.info(
            request, _("Cette personne s’est déjà connectée\u00a0: elle n’a plus besoin d’invitation.")
        )
    return redirect("admin:crm_user_change", pk)


@require_POST
@door("crm.change_user")
@again
def end_sessions(request: HttpRequest, pk: int) -> HttpResponse:
    """Wherever this account is signed in, it is out at the next page."""
    user = get_object_or_404(User, pk=pk)
    if user.pk == request.user.pk:
        listing.end_others(user, request)
    else:
        listing.end_all(user, by=cast("User", request.user))
    messages.success(request, _("Les sessions de ce compte sont fermées."))
    return redirect("admin:crm_user_change", pk)


@require_POST
@door("crm.change_user")
@again
def remove_factors(request: HttpRequest, pk: int) -> HttpResponse:
    """A telephone was lost: whoever holds the account adds another second factor at the next sign-in."""
    user = get_object_or_404(User, pk=pk)
    Authenticator.objects.filter(user=user).delete()
    record_deed(Deed.FACTOR_CHANGED, by=request.user, on=user, fields=["totp", "webauthn", "recovery_codes"])
    listing.end_all(user, by=cast("User", request.user))
    messages.success(
        request, _("Les seconds moyens de connexion de ce compte sont retirés, et ses sessions fermées.")
    )
    return redirect("admin:crm_user_change", pk)
