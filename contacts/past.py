"""The network as it was at the end of a day: today's rows, or the last version of each that was written by then.

Two kinds of facts make a past state. The *history* says what the base held that day: a record that came later is not in
it, one that has been changed or put in the trash since is as it was. *Dated columns* (a position until June, a consent
withdrawn in March) say what was in force that day among what the base held.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Max, Min, Q
from django.utils import timezone

from contacts.models import Contact, ContactTerritory, Coordination, Position, Scheme, TerritoryAncestor


def first_day() -> datetime.date | None:
    """The day on which the base received its first record, None while it is empty."""
    starts = [model.history.aggregate(first=Min("history_date"))["first"] for model in (Contact, Scheme)]
    known = [start for start in starts if start is not None]
    return timezone.localdate(min(known)) if known else None


def end_of(year: int) -> datetime.date:
    """31 December, or today while the year is not over."""
    return min(datetime.date(year, 12, 31), timezone.localdate())


def is_known(year: int) -> bool:
    """Whether the base held anything by the end of that year; a year to come is not known."""
    start = first_day()
    return start is not None and start.year <= year <= timezone.localdate().year


class Past:
    """The rows of that day, model by model; each property costs a constant number of statements."""

    def __init__(self, day: datetime.date) -> None:
        self.day = day
        self.is_over = day < timezone.localdate()

    @property
    def moment(self) -> datetime.datetime:
        """The first instant that is no longer that day."""
        return timezone.make_aware(
            datetime.datetime.combine(self.day + datetime.timedelta(days=1), datetime.time.min)
        )

    def rows(self, model: Any) -> models.QuerySet[Any]:
        """The rows of a tracked model; ask for columns, not for objects: a past one is a version, whose key is `id` too."""
        if self.is_over:
            return self.versions(model).exclude(history_type="-")
        today: models.QuerySet[Any] = model._base_manager.order_by()
        return today

    def versions(self, model: Any) -> models.QuerySet[Any]:
        """The last version of each row that was written by that day, those that say it was deleted included."""
        history: models.QuerySet[Any] = model.history.order_by()
        written = history.filter(history_date__lt=self.moment)
        # A row's versions are numbered in the order of their writing.
        return history.filter(pk__in=written.values("id").annotate(last=Max("history_id")).values("last"))

    def links(self, model: Any, field: str) -> models.QuerySet[Any]:
        """The rows that link a model to another by a many-to-many field."""
        link: Any = model._meta.get_field(field)
        through: Any = (
            getattr(model.history.model, field).model if self.is_over else link.remote_field.through
        )
        rows: models.QuerySet[Any] = through._base_manager.order_by()
        return rows.filter(history_id__in=self.rows(model).values("history_id")) if self.is_over else rows

    def linked(self, model: Any, field: str) -> Iterable[tuple[int, int]]:
        """`(row, other side)` for each of these links."""
        link: Any = model._meta.get_field(field)
        return (
            self.links(model, field).values_list(link.m2m_column_name(), link.m2m_reverse_name()).iterator()
        )

    def above(self, *levels: str) -> models.QuerySet[TerritoryAncestor]:
        """The pairs that say in which territories of these levels those of contacts and schemes lie."""
        used = Q(descendant__in=self.links(Contact, "territories").values("territory_id"))
        used |= Q(descendant__in=self.links(Scheme, "territories").values("territory_id"))
        return TerritoryAncestor.objects.filter(used, ancestor__level__in=levels).order_by()

    def in_force(self, start: str = "starts_on", end: str = "ends_on") -> Q:
        """Dated rows that day: the end day is still one of them."""
        began = Q(**{start: None}) | Q(**{f"{start}__lte": self.day})
        return began & (Q(**{end: None}) | Q(**{f"{end}__gte": self.day}))

    def contacts(self) -> models.QuerySet[Any]:
        """Active contacts, neither in the trash nor folded into another."""
        return self.rows(Contact).filter(state=Contact.State.ACTIVE, trashed_at=None, merged_into=None)

    @cached_property
    def active(self) -> dict[int, str]:
        """`{active contact: kind}`."""
        return dict(self.contacts().values_list("id", "kind"))

    @cached_property
    def main_positions(self) -> dict[int, tuple[int | None, int | None]]:
        """`{person: (organisation, function)}` of the main position held that day."""
        held = self.rows(Position).filter(self.in_force()).order_by("-is_main", "id")
        found: dict[int, tuple[int | None, int | None]] = {}
        for person, organisation, function in held.values_list("person_id", "organisation_id", "function_id"):
            found.setdefault(person, (organisation, function))
        return found

    @cached_property
    def categories(self) -> dict[int, int]:
        """`{contact: category}`, their own, else that of the main organisation."""
        own = dict(self.rows(Contact).filter(category__isnull=False).values_list("id", "category_id"))
        found = {}
        for contact in self.active:
            organisation = self.main_positions.get(contact, (None, None))[0]
            category = own.get(contact) or (own.get(organisation) if organisation else None)
            if category:
                found[contact] = category
        return found

    @cached_property
    def territories(self) -> dict[int, set[int]]:
        """`{contact: territories}`: own, else those of the schemes coordinated, else those of the main organisation."""
        found: dict[int, set[int]] = defaultdict(set)
        if not self.is_over:
            for contact, territory in ContactTerritory.objects.values_list(
                "contact_id", "territory_id"
            ).iterator():
                if contact in self.active:
                    found[contact].add(territory)
            return found
        own: dict[int, set[int]] = defaultdict(set)
        for contact, territory in self.linked(Contact, "territories"):
            own[contact].add(territory)
        of_scheme: dict[int, set[int]] = defaultdict(set)
        for scheme, territory in self.linked(Scheme, "territories"):
            of_scheme[scheme].add(territory)
        coordinated: dict[int, set[int]] = defaultdict(set)
        for scheme, person in self.coordinations:
            coordinated[person] |= of_scheme.get(scheme, set())
        for contact in self.active:
            organisation = self.main_positions.get(contact, (None, None))[0]
            places = (
                own.get(contact)
                or coordinated.get(contact)
                or (own.get(organisation) if organisation else None)
            )
            if places:
                found[contact] = places
        return found

    @cached_property
    def themes(self) -> dict[int, set[int]]:
        """`{active contact: themes}`."""
        found: dict[int, set[int]] = defaultdict(set)
        for contact, theme in self.linked(Contact, "themes"):
            if contact in self.active:
                found[contact].add(theme)
        return found

    @cached_property
    def coordinations(self) -> list[tuple[int, int]]:
        """`(scheme, person)` of each coordination in force."""
        return list(self.rows(Coordination).filter(self.in_force()).values_list("scheme_id", "person_id"))
