"""Bringing a file in by the pages, for the tests that look at what the pages then say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from crm.models import ImportBatch


MESSY = Path(__file__).parent.parent / "messy/files"
PLAIN = "Nom;Prénom;Mail;Structure\nDurand;Zoé;zoe.durand@ville.example;Ville de Montreuil\n"
PEOPLE = 30

State = ImportBatch.State


def url(name: str, *args: Any) -> str:
    return reverse(f"admin:crm_importbatch_{name}", args=args)


def send(client: Client, content: str | bytes, name: str = "contacts.csv", kind: str = "contacts") -> Any:
    data = content.encode() if isinstance(content, str) else content
    return client.post(
        url("upload"), {"resource": kind, "import_file": SimpleUploadedFile(name, data)}, follow=True
    )


def text_of(response: Any) -> str:
    """What the page says, its spaces as plain ones."""
    return " ".join(response.content.decode().replace("\u202f", " ").replace("\u00a0", " ").split())


def bytes_of(batch: ImportBatch) -> bytes:
    with batch.file.open("rb") as file:
        return bytes(file.read())


def people(count: int) -> str:
    rows = (f"Nom{n:03};Prénom{n};p{n}@ville.example;Ville numéro {n}\n" for n in range(count))
    return "Nom;Prénom;Mail;Structure\n" + "".join(rows)


def confirm(client: Client, batch: ImportBatch) -> Any:
    batch.refresh_from_db()
    return client.post(url("confirm", batch.pk), {"digest": batch.plan_digest}, follow=True)
