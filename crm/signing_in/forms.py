"""The forms of signing in, dressed as the others are, each code good for one use."""

from __future__ import annotations

from typing import Any, Final

from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SetPasswordForm,
)
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.forms import GenerateRecoveryCodesForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from allauth.mfa.webauthn.internal import auth as webauthn
from django import forms
from django.contrib.auth import password_validation
from django.contrib.auth.forms import SetPasswordMixin
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _, gettext_lazy
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget

from crm.auditing import record_deed
from crm.models import Deed, User
from crm.signing_in.passwords import advice_lazy
from crm.signing_in.tasks import send


SECONDS_A_CODE_IS_SPENT: Final = 150
"""Longer than any code of an authenticator is accepted: its own half minute, one before, one after."""


class Dressed:
    """The site's widgets, and words of ours for the labels."""

    labels: dict[str, Any] = {}
    helps: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():  # type: ignore[attr-defined]
            if field.widget.is_hidden:
                continue
            kept = {
                key: value
                for key, value in field.widget.attrs.items()
                if key in {"autocomplete", "autofocus"}
            }
            field.widget = _widget_of(field)(attrs=kept)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.helps.get(name, "")


def _widget_of(field: forms.Field) -> type[forms.Widget]:
    if isinstance(field.widget, forms.PasswordInput):
        return UnfoldAdminPasswordWidget
    return UnfoldAdminEmailInputWidget if isinstance(field, forms.EmailField) else UnfoldAdminTextInputWidget


ADDRESS = gettext_lazy("Adresse e-mail")
NEW, SAME = gettext_lazy("Nouveau mot de passe"), gettext_lazy("Le même mot de passe")
LONG = advice_lazy()


class SignInForm(Dressed, LoginForm):
    """An address and a password."""

    labels = {"login": ADDRESS, "password": gettext_lazy("Mot de passe")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class OwnPasswordForm(Dressed, ChangePasswordForm):
    labels = {
        "oldpassword": gettext_lazy("Mot de passe actuel"),
        "password1": NEW,
        "password2": SAME,
    }
    helps = {"password1": LONG}


class FirstPasswordForm(Dressed, SetPasswordForm):
    labels = {"password1": NEW, "password2": SAME}
    helps = {"password1": LONG}


class NewPasswordForm(Dressed, ResetPasswordKeyForm):
    labels = {"password1": NEW, "password2": SAME}
    helps = {"password1": LONG}


class ForgottenForm(Dressed, ResetPasswordForm):
    """Whoever has an account is written to; whoever has none gets the same answer, as fast."""

    labels = {"email": ADDRESS}

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        send.enqueue("reset", self.users[0].pk if self.users else 0)
        return str(self.cleaned_data["email"])


class LinkForm(Dressed, forms.Form):
    """Where to send a sign-in link."""

    email = forms.EmailField(label=ADDRESS, widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    labels = {"email": ADDRESS}


class InvitationForm(SetPasswordMixin, forms.Form):
    """The password of somebody who was invited."""

    password1, password2 = SetPasswordMixin.create_password_fields(
        label1=gettext_lazy("Mot de passe"), label2=SAME
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        for field in self.fields.values():
            field.widget = UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"})
            field.help_text = ""
        self.fields["password1"].help_text = LONG

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        self.validate_passwords()
        if "password2" not in self.errors and given.get("password1"):
            try:
                password_validation.validate_password(given["password1"], self.user)
            except ValidationError as refused:
                self.add_error("password1", refused)
        return given


# --- second factors -----------------------------------------------------------------------------------------


def spend(user: Any, code: str) -> bool:
    """Note that this code was used; false when it was before."""
    digits = "".join(character for character in code if character.isalnum())
    return bool(cache.add(f"crm.signing_in.code.{user.pk}.{digits}", 1, timeout=SECONDS_A_CODE_IS_SPENT))


class OnceMixin:
    """A code that fits and was never given before; a refusal is written down."""

    user: Any
    authenticator: Authenticator

    def clean_code(self) -> str:
        try:
            code = str(super().clean_code())  # type: ignore[misc]
            if self.authenticator.type == Authenticator.Type.TOTP and not spend(self.user, code):
                raise get_adapter().validation_error("incorrect_code")
        except ValidationError:
            record_deed(Deed.SIGN_IN_FAILED, by=None, on=self.user, fields=["code"])
            raise
        return code


class CodeForm(Dressed, OnceMixin, AuthenticateForm):
    """The code of an authenticator, or a recovery code, after the password."""

    labels = {"code": gettext_lazy("Code à six chiffres, ou code de secours")}


class CodeAgainForm(OnceMixin, ReauthenticateForm):
    """The same, from somebody who is signed in already."""


class FirstCodeForm(Dressed, ActivateTOTPForm):
    """The first code of a new authenticator: it cannot then be used to sign in."""

    labels = {"code": gettext_lazy("Code à six chiffres")}

    def clean_code(self) -> str:
        code = str(super().clean_code())
        spend(self.user, code)
        return code


class NewKeyForm(Dressed, AddWebAuthnForm):
    """A new passkey: always one that opens without a password, and that asks for a finger, a face or a PIN."""

    labels = {"name": gettext_lazy("Nom de la clé")}
    helps = {"name": gettext_lazy("Pour la reconnaître\u00a0: « ordinateur du bureau », « téléphone ».")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("passwordless", None)
        self.fields["name"].max_length = 60

    def clean(self) -> dict[str, Any]:
        """The key must have asked its holder: it is the second factor as well as the first."""
        given: dict[str, Any] = super().clean()
        if given.get("credential"):
            made = webauthn.parse_registration_response(given["credential"])
            if not made.response.attestation_object.auth_data.is_user_verified():
                raise ValidationError(
                    _("Cette clé ne vérifie pas que c’est vous\u00a0: choisissez-en une qui le demande.")
                )
        return given


class NewCodesForm(Dressed, GenerateRecoveryCodesForm):
    """Nothing to fill in: a button."""


class AgainForm(forms.Form):
    """What `crm.signing_in.again` shows; it judges the answers itself."""

    again_password = forms.CharField(
        label=gettext_lazy("Votre mot de passe"),
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "current-password"}),
    )
    again_code = forms.CharField(
        label=gettext_lazy("Code à six chiffres, ou code de secours"),
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
