"""`manage.py import_file`: one JSON object, an exit code, a French report; hostile files say why and leave nothing."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from contacts.models import Contact, Position, Theme
from crm.models import ImportBatch
from tests.contacts.importing.bringing import outcomes, person
from tests.crm.hostile import hostile_files
from tests.factories import PersonFactory


pytestmark = pytest.mark.django_db

HOSTILE = 70
KEYS = {
    "rows",
    "created",
    "updated",
    "unchanged",
    "merged",
    "rejected",
    "not_data",
    "conflicts",
    "warnings",
    "objects",
}
SMALL = "NOM;Prénom;Mail;Thématiques;Surnom\nDurand;Jeanne;j@a.example;Sport-santé;Jojo\n;;;;\nTotal;1;;;\n;;;;Rien\n"


def run(*arguments: object) -> str:
    out = io.StringIO()
    call_command("import_file", *[str(argument) for argument in arguments], stdout=out)
    return out.getvalue()


def reported(*arguments: object) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(run(*arguments, "--json"))
    return report


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "petit.csv"
    path.write_text(SMALL)
    return path


def test_the_report_has_these_keys_and_each_row_one_outcome(small: Path) -> None:
    report = reported("contacts", small)

    assert set(report) == KEYS
    assert outcomes(report) == {"created": 1, "rejected": 1}
    assert report["rows"] == 2
    assert report["rejected"] == [
        {
            "line": 5,
            "column": "NOM",
            "reason": "Rien ne dit qui c’est : ni nom, ni structure, ni e-mail lisible.",
        }
    ]
    assert [line["line"] for line in report["not_data"]] == [3, 4]
    assert report["objects"] == {"persons": 1, "organisations": 0}
    assert [(told["line"], told["column"]) for told in report["warnings"]] == [
        (None, "Surnom"),
        (2, "Thématiques"),
    ]
    assert person("Durand").main_email == "j@a.example"


def test_a_dry_run_says_the_same_and_leaves_nothing(small: Path) -> None:
    said = reported("contacts", small, "--dry-run")

    assert (Contact.objects.count(), ImportBatch.objects.count()) == (0, 0)
    assert said == reported("contacts", small)


def test_missing_terms_are_created_when_asked(small: Path) -> None:
    report = reported("contacts", small, "--create-missing")

    assert Theme.objects.get(name="Sport-santé").is_unsorted
    assert [told["column"] for told in report["warnings"]] == ["Surnom"]


@pytest.mark.parametrize("column", ["first_name", "Fonction", "title"])
def test_a_column_replaces_by_its_key_or_its_name(tmp_path: Path, column: str) -> None:
    PersonFactory(name="Durand", email="j@a.example", organisation=None)
    Position.objects.create(person=person("Durand"), title="Directrice", is_main=True)
    path = tmp_path / "a.csv"
    path.write_text("NOM;Mail;Fonction\nDurand;j@a.example;Maire\n")

    report = reported("contacts", path, "--replace", column)

    assert outcomes(report) == ({"unchanged": 1} if column == "first_name" else {"updated": 1})


def test_people_read_a_french_report(small: Path) -> None:
    said = run("contacts", small)

    assert said.splitlines() == [
        "2 lignes lues. 1 créées, 0 mises à jour, 0 inchangées, 0 fusionnées, 1 mises de côté.",
        "Mises de côté (1) :",
        "  ligne 5 · NOM · Rien ne dit qui c’est : ni nom, ni structure, ni e-mail lisible.",
        "À savoir (2) :",
        "  Surnom · Colonne non reconnue : son contenu n’est pas repris. Dites ce qu’elle contient, ou laissez-la de côté.",
        "  ligne 2 · Thématiques · « Sport-santé » n’est pas dans la liste. 1 ligne.",
        "Lignes qui ne sont pas des données :",
        "  1 × Ligne vide",
        "  1 × Ligne de total",
    ]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["gens", "a.csv"], 2),
        (["contacts", "absent.csv"], 2),
        (["contacts", "a.csv", "--replace", "Couleur"], 2),
        (["contacts", "a.csv"], 1),
    ],
)
def test_a_misuse_and_a_refusal_have_their_own_codes(tmp_path: Path, arguments: list[str], code: int) -> None:
    (tmp_path / "a.csv").write_bytes(b"%PDF-1.4")
    kind, name, *more = arguments

    with pytest.raises(CommandError) as refused:
        run(kind, tmp_path / name, *more)

    assert refused.value.returncode == code


def test_a_refused_file_is_said_in_json_too(tmp_path: Path) -> None:
    path = tmp_path / "photo.xlsx"
    path.write_bytes(b"\x89PNG\r\n")
    out = io.StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("import_file", "contacts", str(path), "--json", stdout=out)

    assert ended.value.code == 1
    assert list(json.loads(out.getvalue())) == ["error"]
    assert ImportBatch.objects.get().state == ImportBatch.State.UNREADABLE


def test_hostile_files_are_refused_in_a_sentence_and_leave_nothing_half_written(tmp_path: Path) -> None:
    """None of them ends the command otherwise than by a report or a refusal."""
    path = tmp_path / "fichier"
    codes: set[object] = set()
    for name, content in hostile_files(HOSTILE, seed=20261122):
        path.write_bytes(content)
        before = Contact.objects.count()
        out = io.StringIO()
        try:
            call_command("import_file", "contacts", str(path), "--json", stdout=out)
            codes.add(0)
        except SystemExit as ended:
            codes.add(ended.code)
        said = json.loads(out.getvalue())

        assert len(out.getvalue().splitlines()) == 1, name
        if "error" in said:
            assert Contact.objects.count() == before, name
        else:
            made = Contact.objects.count() - before
            assert made == said["objects"]["persons"] + said["objects"]["organisations"], name
    assert codes == {0, 1}
