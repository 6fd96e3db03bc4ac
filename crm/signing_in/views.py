"""allauth's views in the frame of the house: ours are the pages, the words and the deeds written down; theirs the protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from allauth.account import views as account
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import views as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.mfa.webauthn.internal import auth
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from crm.auditing import record_deed
from crm.models import Deed
from crm.pages.frame import page_context
from crm.signing_in import devices
from crm.signing_in.again import again


if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


class Framed:
    """A view with the site's own context and a title."""

    title: ClassVar[StrPromise]
    request: HttpRequest

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        given = super().get_context_data(**kwargs)  # type: ignore[misc]
        return {**page_context(self.request, str(self.title)), **given}


# --- before one is signed in --------------------------------------------------------------------------------


class SignIn(Framed, account.LoginView):
    """An address and a password, or a passkey, or a link on a device that knows the account."""

    title = _("Se connecter")
    template_name = "crm/signing_in/sign_in.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"device_is_known": devices.is_any_known(self.request)}


class KeySignIn(webauthn.LoginWebAuthnView):
    """A passkey alone: it has checked its holder's finger, face or PIN."""

    def form_invalid(self, form: Any) -> HttpResponse:
        record_deed(Deed.SIGN_IN_FAILED, by=None, fields=["webauthn"])
        return super().form_invalid(form)


class SecondStep(Framed, mfa.AuthenticateView):
    """The code, or the key, after the password."""

    title = _("Second moyen de connexion")
    template_name = "crm/signing_in/second_step.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        types = Authenticator.objects.filter(user=self.stage.login.user).values_list("type", flat=True)
        return super().get_context_data(**kwargs) | {"types": {*types}}


class Closed(Framed, account.AccountInactiveView):
    title = _("Compte fermé")
    template_name = "crm/signing_in/closed.html"


class SignOut(Framed, account.LogoutView):
    title = _("Se déconnecter")
    template_name = "crm/signing_in/sign_out.html"


class Forgotten(Framed, account.PasswordResetView):
    title = _("Mot de passe oublié")
    template_name = "crm/signing_in/forgotten.html"


class ForgottenSent(Framed, account.PasswordResetDoneView):
    title = _("Mot de passe oublié")
    template_name = "crm/signing_in/forgotten_sent.html"


class NewPassword(Framed, account.PasswordResetFromKeyView):
    title = _("Choisir un nouveau mot de passe")
    template_name = "crm/signing_in/new_password.html"


class NewPasswordDone(Framed, account.PasswordResetFromKeyDoneView):
    title = _("Mot de passe changé")
    template_name = "crm/signing_in/new_password_done.html"


# --- one's own account --------------------------------------------------------------------------------------


class OwnPassword(Framed, account.PasswordChangeView):
    title = _("Changer de mot de passe")
    template_name = "crm/signing_in/own_password.html"


@method_decorator(again, name="dispatch")
class FirstPassword(Framed, account.PasswordSetView):
    title = _("Choisir un mot de passe")
    template_name = "crm/signing_in/own_password.html"


class Changing:
    """A deed on the means of signing in, written down by its kind."""

    request: HttpRequest
    kind: str
    gives = False
    """Whether having done it is having given a second factor: one has just shown that one holds it."""

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        user = self.request.user
        record_deed(Deed.FACTOR_CHANGED, by=user, on=user, fields=[self.kind])  # type: ignore[arg-type]
        if self.gives:
            record_authentication(self.request, user, method="mfa", type=self.kind)
        return response


@method_decorator(again, name="dispatch")
class NewAuthenticator(Changing, Framed, totp.ActivateTOTPView):
    title = _("Ajouter une application d’authentification")
    template_name = "crm/signing_in/new_authenticator.html"
    kind = "totp"
    gives = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if Authenticator.objects.filter(user=request.user.pk, type=Authenticator.Type.TOTP).exists():
            return HttpResponseRedirect(reverse("mfa_index"))
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        given = super().get_context_data(**kwargs)
        secret = given["form"].secret
        return given | {"secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))}


@method_decorator(again, name="dispatch")
class RemoveAuthenticator(Changing, Framed, totp.DeactivateTOTPView):
    title = _("Retirer l’application d’authentification")
    template_name = "crm/signing_in/remove.html"
    kind = "totp"


@method_decorator(again, name="dispatch")
class NewKey(Changing, Framed, webauthn.AddWebAuthnView):
    title = _("Ajouter une clé d’accès")
    template_name = "crm/signing_in/new_key.html"
    kind = "webauthn"
    gives = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        given = super().get_context_data(**kwargs)
        options = auth.begin_registration(self.request.user, passwordless=True)
        return given | {"key_options": options}


@method_decorator(again, name="dispatch")
class RemoveKey(Changing, Framed, webauthn.RemoveWebAuthnView):
    title = _("Retirer la clé d’accès")
    template_name = "crm/signing_in/remove.html"
    success_url = reverse_lazy("mfa_index")
    kind = "webauthn"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"named": str(self.get_object())}

    def form_valid(self, form: Any) -> HttpResponse:
        adapter = get_adapter()
        if not adapter.can_delete_authenticator(self.get_object()):
            messages.warning(self.request, str(adapter.error_messages["cannot_delete_authenticator"]))
            return HttpResponseRedirect(reverse("mfa_index"))
        return super().form_valid(form)


@method_decorator([never_cache, again], name="dispatch")
class Codes(Framed, recovery.ViewRecoveryCodesView):
    title = _("Codes de secours")
    template_name = "crm/signing_in/codes.html"


@method_decorator(again, name="dispatch")
class NewCodes(Changing, Framed, recovery.GenerateRecoveryCodesView):
    title = _("Nouveaux codes de secours")
    template_name = "crm/signing_in/new_codes.html"
    kind = "recovery_codes"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not Authenticator.objects.filter(user=request.user.pk).exists():
            raise Http404
        return super().dispatch(request, *args, **kwargs)
