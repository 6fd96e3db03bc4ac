"""Reading a territory in what people type: it finds, or proposes, or says nothing; it never guesses."""

from __future__ import annotations

import re
import string
import unicodedata
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from contacts.territories.finding import Finder
from contacts.territories.gazetteer import Gazetteer, Place
from contacts.territories.names import folded
from contacts.territories.verdict import Found, Why
from tests.contacts.territories.truths import TRUTHS


LINES = [line for line in TRUTHS.splitlines() if line and not line.startswith("#")]


@cache
def everywhere() -> Finder:
    """A finder of all that we ship, without a database; made when the first test asks."""
    return Finder(Gazetteer.from_shipped_files())


@cache
def places() -> list[Place]:
    return list(everywhere().gazetteer.by_code.values())


@cache
def communes() -> list[Place]:
    return [place for place in places() if place.level == "commune"]


@cache
def postcodes() -> list[str]:
    return sorted(everywhere().gazetteer.by_postcode)


a_commune = st.deferred(lambda: st.sampled_from(communes()))


def key(place: Place) -> str:
    return f"{place.level}:{place.code}"


def parse(line: str) -> tuple[str, dict[str, Any], str, set[str]]:
    match = re.fullmatch(r"(.+?)((?: \| \w+=[^|]+?)*) (=|\?|-)((?: [a-z]+:\w+)*)", line)
    assert match, line
    beside: dict[str, Any] = dict(part.split("=", 1) for part in match[2].split(" | ")[1:])
    if "level" in beside:
        beside["levels"] = {beside.pop("level")}
    return match[1], beside, match[3], set(match[4].split())


def test_the_table_of_truths_is_long_enough():
    assert len(LINES) >= 250


@pytest.mark.parametrize("line", LINES)
def test_a_text_means_what_a_person_says_it_means(line: str):
    text, beside, sign, keys = parse(line)

    found = everywhere().find(text, **beside)

    if sign == "=":
        assert found.territory, found
        assert {key(found.territory)} == keys
    elif sign == "-":
        assert found.unknown, found
    else:
        assert found.territory is None
        assert found.candidates
        assert not keys or {key(place) for place in found.candidates} == keys


@pytest.mark.parametrize("text", [None, "", "  ", "\n", "...", "\u00a0"])
def test_an_empty_cell_is_nothing(text: str | None):
    assert everywhere().find(text) == Found(Why.NOTHING)


def test_numbers_are_read_as_a_spreadsheet_gives_them():
    assert everywhere().find(93, levels=["departement"]).territory == everywhere().by_code(
        "departement", "93"
    )
    assert everywhere().find(93.0, levels=["departement"]).territory == everywhere().by_code(
        "departement", "93"
    )
    assert everywhere().find("Saint-Denis", postcode=93200.0).territory == everywhere().by_code(
        "commune", "93066"
    )


def test_each_place_of_a_list_has_its_own_answer():
    found = everywhere().find("Seine-Saint-Denis et Landes")

    assert found.why is Why.SEVERAL
    assert [part.territory and key(part.territory) for part in found.parts] == ["departement:93", None]


def test_a_text_too_long_to_be_a_place_is_unknown_at_once():
    assert everywhere().find("Saint-Denis (93) " * 5_000).unknown


@given(place=a_commune)
def test_each_commune_is_found_by_name_and_department(place: Place):
    plain = "".join(s for s in unicodedata.normalize("NFD", place.name) if not unicodedata.combining(s))

    assert everywhere().find(f"{place.name} ({place.department})").territory == place
    assert everywhere().find(place.name, department=place.department).territory == place
    assert everywhere().find(plain.upper().replace("-", " "), department=place.department).territory == place
    assert everywhere().find(f"Mairie de {place.name}", department=place.department).territory == place


@given(place=a_commune)
def test_a_name_alone_gives_that_commune_or_none(place: Place):
    found = everywhere().find(place.name)

    assert found.territory in {None, place}
    assert place in found.places or len(found.candidates) == 20 or found.why in {Why.GROUP, Why.NOTHING}


@given(place=a_commune, other=a_commune)
def test_a_name_never_gives_a_place_of_another_department(place: Place, other: Place):
    found = everywhere().find(place.name, department=other.department)

    assert found.territory is None or found.territory.department == other.department


@given(data=st.data())
def test_a_postcode_and_a_name_give_that_commune(data: st.DataObject):
    gazetteer = everywhere().gazetteer
    code = data.draw(st.sampled_from(postcodes()))
    place = data.draw(st.sampled_from(gazetteer.by_postcode[code]))

    found = everywhere().find(f"{code} {place.name}")

    assert found.territory == place or (found.territory and gazetteer.city(found.territory) == place)


@given(place=a_commune, data=st.data())
def test_a_typing_error_never_gives_a_code(place: Place, data: st.DataObject):
    at = data.draw(st.integers(0, len(place.name)))
    letter = data.draw(st.sampled_from(string.ascii_lowercase))
    wrong = place.name[:at] + letter + place.name[at + data.draw(st.integers(0, 1)) :]
    gazetteer = everywhere().gazetteer
    name = folded(wrong)
    bears_it = name in gazetteer.named or name in gazetteer.others or name in gazetteer.named_without_article

    assert bears_it or everywhere().find(wrong).territory is None
    assert bears_it or everywhere().find(wrong, department=place.department).territory is None


@settings(max_examples=300)
@given(text=st.text(max_size=60), department=st.text(max_size=10), postcode=st.text(max_size=8))
def test_any_text_at_all_gets_an_answer(text: str, department: str, postcode: str):
    found = everywhere().find(text, department=department, postcode=postcode)

    assert bool(found.territory) + bool(found.candidates) + found.unknown == 1


@settings(max_examples=300)
@given(data=st.data())
def test_every_territory_is_found_by_the_way_we_write_it(data: st.DataObject):
    place = data.draw(st.sampled_from(places()))

    assert everywhere().find(str(place)).territory == place
