"""A merge taken back gives two records as they were, and loses nothing on the way."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from contacts import merging
from contacts.merging import CannotMergeError
from contacts.models import (
    Channel,
    Contact,
)
from crm.models import AuditEntry, Deed
from tests.contacts.snapshots import Cast, invent, people, state_around, state_of, taken_back
from tests.factories import (
    ChannelFactory,
    PersonFactory,
    UserFactory,
)


pytestmark = [pytest.mark.django_db, pytest.mark.data]
slowly = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


# --- taking it back -----------------------------------------------------------------------------------------


def test_what_was_typed_since_stays_when_a_merge_is_taken_back():
    kept, absorbed = PersonFactory(city=""), PersonFactory(city="Lens", email="a@exemple.org")
    made = merging.merge(absorbed, into=kept)
    kept.refresh_from_db()
    kept.city = "Arras"
    kept.save()
    new = ChannelFactory(contact=kept, value="nouvelle@exemple.org")
    channel = Channel.objects.get(value="a@exemple.org")
    channel.comment = "standard"
    channel.save()

    merging.unmerge(made)

    for row in (kept, absorbed, channel):
        row.refresh_from_db()
    assert (kept.city, absorbed.city) == ("Arras", "Lens")
    assert (channel.contact, channel.comment) == (absorbed, "standard")
    assert list(kept.channels.all()) == [new]


def test_merges_are_taken_back_from_the_last():
    kept, first, second = (PersonFactory(city=city) for city in ("", "Lens", "Arras"))
    before = state_around(kept, first, second)
    one = merging.merge(first, into=kept)
    two = merging.merge(second, into=kept, chosen={"city": "absorbed"})

    with pytest.raises(CannotMergeError, match="Une autre fusion a eu lieu depuis"):
        merging.unmerge(one)
    merging.unmerge(two)
    merging.unmerge(one)

    assert state_around(kept, first, second) == before


def test_a_merge_is_taken_back_once():
    made = merging.merge(PersonFactory(), into=PersonFactory())
    merging.unmerge(made)

    with pytest.raises(CannotMergeError, match="déjà été annulée"):
        merging.unmerge(made)


def test_a_merge_into_a_record_that_was_merged_in_turn_waits():
    first, second, third = PersonFactory(), PersonFactory(), PersonFactory()
    inner = merging.merge(first, into=second)
    outer = merging.merge(second, into=third)

    with pytest.raises(CannotMergeError, match="n’est plus là"):
        merging.unmerge(inner)
    merging.unmerge(outer)
    merging.unmerge(inner)

    assert set(Contact.objects.present()) == {first, second, third}


def test_a_merge_and_its_undoing_are_in_the_history_and_in_the_journal():
    user = UserFactory()
    kept, absorbed = PersonFactory(), PersonFactory()

    merging.unmerge(merging.merge(absorbed, into=kept, by=user), by=user)

    reasons = kept.history.order_by("history_id").values_list("history_change_reason", "history_user")
    assert list(reasons)[1:] == [("Fusion de deux fiches", user.pk), ("Fusion annulée", user.pk)]
    assert list(AuditEntry.objects.order_by("pk").values_list("deed", "actor")) == [
        (Deed.MERGED, user.pk),
        (Deed.UNMERGED, user.pk),
    ]


# --- properties --------------------------------------------------------------------------------------------------


answers = st.dictionaries(
    st.sampled_from(merging.CHOSEN), st.sampled_from(["kept", "absorbed", "both"]), max_size=4
)


def check_that_a_merge_loses_nothing_and_can_be_taken_back(first: dict, second: dict, chosen: dict) -> None:
    with taken_back():
        cast = Cast()
        kept, absorbed = invent(cast, first), invent(cast, second)
        before = state_around(kept, absorbed, cast.third)
        refused = {row.purpose for one in (kept, absorbed) for row in one.oppositions.all()}

        made = merging.merge(absorbed, into=kept, chosen=chosen)
        assert {row.purpose for row in kept.oppositions.all()} == refused
        assert not kept.consents.in_force().filter(purpose__in=refused).exists()
        assert set(before[0]) | set(before[1]) <= set(state_of(kept)) | set(state_of(absorbed))

        merging.unmerge(made)
        assert state_around(kept, absorbed, cast.third) == before


@settings(slowly, max_examples=15)
@given(first=people, second=people, chosen=answers)
def test_a_merge_loses_nothing_keeps_each_refusal_and_taken_back_gives_both_records_exactly(
    first, second, chosen
):
    check_that_a_merge_loses_nothing_and_can_be_taken_back(first, second, chosen)


@pytest.mark.deep
@settings(slowly, max_examples=400)
@given(first=people, second=people, chosen=answers)
def test_a_merge_loses_nothing_at_length(first, second, chosen):
    check_that_a_merge_loses_nothing_and_can_be_taken_back(first, second, chosen)
