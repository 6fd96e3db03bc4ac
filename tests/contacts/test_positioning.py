"""A person takes up a post, leaves one, or does both in one act."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from contacts import positioning
from contacts.models import Channel, Contact, Position
from crm.roles import Role
from tests.factories import ChannelFactory, OrganisationFactory, PersonFactory, PositionFactory, UserFactory


pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.mark.data
def test_a_change_of_post_ends_the_old_one_retires_its_addresses_and_begins_the_new_one():
    user = UserFactory()
    old, new = OrganisationFactory(name="Ancienne"), OrganisationFactory(name="Nouvelle")
    person = PersonFactory(organisation=old, needs_check=True)
    post = person.positions.get()
    tied = ChannelFactory(contact=person, value="ancienne@exemple.org", position=post, is_main=True)
    loose = ChannelFactory(contact=person, value="libre@exemple.org")
    chosen = ChannelFactory(contact=person, value="choisie@exemple.org")

    begun = positioning.change_post(
        person,
        by=user,
        leaves=post,
        on=TODAY,
        retiring=[chosen],
        organisation=new,
        title="Directrice",
        email="Nouvelle@Exemple.org",
        phone="01 86 65 00 01",
    )

    post.refresh_from_db()
    person.refresh_from_db()
    assert (post.ends_on, post.is_main) == (TODAY - timedelta(days=1), False)
    assert (begun.starts_on, begun.is_main, begun.organisation) == (TODAY, True, new)
    states = dict(person.channels.values_list("value", "state"))
    assert states == {
        "ancienne@exemple.org": "retired",
        "choisie@exemple.org": "retired",
        "libre@exemple.org": "active",
        "nouvelle@exemple.org": "active",
        "01 86 65 00 01": "active",
    }
    assert set(person.channels.filter(position=begun).values_list("value", flat=True)) == {
        "nouvelle@exemple.org",
        "01 86 65 00 01",
    }
    assert (person.main_organisation, person.main_email, person.main_phone) == (
        new,
        "nouvelle@exemple.org",
        "01 86 65 00 01",
    )
    assert (person.verified_on, person.verified_by, person.needs_check) == (TODAY, user, False)
    assert tied.pk != loose.pk


@pytest.mark.data
def test_one_act_is_one_change_in_the_history():
    user = UserFactory()
    person = PersonFactory(organisation=OrganisationFactory(), email="a@exemple.org")
    version = Contact.objects.get(pk=person.pk).version

    positioning.change_post(
        person, by=user, leaves=person.positions.get(), title="Directrice", email="b@exemple.org"
    )

    rows = [
        *Position.history.filter(person=person.pk),
        *Channel.history.filter(contact=person.pk),
        *person.history.all(),
    ]
    written = [row for row in rows if row.history_change_reason == "Changement de poste"]
    assert len({row.history_date for row in written}) == 1
    assert {row.history_user for row in written} == {user}
    assert Contact.objects.get(pk=person.pk).version == version + 1


@pytest.mark.data
def test_without_a_new_post_the_record_is_to_verify():
    person = PersonFactory(organisation=OrganisationFactory(), verified_on=TODAY)
    person.positions.get().channels.add(ChannelFactory(contact=person, value="a@exemple.org"))

    assert positioning.change_post(person, leaves=person.positions.get()) is None

    person.refresh_from_db()
    assert (person.needs_check, person.main_organisation, person.main_email) == (True, None, "")


def test_an_address_that_was_retired_serves_again_when_it_is_the_new_one():
    person = PersonFactory()
    channel = ChannelFactory(contact=person, value="retour@exemple.org", state=Channel.State.RETIRED)

    positioning.change_post(person, title="Directrice", email="retour@exemple.org")

    channel.refresh_from_db()
    assert (channel.state, channel.is_main, channel.position.title) == ("active", True, "Directrice")


def test_a_post_cannot_end_before_it_began():
    post = PositionFactory(starts_on=TODAY)

    with pytest.raises(ValidationError, match="ne peut pas se terminer avant"):
        positioning.change_post(post.person, leaves=post, on=TODAY)

    assert Position.objects.get(pk=post.pk).ends_on is None


def test_a_wrong_new_address_leaves_the_old_post_as_it_was():
    post = PositionFactory()

    with pytest.raises(ValidationError, match="téléphone"):
        positioning.change_post(post.person, leaves=post, title="Directrice", phone="12")

    assert list(post.person.positions.values_list("ends_on", flat=True)) == [None]


@pytest.mark.data
def test_posts_that_the_calendar_has_ended_take_their_addresses_with_them():
    post = PositionFactory(ends_on=TODAY + timedelta(days=1), is_main=True)
    ChannelFactory(contact=post.person, value="a@exemple.org", position=post)
    Position.objects.filter(pk=post.pk).update(ends_on=TODAY - timedelta(days=1))

    assert positioning.retire_lapsed() == 1
    assert positioning.retire_lapsed() == 0

    post.person.refresh_from_db()
    assert (post.person.main_email, post.person.needs_check, post.person.main_title) == ("", True, "")


# --- the page ------------------------------------------------------------------------------------------------


def page_of(person: Contact) -> str:
    return reverse("admin:contacts_contact_post", args=[person.pk])


def test_the_page_proposes_the_main_post_and_the_addresses_tied_to_it(client_as):
    person = PersonFactory(organisation=OrganisationFactory(), organisation__title="Directrice")
    tied = ChannelFactory(contact=person, value="a@exemple.org", position=person.positions.get())
    ChannelFactory(contact=person, value="b@exemple.org")

    form = client_as(Role.STAFF).get(page_of(person)).context["form"]

    assert form.initial["leaves"] == person.positions.get()
    assert form.initial["retiring"] == [tied]


def test_the_new_structure_may_be_made_on_the_spot(client_as):
    person = PersonFactory(organisation=OrganisationFactory())

    answer = client_as(Role.STAFF).post(
        page_of(person),
        {
            "leaves": person.positions.get().pk,
            "on": "01/02/2026",
            "organisation": "+Maison neuve",
            "title": "Directrice",
        },
    )

    assert answer.url.endswith("?onglet=parcours")
    person.refresh_from_db()
    assert (person.main_organisation.name, person.main_organisation.source) == ("Maison neuve", person.source)
    assert set(person.positions.values_list("ends_on", "starts_on")) == {
        (date(2026, 1, 31), None),
        (None, date(2026, 2, 1)),
    }


def test_nothing_said_is_asked_for_and_nothing_typed_is_lost(client_as):
    person = PersonFactory(organisation=OrganisationFactory())

    answer = client_as(Role.STAFF).post(
        page_of(person), {"leaves": "", "on": "01/02/2026", "email": "a@exemple.org"}
    )

    assert answer.context["form"].non_field_errors() == [
        "Indiquez la fonction que la personne quitte, celle qu’elle prend, ou les deux."
    ]
    assert 'value="a@exemple.org"' in answer.content.decode()


def test_an_organisation_has_no_post(client_as):
    organisation = OrganisationFactory()

    assert client_as(Role.STAFF).get(page_of(organisation)).url == reverse(
        "admin:contacts_contact_record", args=[organisation.pk]
    )


def test_a_record_is_verified_in_one_press(client_as):
    person = PersonFactory(needs_check=True)

    client_as(Role.STAFF).post(reverse("admin:contacts_contact_verify", args=[person.pk]))

    person.refresh_from_db()
    assert (person.needs_check, person.verified_on) == (False, TODAY)
    assert person.verified_by is not None
