"""Messages about an account: from the association, with links to the address people type and to no other."""

from __future__ import annotations

from email.utils import formataddr
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation

from crm.models import Association


if TYPE_CHECKING:
    from crm.models import User

NOT_SENDING = ("console", "dummy", "filebased")


def are_sent() -> bool:
    """Whether messages leave this machine; without `EMAIL_URL` they are printed."""
    return not any(name in settings.EMAIL_BACKEND for name in NOT_SENDING)


def address_of(path: str) -> str:
    """The whole address of a page: built from `SITE_URL`, whatever host the request named."""
    return f"{settings.SITE_URL}{path}"


def send_mail(name: str, user: User, **context: Any) -> None:
    """Write to an account in the house's language; `crm/mails/<name>.txt` holds the subject, an empty line, and the text."""
    association = Association.own()
    with translation.override(settings.LANGUAGE_CODE):
        given = {"user": user, "association": association, "site": settings.SITE_URL, **context}
        subject, text = render_to_string(f"crm/mails/{name}.txt", given).strip().split("\n", 1)
    sender = settings.DEFAULT_FROM_EMAIL
    if association.sender_email:
        sender = formataddr((association.sender_name or association.name, association.sender_email))
    EmailMessage(subject=subject.strip(), body=text.strip() + "\n", from_email=sender, to=[user.email]).send()
