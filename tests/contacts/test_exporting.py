"""Who leaves the house with a list, for which purpose, and who stays for which reason."""

from __future__ import annotations

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings, strategies as st

from contacts.exporting import Question, Reason
from contacts.models import Contact, Opposition, SuppressedAddress
from crm.models import LegalBasis, Purpose
from tests.factories import (
    ChannelFactory,
    ConsentFactory,
    OppositionFactory,
    PersonFactory,
)


pytestmark = [pytest.mark.django_db, pytest.mark.data]


def asked(**changes) -> Question:
    return Question(
        **{"rows": Contact.objects.present().order_by("sort_name", "pk"), "purpose": Purpose.NEWSLETTER}
        | changes
    )


def test_each_contact_leaves_or_stays_for_the_first_reason_that_holds():
    leaves = PersonFactory(email="oui@exemple.org")
    gone = PersonFactory(state=Contact.State.DECEASED)
    OppositionFactory(contact=gone)
    OppositionFactory(contact=PersonFactory(state=Contact.State.LEFT))
    PersonFactory(email="non@exemple.org")
    SuppressedAddress.remember([("non@exemple.org", Purpose.NEWSLETTER)])
    PersonFactory(legal_basis=LegalBasis.CONSENT)
    agrees = ConsentFactory(contact__legal_basis=LegalBasis.CONSENT).contact
    PersonFactory(state=Contact.State.LEFT)

    leaving, staying = asked().tally()

    assert staying == {
        Reason.GONE: 1,
        Reason.OPPOSED: 1,
        Reason.ADDRESS_REFUSED: 1,
        Reason.NO_CONSENT: 1,
        Reason.LEFT: 1,
    }
    assert leaving == 2
    assert set(asked().leaving()) == {leaves.pk, agrees.pk}


def test_who_has_no_address_stays_only_when_addresses_are_asked_for():
    PersonFactory()
    reached = PersonFactory(email="oui@exemple.org")
    ChannelFactory(is_private=True)

    assert asked().tally() == (3, {})
    assert asked(needs_address=True, private=True).tally() == (2, {Reason.NO_ADDRESS: 1})
    assert asked(needs_address=True).leaving() == [reached.pk]


def test_a_refusal_of_one_purpose_is_no_refusal_of_another():
    person = OppositionFactory(purpose=Purpose.SURVEYS, contact=PersonFactory(email="a@exemple.org")).contact

    assert asked(purpose=Purpose.NEWSLETTER).leaving() == [person.pk]
    assert asked(purpose=Purpose.SURVEYS).leaving() == []


def test_internal_use_knows_no_refusal():
    OppositionFactory()
    PersonFactory(state=Contact.State.LEFT)
    PersonFactory(state=Contact.State.DECEASED)

    assert asked(purpose=Purpose.INTERNAL).tally() == (3, {})


def test_a_consent_that_was_withdrawn_is_none():
    ConsentFactory(contact__legal_basis=LegalBasis.CONSENT, withdrawn_on=timezone.localdate())

    assert asked().tally() == (0, {Reason.NO_CONSENT: 1})


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(Contact.State.values), st.booleans(), st.booleans(), st.booleans()), max_size=6), st.sampled_from(Purpose.values), st.booleans())  # fmt: skip
def test_those_who_leave_and_those_who_stay_are_all_there_are_and_nobody_who_refused_leaves(
    people, purpose, needs_address
):
    Contact.objects.all().delete()
    SuppressedAddress.objects.all().delete()
    for number, (state, refuses, has_email, asks_consent) in enumerate(people):
        person = PersonFactory(
            state=state,
            email=f"x{number}@exemple.org" if has_email else None,
            legal_basis=LegalBasis.CONSENT if asks_consent else LegalBasis.LEGITIMATE_INTEREST,
        )
        if refuses and purpose != Purpose.INTERNAL:
            OppositionFactory(contact=person, purpose=purpose)
    question = asked(purpose=purpose, needs_address=needs_address)

    leaving, staying = question.tally()

    assert leaving + sum(staying.values()) == len(people)
    assert leaving == len(question.leaving())
    assert not Opposition.objects.filter(contact__in=question.leaving(), purpose=purpose).exists()
