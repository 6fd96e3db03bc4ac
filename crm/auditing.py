"""Writing the audit trail: one verb, called by name wherever something worth remembering was done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import Model

from crm.models import AuditEntry, Deed


if TYPE_CHECKING:
    from crm.models import User


def record_deed(
    deed: Deed,
    *,
    by: User | Any | None,
    on: Model | None = None,
    model: str = "",
    record: str = "",
    count: int = 1,
    fields: Iterable[str] = (),
) -> AuditEntry:
    """Write one line: who, what, which record or how many; names of fields at most, never a value.

    `on` gives the record; `model` and `record` say it of one that is gone. `by` is None for what the product does itself.
    """
    actor = by if by is not None and by.is_authenticated else None
    return AuditEntry.objects.create(
        deed=deed,
        actor=actor,
        model=on._meta.label_lower if on is not None else model,
        record=str(on.pk) if on is not None and on.pk else record,
        count=count,
        fields=sorted(set(fields)),
    )
