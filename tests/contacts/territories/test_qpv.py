"""Priority districts from the official file: what it says, in whatever way it spells its communes."""

from __future__ import annotations

import datetime
import io
from typing import Any

import pytest
from django.core.files.base import ContentFile

from contacts.models import Territory
from contacts.territories import qpv
from contacts.territories.finding import Finder
from contacts.territories.qpv_importing import QpvImporter
from crm.importing import CannotUndo, Outcome, PlanOutdated, Refused
from crm.models import ImportBatch
from crm.reading.sheet import open_sheet
from tests.contacts.territories.subset import load_subset
from tests.factories import PersonFactory


pytestmark = [pytest.mark.django_db, pytest.mark.data]

# Invented districts in real communes.
FILE = """code_qp;lib_qp;insee_com
QN09390M;Les Tilleuls;93066
QN09391M;Les Mûriers - Plaine;93066, 93001
QN09392M;Les Sorbiers;93059
QN09393M;Centre ville;93008
QN00190M;Centre ville;1053
QN02A90M;Les Arbousiers;2a004
QN97190M;Le Flamboyant;97120 97101
QN07590M;Les Platanes;75118
"""


@pytest.fixture(autouse=True)
def communes(db: None) -> None:
    load_subset()


def rows(text: str = FILE) -> list[qpv.Row]:
    return [qpv.Row(number, *line.split(";")) for number, line in enumerate(text.splitlines(), start=1)][1:]


def batch_of(content: str | bytes, name: str = "qpv.csv") -> ImportBatch:
    batch = ImportBatch(kind="qpv", name=name)
    batch.file.save(name, ContentFile(content.encode() if isinstance(content, str) else content), save=False)
    batch.save()
    return batch


def planned(batch: ImportBatch) -> ImportBatch:
    batch.plan_digest = QpvImporter().plan(batch).digest
    return batch


def district(code: str) -> Territory:
    return Territory.objects.get(level="qpv", code=code)


def above(code: str) -> set[str]:
    return {f"{place.level}:{place.code}" for place in Territory.objects.covering(district(code))}


def test_each_line_is_a_district_with_its_communes_and_its_day():
    report = qpv.load_qpv(rows())

    assert (report["rows"], report["created"], report["rejected"]) == (8, 8, [])
    assert str(district("QN09390M")) == "Les Tilleuls (Saint-Denis, 93, QN09390M)"
    assert district("QN09390M").valid_from == datetime.date(2024, 1, 1)
    assert district("QN97190M").valid_from == datetime.date(2025, 1, 1)
    assert str(district("QN00190M")) == "Centre ville (Bourg-en-Bresse, 01, QN00190M)"
    assert str(district("QN02A90M")) == "Les Arbousiers (Ajaccio, 2A, QN02A90M)"


def test_the_same_file_again_changes_nothing():
    qpv.load_qpv(rows())

    report = qpv.load_qpv(rows())

    assert (report["created"], report["updated"], report["unchanged"]) == (0, 0, 8)


def test_a_merged_commune_stands_for_the_one_that_took_its_place():
    qpv.load_qpv(rows())

    assert "commune:93066" in above("QN09392M")


def test_a_district_lies_in_all_that_its_communes_lie_in_and_in_part_where_only_some_do():
    qpv.load_qpv(rows())

    assert above("QN09391M") == {
        "qpv:QN09391M",
        "commune:93066",
        "commune:93001",
        "ept:200057867",
        "epci:200054781",
        "departement:93",
        "region:11",
        "france:FR",
    }
    whole = Territory.objects.covering(district("QN09391M"), overlapping=False)
    assert {place.code for place in whole.at("commune", "departement")} == {"93"}
    assert {"arrondissement:75118", "commune:75056"} <= above("QN07590M")
    assert district("QN09391M") in Territory.objects.within(
        Territory.objects.get(level="commune", code="93001")
    )


def test_after_a_new_code_districts_follow_their_communes():
    qpv.load_qpv(rows())
    before = above("QN09391M")
    district("QN09391M").ancestor_links.filter(ancestor__level="region").delete()

    mended = qpv.follow_communes()

    assert mended == 1
    assert above("QN09391M") == before
    assert qpv.follow_communes() == 0


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ("93066;Sans numéro;93066", "code_qp", "« 93066 » n’est pas un numéro de quartier (QN…)."),
        ("QN09398M;;93066", "lib_qp", "Le nom du quartier manque."),
        ("QN09398M;Sans commune;", "insee_com", "Aucune commune n’est indiquée."),
        ("QN09398M;Faux;99999", "insee_com", "Aucun de ces codes n’est celui d’une commune : 99999."),
        (
            "QN09398M;Ailleurs;2A004",
            "insee_com",
            "Le numéro du quartier et ses communes ne sont pas du même département.",
        ),
        ("QN09390M;Un autre;93001", "code_qp", "Ce numéro est déjà celui d’un autre quartier, ligne 2."),
    ],
)
def test_a_line_that_cannot_be_is_set_aside_with_its_reason(line: str, column: str, reason: str):
    report = qpv.load_qpv(rows(FILE + line))

    assert report["rejected"] == [{"line": 10, "column": column, "reason": reason}]
    assert (report["rows"], report["created"]) == (9, 8)


def test_a_line_said_twice_folds_into_the_first():
    report = qpv.load_qpv(rows(FILE + "qn09390m;LES TILLEULS;93066"))

    assert (report["created"], report["merged"]) == (8, 1)


def test_an_unknown_commune_among_others_is_told_and_left_out():
    report = qpv.load_qpv(rows("code;nom;com\nQN09390M;Les Tilleuls;93066/99999"))

    assert report["created"] == 1
    assert report["warnings"] == [
        {"line": 2, "column": "insee_com", "reason": "Le code commune 99999 n’existe pas."}
    ]


def test_a_district_is_found_by_code_and_by_label_with_its_commune():
    qpv.load_qpv(rows())
    finder = Finder.load()

    def code(text: str, **beside: Any) -> str:
        found = finder.find(text, **beside)
        return found.territory.code if found.territory else " ".join(place.code for place in found.candidates)

    assert code("QN09390M") == "QN09390M"
    assert code("QPV QN09390M Les Tilleuls") == "QN09390M"
    assert code("Les Tilleuls (Saint-Denis)") == "QN09390M"
    assert code("Saint-Denis - Les Tilleuls") == "QN09390M"
    assert code("QPV Les Tilleuls à Saint-Denis (93)") == "QN09390M"
    assert code("Centre ville, Bobigny") == "QN09393M"
    assert code("Les Sorbiers (Pierrefitte-sur-Seine)") == "QN09392M"
    assert code("Les Tilleuls", department="93", levels=["qpv"]) == "QN09390M"
    assert str(finder.find("QN09390M").territory) == "Les Tilleuls (Saint-Denis, 93, QN09390M)"
    assert finder.find("QN99999M").unknown
    doubtful = {
        text: finder.find(text).territory
        for text in [
            "Les Tilleuls",
            "Centre ville",
            "Tilleuls Saint-Denis",
            "QN09390M Marseille",
            "Les Tilleuls (59)",
        ]
    }
    assert doubtful == dict.fromkeys(doubtful)
    assert {place.code for place in finder.find("Centre ville").candidates} == {"QN09393M", "QN00190M"}


# --- by page or command ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "heading",
    ["code_qp;lib_qp;insee_com", "Code quartier;Nom du quartier;Code INSEE", "CODE_QP;LIB_QP;INSEE_COM"],
)
def test_the_usual_headings_are_known(heading: str):
    batch = batch_of(FILE.replace("code_qp;lib_qp;insee_com", heading))

    plan = QpvImporter().plan(batch)

    assert [found.column for found in plan.headings] == ["code", "label", "communes"]
    assert plan.counts().created == 8
    assert Territory.objects.at("qpv").count() == 0


def test_columns_that_we_do_not_need_are_left_out():
    wide = "\n".join(f"{line};x;2024" for line in FILE.splitlines())
    batch = batch_of(wide.replace("insee_com;x;2024", "insee_com;lib_dep;annee"))

    assert QpvImporter().plan(batch).counts().created == 8


def test_a_file_without_communes_is_refused_in_words():
    batch = batch_of("code_qp;lib_qp\nQN09390M;Les Tilleuls\n")

    with pytest.raises(Refused, match="Il manque\xa0: Codes INSEE des communes"):
        QpvImporter().plan(batch)


def test_a_confirmed_file_enters_once_and_can_be_taken_back():
    batch = planned(batch_of(FILE))
    report = QpvImporter().apply(batch, by=None)

    assert (report["created"], batch.state) == (8, ImportBatch.State.APPLIED)
    assert Territory.objects.at("qpv").count() == 8
    assert QpvImporter().undo(batch, by=None) == {"deleted": 8, "restored": 0}
    assert Territory.objects.at("qpv").count() == 0


def test_taking_a_second_file_back_puts_the_first_one_back():
    QpvImporter().apply(planned(batch_of(FILE)), by=None)
    before = set(Territory.objects.at("qpv").values_list()), above("QN09390M")
    second = planned(batch_of(FILE.replace("QN09390M;Les Tilleuls;93066", "QN09390M;Le Tilleul;93001")))
    report = QpvImporter().apply(second, by=None)

    assert (report["updated"], report["unchanged"]) == (1, 7)
    assert "commune:93001" in above("QN09390M")
    assert QpvImporter().undo(second, by=None) == {"deleted": 0, "restored": 1}
    assert (set(Territory.objects.at("qpv").values_list()), above("QN09390M")) == before


def test_a_file_in_use_is_not_taken_back_and_names_who_uses_it():
    batch = planned(batch_of(FILE))
    QpvImporter().apply(batch, by=None)
    person = PersonFactory(territories=[district("QN09390M")])

    with pytest.raises(CannotUndo) as refused:
        QpvImporter().undo(batch, by=None)

    assert refused.value.names == [str(person)]
    assert Territory.objects.at("qpv").count() == 8


def test_a_preview_that_no_longer_holds_is_not_confirmed():
    batch = planned(batch_of(FILE))
    QpvImporter().apply(planned(batch_of(FILE)), by=None)

    with pytest.raises(PlanOutdated):
        QpvImporter().apply(batch, by=None)


def test_lines_set_aside_come_back_in_a_workbook_to_mend():
    batch = planned(batch_of(FILE + "QN09398M;=1+1;99999\n"))
    QpvImporter().apply(batch, by=None)
    target = io.BytesIO()

    QpvImporter().write_rejected(batch, target)

    sheet = open_sheet(target.getvalue(), name="reprise.xlsx")
    assert [row.cells for row in sheet.rows()] == [
        ("code_qp", "lib_qp", "insee_com", "Motif"),
        ("QN09398M", "=1+1", "99999", "Aucun de ces codes n’est celui d’une commune : 99999."),
    ]


def test_the_change_of_a_line_is_told_with_the_headings_of_the_file():
    QpvImporter().apply(planned(batch_of(FILE)), by=None)
    plan = QpvImporter().plan(batch_of(FILE.replace("Les Tilleuls", "Le Tilleul")))

    (line,) = [line for line in plan.lines if line.outcome is Outcome.UPDATED]
    assert [(change.column, change.before, change.after) for change in line.changes] == [
        ("lib_qp", "Les Tilleuls", "Le Tilleul")
    ]
