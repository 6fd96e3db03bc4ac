"""Bringing the official code into the base: once, again, and the year after."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date

import pytest

from contacts.models import Territory, TerritoryAlias, TerritoryAncestor, TerritoryPostcode
from contacts.territories import finding, shipped
from contacts.territories.finding import Finder
from contacts.territories.gazetteer import Gazetteer
from contacts.territories.loading import bring, load_territories
from tests.contacts.territories.subset import REDON, load_subset, subset


pytestmark = pytest.mark.django_db


def of(key: str) -> Territory:
    level, code = key.split(":")
    return Territory.objects.get(level=level, code=code)


def keys(territories) -> set[str]:
    return {f"{territory.level}:{territory.code}" for territory in territories}


def rows_of_every_table() -> list[set[tuple]]:
    return [
        set(Territory.objects.values_list()),
        set(TerritoryAlias.objects.values_list()),
        set(TerritoryPostcode.objects.values_list()),
        set(TerritoryAncestor.objects.values_list()),
    ]


@pytest.mark.data
def test_loading_again_changes_nothing():
    load_territories(subset=subset())
    before = rows_of_every_table()

    counts = load_territories(subset=subset())

    assert (counts.created, counts.updated, counts.closed) == (0, 0, 0)
    assert rows_of_every_table() == before


@pytest.mark.data
def test_what_somebody_spoilt_is_mended():
    load_subset()
    before = rows_of_every_table()
    Territory.objects.filter(level="commune", code="93066").update(name="Saint-Denys", population=1)
    TerritoryAncestor.objects.filter(descendant=of("commune:93066"), ancestor=of("departement:93")).delete()
    TerritoryAncestor.objects.filter(descendant=of(REDON), ancestor=of("departement:44")).update(
        overlap=False
    )
    TerritoryAncestor.objects.create(descendant=of("commune:94081"), ancestor=of("departement:75"))
    TerritoryPostcode.objects.create(code="75001", territory=of("commune:93066"))

    counts = load_subset()

    assert counts.updated == 1
    assert rows_of_every_table()[:3] == before[:3]
    assert {row[1:] for row in rows_of_every_table()[3]} == {row[1:] for row in before[3]}


@pytest.mark.data
def test_what_lies_in_a_place_and_who_is_competent_there():
    load_subset()

    saint_denis = of("commune:93066")

    assert keys(Territory.objects.covering(saint_denis)) == {
        "commune:93066",
        "ept:200057867",
        "epci:200054781",
        "departement:93",
        "region:11",
        "france:FR",
    }
    assert "commune:94081" not in keys(Territory.objects.within(of("departement:75")))
    assert keys(Territory.objects.within(of("commune:75056"))) == {
        "commune:75056",
        "arrondissement:75113",
        "arrondissement:75118",
    }
    assert REDON in keys(Territory.objects.within(of("departement:44")))
    assert REDON not in keys(Territory.objects.within(of("departement:44"), overlapping=False))
    assert of("region:11").covers(saint_denis)
    assert not of("region:53").covers(saint_denis)


@pytest.mark.data
def test_two_questions_are_one_statement_each(django_assert_num_queries):
    load_subset()
    place = of("departement:93")

    with django_assert_num_queries(1):
        list(Territory.objects.within(place))
    with django_assert_num_queries(1):
        list(Territory.objects.covering(place))


@pytest.mark.data
def test_a_merged_commune_is_closed_kept_and_replaced():
    load_subset()
    loaded = keys(Territory.objects.all())
    old = Territory.objects.create(
        level="commune",
        code="93059",
        name="Pierrefitte-sur-Seine",
        folded="pierrefitte sur seine",
        department_code="93",
    )
    TerritoryAncestor.objects.create(ancestor=old, descendant=old)
    gone = Territory.objects.create(level="epci", code="200000000", name="CC dissoute", folded="cc dissoute")

    everything = list(shipped.territories())
    counts = bring([row for row in everything if row.key in loaded], among=everything, closing=True)

    old.refresh_from_db()
    gone.refresh_from_db()
    assert counts.closed == 2
    assert (old.valid_to, old.successor) == (date(2025, 12, 31), of("commune:93066"))
    assert (gone.valid_to, gone.successor) == (date(2025, 12, 31), None)
    assert {"commune:93059", "epci:200000000"}.isdisjoint(keys(Territory.objects.selectable()))
    assert "commune:93059" in keys(Territory.objects.within(of("departement:93")))
    found = Finder.load().find("Pierrefitte-sur-Seine (93)").territory
    assert found
    assert found.pk == of("commune:93066").pk


@pytest.mark.data
def test_the_finder_of_the_base_follows_its_changes():
    load_subset()
    assert finding.find("Ville-Neuve (93)").unknown
    commune = Territory.objects.create(
        level="commune", code="93999", name="Ville-Neuve", folded="ville neuve", department_code="93"
    )

    found = finding.find("Ville-Neuve (93)")

    assert found.territory
    assert found.territory.pk == commune.pk


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("france:FR", "France entière"),
        ("region:53", "Bretagne (région)"),
        ("departement:93", "Seine-Saint-Denis (département)"),
        (REDON, "CA Redon Agglomération (35, 44, 56)"),
        ("ept:200057867", "Plaine Commune (93)"),
        ("commune:93066", "Saint-Denis (93)"),
        ("commune:97411", "Saint-Denis (974)"),
        ("arrondissement:75113", "Paris 13e arrondissement (75)"),
    ],
)
def test_a_territory_is_written_so_that_it_is_like_no_other(key: str, text: str):
    load_subset()

    assert str(of(key)) == text


def test_a_box_finds_a_name_by_its_words_its_code_or_its_postcode():
    load_subset()

    assert "commune:93066" in keys(Territory.objects.named_like("SAINT-DÉNIS 93"))
    assert "commune:93066" in keys(Territory.objects.named_like("pierrefitte"))
    assert "commune:93066" in keys(Territory.objects.named_like("93200"))
    assert keys(Territory.objects.named_like("idf")) == {"region:11"}
    assert [t.level for t in Territory.objects.named_like("réunion").largest_first()][:2] == [
        "region",
        "departement",
    ]


def test_the_whole_code_is_loaded_and_the_base_then_finds_what_the_files_find(
    capsys: pytest.CaptureFixture[str],
):
    started = time.perf_counter()
    counts = load_territories()
    loaded = time.perf_counter()
    finder = Finder.load()
    ready = time.perf_counter()
    again = load_territories()
    done = time.perf_counter()
    with capsys.disabled():
        print(
            f"\nterritories: loaded in {loaded - started:.1f} s, again in {done - ready:.2f} s;"
            f" finder in {ready - loaded:.2f} s"
        )

    assert (counts.territories, counts.postcodes, counts.pairs) == (36_416, 35_539, 180_727)
    assert replace(counts, created=0) == replace(again, created=0)
    assert (again.created, again.updated, again.closed) == (0, 0, 0)
    assert Territory.objects.filter(valid_to=None).count() == 36_416
    files = Gazetteer.from_shipped_files()
    base = finder.gazetteer
    assert {name: {p[1:] for p in places} for name, places in base.named.items()} == {
        name: {p[1:] for p in places} for name, places in files.named.items()
    }
    assert set(base.others) == set(files.others)
    assert set(base.by_postcode) == set(files.by_postcode)
    assert base.region_of == files.region_of
