"""Where the network has nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, Min, OuterRef, QuerySet
from django.utils import timezone

from contacts.models import Contact, ContactTerritory, Territory, TerritoryAncestor


if TYPE_CHECKING:
    from crm.models import User


def lone_departments() -> dict[int, int]:
    """`{region: its department}` for the regions that have one only: who is in the region is in the department."""
    pairs = TerritoryAncestor.objects.filter(
        ancestor__level=Territory.Level.REGION, descendant__level=Territory.Level.DEPARTEMENT
    ).order_by()
    counted = pairs.values_list("ancestor_id").annotate(Min("descendant_id"), Count("pk"))
    return {region: inside for region, inside, count in counted if count == 1}


def departments_without_contact(user: User | Any = None) -> QuerySet[Territory]:
    """Departments in force, overseas included, in which no active contact (that this account sees) has a territory today."""
    active = Contact._base_manager.filter(
        pk=OuterRef("contact_id"), state=Contact.State.ACTIVE, trashed_at=None, merged_into=None
    )
    if user is not None:
        active = active.exclude(pk__in=Contact.objects.hidden_from(user).values("pk"))
    # Two questions one in the other: joined, SQLite would read every active contact for each territory.
    reached = ContactTerritory.objects.filter(Exists(active))
    inside = TerritoryAncestor.objects.filter(
        Exists(reached.filter(territory=OuterRef("descendant"))), ancestor=OuterRef("pk")
    )
    lone = lone_departments()
    held = reached.filter(territory__in=lone).values_list("territory_id", flat=True).distinct()
    departments = Territory.objects.at(Territory.Level.DEPARTEMENT).in_force(timezone.localdate())
    empty = departments.exclude(zone=Territory.Zone.COM).exclude(Exists(inside))
    return empty.exclude(pk__in=[lone[region] for region in held])
