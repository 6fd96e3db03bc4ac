"""Opening a base, once: with one's own data, or with the demonstration.

Two people who press the button together make one account: SQLite has one writer, PostgreSQL locks the association's row.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from crm.auditing import record_deed
from crm.models import Association, Deed, User
from crm.registry import starting_packs
from crm.roles import Role, grant


class AlreadyOpenError(Exception):
    """Somebody has an account here: the first page is past."""


def is_open() -> bool:
    """Whether somebody has an account."""
    return bool(User.objects.exists())


@contextmanager
def opening() -> Iterator[Association]:
    """The association's row, locked, while the base is opened.

    Raises:
        AlreadyOpenError: it was opened meanwhile.
    """
    Association.own()
    with transaction.atomic():
        association = Association.objects.select_for_update().get(pk=1)
        if is_open():
            raise AlreadyOpenError
        yield association


def open_with_own_data(
    *, association_name: str, first_name: str, last_name: str, email: str, password: str, pack: str = ""
) -> User:
    """Make the first account, which may do everything, and name the association; begin with the lists of `pack`, if named.

    Raises:
        AlreadyOpenError: there is an account already.
    """
    with opening() as association:
        user = User.objects.create_user(email, password, first_name=first_name, last_name=last_name)
        grant(user, Role.MANAGER)
        association.name = association_name
        association.started_with_demo = False
        association.started_at = timezone.now()
        association.save(update_fields=["name", "started_with_demo", "started_at"])
        record_deed(Deed.ADDED, by=user, on=user)
        if pack:
            starting_packs[pack].begin()
    return user
