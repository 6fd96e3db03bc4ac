"""From its bytes to its records: kept, previewed, confirmed, and nothing in between."""

from __future__ import annotations

import io
from datetime import date

import pytest

from contacts.importing.columns import CONTACTS
from contacts.models import (
    Contact,
    Opposition,
    SuppressedAddress,
)
from crm import receiving
from crm.importing import PlanOutdated
from crm.models import AuditEntry, Deed, ImportBatch, ImportMapping
from crm.reading import find_table, open_sheet
from crm.writing import Column, write_xlsx
from tests.contacts.importing.bringing import (
    brought,
    keys,
    outcomes,
    person,
    plain,
    planned,
    received,
)
from tests.factories import (
    PersonFactory,
)


pytestmark = pytest.mark.django_db


def test_every_record_says_where_it_comes_from() -> None:
    batch, _report = brought(
        "NOM;Structure;Date de collecte;Maj le;Mail\nDurand;Ville A;04/11/2024;12/03/2025;d@gmail.com\n"
    )

    contact = person("Durand")
    assert (contact.batch, contact.source.code, contact.legal_basis) == (
        batch,
        "REPRISE",
        "legitimate_interest",
    )
    assert (contact.collected_on, contact.verified_on) == (date(2024, 11, 4), date(2025, 3, 12))
    assert contact.channels.get().nature == "personal"
    assert plain(contact.history.get().history_change_reason) == "Import « contacts.csv »"
    assert AuditEntry.objects.filter(deed=Deed.IMPORTED, record=str(batch.pk), count=1).exists()
    assert batch.state == ImportBatch.State.APPLIED


def test_exactly_the_same_file_says_so() -> None:
    text = "NOM;Mail\nDurand;d@a.example\n"
    brought(text)

    plan = planned(text)

    assert "déjà été importé" in plan.warnings[0].reason


def test_an_unknown_heading_is_asked_once_and_remembered() -> None:
    text = "NOM;Surnom;Bureau\n{};Jojo;B12\n"
    batch = received(text.format("Durand"))
    asked = receiving.preview(batch).asked()

    receiving.settle_columns(batch, {1: "notes", 2: ""})
    receiving.preview(batch)
    receiving.confirm(batch, by=None)
    _batch, report = brought(text.format("Roux"))

    assert [(heading.text, heading.samples) for heading in asked] == [
        ("Surnom", ("Jojo",)),
        ("Bureau", ("B12",)),
    ]
    assert [plain(person(name).notes) for name in ("Durand", "Roux")] == ["Surnom : Jojo", "Surnom : Jojo"]
    assert report["warnings"] == []
    assert set(ImportMapping.objects.values_list("heading", "column")) == {
        ("surnom", "notes"),
        ("bureau", ""),
    }


def test_a_preview_that_no_longer_holds_is_refused_and_nothing_enters() -> None:
    known = PersonFactory(name="Durand", email="d@a.example")
    batch = received("NOM;Mail;Tél\nDurand;d@a.example;0199001234\nRoux;r@a.example;\n")
    receiving.preview(batch)
    known.city = "Stains"
    known.save()

    with pytest.raises(PlanOutdated):
        receiving.confirm(batch, by=None)

    assert batch.state == ImportBatch.State.PLANNED
    assert not Contact.objects.filter(name="Roux").exists()


def test_an_error_in_the_middle_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = received("NOM;Mail;Newsletter\nDurand;d@a.example;N\n")
    receiving.preview(batch)
    counts = _counts()

    def fails(*args: object, **options: object) -> None:
        raise RuntimeError("out of disk")

    monkeypatch.setattr(SuppressedAddress, "remember", fails)
    with pytest.raises(RuntimeError):
        receiving.confirm(batch, by=None)

    assert _counts() == counts
    assert (batch.state, batch.message != "") == (ImportBatch.State.FAILED, True)


def _counts() -> tuple[int, ...]:
    return (
        Contact.objects.count(),
        Contact.history.count(),
        Opposition.objects.count(),
        AuditEntry.objects.count(),
    )


def test_the_lines_set_aside_come_back_with_their_reason_and_enter_once_mended() -> None:
    batch, _report = brought("NOM;Prénom;Tél\nDurand;Jeanne;\n;;0199001234\n")
    target = io.BytesIO()
    receiving.importer_of(batch).write_rejected(batch, target)

    table = find_table(open_sheet(target.getvalue(), name="a-corriger.xlsx"), CONTACTS.knows)
    rows = [row.cells for row in table.data_rows()]
    mended = io.BytesIO()
    columns = [Column(heading.text) for heading in table.headings]
    write_xlsx(columns, [("Roux", *row[1:]) for row in rows], mended, sheet="À corriger")
    _batch, report = brought(mended.getvalue(), name="a-corriger.xlsx")

    assert [heading.text for heading in table.headings] == ["NOM", "Prénom", "Tél", "Motif de mise de côté"]
    assert rows == [
        (None, None, "0199001234", "Rien ne dit qui c’est : ni nom, ni structure, ni e-mail lisible.")
    ]
    assert (outcomes(report), report["warnings"]) == ({"created": 1}, [])
    assert keys(person("Roux"), "phone") == ["+33199001234"]
