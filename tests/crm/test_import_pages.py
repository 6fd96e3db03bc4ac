"""A file comes in by the pages, as the association's staff brings it in: choose, settle, look, confirm, take back."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contacts.models import Contact, Theme
from crm.folding import fold
from crm.models import ImportBatch, ImportMapping, Job
from crm.pages import imports
from crm.reading import open_sheet
from crm.registry import importers
from crm.roles import Role
from tests.conftest import ClientAs
from tests.factories import ImportBatchFactory


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


@pytest.fixture
def staff(client_as: ClientAs) -> Client:
    return client_as(Role.STAFF)


@pytest.fixture
def planned(staff: Client) -> ImportBatch:
    """A plain file of one person, previewed."""
    send(staff, PLAIN)
    return ImportBatch.objects.get()


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


# --- the workbench --------------------------------------------------------------------------------------


def test_the_messy_file_is_counted_line_by_line_and_nothing_enters(staff):
    truth = json.loads((MESSY / "truth.json").read_text())
    send(staff, (MESSY / "contacts.xlsx").read_bytes(), "contacts.xlsx")
    batch = ImportBatch.objects.get()
    asked = [heading["place"] for heading in batch.preview["headings"] if heading["column"] is None]
    response = staff.post(url("columns", batch.pk), {f"column-{place}": "-" for place in asked}, follow=True)
    batch.refresh_from_db()

    groups = batch.preview["groups"]
    assert {name: groups[name] for name in truth["counts"]} == truth["counts"]
    assert groups["not_data"] == len(truth["not_data"])
    assert "Importer 1 130 lignes" in text_of(response)
    assert len(response.content) < 200_000
    assert Contact.objects.count() == 0
    for name, count in groups.items():
        lines = staff.get(url("preview", batch.pk), {"voir": name}).context["lines"]
        assert lines.paginator.count == count
        assert len(lines) == min(50, count)


QPV = "code_qp;lib_qp;insee_com\nQN09399M;Les Tilleuls;93066\nQN09398M;Nulle part;99999\n"


@pytest.mark.parametrize(
    ("kind", "name", "content"),
    [("schemes", "démarches.xlsx", (MESSY / "schemes.xlsx").read_bytes()), ("qpv", "qpv.csv", QPV.encode())],
)
def test_every_kind_of_file_goes_through_the_same_pages(staff, kind, name, content):
    send(staff, content, name, kind)
    batch = ImportBatch.objects.get()
    page = staff.get(url("preview", batch.pk))

    report = confirm(staff, batch)
    undone = staff.post(url("undo", batch.pk), follow=True)

    assert page.status_code == 200
    assert " de côté" in text_of(report)
    assert report.context["links"] != []
    assert "Cet import a été annulé" in text_of(undone)


def test_an_unknown_term_is_asked_once_and_a_decision_makes_the_preview_again(staff):
    send(
        staff,
        PLAIN.replace("Structure\n", "Structure;Thématiques\n").replace(
            "Montreuil\n", "Montreuil;Sentée mentale\n"
        ),
    )
    batch = ImportBatch.objects.get()
    unknown = batch.preview["unknown"][0]
    page = text_of(staff.get(url("preview", batch.pk)))
    before = batch.plan_digest

    theme = Theme.objects.in_use()[0]
    staff.post(url("preview", batch.pk), {f"term|theme|{unknown['key']}": theme.code})

    batch.refresh_from_db()
    assert "Sentée mentale" in page
    assert batch.choices["terms"] == {"theme": {unknown["key"]: theme.code}}
    assert batch.plan_digest != before
    confirm(staff, batch)
    assert [found.code for found in Contact.objects.get(first_name="Zoé").themes.all()] == [theme.code]


def test_one_answer_serves_for_all_the_terms_that_nobody_has_decided(staff):
    rows = "".join(f"Nom{n};n{n}@ville.example;truc{n}\n" for n in range(5))
    send(staff, f"Nom;Mail;Thématiques\n{rows}")
    batch = ImportBatch.objects.get()
    first = batch.preview["unknown"][0]["key"]

    staff.post(url("preview", batch.pk), {f"term|theme|{first}": "-", "all|theme": "+"})

    batch.refresh_from_db()
    choices = {term["key"]: term["choice"] for term in batch.preview["unknown"]}
    assert choices.pop(first) == "-"
    assert {*choices.values()} == {"+"}


def test_a_value_that_differs_is_shown_and_kept_unless_its_column_replaces(staff):
    with_title = PLAIN.replace("Structure\n", "Structure;Fonction\n")
    send(staff, with_title.replace("Montreuil\n", "Montreuil;Médiatrice en santé\n"))
    confirm(staff, ImportBatch.objects.get())
    send(staff, with_title.replace("Montreuil\n", "Montreuil;Directrice générale\n"))
    batch = ImportBatch.objects.latest("pk")
    shown = text_of(staff.get(url("preview", batch.pk), {"voir": "conflict"}))
    key = batch.preview["conflict_columns"][0]["key"]

    staff.post(url("preview", batch.pk), {"replace": [key]})

    assert batch.preview["groups"]["conflict"] == 1
    assert "Médiatrice en santé" in shown
    assert "Directrice générale" in shown
    batch.refresh_from_db()
    assert batch.preview["groups"] | {"conflict": 0, "updated": 1} == batch.preview["groups"]
    confirm(staff, batch)
    assert Contact.objects.get(first_name="Zoé").main_title == "Directrice générale"


def test_the_middle_of_the_page_answers_a_choice_and_leads_elsewhere_when_the_file_is_gone(staff, planned):
    staff.post(url("cancel", planned.pk))

    response = staff.post(url("preview", planned.pk), {}, headers={"HX-Request": "true"})

    assert response.headers["HX-Redirect"] == url("record", planned.pk)


# --- in, once -------------------------------------------------------------------------------------------


def test_confirming_twice_imports_once(staff, planned):
    first = confirm(staff, planned)
    second = staff.post(url("confirm", planned.pk), {"digest": planned.plan_digest}, follow=True)

    planned.refresh_from_db()
    assert planned.state == State.APPLIED
    assert Contact.objects.filter(first_name="Zoé").count() == 1
    assert second.redirect_chain == first.redirect_chain == [(url("record", planned.pk), 302)]
    assert "Une ligne importée" in text_of(first)


def test_a_preview_that_another_window_has_changed_is_shown_again(staff, planned):
    response = staff.post(url("confirm", planned.pk), {"digest": "celle d’avant"}, follow=True)

    planned.refresh_from_db()
    assert planned.state == State.PLANNED
    assert "L’aperçu a changé dans une autre fenêtre." in text_of(response)
    assert Contact.objects.count() == 0


def test_a_base_that_has_changed_since_gives_the_new_preview(staff, planned):
    send(staff, PLAIN.replace("Prénom;Mail", "Prénom;E-mail"), "autre.csv")
    confirm(staff, ImportBatch.objects.latest("pk"))

    response = confirm(staff, planned)

    planned.refresh_from_db()
    assert planned.state == State.PLANNED
    assert response.redirect_chain[-1][0] == url("preview", planned.pk)
    assert "La base a changé depuis l’aperçu précédent" in text_of(response)
    assert planned.preview["groups"]["unchanged"] == 1


def test_the_same_file_again_says_who_and_when_and_brings_nothing(staff, planned):
    confirm(staff, planned)

    known = send(staff, PLAIN)
    batch = ImportBatch.objects.latest("pk")
    went_on = staff.post(url("read", batch.pk), follow=True)

    assert known.redirect_chain[-1][0] == url("known", batch.pk)
    assert f"par {planned.owner}" in text_of(known)
    assert url("record", planned.pk) in known.content.decode()
    assert "Ce fichier n’apporte rien de nouveau" in text_of(went_on)
    assert url("confirm", batch.pk) not in went_on.content.decode()


def test_a_file_left_leaves_nothing_but_its_bytes(staff, planned):
    response = staff.post(url("cancel", planned.pk), follow=True)

    planned.refresh_from_db()
    assert planned.state == State.CANCELLED
    assert planned.lines.count() == 0
    assert bytes_of(planned).decode() == PLAIN
    assert "est abandonné : rien n’est entré" in text_of(response)
    assert staff.get(url("preview", planned.pk)).url == url("record", planned.pk)


def test_an_import_that_breaks_says_so_and_can_be_tried_again(staff, planned, monkeypatch):
    importer = importers["contacts"]

    def broken(batch: ImportBatch, **options: Any) -> dict[str, Any]:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(importer, "apply", broken, raising=False)
        response = confirm(staff, planned)
    again = staff.post(url("read", planned.pk), follow=True)

    assert "rien n’est entré dans la base" in text_of(response)
    assert again.redirect_chain[-1][0] == url("preview", planned.pk)


# --- afterwards -----------------------------------------------------------------------------------------


def test_the_report_leads_to_what_comes_next(staff):
    send(staff, PLAIN + "?;;pas une adresse;\n")
    batch = ImportBatch.objects.get()
    page = confirm(staff, batch)
    batch.refresh_from_db()
    mended = staff.get(url("rejected", batch.pk))

    assert batch.report["rejected"] != []
    assert "Une ligne importée, une mise de côté" in text_of(page)
    assert f"?batch={batch.pk}" in page.content.decode()
    assert open_sheet(b"".join(mended.streaming_content), name="à corriger.xlsx").row_count == 2
    assert b"".join(staff.get(url("file", batch.pk)).streaming_content) == bytes_of(batch)


def test_an_import_that_the_command_made_has_its_report_too(staff):
    rejected = {"line": 7, "column": "Nom", "reason": "Ni nom ni structure."}
    report = {
        "rows": 1, "created": 0, "updated": 0, "unchanged": 0, "merged": 0, "rejected": [rejected],
        "not_data": [], "conflicts": [], "warnings": [], "objects": {},
    }  # fmt: skip
    batch = ImportBatchFactory(kind="contacts", state=State.APPLIED, report=report, applied_at=timezone.now())

    page = text_of(staff.get(url("record", batch.pk), {"voir": "rejected"}))

    assert "Ni nom ni structure." in page


def test_an_import_is_taken_back_after_a_question(staff, planned):
    confirm(staff, planned)

    question = staff.get(url("undo", planned.pk))
    answer = staff.post(url("undo", planned.pk), follow=True)

    planned.refresh_from_db()
    assert "Annuler cet import ?" in text_of(question)
    assert planned.state == State.UNDONE
    assert Contact.objects.present().count() == 0
    assert "Cet import a été annulé" in text_of(answer)
    assert planned.lines.count() == 0


def test_an_import_whose_records_have_changed_stays_and_names_them(staff, planned):
    confirm(staff, planned)
    changed = Contact.objects.get(first_name="Zoé")
    changed.notes = "vue à la réunion"
    changed.save()

    answer = staff.post(url("undo", planned.pk), follow=True)

    planned.refresh_from_db()
    assert planned.state == State.APPLIED
    assert "Durand" in "".join(planned.preview["kept_by"])
    assert planned.preview["kept_by"][0] in text_of(answer)
    assert Contact.objects.filter(first_name="Zoé").exists()


def test_the_list_is_empty_with_a_first_step_then_shows_what_each_file_became(staff):
    empty = text_of(staff.get(url("changelist")))
    send(staff, PLAIN)
    send(staff, b"%PDF-1.4", "plan.pdf")
    full = text_of(staff.get(url("changelist")))

    assert "Importer un premier fichier" in empty
    assert "À confirmer" in full
    assert "Illisible" in full
    assert "une à importer" in full
    assert "plan.pdf" not in text_of(staff.get(url("changelist"), {"state__exact": State.PLANNED}))
    assert "plan.pdf" in text_of(staff.get(url("changelist"), {"state__exact": "", "q": "plan"}))


# --- long files -----------------------------------------------------------------------------------------


@pytest.fixture
def long_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three lines are a long file, and none is surely short."""
    monkeypatch.setattr(imports, "INLINE_ROWS", 2)
    monkeypatch.setattr(imports, "SURELY_SHORT", 0)


@pytest.mark.usefixtures("long_files")
def test_a_long_file_is_read_and_imported_by_the_worker(staff, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as waiting:
        sent = send(staff, people(5))
    batch = ImportBatch.objects.get()
    assert sent.redirect_chain[-1][0] == url("progress", batch.pk)
    assert "En attente" in text_of(sent)

    for work in waiting:
        work()
    told = staff.get(url("progress", batch.pk), headers={"HX-Request": "true"})
    assert told.headers["HX-Redirect"] == url("preview", batch.pk)

    batch.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        confirm(staff, batch)
    batch.refresh_from_db()
    assert batch.state == State.APPLIED
    assert Job.objects.latest("pk").state == Job.State.DONE
    assert Contact.objects.people().count() == 5


@pytest.mark.usefixtures("long_files")
def test_the_page_shows_how_far_the_work_is_and_one_job_is_at_a_file(staff):
    send(staff, people(5))
    batch = ImportBatch.objects.get()
    Job.objects.get().advance(40_000, 100_000)

    bar = text_of(staff.get(url("progress", batch.pk), headers={"HX-Request": "true"}))
    staff.post(url("read", batch.pk))

    assert "40 000 sur 100 000" in bar
    assert "<html" not in bar
    assert Job.objects.count() == 1


@pytest.mark.usefixtures("long_files")
def test_work_that_died_can_be_begun_again(staff):
    send(staff, people(5))
    batch = ImportBatch.objects.get()
    Job.objects.update(state=Job.State.RUNNING, moved_at=timezone.now() - Job.PATIENCE * 2)
    ImportBatch.objects.update(state=State.RUNNING)

    page = text_of(staff.get(url("progress", batch.pk)))
    staff.post(url("read", batch.pk))

    batch.refresh_from_db()
    assert "Recommencer" in page
    assert batch.state == State.PLANNED
    assert Job.objects.filter(state=Job.State.FAILED).count() == 1


# --- weight ---------------------------------------------------------------------------------------------

PREVIEW_QUERIES, REPORT_QUERIES, LIST_QUERIES = 8, 15, 7


@pytest.mark.parametrize("count", [1, PEOPLE])
def test_pages_cost_the_same_for_any_number_of_lines(staff, django_assert_num_queries, count):
    send(staff, people(count))
    batch = ImportBatch.objects.get()
    with django_assert_num_queries(PREVIEW_QUERIES):
        staff.get(url("preview", batch.pk))
    confirm(staff, batch)
    with django_assert_num_queries(REPORT_QUERIES):
        staff.get(url("record", batch.pk))


@pytest.mark.parametrize("count", [1, PEOPLE])
def test_the_list_costs_the_same_for_any_number_of_files(staff, django_assert_num_queries, count):
    ImportBatchFactory.create_batch(count, kind="contacts")

    with django_assert_num_queries(LIST_QUERIES):
        response = staff.get(url("changelist"))

    assert response.context["cl"].result_count == count
