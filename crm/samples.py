"""Throwaway records of the ground floor, for the access matrix."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django.core.files.base import ContentFile
from django.utils.crypto import get_random_string

from crm.models import Association, AuditEntry, Deed, Export, ImportBatch, Purpose, SavedFilter, User
from crm.registry import RecordSample, importers, record_models, record_samples


FILE = b"NOM;Mail\nExemple;exemple@exemple.invalid\n"


def _association(user: User) -> Mapping[str, Any]:
    return {"object_id": Association.own().pk}


def _account(user: User) -> Mapping[str, Any]:
    made = User.objects.create_user(f"{get_random_string(16).lower()}@exemple.invalid")
    return {"object_id": made.pk, "pk": made.pk}


def _audit_entry(user: User) -> Mapping[str, Any]:
    return {"object_id": AuditEntry.objects.create(deed=Deed.CONFIGURED).pk}


def _export(user: User) -> Mapping[str, Any]:
    made = Export.objects.create(
        purpose=Purpose.INTERNAL, reason="–", model="crm.user", file_format="csv", owner=user
    )
    return {"object_id": made.pk, "pk": made.pk}


def _import_batch(user: User) -> Mapping[str, Any]:
    kind = importers.names()[0]
    batch = ImportBatch(kind=kind, name="exemple.csv", digest=hashlib.sha256(FILE).hexdigest())
    batch.file.save("exemple.csv", ContentFile(FILE), save=True)
    return {"object_id": batch.pk, "pk": batch.pk, "kind": kind}


def _site(user: User) -> Mapping[str, Any]:
    page = _a_list()
    kept = SavedFilter.objects.create(name=get_random_string(16), owner=user, page=page)
    spent = {
        "token": "exemple",
        "uidb36": "1",
        "key": "exemple",
    }  # links of messages, which open nothing any more
    return {"pk": kept.pk, "page": page, "app_label": "crm", "content_type_id": 1, "object_id": 1, **spent}


def _sent() -> Mapping[str, Mapping[str, str]]:
    return {"admin:saved_filter_save": {"page": _a_list(), "name": "Exemple", "query": "q=exemple"}}


def _a_list() -> str:
    """A list whose filters can be kept."""
    return record_models.names()[0].replace(".", "_")


def register() -> None:
    for model, make in {
        "": _site,
        "crm.association": _association,
        "crm.auditentry": _audit_entry,
        "crm.export": _export,
        "crm.importbatch": _import_batch,
        "crm.user": _account,
    }.items():
        record_samples.add(RecordSample(model=model, make=make, sent=dict if model else _sent))
