"""Where allauth asks the house: who may try, what is written down, what is said, how secrets are kept."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext, gettext_lazy as _

from crm.auditing import record_deed
from crm.models import Association, Deed, User
from crm.signing_in import devices
from crm.signing_in.again import is_recent
from crm.signing_in.factors import is_last, is_required_of
from crm.signing_in.sessions import start_clocks


if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

LIMITS: Final = "allauth.account"

# What allauth wants to say after a deed, in our words; what is not named here is not said.
SAID: Final[dict[str, StrPromise]] = {
    "account/messages/password_changed.txt": _(
        "Le mot de passe est changé. Vos autres appareils devront se connecter à nouveau."
    ),
    "account/messages/password_set.txt": _("Le mot de passe est enregistré."),
    "account/messages/logged_out.txt": _("Vous êtes déconnecté·e."),
    "mfa/messages/totp_activated.txt": _("L’application d’authentification est en place."),
    "mfa/messages/totp_deactivated.txt": _("L’application d’authentification est retirée."),
    "mfa/messages/webauthn_added.txt": _("La clé d’accès est en place."),
    "mfa/messages/webauthn_removed.txt": _("La clé d’accès est retirée."),
}


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up, everything is written down, and limits hold an attacker back without shutting an office out."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("Ce compte est fermé."),
        "email_password_mismatch": _(
            "L’adresse ou le mot de passe ne convient pas. Vérifiez les majuscules, puis recommencez."
        ),
        "enter_current_password": _("Ce n’est pas votre mot de passe actuel."),
        "incorrect_code": _("Ce code ne convient pas."),
        "incorrect_password": _("Ce n’est pas votre mot de passe."),
        "invalid_password_reset": _("Ce lien n’est plus valable."),
        "too_many_login_attempts": _(
            "Trop de tentatives\u00a0: patientez quelques minutes, puis recommencez."
        ),
        "rate_limited": _("Trop de tentatives\u00a0: patientez quelques minutes, puis recommencez."),
    }

    _tries: list[ratelimit.RateLimitUsage]

    # --- who may try ------------------------------------------------------------------------------------

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        """A password, then the second factor of who has one; an invited address needs no other proof."""
        return ["allauth.mfa.stages.AuthenticateStage"]

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count this try for the account from here, and for the account from anywhere; a known device only for itself.

        Raises:
            ValidationError: it was tried too often.
        """
        address = str(credentials.get("email", "")).strip().lower()
        user = User.objects.filter(email=address).first()
        known = user is not None and devices.is_known(request, user)
        place = f"device {user.pk}" if user is not None and known else ratelimit.get_ip(request)
        self._tries = []
        for action, key in (
            ("login_failed", f"{address} {place}"),
            *(() if known else [("login_failed_anywhere", address)]),
        ):
            tried = ratelimit.consume(request, app=LIMITS, action=action, key=key)
            if not tried:
                raise self.validation_error("too_many_login_attempts")
            self._tries.append(tried)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """The account that these open, or nothing; what succeeds is not counted as a try."""
        self.pre_authenticate(request, **credentials)
        AuthenticationBackend.unstash_authenticated_user()
        user = authenticate(request, **credentials)
        user = user or AuthenticationBackend.unstash_authenticated_user()  # right, but closed: it is told so
        if user is None:
            self.authentication_failed(request, **credentials)
            return None
        for tried in self._tries:
            tried.rollback()
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Written with the account if there is one; an address that has none is not kept."""
        address = str(credentials.get("email", "")).strip().lower()
        record_deed(Deed.SIGN_IN_FAILED, by=None, on=User.objects.filter(email=address).first())

    def is_reauthentication_required(self, *, app: str, **more: Any) -> bool:
        return not is_recent(self.request)

    # --- what happens then ------------------------------------------------------------------------------

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        start_clocks(request)

    def post_login(self, request: HttpRequest, user: Any, **more: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **more)
        devices.remember(request, response, user)
        record_deed(Deed.SIGNED_IN, by=user, on=user)
        return response

    def logout(self, request: HttpRequest) -> None:
        record_deed(Deed.SIGNED_OUT, by=request.user, on=request.user)  # type: ignore[arg-type]
        super().logout(request)

    def set_password(self, user: Any, password: str) -> None:
        super().set_password(user, password)
        by = self.request.user if self.request.user.is_authenticated else user
        record_deed(Deed.FACTOR_CHANGED, by=by, on=user, fields=["password"])

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("mfa_index")

    # --- what is said -----------------------------------------------------------------------------------

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        words = message or SAID.get(message_template or "")
        if words:
            messages.add_message(request, level, str(words), extra_tags=extra_tags)

    def send_notification_mail(self, template_prefix: str, user: Any, *args: Any, **more: Any) -> None:
        """A change in how an account is entered is told to its holder, in one message of ours, whatever changed."""
        from crm.signing_in.tasks import send  # noqa: PLC0415 -- the tasks ask for the adapter's own module

        send.enqueue("changed", user.pk)


class FactorAdapter(DefaultMFAAdapter):
    """The second factors: secrets encrypted in the base, keys bound to the address people type."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _(
            "Votre rôle demande un second moyen de connexion\u00a0: ajoutez-en un autre avant de retirer celui-ci."
        ),
        "cannot_generate_recovery_codes": _("Ajoutez d’abord une application ou une clé d’accès."),
        "incorrect_code": _("Ce code ne convient pas. Attendez le suivant, puis recommencez."),
    }

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret; with another `SECRET_KEY`, one that nothing fits, so that the account asks for help and opens nothing."""
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return get_random_string(32, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")

    def get_totp_issuer(self) -> str:
        association = Association.objects.filter(pk=1).first()
        return f"Maillage {association.short_name or association.name}".strip() if association else "Maillage"

    def _get_site_name(self) -> str:
        return self.get_totp_issuer()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        host = urlsplit(settings.SITE_URL).hostname if settings.SECURE else _host(self.request)
        return {"id": host or "localhost", "name": self.get_totp_issuer()}

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        known = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Clé d’accès") if not known else gettext("Clé d’accès %(n)s") % {"n": known + 1}

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not (is_required_of(authenticator.user) and is_last(authenticator))


def _host(request: HttpRequest) -> str:
    return urlsplit(f"//{request.get_host()}").hostname or ""


def _cipher() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"crm.signing_in.factors {key}".encode()).digest()))
        for key in keys
    )
