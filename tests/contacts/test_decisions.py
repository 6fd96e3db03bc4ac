"""What a person answers for a purpose, and who may write it down."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contacts.deciding import decide, decisions_of
from contacts.models import Consent, Contact, Opposition, SuppressedAddress
from crm.models import AuditEntry, Deed, Purpose
from crm.roles import Role
from tests.factories import ConsentFactory, OppositionFactory, PersonFactory, UserFactory


pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def answers(contact: Contact) -> dict[str, str]:
    return {state.purpose: state.answer for state in decisions_of(contact)}


@pytest.mark.data
def test_each_purpose_that_can_be_refused_has_one_answer():
    person = PersonFactory()
    decide(person, purpose=Purpose.NEWSLETTER, agrees=True, source="Formulaire")
    decide(
        person,
        purpose=Purpose.SURVEYS,
        agrees=False,
        source="Par téléphone",
        since=date(2024, 3, 12),
        proof="Message",
    )

    assert answers(person) == {
        "newsletter": "yes",
        "invitations": "unsaid",
        "surveys": "no",
        "referrals": "unsaid",
        "association": "unsaid",
    }
    state = next(state for state in decisions_of(person) if state.answer == "no")
    assert (state.since, state.source, state.proof) == (date(2024, 3, 12), "Par téléphone", "Message")


@pytest.mark.data
def test_a_refusal_wins_over_a_consent():
    person = PersonFactory()
    OppositionFactory(contact=person)
    ConsentFactory(contact=person)

    assert answers(person)["newsletter"] == "no"
    assert not person.consents.in_force().exists()


@pytest.mark.data
def test_the_persons_own_answer_replaces_the_one_before_which_stays_in_the_history():
    user, person = UserFactory(), PersonFactory(email="a@exemple.org")

    decide(person, purpose=Purpose.NEWSLETTER, agrees=True, source="Formulaire", by=user)
    decide(person, purpose=Purpose.NEWSLETTER, agrees=False, source="Par téléphone", by=user)
    assert answers(person)["newsletter"] == "no"
    assert person.consents.get().withdrawn_on == TODAY
    decide(person, purpose=Purpose.NEWSLETTER, agrees=True, source="En réunion", by=user)

    assert answers(person)["newsletter"] == "yes"
    assert not SuppressedAddress.refused_by(["a@exemple.org"])
    past = list(
        Opposition.history.order_by("history_id").values_list("history_type", "source", "history_user")
    )
    assert past == [("+", "Par téléphone", user.pk), ("-", "Par téléphone", user.pk)]
    assert Consent.objects.count() == 2


@pytest.mark.data
def test_the_same_answer_twice_is_written_once():
    person = PersonFactory()

    for _ in range(2):
        decide(person, purpose=Purpose.NEWSLETTER, agrees=False, source="Par téléphone")

    assert person.oppositions.count() == 1


def test_a_consent_is_not_withdrawn_before_it_was_given():
    person = PersonFactory()
    decide(person, purpose=Purpose.NEWSLETTER, agrees=True, source="Formulaire", since=TODAY)

    decide(
        person, purpose=Purpose.NEWSLETTER, agrees=False, source="Courrier", since=TODAY - timedelta(days=9)
    )

    assert person.consents.get().withdrawn_on == TODAY


# --- the page ------------------------------------------------------------------------------------------------------


def url_of(person: Contact, purpose: str = "newsletter", answer: str = "refus") -> str:
    return reverse("admin:contacts_contact_decision", args=[person.pk, purpose, answer])


@pytest.fixture
def staff(client_as) -> Client:
    return client_as(Role.STAFF)


def test_a_refusal_is_noted_with_where_and_when_it_was_said(staff):
    person = PersonFactory()

    answer = staff.post(url_of(person), {"source": "Par téléphone à Ana", "since": "12/03/2024"}, follow=True)

    assert list(person.oppositions.values_list("purpose", "source", "since")) == [
        ("newsletter", "Par téléphone à Ana", date(2024, 3, 12))
    ]
    assert [str(message) for message in answer.context["messages"]] == [
        "« Newsletter » : le refus est noté. Plus rien ne partira d’ici pour cela, même après un import."
    ]
    entry = AuditEntry.objects.get(deed=Deed.CHANGED)
    assert (entry.record, entry.fields) == (str(person.pk), ["decision.newsletter"])


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"source": "", "since": "12/03/2024"}, "source"),
        ({"source": "a", "since": f"{TODAY + timedelta(days=1):%d/%m/%Y}"}, "since"),
        ({"source": "a", "since": "hier"}, "since"),
    ],
)
def test_an_answer_without_its_proof_is_refused_beside_the_field(staff, typed, field):
    person = PersonFactory()

    answer = staff.post(url_of(person), typed)

    assert list(answer.context["form"].errors) == [field]
    assert not person.oppositions.exists()


def test_an_agreement_after_a_refusal_warns_that_only_the_person_lifts_it(staff):
    person = PersonFactory()
    OppositionFactory(contact=person)

    page = staff.get(url_of(person, answer="accord")).content.decode()
    assert "que si la personne elle-même est revenue dessus" in page
    staff.post(url_of(person, answer="accord"), {"source": "Elle a rappelé", "since": "12/03/2024"})

    assert answers(person)["newsletter"] == "yes"


@pytest.mark.parametrize("path", ["internal/refus", "newsletter/peut-etre", "inconnue/refus"])
def test_what_is_no_purpose_or_no_answer_is_absent(staff, path):
    assert staff.get(f"/contacts/contact/{PersonFactory().pk}/{path}/", follow=True).status_code == 404


@pytest.mark.parametrize("role", [Role.BOARD, Role.READER])
def test_only_the_team_writes_answers(client_as, role):
    person = PersonFactory()

    assert client_as(role).post(url_of(person), {"source": "a", "since": "12/03/2024"}).status_code == 403
    assert not person.oppositions.exists()
