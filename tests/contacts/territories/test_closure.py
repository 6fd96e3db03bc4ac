"""What lies in what: never up to a group of communes and down to another department."""

from __future__ import annotations

from collections import Counter
from functools import cache

from contacts.territories import closure, shipped
from contacts.territories.closure import Pair


@cache
def rows() -> list[shipped.Row]:
    return list(shipped.territories())


@cache
def pairs() -> list[Pair]:
    return list(closure.pairs(rows()))


def above(key: str) -> dict[str, bool]:
    return {pair.ancestor: pair.overlap for pair in pairs() if pair.descendant == key}


def test_each_territory_lies_in_itself_and_in_france():
    keys = {row.key for row in rows()}

    assert {pair.ancestor for pair in pairs() if pair.ancestor == pair.descendant} == keys
    assert {pair.descendant for pair in pairs() if pair.ancestor == closure.FRANCE} == keys


def test_no_pair_is_said_twice():
    assert max(Counter((pair.ancestor, pair.descendant) for pair in pairs()).values()) == 1


def test_a_commune_lies_in_its_group_its_own_department_its_own_region_and_france():
    assert above("commune:94081") == dict.fromkeys(
        ["commune:94081", "epci:200054781", "ept:200058014", "departement:94", "region:11", "france:FR"],
        False,
    )


def test_no_commune_lies_in_two_departments_or_two_regions():
    counted = Counter(
        (pair.descendant, pair.ancestor.partition(":")[0])
        for pair in pairs()
        if pair.descendant.startswith("commune:") and not pair.ancestor.startswith("commune:")
    )

    assert set(counted.values()) == {1}


def test_the_naive_climb_would_put_thousands_of_communes_in_departments_where_they_are_not():
    right = {(pair.ancestor, pair.descendant) for pair in pairs()}
    departments_of: dict[str, list[str]] = {}
    for pair in pairs():
        if pair.ancestor.startswith("departement:") and pair.descendant.startswith("epci:"):
            departments_of.setdefault(pair.descendant, []).append(pair.ancestor)
    naive = {
        (department, pair.descendant)
        for pair in pairs()
        if pair.ancestor.startswith("epci:") and pair.descendant.startswith("commune:")
        for department in departments_of[pair.ancestor]
    }

    assert len(naive - right) > 3_000
    assert ("departement:75", "commune:94081") in naive - right


def test_a_group_lies_in_part_in_each_department_where_it_has_a_commune():
    assert above("epci:243500741") == {
        "epci:243500741": False,
        "departement:35": True,
        "departement:44": True,
        "departement:56": True,
        "region:52": True,
        "region:53": True,
        "france:FR": False,
    }
    assert above("epci:200000172") == dict.fromkeys(
        ["epci:200000172", "departement:74", "region:84", "france:FR"], False
    )


def test_an_arrondissement_lies_in_its_city():
    assert above("arrondissement:75113") == dict.fromkeys(
        [
            "arrondissement:75113",
            "commune:75056",
            "epci:200054781",
            "departement:75",
            "region:11",
            "france:FR",
        ],
        False,
    )


def test_as_many_groups_cross_departments_and_regions_as_was_counted():
    over = Counter(
        (pair.descendant, pair.ancestor.partition(":")[0])
        for pair in pairs()
        if pair.descendant.startswith("epci:") and pair.overlap
    )

    assert sum(level == "departement" for _key, level in over) == 89
    assert sum(level == "region" for _key, level in over) == 26
