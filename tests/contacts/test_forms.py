"""Making and changing a contact by hand."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contacts.forms import real_siret
from contacts.models import Channel, Contact, DoublePair, Opposition, Position, Source
from crm.models import AuditEntry, Deed, Purpose
from crm.roles import Role
from tests.factories import (
    OppositionFactory,
    OrganisationFactory,
    PersonFactory,
    ThemeFactory,
)


pytestmark = pytest.mark.django_db
ADD = "/contacts/contact/add/"
TODAY = timezone.localdate()


@pytest.fixture
def staff(client_as) -> Client:
    return client_as(Role.STAFF)


def filled(**said: Any) -> dict[str, Any]:
    """What the form of a new person sends when little is typed."""
    source = Source.objects.get(code="RENCONTRE")
    return {"kind": "person", "source": source.pk, "collected_on": f"{TODAY:%d/%m/%Y}", **said}


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


# --- a new contact -----------------------------------------------------------------------------------------------


def test_six_fields_come_first_and_the_rest_is_folded(staff):
    page = staff.get(ADD)

    first, more = page.context["adminform"]
    assert [name for line in first for name in line.fields] == [
        "name",
        "first_name",
        "email",
        "organisation",
        "title",
        "themes",
    ]
    assert (str(more.name), "collapse" in more.classes) == ("Plus", True)


def test_an_organisation_has_its_own_six_fields(staff):
    page = staff.get(ADD, {"kind": "organisation"})

    first, _more = page.context["adminform"]
    assert [name for line in first for name in line.fields] == [
        "name",
        "sigle",
        "email",
        "category",
        "city",
        "themes",
    ]


@pytest.mark.data
def test_a_person_is_made_with_address_post_and_themes_in_one_go(staff):
    organisation, theme = OrganisationFactory(), ThemeFactory()

    answer = staff.post(
        ADD,
        filled(
            name="Roux", first_name="Ève", email="Eve.Roux@exemple.org", organisation=organisation.pk, title="Médiatrice",
            themes=[theme.pk], phone="01 86 65 00 01",
        ),
        follow=True,
    )  # fmt: skip

    person = Contact.objects.get(name="Roux")
    assert answer.redirect_chain[-1][0] == reverse("admin:contacts_contact_record", args=[person.pk])
    assert said(answer) == ["La fiche « Ève Roux » est enregistrée."]
    assert (person.main_email, person.main_phone) == ("eve.roux@exemple.org", "01 86 65 00 01")
    assert (person.main_organisation, person.main_title) == (organisation, "Médiatrice")
    assert list(person.themes.all()) == [theme]
    assert (person.source.code, person.collected_on, person.legal_basis) == (
        "RENCONTRE",
        TODAY,
        "legitimate_interest",
    )
    assert set(person.channels.values_list("position", flat=True)) == {person.positions.get().pk}
    assert (
        AuditEntry.objects.filter(deed=Deed.ADDED, model="contacts.contact", record=str(person.pk)).count()
        == 1
    )


def test_a_new_contact_is_one_moment_of_the_history(staff):
    staff.post(
        ADD, filled(name="Roux", email="eve@exemple.org", title="Médiatrice", themes=[ThemeFactory().pk])
    )

    person = Contact.objects.get(name="Roux")
    rows = [
        *person.history.all(),
        *Channel.history.filter(contact=person.pk),
        *Position.history.filter(person=person.pk),
    ]
    assert len({row.history_date for row in rows}) == 1
    assert {str(row.history_user) for row in rows} != {"None"}


def test_an_organisation_typed_on_the_spot_is_made(staff):
    answer = staff.post(ADD, filled(name="Roux", organisation="+  Maison   neuve "), follow=True)

    person = Contact.objects.get(name="Roux")
    made = person.main_organisation
    assert (made.name, made.kind, made.source, made.collected_on) == (
        "Maison neuve",
        "organisation",
        person.source,
        TODAY,
    )
    assert said(answer)[0] == (
        "La structure « Maison neuve » n’y était pas : sa fiche est créée, complétez-la quand vous pourrez."
    )


def test_an_organisation_typed_that_is_there_already_is_taken(staff):
    there = OrganisationFactory(name="Maison Neuve")

    staff.post(ADD, filled(name="Roux", organisation="+maison neuve"))

    assert Contact.objects.get(name="Roux").main_organisation == there
    assert Contact.objects.organisations().count() == 1


def test_what_is_wrong_is_said_beside_the_field_and_counted_and_nothing_typed_is_lost(staff):
    answer = staff.post(
        ADD,
        filled(
            name="",
            email="eve@",
            phone="12",
            organisation="+Maison neuve",
            title="Médiatrice",
            notes="Vue en mai.",
        ),
    )

    page = answer.content.decode()
    assert dict(answer.context["adminform"].form.errors) == {
        "name": ["Indiquez au moins un nom."],
        "email": ["Cette adresse e-mail n’est pas complète ou contient un caractère interdit."],
        "phone": ["Ce numéro de téléphone n’existe pas : vérifiez le nombre de chiffres."],
    }
    assert "3 points sont à corriger" in page
    for typed in (
        'value="eve@"',
        'value="12"',
        'value="Médiatrice"',
        "Vue en mai.",
        'value="+Maison neuve" selected',
    ):
        assert typed in page
    assert Contact.objects.count() == 0


def test_the_same_email_asks_whether_it_is_not_the_same_person(staff):
    there = PersonFactory(name="Roux", first_name="Ève", email="accueil@exemple.org")
    data = filled(name="Durand", email="Accueil@exemple.org")

    answer = staff.post(ADD, data)
    assert answer.context["adminform"].form.errors == {
        "is_another": ["Ouvrez la fiche qui existe, ou cochez cette case."]
    }
    assert reverse("admin:contacts_contact_record", args=[there.pk]) in answer.content.decode()

    staff.post(ADD, {**data, "is_another": "on"})
    made = Contact.objects.get(name="Durand")
    assert list(DoublePair.objects.values_list("first", "second", "verdict")) == [
        (there.pk, made.pk, "different")
    ]


def test_the_same_name_elsewhere_is_asked_and_a_near_one_is_not(staff):
    PersonFactory(name="Roux", first_name="Ève", organisation=OrganisationFactory())
    PersonFactory(name="Rouxel", first_name="Éva")

    same = staff.post(ADD, filled(name="ROUX", first_name="Eve"))
    near = staff.post(ADD, filled(name="Rouxel", first_name="Ève"))

    assert "is_another" in same.context["adminform"].form.errors
    assert near.status_code == 302


@pytest.mark.data
def test_an_address_that_said_no_brings_its_refusal_and_it_is_said(staff):
    gone = PersonFactory(email="revenante@exemple.org")
    OppositionFactory(contact=gone, purpose=Purpose.INVITATIONS)
    gone.delete()

    answer = staff.post(ADD, filled(name="Roux", email="revenante@exemple.org"), follow=True)

    assert list(Opposition.objects.values_list("contact__name", "purpose")) == [("Roux", "invitations")]
    assert (
        "Une adresse de cette fiche avait déjà refusé : Invitations. Ce refus est repris sur la fiche."
        in said(answer)
    )


def test_a_refusal_of_the_newsletter_may_be_noted_at_once(staff):
    answer = staff.post(
        ADD, filled(name="Roux", email="eve@exemple.org", refuses_newsletter="on"), follow=True
    )

    assert list(Opposition.objects.values_list("purpose", "source")) == [("newsletter", "Saisie de la fiche")]
    assert said(answer) == ["La fiche « Roux » est enregistrée."]


def test_a_new_organisation_is_no_person(staff):
    staff.post(
        ADD,
        filled(
            kind="organisation",
            name="Centre social",
            sigle="CS",
            email="cs@exemple.org",
            siret="732 829 320 00074",
        ),
    )

    made = Contact.objects.get()
    assert (made.kind, made.sigle, made.siret, made.main_email) == (
        "organisation",
        "CS",
        "73282932000074",
        "cs@exemple.org",
    )


def test_the_next_contact_may_follow_at_once(staff):
    answer = staff.post(f"{ADD}?kind=person", filled(name="Roux", _addanother="1"))

    assert answer.url == f"{ADD}?kind=person"


@pytest.mark.parametrize(
    ("typed", "found"),
    [("732 829 320 00074", "73282932000074"), ("", ""), ("35600000000048", "35600000000048")],
)
def test_a_siret_is_kept_as_its_digits(typed, found):
    assert real_siret(typed) == found


@pytest.mark.parametrize(
    ("typed", "why"), [("123", "14 chiffres"), ("73282932000075", "n’existe pas"), ("①" * 14, "14 chiffres")]
)
def test_a_number_that_is_no_siret_is_refused(staff, typed, why):
    answer = staff.post(ADD, filled(kind="organisation", name="Centre social", siret=typed))

    assert why in answer.context["adminform"].form.errors["siret"][0]


@pytest.mark.parametrize("role", [Role.BOARD, Role.READER, None])
def test_who_may_only_read_makes_nothing(client_as, role):
    assert client_as(role).get(ADD).status_code == 403
