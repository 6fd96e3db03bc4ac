"""Records remember: the version that says somebody wrote, the history that says what, in bulk as one by one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from contacts.models import Channel, Contact
from crm.records import bulk_write, remember
from tests.factories import (
    ChannelFactory,
    LabelFactory,
    OrganisationFactory,
    PersonFactory,
    SourceFactory,
    ThemeFactory,
    UserFactory,
)


@pytest.fixture
def source(db: None) -> Any:
    return SourceFactory()


def _people(source: Any, count: int) -> list[Contact]:
    return [Contact(kind=Contact.Kind.PERSON, name=f"Nom{number}", source=source) for number in range(count)]


@pytest.mark.data
def test_saving_a_record_moves_its_version(db):
    person = PersonFactory()
    before, written = person.version, person.updated_at

    person.city = "Vitry"
    person.save()

    assert person.version == before + 1
    assert person.updated_at > written


@pytest.mark.data
def test_a_partial_save_moves_the_version_too(db):
    person = PersonFactory()

    person.city = "Vitry"
    person.save(update_fields=["city"])

    kept = Contact.objects.get(pk=person.pk)
    assert (kept.city, kept.version) == ("Vitry", person.version)


@pytest.mark.data
def test_writing_or_deleting_a_part_moves_the_version_of_its_record(db):
    person = PersonFactory()
    versions = [Contact.objects.get(pk=person.pk).version]

    channel = ChannelFactory(contact=person, value="a@exemple.org")
    versions.append(Contact.objects.get(pk=person.pk).version)
    channel.comment = "matin"
    channel.save()
    versions.append(Contact.objects.get(pk=person.pk).version)
    channel.delete()
    versions.append(Contact.objects.get(pk=person.pk).version)

    assert versions == [versions[0], versions[0] + 1, versions[0] + 2, versions[0] + 3]


@pytest.mark.data
def test_a_bulk_write_leaves_one_past_version_a_row_with_reason_and_author(source):
    by = UserFactory()

    made = bulk_write(_people(source, 3), reason="import 7", by=by)

    past = Contact.history.order_by("name")
    assert [(row.name, row.history_type, row.history_change_reason, row.history_user) for row in past] == [
        (f"Nom{number}", "+", "import 7", by) for number in range(3)
    ]
    assert [row.id for row in past] == [person.pk for person in made]


@pytest.mark.data
def test_a_bulk_creation_keeps_its_links_in_the_past_version_too(source):
    themes = [ThemeFactory(), ThemeFactory()]
    label = LabelFactory()

    made = bulk_write(
        _people(source, 2),
        reason="import",
        links={
            "themes": [(0, themes[0].pk), (0, themes[1].pk), (1, themes[1].pk)],
            "labels": [(1, label.pk)],
        },
    )

    assert [{*person.themes.values_list("pk", flat=True)} for person in made] == [
        {themes[0].pk, themes[1].pk},
        {themes[1].pk},
    ]
    past = [Contact.history.get(id=person.pk) for person in made]
    assert [{row.theme_id for row in version.themes.all()} for version in past] == [
        {themes[0].pk, themes[1].pk},
        {themes[1].pk},
    ]
    assert [{row.label_id for row in version.labels.all()} for version in past] == [set(), {label.pk}]


@pytest.mark.data
def test_a_bulk_update_writes_the_columns_named_and_the_version_and_the_links_held_before(source):
    theme = ThemeFactory()
    person = PersonFactory(city="Lyon", themes=[theme])
    before = person.version

    person.city, person.street = "Vitry", "ne sera pas écrite"
    bulk_write([person], reason="import", fields=["city"])

    kept = Contact.objects.get(pk=person.pk)
    assert (kept.city, kept.street, kept.version) == ("Vitry", "", before + 1)
    latest = Contact.history.filter(id=person.pk).latest()
    assert (latest.history_type, latest.city) == ("~", "Vitry")
    assert [row.theme_id for row in latest.themes.all()] == [theme.pk]


@pytest.mark.data
@pytest.mark.parametrize("count", [1, 20])
def test_a_bulk_write_costs_the_same_for_any_number_of_rows(source, django_assert_num_queries, count):
    theme = ThemeFactory()
    people = _people(source, count)

    with django_assert_num_queries(
        4
    ):  # rows, links, past versions, past links (themes); two empty kinds of link ask nothing
        bulk_write(people, reason="import", links={"themes": [(place, theme.pk) for place in range(count)]})


def test_nothing_to_write_writes_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert bulk_write([], reason="import") == []
        remember([], created=True, reason="import")


def test_computed_columns_stay_out_of_the_history():
    names = {field.name for field in Contact.history.model._meta.fields}

    assert names & {"search_open", "search_private", "sort_name", "main_email"} == set()
    assert {"name", "city", "notes", "version"} <= names


@pytest.mark.data
def test_parts_written_in_bulk_have_their_history(db):
    organisation = OrganisationFactory()
    channels = [
        Channel(contact=organisation, value=f"{n}@exemple.org", key=f"{n}@exemple.org") for n in range(3)
    ]

    bulk_write(channels, reason="import")

    assert Channel.history.filter(contact=organisation).count() == 3


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cities=st.lists(st.text(alphabet="abcdéœ -", max_size=12), min_size=1, max_size=6))
def test_the_history_of_a_record_is_what_was_saved_in_order(cities):
    person = PersonFactory()

    for city in cities:
        person.city = city
        person.save()

    past = Contact.history.filter(id=person.pk).order_by("history_id").values_list("city", flat=True)
    assert [*past] == ["", *cities]
