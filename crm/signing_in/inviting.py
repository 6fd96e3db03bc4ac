"""Inviting somebody: an account without a password, and a link that lets its holder choose how to enter."""

from __future__ import annotations

import smtplib
from datetime import datetime, timedelta
from typing import Final

from django.core import signing
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from crm.auditing import record_deed
from crm.models import Deed, User
from crm.signing_in.mails import address_of, are_sent, send_mail


SALT: Final = "crm.signing_in.inviting"
TERM: Final = timedelta(days=7)


def is_awaited(user: User) -> bool:
    """Whether its holder has not entered yet."""
    return user.is_active and user.last_login is None and not user.has_usable_password()


def invite(user: User, *, by: User) -> bool:
    """Write to them, and make every earlier invitation void; whether the message could leave."""
    user.invited_at = timezone.now()
    user.save(update_fields=["invited_at"])
    record_deed(Deed.INVITED, by=by, on=user)
    if not are_sent():
        return False
    try:
        send_mail("invitation", user, by=by, link=link_of(user), until=until(user))
    except (OSError, smtplib.SMTPException):
        return False
    return True


def until(user: User) -> datetime:
    """Until when the invitation holds."""
    return (user.invited_at or user.created_at) + TERM


def link_of(user: User) -> str:
    """The link of the invitation that holds now."""
    token = signing.Signer(salt=SALT).sign_object([user.pk, _stamp(user)])
    return address_of(reverse("invitation", args=[token]))


def invited(token: str) -> User | None:
    """Whom this link lets in; nobody once it was followed, is a week old, or another was sent."""
    try:
        number, stamp = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    user = User.objects.filter(pk=number).first()
    if user is None or user.invited_at is None or not is_awaited(user) or timezone.now() > until(user):
        return None
    return user if constant_time_compare(stamp, _stamp(user)) else None


def _stamp(user: User) -> str:
    state = f"{user.password} {user.email} {user.invited_at}"
    return salted_hmac(SALT, state, algorithm="sha256").hexdigest()[:24]
