"""The home page: what awaits me first, figures after, each a link; on an empty base, the first steps."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from contacts import home
from contacts.coverage import departments_without_contact
from contacts.home import awaiting, counts
from contacts.models import Contact, Scheme, Territory, Theme
from crm.models import ImportBatch, User
from crm.registry import figures
from crm.roles import Role
from tests.factories import (
    DoublePairFactory,
    ImportBatchFactory,
    InteractionFactory,
    OrganisationFactory,
    PersonFactory,
    SchemeFactory,
    UserFactory,
)


pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()


@pytest.fixture
def staff(db: None) -> User:
    return UserFactory(role=Role.STAFF)


def box(page: Any) -> dict[str, Any]:
    """What awaits me, as the page was given it."""
    return next(
        panel for panel in page.context["panels"] if panel["template"] == "contacts/home_awaiting.html"
    )


def lines(user: User) -> dict[str, int]:
    return {line["many"]: line["count"] for line in awaiting(user)["lines"]}


def test_an_empty_base_says_how_to_begin(client_as):
    page = client_as(Role.MANAGER).get(reverse("admin:index"))
    text = page.content.decode()

    assert page.status_code == 200
    assert [step["title"] for step in box(page)["steps"]] == [
        "Importer un fichier",
        "Ajouter une personne",
        "Inviter un·e collègue",
    ]
    assert "Pour commencer" in text
    assert "Ce qui m’attend" not in text
    assert "Chiffres" not in text


def test_who_may_only_read_an_empty_base_is_offered_nothing_to_add(client_as):
    page = client_as(Role.READER).get(reverse("admin:index"))

    assert box(page)["steps"] == []


@pytest.mark.data
def test_what_awaits_me_is_what_i_may_do(staff: User):
    PersonFactory(verified_on=None)
    PersonFactory(verified_on=TODAY)
    DoublePairFactory(first=PersonFactory(verified_on=TODAY), second=PersonFactory(verified_on=TODAY))
    ImportBatchFactory(state=ImportBatch.State.PLANNED, owner=staff)
    ImportBatchFactory(state=ImportBatch.State.PLANNED, owner=UserFactory())

    assert lines(staff) == {
        "fiches à vérifier": 1,
        "paires de fiches proches à examiner": 1,
        "imports à confirmer": 1,
    }
    assert lines(UserFactory(role=Role.READER)) == {}


@pytest.mark.data
def test_my_follow_ups_come_oldest_first_with_those_of_nobody(staff: User):
    late = InteractionFactory(by=staff, follow_up_on=TODAY - datetime.timedelta(days=3))
    soon = InteractionFactory(by=None, follow_up_on=TODAY + datetime.timedelta(days=2))
    InteractionFactory(by=UserFactory(), follow_up_on=TODAY)
    InteractionFactory(by=staff, follow_up_on=TODAY, followed_up_on=TODAY)
    InteractionFactory(by=staff, follow_up_on=TODAY, contact=PersonFactory(trashed_at=timezone.now()))

    assert awaiting(staff)["follow_ups"] == [late, soon]
    assert awaiting(UserFactory(role=Role.READER))["follow_ups"] == []


def test_follow_ups_beyond_the_first_are_counted(staff: User):
    InteractionFactory.create_batch(8, by=staff, follow_up_on=TODAY, contact=PersonFactory())

    told = awaiting(staff)

    assert (len(told["follow_ups"]), told["more_follow_ups"]) == (6, 2)


@pytest.mark.data
def test_the_figures_are_today_s(staff: User):
    PersonFactory(
        email="a@exemple.org",
        organisation=OrganisationFactory(territories=[Territory.objects.get(level="commune", code="93048")]),
        themes=[Theme.objects.get(code="T01")],
        verified_on=TODAY,
    )
    PersonFactory(state=Contact.State.LEFT)
    SchemeFactory()
    SchemeFactory(state=Scheme.State.PLANNED)

    shown = {figure["label"]: figure["count"] for figure in counts(staff)["figures"]}

    assert shown == {
        "Personnes actives": 1,
        "Structures actives": 1,
        "Contacts qualifiés": 0,
        "Fiches à vérifier": 1,
        "Démarches en activité": 1,
        "Départements sans contact": Territory.objects.at("departement").count() - 1,
    }


@pytest.mark.data
@pytest.mark.parametrize(
    "places", [[], ["commune:38185"], ["region:84"], ["region:04"], ["departement:75", "commune:97411"]]
)
def test_the_departments_without_contact_are_those_of_the_report(places: list[str]):
    for level, code in (place.split(":") for place in places):
        PersonFactory(territories=[Territory.objects.get(level=level, code=code)])
    PersonFactory()

    assert departments_without_contact().count() == figures["B6"].count(TODAY.year).value


def test_each_figure_opens_the_list_that_it_counts(client_as, staff: User):
    PersonFactory(territories=[Territory.objects.get(level="commune", code="93048")])
    PersonFactory(state=Contact.State.LEFT, verified_on=TODAY)
    SchemeFactory(state=Scheme.State.RENEWING)
    SchemeFactory(state=Scheme.State.ENDED)
    client = client_as(Role.STAFF)

    told = {figure["label"]: (figure["count"], figure["url"]) for figure in counts(staff)["figures"]}
    listed = {label: client.get(url).context["cl"].result_count for label, (_count, url) in told.items()}

    assert listed == {label: count for label, (count, _url) in told.items()}


def test_a_large_base_gives_its_slow_figure_once_the_page_is_there(
    client_as, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(home, "SMALL_BASE", 0)
    PersonFactory()
    client = client_as(Role.READER)

    page = client.get(reverse("admin:index"))
    later = client.get(reverse("admin:contacts_contact_qualified"))

    assert f'hx-get="{reverse("admin:contacts_contact_qualified")}"' in page.content.decode()
    assert (later.status_code, later.content.decode()) == (200, "0")


@pytest.mark.parametrize("rows", [1, 30])
def test_the_home_page_asks_as_many_queries_whatever_the_base_holds(
    client_as, rows: int, django_assert_max_num_queries
):
    client = client_as(Role.STAFF)
    for person in PersonFactory.create_batch(rows):
        InteractionFactory(contact=person, by=None, follow_up_on=TODAY)
    client.get(reverse("admin:index"))

    with django_assert_max_num_queries(26):
        page = client.get(reverse("admin:index"))

    assert "Ce qui m’attend" in page.content.decode()
