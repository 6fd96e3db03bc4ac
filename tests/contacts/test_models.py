"""What holds of a contact and its parts whoever writes them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from contacts.models import (
    Channel,
    Contact,
    ContactTerritory,
    Coordination,
    Opposition,
    Position,
    SuppressedAddress,
)
from contacts.models.deriving import derive, stale_ids
from crm.models import Purpose
from crm.records import one_act
from crm.roles import Role
from tests.factories import (
    CategoryFactory,
    ChannelFactory,
    ContactAliasFactory,
    CoordinationFactory,
    OppositionFactory,
    OrganisationFactory,
    PersonFactory,
    PositionFactory,
    SchemeFactory,
    TerritoryFactory,
    UserFactory,
)


pytestmark = [pytest.mark.django_db, pytest.mark.data]


def reach(contact: Contact) -> set[tuple[str, str]]:
    return {(row.territory.name, row.origin) for row in ContactTerritory.objects.filter(contact=contact)}


# --- what is derived ---------------------------------------------------------------------------------


def test_a_person_takes_category_territories_and_words_from_the_organisation():
    town = TerritoryFactory(name="Ville-Haute")
    category = CategoryFactory()
    organisation = OrganisationFactory(
        name="Centre social", sigle="CSO", category=category, territories=[town]
    )

    person = PersonFactory(
        name="Roux", first_name="Ève", organisation=organisation, organisation__title="Médiatrice"
    )

    assert (person.main_organisation, person.main_title, person.shown_category) == (
        organisation,
        "Médiatrice",
        category,
    )
    assert reach(person) == {("Ville-Haute", "organisation")}
    assert list(Contact.objects.matching("eve cso mediatrice")) == [person]


def test_own_territories_come_before_those_of_the_scheme_and_of_the_organisation():
    own, of_scheme, of_organisation = (
        TerritoryFactory(name=name) for name in ("Propre", "Démarche", "Structure")
    )
    organisation = OrganisationFactory(territories=[of_organisation])
    person = PersonFactory(organisation=organisation)
    scheme = SchemeFactory(territories=[of_scheme])

    CoordinationFactory(scheme=scheme, person=person)
    assert reach(person) == {("Démarche", "scheme")}

    person.territories.add(own)
    person.after_write()
    assert reach(person) == {("Propre", "own")}


def test_whoever_stops_coordinating_no_longer_stands_on_the_scheme():
    town = TerritoryFactory(name="Ville-Basse")
    scheme = SchemeFactory(territories=[town])
    first, second = PersonFactory(), PersonFactory()
    coordination = CoordinationFactory(scheme=scheme, person=first)

    coordination.person = second
    coordination.save()
    assert (reach(first), reach(second)) == (set(), {("Ville-Basse", "scheme")})

    Coordination.objects.get().delete()
    assert reach(second) == set()


def test_a_scheme_that_is_deleted_leaves_its_coordinators_without_its_territories():
    scheme = SchemeFactory(territories=[TerritoryFactory()])
    person = CoordinationFactory(scheme=scheme).person

    scheme.delete()

    assert reach(person) == set()


def test_an_object_read_a_while_ago_does_not_write_derived_columns_back():
    person = PersonFactory(email="ancienne@exemple.org")
    read_before = Contact.objects.get(pk=person.pk)
    Channel.objects.get(contact=person).delete()
    ChannelFactory(contact=person, value="nouvelle@exemple.org")

    read_before.city = "Lens"
    read_before.save()

    person.refresh_from_db()
    assert (person.main_email, person.city) == ("nouvelle@exemple.org", "Lens")
    assert read_before.main_email == "nouvelle@exemple.org"


def test_deriving_again_changes_nothing():
    organisation = OrganisationFactory(territories=[TerritoryFactory()])
    people = [PersonFactory(organisation=organisation, email=f"p{n}@exemple.org") for n in range(3)]
    CoordinationFactory(person=people[0], scheme=SchemeFactory(territories=[TerritoryFactory()]))

    assert derive(Contact.objects.values_list("pk", flat=True)) == 0


def test_a_renamed_organisation_is_found_on_its_people():
    organisation = OrganisationFactory(name="Ancien nom")
    person = PersonFactory(organisation=organisation)

    organisation.name = "Maison des possibles"
    organisation.save()

    assert list(Contact.objects.people().matching("maison possibles")) == [person]


def test_the_calendar_alone_makes_derived_columns_stale():
    today = timezone.localdate()
    ended = PositionFactory(ends_on=today - timedelta(days=1)).person
    begun = CoordinationFactory(starts_on=today - timedelta(days=3)).person
    PositionFactory(starts_on=today - timedelta(days=400))

    assert stale_ids() == {ended.pk, begun.pk}


def test_a_private_address_is_found_only_by_who_may_see_it():
    person = PersonFactory()
    ChannelFactory(contact=person, value="secrete@exemple.org", is_private=True)

    assert list(Contact.objects.matching("secrete")) == []
    assert list(Contact.objects.matching("secrete", private=True)) == [person]


# --- versions and acts ---------------------------------------------------------------------------------


def test_writing_a_part_bumps_the_record():
    person = PersonFactory()
    seen = [Contact.objects.get(pk=person.pk).version]

    channel = ChannelFactory(contact=person)
    seen.append(Contact.objects.get(pk=person.pk).version)
    channel.delete()
    seen.append(Contact.objects.get(pk=person.pk).version)
    person.city = "Lens"
    person.save()
    seen.append(Contact.objects.get(pk=person.pk).version)

    assert seen == [1, 2, 3, 4]
    assert person.version == 4


def test_a_part_that_moves_bumps_both_records():
    first, second = PersonFactory(), PersonFactory()
    channel = Channel.objects.get(pk=ChannelFactory(contact=first).pk)
    before = {person.pk: Contact.objects.get(pk=person.pk).version for person in (first, second)}

    channel.contact = second
    channel.save()

    after = {person.pk: Contact.objects.get(pk=person.pk).version for person in (first, second)}
    assert after == {pk: version + 1 for pk, version in before.items()}


def test_what_is_written_in_one_act_has_one_moment_one_author_and_one_version():
    user = UserFactory()
    person = PersonFactory()

    with one_act(by=user, reason="Essai"):
        person.city = "Lens"
        person.save()
        ChannelFactory(contact=person)
        PositionFactory(person=person, organisation=None)

    latest = [model.history.filter(history_change_reason="Essai") for model in (Contact, Channel, Position)]
    rows = [row for rows in latest for row in rows]
    assert len(rows) == 3
    assert {row.history_date for row in rows} == {rows[0].history_date}
    assert {row.history_user for row in rows} == {user}
    assert (person.version, Contact.objects.get(pk=person.pk).version) == (2, 2)
    assert person.main_title == "Chargée de mission"


def test_an_act_that_fails_leaves_nothing():
    person = PersonFactory(city="Arras")

    def write_then_fail() -> None:
        person.city = "Lens"
        person.save()
        raise RuntimeError

    with pytest.raises(RuntimeError), transaction.atomic(), one_act():
        write_then_fail()

    assert Contact.objects.get(pk=person.pk).city == "Arras"
    assert Contact.objects.get(pk=person.pk).version == 1


# --- channels ------------------------------------------------------------------------------------------


def test_of_each_kind_the_last_channel_said_to_be_main_is_the_only_one():
    person = PersonFactory(email="un@exemple.org", phone="01 86 65 00 01")

    ChannelFactory(contact=person, value="deux@exemple.org", is_main=True)

    assert list(person.channels.filter(is_main=True).values_list("value", flat=True)) == [
        "deux@exemple.org",
        "01 86 65 00 01",
    ]
    person.refresh_from_db()
    assert person.main_email == "deux@exemple.org"


def test_a_retired_channel_is_not_the_main_one():
    person = PersonFactory(email="un@exemple.org")
    channel = person.channels.get()

    channel.state = Channel.State.RETIRED
    channel.save()

    person.refresh_from_db()
    assert (channel.is_main, person.main_email) == (False, "")


@pytest.mark.parametrize(
    ("typed", "shown", "key"),
    [
        ("0186650001", "01 86 65 00 01", "+33186650001"),
        ("+33 (0)1 86 65 00 01", "01 86 65 00 01", "+33186650001"),
        ("0692 12 34 56", "0692 12 34 56", "+262692123456"),
    ],
)
def test_a_phone_is_kept_as_one_number_whatever_its_writing(typed, shown, key):
    channel = ChannelFactory(kind=Channel.Kind.PHONE, value=typed)

    assert (channel.value, channel.key) == (shown, key)


def test_a_contact_has_an_address_once():
    channel = ChannelFactory(value="Un@Exemple.org")

    with pytest.raises(IntegrityError), transaction.atomic():
        ChannelFactory(contact=channel.contact, value="un@exemple.org ")


# --- positions -----------------------------------------------------------------------------------------


def test_a_person_has_one_main_post_the_last_said_to_be():
    person = PersonFactory(organisation=OrganisationFactory())

    second = PositionFactory(person=person, is_main=True)

    assert list(person.positions.filter(is_main=True)) == [second]


def test_a_post_that_has_ended_is_not_the_main_one():
    post = PositionFactory(is_main=True, ends_on=date(2020, 1, 1))

    assert not post.is_main


def test_addresses_of_a_deleted_post_stay_tied_to_none_and_the_history_says_so():
    post = PositionFactory()
    channel = ChannelFactory(contact=post.person, position=post)

    post.delete()

    channel.refresh_from_db()
    assert channel.position is None
    assert channel.history.first().position_id is None


def test_a_post_says_where_or_what():
    post = Position(person=PersonFactory())

    with pytest.raises(ValidationError, match="Indiquez une structure, un intitulé ou une fonction"):
        post.validate_constraints()


# --- organisations -------------------------------------------------------------------------------------


def test_a_structure_does_not_depend_on_one_that_depends_on_it():
    top = OrganisationFactory()
    middle = OrganisationFactory(parent=top)
    bottom = OrganisationFactory(parent=middle)

    top.parent = bottom

    with pytest.raises(ValidationError, match="dépend déjà"):
        top.clean()


def test_an_organisation_is_found_by_its_former_name():
    organisation = OrganisationFactory(name="Agence nouvelle")
    ContactAliasFactory(contact=organisation, text="Comité d’hygiène")

    assert list(Contact.objects.matching("hygiene")) == [organisation]


# --- refusals ------------------------------------------------------------------------------------------


def test_an_opposition_is_kept_for_each_address_of_the_contact():
    person = PersonFactory(email="refus@exemple.org")
    ChannelFactory(contact=person, value="autre@exemple.org")

    OppositionFactory(contact=person)

    assert SuppressedAddress.refused_by(["refus@exemple.org", "autre@exemple.org", "tiers@exemple.org"]) == {
        "refus@exemple.org": {"newsletter"},
        "autre@exemple.org": {"newsletter"},
    }


def test_an_address_added_after_a_refusal_is_remembered_too():
    person = PersonFactory()
    OppositionFactory(contact=person, purpose=Purpose.SURVEYS)

    ChannelFactory(contact=person, value="plus.tard@exemple.org")

    assert SuppressedAddress.refused_by(["plus.tard@exemple.org"]) == {"plus.tard@exemple.org": {"surveys"}}


def test_an_address_that_said_no_brings_its_refusal_to_whoever_is_given_it():
    gone = PersonFactory(email="revenante@exemple.org")
    OppositionFactory(contact=gone, purpose=Purpose.INVITATIONS)
    gone.delete()

    person = PersonFactory(email="Revenante@exemple.org")

    assert list(person.oppositions.values_list("purpose", "source")) == [
        ("invitations", "Refus déjà connu pour cette adresse")
    ]


def test_a_refusal_taken_back_frees_the_addresses_that_no_other_refuser_has():
    first = PersonFactory(email="seule@exemple.org")
    ChannelFactory(contact=first, value="commune@exemple.org")
    second = PersonFactory(email="commune@exemple.org")
    opposition = OppositionFactory(contact=first)
    OppositionFactory(contact=second)

    opposition.lift()

    assert SuppressedAddress.refused_by(["seule@exemple.org", "commune@exemple.org"]) == {
        "commune@exemple.org": {"newsletter"}
    }
    assert list(Opposition.objects.values_list("contact_id", flat=True)) == [second.pk]


# --- who is seen ---------------------------------------------------------------------------------------


def test_trashed_folded_and_erased_records_are_seen_by_nobody():
    user = UserFactory(role=Role.MANAGER)
    kept = PersonFactory()
    PersonFactory(trashed_at=timezone.now())
    PersonFactory(merged_into=kept)
    PersonFactory(state=Contact.State.ERASED)

    assert list(Contact.objects.visible_to(user)) == [kept]


def test_a_record_folded_twice_leads_to_the_last_one():
    last = PersonFactory()
    middle = PersonFactory(merged_into=last)
    first = PersonFactory(merged_into=middle)

    assert Contact.objects.folded_into(first.pk) == last.pk
    assert Contact.objects.folded_into(last.pk) is None
