"""Who may do what: the one table. Groups become exactly what it says at each migrate; a misspelling stops it.

Code asks for rights, never for roles: no other module names a group.
"""

from __future__ import annotations

from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING

from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import Q


if TYPE_CHECKING:
    from crm.models import User


class Role(StrEnum):
    """The roles, as the sign-in page of the demonstration and the accounts page name them."""

    MANAGER = "Responsable de l’outil"
    STAFF = "Équipe"
    BOARD = "Administrateur·rice"
    READER = "Lecture"


VIEW = frozenset({"view"})
ADD = VIEW | {"add"}
EDIT = ADD | {"change"}
ALL = EDIT | {"delete"}

_LISTS = (
    "contacts.theme", "contacts.category", "contacts.actorfamily", "contacts.function", "contacts.service",
    "contacts.source", "contacts.schemetype", "contacts.label", "contacts.synonym",
)  # fmt: skip
_PARTS = (
    "contacts.position",
    "contacts.channel",
    "contacts.contactalias",
    "contacts.link",
    "contacts.coordination",
)
_KEPT_BY_STAFF = ("contacts.consent", "contacts.opposition", "contacts.interaction", "contacts.contactfile")

_STAFF: dict[str, frozenset[str]] = {
    "contacts.contact": ALL
    | {"export", "import", "merge", "see_private_channels", "see_notes", "set_confidential"},
    "contacts.scheme": ALL | {"export", "import"},
    "contacts.territory": VIEW | {"import"},
    "contacts.doublepair": VIEW | {"change"},
    "contacts.merge": VIEW,
    "crm.importbatch": VIEW | {"import_file"},
    "crm.export": VIEW,
    **dict.fromkeys(_LISTS, VIEW),
    "contacts.label": EDIT,
    "contacts.synonym": EDIT,
    **dict.fromkeys((*_PARTS, *_KEPT_BY_STAFF), ALL),
}
_NETWORK: dict[str, frozenset[str]] = {
    "contacts.contact": VIEW,
    "contacts.scheme": VIEW,
    "contacts.territory": VIEW,
    **dict.fromkeys((*_LISTS, *_PARTS), VIEW),
}

GRANTS: dict[Role, dict[str, frozenset[str]]] = {
    Role.MANAGER: _STAFF
    | {
        "contacts.contact": _STAFF["contacts.contact"] | {"see_confidential"},
        **dict.fromkeys(_LISTS, ALL),
        "crm.association": VIEW | {"change"},
        "crm.user": EDIT,
        "crm.auditentry": VIEW,
    },
    Role.STAFF: _STAFF,
    Role.BOARD: _NETWORK,
    Role.READER: _NETWORK,
}


def permissions_of(role: Role) -> set[tuple[str, str]]:
    """`(application, codename)` of each right of a role."""
    return {
        (app, verb if verb.endswith(f"_{model}") or "_" in verb else f"{verb}_{model}")
        for label, verbs in GRANTS[role].items()
        for app, model in [label.split(".")]
        for verb in verbs
    }


def holding(right: str) -> list[Role]:
    """The roles that hold a right, `application.codename`, in the order of the table."""
    app, codename = right.split(".")
    return [role for role in Role if (app, codename) in permissions_of(role)]


@transaction.atomic
def synchronise() -> None:
    """Make each role's group hold exactly its rights.

    Raises:
        ImproperlyConfigured: the table names a right that does not exist.
    """
    wanted = {role: permissions_of(role) for role in Role}
    keys = set(chain.from_iterable(wanted.values()))
    known = {
        (permission.content_type.app_label, permission.codename): permission
        for permission in Permission.objects.filter(
            Q(content_type__app_label__in={app for app, _codename in keys})
        ).select_related("content_type")
    }
    if missing := keys - known.keys():
        raise ImproperlyConfigured(f"crm.roles names rights that do not exist: {sorted(missing)}")
    for role, rights in wanted.items():
        group, _made = Group.objects.get_or_create(name=role.value)
        group.permissions.set(known[right] for right in rights)


def grant(user: User, role: Role) -> None:
    """Give an account this role, beside those it has."""
    user.groups.add(Group.objects.get(name=role.value))
