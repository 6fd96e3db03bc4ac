"""The association's messy workbook, in every form, becomes exactly what its truth says; so does next year's."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db.models import Prefetch, QuerySet

from contacts.models import (
    Consent,
    Contact,
    ContactTerritory,
    DoublePair,
    Opposition,
    Position,
    Scheme,
    Territory,
)
from contacts.models.deriving import derive
from contacts.models.vocabulary import Term
from crm import receiving
from crm.folding import fold
from crm.importing import Outcome, Plan
from crm.models import ImportChange
from tests.contacts.importing.bringing import brought_file, received
from tests.messy.generator import FILES
from tests.messy.text import fold as bare


COPIES = [
    "contacts.libreoffice.xlsx",
    "contacts.libreoffice.xls",
    "contacts.libreoffice.ods",
    "contacts.windows-1252.csv",
    "contacts.utf-16.csv",
]
pytestmark = pytest.mark.usefixtures("messy_places")


def truth(name: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((FILES / name).read_text(encoding="utf-8"))
    return told


def previewed(name: str, kind: str = "contacts") -> Plan:
    return receiving.preview(received((FILES / name).read_bytes(), kind=kind, name=name))


def about_lines(report: dict[str, Any]) -> dict[str, Any]:
    """A report without what is said of the whole file, which depends on its form."""
    return report | {"warnings": [warning for warning in report["warnings"] if warning["line"]]}


def outcomes_told(lines: dict[str, Any]) -> dict[int, tuple[str, int | None]]:
    return {int(line): (told["outcome"], told.get("into")) for line, told in lines.items()}


def outcomes_of(plan: Plan) -> dict[int, tuple[str, int | None]]:
    return {line.number: (line.outcome.value, line.into) for line in plan.lines}


def columns(found: list[dict[str, Any]]) -> list[tuple[int, str]]:
    return sorted((one["line"], fold(one["column"])) for one in found)


def is_term(key: str, term: Term | None) -> bool:
    return term is not None and (key == term.code or fold(key) == fold(term.name))


def test_each_line_has_the_outcome_that_the_truth_says() -> None:
    told = truth("truth.json")

    plan = previewed("contacts.xlsx")

    assert outcomes_of(plan) == outcomes_told(told["lines"])
    assert plan.counts().rows == told["rows"]
    assert [line.line for line in plan.not_data] == [line["line"] for line in told["not_data"]]
    assert {line.problems[0].column for line in plan.rejected()} == {"NOM"}
    assert plan.objects == {key: told["totals"][key] for key in ("persons", "organisations")}


def test_conflicts_pairs_and_unknown_themes_are_those_of_the_truth() -> None:
    told = truth("truth.json")

    plan = previewed("contacts.xlsx")

    # The truth says nothing of streets: two lines of one structure give two.
    found = [conflict for conflict in plan.report()["conflicts"] if fold(conflict["column"]) != "adresse"]
    assert columns(found) == columns(told["conflicts"])
    assert {bare(one["offered"]) for one in found} == {bare(one["offered"]) for one in told["conflicts"]}
    pairs = {(pair.earlier, pair.later) for pair in plan.content.pairs}
    people = sorted(sorted([one.line, other.line]) for one, other in pairs if other.kind == "person")
    assert people == told["uncertain_pairs"]
    houses = {
        frozenset({bare(one.shown), bare(other.shown)})
        for one, other in pairs
        if other.kind == "organisation"
    }
    assert houses == {frozenset(pair) for pair in told["uncertain_organisations"]}
    unknown = {unknown.key: unknown for unknown in plan.unknown if unknown.vocabulary == "theme"}
    assert {key: one.count for key, one in unknown.items()} == {
        fold(k): v["count"] for k, v in told["unknown_themes"].items()
    }
    for key, expected in told["unknown_themes"].items():
        nearest = unknown[fold(key)].nearest
        assert bool(nearest) == bool(expected["nearest"]), key
        assert (
            not nearest
            or expected["nearest"] == nearest[0][0]
            or fold(expected["nearest"]) == fold(nearest[0][1])
        )


def test_every_copy_gives_the_same_report() -> None:
    expected = about_lines(previewed("contacts.xlsx").report())

    for name in COPIES:
        assert about_lines(previewed(name).report()) == expected, name


@pytest.mark.data
def test_the_base_holds_what_the_truth_says() -> None:
    told = truth("truth.json")

    batch, report = brought_file(FILES / "contacts.xlsx")

    totals = told["totals"]
    assert (report["created"], report["merged"], len(report["rejected"])) == tuple(
        told["counts"][name] for name in ("created", "merged", "rejected")
    )
    assert Contact.objects.people().count() == totals["persons"]
    assert Contact.objects.organisations().count() == totals["organisations"]
    assert Opposition.objects.count() == totals["opposed"]
    assert Consent.objects.count() == totals["consents"]
    contacts = {contact.pk: contact for contact in _whole(Contact.objects.filter(batch=batch))}
    people = [_Held(contact) for contact in contacts.values() if contact.is_person]
    assert sum(len(one.emails) for one in people) == totals["person_emails"]
    assert sum(len(one.phones) for one in people) == totals["person_phones"]
    for code, count in totals["persons_by_department"].items():
        department = Territory.objects.get(level="departement", code=code)
        assert Contact.objects.people().within(department).count() >= count, code
    records = {
        change.line: change.record for change in ImportChange.objects.filter(batch=batch) if change.line
    }
    for line, expected in told["lines"].items():
        if expected["outcome"] == "created" and "person" in expected:
            _same_person(contacts[records[int(line)]], expected["person"], line)
    assert derive(contacts) == 0  # what is derived was written right at once


class _Held:
    def __init__(self, contact: Contact) -> None:
        channels = list(contact.channels.all())
        self.emails = {channel.key for channel in channels if channel.kind == "email"}
        self.phones = {channel.key for channel in channels if channel.kind == "phone"}


def _whole(contacts: QuerySet[Contact]) -> QuerySet[Contact]:
    return contacts.select_related("shown_category").prefetch_related(
        "channels", "themes", "labels", "consents", "oppositions", "reach__territory",
        Prefetch("positions", Position.objects.select_related("organisation", "function", "service")),
    )  # fmt: skip


def _same_person(contact: Contact, told: dict[str, Any], line: str) -> None:
    post = next(iter(contact.positions.all()), None)
    if told["last_name"]:
        assert (bare(contact.name), bare(contact.first_name)) == (
            bare(told["last_name"]),
            bare(told["first_name"]),
        ), line
    assert contact.civility == told.get("civility", ""), line
    assert (bare(post.organisation.name) if post and post.organisation else None) == told.get(
        "organisation"
    ), line
    assert (post.title if post else "") == told.get("title", ""), line
    if "function" in told:
        assert is_term(told["function"], post.function if post else None), line
    assert (post.service.name if post and post.service else None) == told.get("service"), line
    if "category" in told:
        assert is_term(told["category"], contact.shown_category), line
    held = _Held(contact)
    assert held.emails == set(told.get("emails", [])), line
    assert held.phones == set(told.get("phones", [])), line
    themes = list(contact.themes.all())
    either = [one["theme"] for one in told.get("either_themes", [])]
    assert all(any(is_term(key, theme) for theme in themes) for key in told.get("themes", [])), line
    assert all(any(is_term(key, theme) for key in [*told.get("themes", []), *either]) for theme in themes), (
        line
    )
    state = "opposed" if contact.oppositions.all() else "consent" if contact.consents.all() else None
    assert state == told.get("newsletter"), line
    assert (contact.verified_on.isoformat() if contact.verified_on else None) == told.get("verified_on"), line
    reach = [row.territory for row in contact.reach.all()]
    if "department" in told:
        assert {place.department_code or place.code for place in reach} == {told["department"]}, line
    if "commune" in told:
        assert [place.code for place in reach] == [told["commune"]], line
    assert set(told.get("schemes", [])) <= {label.name for label in contact.labels.all()}, line


def test_the_same_file_again_changes_nothing() -> None:
    brought_file(FILES / "contacts.xlsx")
    before = _everything()

    _batch, report = brought_file(FILES / "contacts.libreoffice.ods")

    assert (report["created"], report["updated"], report["objects"]) == (
        0,
        0,
        {"persons": 0, "organisations": 0},
    )
    assert _everything() == before


def _everything() -> tuple[Any, ...]:
    return (
        list(Contact.objects.order_by("pk").values_list("pk", "version", "notes")),
        Position.objects.count(),
        ContactTerritory.objects.count(),
        DoublePair.objects.count(),
        Contact.history.count(),
    )


@pytest.mark.data
def test_next_year_s_file_changes_what_its_truth_says() -> None:
    told = truth("truth_next.json")
    first, _report = brought_file(FILES / "contacts.xlsx")
    people = set(Contact.objects.people().values_list("pk", flat=True))
    line_of = {
        change.record: change.line
        for change in ImportChange.objects.filter(batch=first, model="contacts.contact")
        if change.record in people
    }
    plan = previewed("contacts_next.xlsx")

    _batch, report = brought_file(FILES / "contacts_next.xlsx")

    assert outcomes_of(plan) == outcomes_told(told["lines"])
    assert columns(report["conflicts"]) == columns(told["conflicts"])
    targets = {line.number: line_of[line.target] for line in plan.lines if line.target}
    assert targets == {int(line): one["base"] for line, one in told["lines"].items() if "base" in one}
    assert report["objects"] == {key: told["totals"][key] for key in ("persons", "organisations")}
    assert Opposition.objects.count() == told["totals"]["opposed_after"]
    pairs = {(pair.later.line, line_of[pair.earlier.pk]) for pair in plan.content.pairs if pair.earlier.pk}
    assert pairs == {tuple(pair) for pair in told["uncertain_with_base"]}
    records = {
        line.number: line.target or 0
        for line in plan.lines
        if line.outcome in {Outcome.UPDATED, Outcome.UNCHANGED}
    }
    contacts = {contact.pk: contact for contact in _whole(Contact.objects.filter(pk__in=records.values()))}
    for number, pk in records.items():
        held = _Held(contacts[pk])
        expected = told["lines"][str(number)]["person"]
        assert (held.emails, held.phones) == (
            set(expected.get("emails", [])),
            set(expected.get("phones", [])),
        ), number
    assert derive(Contact.objects.values_list("pk", flat=True)) == 0


@pytest.mark.data
def test_the_file_of_schemes_becomes_what_its_truth_says() -> None:
    told = truth("truth_schemes.json")
    plan = previewed("schemes.xlsx", "schemes")

    _batch, report = brought_file(FILES / "schemes.xlsx", kind="schemes")

    assert outcomes_of(plan) == outcomes_told(told["lines"])
    assert {line.problems[0].column for line in plan.rejected()} == {"Type"}
    assert report["objects"] == {key: told["totals"][key] for key in ("schemes", "persons", "organisations")}
    for line, expected in told["lines"].items():
        if expected["outcome"] == "created":
            _same_scheme(expected["scheme"], line)
    problems = {
        (line.number, fold(told_.column))
        for line in plan.lines
        for told_ in line.problems
        if line.outcome != Outcome.REJECTED
    }
    asked = {
        (int(line), fold(one["column"]))
        for line, entry in told["lines"].items()
        for one in entry.get("problems", [])
    }
    assert asked <= problems
    assert derive(Contact.objects.values_list("pk", flat=True)) == 0
    assert previewed("schemes.xlsx", "schemes").counts().unchanged == told["counts"]["created"]


def _same_scheme(told: dict[str, Any], line: str) -> None:
    scheme = Scheme.objects.get(name=told["name"])

    def named(contact: Contact | None) -> tuple[str, str] | None:
        return (bare(contact.name), bare(contact.first_name)) if contact else None

    def expected(one: dict[str, str] | None) -> tuple[str, str] | None:
        return (bare(one["last_name"]), bare(one["first_name"])) if one else None

    assert scheme.type.name == told["type"], line
    places = sorted([place.level, place.code] for place in scheme.territories.all())
    assert places == sorted(told["territories"]), line
    assert (bare(scheme.lead.name) if scheme.lead else None) == told.get("lead"), line
    assert (scheme.service.name if scheme.service else None) == told.get("service"), line
    assert (scheme.state, scheme.email) == (told["state"], told.get("email", "")), line
    assert (scheme.starts_on.isoformat() if scheme.starts_on else None) == told.get("starts_on"), line
    assert (scheme.ends_on.isoformat() if scheme.ends_on else None) == told.get("ends_on"), line
    people = {named(one.person) for one in scheme.coordinations.all()}
    assert people == {expected(one) for one in told.get("coordinators", [])}, line
    assert named(scheme.elected_official) == expected(told.get("elected")), line
    if told.get("coordinators"):
        assert told["share"] in {one.share for one in scheme.coordinations.all()}, line
