"""What a file would do is shown and settled before anything enters; then it enters once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contacts.models import Contact, Theme
from crm.models import ImportBatch
from crm.registry import importers
from tests.crm.bringing_in import MESSY, PLAIN, State, bytes_of, confirm, send, text_of, url


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
