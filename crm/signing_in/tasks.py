"""Messages sent by the worker: a page answers in the same time whether there is an account or not."""

from __future__ import annotations

from django_tasks import task

from crm.models import User
from crm.signing_in.links import reset_link, sign_in_link, suffices_for
from crm.signing_in.mails import send_mail


@task()
def send(what: str, user: int) -> None:
    """`reset`, `link` or `changed`, to this account; number 0 is nobody, and a task like the others."""
    found = User.objects.filter(pk=user, is_active=True).first()
    if found is None:
        return
    if what == "reset":
        send_mail("reset", found, link=reset_link(found))
    elif what == "link" and suffices_for(found):
        send_mail("link", found, link=sign_in_link(found))
    elif what == "changed":
        send_mail("changed", found)
