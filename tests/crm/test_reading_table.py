"""In a sheet as people keep them the table is found, and each line is data or said not to be."""

from __future__ import annotations

from dataclasses import astuple

import pytest

from crm.folding import fold
from crm.reading import Limits, NotData, Row, Table, Unreadable, find_table, open_sheet
from tests.crm.raw_files import Value, archive, delimited, xlsx, xlsx_parts, xlsx_rows


KNOWN = {"nom", "prenom", "mail", "structure", "cp", "ville"}


def table(rows: list[list[Value]]) -> Table:
    return find_table(open_sheet(xlsx(rows), name="contacts", limits=Limits()), KNOWN.__contains__)


def lines(found: Table) -> list[tuple[int, str]]:
    return [(line, reason) for line, reason in found.not_data]


HEAD: list[Value] = ["Nom", "Prénom", "Mail", "Structure"]
DUPONT: list[Value] = ["Dupont", "Anne", "anne@exemple.fr", "Ville de Lille"]
MARTIN: list[Value] = ["Martin", "Paul", None, "ARS Bretagne"]


def test_a_table_under_titles_has_its_heading_and_its_rows() -> None:
    found = table([["Fichier des contacts 2025"], ["Ne pas diffuser"], [None], HEAD, DUPONT, MARTIN])

    assert found.header_line == 4
    assert [astuple(heading) for heading in found.headings] == [
        (0, "Nom", "nom"),
        (1, "Prénom", "prenom"),
        (2, "Mail", "mail"),
        (3, "Structure", "structure"),
    ]
    assert list(found.data_rows()) == [Row(5, tuple(DUPONT)), Row(6, tuple(MARTIN))]
    assert lines(found) == [
        (1, "Titre au-dessus du tableau"),
        (2, "Titre au-dessus du tableau"),
        (3, "Ligne vide"),
    ]


def test_what_is_not_data_is_said_even_before_the_rows_are_read() -> None:
    found = table([HEAD, DUPONT, [None], MARTIN])

    assert found.not_data == [NotData(3, "Ligne vide")]


@pytest.mark.parametrize(
    "heading",
    [
        HEAD,
        ["NOM", "PRENOM", "MAIL", "STRUCTURE"],
        ["nom", "prénom", "mail", "structure"],
        ["Nom", None, "MAIL", None],
    ],
)
def test_repeated_headings_are_no_data(heading: list[Value]) -> None:
    found = table([HEAD, DUPONT, heading, MARTIN])

    assert [row.number for row in found.data_rows()] == [2, 4]
    assert lines(found) == [(3, "Titres de colonnes répétés")]


def test_a_title_repeated_with_its_headings_is_no_data() -> None:
    found = table([["Contacts 2025"], HEAD, DUPONT, ["Contacts 2025"], HEAD, MARTIN])

    assert [row.number for row in found.data_rows()] == [3, 6]
    assert lines(found)[1:] == [(4, "Titre répété"), (5, "Titres de colonnes répétés")]


@pytest.mark.parametrize(
    "total",
    [
        ["TOTAL : 1150"],
        ["Total", 2],
        ["Sous-total", None, None, 12],
        ["Total général", None, "2", None],
        [None, "Total des contacts", 2],
        ["Nombre de contacts : 1\u202f150"],
        ["Nb total", 2],
        ["TOTAUX", 1, 2.5, 3],
    ],
)
def test_totals_are_no_data(total: list[Value]) -> None:
    found = table([HEAD, DUPONT, MARTIN, total])

    assert [row.number for row in found.data_rows()] == [2, 3]
    assert lines(found) == [(4, "Ligne de total")]


@pytest.mark.parametrize(
    "row",
    [
        ["Total", "Zoé", "zoe@exemple.fr", "Ville de Brest"],
        [None, None, "contact@exemple.fr", "Total Énergies"],
        ["Nombre", "Léa", None, None],
        ["Prénom", "Mail", "x@exemple.fr", "Y"],
        ["Grandjean", "Luc", None, None],
        ["Petit", None, None, None],
        [None, None, None, "ARS Normandie"],
        [None, None, "seul@exemple.fr", None],
    ],
)
def test_a_contact_with_an_odd_name_or_alone_is_data(row: list[Value]) -> None:
    found = table([HEAD, DUPONT, [None], row, MARTIN])

    assert [row.number for row in found.data_rows()] == [2, 4, 5]


def test_titles_of_groups_are_no_data() -> None:
    dated: list[Value] = ["Maj le", *HEAD]
    found = table(
        [
            dated,
            ["COLLECTIVITÉS"],
            [None, *DUPONT],
            [None],
            ["ÉTAT ET AGENCES"],
            ["Bretagne"],
            [None, *MARTIN],
            [None],
            ["Divers"],
        ]
    )

    assert [row.number for row in found.data_rows()] == [3, 7, 9]
    assert lines(found) == [
        (2, "Titre d’un groupe de lignes"),
        (4, "Ligne vide"),
        (5, "Titre d’un groupe de lignes"),
        (6, "Titre d’un groupe de lignes"),
        (8, "Ligne vide"),
    ]


def test_a_cell_merged_over_the_columns_is_the_title_of_a_group_even_in_the_column_of_names() -> None:
    parts = xlsx_parts(xlsx_rows([HEAD, ["Bretagne"], MARTIN, ["Normandie"], DUPONT]))
    name = "xl/worksheets/sheet1.xml"
    merged = '</sheetData><mergeCells count="1"><mergeCell ref="A2:D2"/></mergeCells>'
    content = archive(parts | {name: str(parts[name]).replace("</sheetData>", merged)})

    found = find_table(open_sheet(content, name="contacts", limits=Limits()), KNOWN.__contains__)

    assert lines(found) == [(2, "Titre d’un groupe de lignes")]
    assert [row.number for row in found.data_rows()] == [3, 4, 5]


def test_a_lone_cell_within_the_rows_is_data() -> None:
    found = table([["Maj le", *HEAD], [None, *DUPONT], ["à voir"], [None, *MARTIN]])

    assert [row.number for row in found.data_rows()] == [2, 3, 4]


@pytest.mark.parametrize(
    ("note", "reason"),
    [
        (["Source : enquête 2024"], "Note au bord du tableau"),
        (["Mise à jour le 12/03/2025"], "Note au bord du tableau"),
        (["-----", "-----"], "Ligne sans texte"),
    ],
)
def test_notes_and_rules_are_no_data(note: list[Value], reason: str) -> None:
    found = table([HEAD, DUPONT, note])

    assert lines(found) == [(3, reason)]


def test_many_empty_lines_are_said_together() -> None:
    content = archive(
        xlsx_parts(xlsx_rows([HEAD, DUPONT]) + '<row r="9000"><c r="A9000" t="str"><v>Martin</v></c></row>')
    )

    found = find_table(open_sheet(content, name="contacts", limits=Limits()), KNOWN.__contains__)

    assert found.not_data == [NotData(3, "Lignes vides, de 3 à 8999")]


def test_two_columns_of_one_name_are_both_kept() -> None:
    found = table(
        [["Nom", "Mail", "Mail", "mail "], ["Dupont", "a@exemple.fr", "b@exemple.fr", "c@exemple.fr"]]
    )

    assert [(heading.text, heading.folded) for heading in found.headings] == [
        ("Nom", "nom"),
        ("Mail", "mail"),
        ("Mail (2)", "mail"),
        ("mail (3)", "mail"),
    ]


def test_a_column_without_heading_that_holds_something_has_its_letter() -> None:
    found = table([["Nom", None, "Mail"], ["Dupont", None, "a@exemple.fr", "à rappeler"]])

    assert [(heading.index, heading.text) for heading in found.headings] == [
        (0, "Nom"),
        (2, "Mail"),
        (3, "Colonne D"),
    ]


def test_rows_are_as_wide_as_the_headings() -> None:
    found = table([HEAD, ["Dupont"], ["Martin", "Paul", None, None, "x"]])

    assert [row.cells for row in found.data_rows()] == [
        ("Dupont", None, None, None, None),
        ("Martin", "Paul", None, None, "x"),
    ]


def test_headings_on_two_lines_are_those_of_the_line_that_names_most() -> None:
    found = table([["Identité", None, "Coordonnées", None], ["Nom", "Prénom", "Mail", "CP"], DUPONT])

    assert found.header_line == 2


def test_one_known_heading_is_enough() -> None:
    found = table([["Nom"], ["Qui", "Mail", "Divers"], ["Dupont", "a@exemple.fr", "x"]])

    assert (found.header_line, [heading.text for heading in found.headings]) == (2, ["Qui", "Mail", "Divers"])


def test_unknown_headings_are_taken_from_the_first_line_that_can_be_one() -> None:
    found = find_table(
        open_sheet(
            delimited([["Liste"], ["Adhérent", "Ville"], ["Dupont", "Lille"]]).encode(),
            name="x",
            limits=Limits(),
        ),
        lambda key: False,
    )

    assert [heading.text for heading in found.headings] == ["Adhérent", "Ville"]


def test_a_sheet_without_headings_is_refused() -> None:
    with pytest.raises(Unreadable) as refused:
        table([[1, 2], [3, 4]])

    assert (
        refused.value.reason
        == "Aucune ligne de titres de colonnes n’a été trouvée dans le fichier « contacts »."
    )


def test_known_is_asked_with_folded_headings() -> None:
    asked: set[str] = set()

    def known(key: str) -> bool:
        asked.add(key)
        return key == fold("Coordinateur·rice")

    found = find_table(
        open_sheet(xlsx([["Coordinatrice", "N° de tél."], ["x", "y"]]), name="x", limits=Limits()), known
    )

    assert (found.header_line, asked) == (1, {"coordinateur", "n de tel", "x", "y"})
