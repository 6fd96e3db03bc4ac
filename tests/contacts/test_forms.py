"""Making and changing a contact by hand."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contacts.forms import real_siret
from contacts.models import Channel, Contact, DoublePair, Opposition, Position, Source
from crm.models import AuditEntry, Deed, Purpose
from crm.roles import Role
from tests.factories import (
    ChannelFactory,
    FunctionFactory,
    LinkFactory,
    OppositionFactory,
    OrganisationFactory,
    PersonFactory,
    PositionFactory,
    TerritoryFactory,
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


def change_of(contact: Contact) -> str:
    return reverse("admin:contacts_contact_change", args=[contact.pk])


def as_sent(client: Client, contact: Contact, **changed: Any) -> dict[str, Any]:
    """What the form of this contact would send if only `changed` was typed: every field and row as shown."""
    shown = client.get(change_of(contact)).context
    data: dict[str, Any] = {}
    forms = [shown["adminform"].form]
    for inline in shown["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    for form in forms:
        for field in form:
            value = field.value()
            if isinstance(value, bool):
                value = "on" if value else None
            elif isinstance(value, date):
                value = f"{value:%d/%m/%Y}"
            elif isinstance(value, list):
                value = [getattr(one, "pk", one) for one in value]
            if value is not None:
                data[field.html_name] = value
    return {name: value for name, value in {**data, **changed}.items() if value is not None}


# --- a new contact -----------------------------------------------------------------------------------------------


def test_six_fields_come_first_and_the_rest_is_folded(staff):
    page = staff.get(ADD)

    first, more = page.context["adminform"]
    assert [name for line in first for name in line.fields] == ["name", "first_name", "email", "organisation", "title", "themes"]
    assert (str(more.name), "collapse" in more.classes) == ("Plus", True)


def test_an_organisation_has_its_own_six_fields(staff):
    page = staff.get(ADD, {"kind": "organisation"})

    first, _more = page.context["adminform"]
    assert [name for line in first for name in line.fields] == ["name", "sigle", "email", "category", "city", "themes"]


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
    assert said(answer) == ["La fiche « Ève Roux » est enregistrée."]
    assert (person.main_email, person.main_phone) == ("eve.roux@exemple.org", "01 86 65 00 01")
    assert (person.main_organisation, person.main_title) == (organisation, "Médiatrice")
    assert list(person.themes.all()) == [theme]
    assert (person.source.code, person.collected_on, person.legal_basis) == ("RENCONTRE", TODAY, "legitimate_interest")
    assert set(person.channels.values_list("position", flat=True)) == {person.positions.get().pk}
    assert AuditEntry.objects.filter(deed=Deed.ADDED, model="contacts.contact", record=str(person.pk)).count() == 1


def test_a_new_contact_is_one_moment_of_the_history(staff):
    staff.post(ADD, filled(name="Roux", email="eve@exemple.org", title="Médiatrice", themes=[ThemeFactory().pk]))

    person = Contact.objects.get(name="Roux")
    rows = [*person.history.all(), *Channel.history.filter(contact=person.pk), *Position.history.filter(person=person.pk)]
    assert len({row.history_date for row in rows}) == 1
    assert {str(row.history_user) for row in rows} != {"None"}


def test_an_organisation_typed_on_the_spot_is_made(staff):
    answer = staff.post(ADD, filled(name="Roux", organisation="+  Maison   neuve "), follow=True)

    person = Contact.objects.get(name="Roux")
    made = person.main_organisation
    assert (made.name, made.kind, made.source, made.collected_on) == ("Maison neuve", "organisation", person.source, TODAY)
    assert said(answer)[0] == (
        "La structure « Maison neuve » n’y était pas : sa fiche est créée, complétez-la quand vous pourrez."
    )


def test_an_organisation_typed_that_is_there_already_is_taken(staff):
    there = OrganisationFactory(name="Maison Neuve")

    staff.post(ADD, filled(name="Roux", organisation="+maison neuve"))

    assert Contact.objects.get(name="Roux").main_organisation == there
    assert Contact.objects.organisations().count() == 1


def test_what_is_wrong_is_said_beside_the_field_and_counted_and_nothing_typed_is_lost(staff):
    answer = staff.post(
        ADD, filled(name="", email="eve@", phone="12", organisation="+Maison neuve", title="Médiatrice", notes="Vue en mai.")
    )

    page = answer.content.decode()
    assert dict(answer.context["adminform"].form.errors) == {
        "name": ["Indiquez au moins un nom."],
        "email": ["Cette adresse e-mail n’est pas complète ou contient un caractère interdit."],
        "phone": ["Ce numéro de téléphone n’existe pas : vérifiez le nombre de chiffres."],
    }
    assert "3 points sont à corriger" in page
    for typed in ('value="eve@"', 'value="12"', 'value="Médiatrice"', "Vue en mai.", 'value="+Maison neuve" selected'):
        assert typed in page
    assert Contact.objects.count() == 0


def test_the_same_email_asks_whether_it_is_not_the_same_person(staff):
    there = PersonFactory(name="Roux", first_name="Ève", email="accueil@exemple.org")
    data = filled(name="Durand", email="Accueil@exemple.org")

    answer = staff.post(ADD, data)
    assert answer.context["adminform"].form.errors == {"is_another": ["Ouvrez la fiche qui existe, ou cochez cette case."]}
    assert reverse("admin:contacts_contact_record", args=[there.pk]) in answer.content.decode()

    staff.post(ADD, {**data, "is_another": "on"})
    made = Contact.objects.get(name="Durand")
    assert list(DoublePair.objects.values_list("first", "second", "verdict")) == [(there.pk, made.pk, "different")]


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
    assert "Une adresse de cette fiche avait déjà refusé : Invitations. Ce refus est repris sur la fiche." in said(answer)


def test_a_refusal_of_the_newsletter_may_be_noted_at_once(staff):
    answer = staff.post(ADD, filled(name="Roux", email="eve@exemple.org", refuses_newsletter="on"), follow=True)

    assert list(Opposition.objects.values_list("purpose", "source")) == [("newsletter", "Saisie de la fiche")]
    assert said(answer) == ["La fiche « Roux » est enregistrée."]


def test_a_new_organisation_is_no_person(staff):
    staff.post(ADD, filled(kind="organisation", name="Centre social", sigle="CS", email="cs@exemple.org", siret="732 829 320 00074"))

    made = Contact.objects.get()
    assert (made.kind, made.sigle, made.siret, made.main_email) == ("organisation", "CS", "73282932000074", "cs@exemple.org")


def test_the_next_contact_may_follow_at_once(staff):
    answer = staff.post(f"{ADD}?kind=person", filled(name="Roux", _addanother="1"))

    assert answer.url == f"{ADD}?kind=person"


@pytest.mark.parametrize(
    ("typed", "found"),
    [("732 829 320 00074", "73282932000074"), ("", ""), ("35600000000048", "35600000000048")],
)
def test_a_siret_is_kept_as_its_digits(typed, found):
    assert real_siret(typed) == found


@pytest.mark.parametrize(("typed", "why"), [("123", "14 chiffres"), ("73282932000075", "n’existe pas"), ("①" * 14, "14 chiffres")])
def test_a_number_that_is_no_siret_is_refused(staff, typed, why):
    answer = staff.post(ADD, filled(kind="organisation", name="Centre social", siret=typed))

    assert why in answer.context["adminform"].form.errors["siret"][0]


@pytest.mark.parametrize("role", [Role.BOARD, Role.READER, None])
def test_who_may_only_read_makes_nothing(client_as, role):
    assert client_as(role).get(ADD).status_code == 403


# --- a contact that is there ----------------------------------------------------------------------------------------


def test_who_may_only_read_is_led_from_the_form_to_the_page(client_as):
    person = PersonFactory()

    answer = client_as(Role.READER).get(change_of(person))

    assert answer.url == reverse("admin:contacts_contact_record", args=[person.pk])


def test_sending_the_form_back_unchanged_writes_nothing(staff):
    person = PersonFactory(email="a@exemple.org", organisation=OrganisationFactory(), themes=[ThemeFactory()])
    LinkFactory(contact=person)
    before = (Contact.objects.get(pk=person.pk).version, person.history.count(), Channel.history.count(), Position.history.count())

    answer = staff.post(change_of(person), as_sent(staff, person))

    assert answer.status_code == 302
    after = (Contact.objects.get(pk=person.pk).version, person.history.count(), Channel.history.count(), Position.history.count())
    assert after == before


@pytest.mark.data
def test_fields_links_and_rows_are_written_as_one_version(staff):
    person = PersonFactory(email="a@exemple.org")
    town = TerritoryFactory()
    version = Contact.objects.get(pk=person.pk).version

    staff.post(
        change_of(person),
        as_sent(
            staff, person, city="Lens", territories=[town.pk],
            **{"channels-TOTAL_FORMS": 2, "channels-1-kind": "phone", "channels-1-value": "0186650001",
               "channels-1-nature": "professional", "channels-1-state": "active", "channels-0-comment": "secrétariat"},
        ),
    )  # fmt: skip

    person.refresh_from_db()
    assert (person.city, person.main_phone, person.version) == ("Lens", "01 86 65 00 01", version + 1)
    assert list(person.reach.values_list("territory", "origin")) == [(town.pk, "own")]
    rows = [*person.history.filter(city="Lens"), *Channel.history.filter(contact=person.pk)[:2]]
    assert len({row.history_date for row in rows}) == 1


def test_a_row_that_is_ticked_off_is_deleted(staff):
    person = PersonFactory(email="a@exemple.org")

    staff.post(change_of(person), as_sent(staff, person, **{"channels-0-DELETE": "on"}))

    person.refresh_from_db()
    assert (person.channels.count(), person.main_email) == (0, "")


def test_the_same_address_twice_is_said_beside_it(staff):
    person = PersonFactory(email="a@exemple.org")
    new = {"kind": "email", "nature": "professional", "state": "active"}
    rows = {f"channels-{place}-{name}": value for place in (1, 2, 3) for name, value in new.items()}
    rows |= {"channels-1-value": "A@exemple.org", "channels-2-value": "b@exemple.org", "channels-3-value": "b@exemple.org "}

    answer = staff.post(change_of(person), as_sent(staff, person, **{"channels-TOTAL_FORMS": 4, **rows}))

    formset = answer.context["inline_admin_formsets"][0].formset
    twice = {"value": ["Cette coordonnée est déjà sur la fiche."]}
    assert formset.errors == [{}, twice, {}, twice]
    assert "2 points sont à corriger" in answer.content.decode()


def test_a_wrong_address_in_a_row_is_said_beside_it(staff):
    person = PersonFactory(email="a@exemple.org")

    answer = staff.post(change_of(person), as_sent(staff, person, **{"channels-0-value": "a@"}))

    assert answer.context["inline_admin_formsets"][0].formset.errors == [
        {"value": ["Cette adresse e-mail n’est pas complète ou contient un caractère interdit."]}
    ]


def test_two_main_addresses_of_one_kind_are_refused(staff):
    person = PersonFactory(email="a@exemple.org", phone="01 86 65 00 01")
    ChannelFactory(contact=person, value="b@exemple.org")

    answer = staff.post(change_of(person), as_sent(staff, person, **{"channels-1-is_main": "on"}))

    errors = answer.context["inline_admin_formsets"][0].formset.errors
    assert [error for error in errors if error] == [{"is_main": ["Une seule est la principale : décochez l’autre."]}]


@pytest.mark.data
def test_the_main_post_passes_from_one_row_to_another_in_one_go(staff):
    person = PersonFactory(organisation=OrganisationFactory())
    other = PositionFactory(person=person)

    data = as_sent(staff, person, **{"positions-0-is_main": None, "positions-1-is_main": "on"})
    staff.post(change_of(person), data)

    assert list(person.positions.filter(is_main=True)) == [other]


def test_two_main_posts_are_refused(staff):
    person = PersonFactory(organisation=OrganisationFactory())
    PositionFactory(person=person)

    answer = staff.post(change_of(person), as_sent(staff, person, **{"positions-1-is_main": "on"}))

    errors = answer.context["inline_admin_formsets"][1].formset.errors
    assert errors == [{}, {"is_main": ["Une seule fonction est la principale : décochez l’autre."]}]


@pytest.mark.data
def test_a_post_that_ends_on_the_form_takes_its_addresses_with_it(staff):
    person = PersonFactory(organisation=OrganisationFactory())
    ChannelFactory(contact=person, value="a@exemple.org", position=person.positions.get())

    staff.post(
        change_of(person), as_sent(staff, person, **{"positions-0-ends_on": f"{TODAY - timedelta(days=1):%d/%m/%Y}"})
    )

    person.refresh_from_db()
    assert (person.main_email, person.needs_check) == ("", True)
    assert person.channels.get().state == "retired"


def test_an_address_is_tied_to_the_persons_own_posts_only(staff):
    person = PersonFactory(organisation=OrganisationFactory(), email="a@exemple.org")
    foreign = PositionFactory()

    answer = staff.post(change_of(person), as_sent(staff, person, **{"channels-0-position": foreign.pk}))

    assert "position" in answer.context["inline_admin_formsets"][0].formset.errors[0]


@pytest.mark.data
def test_private_addresses_are_hidden_from_who_lacks_the_right_and_stay(client_as):
    person = PersonFactory(email="ouverte@exemple.org")
    private = ChannelFactory(contact=person, value="secrete@exemple.org", is_private=True, is_main=False)
    client = client_as(Role.READER)
    user = client.get("/").wsgi_request.user
    user.user_permissions.set(
        Permission.objects.filter(codename__in=["change_contact", "change_channel", "add_channel", "delete_channel"])
    )

    page = client.get(change_of(person))
    assert "secrete" not in page.content.decode()
    client.post(change_of(person), as_sent(client, person, city="Lens", **{"channels-0-comment": "standard"}))

    person.refresh_from_db()
    private.refresh_from_db()
    assert (person.city, private.value, private.is_private) == ("Lens", "secrete@exemple.org", True)
    assert set(person.channels.values_list("comment", flat=True)) == {"standard", ""}


def test_a_refusal_known_of_an_address_is_said_when_it_is_added(staff):
    gone = PersonFactory(email="revenante@exemple.org")
    OppositionFactory(contact=gone, purpose=Purpose.SURVEYS)
    gone.delete()
    person = PersonFactory(email="a@exemple.org")

    answer = staff.post(
        change_of(person), as_sent(staff, person, **{"channels-0-value": "revenante@exemple.org"}), follow=True
    )

    assert list(person.oppositions.values_list("purpose", flat=True)) == ["surveys"]
    assert any("avait déjà refusé : Appels et enquêtes" in text for text in said(answer))


@pytest.mark.data
def test_the_second_of_two_people_at_one_form_is_told_and_keeps_what_they_typed(staff, client_as):
    person = PersonFactory(city="Arras", notes="")
    mine = as_sent(staff, person, notes="Vue en mai.")
    other = client_as(Role.MANAGER)
    other.post(change_of(person), as_sent(other, person, city="Lens"))

    answer = staff.post(change_of(person), mine)
    page = answer.content.decode()
    assert re.search(r"a modifié cette fiche à \d+ h \d\d, pendant que vous la remplissiez", page)
    assert "La fiche dit maintenant : Lens" in page
    assert "Vue en mai." in page
    person.refresh_from_db()
    assert (person.city, person.notes) == ("Lens", "")

    again = dict(mine, version_read=re.search(r'name="version_read" value="(\d+)"', page)[1])
    assert staff.post(change_of(person), again).status_code == 302
    person.refresh_from_db()
    assert (person.city, person.notes) == ("Arras", "Vue en mai.")


def test_who_says_that_a_record_was_verified_is_kept(staff):
    person = PersonFactory()

    staff.post(change_of(person), as_sent(staff, person, verified_on="14/03/2026"))

    person.refresh_from_db()
    assert (person.verified_on, person.verified_by is not None) == (date(2026, 3, 14), True)


def test_a_trashed_or_folded_record_cannot_be_named(staff):
    trashed = OrganisationFactory(trashed_at=timezone.now())
    folded = OrganisationFactory(merged_into=OrganisationFactory())
    organisation = OrganisationFactory()

    for wrong in (trashed, folded):
        answer = staff.post(change_of(organisation), as_sent(staff, organisation, parent=wrong.pk))
        assert "parent" in answer.context["adminform"].form.errors


@pytest.mark.parametrize("state", ["trashed", "folded", "erased"])
def test_a_record_out_of_sight_has_no_form(staff, state):
    said = {"trashed": {"trashed_at": timezone.now()}, "folded": {"merged_into": PersonFactory()}, "erased": {"state": "erased"}}
    person = PersonFactory(**said[state])

    assert staff.get(change_of(person)).status_code == 404


def test_a_function_that_is_closed_is_not_offered(staff):
    FunctionFactory(name="Fonction close", is_active=False)

    assert "Fonction close" not in staff.get(ADD).content.decode()
