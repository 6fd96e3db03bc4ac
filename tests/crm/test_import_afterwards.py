"""A file that is in: its report, taking it back; long files, and what the pages cost."""

from __future__ import annotations

import pytest
from django.utils import timezone

from contacts.models import Contact
from crm.models import ImportBatch, Job
from crm.pages import imports
from crm.reading import open_sheet
from tests.crm.bringing_in import PEOPLE, PLAIN, State, bytes_of, confirm, people, send, text_of, url
from tests.factories import ImportBatchFactory


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
