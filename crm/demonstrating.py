"""The demonstration: believable invented data that each room makes, and one login per role, shown to whoever comes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import models, transaction
from django.utils import timezone

from crm.models import Association, User
from crm.opening import opening
from crm.registry import demo_data
from crm.roles import Role, grant
from crm.surveying import survey


type Advance = Callable[[int, int], None]

JOB: Final = "demonstration"
PASSWORD: Final = "demonstration"  # noqa: S105 -- shown on the sign-in page of a base that holds invented data only
CONTACTS: Final = 1_150
SEED: Final = 1
NAME: Final = "Réseau Exemple"


@dataclass(frozen=True)
class Login:
    """How to enter the demonstration under one role."""

    role: str
    email: str
    first_name: str
    last_name: str
    password: str = PASSWORD


LOGINS: Final[Sequence[Login]] = (
    Login(Role.MANAGER, "responsable@demo.example", "Camille", "Aubry"),
    Login(Role.STAFF, "equipe@demo.example", "Nadia", "Belkacem"),
    Login(Role.BOARD, "ca@demo.example", "Hervé", "Quéméner"),
    Login(Role.READER, "lecture@demo.example", "Lucie", "Payet"),
)


def shown_logins() -> Sequence[Login]:
    """The logins of the demonstration that still open something; none on a base of one's own."""
    if not Association.objects.filter(pk=1, started_with_demo=True).exists():
        return ()
    there = {*_accounts().filter(is_active=True).values_list("email", flat=True)}
    return [login for login in LOGINS if login.email in there]


def add_demo_data(*, contacts: int, seed: int, advance: Advance) -> dict[str, int]:
    """Have each room make its invented data; `{what: how many}`. The same seed makes the same data."""
    made: dict[str, int] = {}
    for part in demo_data:
        made |= part.make(contacts=contacts, seed=seed, advance=advance)
    survey()
    return made


def open_with_demo(
    *, contacts: int = CONTACTS, seed: int = SEED, advance: Advance | None = None
) -> dict[str, int]:
    """Fill an empty base with the demonstration, then open it: one account per role. Answers what was made.

    Raises:
        AlreadyOpenError: somebody has an account.
    """
    with opening():
        pass
    made = add_demo_data(contacts=contacts, seed=seed, advance=advance or (lambda done, total: None))
    with opening() as association:
        for login in LOGINS:
            user = User.objects.create_user(
                login.email, login.password, first_name=login.first_name, last_name=login.last_name
            )
            grant(user, Role(login.role))
        association.name = association.name or NAME
        association.started_with_demo = True
        association.started_at = timezone.now()
        association.save(update_fields=["name", "started_with_demo", "started_at"])
    return made


def remove_demo() -> int:
    """Take away the logins shown to everybody, and the invented data; answer how many rows of these went.

    Whoever made an account of their own keeps it, and the base; without one, the first page asks again.
    """
    gone = sum(part.remove() for part in reversed(list(demo_data)))
    with transaction.atomic():
        _accounts().delete()
        association = Association.own()
        association.name = "" if association.name == NAME else association.name
        association.started_with_demo = False
        association.save(update_fields=["name", "started_with_demo"])
    return gone


def _accounts() -> models.QuerySet[User]:
    accounts: models.QuerySet[User] = User.objects.filter(email__in=[login.email for login in LOGINS])
    return accounts
