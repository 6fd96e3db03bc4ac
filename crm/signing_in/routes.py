"""Every address of signing in, with its door: allauth's own routes are not mounted, so nobody signs up nor adds an address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponseBase
from django.urls import URLPattern, path, re_path

from crm.doors import OPEN, SIGNED_IN, door
from crm.signing_in import pages, views


type View = Callable[..., HttpResponseBase]


def _open(route: str, view: View, name: str, **more: Any) -> URLPattern:
    return path(route, door(OPEN)(view), name=name, **more)


def _own(route: str, view: View, name: str, **more: Any) -> URLPattern:
    return path(route, door(SIGNED_IN)(view), name=name, **more)


urlpatterns = [
    # Before one is signed in.
    _open("connexion/", views.SignIn.as_view(), "account_login"),
    _open("connexion/cle/", views.KeySignIn.as_view(), "mfa_login_webauthn"),
    _open("connexion/code/", views.SecondStep.as_view(), "mfa_authenticate"),
    _open("connexion/compte-ferme/", views.Closed.as_view(), "account_inactive"),
    _open("connexion/lien/", pages.ask_link, "ask_sign_in_link"),
    _open("connexion/lien/<str:token>/", pages.sign_in_by_link, "sign_in_by_link"),
    _open("connexion/invitation/<str:token>/", pages.invitation, "invitation"),
    _open("connexion/oubli/", views.Forgotten.as_view(), "account_reset_password"),
    _open("connexion/oubli/envoye/", views.ForgottenSent.as_view(), "account_reset_password_done"),
    _open("connexion/oubli/fait/", views.NewPasswordDone.as_view(), "account_reset_password_from_key_done"),
    re_path(
        r"^connexion/oubli/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        door(OPEN)(views.NewPassword.as_view()),
        name="account_reset_password_from_key",
    ),
    _open("deconnexion/", views.SignOut.as_view(), "account_logout"),
    # Between the two.
    _own("connexion/verification/", pages.second_factor, "second_factor"),
    # One's own account.
    _own("mon-compte/", pages.own_account, "mfa_index"),
    _own("mon-compte/mot-de-passe/", views.OwnPassword.as_view(), "account_change_password"),
    _own("mon-compte/mot-de-passe/choisir/", views.FirstPassword.as_view(), "account_set_password"),
    _own("mon-compte/application/", views.NewAuthenticator.as_view(), "mfa_activate_totp"),
    _own("mon-compte/application/retirer/", views.RemoveAuthenticator.as_view(), "mfa_deactivate_totp"),
    _own("mon-compte/cles/ajouter/", views.NewKey.as_view(), "mfa_add_webauthn"),
    _own("mon-compte/cles/<int:pk>/retirer/", views.RemoveKey.as_view(), "mfa_remove_webauthn"),
    _own("mon-compte/codes/", views.Codes.as_view(), "mfa_view_recovery_codes"),
    _own("mon-compte/codes/nouveaux/", views.NewCodes.as_view(), "mfa_generate_recovery_codes"),
    _own("mon-compte/appareils/", pages.own_devices, "own_devices"),
]
