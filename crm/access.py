"""Who may open which page, asked of the running site: each address is requested as each role, and what it answers counts.

Nothing is kept: accounts, records and whatever the pages write live in a transaction that is taken back, files in memory.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse
from django.utils.crypto import get_random_string

from crm import doors
from crm.addresses import Page, pages
from crm.models import User
from crm.registry import record_samples
from crm.roles import Role, grant


OPEN: Final = "open"
REFUSED: Final = "refused"
ANONYMOUS: Final = "anonymous"
NO_ROLE: Final = "no role"
PRINCIPALS: Final = (ANONYMOUS, NO_ROLE, *(role.name.lower() for role in Role))
"""Nobody, an account without a role, and one account of each role."""

_NOT_ASKED = {"admin:logout", "account_logout", "set_language"}
"""They would end the session by which the next page is asked, or change its language; anybody signed in may."""

_SIGN_IN = ("account_login", "admin:login")
type Matrix = dict[str, dict[str, str]]


class BrokenPageError(Exception):
    """A page answered with a fault: whether it is open cannot be said."""


def access_matrix() -> Matrix:
    """`{page: {principal: "open" or "refused"}}` for every address of the site, named as `reverse` names it.

    Raises:
        BrokenPageError: a page answered 5xx.
    """
    matrix: Matrix = {}
    with _nothing_kept():
        clients = {principal: _client(principal) for principal in PRINCIPALS}
        for page in pages():
            if page.name not in _NOT_ASKED:
                matrix[page.name] = {
                    principal: OPEN if _is_open(page, client, user) else REFUSED
                    for principal, (client, user) in clients.items()
                }
    return matrix


def arguments_of(page: Page, user: User) -> list[Any]:
    """A value for each argument of this address, from a throwaway record made for it.

    Raises:
        KeyError: no room has said what stands there: see `crm.registry.RecordSample`.
    """
    if not page.arguments:
        return []
    label = page.model._meta.label_lower if page.model is not None else ""
    values = record_samples[label].make(user)
    return [
        page.word_of(name) or values.get(f"{page.name}:{name}") or values[name] for name in page.arguments
    ]


@contextmanager
def _nothing_kept() -> Iterator[None]:
    in_memory = {
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    mail = "django.core.mail.backends.locmem.EmailBackend"
    with ExitStack() as stack:
        given = {"SECOND_FACTOR": False}  # the accounts are asked about as if they had given theirs
        stack.enter_context(override_settings(STORAGES=in_memory, EMAIL_BACKEND=mail, **given))
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")  # of static files not gathered, which no page here sends
        logging.disable()  # refusals are the answer here, not an event
        stack.callback(logging.disable, logging.NOTSET)
        stack.enter_context(transaction.atomic())
        yield
        transaction.set_rollback(True)


def _client(principal: str) -> tuple[Client, User]:
    """A browser signed in as this principal; nobody has an account that owns the samples, but does not use it."""
    user = User.objects.create_user(f"{get_random_string(16).lower()}@exemple.invalid")
    if principal not in {ANONYMOUS, NO_ROLE}:
        grant(user, Role[principal.upper()])
    client = Client(raise_request_exception=False, SERVER_NAME="localhost")
    if principal != ANONYMOUS:
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client, user


def sent_to(page: Page) -> dict[str, str]:
    """What the page must be sent to answer at all."""
    return {
        name: value for sample in record_samples for name, value in sample.sent().get(page.name, {}).items()
    }


def _is_open(page: Page, client: Client, user: User) -> bool:
    """Shown, and taking what is sent where it is a form; a page that answers to no GET is asked by a POST.

    What a page with a right of its own does not find is behind a door that opened.
    """
    with transaction.atomic():
        address = reverse(page.name, args=arguments_of(page, user))
        status = _ask(client.get, address, page)
        if status == 405 or (status == 200 and page.is_a_form_of_the_site):
            status = _ask(client.post, address, page)
        elif status == 302 and page.is_a_form_of_the_site:
            status = 403  # led to the page one reads
        transaction.set_rollback(True)
    return status < 401 or (status == 404 and any("." in right for right in page.door or ()))


def _ask(method: Any, address: str, page: Page) -> int:
    """What the page answers: its status, or 401 when it sends to the sign-in page."""
    response = method(address, sent_to(page), secure=settings.SECURE)
    if response.streaming:
        b"".join(response)
    if response.status_code >= 500:
        raise BrokenPageError(f"{page.name}: {response.status_code}")
    if response.status_code == 302 and page.name not in _SIGN_IN and doors.OPEN not in (page.door or ()):
        leads_to_sign_in = response.headers["Location"].startswith(tuple(reverse(name) for name in _SIGN_IN))
        return 401 if leads_to_sign_in else 302
    return int(response.status_code)


def opened_to(matrix: Mapping[str, Mapping[str, str]], page: str) -> set[str]:
    """Who may open this page."""
    return {principal for principal, answer in matrix[page].items() if answer == OPEN}
