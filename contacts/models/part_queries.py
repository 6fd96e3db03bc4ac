"""Rows that hang on contacts are seen when each contact they name is: a post in a structure one does not see is no post."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.apps import apps
from django.db import models
from django.db.models import Q

from crm.models.confidential import sees_confidential
from crm.privacy import ORDINARY
from crm.seeing import sees


if TYPE_CHECKING:
    from crm.models import User


class PartQuerySet[M: models.Model](models.QuerySet[M]):
    """The one `visible_to` of the rows of contacts. `NAMED` are the keys to contacts, `RIGHTS` the rights class of the rows."""

    NAMED: ClassVar[tuple[str, ...]] = ("contact",)
    RIGHTS: ClassVar[str] = ORDINARY

    def visible_to(self, user: User | Any) -> Self:
        """Those of which this account sees both ends."""
        if not sees(user, self.RIGHTS):
            return self.none()
        rows = self
        for name in self.NAMED:
            key: Any = self.model._meta.get_field(name)
            seen = seen_through(name, user)
            rows = rows.filter(Q(**{name: None}) | seen if key.null else seen)
        return rows


def seen_through(name: str, user: User | Any) -> Q:
    """What holds of a row whose key `name` leads to a contact that this account sees: `visible_to`, asked of one contact.

    « Among those one sees » would make SQLite list a hundred thousand for each page of ten rows.
    """
    there = Q(**{f"{name}__trashed_at": None, f"{name}__merged_into": None}) & ~Q(
        **{f"{name}__state": "erased"}
    )
    rows = contacts()
    if user.is_authenticated and user.is_active and user.has_perm("contacts.view_contact"):
        if sees_confidential(user, rows.model):
            return there
        return there & ~Q(**{f"{name}__in": rows.hidden_from(user).order_by().values("pk")})
    return there & Q(**{f"{name}__in": rows.in_scope(user).order_by().values("pk")})


def contacts() -> Any:
    """The contacts: their module imports this one's."""
    return apps.get_model("contacts", "Contact")._default_manager
