"""Phone numbers in a cell: any form, several, overseas, with what stands beside them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from contacts.importing.phones import Phone, Phones, phones, shown
from contacts.phones import normal_phone, shown_phone


ONE = "+33199001234"
MOBILE = "+33639981234"


@pytest.mark.parametrize(
    "cell",
    [
        "01 99 00 12 34", "01.99.00.12.34", "0199001234", "01-99-00-12-34", "+33 1 99 00 12 34", "+33 (0)1 99 00 12 34",
        "0033199001234", "00 33 1 99 00 12 34", 199001234, "199001234", "01\u00a099\u00a000\u00a012\u00a034",
        "(+33) 1 99 00 12 34", "01/99/00/12/34", " 01 99 00 12 34 ", "Tél. : 01 99 00 12 34", "0199 00 12 34", 33199001234,
        199001234.0,
    ],
)  # fmt: skip
def test_one_number_is_read_in_every_usual_form(cell: Any) -> None:
    assert phones(cell) == Phones((Phone(ONE),))


@pytest.mark.parametrize("sign", [" / ", " ; ", "\n", ", ", " ou ", " - ", "   "])
def test_two_numbers_in_a_cell_are_two(sign: str) -> None:
    assert phones(f"01 99 00 12 34{sign}06 39 98 12 34") == Phones((Phone(ONE), Phone(MOBILE)))


@pytest.mark.parametrize(
    ("cell", "comment"),
    [
        ("01 99 00 12 34 poste 12", "poste 12"),
        ("01 99 00 12 34 (standard)", "standard"),
        ("standard : 01 99 00 12 34", ""),
        ("01 99 00 12 34 Mme Roux", "Mme Roux"),
    ],
)
def test_what_stands_beside_a_number_is_kept(cell: str, comment: str) -> None:
    assert phones(cell) == Phones((Phone(ONE, comment),))


@pytest.mark.parametrize(
    ("cell", "key"),
    [
        ("0262 00 11 22", "+262262001122"),
        ("0692 00 11 22", "+262692001122"),
        ("0590 27 11 22", "+590590271122"),
        ("+262 (0)262 00 11 22", "+262262001122"),
        (262262001122, "+262262001122"),
        ("+32 2 555 12 34", "+3225551234"),
        ("0041 22 555 12 34", "+41225551234"),
    ],
)
def test_overseas_and_foreign_numbers_keep_their_country(cell: Any, key: str) -> None:
    assert [phone.key for phone in phones(cell).numbers] == [key]


def test_a_local_number_is_read_where_it_is_dialled() -> None:
    assert phones("40 41 42 43", department="93") == Phones((), "40 41 42 43")
    assert phones("26 12 34", department="988").numbers == (Phone("+687261234"),)


@pytest.mark.parametrize("cell", ["01 42 33", "voir secrétariat", "06 39 98 12", "?", "liste rouge", "12"])
def test_what_is_no_number_is_told(cell: str) -> None:
    read = phones(cell)

    assert read.numbers == ()
    assert read.rest == cell


@given(st.integers(100_000_000, 799_999_999))
def test_the_quick_way_reads_and_shows_as_the_library_does(number: int) -> None:
    text = f"0{number}"

    assert [phone.key for phone in phones(text).numbers] == [normal_phone(text)]
    assert shown(normal_phone(text)) == shown_phone(normal_phone(text))


@given(st.text(max_size=60) | st.integers() | st.floats(allow_nan=False))
def test_any_cell_gives_numbers_that_the_house_accepts(cell: Any) -> None:
    for phone in phones(cell).numbers:
        assert normal_phone(phone.key) == phone.key
        assert shown(phone.key) == shown_phone(phone.key)
