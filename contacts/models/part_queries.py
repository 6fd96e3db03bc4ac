"""Rows that hang on contacts are seen when each contact they name is: a post in a structure one does not see is no post."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.apps import apps
from django.db import models
from django.db.models import Q

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
        seen = contacts().visible_to(user).order_by().values("pk")
        rows = self
        for name in self.NAMED:
            key: Any = self.model._meta.get_field(name)
            named = Q(**{f"{name}__in": seen})
            rows = rows.filter(named | Q(**{name: None}) if key.null else named)
        return rows


def contacts() -> Any:
    """The contacts: their module imports this one's."""
    return apps.get_model("contacts", "Contact")._default_manager
