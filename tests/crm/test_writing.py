"""What goes out is read back as it was, and holds nothing that runs."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings, strategies as st

from crm.reading import Limits, open_sheet
from crm.writing import Address, Card, Column, guard, stream_csv, stream_vcard, unguard, write_xlsx


TYPED = [
    Column("Nom"),
    Column("Rang", "int"),
    Column("Vérifiée le", "date"),
    Column("Montant", "decimal"),
    Column("Adhérent·e", "bool"),
]
ROWS: list[Sequence[Any]] = [
    ("Lefèbvre", 1, date(2024, 2, 29), Decimal("1234.50"), True),
    ("+33612345678", None, None, None, False),
    (None, 12, datetime(2025, 1, 6, 9, 12, tzinfo=UTC), Decimal("0"), None),
]
# No control character: a spreadsheet has none. No private mark and no lone surrogate either.
TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs", "Co", "Cn", "Zl", "Zp"]))
FORMULAS = st.builds(
    lambda marks, rest: marks + rest, st.text("'=+-@\uff1d\uff0b\uff0d\uff20", min_size=1, max_size=4), TEXTS
)


def csv_of(columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> bytes:
    return b"".join(stream_csv(columns, rows))


def workbook_of(columns: Sequence[Column], rows: Sequence[Sequence[Any]], **more: Any) -> bytes:
    target = io.BytesIO()
    write_xlsx(columns, rows, target, sheet=more.pop("sheet", "Contacts"), **more)
    return target.getvalue()


# --- formulas -------------------------------------------------------------------------------------------


@given(TEXTS | FORMULAS | st.text())
@example("'=1")
@example("''")
@example("\t=1")
def test_taking_the_guard_off_gives_the_text_back(text: str) -> None:
    assert unguard(guard(text)) == text


@given(FORMULAS | st.sampled_from(["\t=1", "\r=1", "\n=1", "-2", "@SUM(1)"]))
def test_no_guarded_text_begins_as_a_formula(text: str) -> None:
    assert guard(text)[0] == "'"


@pytest.mark.parametrize("text", ["l’été", "'tis", "a=b", "", "1+1", " =1", "jean@exemple.fr"])
def test_other_texts_are_left_alone(text: str) -> None:
    assert guard(text) == unguard(text) == text


# --- CSV ------------------------------------------------------------------------------------------------


def test_a_csv_is_what_excel_in_french_opens() -> None:
    assert csv_of(TYPED, ROWS).decode() == (
        "\ufeffNom;Rang;Vérifiée le;Montant;Adhérent·e\r\n"
        "Lefèbvre;1;29/02/2024;1234,50;oui\r\n"
        "'+33612345678;;;;non\r\n"
        ";12;06/01/2025;0;\r\n"
    )


def test_a_list_without_rows_has_its_headings() -> None:
    assert csv_of(TYPED[:2], []) == "\ufeffNom;Rang\r\n".encode()


def test_a_csv_comes_by_pieces() -> None:
    taken: list[int] = []

    def rows() -> Any:
        for number in range(5_000):
            taken.append(number)
            yield (f"Nom {number}",)

    pieces = stream_csv([Column("Nom")], rows())
    next(pieces)
    next(pieces)

    assert len(taken) == 1_000
    assert b"".join(pieces).count(b"\r\n") == 4_000


def test_a_row_of_another_width_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        csv_of(TYPED[:2], [("a", 1), ("b",)])


@given(st.lists(st.tuples(TEXTS | FORMULAS, TEXTS | FORMULAS | st.none(), FORMULAS), min_size=1))
def test_texts_come_back_from_a_csv_as_they_were(rows: list[tuple[str, str | None, str]]) -> None:
    columns = [Column("Nom"), Column("Mail"), Column("Note")]

    sheet = open_sheet(csv_of(columns, rows), name="x", limits=Limits())

    assert [row.cells for row in sheet.rows()][1:] == [tuple(_kept(cell) for cell in row) for row in rows]


@given(st.lists(st.tuples(TEXTS | FORMULAS, TEXTS | FORMULAS | st.none(), FORMULAS), min_size=1, max_size=3))
@settings(max_examples=30)
def test_texts_stay_texts_in_a_workbook(rows: list[tuple[str, str | None, str]]) -> None:
    columns = [Column("Nom"), Column("Mail"), Column("Note")]

    content = workbook_of(columns, rows)

    page = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in page
    assert "<hyperlink" not in page
    assert re.findall(r"<c r=\"[A-C]2\"[^>]*?t=\"(\w+)\"", page) == ["inlineStr"] * sum(
        1 for cell in rows[0] if cell
    )


def _kept(cell: str | None) -> str | None:
    """Return a cell as any spreadsheet gives it back: one of spaces only is empty."""

    return None if not cell or cell.isspace() else cell


# --- XLSX -----------------------------------------------------------------------------------------------


def test_a_workbook_keeps_texts_numbers_and_dates() -> None:
    sheet = open_sheet(workbook_of(TYPED, ROWS), name="x", limits=Limits())

    assert [row.cells for row in sheet.rows()] == [
        ("Nom", "Rang", "Vérifiée le", "Montant", "Adhérent·e"),
        ("Lefèbvre", 1, date(2024, 2, 29), 1234.5, "oui"),
        ("+33612345678", None, None, None, "non"),
        (None, 12, date(2025, 1, 6), 0),
    ]


def test_formulas_and_links_stay_texts_in_a_workbook() -> None:
    texts = [
        '=HYPERLINK("http://exemple.fr")',
        "http://exemple.fr",
        "mailto:a@exemple.fr",
        "{=1}",
        "00123",
        "1E5",
        "\t=1",
    ]

    sheet = open_sheet(workbook_of([Column("Note")], [(text,) for text in texts]), name="x", limits=Limits())

    assert [row.cells[0] for row in sheet.rows()][1:] == texts


def test_what_a_spreadsheet_cannot_hold_exactly_goes_as_text() -> None:
    rows = [(10**17 + 1, date(1789, 7, 14)), (7, date(2024, 1, 1))]

    sheet = open_sheet(
        workbook_of([Column("N", "int"), Column("Le", "date")], rows), name="x", limits=Limits()
    )

    assert [row.cells for row in sheet.rows()][1:] == [
        ("100000000000000001", "14/07/1789"),
        (7, date(2024, 1, 1)),
    ]


def test_a_workbook_has_its_heading_frozen_and_filtered_and_says_what_it_is() -> None:
    content = workbook_of(
        TYPED,
        ROWS,
        sheet="Contacts [2025]: été/hiver, liste complète",
        about={"Finalité": "Newsletter", "Par": "=1+1"},
    )

    page = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
    about = open_sheet(content, name="x", limits=Limits(), sheet="À propos")
    assert '<pane ySplit="1"' in page
    assert '<autoFilter ref="A1:E4"' in page
    assert about.sheet_names == ("Contacts  2025   été hiver, lis", "À propos")
    assert [row.cells for row in about.rows()] == [("Finalité", "Newsletter"), ("Par", "=1+1")]


def test_a_very_long_text_is_cut_at_what_a_cell_holds() -> None:
    sheet = open_sheet(workbook_of([Column("Note")], [("x" * 40_000,)]), name="x", limits=Limits())

    assert [len(str(row.cells[0])) for row in sheet.rows()] == [4, 32_767]


def test_writing_says_how_many_rows_it_wrote() -> None:
    assert write_xlsx(TYPED, iter(ROWS), io.BytesIO(), sheet="x") == 3
    assert write_xlsx(TYPED, [], io.BytesIO(), sheet="x") == 0


# --- vCard ----------------------------------------------------------------------------------------------


def vcards(*cards: Card) -> bytes:
    return b"".join(stream_vcard(cards))


def test_a_person_goes_as_a_card() -> None:
    card = Card(
        fn="Zoé Lefèbvre",
        family="Lefèbvre",
        given="Zoé",
        org="Ville de Lille",
        unit="Service santé ; prévention",
        title="Coordinatrice ASV, CLS",
        emails=["zoe@exemple.fr", "z@exemple.fr"],
        phones=["+33612345678", "poste 12"],
        address=Address(street="1 place du Beffroi", city="Lille", postcode="59000", country="France"),
        categories=["Santé mentale", "a,b"],
        note="Ligne 1\r\nligne 2\\fin",
        uid="urn:uuid:6d1b9c56-0000-4000-8000-000000000001",
        rev=datetime(2025, 1, 6, 10, 12, tzinfo=timezone(timedelta(hours=1))),
    )

    assert vcards(card).decode().split("\r\n") == [
        "BEGIN:VCARD",
        "VERSION:4.0",
        "KIND:individual",
        "FN:Zoé Lefèbvre",
        "N:Lefèbvre;Zoé;;;",
        "ORG:Ville de Lille;Service santé \\; prévention",
        "TITLE:Coordinatrice ASV\\, CLS",
        "EMAIL;PREF=1:zoe@exemple.fr",
        "EMAIL;PREF=2:z@exemple.fr",
        "TEL;PREF=1;VALUE=uri:tel:+33612345678",
        "TEL;PREF=2:poste 12",
        "ADR:;;1 place du Beffroi;Lille;;59000;France",
        "CATEGORIES:Santé mentale,a\\,b",
        "NOTE:Ligne 1\\nligne 2\\\\fin",
        "UID:urn:uuid:6d1b9c56-0000-4000-8000-000000000001",
        "REV:20250106T091200Z",
        "END:VCARD",
        "",
    ]


def test_an_organisation_goes_as_a_card_of_its_kind() -> None:
    card = Card(kind="org", fn="ARS Bretagne", org="ARS Bretagne", uid="12", address=Address())

    assert vcards(card) == (
        b"BEGIN:VCARD\r\nVERSION:4.0\r\nKIND:org\r\nFN:ARS Bretagne\r\nORG:ARS Bretagne\r\n"
        b"UID;VALUE=text:12\r\nEND:VCARD\r\n"
    )


@given(st.text(), st.text())
def test_any_text_stays_one_property_of_lines_of_75_octets(fn: str, note: str) -> None:
    try:
        (fn + note).encode()
    except UnicodeEncodeError:
        fn, note = "x", "y"

    written = vcards(Card(fn=fn, note=f"n{note}"))

    lines = written.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert all(line.decode() is not None for line in lines)  # no character is cut
    unfolded = written.decode().replace("\r\n ", "").split("\r\n")
    assert [line.split(":")[0] for line in unfolded[:-1]] == ["BEGIN", "VERSION", "KIND", "FN", "NOTE", "END"]
    assert "\n" not in "".join(unfolded)


def test_a_long_line_is_folded_without_cutting_a_character() -> None:
    written = vcards(Card(fn="é" * 100)).split(b"\r\n")

    assert [len(line) for line in written[3:7]] == [75, 75, 55, 9]
    assert b"".join([written[3], *[line[1:] for line in written[4:6]]]).decode() == "FN:" + "é" * 100


# --- speed ----------------------------------------------------------------------------------------------


def test_a_csv_is_written_by_columns_as_by_the_csv_module_itself() -> None:
    rows = [(f"Nom {n}", n, f"n{n};@exemple.fr", 'dit "x"', "a\nb") for n in range(2_500)]
    columns = [Column("a"), Column("b", "int"), Column("c"), Column("d"), Column("e")]
    plain = io.StringIO()
    writer = csv.writer(plain, delimiter=";")
    writer.writerows([["a", "b", "c", "d", "e"], *rows])

    assert csv_of(columns, rows) == ("\ufeff" + plain.getvalue()).encode()
