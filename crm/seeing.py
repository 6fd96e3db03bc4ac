"""Who sees what: the one place that every page, list, filter, search, sort, export, history and box to choose in asks.

Fields and rows are of four classes (`crm.privacy`). Each but the ordinary one asks for a right. Which *records* an account
sees is another question: each model's `visible_to(user)` (`crm.models.confidential`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Model, QuerySet
from django.utils import timezone

from crm.auditing import record_deed
from crm.models import AuditEntry, Deed
from crm.privacy import MONEY, NOTES, ORDINARY, PRIVATE_CHANNEL, RIGHTS_CLASSES


if TYPE_CHECKING:
    from crm.models import User

# By string, as in `crm.roles`: the ground floor knows no room.
RIGHT_OF: Final[Mapping[str, str]] = {
    PRIVATE_CHANNEL: "contacts.see_private_channels",
    NOTES: "contacts.see_notes",
    MONEY: "memberships.see_money",
}
TOLD_ONCE_IN: Final = timedelta(hours=1)
"""An account that goes on reading one confidential record is written down once in so long."""


def sees(user: User | Any, rights: str) -> bool:
    """Whether this account sees what is of that rights class; nothing is seen of a class that nobody knows."""
    return rights == ORDINARY or (rights in RIGHT_OF and bool(user.has_perm(RIGHT_OF[rights])))


def classes_seen(user: User | Any) -> frozenset[str]:
    """The rights classes that this account sees."""
    return frozenset(rights for rights in RIGHTS_CLASSES if sees(user, rights))


def rights_class(model: type[Model], field: str) -> str:
    """The rights class that a field declares; empty when it declares none, and then nobody sees it."""
    return str(getattr(getattr(model, "PRIVACY", {}).get(field, ""), "rights", ""))


def sees_field(user: User | Any, model: type[Model], field: str) -> bool:
    """Whether this account sees that field, `field__of__another` included: each step must be seen."""
    current: Any = model
    for name in field.split("__"):
        if current is None or not hasattr(current, "PRIVACY"):
            return True  # a lookup, or a library's own model
        column = next((one for one in current._meta.get_fields() if one.name == name), None)
        if column is None:
            return True
        if name in current.PRIVACY and not sees(user, rights_class(current, name)):
            return False
        current = column.related_model
    return True


def hidden_fields(model: type[Model], user: User | Any) -> frozenset[str]:
    """The fields of a model that this account does not see, those that name records it may not look at included."""
    declared: Mapping[str, str] = getattr(model, "PRIVACY", {})
    seen = classes_seen(user)
    hidden = {name for name in declared if rights_class(model, name) not in seen}
    for field in (*model._meta.fields, *model._meta.many_to_many):
        if field.is_relation and not may_look_at(user, field.related_model):
            hidden.add(field.name)
    return frozenset(hidden)


def may_look_at(user: User | Any, model: Any) -> bool:
    """Whether the records of a model may be named to this account at all; a library's own are no secret."""
    if not hasattr(model, "PRIVACY"):
        return True
    return bool(user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}"))


def seen_rows(model: Any, user: User | Any) -> QuerySet[Any]:
    """The rows of a model that this account sees."""
    rows: QuerySet[Any] = model._default_manager.all()
    return rows.visible_to(user) if hasattr(rows, "visible_to") else rows


def note_reading(user: User | Any, record: Model) -> None:
    """Write down that this account has opened a confidential record; once an hour says it."""
    if not getattr(record, "is_confidential", False):
        return
    lately = AuditEntry.objects.filter(
        deed=Deed.READ,
        actor=user.pk,
        model=record._meta.label_lower,
        record=str(record.pk),
        at__gt=timezone.now() - TOLD_ONCE_IN,
    )
    if not lately.exists():
        record_deed(Deed.READ, by=user, on=record)
