"""Taking the demonstration away: its records, what hangs on them, and every past version of both."""

from __future__ import annotations

from typing import Any

from django.db import models, router, transaction
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from contacts.models import Channel, Contact, Position, Scheme, SuppressedAddress
from contacts.models.consent import fingerprint
from crm.models import ImportBatch, ImportChange, RecentRecord
from crm.records import bulk_write


KIND = "demo"


@transaction.atomic
def remove() -> int:
    """Delete what the demonstration made, with its history; answer how many records went.

    An organisation that somebody's own contact has been linked to since becomes theirs and stays.
    """
    batches = ImportBatch.objects.filter(kind=KIND)
    if not batches.exists():
        return 0
    _keep_what_is_used()
    contacts = Contact._base_manager.filter(batch__in=batches.values("pk"))
    schemes = Scheme._base_manager.filter(batch__in=batches.values("pk"))
    count = contacts.count() + schemes.count()
    _forget_refusals(contacts)
    for rows in (schemes, contacts):
        _delete_with_parts(rows)
    ImportChange.objects.filter(batch__in=batches.values("pk")).delete()
    batches.delete()
    return count


def _keep_what_is_used() -> None:
    """Organisations of the demonstration that a position, a scheme or a record of one's own names are one's own now."""
    made = Contact._base_manager.filter(batch__kind=KIND)
    own = Contact._base_manager.exclude(batch__kind=KIND)
    named = models.Q(pk__in=Position._base_manager.filter(person__in=own.values("pk")).values("organisation"))
    named |= models.Q(pk__in=Scheme._base_manager.exclude(batch__kind=KIND).values("lead"))
    named |= models.Q(pk__in=own.values("parent"))
    kept = list(made.filter(named, kind=Contact.Kind.ORGANISATION))
    for record in kept:
        record.batch = None
    bulk_write(kept, reason=_("Gardée au retrait de la démonstration"), fields=["batch"])


def _forget_refusals(contacts: models.QuerySet[Any]) -> None:
    addresses = Channel._base_manager.filter(contact__in=contacts.values("pk"), kind=Channel.Kind.EMAIL)
    prints = [
        fingerprint(key)
        for key in addresses.values_list("key", flat=True).iterator()
        if key.endswith(".example")
    ]
    for start in range(0, len(prints), 500):
        SuppressedAddress.objects.filter(fingerprint__in=prints[start : start + 500]).delete()


def _delete_with_parts(rows: models.QuerySet[Any]) -> None:
    """Every row that points to these goes first, or points nowhere any more; past versions go with what they are of."""
    model = rows.model
    keys = rows.values("pk")
    for relation in model._meta.get_fields(include_hidden=True):
        if (
            not relation.auto_created
            or relation.concrete
            or not (relation.one_to_many or relation.one_to_one)
        ):
            continue
        other, field = relation.related_model, relation.field.name
        pointing = other._base_manager.filter(**{f"{field}__in": keys})
        if hasattr(other, "history_object") or "history" in {one.name for one in other._meta.fields}:
            continue  # a past version: see below
        if other is model:
            pointing = pointing.exclude(pk__in=keys)
        if other is model or relation.on_delete is models.SET_NULL:
            pointing.update(**{field: None})
            continue
        _delete_versions(other, pointing)
        _raw_delete(pointing)
    _delete_versions(model, rows)
    seen = rows.annotate(text=Cast("pk", models.CharField())).values("text")
    RecentRecord.objects.filter(model=model._meta.label_lower, record__in=seen).delete()
    _raw_delete(rows)


def _delete_versions(model: Any, rows: models.QuerySet[Any]) -> None:
    history = getattr(model, "history", None)
    if history is None:
        return
    past = history.model._base_manager.filter(id__in=rows.values("pk"))
    for field in history.model._history_m2m_fields:
        _raw_delete(
            getattr(history.model, field.name).model._base_manager.filter(history__in=past.values("pk"))
        )
    _raw_delete(past)


def _raw_delete(rows: models.QuerySet[Any]) -> None:
    """One statement: no row is read, and no version is written to say that an invented record is gone."""
    rows._raw_delete(router.db_for_write(rows.model))
