"""Changing a contact by hand: its fields and its rows, as one version."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contacts.models import Channel, Contact, Position, Source
from crm.models import Purpose
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
                if field.field.show_hidden_initial:
                    data[field.html_initial_name] = value
    return {name: value for name, value in {**data, **changed}.items() if value is not None}


# --- a contact that is there ----------------------------------------------------------------------------------------


def test_who_may_only_read_is_led_from_the_form_to_the_page(client_as):
    person = PersonFactory()

    answer = client_as(Role.READER).get(change_of(person))

    assert answer.url == reverse("admin:contacts_contact_record", args=[person.pk])


def test_sending_the_form_back_unchanged_writes_nothing(staff):
    person = PersonFactory(email="a@exemple.org", organisation=OrganisationFactory(), themes=[ThemeFactory()])
    LinkFactory(contact=person)
    before = (
        Contact.objects.get(pk=person.pk).version,
        person.history.count(),
        Channel.history.count(),
        Position.history.count(),
    )

    answer = staff.post(change_of(person), as_sent(staff, person))

    assert answer.status_code == 302
    after = (
        Contact.objects.get(pk=person.pk).version,
        person.history.count(),
        Channel.history.count(),
        Position.history.count(),
    )
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
    rows |= {
        "channels-1-value": "A@exemple.org",
        "channels-2-value": "b@exemple.org",
        "channels-3-value": "b@exemple.org ",
    }

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
    assert [error for error in errors if error] == [
        {"is_main": ["Une seule est la principale : décochez l’autre."]}
    ]


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
    assert errors == [{}, {"is_main": ["Une seule fonction est la principale : décochez l’autre."]}]


@pytest.mark.data
def test_a_post_that_ends_on_the_form_takes_its_addresses_with_it(staff):
    person = PersonFactory(organisation=OrganisationFactory())
    ChannelFactory(contact=person, value="a@exemple.org", position=person.positions.get())

    staff.post(
        change_of(person),
        as_sent(staff, person, **{"positions-0-ends_on": f"{TODAY - timedelta(days=1):%d/%m/%Y}"}),
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
        Permission.objects.filter(
            codename__in=["change_contact", "change_channel", "add_channel", "delete_channel"]
        )
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
        change_of(person),
        as_sent(staff, person, **{"channels-0-value": "revenante@exemple.org"}),
        follow=True,
    )

    assert list(person.oppositions.values_list("purpose", flat=True)) == ["surveys"]
    assert any("avait déjà refusé\xa0: Appels et enquêtes" in text for text in said(answer))


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
    said = {
        "trashed": {"trashed_at": timezone.now()},
        "folded": {"merged_into": PersonFactory()},
        "erased": {"state": "erased"},
    }
    person = PersonFactory(**said[state])

    assert staff.get(change_of(person)).status_code == 404


def test_a_function_that_is_closed_is_not_offered(staff):
    FunctionFactory(name="Fonction close", is_active=False)

    assert "Fonction close" not in staff.get(ADD).content.decode()


def test_the_same_other_name_twice_is_said_beside_it(staff):
    person = PersonFactory()
    rows = {f"aliases-{place}-{name}": value for place in (0, 1) for name, value in {"kind": "usual"}.items()}

    answer = staff.post(
        change_of(person),
        as_sent(
            staff,
            person,
            **{"aliases-TOTAL_FORMS": 2, **rows, "aliases-0-text": "Ève R.", "aliases-1-text": "eve r"},
        ),
    )

    assert answer.context["inline_admin_formsets"][2].formset.errors == [
        {},
        {"text": ["Ce nom est déjà noté."]},
    ]


def test_two_addresses_exchanged_in_one_go_are_refused_without_an_error_page(staff):
    person = PersonFactory()
    for value in "ab":
        ChannelFactory(contact=person, value=f"{value}@exemple.org")

    answer = staff.post(
        change_of(person),
        as_sent(staff, person, **{"channels-0-value": "b@exemple.org", "channels-1-value": "a@exemple.org"}),
    )

    errors = answer.context["inline_admin_formsets"][0].formset.errors
    assert errors[0]["value"] == [
        "Une autre ligne le dit encore : enregistrez d’abord son retrait ou son changement."
    ]


def test_an_address_that_only_others_see_is_not_written_twice(client_as):
    person = PersonFactory()
    ChannelFactory(contact=person, value="secrete@exemple.org", is_private=True)
    client = client_as(Role.READER)
    client.get("/").wsgi_request.user.user_permissions.set(
        Permission.objects.filter(codename__in=["change_contact", "change_channel", "add_channel"])
    )
    row = {"kind": "email", "value": "secrete@exemple.org", "nature": "professional", "state": "active"}

    answer = client.post(
        change_of(person),
        as_sent(
            client,
            person,
            **{"channels-TOTAL_FORMS": 1, **{f"channels-0-{name}": value for name, value in row.items()}},
        ),
    )

    assert answer.context["inline_admin_formsets"][0].formset.errors == [
        {"value": ["Cette coordonnée est déjà sur la fiche."]}
    ]
