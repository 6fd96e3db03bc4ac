"""When a figure can be told, what it costs, where it leads and how the command shows it."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contacts.models import (
    Contact,
    ContactTerritory,
    Theme,
)
from contacts.past import Past, first_day
from crm.models import Association
from crm.registry import figures
from tests.contacts.counting import LAST, THIS, place, qualified_person, scheme, value, written_on, year_of
from tests.factories import (
    CoordinationFactory,
    PersonFactory,
)


pytestmark = pytest.mark.django_db


# --- when a figure can be told --------------------------------------------------------------------------


@pytest.mark.data
def test_an_empty_base_can_tell_nothing():
    assert first_day() is None
    assert {code: value(code) for code in figures.names()} == dict.fromkeys(figures.names())


@pytest.mark.data
def test_before_the_first_record_and_after_today_no_figure_can_be_told(town: Contact):
    told = {code: (value(code, LAST - 2), value(code, THIS + 1)) for code in figures.names()}

    assert told == dict.fromkeys(figures.names(), (None, None))
    assert value("B1", LAST - 1) == 1


# --- the past and the present say the same ---------------------------------------------------------------


@pytest.mark.data
def test_today_read_from_history_is_today_read_from_the_tables(town: Contact):
    coordinator = PersonFactory(
        organisation=town, themes=[Theme.objects.get(code="T04")], email="a@exemple.org"
    )
    CoordinationFactory(scheme=scheme("CLS", territories=[place("commune", "38185")]), person=coordinator)
    PersonFactory(territories=[place("region", "44")])
    now, then = Past(timezone.localdate()), Past(timezone.localdate())
    then.is_over = True

    assert now.active == then.active
    assert now.categories == then.categories
    assert now.themes == then.themes
    assert now.territories == then.territories
    assert sum(len(places) for places in now.territories.values()) == ContactTerritory.objects.count()


def test_a_figure_asks_as_many_queries_whatever_the_base_holds(town: Contact):
    def fill(first: int, last: int) -> None:
        for number in range(first, last):
            person = qualified_person(town, email=f"p{number}@exemple.org")
            CoordinationFactory(person=person, scheme=scheme("ASV", territories=[place("commune", "93066")]))
            written_on(person, year_of(LAST))

    def asked() -> dict[tuple[str, int], int]:
        found = {}
        for code in figures.names():
            for year in (THIS, LAST):
                with CaptureQueriesContext(connection) as queries:
                    figures[code].count(year)
                found[code, year] = len(queries)
        return found

    Association.own()
    fill(0, 1)
    of_one = asked()
    fill(1, 12)

    assert asked() == of_one
    assert max(of_one.values()) <= 15


@pytest.mark.parametrize("code", figures.names())
def test_a_figure_has_a_definition_and_opens_a_list(client_as, code: str):
    figure = figures[code]

    assert str(figure.label)
    assert str(figure.definition).endswith(".")
    assert figure.url is not None
    assert figure.url(THIS).startswith("/")


# --- the command ------------------------------------------------------------------------------------------


def report(*args: Any) -> str:
    out = StringIO()
    call_command("activity_report", *args, stdout=out)
    return out.getvalue()


@pytest.mark.data
def test_the_report_is_one_json_object(town: Contact):
    told = json.loads(report(str(THIS), "--json"))

    assert set(told) == {"year", "figures"}
    assert told["year"] == THIS
    assert list(told["figures"]) == figures.names()
    assert told["figures"]["B1"] == {
        "label": "Contacts actifs",
        "value": 1,
        "last_year": 1,
        "by": {"Personnes": 0, "Structures": 1},
    }


def test_the_report_is_a_table_for_people(town: Contact):
    lines = report(str(LAST - 1)).splitlines()

    assert lines[0].split() == [str(LAST - 1), str(LAST - 2)]
    assert lines[1].split() == ["B1", "Contacts", "actifs", "1", "non", "calc."]


@pytest.mark.parametrize("year", [1899, THIS + 1])
def test_a_year_that_cannot_be_counted_is_a_misuse(year: int):
    with pytest.raises(CommandError) as refused:
        report(str(year))

    assert refused.value.returncode == 2
