"""The running site against what is expected of it, page by page and role by role; and the page of `docs/` against the site."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from crm.access import PRINCIPALS, BrokenPageError, access_matrix, opened_to
from crm.addresses import pages
from crm.admin.accounts import UserAdmin
from crm.models import User
from tests.conftest import Figure
from tests.crm.expected_access import EXPECTED


DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "access.md"
NOT_ASKED = {"admin:logout", "account_logout", "set_language"}


@pytest.fixture
def some_pages(monkeypatch):
    """Only these pages are asked, so that a test of the asking itself is short."""

    def keep(*names: str) -> None:
        kept = [page for page in pages() if page.name in names]
        monkeypatch.setattr("crm.access.pages", lambda: kept)

    return keep


def test_every_page_of_the_running_site_is_open_to_exactly_whom_it_should_be(
    db: None, figure: Figure, tmp_path: Path
):
    expected = {page: set(audience) for audience, names in EXPECTED.items() for page in names}

    matrix = access_matrix()

    found = {page: opened_to(matrix, page) for page in matrix}
    assert found == expected
    assert set(matrix) == {page.name for page in pages()} - NOT_ASKED
    figure(f"access: {len(matrix)} pages × {len(PRINCIPALS)} principals, 0 unexpected")
    assert _in_document() == found, "write docs/access.md anew: python manage.py access_matrix --markdown"


def _in_document() -> dict[str, set[str]]:
    """`{page: who}` as `docs/access.md` has it."""
    rows = [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in DOCUMENT.read_text().splitlines()
        if line.startswith("| `")
    ]
    return {
        page.strip("`"): {who for who, mark in zip(PRINCIPALS, marks, strict=True) if mark}
        for page, *marks in rows
    }


def test_no_page_is_expected_twice():
    names = [page for names in EXPECTED.values() for page in names]

    assert len(names) == len(set(names))


def test_a_page_that_stops_asking_is_seen(db, some_pages, monkeypatch):
    some_pages("admin:crm_user_changelist")
    before = access_matrix()["admin:crm_user_changelist"]["reader"]

    monkeypatch.setattr(UserAdmin, "has_view_permission", lambda *given: True)
    monkeypatch.setattr(UserAdmin, "has_change_permission", lambda *given: True)

    assert (before, access_matrix()["admin:crm_user_changelist"]["reader"]) == ("refused", "open")


def test_a_page_that_breaks_is_said(db, some_pages, monkeypatch):
    some_pages("admin:crm_user_changelist")
    monkeypatch.setattr(UserAdmin, "get_queryset", lambda *given: 1 / 0)

    with pytest.raises(BrokenPageError, match="crm_user_changelist"):
        access_matrix()


@pytest.mark.data
def test_asking_leaves_nothing_behind(db, some_pages):
    some_pages(
        "admin:crm_user_add", "admin:contacts_contact_add", "admin:crm_importbatch_record", "first_day"
    )
    before = _rows()

    access_matrix()

    assert _rows() == before


def _rows() -> dict[str, int]:
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        counts = {}
        for name in names:
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(name)}")  # noqa: S608 -- our own tables
            counts[name] = cursor.fetchone()[0]
    return counts


def test_the_command_answers_one_object(db, some_pages, capsys):
    some_pages("admin:crm_user_changelist")

    call_command("access_matrix", "--json")

    answers = json.loads(capsys.readouterr().out)["admin:crm_user_changelist"]
    assert answers == {who: "open" if who == "manager" else "refused" for who in PRINCIPALS}
    assert User.objects.count() == 0


def test_the_command_draws_a_table(db, some_pages, capsys):
    some_pages("admin:crm_user_changelist")

    call_command("access_matrix")

    heading, line = capsys.readouterr().out.splitlines()
    assert heading.split() == " ".join(PRINCIPALS).split()
    assert line.split() == [
        "admin:crm_user_changelist",
        *("x" if who == "manager" else "·" for who in PRINCIPALS),
    ]
