"""The demonstration: believable, the same each time, as large as asked, and gone without a trace."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from contacts.demo.making import make
from contacts.demo.names import of, of_department
from contacts.demo.places import FICTION
from contacts.demo.removing import remove
from contacts.models import (
    Category,
    Channel,
    Contact,
    Coordination,
    DoublePair,
    Function,
    Interaction,
    Opposition,
    Position,
    Scheme,
    SchemeType,
    Service,
    Source,
    SuppressedAddress,
    Theme,
)
from contacts.models.deriving import derive
from contacts.phones import normal_phone
from crm.models import ImportBatch
from crm.registry import demo_data, figures
from tests.factories import PersonFactory, PositionFactory


pytestmark = [pytest.mark.django_db, pytest.mark.data]


def rows_by_table() -> dict[str, int]:
    """How many rows every table of ours holds, history and links included."""
    every = apps.get_models(include_auto_created=True)
    ours: list[Any] = [model for model in every if model._meta.app_label in {"crm", "contacts"}]
    return {model._meta.label: model._base_manager.count() for model in ours}


def shown() -> list[tuple[Any, ...]]:
    return list(
        Contact.objects.order_by("pk").values_list(
            "name", "first_name", "main_email", "main_phone", "main_title", "state"
        )
    )


@pytest.mark.parametrize("wanted", [1, 7, 200])
def test_it_makes_as_many_contacts_as_asked(wanted: int):
    made = make(contacts=wanted)

    assert Contact.objects.count() == made["contact"] == wanted
    assert Contact.objects.organisations().count() == max(1, wanted // 6)


def test_one_seed_makes_one_network_and_another_makes_another():
    make(contacts=60, seed=1)
    first = shown()
    make(contacts=60, seed=1)
    again = shown()
    make(contacts=60, seed=2)

    assert again == first
    assert shown() != first


def test_it_is_one_batch_that_is_applied():
    make(contacts=30)

    batch = ImportBatch.objects.get()
    assert (batch.kind, batch.state) == ("demo", ImportBatch.State.APPLIED)
    assert Contact.objects.filter(batch=batch).count() == 30
    assert batch.report["objects"]["contact"] == 30


def test_it_tells_how_far_it_is():
    told: list[tuple[int, int]] = []

    make(contacts=50, advance=lambda done, total: told.append((done, total)))

    assert told == [(8, 50), (50, 50)]


@pytest.fixture
def network(db: None) -> None:
    make(contacts=240)


def test_nobody_can_be_written_to_or_called(network: None):
    emails = Channel.objects.emails().values_list("value", flat=True)
    phones = Channel.objects.filter(kind=Channel.Kind.PHONE).values_list("value", "key")

    assert len(emails) > 150
    assert [value for value in emails if not re.fullmatch(r"[a-z0-9.-]+@[a-z0-9.-]+\.example", value)] == []
    assert len(phones) > 150
    assert [value for value, _key in phones if value.replace(" ", "")[:6] not in FICTION.values()] == []
    assert [value for value, key in phones if normal_phone(value) != key] == []


def test_what_is_derived_is_right_from_the_start(network: None):
    assert derive(Contact.objects.values_list("pk", flat=True)) == 0


def test_the_network_is_varied_enough_to_show_everything(network: None):
    people = Contact.objects.people()

    assert people.filter(state=Contact.State.LEFT).exists()
    assert people.to_verify().exists()
    assert people.qualified().count() > 50
    assert Position.objects.former().exists()
    assert Channel.objects.filter(state=Channel.State.RETIRED).exists()
    assert Interaction.objects.to_follow_up().exists()
    assert Opposition.objects.exists()
    assert SuppressedAddress.objects.exists()
    assert DoublePair.objects.filter(verdict=DoublePair.Verdict.OPEN).exists()
    assert Scheme.objects.count() >= 5
    assert Coordination.objects.current().exists()
    assert people.filter(reach__origin="scheme").exists()


def test_every_row_satisfies_the_rules_of_its_form(network: None):
    for model in (Contact, Position, Channel, Scheme, Coordination):
        for row in model.objects.order_by("pk")[:40]:
            row.full_clean(exclude=["batch", "name", "website"], validate_unique=False)


def test_the_base_seems_to_have_been_kept_for_years(network: None):
    year = timezone.localdate().year

    before, last, this = (figures["B1"].count(one).value for one in (year - 4, year - 1, year))

    assert before is None
    assert 0 < (last or 0) < (this or 0)


def test_removing_it_leaves_no_trace(client_as):
    own = PersonFactory(email="moi@exemple.org")
    before = rows_by_table()
    make(contacts=120)
    during = rows_by_table()

    gone = remove()

    assert gone > 120
    assert [
        label
        for label in ("contacts.HistoricalContact", "contacts.Interaction")
        if not during[label] > before[label]
    ] == []
    assert rows_by_table() == before
    assert list(Contact.objects.all()) == [own]


def test_removing_it_keeps_the_organisation_that_one_s_own_contact_works_for():
    make(contacts=60)
    organisation = Contact.objects.organisations()[0]
    position = PositionFactory(organisation=organisation)

    remove()

    assert set(Contact.objects.all()) == {organisation, position.person}
    assert Contact.objects.get(pk=organisation.pk).batch is None


def test_removing_what_is_not_there_does_nothing():
    PersonFactory()

    assert remove() == 0
    assert Contact.objects.count() == 1


def test_it_needs_no_closed_list():
    trees: list[Any] = [Theme, Category]
    for model in trees:
        model.objects.exclude(parent=None).delete()
    for model in [*trees, Function, Service, SchemeType, Source]:
        model.objects.all().delete()

    assert make(contacts=40)["contact"] == 40


def test_it_is_on_the_shelf_of_the_house():
    assert demo_data["contacts"].make is make
    assert demo_data["contacts"].remove is remove


@pytest.mark.parametrize(
    ("name", "phrase"),
    [
        ("Nantes", "de Nantes"),
        ("Aubervilliers", "d’Aubervilliers"),
        ("Le Havre", "du Havre"),
        ("Les Ulis", "des Ulis"),
        ("La Courneuve", "de La Courneuve"),
        ("Hyères", "d’Hyères"),
        ("Hauts-de-France", "des Hauts-de-France"),
        ("Île-de-France", "d’Île-de-France"),
    ],
)
def test_a_town_is_named_as_people_say_it(name: str, phrase: str):
    assert of(name) == phrase


@pytest.mark.parametrize(
    ("name", "code", "phrase"),
    [("Ain", "01", "de l’Ain"), ("Seine-Saint-Denis", "93", "de la Seine-Saint-Denis"), ("Paris", "75", "de Paris"), ("Nord", "59", "du Nord"), ("Landes", "40", "des Landes")],
)  # fmt: skip
def test_a_department_takes_its_article(name: str, code: str, phrase: str):
    assert of_department(name, code) == phrase
