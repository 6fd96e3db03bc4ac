"""Signing in by a link sent by e-mail: for who may only read, on a device where they have signed in before.

A link serves once, for a quarter of an hour, in the browser that asked for it or another that knows the account.
"""

from __future__ import annotations

from typing import Final

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core import signing
from django.core.cache import cache
from django.urls import reverse
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac

from crm.models import User
from crm.signing_in.factors import holds_wide_rights
from crm.signing_in.mails import address_of


SALT: Final = "crm.signing_in.links"
SECONDS: Final = 15 * 60


def suffices_for(user: User) -> bool:
    """Whether a link is enough: not for who edits, exports, reads notes or manages, whatever the settings say."""
    return user.is_active and not holds_wide_rights(user)


def sign_in_link(user: User) -> str:
    """A new link that opens this account."""
    token = signing.dumps([user.pk, _stamp(user), get_random_string(12)], salt=SALT)
    return address_of(reverse("sign_in_by_link", args=[token]))


def whose(token: str) -> User | None:
    """The account that this link opens; nobody once it has served, is too old, or the account has changed."""
    try:
        number, stamp, once = signing.loads(token, salt=SALT, max_age=SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    user = User.objects.filter(pk=number, is_active=True).first()
    if user is None or not constant_time_compare(stamp, _stamp(user)) or cache.get(_used(once)):
        return None
    return user if suffices_for(user) else None


def use(token: str) -> bool:
    """Spend this link; false for the second of two who come at the same moment."""
    _number, _stamp, once = signing.loads(token, salt=SALT, max_age=SECONDS)
    return bool(cache.add(_used(once), 1, timeout=SECONDS))


def reset_link(user: User) -> str:
    """A new link to choose another password; it serves once, as the password it replaces is part of it."""
    arguments = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return address_of(reverse("account_reset_password_from_key", kwargs=arguments))


def _stamp(user: User) -> str:
    state = f"{user.get_session_auth_hash()} {user.last_login} {user.email}"
    return salted_hmac(SALT, state, algorithm="sha256").hexdigest()[:24]


def _used(once: str) -> str:
    return f"{SALT}.used.{once}"
