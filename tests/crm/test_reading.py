"""A spreadsheet of any usual form gives its rows; another file gives a sentence and a way out."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime

import pytest
import xlsxwriter

from crm.reading import Limits, Row, Sheet, Unreadable, open_sheet
from tests.crm.raw_files import (
    CONTACTS,
    Value,
    archive,
    biff,
    delimited,
    ods,
    ods_parts,
    ods_rows,
    ole,
    record,
    xls,
    xls_cells,
    xlsx,
    xlsx_parts,
    xlsx_rows,
)


def read(
    content: bytes, name: str = "contacts", *, limits: Limits | None = None, sheet: str | None = None
) -> Sheet:
    return open_sheet(content, name=name, limits=limits or Limits(), sheet=sheet)


def cells(content: bytes) -> list[tuple[object, ...]]:
    return [row.cells for row in read(content).rows()]


def refusal(content: bytes, **more: object) -> Unreadable:
    with pytest.raises(Unreadable) as refused:
        read(content, **more)
    return refused.value


def workbook(fill: Callable[[xlsxwriter.Workbook], None]) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    fill(book)
    book.close()
    return target.getvalue()


# --- kinds ----------------------------------------------------------------------------------------------

READ = [
    Row(1, ("Nom", "Prénom", "Mail", "CP", "Thématiques")),
    Row(2, ("Lefèbvre", "Zoé", "zoe@exemple.fr", 75011, "Santé mentale ; Alimentation")),
    Row(3, ("D’Almeida", "Éric", "eric@exemple.fr", 13001)),
    Row(4, ("Nguyễn", "Thị", None, "01000", "Accès aux soins")),
]


@pytest.mark.parametrize(("kind", "make"), [("XLSX", xlsx), ("ODS", ods), ("XLS", xls)])
def test_a_workbook_of_each_kind_gives_the_same_rows(kind: str, make: Callable[..., bytes]) -> None:
    sheet = read(make(CONTACTS), "un nom trompeur.csv")

    assert list(sheet.rows()) == READ
    assert (sheet.kind, sheet.row_count, sheet.width, sheet.remarks) == (kind, 4, 5, ())


def test_rows_can_be_gone_through_again_and_side_by_side() -> None:
    sheet = read(xlsx(CONTACTS))

    assert list(zip(sheet.rows(), sheet.rows(), strict=True)) == [(row, row) for row in READ]


MORNING = datetime(2024, 2, 29, 9, 12)  # noqa: DTZ001 (a spreadsheet knows no time zone)


def test_the_types_of_excel_are_kept() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        page = book.add_worksheet()
        forms = {
            form: book.add_format({"num_format": form})
            for form in ("dd/mm/yyyy", "dd/mm/yyyy hh:mm", "hh:mm", "[h]:mm")
        }
        page.write_datetime("A1", date(2024, 2, 29), forms["dd/mm/yyyy"])
        page.write_datetime("B1", MORNING, forms["dd/mm/yyyy hh:mm"])
        page.write_number("C1", 9.2 / 24, forms["hh:mm"])
        page.write_number("D1", 1.5, forms["[h]:mm"])
        page.write_boolean("E1", True)
        page.write_formula("F1", "=1+1", None, 2)
        page.write_formula("G1", '="a"&"b"', None, "ab")
        page.write_formula("H1", "=NA()", None, "#N/A")
        page.write_number("I1", 612345678)
        page.write_number("J1", 12.5)
        page.write_string("K1", "ligne 1\nligne 2")
        page.write_string("L1", "   ")
        page.write_string("M1", "a\x01b")
        page.write_string("N1", "'=1+1")

    sheet = read(workbook(fill))

    assert [row.cells for row in sheet.rows()] == [
        (date(2024, 2, 29), MORNING, "09:12", "36:00", True, 2, "ab", None, 612345678, 12.5,
         "ligne 1\nligne 2", None, "ab", "'=1+1")
    ]  # fmt: skip
    assert sheet.remarks == ("1 cellule en erreur (#N/A, #REF ! …) est lue comme vide.",)


def test_numbers_of_rows_are_those_of_the_spreadsheet() -> None:
    rows: list[list[Value]] = [[None], ["Titre"], [None], ["Nom", "Mail"], ["  "], ["Dupont", "a@exemple.fr"]]

    for content in (xlsx(rows), ods(rows), xls(rows), delimited(rows).encode()):
        assert [row.number for row in read(content).rows()] == [2, 4, 6]


def test_a_record_on_several_lines_is_one_row_of_a_csv() -> None:
    content = b'Nom;Adresse\r\nDupont;"12 rue des Lilas\r\n75011 Paris"\r\nMartin;Lille\r\n'

    assert list(read(content).rows()) == [
        Row(1, ("Nom", "Adresse")),
        Row(2, ("Dupont", "12 rue des Lilas\r\n75011 Paris")),
        Row(3, ("Martin", "Lille")),
    ]


# --- sheets ---------------------------------------------------------------------------------------------


def test_the_sheet_with_the_most_rows_of_a_table_is_read_unless_another_is_named() -> None:
    note = xlsx_rows([["Mode d’emploi"]] * 30)
    lists = xlsx_rows([["Code", "Libellé"], ["1", "Un"]])
    content = archive(xlsx_parts({"Lisez-moi": note, "Listes": lists, "Contacts": xlsx_rows(CONTACTS)}))

    chosen, named = read(content), read(content, sheet="Listes")

    assert (chosen.sheet_name, chosen.row_count) == ("Contacts", 4)
    assert (named.sheet_name, named.row_count) == ("Listes", 2)
    assert chosen.sheet_names == named.sheet_names == ("Lisez-moi", "Listes", "Contacts")


def test_a_hidden_sheet_is_read_only_when_it_is_named() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        hidden, shown = book.add_worksheet("Cachée"), book.add_worksheet("Visible")
        for row in range(9):
            hidden.write_row(row, 0, ["a", "b"])
        shown.write_row(0, 0, ["c", "d"])
        hidden.hide()
        shown.activate()

    content = workbook(fill)

    assert read(content).sheet_name == "Visible"
    assert read(content, sheet="Cachée").row_count == 9


def test_a_sheet_that_is_not_there_is_said_with_those_that_are() -> None:
    refused = refusal(archive(xlsx_parts({"Un": xlsx_rows(CONTACTS), "Deux": ""})), sheet="Trois")

    assert refused.reason == "Le classeur « contacts » n’a pas de feuille « Trois »."
    assert refused.hint == "Choisissez l’une de ses feuilles : « Un », « Deux »."


# --- encodings and delimiters ---------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "mac_roman", "cp850"]
)
def test_a_csv_is_read_in_each_encoding_with_each_delimiter(encoding: str, delimiter: str) -> None:
    rows = [
        ["Nom", "Prénom", "Thématiques"],
        ["Lefèbvre", "Zoé", "Santé à l’école"],
        ["Müller", "Éric", "Accès"],
    ]
    rows = [[cell.replace("’", "'") for cell in row] for row in rows]

    sheet = read(delimited(rows, delimiter).encode(encoding))

    assert [list(row.cells) for row in sheet.rows()] == rows
    assert sheet.delimiter == delimiter


@pytest.mark.parametrize(
    "text",
    [
        "Nom;Montant;Note\r\nA;1,50;x, y\r\nB;2,50;z, t\r\n",
        'Nom;Thèmes\r\n"A; B";"un, deux"\r\nC;"trois, quatre"\r\n',
        "Liste, au 12/03\r\n\r\nNom;Prénom;Mail\r\nA;B;c\r\nD;E;f, g\r\n",
        'Nom;Note\r\nA;"un\r\ndeux, trois, quatre\r\ncinq"\r\nB;x\r\n',
        "sep=;\r\nNom;Mail\r\n",
    ],
)
def test_commas_inside_cells_do_not_hide_the_semicolon(text: str) -> None:
    assert read(text.encode()).delimiter == ";"


def test_a_line_that_names_the_delimiter_is_obeyed_and_not_counted() -> None:
    assert list(read(b"sep=,\r\nNom,Mail\r\n").rows()) == [Row(1, ("Nom", "Mail"))]


def test_a_few_broken_bytes_leave_the_rest_of_utf_8_readable() -> None:
    content = "Nom;Prénom\r\nLefèbvre;Zoé\r\nD’Almeida;Éric\r\n".encode().replace("É".encode(), b"\xc3")

    sheet = read(content)

    assert list(sheet.rows())[1] == Row(2, ("Lefèbvre", "Zoé"))
    assert sheet.remarks == ("1 caractère illisible est remplacé par � : vérifiez l’encodage du fichier.",)


# --- limits and refusals --------------------------------------------------------------------------------


def test_the_limits_come_from_the_settings(settings: object) -> None:
    settings.IMPORT_MAX_BYTES = 3 << 20
    settings.IMPORT_MAX_ROWS = 12
    settings.IMPORT_MAX_COLUMNS = 7

    assert Limits.from_settings() == Limits(size=3 << 20, rows=12, columns=7)


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(size=0), "Le fichier « contacts » pèse plus de 0 Mo."),
        (Limits(rows=20), "Le fichier « contacts » a plus de 20 lignes."),
        (Limits(columns=4), "Le fichier « contacts » a plus de 4 colonnes."),
    ],
)
@pytest.mark.parametrize("make", [xlsx, ods, xls, lambda rows: delimited(rows).encode()])
def test_what_is_beyond_a_limit_is_refused(make: Callable[..., bytes], limits: Limits, reason: str) -> None:
    refused = refusal(make([["a", "b", "c", "d", "e"]] * 121), limits=limits)

    assert refused.reason == reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "Le fichier « contacts » est vide."),
        (b"%PDF-1.7 ...", "Le fichier « contacts » est un PDF, pas un tableau."),
        (b"<html><table><tr><td>Nom", "Le fichier « contacts » est une page web enregistrée sous un nom de tableur."),
        (ole({"EncryptedPackage": b"x"}), "Le fichier « contacts » est protégé par un mot de passe."),
        (ole({"Workbook": biff(xls_cells(CONTACTS), before=record(0x2F, b"\1\0\1\0\1\0" + b"\0" * 48))}),
         "Le fichier « contacts » est protégé par un mot de passe."),
        (xlsx(CONTACTS)[:900], "Le fichier « contacts » est abîmé ou incomplet : il ne peut pas être lu jusqu’au bout."),
        (xlsx([]), "Le fichier « contacts » ne contient aucune cellule remplie."),
        (archive(xlsx_parts(xlsx_rows([["a"]]) + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')),
         "Le classeur « contacts » demande trop de mémoire : il est trop grand, ou une cellule isolée s’y trouve très "
         "loin du tableau."),
        (b'Nom;Mail\r\n"Dupont;a\r\nMartin;b\r\n',
         "Le fichier « contacts » a, ligne 2, une cellule sans fin : un guillemet y est sans doute ouvert et jamais refermé."),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why(content: bytes, reason: str) -> None:
    refused = refusal(content)

    assert refused.reason == reason
    assert refused.hint.endswith(".")


# --- big sheets, read in pieces -------------------------------------------------------------------------

BIG_ROWS = 40_000


def test_a_big_xlsx_is_read_in_pieces_without_losing_a_row() -> None:
    filler = "é" * 300
    rows = "".join(
        f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="C{n}" t="inlineStr"><is><t>{filler}</t></is></c></row>'
        for n in range(1, BIG_ROWS + 1)
    )

    sheet = read(archive(xlsx_parts({"Petite": "", "Grande": rows})))

    assert [(row.number, row.cells[0]) for row in sheet.rows()] == [(n, n) for n in range(1, BIG_ROWS + 1)]
    assert (sheet.sheet_name, sheet.sheet_names, sheet.width) == ("Grande", ("Petite", "Grande"), 3)


def test_a_big_xlsx_without_numbers_of_rows_is_counted() -> None:
    filler = "é" * 300
    rows = "".join(f'<row><c t="inlineStr"><is><t>{n} {filler}</t></is></c></row>' for n in range(BIG_ROWS))

    sheet = read(archive(xlsx_parts(rows)))

    assert [row.number for row in sheet.rows()] == list(range(1, BIG_ROWS + 1))


def test_a_big_ods_is_read_in_pieces_without_losing_a_row() -> None:
    filler = "é" * 250
    rows: list[list[Value]] = []
    for n in range(1, BIG_ROWS):
        rows.append([n, filler])
    rows.append(["fin"])
    gap = '<table:table-row table:number-rows-repeated="5"><table:table-cell/></table:table-row>'

    sheet = read(archive(ods_parts({"Petite": "", "Grande": gap + ods_rows(rows)}), stored=["mimetype"]))

    assert [row.number for row in sheet.rows()] == list(range(6, BIG_ROWS + 6))
    assert [row.cells[0] for row in sheet.rows()] == [*range(1, BIG_ROWS), "fin"]
