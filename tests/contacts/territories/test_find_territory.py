"""`manage.py find_territory`: one JSON object a line, in the order of what was asked."""

from __future__ import annotations

import io
import json
import sys
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from contacts.models import Territory
from tests.contacts.territories.subset import load_subset


pytestmark = [pytest.mark.django_db, pytest.mark.data]


@pytest.fixture(autouse=True)
def territories(db: None) -> None:
    load_subset()


def ask(*texts: str, **options: Any) -> list[dict[str, Any]]:
    out = io.StringIO()
    call_command("find_territory", *texts, jsonl=True, stdout=out, **options)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_each_text_has_one_of_three_answers():
    assert ask("St-Denis 93", "Vienne", "Xyzzy", "") == [
        {"input": "St-Denis 93", "level": "commune", "code": "93066", "name": "Saint-Denis"},
        {
            "input": "Vienne",
            "ambiguous": [
                {"level": "departement", "code": "86", "name": "Vienne"},
                {"level": "commune", "code": "38544", "name": "Vienne"},
            ],
        },
        {"input": "Xyzzy", "unknown": True},
        {"input": "", "unknown": True},
    ]


def test_a_department_and_a_level_can_be_told_beside():
    assert ask("Saint-Denis", department="974")[0]["code"] == "97411"
    assert ask("93", level=["region"])[0]["name"] == "Provence-Alpes-Côte d'Azur"


def test_lines_of_standard_input_are_answered_in_their_order(monkeypatch: pytest.MonkeyPatch):
    lines = "\ufeffSaint-Denis (93)\r\n\r\nSaint-Denis (974)\n??\nÎle-de-France".encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines), encoding="latin-1"))

    answers = ask()

    assert [answer["input"] for answer in answers] == [
        "Saint-Denis (93)", "", "Saint-Denis (974)", "??", "Île-de-France"
    ]  # fmt: skip
    assert [answer.get("code") for answer in answers] == ["93066", None, "97411", None, "11"]


def test_without_json_a_person_reads_why():
    out = io.StringIO()

    call_command("find_territory", "Vienne", stdout=out)

    assert out.getvalue() == (
        "Vienne ? Vienne (département) [departement 86] ; Vienne (38) [commune 38544]"
        " — Plusieurs territoires portent ce nom.\n"
    )


def test_a_department_that_is_none_is_a_misuse():
    with pytest.raises(CommandError, match="n’est pas un département") as refused:
        ask("Saint-Denis", department="zz")

    assert refused.value.returncode == 2


def test_a_base_without_territories_says_what_to_do():
    Territory.objects.all().delete()

    with pytest.raises(CommandError, match="setup"):
        ask("Saint-Denis")
