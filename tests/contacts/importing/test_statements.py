"""The number of statements grows by the thousand rows, never by the row."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from contacts.models import Contact
from crm import receiving
from tests.contacts.importing.bringing import brought, received
from tests.messy.scale import write_contacts_csv


pytestmark = pytest.mark.django_db


def a_file(rows: int, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("scale") / "contacts.csv"
    write_contacts_csv(path, rows)
    return path.read_bytes()


def statements(content: bytes) -> tuple[int, int]:
    """Of a preview, and of a confirmation but for what the engine itself cuts in pieces; nothing is kept."""
    with transaction.atomic():
        batch = received(content)
        with CaptureQueriesContext(connection) as planning:
            receiving.preview(batch)
        with CaptureQueriesContext(connection) as applying:
            receiving.confirm(batch, by=None)
        transaction.set_rollback(True)
    return len(planning), sum(not query["sql"].startswith(("INSERT", "UPDATE")) for query in applying)


@pytest.mark.data
def test_a_thousand_rows_take_as_many_statements_as_a_hundred(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    receiving.preview(received("NOM\nDurand\n"))  # what is read once for all

    few = statements(a_file(100, tmp_path_factory))
    many = statements(a_file(1_000, tmp_path_factory))

    assert many == few


@pytest.mark.data
def test_changing_many_known_records_takes_as_many_statements_as_a_few() -> None:
    def text(rows: int, phone: str) -> str:
        lines = (f"Nom{n};n{n}@a.example;{phone};Ville {n % 7};{'O' if n % 2 else 'N'}" for n in range(rows))
        return "NOM;Mail;Tél;Structure;Newsletter\n" + "\n".join(lines)

    brought(text(600, ""))

    few = statements(text(40, "0199001234").encode())
    many = statements(text(600, "0199001234").encode())

    assert Contact.objects.people().count() == 600
    assert many == few
