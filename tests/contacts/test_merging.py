"""Two records become one without losing anything, and two again as they were."""

from __future__ import annotations

from datetime import date
from threading import Barrier, Thread

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, settings

from contacts import merging
from contacts.merging import CannotMergeError
from contacts.models import (
    Channel,
    Contact,
    ContactAlias,
    Coordination,
    DoublePair,
    Interaction,
    Link,
    Merge,
    Opposition,
    Position,
    SuppressedAddress,
)
from crm.models import Purpose
from tests.contacts.snapshots import state_around
from tests.factories import (
    ChannelFactory,
    ConsentFactory,
    ContactAliasFactory,
    CoordinationFactory,
    DoublePairFactory,
    InteractionFactory,
    LinkFactory,
    OppositionFactory,
    OrganisationFactory,
    PersonFactory,
    PositionFactory,
    SchemeFactory,
    TerritoryFactory,
    ThemeFactory,
    UserFactory,
)


pytestmark = [pytest.mark.django_db, pytest.mark.data]
slowly = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


# --- what the kept record becomes ------------------------------------------------------------------------


def test_a_filled_value_is_proposed_over_an_empty_one_and_notes_are_joined():
    kept = PersonFactory(
        name="Martin", first_name="Claire", city="", notes="Vue en 2020.", verified_on=date(2024, 1, 2)
    )
    absorbed = PersonFactory(
        name="Martin", first_name="Clara", city="Lens", notes="Rappeler.", verified_on=None
    )

    proposed = {
        choice.name: (choice.kept, choice.absorbed, choice.proposed)
        for choice in merging.choices(kept, absorbed)
    }

    assert proposed == {
        "first_name": ("Claire", "Clara", "kept"),
        "city": ("", "Lens", "absorbed"),
        "verified_on": ("02/01/2024", "", "kept"),
        "notes": ("Vue en 2020.", "Rappeler.", "both"),
    }


def test_what_is_chosen_field_by_field_is_what_the_kept_record_holds():
    user = UserFactory()
    kept = PersonFactory(first_name="Claire", city="Arras", notes="Un")
    absorbed = PersonFactory(name=kept.name, first_name="Clara", city="Lens", notes="Deux")
    absorbed.verify(by=user)

    merging.merge(
        absorbed,
        into=kept,
        chosen={"first_name": "absorbed", "city": "kept", "verified_on": "absorbed"},
        by=user,
    )

    kept.refresh_from_db()
    assert (kept.first_name, kept.city, kept.notes, kept.verified_by) == (
        "Clara",
        "Arras",
        "Un\n\nDeux",
        user,
    )


def test_a_record_to_verify_makes_the_merged_one_to_verify():
    kept, absorbed = PersonFactory(needs_check=False), PersonFactory(needs_check=True)

    merging.merge(absorbed, into=kept)

    kept.refresh_from_db()
    assert kept.needs_check


def test_rows_move_with_their_own_columns():
    kept, absorbed, other = PersonFactory(), PersonFactory(), OrganisationFactory()
    post = PositionFactory(
        person=absorbed, organisation=other, title="Directrice", starts_on=date(2019, 5, 1), is_main=True
    )
    channel = ChannelFactory(
        contact=absorbed, value="a@exemple.org", is_private=True, comment="perso", position=post
    )
    link = LinkFactory(contact=absorbed, other=other, kind=Link.Kind.FUNDER, comment="2019")
    back = LinkFactory(contact=other, other=absorbed)
    coordination = CoordinationFactory(person=absorbed, share=Coordination.Share.FULL)
    exchange = InteractionFactory(contact=absorbed, summary="Appel")

    merging.merge(absorbed, into=kept)

    assert Position.objects.get(pk=post.pk, person=kept).starts_on == date(2019, 5, 1)
    moved = Channel.objects.get(pk=channel.pk, contact=kept)
    assert (moved.is_private, moved.comment, moved.position) == (True, "perso", post)
    assert Link.objects.get(pk=link.pk, contact=kept).comment == "2019"
    assert Link.objects.get(pk=back.pk).other == kept
    assert Coordination.objects.get(pk=coordination.pk, person=kept).share == "full"
    assert Interaction.objects.get(pk=exchange.pk).contact == kept
    kept.refresh_from_db()
    assert (kept.main_organisation, kept.main_title, kept.main_email) == (
        other,
        "Directrice",
        "a@exemple.org",
    )


def test_what_the_kept_record_has_already_is_not_repeated_nor_deleted():
    organisation = OrganisationFactory()
    kept, absorbed = (
        PersonFactory(
            organisation=organisation, organisation__title="Directrice", email="la.meme@exemple.org"
        )
        for _ in "ab"
    )

    merging.merge(absorbed, into=kept)

    assert kept.positions.count() == kept.channels.count() == 1
    assert absorbed.positions.count() == absorbed.channels.count() == 1


def test_the_kept_record_keeps_its_own_main_post_and_address():
    kept = PersonFactory(organisation=OrganisationFactory(), email="kept@exemple.org")
    absorbed = PersonFactory(organisation=OrganisationFactory(), email="absorbed@exemple.org")

    merging.merge(absorbed, into=kept)

    kept.refresh_from_db()
    assert kept.main_email == "kept@exemple.org"
    assert kept.positions.filter(is_main=True).count() == kept.channels.filter(is_main=True).count() == 1


def test_an_address_whose_post_stays_behind_is_tied_to_the_kept_twin():
    organisation = OrganisationFactory()
    kept, absorbed = (PersonFactory(organisation=organisation) for _ in "ab")
    channel = ChannelFactory(contact=absorbed, position=absorbed.positions.get())

    made = merging.merge(absorbed, into=kept)
    channel.refresh_from_db()
    assert (channel.contact, channel.position) == (kept, kept.positions.get())

    merging.unmerge(made)
    channel.refresh_from_db()
    assert (channel.contact, channel.position) == (absorbed, absorbed.positions.get())


def test_names_that_were_not_chosen_are_still_found():
    kept = OrganisationFactory(name="Mission locale", sigle="ML")
    absorbed = OrganisationFactory(name="Mission locale du bassin", sigle="MLB")

    merging.merge(absorbed, into=kept, chosen={"name": "absorbed"})

    assert set(kept.aliases.values_list("text", flat=True)) == {"Mission locale", "MLB"}
    assert list(Contact.objects.visible_to(UserFactory(is_superuser=True)).matching("mlb")) == [kept]


def test_merging_organisations_moves_people_parents_and_schemes():
    kept, absorbed = OrganisationFactory(), OrganisationFactory()
    person = PersonFactory(organisation=absorbed)
    part = OrganisationFactory(parent=absorbed)
    scheme = SchemeFactory(lead=absorbed)

    merging.merge(absorbed, into=kept)

    for row in (person, part, scheme):
        row.refresh_from_db()
    assert (person.main_organisation, part.parent, scheme.lead) == (kept, kept, kept)


@pytest.mark.parametrize("upside_down", [False, True])
def test_merging_a_structure_with_its_own_parent_leaves_no_loop(upside_down):
    top = OrganisationFactory()
    bottom = OrganisationFactory(parent=top)
    kept, absorbed = (bottom, top) if upside_down else (top, bottom)
    before = state_around(kept, absorbed)

    made = merging.merge(absorbed, into=kept, chosen={"parent": "absorbed"})

    kept.refresh_from_db()
    assert kept.parent is None
    merging.unmerge(made)
    assert state_around(kept, absorbed) == before


def test_an_account_follows_the_record_and_goes_back():
    account = UserFactory()
    kept, absorbed = PersonFactory(), PersonFactory(account=account)

    made = merging.merge(absorbed, into=kept)
    assert Contact.objects.get(account=account) == kept

    merging.unmerge(made)
    assert Contact.objects.get(account=account) == absorbed


# --- refusals -----------------------------------------------------------------------------------------------


def test_whoever_refused_on_either_record_has_refused():
    kept, absorbed = PersonFactory(email="k@exemple.org"), PersonFactory(email="a@exemple.org")
    ConsentFactory(contact=kept, purpose=Purpose.NEWSLETTER)
    OppositionFactory(contact=absorbed, purpose=Purpose.NEWSLETTER)

    merging.merge(absorbed, into=kept)

    assert list(kept.oppositions.values_list("purpose", flat=True)) == ["newsletter"]
    assert list(kept.consents.in_force()) == []
    assert SuppressedAddress.refused_by(["k@exemple.org"]) == {"k@exemple.org": {"newsletter"}}


def test_a_wrong_merge_taken_back_leaves_no_refusal_on_the_other_address():
    kept, absorbed = PersonFactory(email="k@exemple.org"), PersonFactory(email="a@exemple.org")
    OppositionFactory(contact=absorbed)

    merging.unmerge(merging.merge(absorbed, into=kept))

    assert SuppressedAddress.refused_by(["k@exemple.org", "a@exemple.org"]) == {
        "a@exemple.org": {"newsletter"}
    }


# --- pairs ---------------------------------------------------------------------------------------------------


def test_what_was_said_of_the_absorbed_record_holds_for_the_kept_one():
    kept, absorbed, third, fourth = (PersonFactory() for _ in range(4))
    DoublePairFactory(first=absorbed, second=third, verdict=DoublePair.Verdict.DIFFERENT)
    DoublePairFactory(first=kept, second=fourth, verdict=DoublePair.Verdict.DIFFERENT)
    DoublePairFactory(first=absorbed, second=fourth)
    before = state_around(kept, absorbed)

    made = merging.merge(absorbed, into=kept)

    assert set(DoublePair.objects.filter(first=kept).values_list("second", "verdict")) == {
        (absorbed.pk, "merged"),
        (third.pk, "different"),
        (fourth.pk, "different"),
    }
    merging.unmerge(made)
    assert state_around(kept, absorbed) == before


# --- refusing to merge -----------------------------------------------------------------------------------------


def test_records_that_cannot_be_one_are_refused():
    person, organisation, trashed = PersonFactory(), OrganisationFactory(), PersonFactory()
    trashed.put_in_trash()
    holders = [PersonFactory(account=UserFactory()) for _ in "ab"]

    for kept, absorbed, why in [
        (person, person, "elle-même"),
        (person, organisation, "Une personne et une structure"),
        (person, trashed, "corbeille"),
        (holders[0], holders[1], "a un compte"),
        (person, PersonFactory(state=Contact.State.ERASED), "effacée"),
        (person, PersonFactory(merged_into=organisation), "vient d’être fusionnée"),
    ]:
        with pytest.raises(CannotMergeError, match=why):
            merging.merge(absorbed, into=kept)
    assert Merge.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_of_two_merges_at_once_one_is_refused():
    first, second = PersonFactory(), PersonFactory()
    together, outcomes = Barrier(2), []

    def attempt(kept: Contact, absorbed: Contact) -> None:
        try:
            together.wait(10)
            merging.merge(absorbed, into=kept)
            outcomes.append("merged")
        except CannotMergeError:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [Thread(target=attempt, args=pair) for pair in [(first, second), (second, first)]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(outcomes) == ["merged", "refused"]
    assert Contact.objects.present().filter(pk__in=[first.pk, second.pk]).count() == 1


# --- at size -------------------------------------------------------------------------------------------------------


def test_each_row_that_moves_costs_a_few_statements_and_deriving_costs_the_same_for_all():
    def statements(people: int) -> int:
        kept, absorbed = OrganisationFactory(), OrganisationFactory()
        for _ in range(people):
            PersonFactory(organisation=absorbed)
        with CaptureQueriesContext(connection) as asked:
            merging.merge(absorbed, into=kept)
        assert kept.people.count() == people
        return len(asked)

    few, more = statements(2), statements(7)

    assert (more - few) % 5 == 0
    assert (more - few) // 5 <= 6


def test_lists_and_territories_are_joined():
    theme, own_theme, town = ThemeFactory(), ThemeFactory(), TerritoryFactory()
    kept = PersonFactory(themes=[own_theme])
    absorbed = PersonFactory(themes=[theme, own_theme], territories=[town])

    merging.merge(absorbed, into=kept)

    assert set(kept.themes.all()) == {theme, own_theme}
    assert list(kept.reach.values_list("territory", "origin")) == [(town.pk, "own")]


def test_every_kind_of_row_that_hangs_on_a_contact_is_known_by_its_foreign_key():
    found = {(rows.model.__name__, rows.field.name) for rows in merging.rows_on()}

    assert found == {
        ("Channel", "contact"),
        ("Consent", "contact"),
        ("Contact", "parent"),
        ("ContactAlias", "contact"),
        ("ContactShare", "content_object"),
        ("ContactFile", "contact"),
        ("Coordination", "person"),
        ("Interaction", "contact"),
        ("Link", "contact"),
        ("Link", "other"),
        ("Opposition", "contact"),
        ("Position", "organisation"),
        ("Position", "person"),
        ("Scheme", "elected_official"),
        ("Scheme", "lead"),
    }


def test_an_alias_that_the_kept_record_has_is_not_written_twice():
    kept = PersonFactory(name="Martin", first_name="Claire")
    ContactAliasFactory(contact=kept, text="Clara Martin")
    absorbed = PersonFactory(name="Martin", first_name="Clara")

    merging.merge(absorbed, into=kept)

    assert ContactAlias.objects.filter(contact=kept).count() == 1
    assert Opposition.objects.count() == 0
