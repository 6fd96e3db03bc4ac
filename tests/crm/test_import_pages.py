"""A file comes in by the pages, as the association’s staff brings it in: who may, choosing it, saying what its columns are."""

from __future__ import annotations

import io

import pytest
import xlsxwriter
from django.contrib.auth.models import Permission
from django.test import Client

from crm.folding import fold
from crm.models import ImportBatch, ImportMapping
from crm.reading import open_sheet
from crm.registry import importers
from crm.roles import Role
from tests.crm.bringing_in import PLAIN, State, bytes_of, send, text_of, url
from tests.factories import ImportBatchFactory


# --- who may --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.READER, Role.BOARD])
def test_who_only_reads_is_refused_on_every_page(client_as, role):
    client = client_as(role)
    batch = ImportBatchFactory(kind="contacts", state=State.APPLIED)
    pages = [
        "known",
        "read",
        "columns",
        "preview",
        "confirm",
        "cancel",
        "progress",
        "undo",
        "rejected",
        "file",
        "record",
    ]

    statuses = {
        (name, verb.__name__): verb(address).status_code
        for name, address in [
            ("changelist", url("changelist")),
            ("upload", url("upload")),
            ("model", url("model", "contacts")),
            *((name, url(name, batch.pk)) for name in pages),
        ]
        for verb in (client.get, client.post)
    }

    assert {*statuses.values()} <= {403, 404}
    assert [name for (name, _verb), status in statuses.items() if status == 404 and name != "record"] == []


def test_a_kind_that_one_may_not_bring_in_is_neither_offered_nor_opened(client_as, django_user_model):
    client = client_as(Role.STAFF)
    user = django_user_model.objects.get()
    user.groups.clear()
    user.user_permissions.set(_rights("crm.import_file", "crm.view_importbatch", "contacts.import_scheme"))
    batch = ImportBatchFactory(kind="contacts", state=State.APPLIED)

    offered = text_of(client.get(url("upload")))

    assert "Démarches" in offered
    assert "Modèle : Contacts" not in offered
    assert client.get(url("file", batch.pk)).status_code == 403
    assert client.get(url("model", "contacts")).status_code == 403
    assert batch.name not in text_of(client.get(url("changelist")))


def _rights(*names: str) -> list[Permission]:
    return [
        Permission.objects.get(content_type__app_label=app, codename=codename)
        for app, codename in (name.split(".") for name in names)
    ]


def test_every_post_needs_the_token_of_the_page(client_as):
    signed_in = client_as(Role.STAFF)
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in.cookies
    batch = ImportBatchFactory(kind="contacts")

    posts = ["upload", "read", "columns", "preview", "confirm", "cancel", "undo"]
    statuses = {
        name: client.post(url(name, *([] if name == "upload" else [batch.pk]))).status_code for name in posts
    }

    assert statuses == dict.fromkeys(posts, 403)


# --- the file -------------------------------------------------------------------------------------------


def test_the_first_page_says_what_is_accepted_and_gives_a_model(staff):
    page = text_of(staff.get(url("upload")))
    model = staff.get(url("model", "contacts"))
    sheet = open_sheet(b"".join(model.streaming_content), name="modèle.xlsx")

    assert "Excel (.xlsx ou .xls), OpenDocument (.ods) et CSV" in page
    assert sheet.row_count == 2


def test_the_model_comes_back_without_a_question(staff):
    model = b"".join(staff.get(url("model", "contacts")).streaming_content)

    response = send(staff, model, "modèle.xlsx")

    assert response.redirect_chain[-1][0] == url("preview", ImportBatch.objects.get().pk)
    assert ImportBatch.objects.get().preview["groups"]["created"] == 1


def test_without_a_file_the_page_asks_for_one_and_keeps_nothing(staff):
    response = staff.post(url("upload"), {"resource": "contacts"})

    assert "Choisissez un fichier, ou déposez-le dans le cadre." in text_of(response)
    assert ImportBatch.objects.count() == 0


def test_a_file_too_heavy_is_refused_before_it_is_kept(staff, settings):
    settings.IMPORT_MAX_BYTES = 100

    response = send(staff, "Nom;Mail\n" * 100)

    assert "la limite est de" in text_of(response)
    assert ImportBatch.objects.count() == 0


def test_an_unreadable_file_is_kept_as_it_came_and_the_page_says_why(staff):
    response = send(staff, b"%PDF-1.4 pas un tableau", "contacts.xlsx")

    batch = ImportBatch.objects.get()
    assert batch.state == State.UNREADABLE
    assert bytes_of(batch) == b"%PDF-1.4 pas un tableau"
    assert response.status_code == 200
    assert "est un PDF, pas un tableau" in text_of(response)
    assert "Importer un fichier" in text_of(response)
    assert "Importer un autre fichier" in text_of(staff.get(url("record", batch.pk)))


def test_a_file_that_breaks_the_importer_breaks_no_page(staff, caplog, monkeypatch):
    importer = importers["contacts"]

    def broken(batch: ImportBatch) -> None:
        raise KeyError(bytes_of(batch).decode())

    monkeypatch.setattr(importer, "plan", broken, raising=False)

    response = send(staff, PLAIN)

    assert response.status_code == 200
    assert ImportBatch.objects.get().state == State.UNREADABLE
    assert "enregistrez-le au format .xlsx" in text_of(response)
    assert "zoe.durand" not in caplog.text
    assert "KeyError" in caplog.text


# --- columns --------------------------------------------------------------------------------------------


def test_known_headings_lead_straight_to_the_preview(staff):
    response = send(staff, PLAIN)

    assert response.redirect_chain == [(url("preview", ImportBatch.objects.get().pk), 302)]


def test_an_unknown_heading_is_asked_with_examples_once_and_for_all(staff):
    content = "Nom;Mail;Machin\nDurand;zoe.durand@ville.example;truc un\nPetit;ada@ville.example;truc deux\n"
    response = send(staff, content)
    batch = ImportBatch.objects.get()

    assert response.redirect_chain[-1][0] == url("columns", batch.pk)
    assert "Un titre de colonne n’est pas reconnu" in text_of(response)
    assert "Par exemple : truc un · truc deux" in text_of(response)

    unanswered = staff.post(url("columns", batch.pk), {})
    assert "Dites ce que contient cette colonne, ou laissez-la de côté." in text_of(unanswered)

    answered = staff.post(url("columns", batch.pk), {"column-2": "notes"}, follow=True)
    assert answered.redirect_chain[-1][0] == url("preview", batch.pk)
    assert ImportMapping.objects.get().column == "notes"

    again = send(staff, content.replace("truc un", "truc trois"))
    assert again.redirect_chain[-1][0] == url("preview", ImportBatch.objects.latest("pk").pk)


def test_a_heading_may_be_left_aside_or_corrected(staff):
    send(staff, "Nom;Mail;Machin\nDurand;zoe.durand@ville.example;truc\n")
    batch = ImportBatch.objects.get()

    staff.post(url("columns", batch.pk), {"column-0": "last_name", "column-1": "notes", "column-2": "-"})

    batch.refresh_from_db()
    assert [heading["column"] for heading in batch.preview["headings"]] == ["last_name", "notes", ""]


def test_two_headings_for_a_column_that_takes_one_are_said_beside_the_field(staff):
    send(staff, "Nom;Mail;Machin\nDurand;zoe.durand@ville.example;truc\n")
    batch = ImportBatch.objects.get()

    response = staff.post(url("columns", batch.pk), {"column-2": "last_name"})

    assert "est déjà donnée à une autre colonne" in text_of(response)
    assert ImportMapping.objects.count() == 0


def test_another_sheet_can_be_chosen(staff):
    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as workbook:
        for name, rows in (("Membres", 3), ("Élus", 1)):
            sheet = workbook.add_worksheet(name)
            sheet.write_row(0, 0, ["Nom", "Mail"])
            for row in range(1, rows + 1):
                sheet.write_row(row, 0, [f"{name}{row}", f"p{row}@{fold(name)}.example"])
    send(staff, book.getvalue(), "contacts.xlsx")
    batch = ImportBatch.objects.get()
    page = text_of(staff.get(url("columns", batch.pk)))

    staff.post(url("columns", batch.pk), {"sheet": "une feuille qui n’y est pas"})
    batch.refresh_from_db()
    assert (batch.sheet, batch.preview["rows"]) == ("Membres", 3)
    staff.post(url("columns", batch.pk), {"sheet": "Élus"})
    batch.refresh_from_db()

    assert "Ce classeur a plusieurs feuilles" in page
    assert (batch.sheet, batch.preview["rows"]) == ("Élus", 1)
