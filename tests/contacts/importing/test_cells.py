"""One cell at a time: addresses, days, answers, postal codes, as people write them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.core.validators import validate_email
from hypothesis import given, strategies as st

from contacts.importing import cells
from contacts.importing.cells import Answer, Emails
from contacts.importing.days import Day, read_day


@pytest.mark.parametrize(
    ("cell", "addresses", "rest"),
    [
        ("Jeanne.Durand@Ville.example", ("jeanne.durand@ville.example",), ""),
        (" \u00a0mailto:a@b.fr ; ", ("a@b.fr",), ""),
        ("Jeanne Durand <a@b.fr>", ("a@b.fr",), ""),
        ('"Durand, Jeanne" <a@b.fr>, c@d.fr', ("a@b.fr", "c@d.fr"), ""),
        ("a@b.fr.", ("a@b.fr",), ""),
        ("a@b.fr ou c@d.fr / e@f.fr\nA@B.FR", ("a@b.fr", "c@d.fr", "e@f.fr"), ""),
        ("a@b.fr, v.lambert@", ("a@b.fr",), "v.lambert@"),
        ("prenom.nom(at)ville.example", (), "prenom.nom(at)ville.example"),
        ("marie@@asso.example", (), "marie@@asso.example"),
        ("pas de mail", (), "pas de mail"),
        (None, (), ""),
        (42, (), "42"),
    ],
)
def test_addresses_are_found_in_what_stands_around_them(
    cell: Any, addresses: tuple[str, ...], rest: str
) -> None:
    assert cells.emails(cell) == Emails(addresses, rest)


@given(st.text(max_size=80) | st.emails())
def test_an_address_that_is_found_is_one_that_a_form_accepts(text: str) -> None:
    found = cells.emails(text).addresses

    for address in found:
        validate_email(address)
        assert address == address.lower()
    assert len(found) == len(set(found))


@given(
    st.lists(
        st.emails().map(str.lower).filter(lambda a: not set(a) & set("/|`'\"*?{}")),
        min_size=1,
        max_size=4,
        unique=True,
    ),
    st.sampled_from([" ; ", ", ", "\n", " ", ";"]),
)
def test_addresses_that_a_sign_parts_are_all_found(addresses: list[str], sign: str) -> None:
    assert cells.emails(sign.join(addresses)) == Emails(tuple(addresses))


@pytest.mark.parametrize(
    ("address", "nature"),
    [
        ("jeanne.durand@ville.example", "professional"),
        ("jeanne.durand@gmail.com", "personal"),
        ("contact@gmail.com", "personal"),
        ("contact@asso.example", "role"),
        ("mairie.annexe@ville.example", "role"),
        ("marie@asso.example", "professional"),
    ],
)
def test_an_address_says_whether_it_is_shared_or_personal(address: str, nature: str) -> None:
    assert cells.nature_of(address) == nature


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (date(2024, 3, 12), date(2024, 3, 12)),
        (datetime(2024, 3, 12, 9, 30), date(2024, 3, 12)),  # noqa: DTZ001 -- a cell has no zone
        (45363, date(2024, 3, 12)),
        ("45363", date(2024, 3, 12)),
        ("12/03/2024", date(2024, 3, 12)),
        ("12.3.24", date(2024, 3, 12)),
        ("12-03-1998", date(1998, 3, 12)),
        ("2024-03-12", date(2024, 3, 12)),
        ("2024-03-12 00:00:00", date(2024, 3, 12)),
        ("mardi 12 mars 2024", date(2024, 3, 12)),
        ("1er août 2023", date(2023, 8, 1)),
        ("Mars 2024", date(2024, 3, 1)),
        ("févr. 2024", date(2024, 2, 1)),
        ("03/2024", date(2024, 3, 1)),
    ],
)
def test_a_day_is_read_in_every_usual_form(cell: Any, day: date) -> None:
    assert read_day(cell) == Day(day)


@pytest.mark.parametrize(
    "cell", ["été 2023", "31/02/2024", "?", "non daté", "03/25/2024", "2024", 2024, True, 12, 9e9]
)
def test_what_is_no_day_is_told_and_not_guessed(cell: Any) -> None:
    read = read_day(cell)

    assert read.day is None
    assert read.rest != ""


def test_a_year_or_a_month_has_a_first_and_a_last_day() -> None:
    assert read_day("2024", year_alone=True) == Day(date(2024, 1, 1))
    assert read_day(2024, year_alone=True, last=True) == Day(date(2024, 12, 31))
    assert read_day("02/2024", last=True) == Day(date(2024, 2, 29))
    assert read_day("février 2024", last=True) == Day(date(2024, 2, 29))


@given(st.dates(date(1970, 1, 1), date(2069, 12, 31)))
def test_a_day_written_in_full_comes_back(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days

    assert read_day(f"{day:%d/%m/%Y}").day == day
    assert read_day(day.isoformat()).day == day
    assert read_day(f"{day:%d.%m.%y}").day == day
    assert read_day(serial).day == day


@given(st.text(max_size=40) | st.floats() | st.integers() | st.booleans())
def test_any_cell_is_a_day_or_is_told(cell: Any) -> None:
    read = read_day(cell)

    assert read.day is None or read.rest == ""


@pytest.mark.parametrize(
    ("cells_", "answer"),
    [
        (["O", "oui", "OUI ", "x", "X", 1, True, "1", "abonnée", "d’accord", "✔"], Answer(True)),
        (
            ["N", "Non", 0, False, "STOP", "ne souhaite plus", "Désinscrite le 12/03/2024", "refus"],
            Answer(False),
        ),
        (["?", "N/A", "NR", "à voir", "non renseigné"], Answer(None, unclear=True)),
        ([None, "", " - "], Answer()),
    ],
)
def test_yes_and_no_are_told_from_neither(cells_: list[Any], answer: Answer) -> None:
    assert {cells.answer(cell) for cell in cells_} == {answer}


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("93200", "93200"),
        (1000, "01000"),
        (1000.0, "01000"),
        ("93 200", "93200"),
        ("F-93200", "93200"),
        ("93200.0", "93200"),
        ("SW1A 1AA", "SW1A 1AA"),
        (None, ""),
    ],
)
def test_a_postal_code_gets_its_zero_back(cell: Any, code: str) -> None:
    assert cells.postcode(cell) == code


@given(st.text(max_size=60))
def test_one_line_holds_nothing_that_no_screen_shows(text: str) -> None:
    read = cells.line(text)

    assert read == " ".join(read.split())
    assert "\0" not in read
    read.encode()


def test_line_breaks_stay_in_a_text_and_control_characters_go() -> None:
    assert cells.lines("un\r\n  deux\x00\x07 \n") == "un\ndeux"
    assert cells.lines(93.0) == "93"
    assert cells.lines(date(2024, 3, 12)) == "12/03/2024"
