"""Names as files write them, and which of them may be one person's."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from contacts.importing.names import Name, civility, compatible, full_name, name_of, proper
from contacts.likeness import NearOrganisations, near_people, near_words
from crm.folding import fold_name


@pytest.mark.parametrize(
    ("last", "first", "name"),
    [
        ("DUPONT", "jean-pierre", Name("Dupont", "Jean-Pierre")),
        ("DUPONT Jean-Pierre", "", Name("Dupont", "Jean-Pierre")),
        ("Jean DUPONT", "", Name("Dupont", "Jean")),
        ("Mme DUPONT", "Jeanne", Name("Dupont", "Jeanne", "mme")),
        ("Dupont", "", Name("Dupont", "")),
        ("LE GOFF", "Yann", Name("Le Goff", "Yann")),
        ("D'ARC", "JEANNE", Name("D'Arc", "Jeanne")),
        ("van der Berg", "J.", Name("van der Berg", "J.")),
        ("McDonald", "Ann", Name("McDonald", "Ann")),
        ("-", "?", Name()),
    ],
)
def test_two_cells_give_a_last_and_a_first_name(last: str, first: str, name: Name) -> None:
    assert name_of(last, first) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("DUPONT Jeanne", Name("Dupont", "Jeanne")),
        ("Jeanne DUPONT", Name("Dupont", "Jeanne")),
        ("Dupont Jean-Pierre", Name("Dupont", "Jean-Pierre")),
        ("Dupont, Jeanne", Name("Dupont", "Jeanne")),
        ("M. LE GOFF Yann", Name("Le Goff", "Yann", "m")),
        ("de la Tour Anne", Name("de la Tour", "Anne")),
    ],
)
def test_one_cell_gives_both_names(text: str, name: Name) -> None:
    assert full_name(text) == name


def test_the_order_of_the_heading_is_followed_when_capitals_do_not_tell() -> None:
    assert full_name("Jeanne Dupont", first_name_first=True) == Name("Dupont", "Jeanne")
    assert full_name("Jeanne Dupont") == Name("Jeanne", "Dupont")


@pytest.mark.parametrize(
    ("text", "value"),
    [("Mme.", "mme"), ("MADAME", "mme"), ("M.", "m"), ("Mr", "m"), ("Dr", ""), ("M. et Mme", "")],
)
def test_a_civility_is_madam_sir_or_none(text: str, value: str) -> None:
    assert civility(text) == value


@given(st.text(max_size=40))
def test_a_name_put_in_order_is_the_same_name(text: str) -> None:
    assert fold_name(proper(text)) == fold_name(text)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("dupont", "jeanne"), ("dupont", "jeanne"), True),
        (("dupont", "jeanne"), ("jeanne", "dupont"), True),
        (("dupont", "jeanne"), ("dupont", "j"), True),
        (("dupont", "jean pierre"), ("dupont", "jp"), True),
        (("dupont jeanne", ""), ("dupont", "jeanne"), True),
        (("dupont", "jeanne"), ("", ""), True),
        (("jeanne", ""), ("dupont", "jeanne"), True),
        (("dupont", "jeanne"), ("dupont", "marie"), False),
        (("dupont", "jeanne"), ("martin", "jeanne"), False),
        (("lefevre", "jeanne"), ("lefebvre", "jeanne"), False),
    ],
)
def test_names_that_may_share_an_address(one: tuple[str, str], other: tuple[str, str], same: bool) -> None:
    assert compatible(one, other) is same
    assert compatible(other, one) is same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("lefebvre", "jeanne"), ("lefevre", "jeanne")),
        (("schneider", "luc"), ("schnieder", "luc")),
        (("martin", "luc"), ("martin duval", "luc")),
        (("giraud", "catherine"), ("giraud", "cathy")),
        (("giraud", "jean pierre"), ("giraud", "j p")),
        (("giraud", "frederic"), ("giraud", "fred")),
        (("jeanne", "giraud"), ("giraud", "jeanne")),
    ],
)
def test_near_names_are_proposed(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert near_people(one, other) != ""
    assert near_people(other, one) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("martin", "luc"), ("martinez", "luc")),
        (("giraud", "jean"), ("giraud", "jeanne")),
        (("giraud", "luc"), ("roux", "luc")),
        (("roy", "luc"), ("roi", "luc")),
    ],
)
def test_other_names_are_not(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert near_people(one, other) == ""


def test_organisations_with_near_names_are_found_without_comparing_each_with_each() -> None:
    known: NearOrganisations[int] = NearOrganisations()
    names = [
        "ville de saint denis",
        "promotion sante bretagne",
        "ddets 34",
        "nantes metropole",
        "ville de pau",
    ]
    for number, name in enumerate(names):
        known.add(name, number)

    def like(name: str) -> list[int]:
        return [number for number, _why in known.like(name)]

    assert like("mairie de saint denis") == [0]
    assert like("promotion sante bretange") == [1]
    assert like("nantes metropoles") == [3]
    assert like("ddets 35") == []
    assert like("ville de gap") == []


@given(st.from_regex(r"[a-z]{6,12}( [a-z]{3,12}){0,3}", fullmatch=True), st.data())
def test_one_letter_away_is_always_found(name: str, data: st.DataObject) -> None:
    words = name.split()
    place = data.draw(st.sampled_from([number for number, word in enumerate(words) if len(word) >= 6]))
    cut = data.draw(st.integers(0, len(words[place]) - 1))
    other = " ".join([*words[:place], words[place][:cut] + words[place][cut + 1 :], *words[place + 1 :]])
    known: NearOrganisations[int] = NearOrganisations()
    known.add(name, 1)

    if other != name and near_words(name, other):
        assert [number for number, _why in known.like(other)] == [1]
