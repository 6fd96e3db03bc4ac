"""Who wrote a record last, and when: for a whole record, one of its fields or one of its rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db.models import Model
from django.utils.formats import date_format
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _

from crm.models import AuditEntry, Deed
from crm.records import Part


LOOKED_BACK = 20
"""Past versions read to find the one in which a field changed."""


@dataclass(frozen=True)
class Written:
    by: str
    """A name, or « l’outil »: a sentence that begins with it gives it a capital."""
    at: datetime

    @property
    def when(self) -> str:
        """« à 14 h 05 », or the day before it."""
        moment = localtime(self.at)
        hour = date_format(moment, "G:i").replace(":", " h ")
        if moment.date() == localdate():
            return _("à %(hour)s") % {"hour": hour}
        return _("le %(day)s à %(hour)s") % {"day": date_format(moment, "d/m/Y"), "hour": hour}


def last_written(record: Model) -> Written | None:
    """The last write of the record or of any of its parts."""
    written = [_latest(record), *(_latest_of(part, record) for part in _parts(record))]
    known = [one for one in written if one is not None]
    return max(known, key=lambda one: one.at) if known else _by_audit(record)


def field_written(record: Model, name: str) -> Written | None:
    """The write that gave this field its value, if it is among the last ones."""
    history: Any = getattr(record, "history", None)
    if history is None or name not in {one.name for one in record._meta.concrete_fields}:
        return last_written(record)
    attribute = record._meta.get_field(name).attname  # type: ignore[union-attr]
    past = list(history.select_related("history_user").order_by("-history_date", "-history_id")[:LOOKED_BACK])
    for version, before in pairwise(past):
        if getattr(version, attribute, None) != getattr(before, attribute, None):
            return _written(version)
    return last_written(record)


def row_written(model: type[Model], key: str, record: Model) -> Written | None:
    """The last write of one row, its removal included."""
    history: Any = getattr(model, "history", None)
    last = (
        history.filter(id=key).select_related("history_user").order_by("-history_date", "-history_id").first()
        if history is not None and key.isdigit()
        else None
    )
    return _written(last) if last else last_written(record)


def _parts(record: Model) -> list[Any]:
    """The relations whose rows are parts of this record and remembered."""
    return [
        relation
        for relation in record._meta.related_objects
        if issubclass(relation.related_model, Part)
        and relation.field.name == relation.related_model.ROOT
        and hasattr(relation.related_model, "history")
    ]


def _latest(record: Any) -> Written | None:
    history = getattr(record, "history", None)
    if history is None:
        return None
    last = history.select_related("history_user").order_by("-history_date", "-history_id").first()
    return _written(last) if last else None


def _latest_of(relation: Any, record: Model) -> Written | None:
    rows = relation.related_model.history.filter(**{relation.field.name: record.pk})
    last = rows.select_related("history_user").order_by("-history_date", "-history_id").first()
    return _written(last) if last else None


def _written(version: Any) -> Written:
    return Written(str(version.history_user or _("l’outil")), version.history_date)


def _by_audit(record: Model) -> Written | None:
    """For a record without history: the last time that somebody saved its form."""
    last = (
        AuditEntry.objects.filter(
            model=record._meta.label_lower, record=str(record.pk), deed__in=[Deed.CHANGED, Deed.ADDED]
        )
        .select_related("actor")
        .order_by("-at", "-pk")
        .first()
    )
    return Written(str(last.actor or _("l’outil")), last.at) if last else None
