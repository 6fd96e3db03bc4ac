"""An import is taken back while nobody has changed its records; what was there before is as it was."""

from __future__ import annotations

from typing import Any

import pytest

from contacts.models import (
    Channel,
    Consent,
    Contact,
    ContactTerritory,
    Coordination,
    DoublePair,
    Label,
    Opposition,
    Position,
    Scheme,
    SuppressedAddress,
    Theme,
)
from contacts.models.deriving import derive
from crm import receiving
from crm.importing import CannotUndo, Refused
from crm.models import AuditEntry, Deed, ImportBatch
from tests.contacts.importing.bringing import brought, organisation, outcomes, person, plain, planned
from tests.factories import (
    ChannelFactory,
    InteractionFactory,
    OrganisationFactory,
    PersonFactory,
    PositionFactory,
)


pytestmark = pytest.mark.django_db

FILE = (
    "NOM;Prénom;Structure;Fonction;Mail;Tél;Thématiques;Étiquettes;Newsletter;Dept;Commentaires;Maj le\n"
    "Durand;Jeanne;Ville A;Maire;jeanne@a.example;0199001234;Santé mentale;Journée 2025;N;93;Vue au colloque;12/03/2025\n"
    "Roux;Ada;Ville B;;ada@b.example;;Sport-santé;;O;75;;\n"
)
TABLES: tuple[Any, ...] = (
    Contact,
    Position,
    Channel,
    Consent,
    Opposition,
    ContactTerritory,
    Coordination,
    DoublePair,
    Label,
    Theme,
    Scheme,
)


def rows() -> dict[str, list[tuple[Any, ...]]]:
    """Everything in the tables that an import writes, but for versions and moments."""
    left_out = {"version", "updated_at"}
    found = {}
    for model in TABLES:
        names = [field.attname for field in model._meta.concrete_fields if field.attname not in left_out]
        found[model.__name__] = sorted(model._base_manager.values_list(*names), key=str)
    for name in ("themes", "territories", "labels"):
        found[name] = sorted(getattr(Contact, name).through._base_manager.values_list(), key=str)
    return found


@pytest.mark.data
def test_what_an_import_created_goes_and_the_rest_is_as_before() -> None:
    PersonFactory(name="Petit", email="petit@c.example")
    before = rows()
    batch, report = brought(FILE, create_missing=True)

    undone = receiving.take_back(batch, by=None)

    assert outcomes(report) == {"created": 2}
    assert undone == {"deleted": 4, "restored": 0}
    assert rows() == before
    assert batch.state == ImportBatch.State.UNDONE
    assert AuditEntry.objects.filter(deed=Deed.IMPORT_UNDONE, count=4).exists()


@pytest.mark.data
@pytest.mark.parametrize("replace", [[], ["title", "organisation", "email", "themes", "department"]])
def test_what_an_import_changed_is_as_before(replace: list[str]) -> None:
    house = OrganisationFactory(name="Ville Z")
    known = PersonFactory(
        name="Durand", first_name="Jeanne", organisation=house, themes=[Theme.objects.get(code="T01")]
    )
    ChannelFactory(contact=known, position=known.positions.get(), value="jeanne@z.example", is_main=True)
    ChannelFactory(contact=known, value="jeanne@a.example")
    PersonFactory(name="Roux", first_name="Ada", email="ada@b.example")
    before = rows()
    version = Contact.objects.get(pk=known.pk).version
    batch, report = brought(
        FILE.replace("Santé mentale", "Accès aux soins, Santé mentale").replace(";N;", ";O;"), replace=replace
    )

    receiving.take_back(batch, by=None)

    assert outcomes(report) == {"updated": 2}
    assert rows() == before
    assert Contact.objects.get(pk=known.pk).version > version
    assert derive(Contact.objects.values_list("pk", flat=True)) == 0


def test_the_history_tells_what_came_and_what_went() -> None:
    batch, _report = brought(FILE)
    pk = person("Durand").pk

    receiving.take_back(batch, by=None)

    told = (
        Contact.history.filter(id=pk)
        .order_by("history_id")
        .values_list("history_type", "history_change_reason")
    )
    assert [(kind, plain(reason)) for kind, reason in told] == [
        ("+", "Import « contacts.csv »"),
        ("-", "Import annulé « contacts.csv »"),
    ]


def test_a_refusal_outlives_the_import_that_brought_it() -> None:
    known = PersonFactory(name="Petit", email="petit@c.example")
    batch, _report = brought("NOM;Mail;Newsletter\nDurand;jeanne@a.example;N\nPetit;petit@c.example;N\n")

    receiving.take_back(batch, by=None)

    assert [one.contact for one in Opposition.objects.all()] == [known]
    assert set(SuppressedAddress.refused_by(["jeanne@a.example", "petit@c.example"])) == {
        "jeanne@a.example",
        "petit@c.example",
    }


def _changes_the_name() -> None:
    contact = person("Durand")
    contact.city = "Stains"
    contact.save()


def _adds_a_phone() -> None:
    ChannelFactory(contact=person("Durand"), kind=Channel.Kind.PHONE, value="01 99 00 56 78")


def _notes_a_call() -> None:
    InteractionFactory(contact=person("Durand"))


def _takes_a_post_there() -> None:
    PositionFactory(person=PersonFactory(name="Durand", first_name=""), organisation=organisation("Ville A"))


def _throws_away() -> None:
    person("Durand").put_in_trash()


@pytest.mark.parametrize(
    "change", [_changes_the_name, _adds_a_phone, _notes_a_call, _takes_a_post_there, _throws_away]
)
def test_an_import_whose_records_changed_since_is_not_undone_and_says_which(change: Any) -> None:
    batch, _report = brought(FILE.replace("Durand;Jeanne", "Durand;"))
    change()
    before = rows()

    with pytest.raises(CannotUndo) as refused:
        receiving.take_back(batch, by=None)

    assert refused.value.names == ["Durand"]
    assert rows() == before
    assert ImportBatch.objects.get(pk=batch.pk).state == ImportBatch.State.APPLIED


def test_an_import_is_undone_once() -> None:
    batch, _report = brought(FILE)
    receiving.take_back(batch, by=None)

    with pytest.raises(Refused):
        receiving.take_back(batch, by=None)


def test_imports_are_undone_from_the_last_to_the_first() -> None:
    first, _report = brought(FILE)
    last, _report = brought("NOM;Prénom;Structure;Tél\nRoux;Ada;Ville B;0199005678\n")

    with pytest.raises(CannotUndo):
        receiving.take_back(first, by=None)
    receiving.take_back(last, by=None)
    receiving.take_back(first, by=None)

    assert Contact.objects.count() == 0


def test_a_file_that_was_taken_back_may_come_again() -> None:
    batch, _report = brought(FILE)
    receiving.take_back(batch, by=None)

    plan = planned(FILE)

    assert plan.counts().created == 2
    assert not any("déjà été importé" in warning.reason for warning in plan.warnings)


@pytest.mark.data
def test_schemes_are_taken_back_with_their_people() -> None:
    brought(
        "Type;Intitulé;Territoires;Structure porteuse;Coordination\nCLS;CLS de Saint-Denis;Saint-Denis (93);Ville A;DURAND Jeanne\n",
        kind="schemes",
    )
    before = rows()
    batch, report = brought(
        "Type;Intitulé;Territoires;Structure porteuse;Coordination;Mail;Fin\n"
        "CLS;CLS de Saint-Denis;;;DURAND Jeanne, ROUX Ada;cls@a.example;2027\n"
        "ASV;ASV de Stains;;Ville B;PETIT Luc;;\n",
        kind="schemes",
    )  # fmt: skip

    receiving.take_back(batch, by=None)

    assert outcomes(report) == {"created": 1, "updated": 1}
    assert rows() == before
