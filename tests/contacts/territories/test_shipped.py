"""The shipped files: whole, small, and without a doubt about what a key means."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from contacts.models import Territory, TerritoryAlias
from contacts.territories import closure, shipped
from contacts.territories.build import build
from contacts.territories.names import folded


ROWS = list(shipped.territories())
ALIASES = list(shipped.aliases())


def test_every_level_is_there_and_whole():
    assert Counter(row.level for row in ROWS) == {
        "france": 1,
        "region": 26,  # 13 in Europe, 5 overseas, 8 collectivities
        "departement": 109,  # 96 in Europe, 5 overseas, 8 collectivities
        "epci": 1_255,
        "ept": 11,
        "commune": 34_969,
        "arrondissement": 45,
    }
    assert Counter(row.zone for row in ROWS if row.level == "departement") == {
        "metro": 96,
        "drom": 5,
        "com": 8,
    }


def test_a_level_and_a_code_are_one_territory():
    assert len({row.key for row in ROWS}) == len(ROWS)


def test_no_two_communes_of_a_department_bear_the_same_name():
    names = Counter((row.department, folded(row.name)) for row in ROWS if row.level == "commune")

    assert [name for name, count in names.items() if count > 1] == []


def test_each_territory_lies_in_territories_that_are_there():
    keys = {row.key for row in ROWS}
    named = {
        f"{level}:{code}"
        for row in ROWS
        for level, code in zip(
            ("departement", "region", "epci", "ept", "commune"),
            (row.department, row.region, row.epci, row.ept, row.commune),
            strict=True,
        )
        if code
    }

    assert named - keys == set()


def test_all_communes_but_four_islands_and_the_collectivities_are_in_a_group():
    alone = [row for row in ROWS if row.level == "commune" and not row.epci]

    assert {row.code for row in alone if row.zone != "com"} == {"22016", "29083", "29155", "85113"}
    assert Counter(row.zone for row in alone) == {"metro": 4, "com": 94}


def test_names_and_codes_fit_their_columns():
    assert max(len(row.name) for row in ROWS) <= (Territory._meta.get_field("name").max_length or 0)
    assert max(len(row.code) for row in ROWS) <= (Territory._meta.get_field("code").max_length or 0)
    assert {row.level for row in ROWS} <= set(Territory.Level.values)
    assert {row.zone for row in ROWS} <= {"", *Territory.Zone.values}


def test_other_names_are_those_of_territories_that_are_there():
    keys = {row.key for row in ROWS}

    assert [alias for alias in ALIASES if f"{alias.level}:{alias.code}" not in keys] == []
    assert {alias.kind for alias in ALIASES} == set(TerritoryAlias.Kind.values)


def test_every_region_of_before_2016_has_its_successor():
    old = {alias.text: alias.code for alias in ALIASES if alias.kind == "old_region"}

    assert old == {
        "Alsace": "44",
        "Aquitaine": "75",
        "Auvergne": "84",
        "Basse-Normandie": "28",
        "Bourgogne": "27",
        "Champagne-Ardenne": "44",
        "Franche-Comté": "27",
        "Haute-Normandie": "28",
        "Languedoc-Roussillon": "76",
        "Limousin": "75",
        "Lorraine": "44",
        "Midi-Pyrénées": "76",
        "Nord-Pas-de-Calais": "32",
        "Picardie": "32",
        "Poitou-Charentes": "75",
        "Rhône-Alpes": "84",
        "Région Centre": "24",
    }


def test_a_merged_commune_leads_to_the_one_that_took_its_place():
    assert {alias.code for alias in ALIASES if alias.old_code == "93059"} == {"93066"}


def test_as_many_rows_as_was_said():
    assert shipped.counts() == {
        "territories": len(ROWS),
        "former": sum(bool(alias.old_code) for alias in ALIASES),
        "postcodes": sum(len(row.postcodes.split()) for row in ROWS),
        "pairs": sum(1 for _pair in closure.pairs(ROWS)),
    }


def test_the_files_are_small():
    assert sum(path.stat().st_size for path in shipped.DATA.iterdir()) < 700_000


def test_the_same_package_makes_the_same_files(tmp_path: Path):
    source = tmp_path / "package" / "data"
    source.mkdir(parents=True)
    files = {
        "regions": [{"code": "11", "nom": "Île-de-France", "zone": "metro"}],
        "departements": [{"code": "93", "nom": "Seine-Saint-Denis", "region": "11", "zone": "metro"}],
        "epci": [{"code": "200054781", "nom": "MGP", "type": "METRO", "populationMunicipale": 7, "membres": [{"code": "93066"}]}],
        "ept": [{"code": "200057867", "nom": "Plaine Commune", "type": "EPT", "membres": [{"code": "93066"}]}],
        "communes": [
            {"code": "93066", "nom": "Saint-Denis", "type": "commune-actuelle", "departement": "93", "region": "11",
             "zone": "metro", "codesPostaux": ["93200", "93380"], "population": 5, "anciensCodes": ["75066", "93059"]},
            {"code": "93059", "nom": "Pierrefitte-sur-Seine", "type": "commune-deleguee", "chefLieu": "93066"},
            {"code": "93066", "nom": "Saint-Denis", "type": "commune-deleguee", "chefLieu": "93066"},
        ],
    }  # fmt: skip
    for name, rows in files.items():
        (source / f"{name}.json").write_text(json.dumps(rows), encoding="utf-8")

    first = build(tmp_path / "package", into=tmp_path)
    names = [shipped.TERRITORIES.name, shipped.FORMER.name, shipped.COUNTS.name]
    made = [(tmp_path / name).read_bytes() for name in names]
    again = build(tmp_path / "package", into=tmp_path)

    assert first == again == {"territories": 6, "former": 2, "postcodes": 2, "pairs": 21}
    assert made == [(tmp_path / name).read_bytes() for name in names]
