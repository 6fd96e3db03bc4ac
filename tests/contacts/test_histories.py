"""One history for the record and its rows, of which each account reads what it may."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.deciding import decide
from contacts.histories import READ, changes_of
from contacts.models import Contact
from contacts.positioning import change_post
from crm.models import Purpose
from crm.records import bulk_write, one_act
from crm.roles import Role
from tests.factories import (
    ChannelFactory,
    CoordinationFactory,
    InteractionFactory,
    LabelFactory,
    LinkFactory,
    OrganisationFactory,
    PersonFactory,
    SchemeFactory,
    SourceFactory,
    ThemeFactory,
    UserFactory,
)


pytestmark = [pytest.mark.django_db, pytest.mark.data]


@pytest.fixture
def staff():
    return UserFactory(first_name="Ana", last_name="Équipe", role=Role.STAFF)


@pytest.fixture
def reader():
    return UserFactory(role=Role.READER)


def told(contact: Contact, user) -> list[list[str]]:
    """Each change as a list of short lines."""
    return [
        [
            f"{row.deed} {row.what} {row.name}".strip(),
            *(f"{one.label}: {one.old} > {one.new}" for one in row.fields),
        ]
        for change in changes_of(contact, user)
        for row in change.rows
    ]


def test_fields_are_told_by_their_french_names_and_values(staff):
    person = PersonFactory(state=Contact.State.ACTIVE, source=SourceFactory(name="Rencontre"))

    with one_act(by=staff):
        person.state = Contact.State.LEFT
        person.needs_check = True
        person.source = SourceFactory(name="Partenaire")
        person.save()

    latest = changes_of(person, staff)[0]
    assert latest.by == "Ana Équipe"
    assert told(person, staff)[0] == [
        "~ fiche",
        "état: Active > A quitté le champ",
        "source: Rencontre > Partenaire",
        "fiche à vérifier: non > oui",
    ]


def test_links_are_told_by_what_came_and_what_went(staff):
    health, housing = ThemeFactory(name="Santé"), ThemeFactory(name="Logement")
    person = PersonFactory(themes=[health])

    with one_act(by=staff):
        person.themes.set([housing])
        person.labels.add(LabelFactory(name="Intervenant"))

    latest = changes_of(person, staff)[0]
    said = [(one.label, one.old, one.new) for row in latest.rows for one in row.fields]
    assert said == [
        ("thématiques", "Santé", ""),
        ("thématiques", "", "Logement"),
        ("étiquettes", "", "Intervenant"),
    ]


def test_one_act_is_one_change_with_its_reason(staff):
    organisation = OrganisationFactory(name="Maison commune")
    person = PersonFactory(email="a@exemple.org")

    change_post(person, by=staff, organisation=organisation, title="Directrice", email="b@exemple.org")

    latest = changes_of(person, staff)[0]
    assert (latest.by, latest.reason) == ("Ana Équipe", "Changement de poste")
    assert ("+", "fonction exercée", "Directrice, Maison commune") in {
        (row.deed, row.what, row.name) for row in latest.rows
    }


def test_rows_of_every_kind_are_in_one_list(staff):
    person = PersonFactory()
    with one_act(by=staff):
        ChannelFactory(contact=person, value="a@exemple.org")
        LinkFactory(contact=person, other=OrganisationFactory(name="Alliée"))
        CoordinationFactory(person=person, scheme=SchemeFactory(name="Contrat local"))
        InteractionFactory(contact=person, on=timezone.localdate().replace(day=1))
    decide(person, purpose=Purpose.SURVEYS, agrees=False, source="Par téléphone", by=staff)

    names = {line[0] for line in told(person, staff)}

    assert {
        "+ coordonnée a@exemple.org",
        "+ lien partenaire de Alliée",
        "+ coordination Contrat local",
        f"+ échange {timezone.localdate().replace(day=1):%d/%m/%Y}",
        "+ opposition Appels et enquêtes",
        "+ fiche",
    } <= names


def test_a_row_that_went_is_still_named(staff):
    person = PersonFactory()
    channel = ChannelFactory(contact=person, value="a@exemple.org")

    with one_act(by=staff):
        channel.delete()

    assert told(person, staff)[0] == ["- coordonnée a@exemple.org"]


def test_what_is_gone_for_good_is_said_so(staff):
    theme = ThemeFactory(name="Éphémère")
    person = PersonFactory()
    with one_act(by=staff):
        person.themes.add(theme)
    theme.delete()

    assert any("thématiques:  > (supprimé)" in line for line in told(person, staff))


def test_a_save_that_changed_nothing_is_not_a_change(staff):
    person = PersonFactory()
    before = len(changes_of(person, staff))

    with one_act(by=staff):
        person.save()

    assert len(changes_of(person, staff)) == before


def test_a_bulk_write_is_in_the_history_with_its_author(staff):
    person = PersonFactory(city="Arras")
    person.city = "Lens"

    bulk_write([person], fields=["city"], reason="Import de mars", by=staff)

    latest = changes_of(person, staff)[0]
    assert (latest.by, latest.reason) == ("Ana Équipe", "Import de mars")
    assert told(person, staff)[0] == ["~ fiche", "ville: Arras > Lens"]


def test_notes_exchanges_and_answers_are_told_to_who_may_read_them(staff, reader):
    person = PersonFactory(notes="avant")
    with one_act(by=staff):
        person.notes = "mot-de-la-note"
        person.save()
    with one_act(by=staff, reason="Appel"):
        InteractionFactory(contact=person, summary="mot-de-l-echange")
    decide(person, purpose=Purpose.SURVEYS, agrees=False, source="mot-du-refus", by=staff)

    assert "mot-de-la-note" in str(told(person, staff))
    assert {line[0].split()[1] for line in told(person, reader)} == {"fiche"}
    assert "mot-" not in str(told(person, reader))


def test_an_address_that_was_private_at_any_time_is_told_to_who_may_see_it(staff, reader):
    person = PersonFactory()
    for value, moments in {
        "toujours": [True],
        "devenue": [False, True],
        "redevenue": [True, False],
        "jamais": [False],
    }.items():
        channel = ChannelFactory(contact=person, value=f"{value}@exemple.org", is_private=moments[0])
        for is_private in moments[1:]:
            channel.is_private = is_private
            channel.save()

    assert {line[0] for line in told(person, reader)} == {"+ coordonnée jamais@exemple.org", "+ fiche"}
    assert len({line[0] for line in told(person, staff) if line[0].startswith("+ coordonnée")}) == 4


def test_only_the_latest_changes_are_read(staff):
    person = PersonFactory()
    history = Contact.history.model
    first = person.history.get()
    columns = {
        one.attname: getattr(first, one.attname)
        for one in history._meta.concrete_fields
        if not one.primary_key
    }
    history.objects.bulk_create(
        history(
            **{
                **columns,
                "city": f"Ville {place}",
                "history_type": "~",
                "history_change_reason": f"Raison {place}",
                "history_date": first.history_date + timedelta(minutes=place),
            }
        )
        for place in range(READ + 50)
    )

    changes = changes_of(person, staff, limit=3)

    assert [change.reason for change in changes] == [f"Raison {READ + 49 - place}" for place in range(3)]
