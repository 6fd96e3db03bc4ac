"""Who must sign in with a second factor, and whether this session did.

Asked of rights, never of roles. An account that needs one and has not given it finds no page but those that let it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest


if TYPE_CHECKING:
    from crm.models import User

# Whoever edits, takes away, reads what is not for everybody, or decides who may.
RIGHTS: Final = (
    "contacts.add_contact",
    "contacts.change_contact",
    "contacts.delete_contact",
    "contacts.export_contact",
    "contacts.import_contact",
    "contacts.see_notes",
    "contacts.see_private_channels",
    "crm.change_association",
    "crm.change_user",
    "crm.view_auditentry",
)
FACTORS: Final = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def holds_wide_rights(user: User) -> bool:
    """Whether this account does more than read what every account reads."""
    return any(user.has_perm(right) for right in RIGHTS)


def is_required_of(user: User) -> bool:
    """Whether this account must give a second factor before it sees anything."""
    return settings.SECOND_FACTOR and holds_wide_rights(user)


def is_given(request: HttpRequest) -> bool:
    """Whether this session gave one: a code, or a passkey; asks the session only."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))


def has_one(user: User) -> bool:
    """Whether this account has an authenticator or a passkey to give."""
    return bool(Authenticator.objects.filter(user=user, type__in=FACTORS).exists())


def is_last(authenticator: Authenticator) -> bool:
    """Whether this account would be left without any."""
    others = Authenticator.objects.filter(user=authenticator.user_id, type__in=FACTORS)
    return not others.exclude(pk=authenticator.pk).exists()
