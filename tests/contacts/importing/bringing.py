"""Brings a small file in as the page does: receive, preview, confirm."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from contacts.models import Contact
from crm import receiving
from crm.importing import Plan
from crm.models import ImportBatch


def received(text: str | bytes, *, kind: str = "contacts", name: str = "contacts.csv") -> ImportBatch:
    """A batch of these bytes; a text is a CSV in UTF-8."""
    data = text if isinstance(text, bytes) else text.encode()
    return receiving.receive(kind=kind, name=name, data=io.BytesIO(data), by=None)


def planned(text: str | bytes, *, kind: str = "contacts", **choices: Any) -> Plan:
    """What a file would do."""
    batch = received(text, kind=kind)
    receiving.settle_choices(batch, **choices)
    return receiving.preview(batch)


def brought(
    text: str | bytes, *, kind: str = "contacts", name: str = "contacts.csv", **choices: Any
) -> tuple[ImportBatch, dict[str, Any]]:
    """The batch of a file that has entered, and its report."""
    batch = received(text, kind=kind, name=name)
    receiving.settle_choices(batch, **choices)
    receiving.preview(batch)
    return batch, receiving.confirm(batch, by=None)


def brought_file(path: Path, *, kind: str = "contacts") -> tuple[ImportBatch, dict[str, Any]]:
    return brought(path.read_bytes(), kind=kind, name=path.name)


def outcomes(report: Mapping[str, Any]) -> dict[str, int]:
    """How many lines have each outcome, those that none has left out."""
    counts = {name: report[name] for name in ("created", "updated", "unchanged", "merged")}
    counts["rejected"] = len(report["rejected"])
    return {name: count for name, count in counts.items() if count}


def person(name: str) -> Contact:
    return Contact.objects.people().get(name=name)


def organisation(name: str) -> Contact:
    return Contact.objects.organisations().get(name=name)


def plain(text: str) -> str:
    """A French sentence with spaces that a keyboard has."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def keys(contact: Contact, kind: str) -> list[str]:
    return [channel.key for channel in contact.channels.filter(kind=kind).order_by("pk")]
