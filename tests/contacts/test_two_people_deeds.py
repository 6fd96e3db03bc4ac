"""A deed on a record rests on what its page showed: when that has changed, one is told before anything is done."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contacts.models import Contact, Interaction
from contacts.positioning import change_post
from crm.records import one_act
from crm.roles import Role
from tests.factories import (
    InteractionFactory,
    OppositionFactory,
    OrganisationFactory,
    PersonFactory,
    UserFactory,
)
from tests.sending import form_of


pytestmark = [pytest.mark.django_db, pytest.mark.data]


@pytest.fixture
def manager(client_as) -> Client:
    return client_as(Role.MANAGER)


@pytest.fixture
def claire() -> Any:
    return UserFactory(role=Role.STAFF, first_name="Claire", last_name="Roux")


def page(name: str, *numbers: Any) -> str:
    return reverse(f"admin:contacts_contact_{name}", args=numbers)


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def test_a_post_changed_meanwhile_is_told_with_what_changed_and_the_next_press_does_it(manager, claire):
    person = PersonFactory(organisation=OrganisationFactory(name="Ancienne"))
    new = OrganisationFactory(name="Nouvelle")
    sent = form_of(manager.get(page("post", person.pk)), holding="on").with_(
        organisation=new.pk, title="Chargée"
    )
    change_post(person, by=claire, organisation=OrganisationFactory(name="Autre"), title="Directrice")

    told = manager.post(page("post", person.pk), sent)
    text = told.content.decode()
    assert [word in text for word in ("Claire Roux a modifié cette fiche", "Directrice", "Chargée")] == [
        True
    ] * 3
    assert not person.positions.filter(title="Chargée").exists()
    again = form_of(told, holding="on")
    manager.post(page("post", person.pk), again.with_())

    assert set(person.positions.values_list("title", flat=True)) >= {"Chargée", "Directrice"}


def test_without_what_the_page_rested_on_the_deed_is_done_unseen(manager, claire):
    person = PersonFactory()
    sent = form_of(manager.get(page("post", person.pk)), holding="on").with_(title="Chargée", rests_on=None)
    change_post(person, by=claire, title="Directrice")

    manager.post(page("post", person.pk), sent)

    assert person.positions.filter(title="Chargée").exists()


def test_what_has_nothing_to_do_with_the_deed_does_not_hinder_it(manager):
    person = PersonFactory()
    sent = form_of(manager.get(page("post", person.pk)), holding="on").with_(title="Chargée")
    Contact.objects.get(pk=person.pk).save(update_fields=["city"])

    manager.post(page("post", person.pk), sent)

    assert person.positions.filter(title="Chargée").exists()


def test_a_refusal_noted_meanwhile_is_told_before_an_agreement_lifts_it(manager, claire):
    person = PersonFactory()
    url = page("decision", person.pk, "newsletter", "accord")
    sent = form_of(manager.get(url), holding="source").with_(source="par téléphone")
    with one_act(by=claire):
        OppositionFactory(contact=person, purpose="newsletter")

    told = manager.post(url, sent)

    assert "Claire Roux a modifié cette fiche" in told.content.decode()
    assert "Un refus est noté" in told.content.decode()
    assert person.oppositions.filter(purpose="newsletter").exists()
    manager.post(url, form_of(told, holding="source").with_())
    assert not person.oppositions.filter(purpose="newsletter").exists()


def test_a_record_changed_meanwhile_is_not_noted_as_verified(manager):
    person = PersonFactory(verified_on=None)
    shown = manager.get(page("record", person.pk))
    button = form_of(shown, action=page("verify", person.pk))
    Contact.objects.get(pk=person.pk).save(update_fields=["city"])

    told = manager.post(button.action, button.with_(), follow=True)

    person.refresh_from_db()
    assert person.verified_on is None
    assert "Relisez" in said(told)[0]
    again = form_of(told, action=page("verify", person.pk))
    manager.post(again.action, again.with_())
    person.refresh_from_db()
    assert person.verified_on == timezone.localdate()


def test_an_exchange_that_both_changed_is_chosen(manager, claire):
    row = InteractionFactory(summary="Avant", follow_up_on=None)
    url = page("exchange_change", row.contact_id, row.pk)
    sent = form_of(manager.get(url), holding="summary").with_(summary="Mon résumé")
    with one_act(by=claire):
        Interaction.objects.get(pk=row.pk).save()
        theirs = Interaction.objects.get(pk=row.pk)
        theirs.summary, theirs.kind = "Son résumé", Interaction.Kind.values[-1]
        theirs.save()

    told = manager.post(url, sent)
    assert [word in told.content.decode() for word in ("Avant", "Son résumé", "Mon résumé")] == [True] * 3
    manager.post(url, form_of(told, holding="asked").with_(**{"choice-summary": "both"}))

    row.refresh_from_db()
    assert (row.summary.splitlines(), row.kind) == (
        ["Son résumé", "", "Mon résumé"],
        Interaction.Kind.values[-1],
    )


def test_an_exchange_that_somebody_has_mended_is_not_removed_unseen(manager):
    row = InteractionFactory(summary="Avant")
    url = page("exchange_change", row.contact_id, row.pk)
    remove = page("exchange_remove", row.contact_id, row.pk)
    button = form_of(manager.get(url), action=remove)
    theirs = Interaction.objects.get(pk=row.pk)
    theirs.summary = "Après"
    theirs.save()

    told = manager.post(remove, button.with_(), follow=True)

    assert Interaction.objects.filter(pk=row.pk).exists()
    assert "Après" in told.content.decode()
    manager.post(remove, form_of(told, action=remove).with_())
    assert not Interaction.objects.filter(pk=row.pk).exists()


def test_two_records_are_merged_only_as_they_were_shown(manager):
    kept, absorbed = PersonFactory(city="Arras"), PersonFactory(city="Lens")
    url = page("merge", kept.pk, absorbed.pk)
    sent = form_of(manager.get(url), holding="city").with_(city="absorbed")
    absorbed.refresh_from_db()
    absorbed.city = "Béthune"
    absorbed.save()

    told = manager.post(url, sent)
    absorbed.refresh_from_db()
    assert absorbed.merged_into is None
    again = form_of(told, holding="city")
    assert again.said["city"] == ["absorbed"]
    manager.post(url, again.with_())

    kept.refresh_from_db()
    assert kept.city == "Béthune"


@pytest.mark.parametrize("name", ["delete", "as_of"])
def test_a_record_changed_meanwhile_is_neither_trashed_nor_taken_back_unseen(manager, name):
    person = PersonFactory(city="Arras")
    at = person.history.latest().history_date
    person.city = "Lens"
    person.save()
    url = page(name, person.pk) + (f"?a={at.isoformat().replace('+', '%2B')}" if name == "as_of" else "")
    sent = form_of(manager.get(url), holding="rests_on")
    theirs = Contact.objects.get(pk=person.pk)
    theirs.street = "1 rue A"
    theirs.save()

    told = manager.post(url, sent.with_())

    person.refresh_from_db()
    assert (person.trashed_at, person.city, person.street) == (None, "Lens", "1 rue A")
    manager.post(url, form_of(told, holding="rests_on").with_())
    person.refresh_from_db()
    assert (person.trashed_at is not None) if name == "delete" else person.city == "Arras"
