"""Taking a list out, as the export page does: what the tests of exports share."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.urls import reverse
from python_calamine import CalamineWorkbook

from contacts.models import Category, Contact, Territory, Theme
from tests.factories import OrganisationFactory, PersonFactory


PAGE = "admin:contacts_contact_export"
SECRET = "intime.jamais.vue@exemple.org"
USUAL = ["name", "first_name", "organisation", "title", "email", "phone", "themes", "territories"]


def form(**changes) -> dict[str, object]:
    return {
        "purpose": "newsletter",
        "reason": "Lettre de novembre",
        "layout": "records",
        "file_format": "csv",
        "columns": USUAL,
    } | changes


def take(client, query: str = "", **changes):
    return client.post(f"{reverse(PAGE)}?{query}", form(**changes))


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def table(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body(response).decode("utf-8-sig")), delimiter=";"))


def sheet(book: bytes, name: str = "Contacts") -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_name(name).to_python()


def full_person(**changes) -> Contact:
    agency = OrganisationFactory(
        name="Agence de santé",
        category=Category.objects.get(code="COL-1"),
        territories=[Territory.objects.get(level="region", code="11")],
    )
    return PersonFactory(
        **{
            "name": "Durand",
            "first_name": "Léa",
            "civility": "mme",
            "themes": list(Theme.objects.filter(code__in=["T01", "T04"])),
            "organisation": agency,
            "organisation__title": "Directrice",
            "email": "lea@exemple.org",
            "phone": "01 86 65 00 01",
        }
        | changes
    )
