"""The rows that hang on a contact, whichever room they belong to, and moving them to another and back.

Every foreign key to `Contact` counts, those of rooms that do not exist yet included: nobody lists them here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from simple_history.models import HistoricalChanges

from contacts.models import Channel, Contact, ContactTerritory, DoublePair, Merge, Position
from crm.models import Share
from crm.records import Part


WORKED_OUT = {"main_people", "absorbed"}
"""Relations of the contact to itself that no row states: the derived one, and the one that a merge makes."""
TOLD_APART = {"id", "is_main", "since", "source", "proof"}
"""What may differ between two rows that say the same thing of two records."""


@dataclass(frozen=True)
class Rows:
    """All rows of one model that point to a contact by one column."""

    model: Any
    field: Any

    @property
    def label(self) -> str:
        return (
            _("structures rattachées") if self.model is Contact else str(self.model._meta.verbose_name_plural)
        )

    def of(self, contact: Contact) -> models.QuerySet[Any]:
        return self.model._base_manager.filter(**{self.field.name: contact.pk}).order_by("pk")  # type: ignore[no-any-return]

    def seen(self, contact: Contact, user: Any) -> models.QuerySet[Any]:
        """Those of them that an account may know of."""
        rows = self.model._default_manager.filter(**{self.field.name: contact.pk})
        return rows.visible_to(user) if hasattr(rows, "visible_to") else rows  # type: ignore[no-any-return]

    def move(self, row: Any, contact: Contact) -> dict[str, Any] | None:
        """The row, as it is, is that contact's: what `put_back` needs to know. None when it stays: the contact has it already."""
        was_main = self.is_part and bool(getattr(row, "is_main", False))
        setattr(row, self.field.name, contact)
        if was_main and self._has_main(row, contact):
            row.is_main = False
        if (self.is_part and self._said_already(row, contact)) or not _holds(row, self.field):
            return None
        row.save()
        return {"model": self.model._meta.label, "pk": row.pk, "field": self.field.name, "was_main": was_main}

    @property
    def is_part(self) -> bool:
        """Whether the column is the one that makes the row a part of the contact."""
        return issubclass(self.model, Part) and self.field.name == self.model.ROOT

    def _has_main(self, row: Any, contact: Contact) -> bool:
        others = self.of(contact).filter(is_main=True)
        return (others.filter(kind=row.kind) if isinstance(row, Channel) else others).exists()

    def _said_already(self, row: Any, contact: Contact) -> bool:
        """Two posts of one title in one organisation are one post; two files are never one."""
        if any(isinstance(one, models.FileField) for one in self.model._meta.fields):
            return False
        return self.of(contact).filter(**_sayings(row, self.field)).exists()


def _sayings(row: Any, field: Any) -> dict[str, Any]:
    """What a part says of its record, column by column."""
    columns = (one for one in row._meta.concrete_fields if one.name not in TOLD_APART and one != field)
    return {one.attname: getattr(row, one.attname) for one in columns}


def _holds(row: Any, field: Any) -> bool:
    """Whether the base would take the row as it is, by the constraints that this column has a part in."""
    try:
        row.validate_unique()
        for constraint in row._meta.constraints:
            is_unique = isinstance(constraint, models.UniqueConstraint)
            if field.name in (
                constraint.fields if is_unique else constraint.condition.referenced_base_fields
            ):
                constraint.validate(type(row), row)
    except ValidationError:
        return False
    return True


def rows_on() -> Iterator[Rows]:
    """Each column of each model that may point to a contact, hidden relations included."""
    for relation in Contact._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel) or relation.get_accessor_name() in WORKED_OUT:
            continue
        model: Any = relation.related_model
        if issubclass(model, HistoricalChanges) or model._meta.auto_created is Contact:
            continue
        if model not in {DoublePair, Merge, ContactTerritory}:
            yield Rows(model, relation.field)


def take_over(kept: Contact, absorbed: Contact) -> list[dict[str, Any]]:
    """Move to `kept` whatever hangs on `absorbed`; what could not move stays there. Answers the log for `put_back`."""
    log: list[dict[str, Any]] = []
    for rows in rows_on():
        if issubclass(rows.model, Share):
            continue  # whoever was given one record was not given the other
        for row in rows.of(absorbed):
            if row != kept and (moved := rows.move(row, kept)):
                log.append({"row": moved})
    return [*log, *_tie_again(kept, absorbed)]


def _tie_again(kept: Contact, absorbed: Contact) -> Iterator[dict[str, Any]]:
    """Addresses that moved while their post stayed behind are tied to the kept record's own."""
    person = Position._meta.get_field("person")
    for channel in kept.channels.filter(position__person=absorbed).select_related("position"):
        stayed = channel.position
        twin = kept.positions.filter(**_sayings(stayed, person)).first()
        channel.position = twin
        channel.save()
        yield {"tied": [channel.pk, stayed.pk if stayed else None, twin.pk if twin else None]}


def put_back(kept: Contact, absorbed: Contact, log: Iterable[Mapping[str, Any]]) -> None:
    """Rows that moved and still hang on `kept` go home, as they were."""
    steps = list(log)
    for step in steps:
        if "tied" in step:
            channel, stayed, twin = step["tied"]
            for tied in kept.channels.filter(pk=channel, position=twin):
                tied.position_id = stayed
                tied.save()
    by_label = {rows.model._meta.label: rows.model for rows in rows_on()}
    for moved in (step["row"] for step in steps if "row" in step):
        model: Any = by_label.get(moved["model"])
        row = (
            model._base_manager.filter(**{"pk": moved["pk"], moved["field"]: kept.pk}).first()
            if model
            else None
        )
        if row is None:
            continue
        setattr(row, moved["field"], absorbed)
        if moved["was_main"]:
            row.is_main = True
        if _holds(row, model._meta.get_field(moved["field"])):
            row.save()


def take_over_pairs(kept: Contact, absorbed: Contact) -> list[list[int]]:
    """What was said of the absorbed record and a third one holds for the kept one, unless somebody judged that pair.

    Answers `[pair, third record]` for each that moved.
    """
    moved = []
    for field, other in (("first", "second"), ("second", "first")):
        for pair in DoublePair.objects.filter(**{field: absorbed}).exclude(**{other: kept}):
            third: int = getattr(pair, f"{other}_id")
            first, second = sorted([kept.pk, third])
            if not DoublePair.objects.filter(first=first, second=second).exists():
                pair.first_id, pair.second_id = first, second
                pair.save()
                moved.append([pair.pk, third])
    return moved


def pairs_home(kept: Contact, absorbed: Contact, moved: Iterable[tuple[int, int]]) -> None:
    """Undo `take_over_pairs`."""
    for pk, third in moved:
        first, second = sorted([kept.pk, third])
        for pair in DoublePair.objects.filter(pk=pk, first=first, second=second):
            pair.first_id, pair.second_id = sorted([absorbed.pk, third])
            pair.save()
