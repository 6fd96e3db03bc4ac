"""Drafts that are put away come back as they were, and a plan that puts all of them away says the same."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from contacts.importing import keeping
from contacts.importing.plan import PUT_AWAY, Draft, Location, Post, Way
from crm import receiving
from tests.contacts.importing.bringing import brought, received
from tests.messy.scale import write_contacts_csv


def full_draft(house: Draft | None) -> Draft:
    return Draft(
        "person",
        7,
        values={"name": "Dupont", "verified_on": date(2026, 3, 1), "notes": "l’une\nl’autre"},
        emails={"a@exemple.org": Way("a@exemple.org", private=True)},
        phones={"+33186650001": Way("+33186650001", comment="poste 12")},
        themes={4: None, "+neuf": None},
        labels={"essai": "Essai"},
        territories={93: None},
        consents={"newsletter": 7},
        oppositions={"surveys": 8},
        post=Post(house, "Directrice", 3, "+nouveau", touched=frozenset({"title"})),
        coordinated=(5,),
        locations=(Location(7, (93, 11), True, "city", "1 rue", "93200", "Saint-Denis", ""),),
        keys=(("dupont", "jeanne"),),
    )


def held(draft: Draft) -> dict[str, object]:
    found = {name: getattr(draft, name) for name in PUT_AWAY}
    post = found.pop("post")
    return found | {
        "post": (post.organisation, post.title, post.function, post.service, post.pk, post.touched)
    }


def test_a_draft_that_was_put_away_comes_back_as_it_was_and_keeps_what_changes():
    store, house = keeping.Store(), Draft("organisation", 1, values={"name": "Ville"})
    draft, same = full_draft(house), full_draft(house)
    store.add(draft)
    store.cool(warm=0)
    assert (draft.is_away, draft.organisation, draft.keys) == (True, house, same.keys)

    assert held(draft) == held(same)

    draft.themes[9] = None
    store.cool(warm=0)
    assert list(draft.themes) == [4, "+neuf", 9]
    draft.themes[10] = None
    store.cool(changed=False, warm=0)
    assert list(draft.themes) == [4, "+neuf", 9]


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [400])
def test_a_plan_that_puts_all_drafts_away_says_and_writes_the_same(tmp_path, monkeypatch, rows):
    path = tmp_path / "contacts.csv"
    write_contacts_csv(path, rows, seed=3)
    lines = path.read_bytes().splitlines(keepends=True)
    content = b"".join([*lines, *lines[1:90]])  # some lines come back much later

    kept_warm = receiving.preview(received(content))
    monkeypatch.setattr(keeping, "WARM", 0)
    put_away = receiving.preview(received(content))

    assert put_away.report() == kept_warm.report()
    assert put_away.digest == kept_warm.digest
    assert [*put_away.lines] == [*kept_warm.lines]


@pytest.mark.data
@pytest.mark.django_db
def test_after_a_large_import_the_engine_knows_what_its_tables_hold(tmp_path, monkeypatch):
    monkeypatch.setattr(receiving, "MANY", 30)
    path = tmp_path / "contacts.csv"
    write_contacts_csv(path, 40)

    brought(path.read_bytes())

    sql = {
        "sqlite": "SELECT stat FROM sqlite_stat1 WHERE tbl = 'contacts_contact' LIMIT 1",
        "postgresql": "SELECT reltuples FROM pg_class WHERE relname = 'contacts_contact'",
    }
    with connection.cursor() as cursor:
        cursor.execute(sql[connection.vendor])
        (counted,) = cursor.fetchone()
    assert int(str(counted).split(".")[0].split()[0]) >= 40
